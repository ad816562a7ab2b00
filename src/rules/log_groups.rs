//! Log groups: how long and in which class they keep events, and which trails can use them.

use serde_json::Value;

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
    for (EntryKey { address, .. }, attrs) in &spec.entries {
        let Some(kind) = kind(&address.kind) else { continue };
        let at = entry_path(kind, address);
        match kind.name() {
            "log_group" => log_group(attrs, &at, found),
            "trail" => trail(spec, attrs, &at, found),
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
        found.push(Diagnostic::at("invalid-retention", at.key("retention_days"), message).help(help));
    }
    if let Some(class) = attrs["class"].as_str().filter(|class| !CLASSES.contains(class)) {
        let message = format!("`{class}` is not a class of log groups");
        let help = match nearest(class, CLASSES.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("one of: {}", CLASSES.join(", ")),
        };
        found.push(Diagnostic::at("unknown-value", at.key("class"), message).help(help));
    }
}

/// What CloudTrail wants of the log group of a trail (User Guide, "Sending events to CloudWatch Logs").
fn trail(spec: &Spec, attrs: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let Some(key) = attrs["cloudwatch_logs"]["log_group"].as_str() else { return };
    let address = Address::new("log_group", key);
    let of_address = |(entry, _): &(&EntryKey, &Value)| entry.address == address;
    let Some((_, group)) = spec.entries.iter().find(of_address) else { return };
    let here = at.key("cloudwatch_logs").key("log_group");
    let there = Path::keys(["log_groups", key]);
    if group["class"] == "DELIVERY" {
        let message =
            format!("the log group `{key}` is of the class DELIVERY, which takes no trail's events");
        found.push(
            Diagnostic::at("log-group-class", here.clone(), message)
                .related(Place::Value(there.key("class")), "its class")
                .help("use a log group of the class STANDARD or INFREQUENT_ACCESS"),
        );
    }
    let default_region = spec.head.region.as_ref().map(|region| region.as_str());
    let region_of = |attrs: &'_ Value| attrs["region"].as_str().or(default_region).map(str::to_owned);
    let (home, other) = (region_of(attrs), region_of(group));
    if home != other {
        let said = |region: Option<String>| region.unwrap_or_else(|| "the default Region".to_owned());
        let (home, other) = (said(home), said(other));
        let message = format!("the log group `{key}` is in {other}, and the trail's home is {home}");
        found.push(
            Diagnostic::at("log-group-region", here, message)
                .related(Place::Key(there), "the log group")
                .help("CloudTrail writes to log groups in the home Region of the trail only: use one that is there"),
        );
    }
}
