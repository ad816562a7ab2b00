//! Event selectors, in tables of JSON.

use super::*;

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:f";
const TABLE: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/t";

async fn with_trail() -> Sandbox {
    let sandbox = with_bucket().await;
    let create = cloudtrail(&sandbox, ACCOUNT, REGION).create_trail().name("audit").s3_bucket_name(BUCKET);
    create.send().await.unwrap();
    sandbox
}

/// Puts selectors and says whether they are taken. Refused ones must leave the state alone.
fn takes(sandbox: &Sandbox, members: &Value) -> bool {
    let before = sandbox.state().unwrap();
    let mut body = members.clone();
    body["TrailName"] = json!("audit");
    match raw(sandbox, "PutEventSelectors", REGION, &body) {
        (200, _) => true,
        (status, answer) => {
            assert_eq!((status, answer["__type"].as_str()), (400, Some("InvalidEventSelectorsException")));
            assert_eq!(sandbox.state().unwrap(), before);
            false
        }
    }
}

fn check(sandbox: &Sandbox, member: &str, taken: bool, cases: &[Value]) {
    for case in cases {
        assert_eq!(takes(sandbox, &json!({member: case})), taken, "{case}");
    }
}

fn data(kind: &str, values: &Value) -> Value {
    json!([{"DataResources": [{"Type": kind, "Values": values}]}])
}

fn many(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("arn:aws:s3:::b{number}/")).collect()
}

/// One advanced selector: a category with further fields.
fn advanced(category: &str, fields: &[Value]) -> Value {
    let mut all = vec![json!({"Field": "eventCategory", "Equals": [category]})];
    all.extend_from_slice(fields);
    json!([{"FieldSelectors": all}])
}

fn kind(kind: &str) -> Value {
    json!({"Field": "resources.type", "Equals": [kind]})
}

#[tokio::test]
async fn takes_basic_selectors() {
    let sandbox = with_trail().await;
    let s3 = "AWS::S3::Object";
    let cases = [
        json!([{}]),
        json!([{"ReadWriteType": "ReadOnly"}, {"ReadWriteType": "WriteOnly"}]),
        json!([{"ExcludeManagementEventSources": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]}]),
        json!([{}, {}, {}, {}, {}]),
        json!([{"IncludeManagementEvents": false, "DataResources": [{"Type": s3, "Values": ["arn:aws:s3"]}]}]),
        data(s3, &json!(["arn:aws:s3:::", "arn:aws:s3:::bucket/", "arn:aws:s3:::bucket/pre"])),
        data("AWS::Lambda::Function", &json!(["arn:aws:lambda", FUNCTION])),
        data("AWS::DynamoDB::Table", &json!(["arn:aws:dynamodb", TABLE])),
        data(s3, &json!(many(250))),
    ];
    check(&sandbox, "EventSelectors", true, &cases);
    // "All" does not count.
    let mut all = many(250);
    all.push("arn:aws:s3:::".to_owned());
    check(&sandbox, "EventSelectors", true, &[data(s3, &json!(all))]);
}

#[tokio::test]
async fn refuses_basic_selectors() {
    let sandbox = with_trail().await;
    let s3 = "AWS::S3::Object";
    let half = data(s3, &json!(many(126)))[0].clone();
    let cases = [
        json!([]),
        json!([{}, {}, {}, {}, {}, {}]),
        json!([{"ReadWriteType": "Some"}]),
        json!([{"IncludeManagementEvents": false}]),
        json!([{"ExcludeManagementEventSources": ["s3.amazonaws.com"]}]),
        json!([{
            "IncludeManagementEvents": false,
            "DataResources": [{"Type": s3, "Values": ["arn:aws:s3"]}],
            "ExcludeManagementEventSources": ["kms.amazonaws.com"],
        }]),
        data("AWS::SNS::Topic", &json!(["arn:aws:sns"])),
        data(s3, &json!([])),
        data(s3, &json!(["arn:aws:s3:::*"])),
        data(s3, &json!(["arn:aws:s3:::bucket"])),
        data(s3, &json!(["arn:aws-cn:s3:::bucket/"])),
        data(s3, &json!([FUNCTION])),
        data(s3, &json!(["bucket/"])),
        data("AWS::Lambda::Function", &json!([TABLE])),
        data("AWS::Lambda::Function", &json!(["arn:aws:lambda:::"])),
        data("AWS::Lambda::Function", &json!(["arn:aws:lambda:eu-west-1:111122223333:function/f"])),
        data("AWS::Lambda::Function", &json!([format!("{FUNCTION}*")])),
        data("AWS::DynamoDB::Table", &json!(["arn:aws:s3"])),
        data(s3, &json!(many(251))),
        json!([half, half]),
    ];
    check(&sandbox, "EventSelectors", false, &cases);
}

