//! The prefixes of log files.

use std::collections::BTreeMap;

use serde_json::Value;

use super::region_of;
use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{Resource as _, trail::Trail},
    path::Path,
    spec::{EntryKey, Spec},
};

/// A trail that writes to a place: the one Region of its log files, if there is only one, and where the trail is.
type Writer<'a> = (Option<&'a str>, Path);

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut known: BTreeMap<(String, &str), Vec<Writer<'_>>> = BTreeMap::new();
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Trail::KIND) {
        let at = Path::keys([Trail::SECTION, &address.logical]);
        let prefix = attrs["prefix"].as_str().unwrap_or_default();
        one(prefix, &at.key("prefix"), found);
        let place = (attrs["bucket"].to_string(), prefix);
        let is_everywhere = attrs["multi_region"] != Value::Bool(false);
        let region = region_of(spec, attrs).filter(|_| !is_everywhere);
        let others = known.entry(place).or_default();
        // The Region stands in the keys of log files (User Guide, "Finding your CloudTrail log files").
        let meets = |(other, _): &&Writer<'_>| region.is_none() || other.is_none() || *other == region;
        if let Some((_, first)) = others.iter().find(meets) {
            let message = "two trails write their log files into the same place, where they mix";
            let help = "give one of them another `prefix`, or put the events of both into one trail";
            let diagnostic = Diagnostic::at("shared-prefix", at, message).at_key().help(help);
            found.push(diagnostic.related(Place::Key(first.clone()), "the other trail"));
        } else {
            others.push((region, at));
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

#[cfg(test)]
mod tests {
    use crate::spec::parse::parse;

    #[test]
    fn log_files_of_two_regions_do_not_mix() {
        let mixes = |one: &str, other: &str| {
            let trail = |attrs: &str| format!("{{bucket: {{existing: logs}}, {attrs}}}");
            let text = format!(
                "version: 1\nstack: s\nregion: eu-west-1\ntrails: {{one: {}, two: {}}}\n",
                trail(one),
                trail(other)
            );
            parse(&text).diagnostics.iter().any(|one| one.code == "shared-prefix")
        };
        let [near, far] =
            ["eu-west-1", "us-west-2"].map(|region| format!("multi_region: false, region: {region}"));
        assert!(!mixes(&near, &far));
        assert!(mixes(&near, "multi_region: false") && mixes(&near, "region: us-west-2") && mixes("", &far));
        assert!(!mixes("", "prefix: a"));
    }
}
