//! What trails use, directly or through keys: of a file that tells of all sorts of things, only that is wanted.

use std::collections::BTreeSet;

use crate::{
    export::Found,
    kinds::{Resource as _, kind, kms_key::KmsKey, trail::Trail},
};

/// Returns the trails and what they use, each once, in the order of their ids.
pub(super) fn used(all: Vec<Found>) -> Vec<Found> {
    let mut wanted: BTreeSet<usize> = (0..all.len()).filter(|at| all[*at].id.kind == Trail::KIND).collect();
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
    // What is not a trail uses keys: where a bucket sends its access logs to is not the trails' concern.
    let is_use = |to: &str| from.id.kind == Trail::KIND || to == KmsKey::KIND;
    let links = kind(&from.id.kind).map(|kind| kind.links(&from.attrs)).unwrap_or_default();
    let named = links.into_iter().filter(move |(_, to, _)| is_use(to));
    named.filter_map(|(_, kind, to)| {
        let text = to.as_str();
        let is_named = |one: &Found| one.id.name == text || one.outputs.values().any(|value| value == text);
        all.iter().position(|one| one.id.kind == kind && is_named(one))
    })
}
