//! What trails record, as a union of patterns.

use super::{Assumptions, Condition, Event, Field, Operator, Pattern, Recorder, Selectors, Trail, matcher};

/// What some trails record together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The trails.
    pub(super) trails: Vec<Trail>,
    /// What they record, piece by piece.
    pub(super) pieces: Vec<Piece>,
    /// The reading of AWS's documentation that this rests on.
    pub(super) rules: Assumptions,
}

/// The events that one selector of one trail records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The number of the trail.
    pub(super) trail: usize,
    /// The number of the selector.
    pub(super) selector: usize,
    /// The events.
    pub(super) events: Pattern,
}

impl Coverage {
    /// Returns what these trails record. Trails that do not log record nothing.
    pub fn new(trails: impl IntoIterator<Item = Trail>, rules: Assumptions) -> Self {
        let mut trails: Vec<Trail> = trails.into_iter().collect();
        if !rules.repeated_conditions_all_hold {
            for trail in &mut trails {
                if let Selectors::Advanced(list) = &mut trail.selectors {
                    list.iter_mut().for_each(|pattern| *pattern = pattern.merged());
                }
            }
        }
        let pieces =
            trails.iter().enumerate().flat_map(|(number, trail)| pieces(number, trail, &rules)).collect();
        Self { trails, pieces, rules }
    }

    /// Returns the trails.
    pub fn trails(&self) -> &[Trail] {
        &self.trails
    }

    /// Returns whether a trail records the event, by what AWS writes about trails.
    pub fn records(&self, event: &Event) -> bool {
        self.trails.iter().any(|trail| matcher::records(trail, event, &self.rules))
    }

    /// Returns which trails record the event, each with the selector that does, by their numbers.
    pub fn recorders(&self, event: &Event) -> impl Iterator<Item = (usize, usize)> {
        let selector = move |trail| match matcher::unheard(trail, event) {
            Some(_) => None,
            None => matcher::selector(trail, event, &self.rules),
        };
        self.trails.iter().enumerate().filter_map(move |(number, trail)| Some((number, selector(trail)?)))
    }

    /// Returns what a piece comes from.
    pub(super) fn recorder(&self, piece: &Piece) -> Recorder {
        Recorder { trail: self.trails[piece.trail].name.clone(), selector: piece.selector }
    }

    /// Returns whether the event is in one of the patterns that were made of the trails: the same, if all is right.
    #[cfg(test)]
    pub(super) fn contains(&self, event: &Event) -> bool {
        self.pieces.iter().any(|piece| piece.events.contains(event, &self.rules))
    }
}

/// Multiplies each selector of a trail by where and when the trail listens.
fn pieces(number: usize, trail: &Trail, rules: &Assumptions) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (selector, pattern) in trail.patterns().into_iter().filter(|_| trail.logging) {
        let mut heard = pattern;
        if !trail.organization {
            heard = heard.is(Field::Account, &trail.account);
        }
        if !trail.recursive_logging {
            heard = heard.is(Field::SelfDelivery, "no");
        }
        let mut regional = heard.clone().is(Field::Scope, "regional");
        if !trail.multi_region {
            regional = regional.is(Field::Region, &trail.home);
        }
        pieces.push(Piece { trail: number, selector, events: regional });
        if trail.gets_global_events() && heard.allows(&Field::EventCategory, "Management", rules) {
            let management = Condition::new(Operator::Equals, ["Management"]);
            let is_said = heard.on(&Field::EventCategory).any(|condition| *condition == management);
            let global = heard.is(Field::Scope, "global").is(Field::Region, &trail.leader);
            let events = if is_said { global } else { global.and(Field::EventCategory, management) };
            pieces.push(Piece { trail: number, selector, events });
        }
    }
    pieces
}
