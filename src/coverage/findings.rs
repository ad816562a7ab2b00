//! What selectors say in vain, and what trails record twice or without end.

use serde::Serialize;

use super::{
    Assumptions, Condition, Coverage, Example, Field, Operator, Pattern, Selectors, Trail,
    boxes::Piece,
    budget::{Budget, TooComplex},
    condition::Term,
    expect::find_recorded,
    find::{Finder, Looking},
    matcher::records,
    world::{DELIVERIES, World},
};

/// Why a selector could be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dead {
    /// No event meets its conditions.
    TakesNothing,
    /// The other selectors take all that it takes.
    TakenByOthers,
}

/// Returns the selectors of a trail that could be left out, by number, all of them at once. Of two that are equal the first
/// stays.
pub fn dead_selectors(trail: &Trail, rules: Assumptions) -> Vec<(usize, Dead)> {
    let patterns = trail.patterns();
    let mut numbers: Vec<usize> = patterns.iter().map(|(number, _)| *number).collect();
    numbers.dedup();
    let (mut dead, mut alive) = (Vec::new(), numbers.clone());
    for number in numbers.into_iter().rev() {
        let of = |wanted: &dyn Fn(usize) -> bool| -> Vec<&Pattern> {
            patterns.iter().filter(|(number, _)| wanted(*number)).map(|(_, pattern)| pattern).collect()
        };
        let own = of(&|own| own == number);
        let mut others = of(&|other| other != number && alive.contains(&other));
        others.retain(|other| own.iter().any(|own| own.may_meet(other, &rules)));
        let is_met = own.iter().any(|pattern| pattern.is_plainly_met());
        let why = if !is_met && all_in(&own, &[], rules) {
            Dead::TakesNothing
        } else if !others.is_empty() && all_in(&own, &others, rules) {
            Dead::TakenByOthers
        } else {
            continue;
        };
        alive.retain(|other| *other != number);
        dead.insert(0, (number, why));
    }
    dead
}

/// A value in an advanced selector that could be left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redundant {
    /// The number of the selector, from 0.
    pub selector: usize,
    /// The field.
    pub field: Field,
    /// The operator and the value.
    pub term: Term,
}

/// Returns the values in the advanced selectors of a trail that could be left out without any change in what is recorded, all of
/// them at once: such as an exclusion of what nothing includes, or of what another selector takes.
pub fn redundant_values(trail: &Trail, rules: Assumptions) -> Vec<Redundant> {
    redundant(trail, rules, |_| true)
}

/// Returns those of the [`redundant_values`] that keep events out, looked at by themselves: they leave out nothing that the
/// selectors would record without them.
pub fn vain_exclusions(trail: &Trail, rules: Assumptions) -> Vec<Redundant> {
    redundant(trail, rules, |term| !term.operator.selects())
}

fn redundant(trail: &Trail, rules: Assumptions, is_meant: fn(&Term) -> bool) -> Vec<Redundant> {
    let Selectors::Advanced(list) = &trail.selectors else { return Vec::new() };
    let (mut list, mut redundant) = (list.clone(), Vec::new());
    for selector in 0..list.len() {
        for at in 0..list[selector].0.len() {
            for term in list[selector].0[at].1.0.clone().into_iter().filter(is_meant) {
                let mut shorter = list[selector].clone();
                let (field, condition) = &mut shorter.0[at];
                condition.0.remove(&term);
                let field = field.clone();
                let is_narrower =
                    term.operator.selects() && condition.0.iter().any(|term| term.operator.selects());
                let (less, more) =
                    if is_narrower { (&list[selector], &shorter) } else { (&shorter, &list[selector]) };
                let others = list.iter().enumerate().filter(|(number, _)| *number != selector);
                let others = others.map(|(_, other)| other).filter(|other| less.may_meet(other, &rules));
                let all: Vec<&Pattern> = [more].into_iter().chain(others).collect();
                if all_in(&[less], &all, rules) {
                    redundant.push(Redundant { selector, field, term });
                    list[selector] = shorter;
                }
            }
        }
    }
    redundant
}

/// Returns whether it is certain that all events of some patterns are in others.
fn all_in(patterns: &[&Pattern], others: &[&Pattern], rules: Assumptions) -> bool {
    let world = World::of(rules, []);
    let finder = Finder::new(&world, patterns.to_vec(), others.to_vec());
    let mut budget = Budget::default();
    (0..patterns.len()).all(|number| finder.is_covered(number, &mut budget) == Ok(true))
}

