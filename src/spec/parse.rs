//! From the text of a spec to the spec, with all that is wrong at once.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    EntryKey, Head, Spec,
    allow::{self, Consent},
    document::Document,
    merge, values,
    variables::{self, Asked, Facts},
};
use crate::{
    diagnostic::{Diagnostic, Place, Severity, nearest},
    kinds::{KINDS, Kind},
    path::{Path, Segment, Way},
    resource::Address,
    rules,
};

/// How many problems of form one entry may have before the rest of it is not looked at.
const MAX_PROBLEMS: usize = 50;

/// How stdin is called where files are named.
pub const STDIN: &str = "<stdin>";

/// A file of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, to be shown.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// What a spec is read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// The files, which are one spec together, and behind them those that hold values of variables.
    pub files: Vec<File>,
    /// How many of the files hold values of variables.
    pub variables_files: usize,
    /// The values of variables that the command line gives: they win over those of files.
    pub variables: BTreeMap<String, String>,
    /// What is known of the account.
    pub facts: Facts,
    /// Which warnings are left out, and which are errors.
    pub consent: Consent,
    /// Whether what the spec expects of its trails is left out.
    pub ignores_expectations: bool,
}

/// What reading a spec gives.
pub struct Parsed {
    /// The spec, if it has no errors.
    pub spec: Option<Spec>,
    /// The tree with its places, if the text is YAML.
    pub document: Option<Document>,
    /// All that was found, each once, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// Which facts about the account it asks for.
    pub asked: Asked,
    /// The names of the variables that it declares or uses.
    pub variables: BTreeSet<String>,
}

impl Parsed {
    /// Returns what reading gives of files that are not one tree: why they are not.
    pub fn unreadable(diagnostics: Vec<Diagnostic>) -> Self {
        let (asked, variables) = (Asked::default(), BTreeSet::new());
        Self { spec: None, document: None, diagnostics, asked, variables }
    }
}

/// Reads a spec that is one text, without variables from elsewhere, and applies all rules to it.
pub fn parse(text: &str) -> Parsed {
    let files = vec![File { name: String::new(), text: text.to_owned() }];
    read(&Input { files, ..Input::default() })
}

/// Reads a spec and applies all rules to it.
pub fn read(input: &Input) -> Parsed {
    let mut found = Vec::new();
    let (mut documents, mut values) = (Vec::new(), Vec::new());
    let specs = input.files.len().saturating_sub(input.variables_files);
    for (place, file) in input.files.iter().enumerate() {
        match Document::parse(&file.text, place) {
            Ok(document) if place < specs => documents.push(document),
            Ok(document) => values.push(document),
            Err(problems) => found.extend(problems),
        }
    }
    // Of a spec that lacks a file, little could be said that is true.
    let is_whole = documents.len() + values.len() == input.files.len();
    let document = if is_whole { merge::merged(documents, &mut found) } else { None };
    let Some(document) = document else {
        found.sort();
        return Parsed::unreadable(found);
    };
    let mut tree = document.value();
    let (given, wrong) = values::given(&values, &input.files, &input.variables, &mut found);
    let (asked, variables) = variables::put_in(&mut tree, &given, &input.facts, &mut found);
    found.extend(wrong.into_iter().filter(|(name, _)| variables.contains(name)).map(|(_, one)| one));
    values::unknown(&values, &variables, &mut found);
    let account = variables::account(&tree, &input.facts);
    let mut spec = read_tree(tree, account, &mut found);
    if let Some(spec) = spec.as_mut().filter(|_| input.ignores_expectations) {
        spec.head.expect.clear();
    }
    if let Some(spec) = &spec {
        let unread: BTreeSet<Place> = found.iter().filter_map(around_unknown_key).collect();
        let is_blank = |one: &Diagnostic| one.code == "no-values" && unread.contains(&one.place);
        // What a text would say, had its variables values, is not known.
        let unfilled: BTreeSet<Path> = found.iter().filter_map(variables::unfilled).collect();
        let is_unfilled = |one: &Diagnostic| matches!(&one.place, Place::Value(path) | Place::Key(path) if unfilled.contains(path));
        found.extend(rules::check(spec).into_iter().filter(|one| !is_blank(one) && !is_unfilled(one)));
    }
    allow::apply(&input.files, &document, &values, &input.consent, &mut found);
    found.sort_by_cached_key(|one| (document.locate(&one.place), one.clone()));
    found.dedup();
    let has_errors = found.iter().any(|one| one.severity == Severity::Error);
    let spec = spec.filter(|_| !has_errors);
    Parsed { spec, document: Some(document), diagnostics: found, asked, variables }
}

