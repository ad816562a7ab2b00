//! What is recorded, Region by Region and sort by sort.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Condition, Coverage, Field, Operator, Pattern, Verdict, can_happen, find_recorded, must_record};

/// How much of some events is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Share {
    /// All of them.
    Full,
    /// Some of them.
    Partial,
    /// None of them.
    None,
    /// That was not decided.
    Unknown,
    /// There are no such events.
    Impossible,
}

/// A table of what is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Map {
    /// What the columns are: Regions in which trails differ, all others, and the global services.
    pub places: Vec<String>,
    /// One row for each sort of events.
    pub rows: Vec<Row>,
}

/// The events of one sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Row {
    /// `Management`, `Data` or `NetworkActivity`.
    pub category: String,
    /// The type of resources, or the service; for all that no selector names, `others`.
    pub of: Option<String>,
    /// Whether they only read.
    pub reads: bool,
    /// How much of them is recorded, column by column.
    pub shares: Vec<Share>,
}

/// Makes the map of what trails record in one account.
pub fn map(coverage: &Coverage, account: &str) -> Map {
    let homes = coverage.trails.iter().filter(|trail| trail.logging && !trail.multi_region);
    let regions: BTreeSet<&str> = homes.map(|trail| trail.home.as_str()).collect();
    let regional = || Pattern::default().is(Field::Account, account).is(Field::Scope, "regional");
    let mut places: Vec<(String, Pattern)> =
        regions.iter().map(|region| ((*region).to_owned(), regional().is(Field::Region, region))).collect();
    places.push(match regions.is_empty() {
        true => ("all Regions".to_owned(), regional()),
        false => {
            let others = Condition::new(Operator::NotEquals, regions);
            ("other Regions".to_owned(), regional().and(Field::Region, others))
        }
    });
    let global = Pattern::default().is(Field::Account, account).is(Field::Scope, "global");
    places.push(("global services".to_owned(), global));

    let sort = |(category, of, events): (&str, Option<String>, Pattern)| {
        [false, true].map(|reads| {
            let events = events.clone().is(Field::ReadOnly, if reads { "true" } else { "false" });
            let shares = places.iter().map(|(_, place)| share(coverage, &place.intersection(&events)));
            Row { category: category.to_owned(), of: of.clone(), reads, shares: shares.collect() }
        })
    };
    let mut sorts = vec![("Management", None, Pattern::default().is(Field::EventCategory, "Management"))];
    for (category, field) in [("Data", Field::ResourceType), ("NetworkActivity", Field::EventSource)] {
        let any = || Pattern::default().is(Field::EventCategory, category);
        let named = named(coverage, category, &field);
        sorts.extend(named.iter().map(|name| (category, Some(name.clone()), any().is(field.clone(), name))));
        let others = any().and(field, Condition::new(Operator::NotEquals, named));
        sorts.push((category, Some("others".to_owned()), others));
    }
    let rows = sorts.into_iter().flat_map(sort).collect();
    Map { places: places.into_iter().map(|(name, _)| name).collect(), rows }
}

/// Returns the values of a field that selectors of a category name.
fn named(coverage: &Coverage, category: &str, field: &Field) -> BTreeSet<String> {
    let pieces = coverage.pieces.iter().map(|piece| &piece.events);
    let of_category = pieces.filter(|events| events.allows(&Field::EventCategory, category, &coverage.rules));
    let terms = of_category.flat_map(|events| events.on(field)).flat_map(|condition| &condition.0);
    let whole = terms.filter(|term| matches!(term.operator, Operator::Equals | Operator::NotEquals));
    whole.map(|term| term.value.clone()).collect()
}

fn share(coverage: &Coverage, events: &Pattern) -> Share {
    if !can_happen(coverage, events) {
        return Share::Impossible;
    }
    match (must_record(coverage, events), find_recorded(coverage, events)) {
        (Verdict::Contained, _) => Share::Full,
        (Verdict::Lost(_), Ok(None)) => Share::None,
        (Verdict::Lost(_), Ok(Some(_))) => Share::Partial,
        (Verdict::TooComplex, _) | (_, Err(_)) => Share::Unknown,
    }
}
