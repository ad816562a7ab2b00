//! The attributes of buckets.

use aws_sdk_s3::types::{self, ObjectLockRetentionMode as Mode};
use serde_json::{Value, json};

use super::{Contract, Row, There};

const PUBLIC: &[&str] = &["bucket.logs public_access_block"];

pub(super) static CONTRACT: Contract = Contract {
    name: "bucket-contract",
    section: "buckets",
    entries: "
buckets: {logs: {name: $BUCKET-logs, $ENTRY}, other: {name: $BUCKET-other}}
kms_keys: {one: {}}
",
    base: &["protect: false"],
    creates: &["create bucket.logs", "create bucket.other", "create kms_key.one"],
    // Access logs are in the other bucket where an endpoint writes them.
    consent: "--delete-data logs --delete-data kms_key.one --allow-destroy logs --allow-destroy other --allow-destroy one",
    rows: &[
        Row {
            covers: &["versioning"],
            needs: "",
            sets: "versioning: false",
            shows: &["bucket.logs versioning"],
            outside: |there| {
                Box::pin(async move {
                    let enabled = types::VersioningConfiguration::builder()
                        .status(types::BucketVersioningStatus::Enabled)
                        .build();
                    let put = there.s3().put_bucket_versioning().bucket(there.logs());
                    put.versioning_configuration(enabled).send().await.unwrap();
                })
            },
            heals: &["bucket.logs versioning"],
        },
        Row {
            covers: &["encryption.bucket_key"],
            needs: "encryption: {kms_key: one, bucket_key: true}",
            sets: "encryption: {kms_key: one, bucket_key: false}",
            shows: &["bucket.logs encryption.bucket_key"],
            outside: |there| Box::pin(async move { encrypt_with_key(there, true).await }),
            heals: &["bucket.logs encryption.bucket_key"],
        },
        Row {
            covers: &["encryption.kms_key"],
            needs: "",
            sets: "encryption: {kms_key: one, bucket_key: true}",
            shows: &["bucket.logs encryption.bucket_key", "bucket.logs encryption.kms_key"],
            outside: |there| Box::pin(async move { encrypt_with_s3(there).await }),
            heals: &["bucket.logs encryption.bucket_key", "bucket.logs encryption.kms_key"],
        },
        Row {
            covers: &["public_access_block.block_public_acls"],
            needs: "public_access_block: {block_public_acls: true, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: false}",
            sets: "public_access_block: {block_public_acls: false, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: false}",
            shows: &["bucket.logs public_access_block.block_public_acls"],
            outside: |there| Box::pin(async move { block(there, |block| block.restrict_public_buckets(false)).await }),
            heals: &["bucket.logs public_access_block.block_public_acls"],
        },
        Row {
            covers: &["public_access_block.ignore_public_acls"],
            needs: "public_access_block: {block_public_acls: true, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: false}",
            sets: "public_access_block: {block_public_acls: true, ignore_public_acls: false, block_public_policy: true, restrict_public_buckets: false}",
            shows: &["bucket.logs public_access_block.ignore_public_acls"],
            outside: |there| Box::pin(async move { block(there, |block| block.restrict_public_buckets(false)).await }),
            heals: &["bucket.logs public_access_block.ignore_public_acls"],
        },
        Row {
            covers: &["public_access_block.block_public_policy"],
            needs: "public_access_block: {block_public_acls: true, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: false}",
            sets: "public_access_block: {block_public_acls: true, ignore_public_acls: true, block_public_policy: false, restrict_public_buckets: false}",
            shows: &["bucket.logs public_access_block.block_public_policy"],
            outside: |there| Box::pin(async move { block(there, |block| block.restrict_public_buckets(false)).await }),
            heals: &["bucket.logs public_access_block.block_public_policy"],
        },
        Row {
            covers: &["public_access_block.restrict_public_buckets"],
            needs: "public_access_block: {block_public_acls: false, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: true}",
            sets: "public_access_block: {block_public_acls: false, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: false}",
            shows: &["bucket.logs public_access_block.restrict_public_buckets"],
            outside: |there| Box::pin(async move { block(there, |block| block.block_public_acls(false)).await }),
            heals: &["bucket.logs public_access_block.restrict_public_buckets"],
        },
        Row {
            covers: &["public_access_block"],
            needs: "",
            sets: "public_access_block: {block_public_acls: true, ignore_public_acls: false, block_public_policy: true,
                restrict_public_buckets: false}",
            shows: PUBLIC,
            outside: |there| {
                Box::pin(async move {
                    there.s3().delete_public_access_block().bucket(there.logs()).send().await.unwrap();
                })
            },
            heals: PUBLIC,
        },
        Row {
            covers: &["object_ownership"],
            needs: "",
            sets: "object_ownership: BucketOwnerPreferred",
            shows: &["bucket.logs object_ownership"],
            outside: |there| {
                Box::pin(async move {
                    let rule = types::OwnershipControlsRule::builder()
                        .object_ownership(types::ObjectOwnership::ObjectWriter)
                        .build()
                        .unwrap();
                    let controls = types::OwnershipControls::builder().rules(rule).build().unwrap();
                    let put = there.s3().put_bucket_ownership_controls().bucket(there.logs());
                    put.ownership_controls(controls).send().await.unwrap();
                })
            },
            heals: &["bucket.logs object_ownership"],
        },
        Row {
            covers: &["tls_only"],
            needs: "",
            sets: "tls_only: false, policy: {statements: [{Sid: Mine, Effect: Deny, Principal: '*', Action: 's3:DeleteBucket',
                Resource: 'arn:aws:s3:::$BUCKET-logs'}]}",
            shows: &[
                "bucket.logs policy.statements.Mine",
                "bucket.logs policy.statements.TrailctlLifeTlsOnly",
            ],
            outside: |there| Box::pin(async move { there.open_bucket().await }),
            heals: &["bucket.logs policy.statements.Opened"],
        },
        policy_row!(id, "policy", "bucket.logs", "{Sid: Mine, Effect: Deny, Principal: '*', Action: 's3:DeleteBucket', Resource: 'arn:aws:s3:::$BUCKET-logs'}", document),
        policy_row!(version, "policy", "bucket.logs", "{Sid: Mine, Effect: Deny, Principal: '*', Action: 's3:DeleteBucket', Resource: 'arn:aws:s3:::$BUCKET-logs'}", document),
        policy_row!(statements, "policy", "bucket.logs", "{Sid: Mine, Effect: Deny, Principal: '*', Action: 's3:DeleteBucket', Resource: 'arn:aws:s3:::$BUCKET-logs'}", document, theirs),
        Row {
            covers: &["access_logs.bucket"],
            needs: "",
            sets: "access_logs: {bucket: other, prefix: logs/}",
            shows: &["bucket.logs access_logs", "bucket.other policy.statements.TrailctlLifeAccessLogs"],
            outside: |there| Box::pin(async move { access_logs_off(there).await }),
            heals: &["bucket.logs access_logs"],
        },
        Row {
            covers: &["access_logs.prefix"],
            needs: "access_logs: {bucket: other, prefix: old/}",
            sets: "access_logs: {bucket: other, prefix: new/}",
            shows: &["bucket.logs access_logs.prefix", "bucket.other policy.statements.TrailctlLifeAccessLogs"],
            outside: |there| Box::pin(async move { access_logs_off(there).await }),
            heals: &["bucket.logs access_logs"],
        },
        Row {
            covers: &["tags"],
            needs: "",
            sets: "tags: {team: security}",
            shows: &["bucket.logs tags.team"],
            outside: |there| {
                Box::pin(async move {
                    let bucket = there.logs();
                    let live = there.s3().get_bucket_tagging().bucket(&bucket).send().await.unwrap().tag_set;
                    let kept = live.into_iter().filter(|tag| tag.key() != "team").collect();
                    let tagging = types::Tagging::builder().set_tag_set(Some(kept)).build().unwrap();
                    there.s3().put_bucket_tagging().bucket(bucket).tagging(tagging).send().await.unwrap();
                })
            },
            heals: &["bucket.logs tags.team"],
        },
        Row {
            covers: &["protect"],
            needs: "",
            sets: "protect: true",
            shows: &["bucket.logs protect"],
            outside: |there| {
                Box::pin(async move {
                    let bucket = there.logs();
                    let live = there.s3().get_bucket_tagging().bucket(&bucket).send().await.unwrap().tag_set;
                    let kept = live.into_iter().filter(|tag| tag.key() != "trailctl:protect").collect();
                    let tagging = types::Tagging::builder().set_tag_set(Some(kept)).build().unwrap();
                    there.s3().put_bucket_tagging().bucket(bucket).tagging(tagging).send().await.unwrap();
                })
            },
            heals: &["bucket.logs protect"],
        },
        // The last ones: it cannot be taken back, only its retention can.
        Row {
            covers: &["object_lock.mode", "object_lock.days"],
            needs: "",
            sets: "object_lock: {mode: GOVERNANCE, days: 1}",
            shows: &["bucket.logs object_lock"],
            outside: |there| Box::pin(async move { retain(there, Mode::Governance, Some(2), None).await }),
            heals: &["bucket.logs object_lock.days"],
        },
        Row {
            covers: &["object_lock.mode"],
            needs: "object_lock: {mode: GOVERNANCE, days: 1}",
            sets: "object_lock: {mode: COMPLIANCE, days: 1}",
            shows: &["bucket.logs object_lock.mode"],
            outside: |there| Box::pin(async move { retain(there, Mode::Governance, Some(1), None).await }),
            heals: &["bucket.logs object_lock.mode"],
        },
        Row {
            covers: &["object_lock.days"],
            needs: "object_lock: {mode: GOVERNANCE, days: 1}",
            sets: "object_lock: {mode: GOVERNANCE, days: 2}",
            shows: &["bucket.logs object_lock.days"],
            outside: |there| Box::pin(async move { retain(there, Mode::Governance, None, Some(1)).await }),
            heals: &["bucket.logs object_lock.days", "bucket.logs object_lock.years"],
        },
        Row {
            covers: &["object_lock.years"],
            needs: "object_lock: {mode: GOVERNANCE, years: 1}",
            sets: "object_lock: {mode: GOVERNANCE, years: 2}",
            shows: &["bucket.logs object_lock.years"],
            outside: |there| Box::pin(async move { retain(there, Mode::Governance, None, Some(3)).await }),
            heals: &["bucket.logs object_lock.years"],
        },
    ],
};

