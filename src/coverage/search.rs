//! Looks for an event that is in one pattern and in none of others.

use std::collections::BTreeMap;

use super::{
    Field,
    bits::{Bits, Seen},
    budget::{Budget, TooComplex},
    index::{Candidate, Index, Value},
};

/// Returns the values of an event that is in pattern `own` and in none of the rivals, for each field that a condition is on;
/// none if there is no such event.
///
/// Each field has few values worth trying, each accepted by some of the rivals. An event is lost if its values have no rival
/// that accepts all of them. The fields cannot be judged one by one: each rival may miss the event in another field.
pub(super) fn search<'p>(
    index: &Index<'p>,
    own: usize,
    rivals: Bits,
    budget: &mut Budget,
) -> Result<Option<BTreeMap<&'p Field, Value>>, TooComplex> {
    let mut alive = rivals;
    let mut levels: Vec<(&Field, Vec<Candidate>)> = Vec::new();
    for field in index.fields() {
        let candidates = index.candidates(field, own, &alive, budget)?;
        // A rival that accepts none of the values that are worth trying does not matter in the fields to come.
        let mut matters = index.set([]);
        candidates.iter().for_each(|candidate| matters.add(&candidate.accepted));
        alive.keep(&matters);
        if candidates.is_empty() {
            return Ok(None);
        }
        levels.push((field, candidates));
    }
    levels.iter_mut().flat_map(|(_, list)| list).for_each(|candidate| candidate.accepted.keep(&alive));
    levels.sort_by_key(|(_, candidates)| candidates.len());

    let mut always = vec![alive.clone()];
    let mut most_refusals = vec![0];
    for (level, (_, candidates)) in levels.iter().rev().enumerate() {
        let mut accept_all = always[level].clone();
        candidates.iter().for_each(|candidate| accept_all.keep(&candidate.accepted));
        always.push(accept_all);
        let refusals = candidates.iter().map(|candidate| alive.count() - candidate.accepted.count()).max();
        most_refusals.push(most_refusals[level] + refusals.unwrap_or(0));
    }
    always.reverse();
    most_refusals.reverse();

    let mut descent =
        Descent { levels: &levels, always, most_refusals, seen: Seen::new(), path: Vec::new(), budget };
    if !descent.is_lost(0, &alive)? {
        return Ok(None);
    }
    let chosen = descent.path.into_iter().chain(std::iter::repeat(0));
    Ok(Some(levels.iter().zip(chosen).map(|((field, list), at)| (*field, list[at].value.clone())).collect()))
}

/// A search in depth: one field after the other, one value after the other.
struct Descent<'s, 'p> {
    levels: &'s [(&'p Field, Vec<Candidate>)],
    /// For each level: the rivals that accept all values from there on.
    always: Vec<Bits>,
    /// For each level: how many rivals the values from there on can refuse at most.
    most_refusals: Vec<u32>,
    /// Where the search has been in vain.
    seen: Seen<(usize, Bits)>,
    /// The values that are chosen, by number.
    path: Vec<usize>,
    budget: &'s mut Budget,
}

impl Descent<'_, '_> {
    /// Returns whether values from `level` on leave none of the rivals `left`. They are then in the path.
    fn is_lost(&mut self, level: usize, left: &Bits) -> Result<bool, TooComplex> {
        self.budget.spend(1 + left.words() / 16)?;
        if left.is_empty() {
            return Ok(true);
        }
        let in_vain = left.meets(&self.always[level]) || left.count() > self.most_refusals[level];
        if in_vain || !self.seen.insert((level, left.clone())) {
            return Ok(false);
        }
        for (at, candidate) in self.levels[level].1.iter().enumerate() {
            self.path.push(at);
            if self.is_lost(level + 1, &left.and(&candidate.accepted))? {
                return Ok(true);
            }
            self.path.pop();
        }
        Ok(false)
    }
}
