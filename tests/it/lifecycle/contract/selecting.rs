//! Which events a trail records, each attribute changed alone.

use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector, InsightSelector, InsightType,
    ReadWriteType, SourceEventCategory,
};

use super::{Contract, Row, There};

const TRAIL: &str = "audit";

/// A row of advanced selectors: `$change` is what others do to the one that is there.
macro_rules! advanced {
    ($attribute:literal, $before:literal, $after:literal, $change:expr) => {
        Row {
            covers: &[$attribute],
            needs: concat!("events: [", $before, "]"),
            sets: concat!("events: [", $after, "]"),
            shows: &["trail.audit events"],
            outside: |there| Box::pin(async move { change(there, $change).await }),
            heals: &["trail.audit events"],
        }
    };
}

/// A row of basic selectors: others put `$theirs` in their place.
macro_rules! basic {
    ($attribute:literal, $before:literal, $after:literal, $theirs:expr) => {
        Row {
            covers: &[concat!("basic_events.", $attribute)],
            needs: concat!("basic_events: [", $before, "]"),
            sets: concat!("basic_events: [", $after, "]"),
            shows: &["trail.audit basic_events"],
            outside: |there| Box::pin(async move { put(there, $theirs).await }),
            heals: &["trail.audit basic_events"],
        }
    };
}

pub(super) static CONTRACT: Contract = Contract {
    name: "selecting-contract",
    section: "trails",
    entries: "trails: {audit: {$ENTRY}}\nbuckets: {logs: {name: $BUCKET-logs}}\n",
    base: &["protect: false", "bucket: logs"],
    creates: &["create bucket.logs", "create trail.audit"],
    consent: "--delete-data logs --allow-destroy logs",
    rows: &[
        Row {
            covers: &["events.where"],
            needs: "",
            sets: "events: [{name: writes, where: {eventCategory: Management, readOnly: false}}]",
            shows: &["trail.audit events"],
            outside: |there| {
                Box::pin(async move {
                    let put = there.cloudtrail().put_event_selectors().trail_name(TRAIL);
                    let reads =
                        selector(vec![field("eventCategory", "Management"), field("readOnly", "true")]);
                    put.advanced_event_selectors(reads).send().await.unwrap();
                })
            },
            heals: &["trail.audit events"],
        },
        advanced!(
            "events.name",
            "{name: old, where: {eventCategory: Management, readOnly: false}}",
            "{name: new, where: {eventCategory: Management, readOnly: false}}",
            |selector| selector.name = Some("theirs".to_owned())
        ),
        advanced!(
            "events.where.eventName.equals",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: GetObject}}",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: PutObject}}",
            |selector| on(selector, "eventName").equals = Some(vec!["DeleteObject".to_owned()])
        ),
        advanced!(
            "events.where.eventName.starts_with",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: {starts_with: [Get]}}}",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: {starts_with: [Put]}}}",
            |selector| on(selector, "eventName").starts_with = Some(vec!["Delete".to_owned()])
        ),
        advanced!(
            "events.where.eventName.ends_with",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: {ends_with: [Object]}}}",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: {ends_with: [Acl]}}}",
            |selector| on(selector, "eventName").ends_with = Some(vec!["Tagging".to_owned()])
        ),
        advanced!(
            "events.where.eventName.not_equals",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: {not_equals: [GetObject]}}}",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: {not_equals: [PutObject]}}}",
            |selector| on(selector, "eventName").not_equals = Some(vec!["DeleteObject".to_owned()])
        ),
        advanced!(
            "events.where.eventName.not_starts_with",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: {not_starts_with: [Get]}}}",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: {not_starts_with: [Put]}}}",
            |selector| on(selector, "eventName").not_starts_with = Some(vec!["Delete".to_owned()])
        ),
        advanced!(
            "events.where.eventName.not_ends_with",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: {not_ends_with: [Object]}}}",
            "{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', eventName: {not_ends_with: [Acl]}}}",
            |selector| on(selector, "eventName").not_ends_with = Some(vec!["Tagging".to_owned()])
        ),
        Row {
            covers: &["basic_events.read_write"],
            needs: "",
            sets: "basic_events: [{read_write: WriteOnly}]",
            shows: &["trail.audit basic_events", "trail.audit events"],
            outside: |there| {
                Box::pin(
                    async move { put(there, management().read_write_type(ReadWriteType::ReadOnly)).await },
                )
            },
            heals: &["trail.audit basic_events"],
        },
        basic!(
            "management",
            "{management: true, data: [{type: 'AWS::S3::Object', values: ['arn:aws:s3:::one/']}]}",
            "{management: false, data: [{type: 'AWS::S3::Object', values: ['arn:aws:s3:::one/']}]}",
            management().data_resources(objects("one"))
        ),
        basic!(
            "exclude_management_sources",
            "{read_write: ReadOnly, exclude_management_sources: [kms.amazonaws.com]}",
            "{read_write: ReadOnly, exclude_management_sources: [rdsdata.amazonaws.com]}",
            management().read_write_type(ReadWriteType::ReadOnly)
        ),
        basic!(
            "data.type",
            "{management: false, data: [{type: 'AWS::S3::Object', values: ['arn:aws:s3']}]}",
            "{management: false, data: [{type: 'AWS::Lambda::Function', values: ['arn:aws:lambda']}]}",
            management().data_resources(
                DataResource::builder().r#type("AWS::DynamoDB::Table").values("arn:aws:dynamodb").build()
            )
        ),
        basic!(
            "data.values",
            "{management: false, data: [{type: 'AWS::S3::Object', values: ['arn:aws:s3:::one/']}]}",
            "{management: false, data: [{type: 'AWS::S3::Object', values: ['arn:aws:s3:::two/']}]}",
            management().include_management_events(false).data_resources(objects("three"))
        ),
    ],
};

