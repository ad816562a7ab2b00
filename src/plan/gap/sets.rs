//! The sets of steps that can be done when a run ends.

/// Up to how many steps all sets are looked at.
const ALL: usize = 16;

/// How many orders are looked at of more steps, beside that of the plan.
const ORDERS: usize = 2_000;

/// Visits sets of done steps, each closed under what its steps need, until `look` finds something. `needs[step]` are the steps
/// that must be done before it; they have smaller numbers.
///
/// Of up to 16 steps all sets are visited. Of more, those on the way of 2,000 orders, which are the same each time.
pub(super) fn visit<F>(needs: &[Vec<usize>], look: &mut dyn FnMut(&[bool]) -> Option<F>) -> Option<F> {
    let count = needs.len();
    if count <= ALL {
        let is_in = |set: usize, step: usize| set & (1 << step) != 0;
        let is_closed = |set: &usize| {
            (0..count)
                .filter(|step| is_in(*set, *step))
                .all(|step| needs[step].iter().all(|need| is_in(*set, *need)))
        };
        return (0..1_usize << count)
            .filter(is_closed)
            .find_map(|set| look(&(0..count).map(|step| is_in(set, step)).collect::<Vec<_>>()));
    }
    // The first order is the plan's own.
    let mut chance = Chance(0);
    (0..=ORDERS).find_map(|order| {
        let mut done = vec![false; count];
        for _ in 0..count {
            let ready: Vec<usize> = (0..count)
                .filter(|step| !done[*step] && needs[*step].iter().all(|need| done[*need]))
                .collect();
            let next = if order == 0 { 0 } else { chance.below(ready.len()) };
            done[*ready.get(next)?] = true;
            if let Some(found) = look(&done) {
                return Some(found);
            }
        }
        None
    })
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
    use std::collections::BTreeSet;

    use super::*;

    fn all(needs: &[Vec<usize>]) -> BTreeSet<Vec<bool>> {
        let mut seen = BTreeSet::new();
        let end: Option<()> = visit(needs, &mut |done| {
            seen.insert(done.to_vec());
            None
        });
        assert_eq!(end, None);
        seen
    }

    #[test]
    fn a_chain_has_one_set_more_than_steps_and_free_steps_have_all() {
        assert_eq!(all(&[vec![], vec![0], vec![1]]).len(), 4);
        assert_eq!(all(&[vec![], vec![], vec![]]).len(), 8);
        assert_eq!(all(&[vec![], vec![], vec![0, 1]]).len(), 5);
    }

    #[test]
    fn of_many_steps_every_set_is_closed_and_most_pairs_are_seen_both_ways() {
        let needs: Vec<Vec<usize>> =
            (0..20_usize).map(|step| if step % 2 == 1 { vec![step - 1] } else { vec![] }).collect();
        let sets = all(&needs);
        assert!(
            sets.iter()
                .all(|set| (0..20).all(|step| !set[step] || needs[step].iter().all(|need| set[*need])))
        );
        for (one, other) in [(1, 18), (19, 0), (5, 12)] {
            assert!(sets.iter().any(|set| set[one] && !set[other]), "{one} {other}");
        }
    }
}
