//! Variables in the strings of a spec: `${account}`, `${region}`, `${partition}`, `${org}`, `${var.NAME}`.
//!
//! Nothing else is a template, keys are never one, and the environment is never read: a spec from a pull request must not be
//! able to print a secret.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::merge::VARIABLES;
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    path::{Path, Way},
    resource::region::Region,
};

/// What is known of the account that a spec is read for. What is not is stood in for, so that the rest can be checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The 12 digits of the account.
    pub account: Option<String>,
    /// The Region of what the spec gives none.
    pub region: Option<String>,
    /// The partition.
    pub partition: Option<String>,
    /// The id of the organization.
    pub organization: Option<String>,
}

/// Which facts a spec asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The account.
    pub account: bool,
    /// The Region.
    pub region: bool,
    /// The partition.
    pub partition: bool,
    /// The id of the organization.
    pub organization: bool,
}

impl Asked {
    /// Returns whether it asks for anything.
    pub fn any(self) -> bool {
        let Self { account, region, partition, organization } = self;
        account || region || partition || organization
    }
}

/// The facts that a spec can ask for.
const FACTS: [&str; 4] = ["account", "region", "partition", "org"];
/// Returns the account that a spec is read for: zeros if it is not known.
pub(super) fn account(tree: &Value, facts: &Facts) -> String {
    let said = || tree["account"].as_str().map(str::to_owned);
    facts.account.clone().or_else(said).unwrap_or_else(|| ACCOUNT.to_owned())
}

/// What stands for an account and an organization that are not known.
pub(crate) const ACCOUNT: &str = "000000000000";
pub(crate) const ORGANIZATION: &str = "o-0000000000";

/// Puts values for the variables into all strings of `tree`, and takes the section of variables out of it. `given` are the
/// values from elsewhere, which win over the spec's defaults. Returns also the names of the variables that it declares or uses.
pub(super) fn put_in(
    tree: &mut Value,
    given: &BTreeMap<String, String>,
    facts: &Facts,
    found: &mut Vec<Diagnostic>,
) -> (Asked, BTreeSet<String>) {
    let Value::Object(top) = tree else { return Default::default() };
    let declared = declared(top, found);
    let mut values = builtin(top, facts);
    for (name, value) in declared.iter().chain(given) {
        values.insert(format!("var.{name}"), value.clone());
    }
    let mut filling = Filling { values, used: BTreeSet::new(), named: BTreeSet::new(), found };
    for (key, value) in top.iter_mut() {
        filling.fill(value, &Way::Key(&Way::From(&Path::root()), key));
    }
    let Filling { used, named, found, .. } = filling;
    for name in declared.keys().filter(|name| !used.contains(&format!("var.{name}"))) {
        let at = Path::keys([VARIABLES, name]);
        let message = format!("the variable `{name}` is used nowhere");
        found.push(Diagnostic::at("unused-variable", at, message).at_key().help("remove it"));
    }
    let [account, region, partition, organization] = FACTS.map(|fact| used.contains(fact));
    let asked = Asked { account, region, partition, organization };
    (asked, named.into_iter().chain(declared.into_keys()).collect())
}

fn declared(top: &mut Map<String, Value>, found: &mut Vec<Diagnostic>) -> BTreeMap<String, String> {
    let mut declared = BTreeMap::new();
    let section = match top.shift_remove(VARIABLES) {
        None | Some(Value::Null) => return declared,
        Some(Value::Object(section)) => section,
        Some(_) => {
            let message = format!("`{VARIABLES}` is a mapping from names to texts");
            found.push(Diagnostic::at("wrong-type", Path::keys([VARIABLES]), message));
            return declared;
        }
    };
    for (name, value) in section {
        let at = Path::keys([VARIABLES, &name]);
        if !is_name(&name) {
            found.push(wrong_name(Place::Key(at.clone()), &name));
        }
        match value {
            Value::String(text) if text.contains("${") => {
                found.push(nested(Place::Value(at)));
            }
            Value::String(text) => drop(declared.insert(name, text)),
            other => {
                let message = format!("the value of the variable `{name}` is not a text");
                let help = match other.is_array() || other.is_object() {
                    true => "write the text itself: a variable has a default and nothing else".to_owned(),
                    false => format!("put it in quotes: \"{other}\""),
                };
                found.push(Diagnostic::at("wrong-type", at, message).help(help));
            }
        }
    }
    declared
}