pub(super) static INSIGHTS: Contract = Contract {
    name: "insights-contract",
    section: "trails",
    entries: "trails: {audit: {$ENTRY}}\nbuckets: {logs: {name: $BUCKET-logs}}\n",
    base: &[
        "protect: false",
        "bucket: logs",
        "events: [{where: {eventCategory: Management}}, {where: {eventCategory: Data, resources.type: 'AWS::S3::Object'}}]",
    ],
    creates: &["create bucket.logs", "create trail.audit"],
    consent: "--delete-data logs --allow-destroy logs",
    rows: &[
        Row {
            covers: &["insights.type"],
            needs: "insights: [{type: ApiCallRateInsight}]",
            sets: "insights: [{type: ApiErrorRateInsight}]",
            shows: &["trail.audit insights"],
            outside: |there| Box::pin(async move { insights(there, &[]).await }),
            heals: &["trail.audit insights"],
        },
        Row {
            covers: &["insights.categories"],
            needs: "insights: [{type: ApiErrorRateInsight}]",
            sets: "insights: [{type: ApiErrorRateInsight, categories: [Data]}]",
            shows: &["trail.audit insights"],
            outside: |there| {
                Box::pin(async move {
                    insights(there, &[SourceEventCategory::Data, SourceEventCategory::Management]).await;
                })
            },
            heals: &["trail.audit insights"],
        },
    ],
};

fn field(name: &str, value: &str) -> AdvancedFieldSelector {
    AdvancedFieldSelector::builder().field(name).equals(value).build().unwrap()
}

fn selector(fields: Vec<AdvancedFieldSelector>) -> AdvancedEventSelector {
    AdvancedEventSelector::builder().set_field_selectors(Some(fields)).build().unwrap()
}

/// Changes the one advanced selector.
async fn change(there: &There<'_>, change: impl FnOnce(&mut AdvancedEventSelector)) {
    let live = there.cloudtrail().get_event_selectors().trail_name(TRAIL).send().await.unwrap();
    let mut all = live.advanced_event_selectors.unwrap();
    change(&mut all[0]);
    let put = there.cloudtrail().put_event_selectors().trail_name(TRAIL);
    put.set_advanced_event_selectors(Some(all)).send().await.unwrap();
}

fn on<'a>(selector: &'a mut AdvancedEventSelector, field: &str) -> &'a mut AdvancedFieldSelector {
    selector.field_selectors.iter_mut().find(|one| one.field == field).unwrap()
}

fn management() -> aws_sdk_cloudtrail::types::builders::EventSelectorBuilder {
    EventSelector::builder().include_management_events(true)
}

fn objects(bucket: &str) -> DataResource {
    DataResource::builder().r#type("AWS::S3::Object").values(format!("arn:aws:s3:::{bucket}/")).build()
}

async fn put(there: &There<'_>, selector: aws_sdk_cloudtrail::types::builders::EventSelectorBuilder) {
    let put = there.cloudtrail().put_event_selectors().trail_name(TRAIL);
    put.event_selectors(selector.build()).send().await.unwrap();
}

/// Replaces the Insights by one of error rates for these categories; by none without categories.
async fn insights(there: &There<'_>, categories: &[SourceEventCategory]) {
    let one = || {
        let one = InsightSelector::builder().insight_type(InsightType::ApiErrorRateInsight);
        one.set_event_categories(Some(categories.to_vec())).build()
    };
    let all = if categories.is_empty() { Vec::new() } else { vec![one()] };
    let put = there.cloudtrail().put_insight_selectors().trail_name(TRAIL);
    put.set_insight_selectors(Some(all)).send().await.unwrap();
}