/// Switches off one of the four settings that keep the public out; the others are on.
async fn block(
    there: &There<'_>,
    change: impl FnOnce(
        types::builders::PublicAccessBlockConfigurationBuilder,
    ) -> types::builders::PublicAccessBlockConfigurationBuilder,
) {
    let all = types::PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true);
    let put = there.s3().put_public_access_block().bucket(there.logs());
    put.public_access_block_configuration(change(all).build()).send().await.unwrap();
}

/// Takes the key that is the bucket's, with or without a bucket key.
async fn encrypt_with_key(there: &There<'_>, bucket_key: bool) {
    let live = there.s3().get_bucket_encryption().bucket(there.logs()).send().await.unwrap();
    let rules = live.server_side_encryption_configuration.unwrap().rules;
    let default = rules[0].apply_server_side_encryption_by_default.clone().unwrap();
    let rule = types::ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(default)
        .bucket_key_enabled(bucket_key)
        .build();
    let configuration = types::ServerSideEncryptionConfiguration::builder().rules(rule).build().unwrap();
    let put = there.s3().put_bucket_encryption().bucket(there.logs());
    put.server_side_encryption_configuration(configuration).send().await.unwrap();
}

async fn encrypt_with_s3(there: &There<'_>) {
    let default = types::ServerSideEncryptionByDefault::builder()
        .sse_algorithm(types::ServerSideEncryption::Aes256)
        .build()
        .unwrap();
    let rule =
        types::ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
    let configuration = types::ServerSideEncryptionConfiguration::builder().rules(rule).build().unwrap();
    let put = there.s3().put_bucket_encryption().bucket(there.logs());
    put.server_side_encryption_configuration(configuration).send().await.unwrap();
}

