//! What another client needs to change things behind trailctl's back.

use aws_config::SdkConfig;
use serde_json::{Value, json};

use crate::support::Endpoint;

const REGION: &str = "us-east-1";

/// Where another client is.
pub(crate) struct There<'a> {
    /// The endpoint.
    pub(crate) aws: &'a Endpoint,
    /// What the names of the scenario's buckets begin with.
    pub(crate) bucket: String,
}

impl There<'_> {
    /// Returns what clients are made from.
    pub(crate) fn sdk(&self) -> SdkConfig {
        self.aws.sdk(REGION)
    }

    /// Returns a client for CloudTrail.
    pub(crate) fn cloudtrail(&self) -> aws_sdk_cloudtrail::Client {
        self.aws.cloudtrail(REGION)
    }

    /// Returns a client for S3.
    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        self.aws.s3(REGION)
    }

    /// Returns the name of the bucket `logs`.
    pub(crate) fn logs(&self) -> String {
        format!("{}-logs", self.bucket)
    }

    /// Returns an ARN in the account and the Region.
    pub(crate) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{REGION}:{}:{rest}", self.aws.account)
    }

    /// Lets any trail write anywhere into the bucket `logs`, by a statement with the Sid `Opened`.
    pub(crate) async fn open_bucket(&self) {
        let (s3, bucket) = (self.s3(), self.logs());
        let text = s3.get_bucket_policy().bucket(&bucket).send().await.unwrap().policy.unwrap();
        let mut policy: Value = serde_json::from_str(&text).unwrap();
        policy["Statement"].as_array_mut().unwrap().push(json!({
            "Sid": "Opened",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["s3:GetBucketAcl", "s3:PutObject"],
            "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
            "Condition": {"StringEquals": {"aws:SourceAccount": self.aws.account}},
        }));
        s3.put_bucket_policy().bucket(bucket).policy(policy.to_string()).send().await.unwrap();
    }
}
