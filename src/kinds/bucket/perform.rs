//! How the requests that change a bucket are sent.

use aws_sdk_s3::{Client, types};

use super::{
    ObjectOwnership, RetentionMode,
    aws::name,
    calls::{Call, Status},
    lifecycle::{Rule, Transition},
};
use crate::{
    aws::{Aws, Use, error::AwsError},
    resource::{Outputs, ResourceId, owner::Tags},
};

/// Sends one request, in the bucket's Region, and only if the bucket belongs to the account.
pub(super) async fn perform(aws: &Aws, id: &ResourceId, call: Call) -> Result<Outputs, AwsError> {
    let region = &id.region;
    let client: Client = aws.client(region, Use::Change);
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
        Call::PutBucketLogging { bucket, target_bucket, target_prefix } => {
            let enabled = target_bucket.map(|target| {
                let target = types::LoggingEnabled::builder()
                    .target_bucket(target)
                    .target_prefix(target_prefix.unwrap_or_default());
                target.build().expect("bucket and prefix are set")
            });
            let status = types::BucketLoggingStatus::builder().set_logging_enabled(enabled).build();
            let request = client
                .put_bucket_logging()
                .bucket(bucket)
                .expected_bucket_owner(owner)
                .bucket_logging_status(status);
            aws.send(name("PutBucketLogging", region), request.send()).await.map(drop)
        }
        Call::PutObjectLockConfiguration { bucket, default_retention } => {
            let rule = default_retention.map(|retention| {
                let retention = types::DefaultRetention::builder()
                    .mode(match retention.mode {
                        RetentionMode::Governance => types::ObjectLockRetentionMode::Governance,
                        RetentionMode::Compliance => types::ObjectLockRetentionMode::Compliance,
                    })
                    .set_days(retention.days)
                    .set_years(retention.years);
                types::ObjectLockRule::builder().default_retention(retention.build()).build()
            });
            let configuration = types::ObjectLockConfiguration::builder()
                .object_lock_enabled(types::ObjectLockEnabled::Enabled)
                .set_rule(rule);
            let request = client
                .put_object_lock_configuration()
                .bucket(bucket)
                .expected_bucket_owner(owner)
                .object_lock_configuration(configuration.build());
            aws.send(name("PutObjectLockConfiguration", region), request.send()).await.map(drop)
        }
        Call::PutBucketLifecycleConfiguration { bucket, rules } => {
            let rules = rules.into_iter().map(sdk_rule).collect();
            let configuration = types::BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build();
            let request = client
                .put_bucket_lifecycle_configuration()
                .bucket(bucket)
                .expected_bucket_owner(owner)
                .lifecycle_configuration(configuration.expect("there are rules"));
            aws.send(name("PutBucketLifecycleConfiguration", region), request.send()).await.map(drop)
        }
        Call::DeleteBucketLifecycle { bucket } => {
            let request = client.delete_bucket_lifecycle().bucket(bucket).expected_bucket_owner(owner);
            aws.send(name("DeleteBucketLifecycle", region), request.send()).await.map(drop)
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

fn sdk_rule(rule: Rule) -> types::LifecycleRule {
    let transition = |to: &Transition| {
        types::Transition::builder()
            .days(to.days)
            .storage_class(types::TransitionStorageClass::from(to.storage_class.as_str()))
            .build()
    };
    let noncurrent = |to: &Transition| {
        types::NoncurrentVersionTransition::builder()
            .noncurrent_days(to.days)
            .storage_class(types::TransitionStorageClass::from(to.storage_class.as_str()))
            .build()
    };
    let some = |list: bool| list.then_some(());
    let expires = rule.expire_days.is_some() || rule.expire_delete_markers;
    let expiration = some(expires).map(|()| {
        types::LifecycleExpiration::builder()
            .set_days(rule.expire_days)
            .set_expired_object_delete_marker(rule.expire_delete_markers.then_some(true))
            .build()
    });
    let noncurrent_expiration = rule.noncurrent_expire_days.map(|days| {
        types::NoncurrentVersionExpiration::builder()
            .noncurrent_days(days)
            .set_newer_noncurrent_versions(rule.noncurrent_keep)
            .build()
    });
    let abort = rule
        .abort_multipart_days
        .map(|days| types::AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build());
    types::LifecycleRule::builder()
        .id(rule.id)
        .status(if rule.enabled {
            types::ExpirationStatus::Enabled
        } else {
            types::ExpirationStatus::Disabled
        })
        .filter(types::LifecycleRuleFilter::builder().prefix(rule.prefix).build())
        .set_transitions(
            some(!rule.transitions.is_empty()).map(|()| rule.transitions.iter().map(transition).collect()),
        )
        .set_expiration(expiration)
        .set_noncurrent_version_transitions(
            some(!rule.noncurrent_transitions.is_empty())
                .map(|()| rule.noncurrent_transitions.iter().map(noncurrent).collect()),
        )
        .set_noncurrent_version_expiration(noncurrent_expiration)
        .set_abort_incomplete_multipart_upload(abort)
        .build()
        .expect("the status is set")
}
