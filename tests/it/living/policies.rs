//! Policies in the shapes that consoles, guides and tools have written over the years.

use serde_json::{Value, json};

/// What a policy is written for.
pub(super) struct Place<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) bucket: &'a str,
    /// The prefix with a slash behind it, or nothing.
    pub(super) prefix: String,
    /// The ARN of the trail.
    pub(super) trail: String,
}

impl Place<'_> {
    fn objects(&self) -> String {
        let Self { account, bucket, prefix, .. } = self;
        format!("arn:aws:s3:::{bucket}/{prefix}AWSLogs/{account}/*")
    }

    fn arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.bucket)
    }
}

/// A policy of a bucket.
pub(super) type OfBucket = fn(&Place<'_>) -> Value;

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn service() -> Value {
    json!({"Service": "cloudtrail.amazonaws.com"})
}

/// As the console writes it: bound to the trail.
pub(super) fn console(place: &Place<'_>) -> Value {
    policy(json!([
        {"Sid": "AWSCloudTrailAclCheck20150319-a1b2", "Effect": "Allow", "Principal": service(), "Action": "s3:GetBucketAcl",
            "Resource": place.arn(), "Condition": {"StringEquals": {"AWS:SourceArn": place.trail}}},
        {"Sid": "AWSCloudTrailWrite20150319-c3d4", "Effect": "Allow", "Principal": service(), "Action": "s3:PutObject",
            "Resource": place.objects(),
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "AWS:SourceArn": place.trail}}},
    ]))
}

/// As it was written before conditions on the source were known.
pub(super) fn unbound(place: &Place<'_>) -> Value {
    policy(json!([
        {"Sid": "AWSCloudTrailAclCheck", "Effect": "Allow", "Principal": service(), "Action": "s3:GetBucketAcl",
            "Resource": place.arn()},
        {"Sid": "AWSCloudTrailWrite", "Effect": "Allow", "Principal": service(), "Action": "s3:PutObject",
            "Resource": place.objects(), "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}},
    ]))
}

/// As it was written when each Region's CloudTrail was an account, and the service principal was added later.
pub(super) fn accounts_of_regions(place: &Place<'_>) -> Value {
    let accounts = ["903692715234", "859597730677", "814480443879", "216624486486"];
    let accounts = accounts.map(|account| format!("arn:aws:iam::{account}:root"));
    json!({"Version": "2008-10-17", "Id": "AWSConsole-AccessLogs", "Statement": [
        {"Sid": "AWSCloudTrailAclCheck20131101", "Effect": "Allow", "Principal": {"AWS": accounts, "Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:GetBucketAcl", "Resource": place.arn()},
        {"Sid": "AWSCloudTrailWrite20131101", "Effect": "Allow", "Principal": {"AWS": accounts, "Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject", "Resource": [place.objects()],
            "Condition": {"StringEquals": {"s3:x-amz-acl": ["bucket-owner-full-control"]}}},
    ]})
}

/// As modules for several trails write it: patterns of ARNs, TLS only.
pub(super) fn patterns(place: &Place<'_>) -> Value {
    let trails = format!("arn:aws:cloudtrail:*:{}:trail/*", place.account);
    policy(json!([
        {"Sid": "AWSCloudTrailAclCheck", "Effect": "Allow", "Principal": {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]},
            "Action": ["s3:GetBucketAcl"], "Resource": [place.arn()], "Condition": {"StringLike": {"aws:SourceArn": [trails]}}},
        {"Sid": "AWSCloudTrailWrite", "Effect": "Allow", "Principal": service(), "Action": "s3:PutObject",
            "Resource": format!("{}/*", place.arn()),
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}, "StringLike": {"aws:SourceArn": trails}}},
        {"Sid": "DenyInsecureTransport", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [format!("{}/*", place.arn()), place.arn()], "Condition": {"Bool": {"aws:SecureTransport": false}}},
    ]))
}