#[tokio::test]
async fn takes_advanced_selectors() {
    let sandbox = with_trail().await;
    let s3 = kind("AWS::S3::Object");
    let arn = "arn:aws:s3:::bucket/key";
    let wide: Vec<String> = (0..498).map(|number| format!("Event{number}")).collect();
    let cases = [
        advanced("Management", &[]),
        advanced("Management", &[json!({"Field": "readOnly", "Equals": ["true"]})]),
        advanced("Management", &[json!({"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]})]),
        advanced("Data", std::slice::from_ref(&s3)),
        advanced("Data", &[kind("AWS::Brand::New")]),
        advanced(
            "Data",
            &[s3.clone(), json!({"Field": "eventName", "StartsWith": ["Put"], "NotEquals": ["x"]})],
        ),
        advanced("Data", &[s3.clone(), json!({"Field": "eventType", "NotEquals": ["AwsServiceEvent"]})]),
        advanced("Data", &[s3.clone(), json!({"Field": "resources.ARN", "Equals": [arn]})]),
        advanced(
            "Data",
            &[s3.clone(), json!({"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::bucket/"]})],
        ),
        advanced(
            "Data",
            &[s3.clone(), json!({"Field": "resources.ARN", "EndsWith": ["key"], "NotEndsWith": ["x"]})],
        ),
        advanced("Data", &[s3.clone(), json!({"Field": "userIdentity.arn", "NotEquals": ["x"]})]),
        advanced(
            "Data",
            &[s3.clone(), json!({"Field": "sessionCredentialFromConsole", "NotEquals": ["true"]})],
        ),
        advanced(
            "Data",
            &[kind("AWS::Lambda::Function"), json!({"Field": "resources.ARN", "Equals": [FUNCTION]})],
        ),
        advanced("Data", &[s3.clone(), json!({"Field": "eventName", "Equals": wide})]),
        advanced("NetworkActivity", &[json!({"Field": "eventSource", "Equals": ["s3.amazonaws.com"]})]),
        advanced(
            "NetworkActivity",
            &[
                json!({"Field": "eventSource", "Equals": ["s3.amazonaws.com"]}),
                json!({"Field": "errorCode", "Equals": ["VpceAccessDenied"]}),
                json!({"Field": "vpcEndpointId", "StartsWith": ["vpce-"]}),
            ],
        ),
        json!([{"Name": "n".repeat(1000), "FieldSelectors": advanced("Management", &[])[0]["FieldSelectors"]}]),
    ];
    check(&sandbox, "AdvancedEventSelectors", true, &cases);
}

#[tokio::test]
async fn refuses_advanced_selectors() {
    let sandbox = with_trail().await;
    let s3 = kind("AWS::S3::Object");
    let field = |field: &str, operator: &str, values: Value| json!({"Field": field, operator: values});
    let with_s3 = |extra: Value| advanced("Data", &[s3.clone(), extra]);
    let source = field("eventSource", "Equals", json!(["s3.amazonaws.com"]));
    let network = |extra: Value| advanced("NetworkActivity", &[source.clone(), extra]);
    let wide: Vec<String> = (0..499).map(|number| format!("Event{number}")).collect();
    let cases = [
        json!([]),
        json!([{}]),
        json!([{"FieldSelectors": []}]),
        json!([{"FieldSelectors": [s3]}]),
        json!([{"FieldSelectors": [{"Field": "eventCategory", "NotEquals": ["Data"]}, s3]}]),
        json!([{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management", "Data"]}]}]),
        json!([{"Name": "n".repeat(1001), "FieldSelectors": advanced("Management", &[])[0]["FieldSelectors"]}]),
        advanced("Insight", &[]),
        advanced("management", &[]),
        advanced("Management", &[field("eventName", "Equals", json!(["x"]))]),
        advanced("Management", &[field("eventSource", "Equals", json!(["kms.amazonaws.com"]))]),
        advanced("Management", &[field("eventSource", "NotEquals", json!(["s3.amazonaws.com"]))]),
        advanced("Management", &[field("readOnly", "NotEquals", json!(["true"]))]),
        advanced("Management", &[field("readOnly", "Equals", json!(["yes"]))]),
        advanced("Management", &[field("readOnly", "Equals", json!(["true", "false"]))]),
        advanced("Management", std::slice::from_ref(&s3)),
        advanced("Data", &[]),
        advanced("Data", &[kind("S3")]),
        advanced("Data", &[field("resources.type", "StartsWith", json!(["AWS::S3"]))]),
        advanced("Data", &[field("resources.type", "Equals", json!(["AWS::S3::Object", "AWS::SNS::Topic"]))]),
        advanced("Data", &[s3.clone(), s3.clone()]),
        with_s3(field("eventName", "Equals", json!([]))),
        with_s3(json!({"Field": "eventName", "Equals": ["x"], "NotEquals": []})),
        with_s3(json!({"Field": "eventName"})),
        with_s3(field("eventName", "Equals", json!([""]))),
        with_s3(field("eventName", "Equals", json!(["x".repeat(2049)]))),
        with_s3(field("eventName", "Equals", json!(["Put*"]))),
        with_s3(field("eventName", "Equals", json!(wide))),
        with_s3(field("surprise", "Equals", json!(["x"]))),
        with_s3(field("errorCode", "Equals", json!(["VpceAccessDenied"]))),
        with_s3(field("sessionCredentialFromConsole", "Equals", json!(["false"]))),
        with_s3(field("sessionCredentialFromConsole", "StartsWith", json!(["true"]))),
        with_s3(field("resources.ARN", "Equals", json!([FUNCTION]))),
        with_s3(field("resources.ARN", "NotEquals", json!(["arn:aws:s3:::bucket"]))),
        advanced("Data", &[kind("AWS::SNS::Topic"), field("resources.ARN", "Equals", json!(["topic"]))]),
        advanced("NetworkActivity", &[]),
        advanced("NetworkActivity", &[field("eventSource", "NotEquals", json!(["s3.amazonaws.com"]))]),
        advanced("NetworkActivity", &[field("eventSource", "Equals", json!(["a", "b"]))]),
        network(field("errorCode", "Equals", json!(["AccessDenied"]))),
        network(field("readOnly", "Equals", json!(["true"]))),
        network(field("userIdentity.arn", "Equals", json!(["x"]))),
        network(s3.clone()),
    ];
    check(&sandbox, "AdvancedEventSelectors", false, &cases);
}

#[tokio::test]
async fn refuses_both_kinds_and_none() {
    let sandbox = with_trail().await;
    assert!(!takes(&sandbox, &json!({})));
    let both = json!({"EventSelectors": [{}], "AdvancedEventSelectors": advanced("Management", &[])});
    assert!(!takes(&sandbox, &both));
}

#[tokio::test]
async fn replaces_all_selectors_of_either_kind() {
    let sandbox = with_trail().await;
    let client = cloudtrail(&sandbox, ACCOUNT, REGION);
    let custom = || async {
        let trail = client.get_trail().name("audit").send().await.unwrap().trail.unwrap();
        trail.has_custom_event_selectors().unwrap()
    };
    let read = || client.get_event_selectors().trail_name("audit").send();
    let fresh = read().await.unwrap();
    let [selector] = fresh.event_selectors() else { panic!("{fresh:?}") };
    assert_eq!(selector.read_write_type().map(|kind| kind.as_str()), Some("All"));
    assert_eq!(selector.include_management_events(), Some(true));
    assert!(selector.data_resources().is_empty() && selector.exclude_management_event_sources().is_empty());
    assert!(fresh.advanced_event_selectors.is_none());
    assert!(!custom().await);

    let put = json!({"AdvancedEventSelectors": advanced("Data", &[kind("AWS::S3::Object")])});
    assert!(takes(&sandbox, &put));
    let seen = read().await.unwrap();
    assert_eq!(seen.advanced_event_selectors().len(), 1);
    assert_eq!(seen.advanced_event_selectors()[0].name(), None);
    assert!(seen.event_selectors.is_none());
    assert!(custom().await);

    assert!(takes(&sandbox, &json!({"EventSelectors": [{"ReadWriteType": "All"}]})));
    let seen = read().await.unwrap();
    assert_eq!(seen.event_selectors().len(), 1);
    assert!(seen.advanced_event_selectors.is_none());
    assert!(!custom().await);
    let absent = client.get_event_selectors().trail_name("absent").send();
    refused(&sandbox, absent, "TrailNotFoundException").await;
}
