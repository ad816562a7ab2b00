//! Insights and the aggregation of data events.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::{
    AggregationConfiguration, EventCategoryAggregation, EventSelector, InsightSelector, InsightType,
    MaxEventSize, ReadWriteType, SourceEventCategory, Template,
};

use super::*;

async fn with_trail() -> (Sandbox, Client) {
    let sandbox = with_bucket().await;
    let client = cloudtrail(&sandbox, ACCOUNT, REGION);
    client.create_trail().name("audit").s3_bucket_name(BUCKET).send().await.unwrap();
    (sandbox, client)
}

async fn log(client: &Client, selector: EventSelector) {
    client.put_event_selectors().trail_name("audit").event_selectors(selector).send().await.unwrap();
}

fn management(kind: ReadWriteType) -> EventSelector {
    EventSelector::builder().read_write_type(kind).include_management_events(true).build()
}

fn data() -> EventSelector {
    let all =
        aws_sdk_cloudtrail::types::DataResource::builder().r#type("AWS::S3::Object").values("arn:aws:s3");
    EventSelector::builder().include_management_events(false).data_resources(all.build()).build()
}

fn insight(kind: &str, categories: &[&str]) -> InsightSelector {
    let categories = categories.iter().map(|one| SourceEventCategory::from(*one)).collect::<Vec<_>>();
    InsightSelector::builder()
        .insight_type(InsightType::from(kind))
        .set_event_categories(Some(categories).filter(|list| !list.is_empty()))
        .build()
}

const CALLS: &str = "ApiCallRateInsight";
const ERRORS: &str = "ApiErrorRateInsight";

#[tokio::test]
async fn replaces_and_ends_insights() {
    let (sandbox, client) = with_trail().await;
    let get = || client.get_insight_selectors().trail_name("audit").send();
    let put = |list: Vec<InsightSelector>| {
        client.put_insight_selectors().trail_name("audit").set_insight_selectors(Some(list)).send()
    };
    refused(&sandbox, get(), "InsightNotEnabledException").await;
    put(vec![insight(CALLS, &[]), insight(ERRORS, &["Management"])]).await.unwrap();
    let seen = get().await.unwrap();
    assert_eq!(seen.trail_arn(), Some("arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit"));
    assert_eq!(seen.insight_selectors()[0].event_categories(), [SourceEventCategory::Management]);
    let trail = client.get_trail().name("audit").send().await.unwrap().trail.unwrap();
    assert_eq!(trail.has_insight_selectors(), Some(true));
    put(vec![insight(ERRORS, &[])]).await.unwrap();
    assert_eq!(get().await.unwrap().insight_selectors().len(), 1);
    put(Vec::new()).await.unwrap();
    refused(&sandbox, get(), "InsightNotEnabledException").await;
    refused(&sandbox, client.get_insight_selectors().trail_name("no").send(), "InvalidTrailNameException")
        .await;
    let absent = client.get_insight_selectors().trail_name("absent");
    refused(&sandbox, absent.send(), "TrailNotFoundException").await;
}

#[tokio::test]
async fn needs_the_events_that_insights_come_from() {
    let (sandbox, client) = with_trail().await;
    let put = |list: Vec<InsightSelector>| {
        client.put_insight_selectors().trail_name("audit").set_insight_selectors(Some(list)).send()
    };
    let invalid = "InvalidInsightSelectorsException";
    for bad in [
        vec![insight("Surprise", &[])],
        vec![insight(CALLS, &["Surprise"])],
        vec![insight(CALLS, &["Management", "Management"])],
        vec![insight(CALLS, &[]), insight(CALLS, &[])],
        vec![insight(CALLS, &["Data"])],
        vec![insight(ERRORS, &["Management", "Data"])],
    ] {
        refused(&sandbox, put(bad), invalid).await;
    }
    log(&client, management(ReadWriteType::ReadOnly)).await;
    refused(&sandbox, put(vec![insight(CALLS, &[])]), invalid).await;
    put(vec![insight(ERRORS, &[])]).await.unwrap();
    let put_data = client.put_event_selectors().trail_name("audit").event_selectors(data());
    refused(&sandbox, put_data.send(), "InvalidEventSelectorsException").await;
    log(&client, management(ReadWriteType::WriteOnly)).await;
    put(vec![insight(CALLS, &[])]).await.unwrap();
    put(Vec::new()).await.unwrap();
    log(&client, data()).await;
    refused(&sandbox, put(vec![insight(ERRORS, &[])]), invalid).await;
    put(vec![insight(CALLS, &["Data"]), insight(ERRORS, &["Data"])]).await.unwrap();
    put_policy(&sandbox, BUCKET, &bucket_policy("x/", "*")).await;
    refused(&sandbox, put(vec![insight(CALLS, &["Data"])]), "InsufficientS3BucketPolicyException").await;
}

