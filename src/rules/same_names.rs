//! Entries that would be one resource in AWS, also those that are made for others.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{name_of, region_of};
use crate::{
    diagnostic::{Diagnostic, Place},
    kinds::{
        Resource as _, kind,
        role::Role,
        trail::{ROLE_SUFFIX, Trail},
    },
    path::Path,
    resource::Address,
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    letter_by_letter(spec, found);
    everywhere(spec, found);
    roles(spec, found);
}

/// Names of some kinds are global; others may stand once in each Region.
fn letter_by_letter(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut first_of: BTreeMap<(&str, &str, &str), Path> = BTreeMap::new();
    for (entry, attrs) in &spec.entries {
        let Some(kind) = kind(&entry.address.kind) else { continue };
        let (name, at) = (name_of(entry, attrs), entry_path(kind, &entry.address));
        let scope = if kind.has_global_names() { "" } else { region_of(spec, attrs).unwrap_or_default() };
        if let Some(first) = first_of.insert((kind.name(), scope, name), at.clone()) {
            let message = format!("two entries have the {} name `{name}`", kind.name());
            found.push(clash("duplicate-name", at, message, first));
        }
    }
}

/// A multi-Region trail shows in every Region: no other trail can have its name anywhere.
fn everywhere(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut first_of: BTreeMap<&str, (&EntryKey, &Value)> = BTreeMap::new();
    for (entry, attrs) in spec.of_kind(Trail::KIND) {
        let name = name_of(entry, attrs);
        let Some((first, first_attrs)) = first_of.insert(name, (entry, attrs)) else { continue };
        let is_multi_region = |attrs: &Value| attrs["multi_region"] == Value::Bool(true);
        if region_of(spec, attrs) != region_of(spec, first_attrs)
            && (is_multi_region(attrs) || is_multi_region(first_attrs))
        {
            let message = format!("the name `{name}` is taken in every Region by a multi-Region trail");
            let path = |entry: &EntryKey| Path::keys([Trail::SECTION, &entry.address.logical]);
            found.push(clash("duplicate-trail-name", path(entry), message, path(first)));
        }
    }
}

/// IAM has one name for all spellings in upper and lower case, also for the roles that are made for trails.
fn roles(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut first_of: BTreeMap<String, (&str, Path)> = BTreeMap::new();
    for (entry, attrs) in spec.of_kind(Role::KIND) {
        let (name, at) = (name_of(entry, attrs), Path::keys([Role::SECTION, &entry.address.logical]));
        let first = first_of.insert(name.to_ascii_lowercase(), (name, at.clone()));
        // Names that are the same letter by letter are found with those of the other kinds.
        if let Some((other, first)) = first.filter(|(other, _)| *other != name) {
            let message = format!("the role names `{other}` and `{name}` are one name to IAM");
            let help = "give one of them another `name`; upper and lower case make no difference";
            found.push(clash("duplicate-role-name", at, message, first).help(help));
        }
    }
    let mut first_of: BTreeMap<String, Path> =
        first_of.into_iter().map(|(name, (_, path))| (name, path)).collect();
    for (entry, attrs) in spec.of_kind(Trail::KIND) {
        let Some(name) = implied_role(spec, entry, attrs) else { continue };
        let at = Path::keys([Trail::SECTION, &entry.address.logical, "cloudwatch_logs"]);
        if let Some(first) = first_of.insert(name.to_ascii_lowercase(), at.clone()) {
            let message =
                format!("the role that is made for this trail would be `{name}`, which there is already");
            let help = "give `role`: the key of an entry under `roles`, or {existing: ARN}";
            found.push(clash("duplicate-implied-role", at, message, first).help(help));
        }
    }
}

/// Returns the name of the role that is made for a trail, if one is: it is named after the trail.
pub(super) fn implied_role(spec: &Spec, entry: &EntryKey, attrs: &Value) -> Option<String> {
    let logs = &attrs["cloudwatch_logs"];
    if !logs.is_object() || !logs["role"].is_null() {
        return None;
    }
    // An entry under this key is used as it is.
    let implied = Address::new(Role::KIND, &format!("{}{ROLE_SUFFIX}", entry.address.logical));
    let is_declared = spec.entries.keys().any(|other| other.address == implied);
    (!is_declared).then(|| format!("{}{ROLE_SUFFIX}", name_of(entry, attrs)))
}

fn clash(code: &'static str, at: Path, message: String, first: Path) -> Diagnostic {
    Diagnostic::at(code, at, message)
        .at_key()
        .related(Place::Key(first), "first used here")
        .help("give one of them another `name`")
}
