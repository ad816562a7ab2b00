//! The calls that name one trail: by name and by ARN, at home and elsewhere.

use std::pin::Pin;

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::{EventSelector, Tag};

use super::*;

type Ask = fn(Client, String) -> Pin<Box<dyn Future<Output = String>>>;

/// Makes a call, and returns the code of its refusal.
macro_rules! ask {
    ($operation:ident, $named:ident $(, $setting:ident($($value:expr),*))*) => {
        (stringify!($operation), |client, id| {
            Box::pin(async move { code(client.$operation().$named(id)$(.$setting($($value),*))*.send().await) })
        })
    };
}

/// The calls that read.
const READS: [(&str, Ask); 5] = [
    ask!(get_trail, name),
    ask!(get_trail_status, name),
    ask!(get_event_selectors, trail_name),
    ask!(get_insight_selectors, trail_name),
    ask!(get_event_configuration, trail_name),
];

/// The calls that change something; the last one ends the trail.
const WRITES: [(&str, Ask); 7] = [
    ask!(update_trail, name, enable_log_file_validation(true)),
    ask!(put_event_selectors, trail_name, event_selectors(EventSelector::builder().build())),
    ask!(put_insight_selectors, trail_name, set_insight_selectors(Some(Vec::new()))),
    ask!(put_event_configuration, trail_name, set_aggregation_configurations(Some(Vec::new()))),
    ask!(start_logging, name),
    ask!(stop_logging, name),
    ask!(delete_trail, name),
];

fn tag() -> Tag {
    Tag::builder().key("team").value("a").build().unwrap()
}

/// The calls for tags, which take no name.
const TAGS: [(&str, Ask); 3] = [
    ask!(add_tags, resource_id, tags_list(tag())),
    ask!(list_tags, resource_id_list),
    ask!(remove_tags, resource_id, tags_list(tag())),
];

fn arn(region: &str, account: &str) -> String {
    format!("arn:aws:cloudtrail:{region}:{account}:trail/audit")
}

async fn with_trail(is_multi_region: bool) -> Sandbox {
    let sandbox = with_bucket().await;
    let create = cloudtrail(&sandbox, ACCOUNT, REGION).create_trail().name("audit").s3_bucket_name(BUCKET);
    create.is_multi_region_trail(is_multi_region).send().await.unwrap();
    sandbox
}

/// The code of an answer that is no refusal, except that a trail has no Insights.
fn fine(operation: &str) -> &str {
    if operation == "get_insight_selectors" { "InsightNotEnabledException" } else { "" }
}

#[tokio::test]
async fn takes_the_arn_as_the_name_at_home() {
    for id in ["audit", &arn(REGION, ACCOUNT)] {
        let sandbox = with_trail(true).await;
        let here = || cloudtrail(&sandbox, ACCOUNT, REGION);
        for (operation, ask) in TAGS {
            let expected = if id == "audit" { "CloudTrailARNInvalidException" } else { "" };
            assert_eq!(ask(here(), id.to_owned()).await, expected, "{operation} {id}");
        }
        for (operation, ask) in READS.into_iter().chain(WRITES) {
            assert_eq!(ask(here(), id.to_owned()).await, fine(operation), "{operation} {id}");
        }
        assert!(here().list_trails().send().await.unwrap().trails().is_empty());
    }
}

#[tokio::test]
async fn shows_a_shadow_and_refuses_to_change_it() {
    let sandbox = with_trail(true).await;
    let before = sandbox.state().unwrap();
    let elsewhere = || cloudtrail(&sandbox, ACCOUNT, OTHER_REGION);
    let arn = arn(REGION, ACCOUNT);
    for (operation, ask) in READS {
        assert_eq!(ask(elsewhere(), arn.clone()).await, fine(operation), "{operation}");
        assert_eq!(ask(elsewhere(), "audit".to_owned()).await, "TrailNotFoundException", "{operation}");
    }
    for (operation, ask) in WRITES {
        for id in ["audit", &arn] {
            assert_eq!(
                ask(elsewhere(), id.to_owned()).await,
                "InvalidHomeRegionException",
                "{operation} {id}"
            );
        }
    }
    for (operation, ask) in TAGS {
        assert_eq!(ask(elsewhere(), arn.clone()).await, "CloudTrailARNInvalidException", "{operation}");
    }
    assert_eq!(sandbox.state().unwrap(), before);
}

#[tokio::test]
async fn refuses_the_arn_of_a_trail_that_is_not_there() {
    let sandbox = with_trail(false).await;
    let before = sandbox.state().unwrap();
    let (absent, region) = ("TrailNotFoundException", "CloudTrailARNInvalidException");
    for (account, at, id, expected) in [
        (ACCOUNT, OTHER_REGION, "audit", absent),
        (ACCOUNT, OTHER_REGION, &arn(REGION, ACCOUNT), region),
        (ACCOUNT, REGION, &format!("{}-2", arn(REGION, ACCOUNT)), absent),
        (ACCOUNT, REGION, &arn(REGION, ACCOUNT).replace("arn:aws:", "arn:aws-cn:"), region),
        (ACCOUNT, REGION, "arn:aws:cloudtrail:eu-west-1:1:trail/audit", region),
        (OTHER_ACCOUNT, REGION, &arn(REGION, ACCOUNT), absent),
    ] {
        for (operation, ask) in READS.into_iter().chain(WRITES) {
            let client = cloudtrail(&sandbox, account, at);
            assert_eq!(ask(client, id.to_owned()).await, expected, "{operation} {account} {at} {id}");
        }
    }
    assert_eq!(sandbox.state().unwrap(), before);
}
