//! References: each must name an entry that exists.

use crate::{
    diagnostic::{Diagnostic, nearest},
    kinds::kind,
    resource::Reference,
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(of) = kind(&address.kind) else { continue };
        for (path, wanted, reference) in of.links(attrs) {
            let Reference::Declared(key) = &reference else { continue };
            let keys = || {
                spec.entries
                    .keys()
                    .filter(|entry| entry.address.kind == wanted)
                    .map(|entry| entry.address.logical.as_str())
            };
            if keys().any(|known| known == key) {
                continue;
            }
            let at = entry_path(of, address).join(&path);
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
