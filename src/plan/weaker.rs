//! What protects the records beside the trails, and gets weaker: settings of buckets, keys and log groups.

use serde_json::Value;

use super::{Action, Step, coverage::Weakened};
use crate::{
    kinds::{Resource as _, bucket::Bucket, kms_key::KmsKey, log_group::LogGroup, trail::Trail},
    resource::Live,
};

/// Compares attributes before and after, and says what gets weaker, if something does.
type Weaker = fn(&Value, &Value) -> Option<String>;

/// What is compared, by kind.
const ALL: [(&str, &[Weaker]); 4] = [
    (Trail::KIND, &[protection]),
    (Bucket::KIND, &[expiry, old_expiry, lock, versions, tls, public, protection]),
    (LogGroup::KIND, &[retention, log_group_deletion, protection]),
    (KmsKey::KIND, &[rotation, protection]),
];

/// Returns what the updates among some steps make weaker.
pub(super) fn of(steps: &[Step], live: &Live) -> Vec<Weakened> {
    let mut weakened = Vec::new();
    for (place, step) in steps.iter().enumerate().filter(|(_, step)| step.action == Action::Update) {
        // Of an update in two parts the second one has what is wanted.
        let is_last = steps[place + 1..]
            .iter()
            .all(|other| other.resource != step.resource || other.action != Action::Update);
        let Some(seen) = live.get(&step.resource).filter(|_| is_last) else { continue };
        let rules =
            ALL.iter().find(|(kind, _)| *kind == step.resource.kind).map_or(&[][..], |(_, rules)| rules);
        let said = rules.iter().filter_map(|rule| rule(&seen.attrs, &step.attrs));
        weakened.extend(said.map(|what| Weakened::new(&step.resource, &what)));
    }
    weakened
}

/// Says that a switch goes off.
fn off(old: &Value, new: &Value, attr: &str, what: &str) -> Option<String> {
    (old[attr] == true && new[attr] != true).then(|| what.to_owned())
}

fn protection(old: &Value, new: &Value) -> Option<String> {
    off(old, new, "protect", "it is no longer protected against being deleted")
}

fn versions(old: &Value, new: &Value) -> Option<String> {
    off(old, new, "versioning", "what is overwritten or deleted is no longer kept: versioning is off")
}

fn tls(old: &Value, new: &Value) -> Option<String> {
    off(old, new, "tls_only", "requests without TLS are no longer denied")
}

fn public(old: &Value, new: &Value) -> Option<String> {
    off(old, new, "public_access_block", "public access is no longer blocked in full")
}

fn log_group_deletion(old: &Value, new: &Value) -> Option<String> {
    off(old, new, "deletion_protection", "CloudWatch Logs no longer refuses to delete it")
}

fn rotation(old: &Value, new: &Value) -> Option<String> {
    let is_off = |attrs: &Value| attrs["rotation"] == false;
    (!is_off(old) && is_off(new)).then(|| "the key is no longer rotated".to_owned())
}

fn lock(old: &Value, new: &Value) -> Option<String> {
    let (old, new) = (&old["object_lock"], &new["object_lock"]);
    let days =
        |lock: &Value| lock["days"].as_u64().or_else(|| Some(365 * lock["years"].as_u64()?)).unwrap_or(0);
    let is_softer = old["mode"] == "COMPLIANCE" && new["mode"] == "GOVERNANCE";
    let is_less = !old.is_null() && (is_softer || days(new) < days(old));
    is_less.then(|| "Object Lock keeps new objects less well, or not at all".to_owned())
}

fn retention(old: &Value, new: &Value) -> Option<String> {
    let days = |attrs: &Value| attrs["retention_days"].as_u64();
    sooner("events are kept", days(new), days(old))
}

fn expiry(old: &Value, new: &Value) -> Option<String> {
    sooner("log files are kept", least(new, "expire_days"), least(old, "expire_days"))
}

fn old_expiry(old: &Value, new: &Value) -> Option<String> {
    let days = |attrs: &Value| least(attrs, "noncurrent_expire_days");
    sooner("old versions of log files are kept", days(new), days(old))
}

/// Returns after how many days the first rule of a lifecycle deletes something.
fn least(attrs: &Value, attr: &str) -> Option<u64> {
    let rules = attrs["lifecycle"].as_array().into_iter().flatten();
    rules.filter(|rule| rule["enabled"] != false).filter_map(|rule| rule[attr].as_u64()).min()
}

/// Says that something is kept for a shorter time. Without a number of days, it is kept for ever.
fn sooner(what: &str, new: Option<u64>, old: Option<u64>) -> Option<String> {
    let days = |days: u64| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    let before = old.map_or_else(|| "without an end".to_owned(), |old| format!("for {}", days(old)));
    new.filter(|new| old.is_none_or(|old| *new < old))
        .map(|new| format!("{what} for {}, and before {before}", days(new)))
}
