//! How S3 is asked about buckets.

use aws_sdk_s3::{Client, types};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::future::{join, try_join, try_join_all, try_join3, try_join4};
use serde_json::json;

use super::{
    AccessLogs, Bucket, Encryption, ObjectLock, ObjectOwnership, PublicAccessBlock, PublicAccessSettings,
    RetentionMode,
    lifecycle::{Rule, Transition},
};
use crate::{
    aws::{
        Aws, CallName, Use,
        error::{AwsError, Class},
    },
    kinds::{Resource, Scope, learn},
    policy::document::PolicyDocument,
    resource::{
        Existing, Observed, Reference, ResourceId,
        owner::{self, Owner, Tags},
        region::Region,
    },
};

type Found = Vec<(ResourceId, Observed<Bucket>)>;

/// Reads the wanted buckets, and those that are marked. Two rounds: the tags, which say too whether a bucket is there, whose it is
/// and where, then all else.
pub(super) async fn observe(aws: &Aws, scope: &Scope<'_>) -> Result<Found, AwsError> {
    let others = async { read_all(aws, &scope.others::<Bucket>().await, scope).await };
    let (wanted, others) = try_join(read_all(aws, scope.wanted, scope), others).await?;
    Ok(wanted.into_iter().chain(others).collect())
}

async fn read_all(aws: &Aws, ids: &[ResourceId], scope: &Scope<'_>) -> Result<Found, AwsError> {
    let found = try_join_all(ids.iter().map(|id| read(aws, id, scope.is_removal))).await?;
    Ok(ids.iter().cloned().zip(found).filter_map(|(id, bucket)| Some((id, bucket?))).collect())
}

pub(super) fn name<'a>(operation: &'static str, region: &'a Region) -> CallName<'a> {
    CallName { service: "s3", operation, region }
}

/// What a question about a bucket is sent with: its name, the account it must belong to, and where it is.
struct Question<'a> {
    aws: &'a Aws,
    client: Client,
    bucket: &'a str,
    owner: &'a str,
    region: &'a Region,
}

impl<'a> Question<'a> {
    fn new(aws: &'a Aws, region: &'a Region, bucket: &'a str) -> Self {
        Self { aws, client: aws.client(region, Use::Read), bucket, owner: &aws.account().id, region }
    }
}

async fn read(aws: &Aws, id: &ResourceId, is_removal: bool) -> Result<Option<Observed<Bucket>>, AwsError> {
    let tags = Question::new(aws, &id.region, &id.name).tags().await;
    let (region, told) = match place(tags, &id.region, "s3:GetBucketTagging")? {
        Place::Absent => return Ok(None),
        Place::Foreign(why) => return Ok(Some(foreign(aws, id, why))),
        Place::Here(tags) => (id.region.clone(), Some(tags)),
        Place::In(region) => (region, None),
    };
    let ask = Question::new(aws, &region, &id.name);
    let tags = async { if let Some(tags) = told { Ok(tags) } else { ask.tags().await.0 } };
    let settings = try_join3(ask.versioning(), ask.encryption(), ask.public_access_block());
    let more = try_join3(ask.object_ownership(), ask.policy(), tags);
    let rarer = try_join3(ask.access_logs(), ask.object_lock(), ask.lifecycle());
    let beside = try_join3(ask.replication(), ask.notifications(), ask.holds_data(is_removal));
    let (settings, more, rarer, beside) = try_join4(settings, more, rarer, beside).await?;
    let (versioning, encryption, public_access_block) = settings;
    let (object_ownership, policy, all_tags) = more;
    let (access_logs, object_lock, lifecycle) = rarer;
    let (replication, notifications, holds_data) = beside;
    let beside = replication.into_iter().chain(notifications).collect();
    let owner = Owner::of(&all_tags);
    let (tags, protect) = owner::split(all_tags);
    let attrs = Bucket {
        name: Some(id.name.clone()),
        region: Some(region.clone()),
        versioning,
        encryption,
        public_access_block,
        object_ownership,
        // A statement of the policy, which is compared.
        tls_only: false,
        access_logs,
        object_lock,
        lifecycle,
        policy,
        tags,
        protect,
        adopt: false,
    };
    let outputs = attrs.outputs(id, aws.account());
    Ok(Some(Observed { attrs, outputs, owner, holds_data, beside }))
}

