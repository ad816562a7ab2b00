//! What a spec expects to be recorded, or not to be.

use super::{
    Coverage, Field, Pattern,
    budget::{Budget, TooComplex},
    compare::Verdict,
    find::{Example, Finder, Looking},
    world::World,
};

/// Decides whether all events of a pattern are recorded; else one that is not is shown. Only events count that AWS can make, if
/// the pattern has any, and events that CloudTrail's own deliveries cause only if the pattern says so. The account of the
/// trails has to be in the pattern: an event of any other is recorded by no trail but an organization's.
pub fn must_record(coverage: &Coverage, pattern: &Pattern) -> Verdict {
    let world = World::of(coverage.rules, &coverage.trails);
    let mut pattern = pattern.clone();
    if pattern.on(&Field::SelfDelivery).next().is_none() {
        pattern = pattern.is(Field::SelfDelivery, "no");
    }
    let outside = coverage.pieces.iter().map(|piece| &piece.events).collect();
    let finder = Finder::new(&world, vec![&pattern], outside);
    match finder.find(0, Looking::Anywhere, &mut Budget::default()) {
        Ok(Some(example)) if !is_in(&pattern, &example, &world) || coverage.records(&example.event) => {
            Verdict::TooComplex
        }
        Ok(Some(example)) if !example.is_possible && can_happen(coverage, &pattern) => Verdict::Contained,
        found => Verdict::of(found),
    }
}

/// Returns whether AWS can make an event of a pattern, as far as is known. What is expected of a pattern without any, such as one
/// of an ARN that is none, says nothing.
pub fn can_happen(coverage: &Coverage, pattern: &Pattern) -> bool {
    let world = World::of(coverage.rules, &coverage.trails);
    let finder = Finder::new(&world, vec![pattern], Vec::new());
    finder.find(0, Looking::AmongPossible, &mut Budget::default()) != Ok(None)
}

/// Returns an event of a pattern that is recorded, if there is one: a pattern that must not be recorded has none. Only events
/// count that AWS can make.
///
/// # Errors
///
/// When this is not decided within [`NODE_BUDGET`](super::NODE_BUDGET).
pub fn find_recorded(coverage: &Coverage, pattern: &Pattern) -> Result<Option<Example>, TooComplex> {
    let world = World::of(coverage.rules, &coverage.trails);
    let mut budget = Budget::default();
    for piece in &coverage.pieces {
        let both = piece.events.intersection(pattern);
        let found =
            Finder::new(&world, vec![&both], Vec::new()).find(0, Looking::AmongPossible, &mut budget)?;
        if let Some(mut example) = found {
            if !is_in(pattern, &example, &world) || !coverage.records(&example.event) {
                return Err(TooComplex);
            }
            example.recorded_by = Some(coverage.recorder(piece));
            return Ok(Some(example));
        }
    }
    Ok(None)
}

fn is_in(pattern: &Pattern, example: &Example, world: &World) -> bool {
    pattern.contains(&example.event, &world.rules)
}
