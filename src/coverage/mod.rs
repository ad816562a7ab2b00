//! Coverage: which events trails record, decided exactly.
//!
//! A pure room without AWS types: descriptions of trails go in, verdicts with examples come out.
//!
//! | file | for |
//! | --- | --- |
//! | `field`, `condition`, `event` | fields, conditions on them, events, and patterns: sets of events |
//! | `trail` | descriptions of trails; basic selectors as advanced ones |
//! | `boxes` | what trails record, as a union of patterns |
//! | `assumptions` | how gaps in AWS's documentation are read, as switches |
//! | `bits`, `text`, `index`, `search`, `budget` | the decision: the few values worth trying, and the search among them |
//! | `find`, `world`, `words` | examples: real-looking, possible, in plain words |
//! | `compare`, `between`, `expect`, `findings`, `report`, `map` | the questions |
//! | `matcher`, `explain` | whether one event is recorded, and why; the check of every example |
//!
//! `docs/coverage.md` has the definitions and the proof.

mod assumptions;
mod between;
mod bits;
mod boxes;
mod budget;
mod compare;
mod condition;
mod event;
mod expect;
mod explain;
mod field;
mod find;
mod findings;
mod index;
mod map;
mod matcher;
mod report;
mod search;
mod text;
mod trail;
mod words;
mod world;

#[cfg(test)]
mod tests;

pub use self::{
    assumptions::Assumptions,
    between::{Maybe, gap},
    boxes::Coverage,
    budget::{NODE_BUDGET, TooComplex},
    compare::{Verdict, covers, lost},
    condition::{Condition, Operator, Term},
    event::{Event, Pattern},
    expect::{can_happen, find_recorded, must_record},
    explain::{Explanation, Miss, Outcome, explain},
    field::Field,
    find::{Example, Recorder},
    findings::{
        Basis, Dead, Overlap, Redundant, basis, dead_selectors, feedback, overlaps, redundant_values,
        vain_exclusions,
    },
    map::{Map, Row, Share, map},
    matcher::Unheard,
    report::{Outlook, Report, Shown},
    trail::{BasicSelector, DataResource, ReadWrite, Selectors, Trail},
    world::{DELIVERIES, GLOBAL_SOURCES},
};
