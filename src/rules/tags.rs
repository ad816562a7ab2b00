//! Tags: how AWS wants them written, and how many it allows.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::same_names::implied_role;
use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{Resource as _, kind, role::Role, trail::Trail},
    path::Path,
    resource::owner::RESERVED,
    spec::{EntryKey, Spec, parse::entry_path},
};

/// How many tags a resource can carry, less the four that say whose it is.
const USER_TAGS: usize = 46;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let shared = serde_json::to_value(&spec.head.tags).unwrap_or_default();
    let shared = shared.as_object();
    each(shared, &Path::keys(["tags"]), found);
    // What is too much already at the top is said there, once.
    let has_room = shared.is_none_or(|shared| shared.len() <= USER_TAGS);
    if !has_room {
        too_many(shared, None, &Path::keys(["tags"]), found);
    }
    for (entry @ EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let at = entry_path(kind, address);
        let own = attrs["tags"].as_object();
        each(own, &at.key("tags"), found);
        if has_room {
            too_many(shared, own, &at, found);
        }
        if kind.name() == Role::KIND {
            case(shared, own, &at.key("tags"), found);
        }
        if kind.name() == Trail::KIND && implied_role(spec, entry, attrs).is_some() {
            case(shared, None, &at, found);
        }
    }
}

/// What all services take (API References: Tag; at most 128 and 256 characters, of those that all of them know).
fn each(tags: Option<&Map<String, Value>>, at: &Path, found: &mut Vec<Diagnostic>) {
    let signs = "use letters, digits, spaces and `_`, `.`, `:`, `/`, `=`, `+`, `-`, `@`";
    for (key, value) in tags.into_iter().flatten() {
        let place = at.key(key);
        let value = value.as_str().unwrap_or_default();
        let mut says = |code, message: String, help: &str| {
            let diagnostic = Diagnostic::at(code, place.clone(), message).help(help);
            let is_of_value = code.starts_with("tag-value");
            found.push(if is_of_value { diagnostic } else { diagnostic.at_key() });
        };
        if key.starts_with(RESERVED) {
            let message = format!("the tag key `{key}` is one of trailctl's own");
            says("tag-key-trailctl", message, "choose a key that does not start with `trailctl:`");
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            let message = format!("the tag key `{key}` is one of AWS's own");
            says("tag-key-aws", message, "choose a key that does not start with `aws:`");
        }
        if !(1..=128).contains(&key.chars().count()) {
            says("tag-key-length", "a tag key has 1 to 128 characters".to_owned(), "use 1 to 128 characters");
        }
        if !key.chars().all(is_valid) {
            says("tag-key-characters", format!("the tag key `{key}` has characters that AWS refuses"), signs);
        }
        if value.chars().count() > 256 {
            let message = "a tag value has at most 256 characters".to_owned();
            says("tag-value-length", message, "shorten the value");
        }
        if !value.contains("${") && !value.chars().all(is_valid) {
            says(
                "tag-value-characters",
                format!("the tag value `{value}` has characters that AWS refuses"),
                signs,
            );
        }
    }
}

fn is_valid(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}

fn too_many(
    shared: Option<&Map<String, Value>>,
    own: Option<&Map<String, Value>>,
    at: &Path,
    found: &mut Vec<Diagnostic>,
) {
    let more = shared.into_iter().flatten().filter(|(key, _)| own.is_none_or(|own| !own.contains_key(*key)));
    let count = own.map_or(0, Map::len) + more.count();
    if count > USER_TAGS {
        let message = format!("{count} tags are too many: AWS allows 50, and trailctl needs 4 of them");
        let has_own = own.is_some_and(|own| !own.is_empty());
        let place = if has_own { at.key("tags") } else { at.clone() };
        let help =
            if has_own { "remove some here, or from the `tags` of the whole spec" } else { "remove some" };
        found.push(Diagnostic::at("too-many-tags", place, message).at_key().help(help));
    }
}

/// IAM has one key for all spellings in upper and lower case (User Guide, "Tags for AWS Identity and Access Management
/// resources").
fn case(
    shared: Option<&Map<String, Value>>,
    own: Option<&Map<String, Value>>,
    at: &Path,
    found: &mut Vec<Diagnostic>,
) {
    let all = shared.into_iter().flatten().map(|(key, _)| (key, Path::keys(["tags", key])));
    let all = all.chain(own.into_iter().flatten().map(|(key, _)| (key, at.key(key))));
    let mut first_of: BTreeMap<String, (&String, Path)> = BTreeMap::new();
    for (key, place) in all {
        let first = first_of.insert(key.to_lowercase(), (key, place.clone()));
        if let Some((other, first)) = first.filter(|(other, _)| *other != key) {
            let message = format!("the tag keys `{other}` and `{key}` are one key to IAM");
            let diagnostic = Diagnostic::at("tag-keys-differ-in-case", place, message).at_key();
            found.push(diagnostic.related(Place::Key(first), "the other").help("keep one spelling"));
        }
    }
}