/// Returns the mapping that a key which is not known was taken out of. That it is empty then is not what is wrong with it.
fn around_unknown_key(one: &Diagnostic) -> Option<Place> {
    match &one.place {
        Place::Key(path) if one.code == "unknown-key" => path.parent().map(Place::Key),
        _ => None,
    }
}

/// Reads the tree. Returns nothing when the head is missing something: the entries cannot be judged then.
fn read_tree(tree: Value, account: String, found: &mut Vec<Diagnostic>) -> Option<Spec> {
    let Value::Object(mut top) = tree else { return None };
    let (mut entries, mut written, mut unreadable) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let mut links = BTreeMap::new();
    for (rank, kind) in KINDS.iter().enumerate() {
        let section = Path::keys([kind.section()]);
        match top.shift_remove(kind.section()) {
            None | Some(Value::Null) => {}
            Some(Value::Object(all)) => {
                for (key, mut entry) in all {
                    let at = section.key(&key);
                    let address = Address::new(kind.name(), &key);
                    match complete(
                        |tree| kind.read(tree),
                        |(attrs, _)| Cow::Borrowed(attrs),
                        &mut entry,
                        &at,
                        found,
                    ) {
                        Some((attrs, to)) => {
                            if !to.is_empty() {
                                links.insert(address.clone(), to);
                            }
                            let key = EntryKey { rank, address };
                            entries.insert(key.clone(), attrs);
                            written.insert(key, entry);
                        }
                        None => drop(unreadable.insert(address)),
                    }
                }
            }
            Some(_) => {
                let message = format!("`{}` is a mapping from keys to entries", kind.section());
                found.push(Diagnostic::at("wrong-type", section, message));
            }
        }
    }
    let shape = |head: &Head| Cow::Owned(serde_json::to_value(head).unwrap_or_default());
    let head = complete(read_head, shape, &mut Value::Object(top), &Path::root(), found)?;
    Some(Spec { head, account, entries, written, links, unreadable })
}

fn read_head(tree: &Value) -> Result<Head, (Path, String)> {
    let mut track = serde_path_to_error::Track::new();
    Head::deserialize(serde_path_to_error::Deserializer::new(tree, &mut track))
        .map_err(|error| (Path::from(&track.path()), error.to_string()))
}

/// Reads a tree; whenever a value is wrong, says so, takes it out, and reads the rest, so that all problems are found.
/// A problem that taking out does not heal ends it.
fn complete<T>(
    read: impl Fn(&Value) -> Result<T, (Path, String)>,
    shape: fn(&T) -> Cow<'_, Value>,
    tree: &mut Value,
    at: &Path,
    found: &mut Vec<Diagnostic>,
) -> Option<T> {
    if tree.is_null() {
        *tree = Value::Object(Map::new());
    }
    let mut answer = None;
    let mut taken_out: Vec<Path> = Vec::new();
    for _ in 0..MAX_PROBLEMS {
        match read(tree) {
            Ok(value) => {
                lists_for_mappings(tree, &shape(&value), &Way::From(at), found);
                // Where items of a list are missing, the places of the others are not those of the file.
                let is_shifted =
                    taken_out.iter().any(|path| matches!(path.segments().last(), Some(Segment::Index(_))));
                answer = Some(value).filter(|_| !is_shifted);
                break;
            }
            Err((at_now, message)) => {
                let path = original(&at_now, &taken_out);
                let missing = is_missing(&message);
                // What was wrong and taken out is not missing, nor is what was only misspelt.
                let known = missing.is_some_and(|field| taken_out.contains(&path.key(field)));
                if !known {
                    found.push(explain(at_now.value_in(tree), at, &path, &message));
                }
                let gone = if missing.is_some() { None } else { at_now.remove_from(tree) };
                if let (Some((_, meant)), Some(parent)) = (suggestion(&message), path.parent()) {
                    taken_out.push(parent.key(meant));
                }
                taken_out.push(path);
                if gone.is_none() {
                    break;
                }
            }
        }
    }
    answer
}

