//! Management events that several trails record: the first copy in a Region is free, and each further one is billed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Selecting;
use crate::{
    diagnostic::{Diagnostic, Place},
    events::Logged,
    path::Path,
    spec::Spec,
};

/// The trails of a spec that record one sort of management events.
#[derive(Default)]
struct Recorded {
    /// The first of all.
    anywhere: Option<Path>,
    /// The first that records all Regions.
    everywhere: Option<Path>,
    /// The first of each Region.
    in_region: BTreeMap<String, Path>,
}

/// A selector of management events names at most some services that it leaves out. So two of them have events in common,
/// unless one is for reads and the other for writes.
pub(super) fn check(spec: &Spec, trails: &[Selecting<'_>], found: &mut Vec<Diagnostic>) {
    let default_region = spec.head.region.as_ref().map_or("", |region| region.as_str());
    let (mut reads, mut writes) = (Recorded::default(), Recorded::default());
    for trail in trails.iter().filter(|trail| trail.is_logging()) {
        let Some(Logged { management_read, management_write, data: _ }) = trail.logged() else { continue };
        let region = trail.attrs["region"].as_str().unwrap_or(default_region);
        let is_everywhere = trail.attrs["multi_region"] == Value::Bool(true);
        let mut earlier = None;
        for (records, recorded) in [(management_read, &mut reads), (management_write, &mut writes)] {
            if records {
                earlier = earlier.or(recorded.add(&trail.at, region, is_everywhere));
            }
        }
        let Some(earlier) = earlier else { continue };
        let name = earlier.last_key().unwrap_or_default();
        let message =
            format!("the trail `{name}` records management events of this trail too: copies are billed");
        let form = if trail.attrs["basic_events"].is_null() { "events" } else { "basic_events" };
        let is_default = trail.written[form].is_null();
        let place = if is_default { trail.at.clone() } else { trail.at.key(form) };
        let one = Diagnostic::at("duplicate-management-events", place, message).at_key();
        let help = "select other events here, such as data events, or put both trails into one";
        found.push(one.related(Place::Key(earlier), "recorded here too").help(help));
    }
}

impl Recorded {
    /// Adds a trail. Returns the first of those before it that record the same.
    fn add(&mut self, at: &Path, region: &str, is_everywhere: bool) -> Option<Path> {
        let earlier = if is_everywhere {
            self.anywhere.clone()
        } else {
            self.everywhere.clone().or_else(|| self.in_region.get(region).cloned())
        };
        self.anywhere.get_or_insert_with(|| at.clone());
        if is_everywhere {
            self.everywhere.get_or_insert_with(|| at.clone());
        } else {
            self.in_region.entry(region.to_owned()).or_insert_with(|| at.clone());
        }
        earlier
    }
}