pub(super) fn wrong_name(at: Place, name: &str) -> Diagnostic {
    let message = format!("`{name}` is not a name of a variable");
    let help = "use letters, digits and `_`, starting with a letter";
    Diagnostic::new("invalid-variable-name", at, message).help(help)
}

pub(super) fn nested(at: Place) -> Diagnostic {
    let message = "the value of a variable cannot hold another one";
    Diagnostic::new("nested-variable", at, message).help("write the value itself")
}

/// Returns the place of a text whose variables could not be put in.
pub(super) fn unfilled(found: &Diagnostic) -> Option<Path> {
    let is_it = ["unset-variable", "unknown-variable", "unclosed-variable"].contains(&found.code);
    match &found.place {
        Place::Value(path) if is_it => Some(path.clone()),
        _ => None,
    }
}

/// Returns whether a variable can have this name: letters, digits and `_`, a letter first.
pub fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn builtin(top: &Map<String, Value>, facts: &Facts) -> BTreeMap<String, String> {
    let said = |key: &str| {
        top.get(key).and_then(Value::as_str).filter(|text| !text.contains("${")).map(str::to_owned)
    };
    let Facts { account, region, partition, organization } = facts.clone();
    let region = said("region").or(region).unwrap_or_else(|| "us-east-1".to_owned());
    let partition = partition
        .or_else(|| said("partition"))
        .unwrap_or_else(|| Region::new(&region).partition().to_owned());
    let account = account.or_else(|| said("account")).unwrap_or_else(|| ACCOUNT.to_owned());
    let organization = organization.unwrap_or_else(|| ORGANIZATION.to_owned());
    FACTS.map(str::to_owned).into_iter().zip([account, region, partition, organization]).collect()
}

struct Filling<'a> {
    values: BTreeMap<String, String>,
    used: BTreeSet<String>,
    /// The names of all that stand in texts, also of those that have no value, without `var.`.
    named: BTreeSet<String>,
    found: &'a mut Vec<Diagnostic>,
}

