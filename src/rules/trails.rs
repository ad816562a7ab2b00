//! Trails: their number, and combinations that CloudTrail refuses or that hardly anyone means.

use std::collections::BTreeMap;

use serde_json::Value;

use super::region_of;
use crate::{
    diagnostic::Diagnostic,
    kinds::{Resource as _, trail::Trail},
    path::Path,
    resource::region::Region,
    spec::{EntryKey, Spec},
};

/// The Region of the partition `aws` that records the events of global services (User Guide, "CloudTrail concepts").
const LEADER: &str = "us-east-1";
/// The Regions that an account must enable (User Guide, "Understanding multi-Region trails and opt-in Regions").
const OPT_IN: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let most = Trail::MOST_PER_REGION.unwrap_or(usize::MAX);
    let default_region = spec.head.region.as_ref().map_or("", |region| region.as_str());
    let mut everywhere = 0;
    let mut in_region: BTreeMap<&str, usize> = BTreeMap::new();
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Trail::KIND) {
        let at = Path::keys([Trail::SECTION, &address.logical]);
        let room = if attrs["multi_region"] == Value::Bool(true) {
            everywhere += 1;
            everywhere + in_region.values().max().unwrap_or(&0)
        } else {
            let count = in_region.entry(attrs["region"].as_str().unwrap_or(default_region)).or_default();
            *count += 1;
            *count + everywhere
        };
        if room > most {
            let message = format!("this is trail {room} of a Region, which has room for {most}");
            let help = "a multi-Region trail takes a place in every Region; put the selectors of several trails into one";
            found.push(Diagnostic::at("too-many-trails", at.clone(), message).at_key().help(help));
        }
        trail(attrs, &at, found);
        lints(spec, attrs, &at, found);
    }
}

fn trail(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    if attrs["multi_region"] == Value::Bool(true) && attrs["global_service_events"] == Value::Bool(false) {
        let message = "a multi-Region trail must record events of global services";
        let help = "remove the line, or set `multi_region: false`";
        found.push(Diagnostic::at("global-events-off", at.key("global_service_events"), message).help(help));
    }
}

/// What CloudTrail takes and that hardly anyone means.
fn lints(spec: &Spec, attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let mut says = |code, key: &str, message: String, help: &str| {
        found.push(Diagnostic::at(code, at.key(key), message).help(help));
    };
    if attrs["logging"] == Value::Bool(false) {
        let help = "remove `logging: false` when the trail shall record";
        says("logging-off", "logging", "the trail records nothing".to_owned(), help);
    }
    if attrs["log_file_validation"] == Value::Bool(false) {
        let message = "nobody can prove that the log files are unchanged".to_owned();
        says("validation-off", "log_file_validation", message, "remove `log_file_validation: false`");
    }
    let Some(home) = region_of(spec, attrs) else { return };
    let is_on = |key: &str| attrs[key] == Value::Bool(true);
    // Which Region leads the other partitions is not documented.
    let is_led = Region::new(home).partition() == "aws";
    if !is_on("multi_region") && is_on("global_service_events") && is_led && home != LEADER {
        let message =
            format!("a trail of {home} only gets no events of global services: those are in {LEADER}");
        let help = "write `global_service_events: false`, or make the trail multi-Region";
        says("global-events-elsewhere", "global_service_events", message, help);
    }
    if is_on("organization") && OPT_IN.contains(&home) {
        let message = format!("accounts that have not enabled {home} are not recorded");
        let help = "give the trail a home that no account has to enable, such as us-east-1";
        says("organization-home-opt-in", "region", message, help);
    }
}
