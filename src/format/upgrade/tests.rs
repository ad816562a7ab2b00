//! Basic and advanced selectors that record the same events.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn upgraded(basic: Value) -> Result<Value, String> {
    let basic: Vec<BasicSelector> = serde_json::from_value(basic).unwrap();
    advanced(&basic).map(|selectors| serde_json::to_value(selectors).unwrap())
}

#[test]
fn every_form_has_its_equal() {
    let (object, function, table) = ("AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table");
    let data = |kind: &str, values: &[&str]| json!([{"management": false, "data": [{"type": kind, "values": values}]}]);
    let of_type = |kind: &str, arn: Option<Value>| {
        let mut conditions = json!({"eventCategory": "Data", "resources.type": kind});
        if let Some(arn) = arn {
            conditions["resources.ARN"] = arn;
        }
        json!([{"where": conditions}])
    };
    let lambda = "arn:aws:lambda:us-east-1:111122223333:function:f";
    let items = "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/t";
    let management = |more: Value| {
        let mut conditions = json!({"eventCategory": "Management"});
        conditions.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([{"where": conditions}])
    };
    for (basic, want) in [
        (json!([{}]), management(json!({}))),
        (json!([{"read_write": "ReadOnly"}]), management(json!({"readOnly": "true"}))),
        (json!([{"read_write": "WriteOnly"}]), management(json!({"readOnly": "false"}))),
        (
            json!([{"exclude_management_sources": ["kms.amazonaws.com"]}]),
            management(json!({"eventSource": {"not_equals": ["kms.amazonaws.com"]}})),
        ),
        (
            json!([{"exclude_management_sources": ["rdsdata.amazonaws.com", "kms.amazonaws.com"]}]),
            management(
                json!({"eventSource": {"not_equals": ["rdsdata.amazonaws.com", "kms.amazonaws.com"]}}),
            ),
        ),
        (data(object, &["arn:aws:s3"]), of_type(object, None)),
        (data(object, &["arn:aws:s3:::"]), of_type(object, None)),
        (data(object, &["arn:aws-us-gov:s3:::b/", "arn:aws-us-gov:s3"]), of_type(object, None)),
        (data(object, &["arn:${partition}:s3"]), of_type(object, None)),
        (
            data(object, &["arn:aws:s3:::b/", "arn:aws:s3:::b/p", "arn:aws:s3:::b/"]),
            of_type(object, Some(json!({"starts_with": ["arn:aws:s3:::b/", "arn:aws:s3:::b/p"]}))),
        ),
        (
            data(object, &["arn:aws:s3:::${var.bucket}/"]),
            of_type(object, Some(json!({"starts_with": ["arn:aws:s3:::${var.bucket}/"]}))),
        ),
        (data(function, &[lambda]), of_type(function, Some(json!(lambda)))),
        (
            data(function, &["arn:aws:lambda"]),
            of_type(function, Some(json!({"starts_with": ["arn:aws:lambda"]}))),
        ),
        (data(table, &[items]), of_type(table, Some(json!(items)))),
        (
            data(table, &["arn:aws-cn:dynamodb", items]),
            of_type(table, Some(json!({"equals": [items], "starts_with": ["arn:aws-cn:dynamodb"]}))),
        ),
    ] {
        assert_eq!(upgraded(basic.clone()), Ok(want), "{basic}");
    }
}

#[test]
fn one_selector_becomes_one_for_each_category_and_type() {
    let basic = json!([
        {"read_write": "WriteOnly", "data": [
            {"type": "AWS::S3::Object", "values": ["arn:aws:s3:::a/"]},
            {"type": "AWS::Lambda::Function", "values": ["arn:aws:lambda"]},
            {"type": "AWS::S3::Object", "values": ["arn:aws:s3:::b/"]},
        ]},
        {"read_write": "WriteOnly"},
    ]);
    let want = json!([
        {"where": {"eventCategory": "Management", "readOnly": "false"}},
        {"where": {"eventCategory": "Data", "readOnly": "false", "resources.type": "AWS::S3::Object",
            "resources.ARN": {"starts_with": ["arn:aws:s3:::a/", "arn:aws:s3:::b/"]}}},
        {"where": {"eventCategory": "Data", "readOnly": "false", "resources.type": "AWS::Lambda::Function",
            "resources.ARN": {"starts_with": ["arn:aws:lambda"]}}},
    ]);
    assert_eq!(upgraded(basic), Ok(want));
}

#[test]
fn what_has_no_equal_is_refused() {
    let data = |kind: &str, value: &str| {
        upgraded(json!([{"data": [{"type": kind, "values": [value]}]}])).unwrap_err()
    };
    assert!(data("AWS::S3::Object", "${var.arn}").contains("holds a variable"));
    assert!(data("AWS::Lambda::Function", "arn:aws:${var.service}").contains("holds a variable"));
    assert!(data("AWS::SNS::Topic", "arn:aws:sns").contains("do not know the type"));
    assert!(upgraded(json!([{"management": false}])).unwrap_err().contains("record nothing"));
    assert!(upgraded(json!([{"data": [{"type": "AWS::S3::Object", "values": []}]}])).is_err());
}

/// An event, as far as basic selectors look at it.
#[derive(Clone, Debug)]
struct Event {
    management: bool,
    read_only: bool,
    source: String,
    resource: Option<(String, Option<String>)>,
}

