//! What AWS refuses in a policy as malformed, and where in it.
//!
//! Whether the roles and users in it exist is not asked.

mod condition;
mod principal;
mod scope;

use serde_json::{Map, Value};

use crate::{diagnostic::nearest, path::Path};

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The code of the rule that it breaks.
    pub code: &'static str,
    /// Where in the statement, or in the document.
    pub at: Path,
    /// Whether the key there is meant, not its value.
    pub is_key: bool,
    /// What is wrong: a lowercase sentence without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// The policy that a statement is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of<'a> {
    /// The policy of a bucket.
    Bucket {
        /// The name of the bucket.
        name: &'a str,
    },
    /// The policy of a KMS key.
    Key,
    /// The policy of a topic.
    Topic {
        /// The Region of the topic, if it is known.
        region: Option<&'a str>,
        /// The account of the topic, if it is known.
        account: Option<&'a str>,
        /// The name of the topic.
        name: &'a str,
    },
    /// The trust policy of a role.
    Trust,
    /// A policy of what a role may do.
    Role,
}

/// What the policies of one thing may hold (IAM User Guide, "Grammar of the IAM JSON policy language").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grammar<'a> {
    /// Whose policy it is.
    pub of: Of<'a>,
    /// The partition, if it is known.
    pub partition: Option<&'a str>,
}

/// The members that a statement can have in some policy.
const MEMBERS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The versions of the policy language (IAM User Guide, "IAM JSON policy elements: Version").
pub const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];

impl Grammar<'_> {
    /// Returns what is wrong with the text of a whole policy, at its first fault: for a service that refuses it.
    pub fn refusal(&self, text: &str) -> Option<String> {
        let Ok(policy) = serde_json::from_str(text) else { return Some("the policy is not JSON".to_owned()) };
        self.document(&policy).into_iter().next().map(|fault| match fault.at.segments() {
            [] => fault.message,
            _ => format!("{} (at {})", fault.message, fault.at),
        })
    }

    /// Returns what is wrong with a whole policy.
    pub fn document(&self, policy: &Value) -> Vec<Fault> {
        let root = Path::root();
        let Value::Object(members) = policy else {
            return vec![fault("policy-form", root, "a policy is an object", "write a mapping")];
        };
        let mut found = Vec::new();
        unknown(members, &["Version", "Id", "Statement"], "a policy", &mut found);
        if let Some(version) = members.get("Version") {
            found.extend(self::version(version, Path::keys(["Version"])));
        }
        let at = Path::keys(["Statement"]);
        let statements = match members.get("Statement") {
            Some(Value::Array(list)) if !list.is_empty() => list,
            Some(one @ Value::Object(_)) => std::slice::from_ref(one),
            _ => {
                found.push(fault("policy-form", at, "a policy has statements", "add one"));
                return found;
            }
        };
        for (index, statement) in statements.iter().enumerate() {
            let at = at.index(index);
            let faults = self.statement(statement).into_iter();
            found.extend(faults.map(|one| Fault { at: at.join(&one.at), ..one }));
        }
        found
    }

    /// Returns what is wrong with a statement, with places inside of it.
    pub fn statement(&self, statement: &Value) -> Vec<Fault> {
        let Value::Object(members) = statement else {
            let help = "write `Effect`, `Action` and the rest as a mapping";
            return vec![fault("policy-statement-form", Path::root(), "a statement is a mapping", help)];
        };
        let mut found = Vec::new();
        let mut known = vec!["Sid", "Effect", "Action", "NotAction", "Condition"];
        known.extend(["Principal", "NotPrincipal"].iter().filter(|_| self.has_principals()));
        known.extend(["Resource", "NotResource"].iter().filter(|_| self.has_resources()));
        self.not_here(members, &mut known, &mut found);
        unknown(members, &known, "a statement", &mut found);
        self.sid(members, &mut found);
        effect(members, &mut found);
        if self.has_principals()
            && let Some((name, value)) = either(members, "Principal", "NotPrincipal", &mut found)
        {
            principal::check(value, self.partition, &Path::keys([name]), &mut found);
        }
        self.actions(members, &mut found);
        if self.has_resources() {
            self.resources(members, &mut found);
        }
        if let Some(condition) = members.get("Condition") {
            condition::check(condition, self.condition_keys(), &mut found);
        }
        found
    }

    fn has_principals(&self) -> bool {
        self.of != Of::Role
    }

    fn has_resources(&self) -> bool {
        self.of != Of::Trust
    }

    /// How condition keys start besides `aws:`; nothing for any.
    fn condition_keys(&self) -> Option<&'static str> {
        match self.of {
            Of::Bucket { .. } => Some("s3:"),
            Of::Key => Some("kms:"),
            Of::Topic { .. } => Some("sns:"),
            Of::Trust | Of::Role => None,
        }
    }

    /// Members that other policies have: what they mean is said better than that they are not known.
    fn not_here<'m>(&self, members: &Map<String, Value>, known: &mut Vec<&'m str>, found: &mut Vec<Fault>) {
        let wrong: (&[&'m str], _, _, _) = match self.of {
            Of::Role => (
                &["Principal", "NotPrincipal"],
                "policy-principal-of-role",
                "a policy of what a role may do names no principal: it is about the role",
                "remove it; who may take the role is said under `trust:`",
            ),
            Of::Trust => (
                &["Resource", "NotResource"],
                "policy-resource-of-trust",
                "a trust policy names no resource: it is about its own role",
                "remove it; what the role may do is said under `policy:`",
            ),
            _ => return,
        };
        let (names, code, message, help) = wrong;
        for name in names.iter().filter(|name| members.contains_key(**name)) {
            found.push(Fault { is_key: true, ..fault(code, Path::keys([name]), message, help) });
        }
        known.extend(names);
    }

    fn sid(&self, members: &Map<String, Value>, found: &mut Vec<Fault>) {
        let Some(sid) = members.get("Sid") else { return };
        let at = Path::keys(["Sid"]);
        let Some(sid) = sid.as_str() else {
            found.push(fault("policy-sid-form", at, "a Sid is a text", "put it in quotes"));
            return;
        };
        // IAM alone says so (IAM User Guide, "IAM JSON policy elements: Sid").
        let is_iams = matches!(self.of, Of::Role | Of::Trust);
        if is_iams && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let message = format!("the Sid `{sid}` has characters that IAM refuses");
            found.push(fault("policy-sid-characters", at, message, "use ASCII letters and digits"));
        }
    }
}

