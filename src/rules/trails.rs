//! Trails: their number, their names, and combinations that CloudTrail refuses.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{Resource as _, trail::Trail},
    path::Path,
    spec::{EntryKey, Spec},
};

/// How many trails a Region has room for (User Guide, Quotas); a multi-Region trail takes one in each.
const TRAILS_PER_REGION: usize = 5;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let default_region = spec.head.region.as_ref().map_or("", |region| region.as_str());
    names_everywhere(spec, found);
    let mut everywhere = 0;
    let mut in_region: BTreeMap<&str, usize> = BTreeMap::new();
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Trail::KIND) {
        let at = Path::keys([Trail::SECTION, &address.logical]);
        let room = if attrs["multi_region"] == Value::Bool(true) {
            everywhere += 1;
            everywhere + in_region.values().max().unwrap_or(&0)
        } else {
            let count = in_region.entry(attrs["region"].as_str().unwrap_or(default_region)).or_default();
            *count += 1;
            *count + everywhere
        };
        if room > TRAILS_PER_REGION {
            let message = format!("this is trail {room} of a Region, which has room for {TRAILS_PER_REGION}");
            let help = "a multi-Region trail takes a place in every Region; put the selectors of several trails into one";
            found.push(Diagnostic::at("too-many-trails", at.clone(), message).at_key().help(help));
        }
        trail(attrs, &at, found);
    }
}

/// A multi-Region trail shows in every Region: no other trail can have its name anywhere.
fn names_everywhere(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut first_of: BTreeMap<&str, (&EntryKey, &Value)> = BTreeMap::new();
    for (entry, attrs) in spec.of_kind(Trail::KIND) {
        let name = attrs["name"].as_str().unwrap_or(&entry.address.logical);
        let Some((first, first_attrs)) = first_of.insert(name, (entry, attrs)) else { continue };
        let is_multi_region = |attrs: &Value| attrs["multi_region"] == Value::Bool(true);
        if attrs["region"] != first_attrs["region"]
            && (is_multi_region(attrs) || is_multi_region(first_attrs))
        {
            let message = format!("the name `{name}` is taken in every Region by a multi-Region trail");
            let diagnostic =
                Diagnostic::at("duplicate-name", Path::keys(["trails", &entry.address.logical]), message);
            let place = Place::Key(Path::keys(["trails", &first.address.logical]));
            found.push(
                diagnostic.at_key().related(place, "first used here").help("give one of them another `name`"),
            );
        }
    }
}

fn trail(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    if attrs["multi_region"] == Value::Bool(true) && attrs["global_service_events"] == Value::Bool(false) {
        let message = "a multi-Region trail must record events of global services";
        let help = "remove the line, or set `multi_region: false`";
        found.push(Diagnostic::at("global-events-off", at.key("global_service_events"), message).help(help));
    }
    if let Some(prefix) = attrs["prefix"].as_str() {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "!-_.'()/=+@:,&$; ".contains(c);
        let problem = if prefix.chars().count() > 200 {
            Some("a prefix has at most 200 characters")
        } else if !prefix.chars().all(is_plain) {
            Some("the prefix has characters that are not safe in object keys and policies")
        } else if prefix.contains("//") {
            Some("the prefix has two slashes in a row")
        } else if prefix.starts_with('/') || prefix.ends_with('/') {
            Some("CloudTrail puts the slashes around the prefix itself")
        } else if prefix.contains("AWSLogs/") {
            Some("CloudTrail adds `AWSLogs/` after the prefix itself")
        } else {
            None
        };
        if let Some(message) = problem {
            found.push(
                Diagnostic::at("invalid-prefix", at.key("prefix"), message)
                    .help("use up to 200 characters such as `prod/audit`"),
            );
        }
    }
}
