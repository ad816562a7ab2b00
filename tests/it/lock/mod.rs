//! The lock of a stack: who gets it, who does not, and what becomes of it.

mod held;
mod runs;
mod unlock;

use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use aws_smithy_types::base64;
use serde_json::Value;
use trailctl::{aws::config, resource::region::Region, sandbox::Sandbox};

const BUCKET: &str = "acme-locks";
const KEY: &str = "trailctl/locked.lock";
const SPEC: &str = "version: 1\nstack: locked\nregion: us-east-1\nlock: {bucket: acme-locks, lease_seconds: 60}\n\
                    trails: {audit: {bucket: locked-logs}}\nbuckets: {locked-logs: {}}\n";

/// Returns an AWS with a bucket for locks, where it is noon.
async fn with_bucket() -> Sandbox {
    let sandbox = Sandbox::in_memory().with_clock(noon);
    s3(&sandbox).create_bucket().bucket(BUCKET).send().await.unwrap();
    sandbox
}

/// Returns a client of others.
fn s3(sandbox: &Sandbox) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::new(&config::sandbox(sandbox.clone(), Some(&Region::new("us-east-1"))))
}

async fn keep_versions(sandbox: &Sandbox) {
    let on = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    s3(sandbox).put_bucket_versioning().bucket(BUCKET).versioning_configuration(on).send().await.unwrap();
}

fn noon() -> jiff::Timestamp {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

fn one() -> jiff::Timestamp {
    "2026-11-26T13:00:00Z".parse().unwrap()
}

/// Returns the contents of the lock, if there is one.
fn lock(sandbox: &Sandbox) -> Option<String> {
    let state = sandbox.state().unwrap();
    let newest = state["buckets"]["aws"][BUCKET]["objects"][KEY].as_array()?.last()?.clone();
    let Value::String(text) = &newest["content"]["base64"] else { return None };
    Some(String::from_utf8(base64::decode(text).unwrap()).unwrap())
}