/// Management events that two trails both record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// The names of the trails.
    pub trails: [String; 2],
    /// The Region of the events; none for all Regions.
    pub region: Option<String>,
    /// Whether they are events of global services; else they are not.
    pub is_global: bool,
    /// Whether there are some that read.
    pub reads: bool,
    /// Whether there are some that write.
    pub writes: bool,
    /// One of them.
    pub example: Example,
}

/// Returns the management events that more than one trail records, for each pair of trails and place.
///
/// # Errors
///
/// When this is not decided within [`NODE_BUDGET`](super::NODE_BUDGET).
pub fn overlaps(coverage: &Coverage) -> Result<Vec<Overlap>, TooComplex> {
    let Coverage { trails, pieces, rules } = coverage;
    let world = World::of(*rules, trails);
    let mut budget = Budget::default();
    let mut overlaps: Vec<Overlap> = Vec::new();
    let takes_management = |piece: &&Piece| piece.events.allows(&Field::EventCategory, "Management", rules);
    let pieces: Vec<&Piece> = pieces.iter().filter(takes_management).collect();
    for (at, new) in pieces.iter().enumerate() {
        for old in pieces[..at].iter().filter(|old| old.trail != new.trail) {
            let both = old.events.intersection(&new.events).is(Field::EventCategory, "Management");
            let said = |field: &Field| Some(both.on(field).next()?.0.first()?.value.clone());
            let place = (said(&Field::Region), said(&Field::Scope).as_deref() == Some("global"));
            if place.0.as_ref().is_some_and(|region| !both.allows(&Field::Region, region, rules)) {
                continue;
            }
            for read_only in ["false", "true"] {
                let both = both.clone().is(Field::ReadOnly, read_only);
                let finder = Finder::new(&world, vec![&both], Vec::new());
                let Some(example) = finder.find(0, Looking::AmongPossible, &mut budget)? else { continue };
                if ![old, new].iter().all(|piece| records(&trails[piece.trail], &example.event, rules)) {
                    return Err(TooComplex);
                }
                let (region, is_global) = place.clone();
                let trails = [old, new].map(|piece| trails[piece.trail].name.clone());
                let known = overlaps.iter_mut().find(|known| {
                    known.trails == trails && known.region == region && known.is_global == is_global
                });
                let (reads, writes) = (read_only == "true", read_only == "false");
                match known {
                    Some(known) => (known.reads, known.writes) = (known.reads | reads, known.writes | writes),
                    None => overlaps.push(Overlap { trails, region, is_global, reads, writes, example }),
                }
            }
        }
    }
    Ok(overlaps)
}

/// Returns an event by which a trail records the delivery of its own log files, if it does: the record is delivered too, and so
/// on without end.
///
/// # Errors
///
/// When this is not decided within [`NODE_BUDGET`](super::NODE_BUDGET).
pub fn feedback(
    trail: &Trail,
    bucket: &str,
    prefix: Option<&str>,
    rules: Assumptions,
) -> Result<Option<Example>, TooComplex> {
    let prefix = prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
    let files = format!("arn:{}:s3:::{bucket}/{prefix}AWSLogs/", trail.partition);
    let (source, name) = DELIVERIES[0];
    let delivery = Pattern::default()
        .is(Field::EventCategory, "Data")
        .is(Field::ResourceType, super::trail::S3_OBJECT)
        .and(Field::ResourceArn, Condition::new(Operator::StartsWith, [files]))
        .is(Field::EventSource, source)
        .is(Field::EventName, name)
        .is(Field::SelfDelivery, "yes");
    find_recorded(&Coverage::new([trail.clone()], rules), &delivery)
}

/// Which events a trail records at all, if only some: what Insights can be asked for depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// Management events that read.
    pub management_reads: bool,
    /// Management events that write.
    pub management_writes: bool,
    /// Data events.
    pub data: bool,
}

/// Returns which events a trail records at all, whether or not it is logging.
///
/// # Errors
///
/// When this is not decided within [`NODE_BUDGET`](super::NODE_BUDGET).
pub fn basis(trail: &Trail, rules: Assumptions) -> Result<Basis, TooComplex> {
    let coverage = Coverage::new([Trail { logging: true, ..trail.clone() }], rules);
    let any = |category| Pattern::default().is(Field::EventCategory, category);
    let is_recorded = |pattern: Pattern| Ok(find_recorded(&coverage, &pattern)?.is_some());
    Ok(Basis {
        management_reads: is_recorded(any("Management").is(Field::ReadOnly, "true"))?,
        management_writes: is_recorded(any("Management").is(Field::ReadOnly, "false"))?,
        data: is_recorded(any("Data"))?,
    })
}
