//! An account as data, and the raw requests that make it.

use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector, InsightSelector, InsightType,
    ReadWriteType,
};
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketLocationConstraint, BucketVersioningStatus,
    CreateBucketConfiguration, ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter,
    ObjectOwnership, OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration,
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule, Tag, Tagging, Transition, TransitionStorageClass, VersioningConfiguration,
};
use serde_json::Value;

use super::{
    changes::Change,
    policies::{self, OfBucket, Place},
};
use crate::support::Endpoint;

/// What somebody has made of an account.
#[derive(Clone, Copy)]
pub(super) struct Account {
    /// What it is called in messages, and whose habits it shows.
    pub(super) name: &'static str,
    pub(super) trail: &'static str,
    pub(super) region: &'static str,
    pub(super) multi_region: bool,
    pub(super) global: bool,
    pub(super) validation: bool,
    pub(super) logging: bool,
    pub(super) prefix: Option<&'static str>,
    pub(super) selectors: Selectors,
    pub(super) insights: bool,
    pub(super) tags: &'static [(&'static str, &'static str)],
    pub(super) bucket: &'static str,
    pub(super) bucket_region: &'static str,
    pub(super) bucket_policy: OfBucket,
    pub(super) bucket_settings: Settings,
    pub(super) key: Option<Key>,
    pub(super) logs: Option<Logs>,
    pub(super) topic: Option<&'static str>,
    /// What the spec of it says, among other things.
    pub(super) says: &'static [&'static str],
    /// What somebody does to it later, one after the other.
    pub(super) changes: &'static [Change],
}

/// Which events are selected.
#[derive(Clone, Copy)]
pub(super) enum Selectors {
    /// Nobody has ever set any.
    Never,
    /// Basic: what reads or writes, whether management events, which sources not, which data.
    Basic(&'static str, bool, &'static [&'static str], &'static [(&'static str, &'static [&'static str])]),
    /// Advanced: the name and the fields of each.
    Advanced(&'static [(&'static str, &'static [(&'static str, Test)])]),
}

/// What is asked of a field.
#[derive(Clone, Copy)]
pub(super) enum Test {
    Is(&'static [&'static str]),
    IsNot(&'static [&'static str]),
    Starts(&'static [&'static str]),
}

/// How a bucket is set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Settings {
    /// As S3 makes it today.
    New,
    /// As careful tools make it: versions, tags, a lifecycle.
    Careful,
    /// As it was made long ago: access control lists, public access not blocked.
    Old,
    /// With encryption that an entry cannot say: by the key that AWS manages.
    Unsaid,
}

/// A key.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) alias: Option<&'static str>,
    pub(super) rotation: bool,
    pub(super) policy: OfBucket,
}

/// A log group and the role to write to it.
#[derive(Clone, Copy)]
pub(super) struct Logs {
    pub(super) group: &'static str,
    pub(super) retention: Option<i32>,
    pub(super) path: &'static str,
    pub(super) role: &'static str,
    /// The name of the inline policy.
    pub(super) inline: &'static str,
}