async fn document(there: &There<'_>, change: impl FnOnce(&mut Value)) {
    let (s3, bucket) = (there.s3(), there.logs());
    let text = s3.get_bucket_policy().bucket(&bucket).send().await.unwrap().policy.unwrap();
    let mut policy: Value = serde_json::from_str(&text).unwrap();
    change(&mut policy);
    s3.put_bucket_policy().bucket(bucket).policy(policy.to_string()).send().await.unwrap();
}

fn theirs(there: &There<'_>) -> Value {
    json!({"Sid": "Opened", "Effect": "Allow", "Principal": {"AWS": there.aws.account}, "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{}/*", there.logs())})
}

async fn access_logs_off(there: &There<'_>) {
    let off = types::BucketLoggingStatus::builder().build();
    let put = there.s3().put_bucket_logging().bucket(there.logs());
    put.bucket_logging_status(off).send().await.unwrap();
}

async fn retain(there: &There<'_>, mode: Mode, days: Option<i32>, years: Option<i32>) {
    let retention = types::DefaultRetention::builder().mode(mode).set_days(days).set_years(years).build();
    let rule = types::ObjectLockRule::builder().default_retention(retention).build();
    let lock = types::ObjectLockConfiguration::builder()
        .object_lock_enabled(types::ObjectLockEnabled::Enabled)
        .rule(rule)
        .build();
    let put = there.s3().put_object_lock_configuration().bucket(there.logs());
    put.object_lock_configuration(lock).send().await.unwrap();
}
