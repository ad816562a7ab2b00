//! A plain matcher: whether a trail, as the embedded AWS keeps it, records an event. It is written from AWS's words and uses
//! nothing of the coverage room.

use std::collections::BTreeSet;

use serde_json::Value;

/// An event, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    account: &'static str,
    region: &'static str,
    category: &'static str,
    reads: bool,
    source: &'static str,
    name: &'static str,
    /// The type and ARN of the resource of a data event.
    resource: Option<(&'static str, String)>,
}

const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];
const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-southeast-2"];
const MANAGEMENT: [(&str, &str, bool); 5] = [
    ("ec2.amazonaws.com", "RunInstances", false),
    ("ec2.amazonaws.com", "DescribeInstances", true),
    ("kms.amazonaws.com", "Decrypt", true),
    ("kms.amazonaws.com", "CreateKey", false),
    ("iam.amazonaws.com", "CreateUser", false),
];
const DATA: [(&str, &str, bool, &str, &str); 6] = [
    ("s3.amazonaws.com", "PutObject", false, "AWS::S3::Object", "arn:aws:s3:::"),
    ("s3.amazonaws.com", "GetObject", true, "AWS::S3::Object", "arn:aws:s3:::"),
    (
        "lambda.amazonaws.com",
        "Invoke",
        false,
        "AWS::Lambda::Function",
        "arn:aws:lambda:eu-west-1:111122223333:",
    ),
    (
        "dynamodb.amazonaws.com",
        "PutItem",
        false,
        "AWS::DynamoDB::Table",
        "arn:aws:dynamodb:eu-west-1:111122223333:",
    ),
    (
        "dynamodb.amazonaws.com",
        "GetItem",
        true,
        "AWS::DynamoDB::Table",
        "arn:aws:dynamodb:eu-west-1:111122223333:",
    ),
    ("sns.amazonaws.com", "Publish", false, "AWS::SNS::Topic", "arn:aws:sns:eu-west-1:111122223333:"),
];
/// The services whose events are all in the leader Region.
const GLOBAL: &str = "iam.amazonaws.com";
const LEADER: &str = "us-east-1";

/// Makes events, with the ARNs that the selectors of some states name, and others.
pub(super) fn events(states: &[&Value]) -> Vec<Event> {
    let mut ends: BTreeSet<String> = ["x".to_owned()].into();
    for state in states {
        named(&state["trails"], &mut ends);
    }
    let mut events = Vec::new();
    for account in ACCOUNTS {
        for region in REGIONS {
            for (source, name, reads) in MANAGEMENT {
                let category = "Management";
                events.push(Event { account, region, category, reads, source, name, resource: None });
            }
            for (source, name, reads, kind, start) in DATA {
                for end in &ends {
                    let arn =
                        if end.starts_with("arn:") { format!("{end}/x") } else { format!("{start}{end}") };
                    let (category, resource) = ("Data", Some((kind, arn)));
                    events.push(Event { account, region, category, reads, source, name, resource });
                }
            }
        }
    }
    // A global service is only where it is.
    events.retain(|event| event.source != GLOBAL || event.region == LEADER);
    events
}

/// Collects the ARNs below a value.
fn named(value: &Value, arns: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.starts_with("arn:aws:s3:::") => drop(arns.insert(text.clone())),
        Value::Array(list) => list.iter().for_each(|one| named(one, arns)),
        Value::Object(map) => map.values().for_each(|one| named(one, arns)),
        _ => {}
    }
}

/// Returns whether a trail that logs records an event.
pub(super) fn records(trail_arn: &str, trail: &Value, event: &Event) -> bool {
    let settings = &trail["settings"];
    let mut parts = trail_arn.split(':').skip(3);
    let (home, owner) = (parts.next().unwrap(), parts.next().unwrap());
    let is_account = event.account == owner || settings["is_organization"] == true;
    let is_multi = settings["is_multi_region"] == true;
    let is_region = match event.source == GLOBAL {
        true => settings["include_global_service_events"] == true && (is_multi || home == LEADER),
        false => is_multi || event.region == home,
    };
    let is_selected = match (&trail["selectors"]["Basic"], &trail["selectors"]["Advanced"]) {
        (Value::Array(list), _) => list.iter().any(|one| basic(one, event)),
        (_, Value::Array(list)) => list.iter().any(|one| advanced(one, event)),
        _ => unreachable!("a trail has selectors of one kind"),
    };
    is_account && is_region && is_selected
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn basic(selector: &Value, event: &Event) -> bool {
    let kind = match selector["ReadWriteType"].as_str() {
        Some("ReadOnly") => event.reads,
        Some("WriteOnly") => !event.reads,
        _ => true,
    };
    kind && match &event.resource {
        None => {
            selector["IncludeManagementEvents"] == true
                && texts(&selector["ExcludeManagementEventSources"]).all(|source| source != event.source)
        }
        Some((kind, arn)) => selector["DataResources"].as_array().unwrap().iter().any(|one| {
            let is_start = |value: &str| *kind == "AWS::S3::Object" || value.matches(':').count() == 2;
            one["Type"] == *kind
                && texts(&one["Values"])
                    .any(|value| if is_start(value) { arn.starts_with(value) } else { arn == value })
        }),
    }
}

fn advanced(selector: &Value, event: &Event) -> bool {
    selector["FieldSelectors"].as_array().unwrap().iter().all(|field| {
        let value = match field["Field"].as_str().unwrap() {
            "eventCategory" => Some(event.category),
            "readOnly" => Some(if event.reads { "true" } else { "false" }),
            "eventSource" => Some(event.source),
            "eventName" => Some(event.name),
            "resources.type" => event.resource.as_ref().map(|(kind, _)| *kind),
            "resources.ARN" => event.resource.as_ref().map(|(_, arn)| arn.as_str()),
            other => unreachable!("the scenarios have no {other}"),
        };
        type Test = fn(&str, &str) -> bool;
        let tests: [(&str, &str, Test); 3] = [
            ("Equals", "NotEquals", |value, text| value == text),
            ("StartsWith", "NotStartsWith", |value, text| value.starts_with(text)),
            ("EndsWith", "NotEndsWith", |value, text| value.ends_with(text)),
        ];
        let has = |name: &str, test: Test| {
            texts(&field[name]).any(|text| value.is_some_and(|value| test(value, text)))
        };
        let selects = tests.iter().any(|(name, _, _)| texts(&field[*name]).next().is_some());
        (!selects || tests.iter().any(|(name, _, test)| has(name, *test)))
            && tests.iter().all(|(_, not, test)| !has(not, *test))
    })
}
