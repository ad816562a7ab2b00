//! Log groups: how long and in which class they keep events, and which trails can use them.

use serde_json::Value;

use super::{existing, is_plain, region_of};
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    kinds::kind,
    path::Path,
    resource::Address,
    spec::{EntryKey, Spec, parse::entry_path},
};

/// The numbers of days that events can be kept (API Reference, PutRetentionPolicy).
const RETENTION: &[u64] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const CLASSES: &[&str] = &["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"];

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (entry @ EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let at = entry_path(kind, address);
        match kind.name() {
            "log_group" => {
                log_group(attrs, &at, found);
                if attrs["retention_days"].is_null() && !is_plain(entry, attrs) {
                    let message = "the events in this log group are kept for ever";
                    let help = "add `retention_days`, such as `retention_days: 365`";
                    found
                        .push(Diagnostic::at("log-group-without-retention", at, message).at_key().help(help));
                }
            }
            "trail" => {
                class(spec, attrs, &at, found);
                region(spec, attrs, &at, found);
            }
            _ => {}
        }
    }
}

fn log_group(attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    if let Some(days) = attrs["retention_days"].as_u64()
        && let Some(close) = RETENTION.iter().min_by_key(|one| one.abs_diff(days))
        && *close != days
    {
        let message = format!("CloudWatch Logs cannot keep events for {days} days");
        let help = format!("the nearest that it can is `{close}`; leave the key out to keep them for ever");
        found.push(Diagnostic::at("log-group-retention", at.key("retention_days"), message).help(help));
    }
    if let Some(class) = attrs["class"].as_str().filter(|class| !CLASSES.contains(class)) {
        let message = format!("the class `{class}` of log groups is not known");
        let help = match nearest(class, CLASSES.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("those that are known are {}", CLASSES.join(", ")),
        };
        found.push(Diagnostic::at("unknown-log-group-class", at.key("class"), message).help(help));
    }
}

/// What CloudTrail and alarms want of the class (CloudWatch Logs User Guide, "Log classes").
fn class(spec: &Spec, attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let Some(key) = attrs["cloudwatch_logs"]["log_group"].as_str() else { return };
    let address = Address::new("log_group", key);
    let of_address = |(entry, _): &(&EntryKey, &Value)| entry.address == address;
    let Some((_, group)) = spec.entries.iter().find(of_address) else { return };
    let (code, message, help) = match group["class"].as_str() {
        Some("DELIVERY") => (
            "log-group-class",
            format!("the log group `{key}` is of the class DELIVERY, which takes no trail's events"),
            "use a log group of the class STANDARD or INFREQUENT_ACCESS",
        ),
        Some("INFREQUENT_ACCESS") => (
            "log-group-without-filters",
            format!("the log group `{key}` is of the class INFREQUENT_ACCESS, which raises no alarms"),
            "use one of the class STANDARD: only that has metric filters and subscription filters",
        ),
        _ => return,
    };
    let place = Place::Value(Path::keys(["log_groups", key, "class"]));
    let here = at.key("cloudwatch_logs").key("log_group");
    found.push(Diagnostic::at(code, here, message).related(place, "its class").help(help));
}

/// CloudTrail writes to log groups of one Region only (User Guide, "Sending events to CloudWatch Logs").
fn region(spec: &Spec, attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let group = &attrs["cloudwatch_logs"]["log_group"];
    let (Some(home), Some(other)) = (region_of(spec, attrs), existing::region(spec, "log_group", group))
    else {
        return;
    };
    if home == other {
        return;
    }
    let message = format!("the log group is in {other}, and the trail's home is {home}");
    let here = at.key("cloudwatch_logs").key("log_group");
    let help = "CloudTrail writes to log groups in the home Region of the trail only: use one that is there";
    let diagnostic = Diagnostic::at("log-group-region", here, message).help(help);
    found.push(match existing::place(spec, "log_group", group) {
        Some(place) => diagnostic.related(place, "the log group"),
        None => diagnostic,
    });
}