#[tokio::test]
async fn knows_the_events_of_advanced_selectors() {
    let (sandbox, client) = with_trail().await;
    let select = |fields: &Value| json!({"TrailName": "audit", "AdvancedEventSelectors": [{"FieldSelectors": fields}]});
    let reads = json!([{"Field": "eventCategory", "Equals": ["Management"]},
        {"Field": "readOnly", "Equals": ["true"]}]);
    assert_eq!(raw(&sandbox, "PutEventSelectors", REGION, &select(&reads)).0, 200);
    let put = |kind: &str, category: &str| {
        client
            .put_insight_selectors()
            .trail_name("audit")
            .insight_selectors(insight(kind, &[category]))
            .send()
    };
    refused(&sandbox, put(CALLS, "Management"), "InvalidInsightSelectorsException").await;
    put(ERRORS, "Management").await.unwrap();
    client
        .put_insight_selectors()
        .trail_name("audit")
        .set_insight_selectors(Some(Vec::new()))
        .send()
        .await
        .unwrap();
    let objects = json!([{"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]);
    assert_eq!(raw(&sandbox, "PutEventSelectors", REGION, &select(&objects)).0, 200);
    refused(&sandbox, put(ERRORS, "Management"), "InvalidInsightSelectorsException").await;
    put(CALLS, "Data").await.unwrap();
}

fn aggregation(category: &str, templates: &[&str]) -> AggregationConfiguration {
    AggregationConfiguration::builder()
        .event_category(EventCategoryAggregation::from(category))
        .set_templates(Some(templates.iter().map(|one| Template::from(*one)).collect()))
        .build()
        .unwrap()
}

#[tokio::test]
async fn aggregates_data_events() {
    let (sandbox, client) = with_trail().await;
    let get = async || {
        let seen = client.get_event_configuration().trail_name("audit").send().await.unwrap();
        seen.aggregation_configurations().to_vec()
    };
    assert_eq!(get().await, []);
    let put = |list: Vec<AggregationConfiguration>| {
        client.put_event_configuration().trail_name("audit").set_aggregation_configurations(Some(list)).send()
    };
    let invalid = "InvalidParameterException";
    let good = aggregation("Data", &["API_ACTIVITY", "USER_ACTIONS"]);
    refused(&sandbox, put(vec![good.clone()]), invalid).await;
    put(Vec::new()).await.unwrap();
    log(&client, data()).await;
    put(vec![good.clone()]).await.unwrap();
    assert_eq!(get().await, std::slice::from_ref(&good));
    for bad in [
        vec![good.clone(), good.clone()],
        vec![aggregation("Management", &["API_ACTIVITY"])],
        vec![aggregation("Data", &["SURPRISE"])],
        vec![aggregation("Data", &[])],
        vec![aggregation("Data", &["API_ACTIVITY", "API_ACTIVITY"])],
    ] {
        refused(&sandbox, put(bad), invalid).await;
    }
    refused(&sandbox, client.put_event_configuration().trail_name("audit").send(), invalid).await;
    let size = client.put_event_configuration().trail_name("audit").max_event_size(MaxEventSize::Large);
    refused(&sandbox, size.send(), "InvalidParameterCombinationException").await;
    let select = client.put_event_selectors().trail_name("audit");
    let select = select.event_selectors(management(ReadWriteType::All));
    refused(&sandbox, select.send(), "InvalidEventSelectorsException").await;
    put(Vec::new()).await.unwrap();
    assert_eq!(get().await, []);
    log(&client, management(ReadWriteType::All)).await;
}

#[tokio::test]
async fn ends_insights_when_logging_stops() {
    let (sandbox, client) = with_trail().await;
    let get = || client.get_insight_selectors().trail_name("audit").send();
    let put =
        || client.put_insight_selectors().trail_name("audit").insight_selectors(insight(CALLS, &[])).send();
    put().await.unwrap();
    assert_eq!(get().await.unwrap().insight_selectors().len(), 1);
    client.start_logging().name("audit").send().await.unwrap();
    assert_eq!(get().await.unwrap().insight_selectors().len(), 1);
    client.stop_logging().name("audit").send().await.unwrap();
    refused(&sandbox, get(), "InsightNotEnabledException").await;
    let trail = client.get_trail().name("audit").send().await.unwrap().trail.unwrap();
    assert_eq!(trail.has_insight_selectors(), Some(false));
    put().await.unwrap();
    assert_eq!(get().await.unwrap().insight_selectors().len(), 1);
    let status = client.get_trail_status().name("audit").send().await.unwrap();
    assert_eq!(status.is_logging(), Some(false));
    client.delete_trail().name("audit").send().await.unwrap();
    client.create_trail().name("audit").s3_bucket_name(BUCKET).send().await.unwrap();
    refused(&sandbox, get(), "InsightNotEnabledException").await;
}

#[tokio::test]
async fn looks_at_bucket_and_key_again_for_insights_and_at_nothing_else() {
    let (sandbox, client) = with_trail().await;
    let topics = sns(&sandbox, ACCOUNT, REGION);
    let statement = json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "SNS:Publish", "Resource": "arn:aws:sns:eu-west-1:111122223333:trail"});
    let policy = json!({"Statement": [statement]}).to_string();
    topics.create_topic().name("trail").attributes("Policy", policy).send().await.unwrap();
    client.update_trail().name("audit").sns_topic_name("trail").send().await.unwrap();
    topics.delete_topic().topic_arn("arn:aws:sns:eu-west-1:111122223333:trail").send().await.unwrap();
    let put = || client.put_insight_selectors().trail_name("audit").insight_selectors(insight(CALLS, &[]));
    put().send().await.unwrap();
    let update = client.update_trail().name("audit");
    refused(&sandbox, update.send(), "InsufficientSnsTopicPolicyException").await;
    s3(&sandbox, ACCOUNT, REGION).delete_bucket().bucket(BUCKET).send().await.unwrap();
    refused(&sandbox, put().send(), "S3BucketDoesNotExistException").await;
}