impl Account {
    /// Returns who its policies are written for.
    pub(super) fn place(&self, account: &'static str) -> Place<'_> {
        let prefix = self.prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
        let trail = format!("arn:aws:cloudtrail:{}:{account}:trail/{}", self.region, self.trail);
        Place { account, region: self.region, bucket: self.bucket, prefix, trail }
    }
}

/// Who the account is.
pub(super) const ID: &str = trailctl::sandbox::DEFAULT_ACCOUNT;

/// Makes the account.
pub(super) async fn seed(account: &Account, aws: &Endpoint) {
    let place = account.place(ID);
    bucket(account, aws, &place).await;
    let key = match &account.key {
        Some(key) => Some(seed_key(key, account, aws, &place).await),
        None => None,
    };
    let logs = match &account.logs {
        Some(logs) => Some(seed_logs(logs, account, aws).await),
        None => None,
    };
    if let Some(topic) = account.topic {
        let arn = format!("arn:aws:sns:{}:{ID}:{topic}", account.region);
        let policy = policies::topic(ID, &arn).to_string();
        let create = aws.sns(account.region).create_topic().name(topic).attributes("Policy", policy);
        create.send().await.unwrap();
    }
    let client = aws.cloudtrail(account.region);
    let mut create = client
        .create_trail()
        .name(account.trail)
        .s3_bucket_name(account.bucket)
        .set_s3_key_prefix(account.prefix.map(str::to_owned))
        .is_multi_region_trail(account.multi_region)
        .include_global_service_events(account.global)
        .enable_log_file_validation(account.validation)
        .set_kms_key_id(key)
        .set_sns_topic_name(account.topic.map(str::to_owned));
    if let Some((group, role)) = logs {
        create = create.cloud_watch_logs_log_group_arn(group).cloud_watch_logs_role_arn(role);
    }
    for (key, value) in account.tags {
        let tag = aws_sdk_cloudtrail::types::Tag::builder().key(*key).value(*value).build().unwrap();
        create = create.tags_list(tag);
    }
    create.send().await.unwrap();
    select(account, &client).await;
    if account.logging {
        client.start_logging().name(account.trail).send().await.unwrap();
    }
}

async fn select(account: &Account, client: &aws_sdk_cloudtrail::Client) {
    let put = client.put_event_selectors().trail_name(account.trail);
    match account.selectors {
        Selectors::Never => {}
        Selectors::Basic(which, management, excluded, data) => {
            let data = data.iter().map(|(kind, values)| {
                let values = values.iter().map(|value| (*value).to_owned()).collect();
                DataResource::builder().r#type(*kind).set_values(Some(values)).build()
            });
            let excluded = excluded.iter().map(|source| (*source).to_owned()).collect();
            let selector = EventSelector::builder()
                .read_write_type(ReadWriteType::from(which))
                .include_management_events(management)
                .set_exclude_management_event_sources(Some(excluded))
                .set_data_resources(Some(data.collect()));
            put.event_selectors(selector.build()).send().await.unwrap();
        }
        Selectors::Advanced(all) => {
            let all = all.iter().map(|(name, fields)| {
                let fields = fields.iter().map(|(field, test)| condition(field, *test));
                let name = Some((*name).to_owned()).filter(|name| !name.is_empty());
                let selector = AdvancedEventSelector::builder().set_name(name);
                selector.set_field_selectors(Some(fields.collect())).build().unwrap()
            });
            put.set_advanced_event_selectors(Some(all.collect())).send().await.unwrap();
        }
    }
    if account.insights {
        let insight = InsightSelector::builder().insight_type(InsightType::ApiCallRateInsight).build();
        client
            .put_insight_selectors()
            .trail_name(account.trail)
            .insight_selectors(insight)
            .send()
            .await
            .unwrap();
    }
}

fn condition(field: &str, test: Test) -> AdvancedFieldSelector {
    let list =
        |values: &[&str]| Some(values.iter().map(|value| (*value).to_owned()).collect::<Vec<String>>());
    let builder = AdvancedFieldSelector::builder().field(field);
    let builder = match test {
        Test::Is(values) => builder.set_equals(list(values)),
        Test::IsNot(values) => builder.set_not_equals(list(values)),
        Test::Starts(values) => builder.set_starts_with(list(values)),
    };
    builder.build().unwrap()
}

async fn bucket(account: &Account, aws: &Endpoint, place: &Place<'_>) {
    let client = aws.s3(account.bucket_region);
    let mut create = client.create_bucket().bucket(account.bucket);
    if account.bucket_region != "us-east-1" {
        let region = BucketLocationConstraint::from(account.bucket_region);
        create = create.create_bucket_configuration(
            CreateBucketConfiguration::builder().location_constraint(region).build(),
        );
    }
    create.send().await.unwrap();
    match account.bucket_settings {
        Settings::New => {}
        Settings::Careful => careful(account.bucket, &client).await,
        Settings::Unsaid => {
            let by_kms = ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::AwsKms);
            let rule = ServerSideEncryptionRule::builder()
                .apply_server_side_encryption_by_default(by_kms.build().unwrap());
            let rules = ServerSideEncryptionConfiguration::builder().rules(rule.build()).build().unwrap();
            let put = client.put_bucket_encryption().bucket(account.bucket);
            put.server_side_encryption_configuration(rules).send().await.unwrap();
        }
        Settings::Old => {
            let rule = OwnershipControlsRule::builder().object_ownership(ObjectOwnership::ObjectWriter);
            let controls = OwnershipControls::builder().rules(rule.build().unwrap()).build().unwrap();
            let put = client.put_bucket_ownership_controls().bucket(account.bucket);
            put.ownership_controls(controls).send().await.unwrap();
            client.delete_public_access_block().bucket(account.bucket).send().await.unwrap();
        }
    }
    let policy = (account.bucket_policy)(place).to_string();
    client.put_bucket_policy().bucket(account.bucket).policy(policy).send().await.unwrap();
}

