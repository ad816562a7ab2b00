//! References: each must name an entry that exists.

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, nearest},
    kinds::kind,
    resource::{Address, Reference},
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(of) = kind(&address.kind) else { continue };
        for (path, wanted, reference) in of.links(attrs) {
            let at = entry_path(of, address).join(&path);
            let key = match &reference {
                Reference::Declared(key) => key,
                Reference::Existing(name) => {
                    if let Some(entry) = declares(spec, wanted, name) {
                        let message = format!("the {wanted} `{name}` is declared in this spec");
                        let help = format!("write `{entry}` instead of {{existing: {name}}}");
                        found.push(Diagnostic::error("existing-is-declared", at, message).help(help));
                    }
                    continue;
                }
            };
            let keys = || {
                spec.entries
                    .keys()
                    .filter(|entry| entry.address.kind == wanted)
                    .map(|entry| entry.address.logical.as_str())
            };
            if keys().any(|known| known == key) || spec.unreadable.contains(&Address::new(wanted, key)) {
                continue;
            }
            let message = format!("no {wanted} of this spec has the key `{key}`");
            let help = match nearest(key, keys()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => match kind(wanted) {
                    Some(kind) => format!(
                        "add `{key}: {{}}` under `{}:`, or write {{existing: {key}}} if others manage it",
                        kind.section()
                    ),
                    None => format!("write {{existing: ARN}} for a {wanted} that others manage"),
                },
            };
            found.push(Diagnostic::error("unknown-reference", at, message).help(help));
        }
    }
}

/// Returns the key of the entry that has this name in AWS.
fn declares<'a>(spec: &'a Spec, kind: &str, name: &str) -> Option<&'a str> {
    let of_kind = spec.entries.iter().filter(|(entry, _)| entry.address.kind == kind);
    let name_of = |(entry, attrs): (&'a EntryKey, &'a Value)| {
        (attrs["name"].as_str().unwrap_or(&entry.address.logical), entry.address.logical.as_str())
    };
    of_kind.map(name_of).find(|(other, _)| *other == name).map(|(_, key)| key)
}
