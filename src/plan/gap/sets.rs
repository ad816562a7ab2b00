//! The sets of parts that can be done when a run ends.

use std::collections::BTreeSet;

/// Up to how many parts all sets are looked at.
const ALL: usize = 16;

/// How many sets are looked at of more.
const SOME: usize = 2_000;

/// After how many orders in a row that tell nothing new no more are tried: there may be few sets.
const BARREN: usize = 50;

/// A part of a plan that is done or not when a run ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// The parts that must be done before it, all with smaller numbers.
    pub(super) needs: Vec<usize>,
    /// Whether it can only take from what is sure, so that where it can be done, it is looked at done.
    pub(super) only_takes: bool,
}

/// Visits sets of done parts until `look` finds something. Each is closed under what its parts need, and no part that only takes
/// could be added: what holds of such a set holds of those without some of these parts.
///
/// Of up to 16 parts all such sets are visited. Of more, 2,000 on the way of several orders, which are the same each time; the first
/// is the plan's own.
pub(super) fn visit<F>(parts: &[Part], look: &mut dyn FnMut(&[bool]) -> Option<F>) -> Option<F> {
    let is_ready =
        |done: &[bool], part: usize| !done[part] && parts[part].needs.iter().all(|need| done[*need]);
    let fill = |done: &mut [bool]| {
        // What a part needs has a smaller number.
        (0..parts.len()).for_each(|part| done[part] |= parts[part].only_takes && is_ready(done, part));
    };
    if parts.len() <= ALL {
        return (0..1_usize << parts.len()).find_map(|set| {
            let done: Vec<bool> = (0..parts.len()).map(|part| set & (1 << part) != 0).collect();
            let has_needs =
                |(part, is_done): (&Part, &bool)| !is_done || part.needs.iter().all(|need| done[*need]);
            let mut full = done.clone();
            fill(&mut full);
            if full == done && parts.iter().zip(&done).all(has_needs) { look(&done) } else { None }
        });
    }
    let (mut chance, mut seen, mut barren) = (Chance(0), BTreeSet::new(), 0);
    for order in 0.. {
        let (mut done, before) = (vec![false; parts.len()], seen.len());
        loop {
            fill(&mut done);
            if seen.insert(done.clone())
                && let Some(found) = look(&done)
            {
                return Some(found);
            }
            let ready: Vec<usize> = (0..parts.len()).filter(|part| is_ready(&done, *part)).collect();
            let next = if order == 0 { 0 } else { chance.below(ready.len()) };
            let Some(next) = ready.get(next).filter(|_| seen.len() < SOME) else { break };
            done[*next] = true;
        }
        barren = if seen.len() > before { 0 } else { barren + 1 };
        if seen.len() >= SOME || barren >= BARREN {
            break;
        }
    }
    None
}

/// Numbers without a pattern that matters, the same each time: SplitMix64 (Steele, Lea and Flood, 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        usize::try_from(word % most.max(1) as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(needs: &[usize]) -> Part {
        Part { needs: needs.to_vec(), only_takes: false }
    }

    fn all(parts: &[Part]) -> BTreeSet<Vec<bool>> {
        let mut seen = BTreeSet::new();
        let end: Option<()> = visit(parts, &mut |done| {
            seen.insert(done.to_vec());
            None
        });
        assert_eq!(end, None);
        seen
    }

    #[test]
    fn a_chain_has_one_set_more_than_parts_and_free_parts_have_all() {
        assert_eq!(all(&[part(&[]), part(&[0]), part(&[1])]).len(), 4);
        assert_eq!(all(&[part(&[]), part(&[]), part(&[])]).len(), 8);
        assert_eq!(all(&[part(&[]), part(&[]), part(&[0, 1])]).len(), 5);
    }

    #[test]
    fn what_only_takes_is_done_wherever_it_can_be() {
        let takes = |needs: &[usize]| Part { only_takes: true, ..part(needs) };
        assert_eq!(all(&[takes(&[]), takes(&[]), takes(&[1])]), BTreeSet::from([vec![true; 3]]));
        let sets = all(&[part(&[]), takes(&[0]), takes(&[])]);
        assert_eq!(sets, BTreeSet::from([vec![false, false, true], vec![true; 3]]));
    }

    #[test]
    fn of_many_parts_every_set_is_closed_and_most_pairs_are_seen_both_ways() {
        let parts: Vec<Part> =
            (0..20_usize).map(|one| if one % 2 == 1 { part(&[one - 1]) } else { part(&[]) }).collect();
        let sets = all(&parts);
        assert_eq!(sets.len(), SOME);
        assert!(
            sets.iter()
                .all(|set| (0..20).all(|one| !set[one] || parts[one].needs.iter().all(|need| set[*need])))
        );
        for (one, other) in [(1, 18), (19, 0), (5, 12)] {
            assert!(sets.iter().any(|set| set[one] && !set[other]), "{one} {other}");
        }
    }
}
