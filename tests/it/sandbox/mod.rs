//! The sandbox through the real SDK clients.

mod addresses;
mod cloudtrail;
mod companions;
mod iam;
mod insights;
mod kms;
mod logs;
mod organization_trails;
mod organizations;
mod partitions;
mod robust;
mod s3;
mod s3_companions;
mod s3_objects;
mod selectors;
mod serve;
mod sns;
mod store;
mod sts;
mod tagging;
mod tags;

use std::fmt::Debug;

use aws_sdk_cloudtrail::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cloudtrail::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use jiff::Timestamp;
use serde_json::{Value, json};
use trailctl::sandbox::{DEFAULT_ACCOUNT, Sandbox};

const ACCOUNT: &str = DEFAULT_ACCOUNT;
const OTHER_ACCOUNT: &str = "444455556666";
const REGION: &str = "eu-west-1";
const OTHER_REGION: &str = "us-east-1";
const BUCKET: &str = "logs-111122223333";

fn noon() -> Timestamp {
    "2026-04-01T12:00:00Z".parse().unwrap()
}

fn empty() -> Sandbox {
    Sandbox::in_memory().with_clock(noon)
}

/// A sandbox with a bucket that takes the logs of all trails of the default account.
async fn with_bucket() -> Sandbox {
    let sandbox = empty();
    create_bucket(&sandbox, BUCKET).await;
    put_policy(&sandbox, BUCKET, &bucket_policy("", "arn:aws:cloudtrail:*:111122223333:trail/*")).await;
    sandbox
}

async fn create_bucket(sandbox: &Sandbox, name: &str) {
    let here = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::from(REGION))
        .build();
    s3(sandbox, ACCOUNT, REGION)
        .create_bucket()
        .bucket(name)
        .create_bucket_configuration(here)
        .send()
        .await
        .unwrap();
}

async fn put_policy(sandbox: &Sandbox, bucket: &str, policy: &Value) {
    let put = s3(sandbox, ACCOUNT, REGION).put_bucket_policy().bucket(bucket).policy(policy.to_string());
    put.send().await.unwrap();
}

/// The policy that lets trails deliver below a prefix (with its slash).
fn bucket_policy(prefix: &str, trails: &str) -> Value {
    let statement = |action: &str, resource: String| {
        json!({
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": action,
            "Resource": resource,
            "Condition": {"StringLike": {"aws:SourceArn": trails}},
        })
    };
    let mut put = statement("s3:PutObject", format!("arn:aws:s3:::{BUCKET}/{prefix}AWSLogs/{ACCOUNT}/*"));
    put["Condition"]["StringEquals"] = json!({"s3:x-amz-acl": "bucket-owner-full-control"});
    let acl = statement("s3:GetBucketAcl", format!("arn:aws:s3:::{BUCKET}"));
    json!({"Version": "2012-10-17", "Statement": [acl, put]})
}

macro_rules! client {
    ($name:ident, $sdk:ident $(, $setting:ident($value:expr))*) => {
        fn $name(sandbox: &Sandbox, access_key_id: &str, region: &str) -> $sdk::Client {
            let config = $sdk::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new(region.to_owned()))
                .credentials_provider(Credentials::new(access_key_id, "secret", None, None, "test"))
                .retry_config($sdk::config::retry::RetryConfig::disabled())
                $(.$setting($value))*
                .http_client(sandbox.clone());
            $sdk::Client::from_conf(config.build())
        }
    };
}

client!(cloudtrail, aws_sdk_cloudtrail);
client!(s3, aws_sdk_s3);
client!(s3_with_paths, aws_sdk_s3, force_path_style(true));
client!(sts, aws_sdk_sts);
client!(kms, aws_sdk_kms);
client!(iam, aws_sdk_iam);
client!(logs, aws_sdk_cloudwatchlogs);
client!(sns, aws_sdk_sns);
client!(organizations, aws_sdk_organizations);
client!(tagging, aws_sdk_resourcegroupstagging);

/// The code that AWS gives with an error.
fn code<T: Debug, E>(outcome: Result<T, SdkError<E>>) -> String
where
    SdkError<E>: ProvideErrorMetadata,
{
    outcome.err().and_then(|error| error.code().map(str::to_owned)).unwrap_or_default()
}

/// Awaits a call that must be refused with a code, and must change nothing.
async fn refused<T: Debug, E>(
    sandbox: &Sandbox,
    call: impl Future<Output = Result<T, SdkError<E>>>,
    expected: &str,
) where
    SdkError<E>: ProvideErrorMetadata,
{
    let before = sandbox.state().unwrap();
    assert_eq!(code(call.await), expected);
    assert_eq!(sandbox.state().unwrap(), before, "a refused call changed the state");
}

/// Sends a CloudTrail call as JSON and returns status and answer.
fn raw(sandbox: &Sandbox, operation: &str, region: &str, body: &Value) -> (u16, Value) {
    let target = format!("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{operation}");
    let request = http::Request::post("https://cloudtrail.amazonaws.com/")
        .header("x-amz-target", target)
        .header("authorization", authorization(ACCOUNT, region, "cloudtrail"))
        .body(body.to_string().into())
        .unwrap();
    let response = sandbox.handle(request);
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

fn authorization(key: &str, region: &str, service: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential={key}/20260401/{region}/{service}/aws4_request, SignedHeaders=host")
}
