//! Regions and partitions: which there are, and that a spec stays in one partition.

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    kinds::kind,
    path::Path,
    resource::region::Region,
    spec::{EntryKey, Spec, parse::entry_path},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let places = places(spec);
    for (code, at) in &places {
        known(code, at, found);
    }
    let known_ones = places.iter().filter(|(code, _)| is_known(code));
    let mut known_ones = known_ones.map(|(code, at)| (Region::new(code).partition(), code, at));
    if let Some(partition) = &spec.head.partition {
        for (other, code, at) in known_ones.filter(|(other, _, _)| other != partition) {
            let message = format!("`{code}` is a Region of {other}, and the spec is for {partition}");
            let help = "name a Region of the partition, or change `partition`";
            found.push(Diagnostic::at("region-outside-partition", at.clone(), message).help(help));
        }
        return;
    }
    let Some((first, first_code, first_at)) = known_ones.next() else { return };
    for (other, code, at) in known_ones.filter(|(other, _, _)| *other != first) {
        let message = format!("`{code}` is a Region of {other}, and `{first_code}` one of {first}");
        let help = "write a spec of its own for each partition: they share no accounts";
        let diagnostic = Diagnostic::at("mixed-partitions", at.clone(), message);
        found.push(diagnostic.related(Place::Value(first_at.clone()), "the other Region").help(help));
    }
}

/// Returns the partition that the spec is for, if it says one, and only one.
pub(super) fn partition(spec: &Spec) -> Option<String> {
    if let Some(partition) = &spec.head.partition {
        return Some(partition.clone());
    }
    let all = places(spec).into_iter().filter(|(code, _)| is_known(code));
    let mut all = all.map(|(code, _)| Region::new(code).partition());
    let first = all.next()?;
    all.all(|other| other == first).then(|| first.to_owned())
}

/// Returns the Regions that the spec names, each with its place.
fn places(spec: &Spec) -> Vec<(&str, Path)> {
    let head = spec.head.region.iter().map(|region| (region.as_str(), Path::keys(["region"])));
    let of_lock = spec.head.lock.iter().filter_map(|lock| lock.region.as_ref());
    let of_lock = of_lock.map(|region| (region.as_str(), Path::keys(["lock", "region"])));
    let entries = spec.entries.iter().filter_map(|(EntryKey { address, .. }, attrs)| {
        let at = entry_path(kind(&address.kind)?, address);
        Some((attrs["region"].as_str()?, at.key("region")))
    });
    head.chain(of_lock).chain(entries).collect()
}

pub(super) fn is_known(code: &str) -> bool {
    Region::known().any(|known| known == code)
}

/// Returns what may be meant instead of a Region that is not known.
pub(crate) fn hint(code: &str) -> String {
    match nearest(code, Region::known()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "Regions are written like `eu-west-1`".to_owned(),
    }
}

/// Says that a Region is not one, or not one that this version knows.
pub(super) fn known(code: &str, at: &Path, found: &mut Vec<Diagnostic>) {
    if is_known(code) {
        return;
    }
    let help = hint(code);
    found.push(if Region::new(code).is_plausible() {
        Diagnostic::at("unknown-region", at.clone(), format!("the Region `{code}` is not known")).help(help)
    } else {
        Diagnostic::at("invalid-region", at.clone(), format!("`{code}` is not a Region")).help(help)
    });
}

/// Returns the Region of a reference to what others manage, if its ARN tells one. One of another partition than the ARN's is a
/// mistake of its own, and is compared with none.
pub(super) fn of_existing(reference: &Value) -> Option<&str> {
    let mut parts = reference["existing"].as_str()?.strip_prefix("arn:")?.split(':');
    let (partition, region) = (parts.next()?, parts.nth(1).filter(|region| !region.is_empty())?);
    (!is_known(region) || Region::new(region).partition() == partition).then_some(region)
}
