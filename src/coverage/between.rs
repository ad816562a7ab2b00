//! Whether events go unrecorded while trails change, and it is not known which of their configurations is in effect.

use super::{
    Coverage, Event, Pattern, Trail, Verdict,
    boxes::Piece,
    budget::{Budget, TooComplex},
    find::{Example, Finder, Looking},
    matcher,
    world::World,
};

/// The configurations of one trail that may be in effect. It is sure to record only what all of them record; where one of them
/// is that it does not exist, or that it cannot deliver, that is nothing.
pub type Maybe<'t> = Vec<Option<&'t Trail>>;

/// Looks for an event that `old` and `new` both record, and that is not sure to be recorded in between.
///
/// Events that AWS cannot make are no reason: see [`Example::is_possible`].
pub fn gap(old: &Coverage, new: &Coverage, between: &[Maybe<'_>]) -> Verdict {
    Verdict::of(find(old, new, between))
}

fn find(old: &Coverage, new: &Coverage, between: &[Maybe<'_>]) -> Result<Option<Example>, TooComplex> {
    let surely: Vec<Pattern> = between.iter().flat_map(|trail| surely(trail, old)).collect();
    let all = between.iter().flatten().flatten().copied();
    let world = World::of(old.rules, old.trails.iter().chain(&new.trails).chain(all));
    let search = |inside: Vec<&Pattern>| -> Result<Option<Example>, TooComplex> {
        let (mut budget, pieces) = (Budget::default(), inside.len());
        let finder = Finder::new(&world, inside, surely.iter().collect());
        for number in 0..pieces {
            if let Some(example) = finder.find(number, Looking::AmongPossible, &mut budget)? {
                return Ok(Some(example));
            }
        }
        Ok(None)
    };
    // What both record is part of what each of them does.
    for one in [old, new] {
        if search(one.pieces.iter().map(|piece| &piece.events).collect())?.is_none() {
            return Ok(None);
        }
    }
    let both: Vec<Pattern> = old
        .pieces
        .iter()
        .flat_map(|piece| new.pieces.iter().filter_map(|other| meet(&piece.events, &other.events, old)))
        .collect();
    let Some(example) = search(both.iter().collect())? else { return Ok(None) };
    let is_sure = |event: &Event| {
        let records = |one: &Option<&Trail>| one.is_some_and(|one| matcher::records(one, event, &old.rules));
        between.iter().any(|trail| trail.iter().all(records))
    };
    // The matcher knows nothing of how the event was found. If it is of another mind, nothing is certain.
    let event = &example.event;
    if !old.records(event) || !new.records(event) || is_sure(event) {
        return Err(TooComplex);
    }
    Ok(Some(example))
}

/// Returns what a trail records whichever of its configurations is in effect.
fn surely(trail: &Maybe<'_>, like: &Coverage) -> Vec<Pattern> {
    let pieces = |one: &Option<&Trail>| -> Vec<Pattern> {
        let pieces = one.map(|one| Coverage::new([one.clone()], like.rules).pieces).unwrap_or_default();
        pieces.into_iter().map(|Piece { events, .. }| events).collect()
    };
    let mut all = trail.iter().map(pieces);
    let Some(first) = all.next() else { return Vec::new() };
    all.fold(first, |sure, other| {
        let pairs = sure.iter().flat_map(|one| other.iter().filter_map(|two| meet(one, two, like)));
        pairs.collect()
    })
}

/// Returns the events that are in both patterns, if there may be any.
fn meet(one: &Pattern, other: &Pattern, like: &Coverage) -> Option<Pattern> {
    let holds_all = |all: &Pattern, some: &Pattern| some.0.iter().all(|condition| all.0.contains(condition));
    match () {
        () if holds_all(one, other) => Some(one.clone()),
        () if holds_all(other, one) => Some(other.clone()),
        () => one.may_meet(other, &like.rules).then(|| one.intersection(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::{Assumptions, Condition, Field, Operator, Selectors};

    fn trail(name: &str, selectors: &[Pattern]) -> Trail {
        Trail {
            name: name.to_owned(),
            account: "111122223333".to_owned(),
            partition: "aws".to_owned(),
            leader: "us-east-1".to_owned(),
            home: "eu-west-1".to_owned(),
            multi_region: true,
            global_service_events: true,
            organization: false,
            recursive_logging: true,
            logging: true,
            selectors: Selectors::Advanced(selectors.to_vec()),
        }
    }

    fn of(trails: &[&Trail]) -> Coverage {
        Coverage::new(trails.iter().map(|one| (*one).clone()), Assumptions::default())
    }

    fn management() -> Pattern {
        Pattern::default().is(Field::EventCategory, "Management")
    }

    fn objects() -> Pattern {
        Pattern::default().is(Field::EventCategory, "Data").is(Field::ResourceType, "AWS::S3::Object")
    }

    #[test]
    fn what_only_one_configuration_records_is_not_sure() {
        let (narrow, wide) = (trail("t", &[management()]), trail("t", &[management(), objects()]));
        fn between<'t>(configurations: &[&'t Trail]) -> Vec<Maybe<'t>> {
            vec![configurations.iter().map(|one| Some(*one)).collect()]
        }
        // What is added is not missed before it is there.
        assert!(gap(&of(&[&narrow]), &of(&[&wide]), &between(&[&narrow, &wide])).is_contained());
        assert!(gap(&of(&[&wide]), &of(&[&wide]), &between(&[&wide, &wide])).is_contained());
        let Verdict::Lost(example) = gap(&of(&[&wide]), &of(&[&wide]), &between(&[&narrow, &wide])) else {
            panic!("nothing is missed")
        };
        assert_eq!(example.event.get(&Field::ResourceType), Some("AWS::S3::Object"));
    }

    #[test]
    fn a_trail_that_may_not_exist_records_nothing_for_sure() {
        let old = trail("old", &[management()]);
        let new = trail("new", &[management()]);
        let (before, after) = (of(&[&old]), of(&[&new]));
        assert!(gap(&before, &after, &[vec![Some(&old)], vec![None, Some(&new)]]).is_contained());
        assert!(!gap(&before, &after, &[vec![Some(&old), None], vec![None, Some(&new)]]).is_contained());
        assert!(gap(&before, &after, &[vec![Some(&old), None], vec![Some(&new)]]).is_contained());
    }

    #[test]
    fn what_either_side_alone_records_is_not_asked_for() {
        let reads = |values: &str| management().is(Field::ReadOnly, values);
        let old = trail("t", &[reads("true"), objects()]);
        let new = trail("t", &[reads("true"), reads("false")]);
        assert!(gap(&of(&[&old]), &of(&[&new]), &[vec![Some(&old), Some(&new)]]).is_contained());
        let neither = trail("t", &[objects(), reads("false")]);
        assert!(!gap(&of(&[&old]), &of(&[&new]), &[vec![Some(&neither)]]).is_contained());
    }

    #[test]
    fn pieces_that_overlap_partly_are_looked_at_together() {
        let arn =
            |operator, value: &str| objects().and(Field::ResourceArn, Condition::new(operator, [value]));
        let (a, not_a) =
            (arn(Operator::StartsWith, "arn:aws:s3:::a/"), arn(Operator::NotStartsWith, "arn:aws:s3:::a/"));
        let all = trail("all", &[objects()]);
        let (one, other) = (trail("one", &[a]), trail("other", &[not_a]));
        let both = of(&[&all]);
        assert!(gap(&both, &both, &[vec![Some(&one)], vec![Some(&other)]]).is_contained());
        assert!(!gap(&both, &both, &[vec![Some(&one)], vec![Some(&other), None]]).is_contained());
    }
}
