//! The prefixes of log files.

use std::collections::BTreeMap;

use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{Resource as _, trail::Trail},
    path::Path,
    spec::{EntryKey, Spec},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut first_of: BTreeMap<(String, &str), Path> = BTreeMap::new();
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Trail::KIND) {
        let at = Path::keys([Trail::SECTION, &address.logical]);
        let prefix = attrs["prefix"].as_str().unwrap_or_default();
        one(prefix, &at.key("prefix"), found);
        let place = (attrs["bucket"].to_string(), prefix);
        if let Some(first) = first_of.get(&place) {
            let message = "two trails write their log files into the same place, where they mix";
            let help = "give one of them another `prefix`, or put the events of both into one trail";
            let diagnostic = Diagnostic::at("shared-prefix", at, message).at_key().help(help);
            found.push(diagnostic.related(Place::Key(first.clone()), "the other trail"));
        } else {
            first_of.insert(place, at);
        }
    }
}

/// What CloudTrail wants of a prefix (API Reference, InvalidS3PrefixException). It puts `/AWSLogs/` behind it.
fn one(prefix: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut says = |code, message: &str, help: &str| {
        found.push(Diagnostic::at(code, at.clone(), message).help(help));
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "!-_.'()/=+@:,&$; ".contains(c);
    if prefix.chars().count() > 200 {
        says("prefix-length", "a prefix has at most 200 characters", "shorten it");
    }
    if !prefix.chars().all(is_plain) {
        let help = "use letters, digits, `-`, `_`, `.` and slashes, such as `prod/audit`";
        says(
            "prefix-characters",
            "the prefix has characters that are not safe in object keys and policies",
            help,
        );
    }
    if prefix.contains("//") {
        says("prefix-double-slash", "the prefix has two slashes in a row", "write one");
    }
    if prefix.starts_with('/') {
        says("prefix-leading-slash", "the prefix starts with a slash", "leave the slash out");
    }
    if prefix.ends_with('/') {
        let message = "the prefix ends with a slash, and CloudTrail adds one";
        says("prefix-trailing-slash", message, "leave the slash out");
    }
    if format!("{prefix}/").contains("AWSLogs/") {
        let message = "CloudTrail adds `AWSLogs/` after the prefix itself";
        says("prefix-aws-logs", message, "leave `AWSLogs` out");
    }
}
