//! What trails use, directly or through keys: of a file that tells of all sorts of things, only that is wanted.

use std::collections::BTreeSet;

use crate::export::Found;

/// Where the kinds name what they use: of which kind, in which attribute, of which kind that is.
const LINKS: &[(&str, &str, &str)] = &[
    ("trail", "/bucket", "bucket"),
    ("trail", "/kms_key", "kms_key"),
    ("trail", "/topic", "topic"),
    ("trail", "/cloudwatch_logs/log_group", "log_group"),
    ("trail", "/cloudwatch_logs/role", "role"),
    ("bucket", "/encryption/kms_key", "kms_key"),
    ("log_group", "/kms_key", "kms_key"),
    ("topic", "/kms_key", "kms_key"),
];

/// Returns the trails and what they use, each once, in the order of their ids.
pub(super) fn used(all: Vec<Found>) -> Vec<Found> {
    let mut wanted: BTreeSet<usize> = (0..all.len()).filter(|at| all[*at].id.kind == "trail").collect();
    let mut open: Vec<usize> = wanted.iter().copied().collect();
    while let Some(from) = open.pop() {
        for to in uses(&all, &all[from]) {
            if wanted.insert(to) {
                open.push(to);
            }
        }
    }
    let mut places = 0..;
    let mut found: Vec<Found> =
        all.into_iter().filter(|_| places.next().is_some_and(|at| wanted.contains(&at))).collect();
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found.dedup_by(|one, other| one.id == other.id);
    found
}

fn uses<'f>(all: &'f [Found], from: &'f Found) -> impl Iterator<Item = usize> + 'f {
    let named = LINKS.iter().filter_map(|(kind, attribute, to)| {
        let text = from.attrs.pointer(attribute).filter(|_| from.id.kind == *kind)?.as_str()?;
        Some((*to, text))
    });
    named.filter_map(|(kind, text)| {
        let is_named = |one: &Found| one.id.name == text || one.outputs.values().any(|value| value == text);
        all.iter().position(|one| one.id.kind == kind && is_named(one))
    })
}