async fn careful(bucket: &str, client: &aws_sdk_s3::Client) {
    let versions = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    client.put_bucket_versioning().bucket(bucket).versioning_configuration(versions).send().await.unwrap();
    let block = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(false)
        .build();
    let put = client.put_public_access_block().bucket(bucket);
    put.public_access_block_configuration(block).send().await.unwrap();
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build().unwrap();
    let tags = Tagging::builder().tag_set(tag("Name", bucket)).tag_set(tag("managed-by", "terraform"));
    client.put_bucket_tagging().bucket(bucket).tagging(tags.build().unwrap()).send().await.unwrap();
    let rule = LifecycleRule::builder()
        .id("tf-s3-lifecycle-20240101")
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .transitions(Transition::builder().days(90).storage_class(TransitionStorageClass::Glacier).build())
        .expiration(LifecycleExpiration::builder().days(2555).build());
    let rules = BucketLifecycleConfiguration::builder().rules(rule.build().unwrap()).build().unwrap();
    let put = client.put_bucket_lifecycle_configuration().bucket(bucket);
    put.lifecycle_configuration(rules).send().await.unwrap();
}

async fn seed_key(key: &Key, account: &Account, aws: &Endpoint, place: &Place<'_>) -> String {
    let client = aws.kms(account.bucket_region);
    let policy: Value = (key.policy)(place);
    let create = client.create_key().policy(policy.to_string()).description("CloudTrail logs");
    let made = create.send().await.unwrap().key_metadata.unwrap();
    if key.rotation {
        client.enable_key_rotation().key_id(&made.key_id).send().await.unwrap();
    }
    if let Some(alias) = key.alias {
        let name = format!("alias/{alias}");
        client.create_alias().alias_name(&name).target_key_id(&made.key_id).send().await.unwrap();
        // Some name the key by its alias, others by its ARN; an alias is looked for in the Region of the trail.
        if account.region == account.bucket_region {
            return name;
        }
    }
    made.arn.unwrap()
}

async fn seed_logs(logs: &Logs, account: &Account, aws: &Endpoint) -> (String, String) {
    let Logs { group, retention, path, role, inline } = *logs;
    let client = aws.logs(account.region);
    client.create_log_group().log_group_name(group).send().await.unwrap();
    if let Some(days) = retention {
        client.put_retention_policy().log_group_name(group).retention_in_days(days).send().await.unwrap();
    }
    let iam = aws.iam();
    let create = iam.create_role().role_name(role).path(path);
    create.assume_role_policy_document(policies::trust().to_string()).send().await.unwrap();
    let policy = policies::delivery(ID, account.region, group).to_string();
    iam.put_role_policy().role_name(role).policy_name(inline).policy_document(policy).send().await.unwrap();
    // CreateTrail wants the star.
    let arn = format!("arn:aws:logs:{}:{ID}:log-group:{group}:*", account.region);
    (arn, format!("arn:aws:iam::{ID}:role{path}{role}"))
}