/// What an answer says of a bucket, beside what it was asked for.
enum Place<T> {
    Absent,
    In(Region),
    Foreign(String),
    Here(T),
}

/// An answer, and with an error the Region that S3 says the bucket is in.
type Answer<T> = (Result<T, AwsError>, Option<Region>);

async fn send<T, E>(
    aws: &Aws,
    name: CallName<'_>,
    call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Answer<T>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let mut elsewhere = None;
    let call = async {
        let answer = call.await;
        if let Err(error) = &answer {
            let hint =
                error.raw_response().and_then(|response| response.headers().get("x-amz-bucket-region"));
            elsewhere = hint.map(Region::new);
        }
        answer
    };
    let answer = aws.send(name, call).await;
    (answer, elsewhere)
}

/// Finds out whether the bucket exists and in which Region: names are global, and only its own Region answers.
fn place<T>((answer, elsewhere): Answer<T>, asked: &Region, permission: &str) -> Result<Place<T>, AwsError> {
    match answer {
        Ok(found) => Ok(Place::Here(found)),
        // A 404 without a code may be a proxy's.
        Err(error) if error.class == Class::NotFound && error.code.is_some() => Ok(Place::Absent),
        Err(error) if error.class == Class::Denied => {
            Ok(Place::Foreign(format!("another account owns it, or the caller lacks {permission} on it")))
        }
        Err(error) => match elsewhere {
            Some(region) if region != *asked => Ok(Place::In(region)),
            _ => Err(error),
        },
    }
}

/// Returns what stands for a bucket that exists and cannot be read.
fn foreign(aws: &Aws, id: &ResourceId, why: String) -> Observed<Bucket> {
    let attrs = Bucket {
        name: Some(id.name.clone()),
        region: Some(id.region.clone()),
        versioning: false,
        encryption: Encryption::default(),
        public_access_block: PublicAccessBlock::all(false),
        object_ownership: ObjectOwnership::ObjectWriter,
        tls_only: false,
        access_logs: None,
        object_lock: None,
        lifecycle: Vec::new(),
        policy: PolicyDocument::default(),
        tags: Tags::new(),
        protect: true,
        adopt: false,
    };
    let outputs = attrs.outputs(id, aws.account());
    Observed { attrs, outputs, owner: Owner::Unreadable { why }, holds_data: true, beside: Vec::new() }
}

/// Asks about a bucket that others manage, perhaps in another account.
pub(super) async fn look(aws: &Aws, id: &ResourceId) -> Result<Option<Existing>, AwsError> {
    let client: Client = aws.client(&id.region, Use::Read);
    let call = client.head_bucket().bucket(&id.name).send();
    let answer = send(aws, name("HeadBucket", &id.region), call).await;
    let region = match place(answer, &id.region, "s3:ListBucket")? {
        Place::Absent => return Ok(None),
        Place::Foreign(why) => return Ok(Some(Existing { unread: Some(why), ..Existing::default() })),
        Place::In(region) => region,
        Place::Here(_) => id.region.clone(),
    };
    let ask = Question::new(aws, &region, &id.name);
    let (policy, encryption) = join(ask.policy(), ask.encryption()).await;
    let mut found = Existing { attrs: json!({"region": region}), ..Existing::default() };
    learn(&mut found, "policy", policy)?;
    learn(&mut found, "encryption", encryption)?;
    Ok(Some(found))
}