fn fault(code: &'static str, at: Path, message: impl Into<String>, help: impl Into<String>) -> Fault {
    Fault { code, at, is_key: false, message: message.into(), help: help.into() }
}

/// Returns what is wrong with the version of the policy language.
pub fn version(version: &Value, at: Path) -> Option<Fault> {
    let is_known = version.as_str().is_some_and(|version| VERSIONS.contains(&version));
    (!is_known).then(|| {
        let shown = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
        let message = format!("`{shown}` is no version of the policy language");
        fault("policy-version", at, message, "write `2012-10-17`; dates of your own are not versions")
    })
}

fn effect(members: &Map<String, Value>, found: &mut Vec<Fault>) {
    let help = "write `Effect: Allow` or `Effect: Deny`";
    match members.get("Effect") {
        None if is_misspelt(members, &["Effect"]) => {}
        None => found.push(fault("policy-effect", Path::root(), "the statement has no `Effect`", help)),
        Some(effect) if matches!(effect.as_str(), Some("Allow" | "Deny")) => {}
        Some(effect) => {
            let message = format!("{effect} is no effect");
            found.push(fault("policy-effect", Path::keys(["Effect"]), message, help));
        }
    }
}

/// Reports the members that are not known.
fn unknown(members: &Map<String, Value>, known: &[&str], of: &str, found: &mut Vec<Fault>) {
    for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
        let help = match nearest(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("one of: {}", known.join(", ")),
        };
        let message = format!("`{name}` is no member of {of}");
        found.push(Fault { is_key: true, ..fault("policy-member", Path::keys([name]), message, help) });
    }
}

/// Returns whether one of these members is there under a wrong name: that is said of the name, and says enough.
fn is_misspelt(members: &Map<String, Value>, names: &[&str]) -> bool {
    let mut unknown = members.keys().filter(|name| !MEMBERS.contains(&name.as_str()));
    unknown.any(|name| nearest(name, MEMBERS).is_some_and(|meant| names.contains(&meant)))
}

/// Returns the one of two members that is there.
fn either<'a, 'n>(
    members: &'a Map<String, Value>,
    name: &'n str,
    negated: &'n str,
    found: &mut Vec<Fault>,
) -> Option<(&'n str, &'a Value)> {
    match (members.get(name), members.get(negated)) {
        (Some(value), None) => Some((name, value)),
        (None, Some(value)) => Some((negated, value)),
        (None, None) if is_misspelt(members, &[name, negated]) => None,
        (None, None) => {
            let message = format!("the statement has no `{name}`");
            found.push(fault("policy-member-missing", Path::root(), message, format!("add `{name}:`")));
            None
        }
        (Some(_), Some(_)) => {
            let message = format!("`{name}` and `{negated}` exclude each other");
            let at = Path::keys([negated]);
            found.push(Fault {
                is_key: true,
                ..fault("policy-members-exclude", at, message, "remove one of them")
            });
            None
        }
    }
}

/// Returns a text or the texts of a list, each with its place; reports what is neither.
fn texts<'a>(value: &'a Value, at: &Path, found: &mut Vec<Fault>) -> Vec<(Path, &'a str)> {
    let help = "write a text, or a list of texts";
    let mut wrong = |at, message: &str| found.push(fault("policy-text", at, message, help));
    match value {
        Value::String(text) => vec![(at.clone(), text)],
        Value::Array(list) if list.is_empty() => {
            wrong(at.clone(), "an empty list names nothing");
            Vec::new()
        }
        Value::Array(list) => {
            let mut texts = Vec::new();
            for (index, one) in list.iter().enumerate() {
                match one.as_str() {
                    Some(text) => texts.push((at.index(index), text)),
                    None => wrong(at.index(index), "this is not a text"),
                }
            }
            texts
        }
        _ => {
            wrong(at.clone(), "this is not a text");
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests;