/// Returns where a value stood before others were taken out of the lists around it.
fn original(path: &Path, taken_out: &[Path]) -> Path {
    path.segments().iter().fold(Path::root(), |up, segment| match segment {
        Segment::Key(key) => up.key(key),
        Segment::Index(index) => {
            let is_gone = |index: usize| taken_out.contains(&up.index(index));
            let place = (0..).filter(|place| !is_gone(*place)).nth(*index).unwrap_or(*index);
            up.index(place)
        }
    })
}

/// The reader takes a list for a mapping, its items for the values of the keys in order. A spec must not.
fn lists_for_mappings(given: &Value, read: &Value, at: &Way<'_>, found: &mut Vec<Diagnostic>) {
    match (given, read) {
        (Value::Array(_), Value::Object(_)) => {
            found.push(Diagnostic::at("wrong-type", at.path(), "expected a mapping, found a list"));
        }
        (Value::Array(given), Value::Array(read)) => {
            for (index, (given, read)) in given.iter().zip(read).enumerate() {
                lists_for_mappings(given, read, &Way::Index(at, index), found);
            }
        }
        (Value::Object(given), Value::Object(read)) => {
            for (key, given) in given {
                lists_for_mappings(given, read.get(key).unwrap_or(&Value::Null), &Way::Key(at, key), found);
            }
        }
        _ => {}
    }
}

fn is_missing(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

/// Returns the word that is not known, and those that are.
fn unknown(message: &str) -> Option<(&str, Vec<&str>)> {
    if !message.starts_with("unknown field `") && !message.starts_with("unknown variant `") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    Some((quoted.next()?, quoted.collect()))
}

/// Returns a misspelt key and what was probably meant.
fn suggestion(message: &str) -> Option<(&str, &str)> {
    let (word, known) = unknown(message)?;
    Some((word, nearest(word, known)?))
}

/// Says in our words what the reader says in its own.
fn explain(value: Option<&Value>, at: &Path, path: &Path, message: &str) -> Diagnostic {
    let place = at.join(path);
    if let Some(field) = is_missing(message) {
        let found = Diagnostic::at("missing-field", place, format!("`{field}` is missing"));
        return found.at_key().help(format!("add `{field}:`"));
    }
    if let Some((word, known)) = unknown(message) {
        let is_field = message.starts_with("unknown field");
        let is_top = is_field && at == &Path::root() && path.segments().len() == 1;
        let mut known = known;
        for section in merge::sections().filter(|_| is_top) {
            known.push(section);
        }
        let help = match nearest(word, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("one of: {}", known.join(", ")),
        };
        return if is_field {
            Diagnostic::at("unknown-key", place, format!("unknown key `{word}`")).at_key().help(help)
        } else {
            Diagnostic::at("unknown-value", place, format!("`{word}` is not a value of this key")).help(help)
        };
    }
    let expected = match message.split_once(", expected ").map_or(message, |(_, expected)| expected) {
        // The reader knows mappings by the names of our types.
        name if name.starts_with("struct ") || name.starts_with("a map") => "a mapping",
        name if name.starts_with("a sequence") => "a list",
        "invalid number" | "u64" | "u32" | "i64" | "i32" => "a whole number, 0 or more",
        name => name,
    };
    let found =
        Diagnostic::at("wrong-type", place, format!("expected {expected}, found {}", describe(value)));
    match value {
        Some(Value::Number(number)) if expected.contains("string") => {
            found.help(format!("put it in quotes: \"{number}\""))
        }
        Some(Value::Bool(on)) if expected.contains("string") => {
            found.help(format!("put it in quotes: \"{on}\""))
        }
        Some(Value::String(text))
            if expected == "a boolean" && matches!(text.as_str(), "yes" | "on" | "no" | "off") =>
        {
            found.help("YAML 1.2 knows only `true` and `false`")
        }
        _ => found,
    }
}

fn describe(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(Value::Bool(on)) => format!("the boolean {on}"),
        Some(Value::Number(number)) => format!("the number {number}"),
        Some(Value::String(text)) => format!("the text `{text}`"),
        Some(Value::Array(_)) => "a list".to_owned(),
        Some(Value::Object(_)) => "a mapping".to_owned(),
    }
}