/// Turns the code that says "there is none" into `None`. Any other 404 is an error: a proxy may have sent it.
fn or_none<T>(answer: Result<T, AwsError>, code: &str) -> Result<Option<T>, AwsError> {
    match answer {
        Err(error) if error.code.as_deref() == Some(code) => Ok(None),
        other => other.map(Some),
    }
}

impl Question<'_> {
    async fn versioning(&self) -> Result<bool, AwsError> {
        let call =
            self.client.get_bucket_versioning().bucket(self.bucket).expected_bucket_owner(self.owner).send();
        let answer = self.aws.send(name("GetBucketVersioning", self.region), call).await?;
        Ok(answer.status == Some(types::BucketVersioningStatus::Enabled))
    }

    async fn encryption(&self) -> Result<Encryption, AwsError> {
        let call =
            self.client.get_bucket_encryption().bucket(self.bucket).expected_bucket_owner(self.owner).send();
        let answer = or_none(
            self.aws.send(name("GetBucketEncryption", self.region), call).await,
            "ServerSideEncryptionConfigurationNotFoundError",
        )?;
        let rules =
            answer.and_then(|answer| answer.server_side_encryption_configuration).map(|config| config.rules);
        let Some(rule) = rules.and_then(|rules| rules.into_iter().next()) else {
            // Before 2023 a bucket could have none: that is not SSE-S3.
            return Ok(Encryption {
                kms_key: Some(Reference::Declared("(none)".to_owned())),
                bucket_key: false,
            });
        };
        let default = rule.apply_server_side_encryption_by_default;
        let key = default.as_ref().and_then(|default| default.kms_master_key_id.clone());
        // What a spec cannot say is shown in parentheses, which no reference can equal.
        let kms_key = match default.map(|default| default.sse_algorithm) {
            None | Some(types::ServerSideEncryption::Aes256) => None,
            Some(types::ServerSideEncryption::AwsKms) => Some(key.unwrap_or_else(|| "(aws/s3)".to_owned())),
            Some(other) => Some(format!("({other}) {}", key.unwrap_or_default())),
        };
        Ok(Encryption {
            kms_key: kms_key.map(Reference::Declared),
            bucket_key: rule.bucket_key_enabled.unwrap_or(false),
        })
    }

    async fn public_access_block(&self) -> Result<PublicAccessBlock, AwsError> {
        let call = self
            .client
            .get_public_access_block()
            .bucket(self.bucket)
            .expected_bucket_owner(self.owner)
            .send();
        let answer = or_none(
            self.aws.send(name("GetPublicAccessBlock", self.region), call).await,
            "NoSuchPublicAccessBlockConfiguration",
        )?;
        let Some(block) = answer.and_then(|answer| answer.public_access_block_configuration) else {
            return Ok(PublicAccessBlock::all(false));
        };
        Ok(PublicAccessBlock(PublicAccessSettings {
            block_public_acls: block.block_public_acls.unwrap_or(false),
            ignore_public_acls: block.ignore_public_acls.unwrap_or(false),
            block_public_policy: block.block_public_policy.unwrap_or(false),
            restrict_public_buckets: block.restrict_public_buckets.unwrap_or(false),
        }))
    }

    async fn object_ownership(&self) -> Result<ObjectOwnership, AwsError> {
        let call = self
            .client
            .get_bucket_ownership_controls()
            .bucket(self.bucket)
            .expected_bucket_owner(self.owner)
            .send();
        let answer = or_none(
            self.aws.send(name("GetBucketOwnershipControls", self.region), call).await,
            "OwnershipControlsNotFoundError",
        )?;
        let rules = answer.and_then(|answer| answer.ownership_controls).map(|controls| controls.rules);
        Ok(match rules.and_then(|rules| rules.into_iter().next()).map(|rule| rule.object_ownership) {
            Some(types::ObjectOwnership::BucketOwnerEnforced) => ObjectOwnership::BucketOwnerEnforced,
            Some(types::ObjectOwnership::BucketOwnerPreferred) => ObjectOwnership::BucketOwnerPreferred,
            // Without controls the writer owns what it writes.
            _ => ObjectOwnership::ObjectWriter,
        })
    }

    async fn policy(&self) -> Result<PolicyDocument, AwsError> {
        let call =
            self.client.get_bucket_policy().bucket(self.bucket).expected_bucket_owner(self.owner).send();
        let answer =
            or_none(self.aws.send(name("GetBucketPolicy", self.region), call).await, "NoSuchBucketPolicy")?;
        Ok(answer
            .and_then(|answer| answer.policy)
            .map_or_else(PolicyDocument::default, |text| PolicyDocument::read(&text)))
    }

    async fn tags(&self) -> Answer<Tags> {
        let call =
            self.client.get_bucket_tagging().bucket(self.bucket).expected_bucket_owner(self.owner).send();
        let (answer, elsewhere) = send(self.aws, name("GetBucketTagging", self.region), call).await;
        let tags = or_none(answer, "NoSuchTagSet").map(|answer| {
            let tags = answer.map(|answer| answer.tag_set).unwrap_or_default();
            tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
        });
        (tags, elsewhere)
    }

    async fn access_logs(&self) -> Result<Option<AccessLogs>, AwsError> {
        let call =
            self.client.get_bucket_logging().bucket(self.bucket).expected_bucket_owner(self.owner).send();
        let answer = self.aws.send(name("GetBucketLogging", self.region), call).await?;
        Ok(answer
            .logging_enabled
            .map(|to| AccessLogs { bucket: Reference::Declared(to.target_bucket), prefix: to.target_prefix }))
    }

    /// Object Lock that is on and retains nothing by default is as good as none: it cannot be switched off.
    async fn object_lock(&self) -> Result<Option<ObjectLock>, AwsError> {
        let call = self
            .client
            .get_object_lock_configuration()
            .bucket(self.bucket)
            .expected_bucket_owner(self.owner)
            .send();
        let answer = or_none(
            self.aws.send(name("GetObjectLockConfiguration", self.region), call).await,
            "ObjectLockConfigurationNotFoundError",
        )?;
        let rule = answer.and_then(|answer| answer.object_lock_configuration).and_then(|lock| lock.rule);
        Ok(rule.and_then(|rule| rule.default_retention).map(|retention| ObjectLock {
            mode: match retention.mode {
                Some(types::ObjectLockRetentionMode::Compliance) => RetentionMode::Compliance,
                _ => RetentionMode::Governance,
            },
            // Some endpoints show the unit that is not used as 0.
            days: retention.days.filter(|time| *time != 0),
            years: retention.years.filter(|time| *time != 0),
        }))
    }

    async fn lifecycle(&self) -> Result<Vec<Rule>, AwsError> {
        let call = self
            .client
            .get_bucket_lifecycle_configuration()
            .bucket(self.bucket)
            .expected_bucket_owner(self.owner)
            .send();
        let answer = or_none(
            self.aws.send(name("GetBucketLifecycleConfiguration", self.region), call).await,
            "NoSuchLifecycleConfiguration",
        )?;
        Ok(answer.and_then(|answer| answer.rules).unwrap_or_default().into_iter().map(rule).collect())
    }

    async fn replication(&self) -> Result<Vec<String>, AwsError> {
        let call =
            self.client.get_bucket_replication().bucket(self.bucket).expected_bucket_owner(self.owner).send();
        let answer = or_none(
            self.aws.send(name("GetBucketReplication", self.region), call).await,
            "ReplicationConfigurationNotFoundError",
        )?;
        let rules = answer.and_then(|answer| answer.replication_configuration).map(|all| all.rules);
        let phrase = |rule: types::ReplicationRule| {
            let to = rule.destination.map_or_else(|| "an unknown bucket".to_owned(), |to| to.bucket);
            format!("a replication to {to}")
        };
        Ok(rules.unwrap_or_default().into_iter().map(phrase).collect())
    }

    async fn notifications(&self) -> Result<Vec<String>, AwsError> {
        let call = self
            .client
            .get_bucket_notification_configuration()
            .bucket(self.bucket)
            .expected_bucket_owner(self.owner)
            .send();
        let answer = self.aws.send(name("GetBucketNotificationConfiguration", self.region), call).await?;
        let topics = answer.topic_configurations.unwrap_or_default().into_iter().map(|one| one.topic_arn);
        let queues = answer.queue_configurations.unwrap_or_default().into_iter().map(|one| one.queue_arn);
        let functions = answer.lambda_function_configurations.unwrap_or_default();
        let functions = functions.into_iter().map(|one| one.lambda_function_arn);
        let bus = answer.event_bridge_configuration.map(|_| "EventBridge".to_owned());
        let all = topics.chain(queues).chain(functions).chain(bus);
        Ok(all.map(|to| format!("a notification to {to}")).collect())
    }

    /// Old versions and delete markers count: deleting the bucket would need them gone.
    /// Only who removes it needs to know.
    async fn holds_data(&self, is_removal: bool) -> Result<bool, AwsError> {
        if !is_removal {
            return Ok(false);
        }
        let call = self
            .client
            .list_object_versions()
            .bucket(self.bucket)
            .expected_bucket_owner(self.owner)
            .max_keys(1)
            .send();
        let answer = self.aws.send(name("ListObjectVersions", self.region), call).await?;
        Ok(!answer.versions().is_empty() || !answer.delete_markers().is_empty())
    }
}

