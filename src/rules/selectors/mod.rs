//! Which events trails record: event selectors of both forms, Insights, aggregation. One file per subject.

mod arns;
mod basic;
mod billing;
mod fields;
mod insights;
mod loops;
mod repeats;
mod vain;
mod values;
mod written;

use serde_json::Value;

use self::written::Selector;
use crate::{
    diagnostic::{Diagnostic, Severity},
    events::{Category, Logged},
    kinds::{
        Resource as _,
        trail::{
            Trail,
            selectors::{BasicSelector, ReadWrite},
        },
    },
    path::Path,
    rules::region_of,
    spec::{EntryKey, Spec},
};

/// Where a trail is, as far as the spec says it.
#[derive(Clone, Copy)]
struct Home<'a> {
    /// The partition.
    partition: Option<&'a str>,
    /// The Region of a trail that records one Region only.
    only: Option<&'a str>,
}

/// A trail with the events that it selects.
struct Selecting<'a> {
    /// The trail in the spec.
    at: Path,
    /// The complete attributes.
    attrs: &'a Value,
    /// The attributes as the files have them.
    written: &'a Value,
    /// Where it is.
    home: Home<'a>,
    /// Its advanced selectors, if it has that form.
    advanced: Option<Vec<Selector<'a>>>,
    /// Its basic selectors, if it has that form.
    basic: Option<Vec<BasicSelector>>,
}

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let region = spec.head.region.as_ref();
    let partition = spec.head.partition.as_deref().or_else(|| region.map(|region| region.partition()));
    let trails = spec.of_kind(Trail::KIND).map(|(entry @ EntryKey { address, .. }, attrs)| {
        let at = Path::keys([Trail::SECTION, &address.logical]);
        let written = spec.written.get(entry).unwrap_or(attrs);
        let advanced = written["events"].as_array();
        let only = region_of(spec, attrs).filter(|_| attrs["multi_region"] == Value::Bool(false));
        Selecting {
            advanced: advanced.map(|events| written::selectors(events, &at.key("events"))),
            basic: serde_json::from_value(attrs["basic_events"].clone()).ok(),
            at,
            attrs,
            written,
            home: Home { partition, only },
        }
    });
    let trails: Vec<Selecting<'_>> = trails.collect();
    for trail in &trails {
        let before = found.len();
        forms(trail, found);
        for selector in trail.advanced.iter().flatten() {
            fields::check(selector, trail.home, found);
        }
        if let Some(selectors) = &trail.advanced {
            repeats::check(selectors, &trail.attrs["events"], found);
        }
        if let Some(selectors) = &trail.basic {
            basic::check(selectors, &trail.at.key("basic_events"), trail.home, found);
        }
        insights::check(trail, found);
        loops::check(spec, trail, found);
        // What CloudTrail refuses records nothing anyway.
        if found[before..].iter().all(|one| one.severity == Severity::Warning) {
            vain::check(trail, before, found);
        }
    }
    billing::check(spec, &trails, found);
}

/// A trail has selectors of one form, and at least one of them.
fn forms(trail: &Selecting<'_>, found: &mut Vec<Diagnostic>) {
    let Selecting { at, attrs, .. } = trail;
    if !attrs["events"].is_null() && !attrs["basic_events"].is_null() {
        let message = "a trail has `events` or `basic_events`, not both";
        found.push(
            Diagnostic::at("two-selector-forms", at.key("basic_events"), message)
                .at_key()
                .help("keep `events`"),
        );
    }
    for key in ["events", "basic_events"] {
        if attrs[key].as_array().is_some_and(Vec::is_empty) {
            let message =
                format!("`{key}` is empty: the trail would record nothing, and CloudTrail refuses that");
            let help = "leave the key out for all management events";
            found.push(Diagnostic::at("no-selectors", at.key(key), message).at_key().help(help));
        }
    }
}

impl Selecting<'_> {
    /// Returns whether the trail records at all.
    fn is_logging(&self) -> bool {
        self.attrs["logging"] != Value::Bool(false)
    }

    /// Returns which events are logged. Says nothing where a selector cannot be understood.
    fn logged(&self) -> Option<Logged> {
        let each: Vec<Logged> = match (&self.advanced, &self.basic) {
            (Some(selectors), _) => selectors.iter().map(logged_by).collect::<Option<_>>()?,
            (None, Some(selectors)) => selectors.iter().map(logged_by_basic).collect(),
            (None, None) => {
                vec![Logged { management_read: true, management_write: true, data: false }]
            }
        };
        (!each.is_empty()).then(|| each.into_iter().fold(Logged::default(), Logged::or))
    }
}

fn logged_by(selector: &Selector<'_>) -> Option<Logged> {
    let category = selector.category()?;
    let is_management = category == Category::Management;
    let read_only = selector.condition("readOnly").and_then(|condition| condition.only());
    Some(Logged {
        management_read: is_management && read_only != Some("false"),
        management_write: is_management && read_only != Some("true"),
        data: category == Category::Data,
    })
}

fn logged_by_basic(selector: &BasicSelector) -> Logged {
    let BasicSelector { read_write, management, exclude_management_sources: _, data } = selector;
    Logged {
        management_read: *management && *read_write != ReadWrite::WriteOnly,
        management_write: *management && *read_write != ReadWrite::ReadOnly,
        data: !data.is_empty(),
    }
}