/// Returns the path of an entry in the spec.
pub fn entry_path(kind: &dyn Kind, address: &Address) -> Path {
    Path::keys([kind.section(), &address.logical])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let line = |one: &Diagnostic| format!("{}: {}", one.code, one.message);
        parse(text).diagnostics.iter().map(line).collect()
    }

    const START: &str = "version: 1\nstack: s\n";

    #[test]
    fn six_lines_are_a_spec() {
        let parsed =
            parse("version: 1\nstack: s\ntrails:\n  management:\n    bucket: logs\nbuckets:\n  logs: {}\n");
        assert_eq!(parsed.diagnostics, []);
        let entries = parsed.spec.unwrap().entries;
        let addresses: Vec<String> = entries.keys().map(|key| key.address.to_string()).collect();
        assert_eq!(addresses, ["bucket.logs", "trail.management"]);
        assert!(entries.values().all(|attrs| attrs["protect"] == true));
    }

    #[test]
    fn all_problems_are_found_at_once() {
        let text = format!(
            "{START}trials: {{}}\nbuckets:\n  logs: {{versionning: true, tls_only: yes, object_ownership: Mine}}\n  none:\n"
        );
        assert_eq!(
            found(&text),
            [
                "unknown-key: unknown key `trials`",
                "unknown-key: unknown key `versionning`",
                "wrong-type: expected a boolean, found the text `yes`",
                "unknown-value: `Mine` is not a value of this key",
            ]
        );
    }

    #[test]
    fn a_wrong_value_of_a_required_key_is_said_once() {
        assert_eq!(
            found(&format!("{START}trails: {{a: {{bucket: 12, prefix: 3}}, b: {{}}, c: 7, d}}\n")),
            [
                "wrong-type: expected the key of an entry, or {existing: NAME}, found the number 12",
                "wrong-type: expected a string, found the number 3",
                "missing-field: `bucket` is missing",
                "wrong-type: expected a mapping, found the number 7",
                "missing-field: `bucket` is missing",
            ]
        );
        assert_eq!(found("stack: s"), ["missing-field: `version` is missing"]);
        assert_eq!(found("- a"), ["not-a-spec: a spec is a mapping that starts with `version: 1`"]);
        assert_eq!(found(""), ["not-a-spec: a spec is a mapping that starts with `version: 1`"]);
    }

    #[test]
    fn a_list_is_not_a_mapping() {
        assert_eq!(
            found(&format!(
                "{START}trails: {{one: [], two: {{bucket: {{existing: others}}, tags: []}}}}\nbuckets: {{logs: {{policy: []}}}}\n"
            )),
            ["wrong-type: expected a mapping, found a list"; 3]
        );
    }

    #[test]
    fn places_in_lists_are_those_of_the_file() {
        let text = format!(
            "{START}trails: {{one: {{bucket: logs, events: [7, 8, {{where: {{eventName: 9}}}}]}}}}\nbuckets: {{logs: {{}}}}\n"
        );
        let parsed = parse(&text);
        let document = parsed.document.unwrap();
        let spans = parsed.diagnostics.iter().map(|one| document.locate(&one.place));
        let at: Vec<&str> = spans.map(|span| &text[span.start..span.end]).collect();
        assert_eq!(at, ["7", "8", "9"]);
    }

    #[test]
    fn an_entry_that_cannot_be_read_still_exists() {
        let text = format!("{START}trails: {{one: {{bucket: logs}}}}\nbuckets: {{logs: 7}}\n");
        assert_eq!(found(&text), ["wrong-type: expected a mapping, found the number 7"]);
    }

    #[test]
    fn what_is_expected_is_said_in_plain_words() {
        let number = "wrong-type: expected a whole number, 0 or more, found";
        assert_eq!(found("version: \"1\"\nstack: s\n"), [format!("{number} the text `1`")]);
        assert_eq!(
            found(&format!("{START}log_groups: {{group: {{retention_days: -1}}}}\n")),
            [format!("{number} the number -1")]
        );
    }

    #[test]
    fn account_numbers_must_be_quoted() {
        let diagnostics = parse(&format!("{START}account: 123456789012\n")).diagnostics;
        assert_eq!(diagnostics[0].help.as_deref(), Some("put it in quotes: \"123456789012\""));
    }

    #[test]
    fn suggestions_come_from_the_known_names() {
        let help = |text: &str| parse(&format!("{START}{text}")).diagnostics[0].help.clone().unwrap();
        assert_eq!(help("trials: {}"), "did you mean `trails`?");
        assert_eq!(help("acount: x"), "did you mean `account`?");
        assert_eq!(help("trails: {a: {bukcet: x}}"), "did you mean `bucket`?");
        assert_eq!(help("buckets: {logs: {encryption: {key: x}}}"), "one of: kms_key, bucket_key");
    }
}
