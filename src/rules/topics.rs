//! Topics: where they are for the trails that publish to them.

use serde_json::Value;

use super::{existing, region_of};
use crate::{
    diagnostic::Diagnostic,
    kinds::{Resource as _, trail::Trail},
    path::Path,
    spec::{EntryKey, Spec},
};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (EntryKey { address, .. }, attrs) in spec.of_kind(Trail::KIND) {
        region(spec, attrs, &Path::keys([Trail::SECTION, &address.logical, "topic"]), found);
    }
}

/// A trail of one Region is told to have its topic there (User Guide, "Configuring Amazon SNS notifications for CloudTrail").
fn region(spec: &Spec, trail: &Value, at: &Path, found: &mut Vec<Diagnostic>) {
    let topic = &trail["topic"];
    if let (Some(home), Some(other)) = (region_of(spec, trail), existing::region(spec, "topic", topic))
        && home != other
    {
        let message = format!("the topic is in {other}, and the trail's home is {home}");
        let help = format!("use a topic in {home}");
        let diagnostic = Diagnostic::at("topic-region", at.clone(), message).help(help);
        found.push(match existing::place(spec, "topic", topic) {
            Some(place) => diagnostic.related(place, "the topic"),
            None => diagnostic,
        });
    }
}