/// What CloudTrail's reference says of a basic selector.
fn basic_records(selector: &BasicSelector, event: &Event) -> bool {
    let fits = match selector.read_write {
        ReadWrite::All => true,
        ReadWrite::ReadOnly => event.read_only,
        ReadWrite::WriteOnly => !event.read_only,
    };
    if event.management {
        return fits && selector.management && !selector.exclude_management_sources.contains(&event.source);
    }
    let Some((kind, arn)) = &event.resource else { return false };
    let of_value = |value: &String| match (kind.as_str(), arn) {
        ("AWS::S3::Object", _) if value == "arn:aws:s3" || value == "arn:aws:s3:::" => true,
        (_, None) => false,
        ("AWS::S3::Object", Some(arn)) => arn.starts_with(value.as_str()),
        (_, Some(arn)) if value == "arn:aws:lambda" || value == "arn:aws:dynamodb" => {
            arn.starts_with(value.as_str())
        }
        (_, Some(arn)) => arn == value,
    };
    fits && selector.data.iter().any(|data| data.r#type == *kind && data.values.iter().any(of_value))
}

/// What the User Guide says of an advanced selector.
fn advanced_records(selector: &Selector, event: &Event) -> bool {
    selector.r#where.0.iter().all(|(field, condition)| {
        let category = if event.management { "Management" } else { "Data" };
        let resource = event.resource.as_ref();
        let value = match field.as_str() {
            "eventCategory" => Some(category),
            "readOnly" => Some(if event.read_only { "true" } else { "false" }),
            "eventSource" => Some(event.source.as_str()),
            "resources.type" => resource.map(|(kind, _)| kind.as_str()),
            "resources.ARN" => resource.and_then(|(_, arn)| arn.as_deref()),
            other => panic!("{other}"),
        };
        let [equals, starts, ends, not_equals, not_starts, not_ends] = condition.0.lists();
        let hits = |equals: &[String], starts: &[String], ends: &[String]| {
            value.is_some_and(|value| {
                equals.iter().any(|one| one == value)
                    || starts.iter().any(|one| value.starts_with(one.as_str()))
                    || ends.iter().any(|one| value.ends_with(one.as_str()))
            })
        };
        let asks_nothing = equals.is_empty() && starts.is_empty() && ends.is_empty();
        (asks_nothing || hits(equals, starts, ends)) && !hits(not_equals, not_starts, not_ends)
    })
}

const SOURCES: [&str; 4] =
    ["kms.amazonaws.com", "rdsdata.amazonaws.com", "s3.amazonaws.com", "lambda.amazonaws.com"];
/// Values and ARNs of each type: few, and near each other, so that they meet.
const ARNS: [(&str, &[&str]); 3] = [
    (
        "AWS::S3::Object",
        &[
            "arn:aws:s3",
            "arn:aws:s3:::",
            "arn:aws:s3:::a/",
            "arn:aws:s3:::a/p",
            "arn:aws:s3:::a/p/k",
            "arn:aws:s3:::ab/",
        ],
    ),
    (
        "AWS::Lambda::Function",
        &[
            "arn:aws:lambda",
            "arn:aws:lambda:us-east-1:111122223333:function:f",
            "arn:aws:lambda:us-east-1:111122223333:function:fg",
        ],
    ),
    (
        "AWS::DynamoDB::Table",
        &[
            "arn:aws:dynamodb",
            "arn:aws:dynamodb:us-east-1:111122223333:table/t",
            "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/1",
        ],
    ),
];

fn text(choices: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(choices).prop_map(str::to_owned)
}

fn data() -> impl Strategy<Value = DataResource> {
    prop::sample::select(&ARNS[..]).prop_flat_map(|(kind, arns)| {
        prop::collection::vec(text(arns), 1..4)
            .prop_map(|values| DataResource { r#type: kind.to_owned(), values })
    })
}

fn basic() -> impl Strategy<Value = BasicSelector> {
    let read_write = prop::sample::select(&[ReadWrite::All, ReadWrite::ReadOnly, ReadWrite::WriteOnly][..]);
    let excluded = prop::collection::vec(text(&SOURCES[..2]), 0..3);
    (read_write, any::<bool>(), excluded, prop::collection::vec(data(), 0..4)).prop_map(
        |(read_write, management, exclude_management_sources, data)| BasicSelector {
            read_write,
            management,
            exclude_management_sources,
            data,
        },
    )
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let resource = prop::sample::select(&ARNS[..])
        .prop_flat_map(|(kind, arns)| (Just(kind.to_owned()), prop::option::weighted(0.9, text(arns))));
    let event = (any::<bool>(), any::<bool>(), text(&SOURCES), prop::option::weighted(0.9, resource));
    prop::collection::vec(
        event.prop_map(|(management, read_only, source, resource)| Event {
            management,
            read_only,
            source,
            resource,
        }),
        40,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn both_forms_record_the_same_events(basic in prop::collection::vec(basic(), 1..5), events in events()) {
        match advanced(&basic) {
            Ok(advanced) => for event in &events {
                let was = basic.iter().any(|selector| basic_records(selector, event));
                let is = advanced.iter().any(|selector| advanced_records(selector, event));
                prop_assert_eq!(was, is, "{:?}\n{:?}", advanced, event);
            },
            Err(_) => prop_assert!(basic.iter().all(|one| !one.management && one.data.is_empty())),
        }
    }
}
