//! How S3 is asked about buckets, and how their calls are sent.

use aws_sdk_s3::types;
use futures_util::future::{try_join_all, try_join3};

use super::{
    Bucket, Encryption, ObjectOwnership, PublicAccessBlock, PublicAccessSettings,
    calls::{Call, Status},
};
use crate::{
    aws::{
        Aws, CallName, Use,
        error::{AwsError, Class},
    },
    kinds::Resource,
    policy::document::PolicyDocument,
    resource::{
        Observed, Outputs, Reference, ResourceId,
        owner::{self, Owner, Tags},
        region::Region,
    },
};

/// Reads the wanted buckets. Two rounds: whether each is there and whose it is, then all about it.
pub(super) async fn observe(
    aws: &Aws,
    wanted: &[ResourceId],
) -> Result<Vec<(ResourceId, Observed<Bucket>)>, AwsError> {
    let found = try_join_all(wanted.iter().map(|id| read(aws, id))).await?;
    Ok(wanted.iter().cloned().zip(found).filter_map(|(id, bucket)| Some((id, bucket?))).collect())
}

fn name<'a>(operation: &'static str, region: &'a Region) -> CallName<'a> {
    CallName { service: "s3", operation, region }
}

/// What a question about a bucket is sent with: its name, the account it must belong to, and where it is.
struct Question<'a> {
    aws: &'a Aws,
    client: aws_sdk_s3::Client,
    bucket: &'a str,
    owner: &'a str,
    region: &'a Region,
}

async fn read(aws: &Aws, id: &ResourceId) -> Result<Option<Observed<Bucket>>, AwsError> {
    let client = aws.clients(&id.region, Use::Read).s3;
    let region = match locate(aws, &client, id).await? {
        Place::Absent => return Ok(None),
        Place::Foreign(why) => return Ok(Some(foreign(aws, id, why))),
        Place::In(region) => region,
    };
    let client = aws.clients(&region, Use::Read).s3;
    let ask = Question { aws, client, bucket: &id.name, owner: &aws.account().id, region: &region };
    let settings = try_join3(ask.versioning(), ask.encryption(), ask.public_access_block());
    let more = try_join3(ask.object_ownership(), ask.policy(), ask.tags());
    let ((versioning, encryption, public_access_block), (object_ownership, policy, all_tags), holds_data) =
        try_join3(settings, more, ask.holds_data()).await?;
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
        policy,
        tags,
        protect,
        adopt: false,
    };
    Ok(Some(Observed { attrs, outputs: Bucket::outputs(id, aws.account()), owner, holds_data }))
}

enum Place {
    Absent,
    In(Region),
    Foreign(String),
}