impl Filling<'_> {
    fn fill(&mut self, tree: &mut Value, at: &Way<'_>) {
        match tree {
            Value::String(text) if text.contains("${") => {
                if let Some(filled) = self.filled(text, &at.path()) {
                    *text = filled;
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.fill(item, &Way::Index(at, index));
                }
            }
            Value::Object(map) => {
                for (key, value) in map.iter_mut() {
                    self.fill(value, &Way::Key(at, key));
                }
            }
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn filled(&mut self, text: &str, at: &Path) -> Option<String> {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let names = text.split("${var.").skip(1).map(|rest| rest.split(|c| !is_of_name(c)).next());
        self.named.extend(names.flatten().map(str::to_owned));
        let (mut filled, mut rest) = (String::new(), text);
        while let Some(start) = rest.find("${") {
            let Some(end) = rest[start..].find('}').map(|end| start + end) else {
                let message = "`${` is not closed by `}`";
                self.found.push(Diagnostic::at("unclosed-variable", at.clone(), message).help("add the `}`"));
                return None;
            };
            let name = &rest[start + 2..end];
            filled.push_str(&rest[..start]);
            match self.values.get(name) {
                Some(value) => {
                    self.used.insert(name.to_owned());
                    filled.push_str(value);
                }
                // Policies of AWS have variables too, such as `${aws:username}`.
                None if name.contains(':') || matches!(name, "*" | "?" | "$") => {
                    filled.push_str(&rest[start..=end]);
                }
                None => {
                    self.found.push(self.unset(name, at));
                    return None;
                }
            }
            rest = &rest[end + 1..];
        }
        Some(filled + rest)
    }

    fn unset(&self, name: &str, at: &Path) -> Diagnostic {
        if let Some(word) = name.strip_prefix("var.").filter(|word| is_name(word)) {
            let message = format!("the variable `{word}` has no value");
            let help = match nearest(name, self.values.keys().map(String::as_str)) {
                Some(known) => {
                    format!(
                        "did you mean `${{{known}}}`? Otherwise give `--var {word}=VALUE`, or a default under `{VARIABLES}:`"
                    )
                }
                None => format!("give `--var {word}=VALUE`, or a default under `{VARIABLES}:`"),
            };
            return Diagnostic::at("unset-variable", at.clone(), message).help(help);
        }
        let help = match nearest(name, self.values.keys().map(String::as_str)) {
            Some(known) => format!("did you mean `${{{known}}}`?"),
            None => "the variables are `${account}`, `${region}`, `${partition}`, `${org}` and `${var.NAME}`"
                .to_owned(),
        };
        Diagnostic::at("unknown-variable", at.clone(), format!("there is no variable `{name}`")).help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(mut tree: Value, facts: &Facts) -> (Value, Vec<(&'static str, String)>, Asked) {
        let mut found = Vec::new();
        let given = BTreeMap::from([("team".to_owned(), "red".to_owned())]);
        let (asked, _) = put_in(&mut tree, &given, facts, &mut found);
        let found = found.into_iter().map(|one| match one.place {
            crate::diagnostic::Place::Value(path) | crate::diagnostic::Place::Key(path) => {
                (one.code, path.to_string())
            }
            crate::diagnostic::Place::Text(_) => panic!("{}", one.message),
        });
        (tree, found.collect(), asked)
    }

    #[test]
    fn values_come_from_the_account_the_command_line_and_the_defaults() {
        let tree = json!({
            "region": "eu-west-1",
            "vars": {"team": "blue", "env": "prod"},
            "a": ["x-${account}-${region}", {"b": "${var.team}/${var.env}"}],
            "policy": "${aws:username} ${*}",
        });
        let facts = Facts { account: Some("111122223333".to_owned()), ..Facts::default() };
        let (tree, found, asked) = filled(tree, &facts);
        assert_eq!(
            tree,
            json!({
                "region": "eu-west-1",
                "a": ["x-111122223333-eu-west-1", {"b": "red/prod"}],
                "policy": "${aws:username} ${*}",
            })
        );
        assert_eq!(found, []);
        assert_eq!(asked, Asked { account: true, region: true, ..Asked::default() });
    }

    #[test]
    fn what_is_not_known_is_stood_in_for() {
        let (tree, found, asked) =
            filled(json!({"a": "${account} ${region} ${partition} ${org}"}), &Facts::default());
        assert_eq!(tree["a"], "000000000000 us-east-1 aws o-0000000000");
        assert_eq!(found, []);
        assert!(asked.organization);
        assert_eq!(
            filled(json!({"account": "444455556666", "a": "${account}"}), &Facts::default()).0["a"],
            "444455556666"
        );
    }

    #[test]
    fn what_cannot_be_put_in_is_said_at_its_place() {
        let tree = json!({
            "vars": {"x y": "a", "n": 1, "m": "${account}", "idle": "z"},
            "a": "${var.teem}", "b": ["${acount}"], "c": "${open", "d": "${kms_key.audit.arn}",
        });
        let (tree, mut found, _) = filled(tree, &Facts::default());
        found.sort();
        let want = [
            ("invalid-variable-name", "vars[\"x y\"]"),
            ("nested-variable", "vars.m"),
            ("unclosed-variable", "c"),
            ("unknown-variable", "b[0]"),
            ("unknown-variable", "d"),
            ("unset-variable", "a"),
            ("unused-variable", "vars.idle"),
            ("unused-variable", "vars[\"x y\"]"),
            ("wrong-type", "vars.n"),
        ];
        assert_eq!(found, want.map(|(code, path)| (code, path.to_owned())));
        assert_eq!(tree["a"], "${var.teem}");
    }
}