/// What a spec cannot say of a rule is shown behind its id, in parentheses: no wanted rule equals it.
fn rule(rule: types::LifecycleRule) -> Rule {
    let mut other = Vec::new();
    let filter = rule.filter.unwrap_or_else(|| types::LifecycleRuleFilter::builder().build());
    if filter.tag.is_some() || filter.and.is_some() {
        other.push("a filter by tags");
    }
    if filter.object_size_greater_than.is_some() || filter.object_size_less_than.is_some() {
        other.push("a filter by size");
    }
    let expiration = rule.expiration.unwrap_or_else(|| types::LifecycleExpiration::builder().build());
    let transitions = rule.transitions.unwrap_or_default();
    let noncurrent = rule.noncurrent_version_transitions.unwrap_or_default();
    if expiration.date.is_some() || transitions.iter().any(|to| to.date.is_some()) {
        other.push("a date");
    }
    if noncurrent.iter().any(|to| to.newer_noncurrent_versions.is_some()) {
        other.push("a number of versions before they move");
    }
    let transition = |days: Option<i32>, class: Option<types::TransitionStorageClass>| Transition {
        days: days.unwrap_or(0),
        storage_class: class.map(|class| class.as_str().to_owned()).unwrap_or_default(),
    };
    let id = rule.id.unwrap_or_default();
    #[expect(deprecated, reason = "rules made long ago have their prefix there")]
    let old_prefix = rule.prefix;
    Rule {
        id: if other.is_empty() { id } else { format!("{id} (with {})", other.join(", ")) },
        enabled: rule.status == types::ExpirationStatus::Enabled,
        prefix: filter.prefix.or(old_prefix).unwrap_or_default(),
        transitions: transitions.into_iter().map(|to| transition(to.days, to.storage_class)).collect(),
        expire_days: expiration.days,
        noncurrent_transitions: noncurrent
            .into_iter()
            .map(|to| transition(to.noncurrent_days, to.storage_class))
            .collect(),
        noncurrent_expire_days: rule
            .noncurrent_version_expiration
            .as_ref()
            .and_then(|old| old.noncurrent_days),
        noncurrent_keep: rule.noncurrent_version_expiration.and_then(|old| old.newer_noncurrent_versions),
        expire_delete_markers: expiration.expired_object_delete_marker.unwrap_or(false),
        abort_multipart_days: rule
            .abort_incomplete_multipart_upload
            .and_then(|abort| abort.days_after_initiation),
    }
}
