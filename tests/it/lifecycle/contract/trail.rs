//! The attributes of trails.

use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, EventSelector, ReadWriteType, Tag,
};

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
log_groups: {one: {}}
roles: {one: {}}
",
    base: &["protect: false", "bucket: logs"],
    creates: &[
        "create bucket.logs",
        "create bucket.other",
        "create kms_key.one",
        "create log_group.one",
        "create role.one",
        "create topic.one",
        "create trail.audit",
    ],
    consent: "--delete-data logs --delete-data other --delete-data kms_key.one --delete-data log_group.one --allow-destroy logs --allow-destroy other --allow-destroy one",
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
            covers: &["events.name", "events.where"],
            needs: "",
            sets: "events: [{name: writes, where: {eventCategory: Management, readOnly: false}}]",
            shows: &["trail.audit events"],
            outside: |there| {
                Box::pin(async move {
                    let field = |name: &str, value: &str| {
                        AdvancedFieldSelector::builder().field(name).equals(value).build().unwrap()
                    };
                    let selector = AdvancedEventSelector::builder()
                        .name("reads")
                        .field_selectors(field("eventCategory", "Management"))
                        .field_selectors(field("readOnly", "true"))
                        .build()
                        .unwrap();
                    let put = there.cloudtrail().put_event_selectors().trail_name(TRAIL);
                    put.advanced_event_selectors(selector).send().await.unwrap();
                })
            },
            heals: &["trail.audit events"],
        },
        Row {
            covers: &[
                "basic_events.read_write",
                "basic_events.management",
                "basic_events.exclude_management_sources",
                "basic_events.data.type",
                "basic_events.data.values",
            ],
            needs: "",
            sets: "basic_events: [{read_write: WriteOnly, management: true, exclude_management_sources: [kms.amazonaws.com],
                data: [{type: 'AWS::S3::Object', values: ['arn:aws:s3:::one/']}]}]",
            shows: &["trail.audit basic_events", "trail.audit events"],
            outside: |there| {
                Box::pin(async move {
                    let selector = EventSelector::builder()
                        .read_write_type(ReadWriteType::ReadOnly)
                        .include_management_events(true);
                    let put = there.cloudtrail().put_event_selectors().trail_name(TRAIL);
                    put.event_selectors(selector.build()).send().await.unwrap();
                })
            },
            heals: &["trail.audit basic_events"],
        },
        Row {
            covers: &["insights.type", "insights.categories"],
            needs: "",
            sets: "insights: [{type: ApiCallRateInsight}, {type: ApiErrorRateInsight, categories: [Management]}]",
            shows: &["trail.audit insights"],
            outside: |there| {
                Box::pin(async move {
                    let put = there.cloudtrail().put_insight_selectors().trail_name(TRAIL);
                    put.set_insight_selectors(Some(Vec::new())).send().await.unwrap();
                })
            },
            heals: &["trail.audit insights"],
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