/// Finds out whether the bucket exists and in which Region: names are global, and only its own Region answers.
async fn locate(aws: &Aws, client: &aws_sdk_s3::Client, id: &ResourceId) -> Result<Place, AwsError> {
    let call = client.head_bucket().bucket(&id.name).expected_bucket_owner(&aws.account().id).send();
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
    let answer = aws.send(name("HeadBucket", &id.region), call).await;
    match answer {
        Ok(found) => Ok(Place::In(found.bucket_region.map_or_else(|| id.region.clone(), Region))),
        Err(error) if error.class == Class::NotFound => Ok(Place::Absent),
        Err(error) if error.class == Class::Denied => {
            Ok(Place::Foreign("another account owns it, or the caller lacks s3:ListBucket on it".to_owned()))
        }
        Err(error) => match elsewhere {
            Some(region) if region != id.region => Ok(Place::In(region)),
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
        policy: PolicyDocument::default(),
        tags: Tags::new(),
        protect: true,
        adopt: false,
    };
    Observed {
        attrs,
        outputs: Bucket::outputs(id, aws.account()),
        owner: Owner::Unreadable { why },
        holds_data: true,
    }
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

    async fn tags(&self) -> Result<Tags, AwsError> {
        let call =
            self.client.get_bucket_tagging().bucket(self.bucket).expected_bucket_owner(self.owner).send();
        let answer =
            or_none(self.aws.send(name("GetBucketTagging", self.region), call).await, "NoSuchTagSet")?;
        let tags = answer.map(|answer| answer.tag_set).unwrap_or_default();
        Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
    }

    /// Old versions and delete markers count: deleting the bucket would need them gone.
    async fn holds_data(&self) -> Result<bool, AwsError> {
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

/// Sends one request, in the bucket's Region, and only if the bucket belongs to the account.
pub(super) async fn perform(aws: &Aws, id: &ResourceId, call: Call) -> Result<Outputs, AwsError> {
    let region = &id.region;
    let client = aws.clients(region, Use::Change).s3;
    let owner = aws.account().id.clone();
    match call {
        Call::CreateBucket { bucket, location_constraint, object_ownership, tags } => {
            let constraint =
                location_constraint.map(|region| types::BucketLocationConstraint::from(region.as_str()));
            let configuration = types::CreateBucketConfiguration::builder()
                .set_location_constraint(constraint)
                .set_tags(Some(sdk_tags(tags)))
                .build();
            let request = client
                .create_bucket()
                .bucket(bucket)
                .object_ownership(sdk_ownership(object_ownership))
                .create_bucket_configuration(configuration);
            aws.send(name("CreateBucket", region), request.send()).await.map(drop)
        }
        Call::PutPublicAccessBlock {
            bucket,
            block_public_acls,
            ignore_public_acls,
            block_public_policy,
            restrict_public_buckets,
        } => {
            let configuration = types::PublicAccessBlockConfiguration::builder()
                .block_public_acls(block_public_acls)
                .ignore_public_acls(ignore_public_acls)
                .block_public_policy(block_public_policy)
                .restrict_public_buckets(restrict_public_buckets)
                .build();
            let request = client
                .put_public_access_block()
                .bucket(bucket)
                .expected_bucket_owner(owner)
                .public_access_block_configuration(configuration);
            aws.send(name("PutPublicAccessBlock", region), request.send()).await.map(drop)
        }
        Call::PutBucketOwnershipControls { bucket, object_ownership } => {
            let rule = types::OwnershipControlsRule::builder()
                .object_ownership(sdk_ownership(object_ownership))
                .build();
            let controls =
                types::OwnershipControls::builder().rules(rule.expect("the rule is complete")).build();
            let request = client
                .put_bucket_ownership_controls()
                .bucket(bucket)
                .expected_bucket_owner(owner)
                .ownership_controls(controls.expect("there is a rule"));
            aws.send(name("PutBucketOwnershipControls", region), request.send()).await.map(drop)
        }
        Call::PutBucketVersioning { bucket, status } => {
            let status = match status {
                Status::Enabled => types::BucketVersioningStatus::Enabled,
                Status::Suspended => types::BucketVersioningStatus::Suspended,
            };
            let configuration = types::VersioningConfiguration::builder().status(status).build();
            let request = client
                .put_bucket_versioning()
                .bucket(bucket)
                .expected_bucket_owner(owner)
                .versioning_configuration(configuration);
            aws.send(name("PutBucketVersioning", region), request.send()).await.map(drop)
        }
        Call::PutBucketEncryption { bucket, sse_algorithm, kms_master_key_id, bucket_key_enabled } => {
            let default = types::ServerSideEncryptionByDefault::builder()
                .sse_algorithm(types::ServerSideEncryption::from(sse_algorithm.as_str()))
                .set_kms_master_key_id(kms_master_key_id)
                .build()
                .expect("the algorithm is set");
            let rule = types::ServerSideEncryptionRule::builder()
                .apply_server_side_encryption_by_default(default)
                .bucket_key_enabled(bucket_key_enabled)
                .build();
            let configuration = types::ServerSideEncryptionConfiguration::builder().rules(rule).build();
            let request = client
                .put_bucket_encryption()
                .bucket(bucket)
                .expected_bucket_owner(owner)
                .server_side_encryption_configuration(configuration.expect("there is a rule"));
            aws.send(name("PutBucketEncryption", region), request.send()).await.map(drop)
        }
        Call::PutBucketTagging { bucket, tag_set } => {
            let tagging = types::Tagging::builder().set_tag_set(Some(sdk_tags(tag_set))).build();
            let request = client
                .put_bucket_tagging()
                .bucket(bucket)
                .expected_bucket_owner(owner)
                .tagging(tagging.expect("there are tags"));
            aws.send(name("PutBucketTagging", region), request.send()).await.map(drop)
        }
        Call::PutBucketPolicy { bucket, policy } => {
            let request = client
                .put_bucket_policy()
                .bucket(bucket)
                .expected_bucket_owner(owner)
                .policy(policy.to_string());
            aws.send(name("PutBucketPolicy", region), request.send()).await.map(drop)
        }
        Call::DeleteBucketPolicy { bucket } => {
            let request = client.delete_bucket_policy().bucket(bucket).expected_bucket_owner(owner);
            aws.send(name("DeleteBucketPolicy", region), request.send()).await.map(drop)
        }
        Call::DeleteBucket { bucket } => {
            let request = client.delete_bucket().bucket(bucket).expected_bucket_owner(owner);
            aws.send(name("DeleteBucket", region), request.send()).await.map(drop)
        }
    }?;
    Ok(Outputs::new())
}

fn sdk_tags(tags: Tags) -> Vec<types::Tag> {
    let tag =
        |(key, value)| types::Tag::builder().key(key).value(value).build().expect("key and value are set");
    tags.into_iter().map(tag).collect()
}

fn sdk_ownership(ownership: ObjectOwnership) -> types::ObjectOwnership {
    match ownership {
        ObjectOwnership::BucketOwnerEnforced => types::ObjectOwnership::BucketOwnerEnforced,
        ObjectOwnership::BucketOwnerPreferred => types::ObjectOwnership::BucketOwnerPreferred,
        ObjectOwnership::ObjectWriter => types::ObjectOwnership::ObjectWriter,
    }
}
