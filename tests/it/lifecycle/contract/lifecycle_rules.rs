//! The attributes of the lifecycle rules of buckets, each changed alone.

use aws_sdk_s3::types;

use super::{Contract, Row, There};

const CHANGED: &[&str] = &["bucket.logs lifecycle"];

/// A row whose rule others change in one member.
macro_rules! row {
    ($attribute:literal, $before:literal, $after:literal, $change:expr) => {
        Row {
            covers: &[concat!("lifecycle.", $attribute)],
            needs: concat!("lifecycle: [", $before, "]"),
            sets: concat!("lifecycle: [", $after, "]"),
            shows: CHANGED,
            outside: |there| Box::pin(async move { change(there, $change).await }),
            heals: CHANGED,
        }
    };
}

pub(super) static CONTRACT: Contract = Contract {
    name: "lifecycle-contract",
    section: "buckets",
    entries: "buckets: {logs: {name: $BUCKET-logs, $ENTRY}}\n",
    base: &["protect: false"],
    creates: &["create bucket.logs"],
    consent: "--delete-data logs --allow-destroy logs",
    rows: &[
        row!("id", "{id: old, expire_days: 400}", "{id: new, expire_days: 400}", |rule| rule.id =
            Some("theirs".to_owned())),
        row!(
            "prefix",
            "{id: old, expire_days: 400}",
            "{id: old, prefix: AWSLogs/, expire_days: 400}",
            |rule| rule.filter = Some(types::LifecycleRuleFilter::builder().prefix("other/").build())
        ),
        row!(
            "enabled",
            "{id: old, expire_days: 400}",
            "{id: old, expire_days: 400, enabled: false}",
            |rule| rule.status = types::ExpirationStatus::Enabled
        ),
        row!("expire_days", "{id: old, expire_days: 400}", "{id: old, expire_days: 500}", |rule| {
            expiration(rule).days = Some(1);
        }),
        row!(
            "transitions.days",
            "{id: old, transitions: [{days: 60, storage_class: STANDARD_IA}]}",
            "{id: old, transitions: [{days: 90, storage_class: STANDARD_IA}]}",
            |rule| transition(rule).days = Some(70)
        ),
        row!(
            "transitions.storage_class",
            "{id: old, transitions: [{days: 60, storage_class: STANDARD_IA}]}",
            "{id: old, transitions: [{days: 60, storage_class: GLACIER}]}",
            |rule| transition(rule).storage_class = Some(types::TransitionStorageClass::DeepArchive)
        ),
        row!(
            "noncurrent_transitions.days",
            "{id: old, noncurrent_transitions: [{days: 40, storage_class: GLACIER}]}",
            "{id: old, noncurrent_transitions: [{days: 50, storage_class: GLACIER}]}",
            |rule| old_transition(rule).noncurrent_days = Some(45)
        ),
        row!(
            "noncurrent_transitions.storage_class",
            "{id: old, noncurrent_transitions: [{days: 40, storage_class: GLACIER}]}",
            "{id: old, noncurrent_transitions: [{days: 40, storage_class: DEEP_ARCHIVE}]}",
            |rule| old_transition(rule).storage_class = Some(types::TransitionStorageClass::StandardIa)
        ),
        row!(
            "noncurrent_expire_days",
            "{id: old, noncurrent_expire_days: 400}",
            "{id: old, noncurrent_expire_days: 500}",
            |rule| old_expiration(rule).noncurrent_days = Some(1)
        ),
        row!(
            "noncurrent_keep",
            "{id: old, noncurrent_expire_days: 400}",
            "{id: old, noncurrent_expire_days: 400, noncurrent_keep: 2}",
            |rule| old_expiration(rule).newer_noncurrent_versions = Some(5)
        ),
        row!(
            "abort_multipart_days",
            "{id: old, abort_multipart_days: 7}",
            "{id: old, abort_multipart_days: 14}",
            |rule| rule.abort_incomplete_multipart_upload =
                Some(types::AbortIncompleteMultipartUpload::builder().days_after_initiation(10).build())
        ),
        row!(
            "expire_delete_markers",
            "{id: old, abort_multipart_days: 7}",
            "{id: old, abort_multipart_days: 7, expire_delete_markers: true}",
            |rule| rule.expiration = None
        ),
    ],
};

/// Changes the first rule of the bucket.
async fn change(there: &There<'_>, change: fn(&mut types::LifecycleRule)) {
    let (s3, bucket) = (there.s3(), there.logs());
    let live = s3.get_bucket_lifecycle_configuration().bucket(&bucket).send().await.unwrap();
    let mut rules = live.rules.unwrap();
    change(&mut rules[0]);
    let rules = types::BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build().unwrap();
    let put = s3.put_bucket_lifecycle_configuration().bucket(bucket).lifecycle_configuration(rules);
    put.send().await.unwrap();
}

fn expiration(rule: &mut types::LifecycleRule) -> &mut types::LifecycleExpiration {
    rule.expiration.as_mut().unwrap()
}

fn transition(rule: &mut types::LifecycleRule) -> &mut types::Transition {
    &mut rule.transitions.as_mut().unwrap()[0]
}

fn old_transition(rule: &mut types::LifecycleRule) -> &mut types::NoncurrentVersionTransition {
    &mut rule.noncurrent_version_transitions.as_mut().unwrap()[0]
}

fn old_expiration(rule: &mut types::LifecycleRule) -> &mut types::NoncurrentVersionExpiration {
    rule.noncurrent_version_expiration.as_mut().unwrap()
}
