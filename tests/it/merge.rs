//! Policies that are shared with others: their statements stay as they are, and what is not understood is not touched.

use aws_sdk_iam::Client as Iam;
use serde_json::Value;

use crate::support::{Endpoint, Local, Workspace};

const SPEC: &str = "
version: 1
stack: shared
kms_keys: {audit: {policy: {mode: merge}}}
topics: {told: {policy: {mode: merge}}}
roles:
  to-logs:
    trust: {mode: merge}
    policy: {mode: merge}
    inline_policies: {more: {mode: merge}}
log_groups: {/audit: {}}
buckets: {shared-logs: {policy: {mode: merge}}}
trails:
  audit: {bucket: shared-logs, kms_key: audit, topic: told, cloudwatch_logs: {log_group: /audit, role: to-logs}}
";

/// Where a policy is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shared {
    Bucket,
    Key,
    Topic,
    Trust,
    Inline,
    More,
}

const ALL: [Shared; 6] =
    [Shared::Bucket, Shared::Key, Shared::Topic, Shared::Trust, Shared::Inline, Shared::More];

fn topic_arn(aws: &Endpoint) -> String {
    format!("arn:aws:sns:us-east-1:{}:told", aws.account)
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

impl Shared {
    /// A statement of others, as they wrote it.
    fn theirs(self) -> &'static str {
        match self {
            Self::Bucket => {
                r#"{"Resource":["arn:aws:s3:::shared-logs"],"Condition":{"NumericLessThanIfExists":{"s3:max-keys":12345678901234567890123,"aws:MultiFactorAuthAge":1.10}},"Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:ListBucket"}"#
            }
            Self::Key => {
                r#"{"Resource":"*","Sid":"Their Own","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:root"]},"Action":["kms:Describe*","kms:Get*"],"Condition":{"NumericEquals":{"aws:MultiFactorAuthAge":1.10}}}"#
            }
            Self::Topic => {
                r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"SNS:Subscribe","Resource":"arn:aws:sns:us-east-1:111122223333:told","Condition":{"NumericEquals":{"aws:MultiFactorAuthAge":[1.10,2]}}}"#
            }
            Self::Trust => {
                r#"{"Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Effect":"Allow","Action":"sts:AssumeRole","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":3600.0}}}"#
            }
            Self::Inline | Self::More => {
                r#"{"Resource":"*","Effect":"Allow","Action":["s3:GetObject"],"Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":3600.0}}}"#
            }
        }
    }

    async fn read(self, aws: &Endpoint) -> String {
        let iam = Iam::new(&aws.sdk("us-east-1"));
        match self {
            Self::Bucket => {
                let policy = aws.s3("us-east-1").get_bucket_policy().bucket("shared-logs").send().await;
                policy.unwrap().policy.unwrap()
            }
            Self::Key => {
                let policy = aws.kms("us-east-1").get_key_policy().key_id(key_id(aws).await).send().await;
                policy.unwrap().policy.unwrap()
            }
            Self::Topic => {
                let all = aws.sns("us-east-1").get_topic_attributes().topic_arn(topic_arn(aws)).send().await;
                all.unwrap().attributes.unwrap().remove("Policy").unwrap()
            }
            Self::Trust => {
                let role = iam.get_role().role_name("to-logs").send().await.unwrap().role.unwrap();
                decoded(&role.assume_role_policy_document.unwrap())
            }
            Self::Inline | Self::More => {
                let policy = iam.get_role_policy().role_name("to-logs").policy_name(self.policy_name());
                decoded(&policy.send().await.unwrap().policy_document)
            }
        }
    }

    fn policy_name(self) -> &'static str {
        if self == Self::More { "more" } else { "trailctl" }
    }

    async fn write(self, aws: &Endpoint, policy: &str) {
        let iam = Iam::new(&aws.sdk("us-east-1"));
        match self {
            Self::Bucket => {
                let put = aws.s3("us-east-1").put_bucket_policy().bucket("shared-logs").policy(policy);
                put.send().await.unwrap();
            }
            Self::Key => {
                let put = aws.kms("us-east-1").put_key_policy().key_id(key_id(aws).await).policy(policy);
                put.send().await.unwrap();
            }
            Self::Topic => {
                let set = aws.sns("us-east-1").set_topic_attributes().topic_arn(topic_arn(aws));
                set.attribute_name("Policy").attribute_value(policy).send().await.unwrap();
            }
            Self::Trust => {
                let put = iam.update_assume_role_policy().role_name("to-logs").policy_document(policy);
                put.send().await.unwrap();
            }
            Self::Inline | Self::More => {
                let put = iam.put_role_policy().role_name("to-logs").policy_name(self.policy_name());
                put.policy_document(policy).send().await.unwrap();
            }
        }
    }

    /// Adds the statement of others, and takes the last one of ours out.
    async fn change(self, aws: &Endpoint) {
        let mut all = vec![self.theirs().to_owned()];
        if self != Self::More {
            let policy: Value = serde_json::from_str(&self.read(aws).await).unwrap();
            let ours = policy["Statement"].as_array().unwrap();
            all.extend(ours.iter().take(ours.len() - 1).map(Value::to_string));
        }
        let policy = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, all.join(","));
        self.write(aws, &policy).await;
    }
}

