//! The attributes of trails.

use aws_sdk_cloudtrail::types::Tag;

use super::{Contract, Row, There};

const TRAIL: &str = "audit";
const OPENED: &str = "bucket.logs policy.statements.Opened";

pub(super) static CONTRACT: Contract = Contract {
    name: "trail-contract",
    section: "trails",
    entries: "
trails: {audit: {$ENTRY}}
buckets: {logs: {name: $BUCKET-logs}, other: {name: $BUCKET-other}}
kms_keys: {one: {}}
topics: {one: {}}
log_groups: {one: {}, two: {}}
roles:
  one: {}
  wide: {policy: {statements: [{Effect: Allow, Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*'}]}}
",
    base: &["protect: false", "bucket: logs"],
    creates: &[
        "create bucket.logs",
        "create bucket.other",
        "create kms_key.one",
        "create log_group.one",
        "create log_group.two",
        "create role.one",
        "create role.wide",
        "create topic.one",
        "create trail.audit",
    ],
    consent: "--delete-data logs --delete-data other --delete-data kms_key.one --delete-data log_group.one --delete-data two --allow-destroy logs --allow-destroy other --allow-destroy one --allow-destroy two",
    rows: &[
        Row {
            covers: &["bucket"],
            needs: "",
            sets: "bucket: other",
            shows: &[
                "bucket.logs policy.statements.TrailctlLifeAclCheck",
                "bucket.logs policy.statements.TrailctlLifeWrite",
                "bucket.other policy.statements.TrailctlLifeAclCheck",
                "bucket.other policy.statements.TrailctlLifeWrite",
                "trail.audit bucket",
            ],
            outside: |there| {
                Box::pin(async move {
                    // The bucket has no statement for the trail any more.
                    there.open_bucket().await;
                    update(there).s3_bucket_name(there.logs()).send().await.unwrap();
                })
            },
            heals: &[OPENED, "trail.audit bucket"],
        },
        Row {
            covers: &["prefix"],
            needs: "",
            sets: "prefix: prod",
            shows: &["bucket.logs policy.statements.TrailctlLifeWrite", "trail.audit prefix"],
            outside: |there| {
                Box::pin(async move {
                    there.open_bucket().await;
                    update(there).s3_key_prefix("elsewhere").send().await.unwrap();
                })
            },
            heals: &[OPENED, "trail.audit prefix"],
        },
        Row {
            covers: &["kms_key"],
            needs: "",
            sets: "kms_key: one",
            shows: &[
                "kms_key.one policy.statements.TrailctlLifeDecrypt",
                "kms_key.one policy.statements.TrailctlLifeEncrypt",
                "kms_key.one policy.statements.TrailctlLifeUse",
                "trail.audit kms_key",
            ],
            outside: |there| {
                Box::pin(async move {
                    update(there).kms_key_id("").send().await.unwrap();
                })
            },
            heals: &["trail.audit kms_key"],
        },
        Row {
            covers: &["topic"],
            needs: "",
            sets: "topic: one",
            shows: &[
                "topic.one policy.statements.TrailctlLifeOwner",
                "topic.one policy.statements.TrailctlLifePublish",
                "trail.audit topic",
            ],
            outside: |there| {
                Box::pin(async move {
                    update(there).sns_topic_name("").send().await.unwrap();
                })
            },
            heals: &["trail.audit topic"],
        },
        Row {
            covers: &["cloudwatch_logs.log_group", "cloudwatch_logs.role"],
            needs: "",
            sets: "cloudwatch_logs: {log_group: one, role: one}",
            shows: &["role.one policy.statements.TrailctlLifeDeliver", "trail.audit cloudwatch_logs"],
            outside: |there| {
                Box::pin(async move {
                    let clear = update(there).cloud_watch_logs_log_group_arn("").cloud_watch_logs_role_arn("");
                    clear.send().await.unwrap();
                })
            },
            heals: &["trail.audit cloudwatch_logs"],
        },
        Row {
            covers: &["cloudwatch_logs.log_group"],
            needs: "cloudwatch_logs: {log_group: one, role: wide}",
            sets: "cloudwatch_logs: {log_group: two, role: wide}",
            shows: &["role.wide policy.statements.TrailctlLifeDeliver", "trail.audit cloudwatch_logs.log_group"],
            outside: |there| {
                Box::pin(async move {
                    let group = format!("{}:*", there.arn("logs", "log-group:one"));
                    let role = format!("arn:aws:iam::{}:role/wide", there.aws.account);
                    let set = update(there).cloud_watch_logs_log_group_arn(group).cloud_watch_logs_role_arn(role);
                    set.send().await.unwrap();
                })
            },
            heals: &["trail.audit cloudwatch_logs.log_group"],
        },
        Row {
            covers: &["cloudwatch_logs.role"],
            needs: "cloudwatch_logs: {log_group: one, role: wide}",
            sets: "cloudwatch_logs: {log_group: one, role: one}",
            shows: &[
                "role.one policy.statements.TrailctlLifeDeliver",
                "role.wide policy.statements.TrailctlLifeDeliver",
                "trail.audit cloudwatch_logs.role",
            ],
            outside: |there| {
                Box::pin(async move {
                    let group = format!("{}:*", there.arn("logs", "log-group:one"));
                    let role = format!("arn:aws:iam::{}:role/wide", there.aws.account);
                    let set = update(there).cloud_watch_logs_log_group_arn(group).cloud_watch_logs_role_arn(role);
                    set.send().await.unwrap();
                })
            },
            heals: &["trail.audit cloudwatch_logs.role"],
        },
        Row {
            covers: &["global_service_events"],
            needs: "multi_region: false, global_service_events: true",
            sets: "multi_region: false, global_service_events: false",
            shows: &["trail.audit global_service_events"],
            outside: |there| {
                Box::pin(async move {
                    update(there).include_global_service_events(true).send().await.unwrap();
                })
            },
            heals: &["trail.audit global_service_events"],
        },
        Row {
            covers: &["multi_region"],
            needs: "",
            sets: "multi_region: false, global_service_events: false",
            shows: &["trail.audit multi_region", "trail.audit global_service_events"],
            outside: |there| {
                Box::pin(async move {
                    let both = update(there).is_multi_region_trail(true).include_global_service_events(true);
                    both.send().await.unwrap();
                })
            },
            heals: &["trail.audit multi_region", "trail.audit global_service_events"],
        },
        Row {
            covers: &["log_file_validation"],
            needs: "",
            sets: "log_file_validation: false",
            shows: &["trail.audit log_file_validation"],
            outside: |there| {
                Box::pin(async move {
                    update(there).enable_log_file_validation(true).send().await.unwrap();
                })
            },
            heals: &["trail.audit log_file_validation"],
        },
        Row {
            covers: &["recursive_logging"],
            needs: "",
            sets: "recursive_logging: false",
            shows: &["trail.audit recursive_logging"],
            outside: |there| {
                Box::pin(async move {
                    update(there).recursive_logging(true).send().await.unwrap();
                })
            },
            heals: &["trail.audit recursive_logging"],
        },
        Row {
            covers: &["logging"],
            needs: "",
            sets: "logging: false",
            shows: &["trail.audit logging"],
            outside: |there| {
                Box::pin(async move {
                    there.cloudtrail().start_logging().name(TRAIL).send().await.unwrap();
                })
            },
            heals: &["trail.audit logging"],
        },
        Row {
            covers: &["aggregation"],
            needs: "events: [{where: {eventCategory: Data, resources.type: 'AWS::S3::Object'}}]",
            sets: "aggregation: [API_ACTIVITY, USER_ACTIONS]",
            shows: &["trail.audit aggregation"],
            outside: |there| {
                Box::pin(async move {
                    let put = there.cloudtrail().put_event_configuration().trail_name(TRAIL);
                    put.set_aggregation_configurations(Some(Vec::new())).send().await.unwrap();
                })
            },
            heals: &["trail.audit aggregation"],
        },
        Row {
            covers: &["tags"],
            needs: "",
            sets: "tags: {team: security}",
            shows: &["trail.audit tags.team"],
            outside: |there| {
                Box::pin(async move {
                    let tag = |key: &str| Tag::builder().key(key).value("theirs").build().unwrap();
                    let add = there.cloudtrail().add_tags().resource_id(there.arn("cloudtrail", "trail/audit"));
                    add.tags_list(tag("team")).tags_list(tag("other")).send().await.unwrap();
                })
            },
            heals: &["trail.audit tags.team", "trail.audit tags.other"],
        },
        Row {
            covers: &["protect"],
            needs: "",
            sets: "protect: true",
            shows: &["trail.audit protect"],
            outside: |there| {
                Box::pin(async move {
                    let tag = Tag::builder().key("trailctl:protect").value("false").build().unwrap();
                    let add = there.cloudtrail().add_tags().resource_id(there.arn("cloudtrail", "trail/audit"));
                    add.tags_list(tag).send().await.unwrap();
                })
            },
            heals: &["trail.audit protect"],
        },
    ],
};

fn update(
    there: &There<'_>,
) -> aws_sdk_cloudtrail::operation::update_trail::builders::UpdateTrailFluentBuilder {
    there.cloudtrail().update_trail().name(TRAIL)
}