/// As a construct library writes it: no Sids, TLS only, one statement of the team.
pub(super) fn constructs(place: &Place<'_>) -> Value {
    let reader = format!("arn:aws:iam::{}:root", place.account);
    policy(json!([
        {"Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}, "Effect": "Deny", "Principal": {"AWS": "*"},
            "Resource": [place.arn(), format!("{}/*", place.arn())]},
        {"Action": "s3:GetBucketAcl", "Effect": "Allow", "Principal": service(), "Resource": place.arn()},
        {"Action": "s3:PutObject", "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}, "Effect": "Allow",
            "Principal": service(), "Resource": place.objects()},
        {"Action": ["s3:GetObject*", "s3:List*"], "Effect": "Allow", "Principal": {"AWS": reader},
            "Resource": [place.arn(), format!("{}/*", place.arn())]},
    ]))
}

/// Bound to the account instead of the trail.
pub(super) fn of_account(place: &Place<'_>) -> Value {
    policy(json!([
        {"Sid": "Acl", "Effect": "Allow", "Principal": service(), "Action": "s3:GetBucketAcl", "Resource": place.arn(),
            "Condition": {"StringEquals": {"aws:SourceAccount": place.account}}},
        {"Sid": "Put", "Effect": "Allow", "Principal": service(), "Action": "s3:Put*", "Resource": place.objects(),
            "Condition": {"StringEqualsIgnoreCase": {"aws:SourceAccount": place.account}}},
    ]))
}

/// A key as the console makes it for a trail.
pub(super) fn key_of_console(place: &Place<'_>) -> Value {
    let trails = format!("arn:aws:cloudtrail:*:{}:trail/*", place.account);
    policy(json!([
        {"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": [format!("arn:aws:iam::{}:root", place.account)]},
            "Action": "kms:*", "Resource": "*"},
        {"Sid": "Allow CloudTrail to encrypt logs", "Effect": "Allow", "Principal": service(), "Action": "kms:GenerateDataKey*",
            "Resource": "*", "Condition": {"StringEquals": {"aws:SourceArn": place.trail},
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails}}},
        {"Sid": "Allow CloudTrail to describe key", "Effect": "Allow", "Principal": service(), "Action": "kms:DescribeKey", "Resource": "*"},
        {"Sid": "Allow principals in the account to decrypt log files", "Effect": "Allow", "Principal": {"AWS": "*"},
            "Action": ["kms:Decrypt", "kms:ReEncryptFrom"], "Resource": "*",
            "Condition": {"StringEquals": {"kms:CallerAccount": place.account},
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails}}},
        {"Sid": "Allow CloudTrail to decrypt", "Effect": "Allow", "Principal": service(), "Action": "kms:Decrypt", "Resource": "*"},
    ]))
}

/// A key that everything of the account and the service may use, for log groups too.
pub(super) fn key_for_all(place: &Place<'_>) -> Value {
    policy(json!([
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{}:root", place.account)}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": ["cloudtrail.amazonaws.com", format!("logs.{}.amazonaws.com", place.region)]},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"], "Resource": "*"},
    ]))
}

/// A topic as the guide wrote it, beside the statement that every topic has.
pub(super) fn topic(account: &str, arn: &str) -> Value {
    json!({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [
        {"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
            "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission",
                "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"],
            "Resource": arn, "Condition": {"StringEquals": {"AWS:SourceOwner": account}}},
        {"Sid": "AWSCloudTrailSNSPolicy20131101", "Effect": "Allow", "Principal": service(), "Action": "SNS:Publish", "Resource": arn},
    ]})
}

/// What a role for CloudWatch Logs may do: the guide's two statements.
pub(super) fn delivery(account: &str, region: &str, group: &str) -> Value {
    let streams = format!(
        "arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{account}_CloudTrail_{region}*"
    );
    policy(json!([
        {"Sid": "AWSCloudTrailCreateLogStream20141101", "Effect": "Allow", "Action": ["logs:CreateLogStream"], "Resource": [streams]},
        {"Sid": "AWSCloudTrailPutLogEvents20141101", "Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": [streams]},
    ]))
}

/// Who may take a role for CloudWatch Logs.
pub(super) fn trust() -> Value {
    policy(json!([{"Sid": "", "Effect": "Allow", "Principal": service(), "Action": "sts:AssumeRole"}]))
}
