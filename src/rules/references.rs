//! References: each must name an entry that exists.

use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};

use super::existing::declares;
use crate::{
    diagnostic::{Diagnostic, nearest},
    kinds::kind,
    resource::{Address, Reference},
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    circles(spec, found);
    for EntryKey { address, .. } in spec.entries.keys() {
        let Some(of) = kind(&address.kind) else { continue };
        for &(ref path, wanted, ref reference) in spec.links_of(address) {
            let at = entry_path(of, address).join(path);
            let key = match &reference {
                Reference::Declared(key) => key,
                Reference::Existing(name) => {
                    if let Some(entry) = declares(spec, wanted, name) {
                        let message = format!("the {wanted} `{name}` is declared in this spec");
                        let help = format!("write `{entry}` instead of {{existing: {name}}}");
                        found.push(Diagnostic::at("existing-is-declared", at, message).help(help));
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
            let other = spec.entries.keys().find(|entry| entry.address.logical == *key);
            if let Some(other) = other {
                let message = format!("`{key}` is a {}; this must name a {wanted}", other.address.kind);
                let help = match nearest(key, keys()) {
                    Some(known) => format!("did you mean the {wanted} `{known}`?"),
                    None => format!("name a {wanted}, or write {{existing: …}} for one that others manage"),
                };
                found.push(Diagnostic::at("reference-of-other-kind", at, message).help(help));
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
            found.push(Diagnostic::at("unknown-reference", at, message).help(help));
        }
    }
}

/// An entry cannot come after itself.
fn circles(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut graph: DiGraphMap<&Address, ()> = DiGraphMap::new();
    let mut places = Vec::new();
    for EntryKey { address, .. } in spec.entries.keys() {
        let Some(of) = kind(&address.kind) else { continue };
        for &(ref path, wanted, ref reference) in spec.links_of(address) {
            if let Reference::Declared(key) = &reference
                && let Some((to, _)) = spec.of_kind(wanted).find(|(entry, _)| entry.address.logical == *key)
            {
                graph.add_edge(address, &to.address, ());
                places.push((address, &to.address, entry_path(of, address).join(path)));
            }
        }
    }
    for circle in tarjan_scc(&graph) {
        let inside = |address: &Address| circle.contains(&address);
        let edges = places.iter().filter(|(from, to, _)| inside(from) && inside(to));
        // A bucket that logs into itself is found with the access logs.
        for (from, to, at) in edges.filter(|(from, to, _)| from != to) {
            let message = format!("{from} and {to} refer to each other in a circle");
            let help = "name another one: neither can be made before the other";
            found.push(Diagnostic::at("circle", at.clone(), message).help(help));
        }
    }
}
