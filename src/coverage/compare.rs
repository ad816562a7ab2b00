//! Whether one set of trails records all that another one does.

use super::{
    Condition, Coverage, Field, Operator, Pattern,
    boxes::Piece,
    budget::{Budget, TooComplex},
    find::{Example, Finder, Looking},
    world::World,
};

/// Whether everything in one set of events is in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is.
    Contained,
    /// Not everything is: this event is not. If it is impossible, so are all others that are not.
    Lost(Box<Example>),
    /// Not decided within [`NODE_BUDGET`](super::NODE_BUDGET). To be taken for a loss.
    TooComplex,
}

impl Verdict {
    /// Returns whether everything is contained.
    pub fn is_contained(&self) -> bool {
        matches!(self, Self::Contained)
    }

    pub(super) fn of(found: Result<Option<Example>, TooComplex>) -> Self {
        match found {
            Ok(None) => Self::Contained,
            Ok(Some(example)) => Self::Lost(Box::new(example)),
            Err(TooComplex) => Self::TooComplex,
        }
    }
}

/// Decides whether `new` records everything that `old` records. Swap them to learn what is newly recorded.
pub fn covers(new: &Coverage, old: &Coverage) -> Verdict {
    Verdict::of(lost(new, old, 1).map(|mut examples| examples.pop()))
}

/// Returns examples of events that `old` records and `new` does not: at most one for each selector of `old`, none that is like
/// another, those of management events first, and impossible ones only if there are no others.
///
/// # Errors
///
/// When this is not decided within [`NODE_BUDGET`](super::NODE_BUDGET).
pub fn lost(new: &Coverage, old: &Coverage, at_most: usize) -> Result<Vec<Example>, TooComplex> {
    let world = World::of(old.rules, old.trails.iter().chain(&new.trails));
    let mut budget = Budget::default();
    let (mut examples, mut impossible): (Vec<Example>, _) = (Vec::new(), None);
    let mut shown: Vec<Pattern> = Vec::new();
    let is_management = |piece: &Piece| {
        piece
            .events
            .on(&Field::EventCategory)
            .any(|condition| condition.accepts(Some("Management"), &old.rules))
    };
    let (first, then): (Vec<usize>, _) =
        (0..old.pieces.len()).partition(|number| is_management(&old.pieces[*number]));
    let order = [first, then].concat();
    let mut next = 0;
    // An example takes those like it out of what is searched after it.
    while next < order.len() && examples.len() < at_most {
        let inside: Vec<&Pattern> = old.pieces.iter().map(|piece| &piece.events).collect();
        let outside = new.pieces.iter().map(|piece| &piece.events).chain(&shown).collect();
        let finder = Finder::new(&world, inside, outside);
        let mut like_it = None;
        while let (None, Some(&number)) = (&like_it, order.get(next)) {
            let piece = &old.pieces[number];
            if let Some(mut example) = finder.find(number, Looking::Anywhere, &mut budget)? {
                // The matcher knows nothing of how the event was found. If it is of another mind, nothing is certain.
                if !old.records(&example.event) || new.records(&example.event) {
                    return Err(TooComplex);
                }
                example.recorded_by = Some(old.recorder(piece));
                if example.is_possible {
                    like_it = Some(pattern_of(&example));
                    examples.push(example);
                } else {
                    impossible.get_or_insert(example);
                }
            }
            next += 1;
        }
        shown.extend(like_it);
    }
    if examples.is_empty() && at_most > 0 {
        examples.extend(impossible);
    }
    Ok(examples)
}

/// Returns the events that the example stands for, where that can be said with conditions.
fn pattern_of(example: &Example) -> Pattern {
    let equals = |field| Some((field, Condition::new(Operator::Equals, [example.event.get(field)?])));
    let conditions = example.matters.iter().filter_map(equals);
    Pattern(conditions.map(|(field, condition)| (field.clone(), condition)).collect())
}
