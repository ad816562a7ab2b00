//! Plans say where in the files of the spec a thing stands.

use serde_json::{Value, json};

use crate::support::{Local, Workspace};

const MAIN: &str = "version: 1
stack: places
buckets: {places-logs: {}}
trails:
  audit:
    bucket: places-logs
    events:
      - where: {eventCategory: Management}
";
const TEAM: &str = "version: 1
stack: places
event_fragments:
  shop:
    extends: audit
    events:
      - name: orders
        where: {eventCategory: Data, resources.type: 'AWS::S3::Object'}
";

#[tokio::test]
async fn a_plan_says_which_file_each_fragment_comes_from() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(MAIN);
    workspace.write("team.yaml", TEAM);
    let both = "-f trailctl.yaml -f team.yaml";
    let plan = workspace.expect(&format!("plan {both}"), 0).stdout;
    assert!(plan.contains("    events[1] is from team.yaml:7:9\n"), "{plan}");
    assert!(!plan.contains("events[0] is from"), "{plan}");
    let json: Value =
        serde_json::from_str(&workspace.expect(&format!("plan --format json {both}"), 0).stdout).unwrap();
    let trail =
        json["steps"].as_array().unwrap().iter().find(|step| step["address"] == "trail.audit").unwrap();
    assert_eq!(trail["from_elsewhere"], json!([{"part": "events[1]", "at": "team.yaml:7:9"}]));
    assert_eq!(trail["at"], "trailctl.yaml:5:3");
}

#[test]
fn more_fragments_than_a_trail_takes_are_packed() {
    use std::fmt::Write as _;
    let mut team = String::from("version: 1\nstack: places\nevent_fragments:\n");
    for number in 0..200 {
        let _ = writeln!(
            team,
            "  team-{number}: {{extends: audit, events: [{{where: {{eventCategory: Data, resources.type: AWS::S3::Object, resources.ARN: {{starts_with: ['arn:aws:s3:::team-{number}/']}}}}}}]}}"
        );
    }
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(MAIN);
    workspace.write("team.yaml", &team);
    let files = "-f trailctl.yaml -f team.yaml";
    let plan: Value =
        serde_json::from_str(&workspace.expect(&format!("plan --format json {files}"), 0).stdout).unwrap();
    let steps = plan["steps"].as_array().unwrap();
    let trail = steps.iter().find(|step| step["address"] == "trail.audit").unwrap();
    let starts =
        |number: usize| trail["attrs"]["events"][number]["where"]["resources.ARN"]["starts_with"].clone();
    assert_eq!(trail["attrs"]["events"].as_array().unwrap().len(), 2);
    assert_eq!(starts(1).as_array().unwrap().len(), 200);
    let elsewhere = trail["from_elsewhere"].as_array().unwrap();
    assert_eq!(elsewhere.len(), 200);
    assert_eq!(elsewhere[199], json!({"part": "events[1]", "at": "team.yaml:203:39"}));
    let _ = workspace.expect(&format!("apply --yes {files}"), 0);
    let _ = workspace.expect(&format!("plan --detailed-exitcode {files}"), 0);
}

#[tokio::test]
async fn refusals_and_notes_say_where_the_entry_is() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    let s3 = aws.endpoint.s3("us-east-1");
    s3.create_bucket().bucket("places-logs").send().await.unwrap();
    workspace.spec(MAIN);
    let output = workspace.expect("plan --format json", 3);
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(json["refused"][0]["code"], "no-owner");
    assert_eq!(json["refused"][0]["at"], "trailctl.yaml:3:11");

    workspace.spec(&MAIN.replace("places-logs: {}", "places-logs: {adopt: true}"));
    let _ = workspace.expect("apply --yes", 0);
    let bus = aws_sdk_s3::types::NotificationConfiguration::builder()
        .event_bridge_configuration(aws_sdk_s3::types::EventBridgeConfiguration::builder().build())
        .build();
    let put = s3.put_bucket_notification_configuration().bucket("places-logs");
    put.notification_configuration(bus).send().await.unwrap();
    let plan = workspace.expect("plan", 0).stdout;
    let note = "bucket.places-logs: there is a notification to EventBridge, which the spec does not have.\n  --> trailctl.yaml:3:11\n";
    assert!(plan.contains(note), "{plan}");
}
