//! What others manage: referred to, looked at, never changed. And what is worth knowing of what is ours.

use super::*;
use crate::resource::{Existing, Outputs};

const ALIAS: &str = "trails: {audit: {bucket: logs, kms_key: {existing: alias/central}}}\nbuckets: {logs: {region: us-west-2}}\n";
const ARN: &str = "arn:aws:kms:us-west-2:111122223333:key/1";

/// The one thing that a spec refers to, as it was found.
fn found(text: &str, found: Option<Existing>) -> Observation {
    let existing = desired(text).existing.into_keys();
    let existing = existing.filter_map(|address| Some((address, found.clone()?))).collect();
    Observation { existing, ..Observation::default() }
}

fn key() -> Existing {
    let outputs = Outputs::from([("arn".to_owned(), ARN.to_owned())]);
    Existing { outputs, ..Existing::default() }
}

#[test]
fn an_alias_is_looked_for_where_the_bucket_is() {
    let wanted: Vec<String> = desired(ALIAS).existing.into_values().map(|one| one.id.to_string()).collect();
    assert_eq!(wanted, ["kms_key.arn:aws:kms:us-west-2:111122223333:alias/central in us-west-2"]);
}

#[test]
fn the_arn_of_an_existing_key_takes_the_place_of_its_alias() {
    let plan = plan(&desired(ALIAS), &found(ALIAS, Some(key())), &allowing(&[], &[])).unwrap();
    assert_eq!(refusals(&plan), [""; 0]);
    assert_eq!(plan.steps[1].calls[0].parameters["KmsKeyId"], ARN);
    let others = plan.read_set.keys().filter(|id| id.starts_with("existing")).count();
    assert_eq!(others, 1);
}

#[test]
fn a_moved_alias_is_a_change_of_the_trail() {
    let mut seen = found(ALIAS, Some(key()));
    let mut before = live(ALIAS);
    super::seen(&mut before, "trail").attrs["kms_key"] = json!("arn:aws:kms:us-west-2:111122223333:key/0");
    seen.live = before;
    let plan = plan(&desired(ALIAS), &seen, &allowing(&[], &[])).unwrap();
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].changes[0].path.to_string(), "kms_key");
    assert_eq!(plan.steps[0].changes[0].new, Some(json!(ARN)));
}

#[test]
fn what_does_not_exist_or_cannot_serve_is_refused_where_the_spec_names_it() {
    let planned =
        |seen: Option<Existing>| plan(&desired(ALIAS), &found(ALIAS, seen), &allowing(&[], &[])).unwrap();
    let absent = planned(None);
    assert_eq!(refusals(&absent), ["not-found trail.audit"]);
    assert_eq!(absent.refused[0].origin.as_ref().unwrap().to_string(), "trails.audit.kms_key");
    let disabled = planned(Some(Existing { problem: Some("is disabled".to_owned()), ..key() }));
    assert_eq!(refusals(&disabled), ["unfit trail.audit"]);
    let unread = planned(Some(Existing { unread: Some("AccessDenied".to_owned()), ..key() }));
    assert_eq!(refusals(&unread), [""; 0]);
    assert!(unread.notes[0].reason.ends_with("cannot be read, so it is not checked: AccessDenied"));
    let (attrs, why) = (json!({"policy": null}), Some("AccessDenied".to_owned()));
    let in_part = planned(Some(Existing { attrs, unread: why, ..key() }));
    assert!(
        in_part.notes[0].reason.ends_with("cannot be read in all, so it is not checked in all: AccessDenied")
    );
}

#[test]
fn what_others_added_and_what_could_not_be_looked_for_is_noted() {
    let mut all = live(SPEC);
    seen(&mut all, "bucket").beside = vec!["a replication to arn:aws:s3:::elsewhere".to_owned()];
    let observation = Observation {
        unseen: [(Region::new("eu-west-1"), "no".to_owned())].into(),
        ..Observation::from(all)
    };
    let plan = plan(&desired(SPEC), &observation, &allowing(&[], &[])).unwrap();
    let notes: Vec<String> =
        plan.notes.iter().map(|note| format!("{}: {}", note.address, note.reason)).collect();
    assert_eq!(
        notes,
        [
            "stack.s: no",
            "bucket.logs: there is a replication to arn:aws:s3:::elsewhere, which the spec does not have"
        ]
    );
    assert!(plan.is_empty());
}

#[test]
fn what_cannot_be_taken_back_is_marked() {
    let text = SPEC.replace("logs: {}", "logs: {object_lock: {mode: COMPLIANCE, days: 400}}");
    let marks = |text: &str, live: &Live| {
        let changes = planned(text, live).steps.into_iter().flat_map(|step| step.changes);
        changes.filter(|one| one.lasting.is_some()).map(|one| one.path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(marks(&text, &Live::new()), ["object_lock"]);
    assert_eq!(marks(&text, &live(SPEC)), ["object_lock"]);
    assert_eq!(marks(SPEC, &live(&text)), [""; 0]);
}