async fn key_id(aws: &Endpoint) -> String {
    let key = aws.kms("us-east-1").describe_key().key_id("alias/audit").send().await.unwrap();
    key.key_metadata.unwrap().key_id
}

fn applied(spec: &str) -> (Local, Workspace) {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(spec);
    let _ = workspace.expect("apply --yes", 0);
    workspace.expect_no_changes();
    (aws, workspace)
}

#[tokio::test]
async fn statements_of_others_come_back_byte_for_byte() {
    let (aws, workspace) = applied(SPEC);
    for shared in ALL {
        shared.change(&aws.endpoint).await;
    }
    let changes = workspace.changes();
    for changed in
        ["bucket.shared-logs policy.", "kms_key.audit policy.", "topic.told policy.", "role.to-logs trust."]
    {
        assert!(changes.iter().any(|change| change.starts_with(changed)), "{changed} {changes:?}");
    }
    let _ = workspace.expect("apply --yes", 0);
    let _ = workspace.expect("plan --detailed-exitcode", 0);
    for shared in ALL {
        let live = shared.read(&aws.endpoint).await;
        assert!(live.contains(shared.theirs()), "{shared:?} {live}");
    }
}

/// A key that is given twice makes a document that readers do not agree about.
fn ambiguous(policy: &str) -> String {
    policy.replacen(r#""Effect":"#, r#""Effect":"Deny","Effect":"#, 1)
}

#[tokio::test]
async fn what_is_not_understood_is_written_over_only_when_that_is_allowed() {
    for spec in [SPEC.to_owned(), SPEC.replace("mode: merge", "mode: exclusive")] {
        let (aws, workspace) = applied(&spec);
        for (shared, address) in [
            (Shared::Bucket, "bucket.shared-logs"),
            (Shared::Key, "kms_key.audit"),
            (Shared::Topic, "topic.told"),
            (Shared::Trust, "role.to-logs"),
        ] {
            let policy = ambiguous(&shared.read(&aws.endpoint).await);
            shared.write(&aws.endpoint, &policy).await;
            assert_eq!(workspace.run("plan --format json").refusals(), [format!("opaque-policy {address}")]);
            aws.take_calls();
            let _ = workspace.expect("apply --yes", 3);
            assert_eq!(aws.take_changes(), [""; 0]);
            assert_eq!(shared.read(&aws.endpoint).await, policy);
            let _ = workspace.expect(&format!("apply --yes --replace-policy {address}"), 0);
            assert_eq!(aws.take_changes().len(), 1);
            workspace.expect_no_changes();
        }
    }
}
