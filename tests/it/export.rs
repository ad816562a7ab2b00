//! Live trails become a spec, whose plan changes nothing but whose they are.

use std::sync::{Arc, Mutex};

use trailctl::{exit, sandbox::Sandbox};

use crate::{
    lifecycle::in_runtime,
    readme::blocks,
    support::{Endpoint, Local, Moment, Verdict, Workspace},
};

/// Trails of many shapes, with all that they can use.
const MANY: &str = "version: 1
stack: before
region: us-east-1
trails:
  plain: {bucket: export-logs}
  full:
    bucket: export-logs
    prefix: prod
    kms_key: key
    topic: topic
    cloudwatch_logs: {log_group: group}
    log_file_validation: false
    recursive_logging: false
    tags: {team: security, '007': 'yes'}
    events:
      - {name: 'all: \"writes\"', where: {eventCategory: Management, readOnly: false, eventSource: {not_equals: [kms.amazonaws.com]}}}
      - where: {eventCategory: Data, resources.type: 'AWS::S3::Object', resources.ARN: {starts_with: ['arn:aws:s3:::x/'], not_ends_with: [.tmp]}}
    insights: [{type: ApiErrorRateInsight}, {type: ApiCallRateInsight}]
    aggregation: [RESOURCE_ACCESS, API_ACTIVITY]
  stopped: {bucket: export-logs, region: eu-west-1, multi_region: false, global_service_events: false, logging: false}
  basic:
    name: basic_1.2
    bucket: export-logs
    region: eu-west-1
    basic_events: [{read_write: WriteOnly, management: true, exclude_management_sources: [kms.amazonaws.com], data: [{type: 'AWS::Lambda::Function', values: [arn:aws:lambda]}]}]
  same: {bucket: export-logs, region: ap-south-1, multi_region: false, prefix: same}
buckets: {export-logs: {}}
kms_keys: {key: {}}
topics: {topic: {}}
log_groups: {group: {}}
";

/// Takes the marks of the stack from all trails: they look as if other tools had made them.
async fn unmark(endpoint: &Endpoint) {
    for region in ["us-east-1", "eu-west-1", "ap-south-1"] {
        let client = endpoint.cloudtrail(region);
        for trail in client.describe_trails().include_shadow_trails(false).send().await.unwrap().trail_list()
        {
            let arn = trail.trail_arn().unwrap();
            let listed = client.list_tags().resource_id_list(arn).send().await.unwrap();
            let tags = listed.resource_tag_list()[0].tags_list().iter();
            let marks = tags.filter(|tag| tag.key().starts_with("trailctl:")).cloned().collect();
            client.remove_tags().resource_id(arn).set_tags_list(Some(marks)).send().await.unwrap();
        }
    }
}

/// Starts an AWS with trails that look as if other tools had made them.
fn of_other_tools() -> Local {
    let aws = Local::start();
    let before = Workspace::at(&aws.endpoint);
    before.spec(MANY);
    let _ = before.expect("apply --yes", exit::DONE);
    in_runtime(unmark(&aws.endpoint));
    aws
}

#[test]
fn what_other_tools_made_is_taken_over_unchanged() {
    let aws = of_other_tools();

    let workspace = Workspace::at(&aws.endpoint);
    aws.take_calls();
    let _ = workspace.expect("export --stack after --out trailctl.yaml", exit::DONE);
    let calls = aws.take_calls();
    assert!(calls.iter().all(|call| !call.mutates), "{calls:?}");
    // Each thing is asked once: which trails there are, what each of the three Regions says of its own, and what each trail tells by itself.
    let count = |operation: &str| calls.iter().filter(|call| call.operation == operation).count();
    for (operation, times) in [
        ("ListTrails", 1),
        ("DescribeTrails", 3),
        ("ListTags", 3),
        ("GetEventSelectors", 5),
        ("GetTrailStatus", 5),
        ("GetBucketPolicy", 1),
        ("DescribeKey", 1),
        ("GetTopicAttributes", 1),
        ("GetRole", 1),
    ] {
        assert_eq!(count(operation), times, "{operation}: {calls:?}");
    }
    let plan = workspace.expect("plan --format json --detailed-exitcode", exit::CHANGES);
    let mut changed: Vec<String> = plan.changes();
    changed.retain(|change| {
        let (_, path) = change.split_once(' ').unwrap();
        path != "protect" && !path.starts_with("tags.trailctl:")
    });
    assert_eq!(changed, [""; 0]);
    assert!(plan.stdout.contains("\"verdict\": \"unchanged\""), "{}", plan.stdout);
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.expect_no_changes();

    // What is the stack's is described without a word of taking it over, and the same again.
    let [first, second] = ["first.yaml", "second.yaml"].map(|name| {
        let _ = workspace.expect(&format!("export --stack after --out {name}"), exit::DONE);
        std::fs::read_to_string(workspace.path().join(name)).unwrap()
    });
    assert_eq!(first, second);
    assert!(!first.contains("adopt"), "{first}");
    let plan = workspace.expect("plan --detailed-exitcode --file first.yaml", exit::DONE);
    assert!(plan.stdout.ends_with("The account matches the spec.\n"), "{}", plan.stdout);
}

#[test]
fn a_trail_that_cannot_be_read_does_not_stop_the_others() {
    // How often selectors were asked for since that is watched.
    let asked = Arc::new(Mutex::new(None));
    let watch = Arc::clone(&asked);
    let aws = Local::asked(Sandbox::in_memory(), move |seen, _, moment| {
        let is_asked = seen.operation == "GetEventSelectors" && moment == Moment::Before;
        match watch.lock().unwrap().as_mut().filter(|_| is_asked) {
            Some(count) => {
                *count += 1;
                if *count == 1 { Verdict::Refuse } else { Verdict::Continue }
            }
            None => Verdict::Continue,
        }
    });
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(MANY);
    let _ = workspace.expect("apply --yes", exit::DONE);
    *asked.lock().unwrap() = Some(0);
    let output = workspace.expect("export --stack before --format json", exit::DONE);
    let export: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(export["trails"].as_array().unwrap().len(), 4, "{export:#}");
    let why = export["left_out"][0]["why"].as_str().unwrap();
    assert!(why.starts_with("cannot be read: cloudtrail:GetEventSelectors"), "{why}");
}

#[test]
fn trails_are_chosen_and_those_of_other_stacks_are_named() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(MANY);
    let _ = workspace.expect("apply --yes", exit::DONE);
    let output =
        workspace.expect("export --stack before --trail basic* --trail s* --home eu-west-1", exit::DONE);
    let keys: Vec<&str> =
        output.stdout.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':')).collect();
    let keys: Vec<&str> = keys.into_iter().filter(|key| !key.starts_with(' ')).collect();
    assert_eq!(keys, ["basic", "stopped"], "{}", output.stdout);
    // What the stack has is described with all that it has, asked or not.
    let _ = workspace.expect("export --stack before --out own.yaml", exit::DONE);
    let plan = workspace.expect("plan --detailed-exitcode --file own.yaml", exit::DONE);
    assert!(plan.stdout.ends_with("The account matches the spec.\n"), "{}", plan.stdout);
    let _ = workspace.expect("export --stack before --split --out parts", exit::DONE);
    let mut files: Vec<String> = std::fs::read_dir(workspace.path().join("parts"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, ["basic.yaml", "full.yaml", "plain.yaml", "same.yaml", "shared.yaml", "stopped.yaml"]);
    let full = std::fs::read_to_string(workspace.path().join("parts/full.yaml")).unwrap();
    assert!(full.contains("kms_keys:\n  key:") && !full.contains("buckets:"), "{full}");
    let plan = workspace.expect("plan --detailed-exitcode --file parts", exit::DONE);
    assert!(plan.stdout.ends_with("The account matches the spec.\n"), "{}", plan.stdout);
    let output = workspace.expect("export --stack other --trail plain", exit::ERROR);
    let words =
        "left out: arn:aws:cloudtrail:us-east-1:111122223333:trail/plain belongs to the stack `before`";
    assert!(output.stderr.contains(words), "{}", output.stderr);
    assert!(output.stderr.contains("there is no trail to describe"), "{}", output.stderr);
    assert_eq!(output.stdout, "");
    aws.take_calls();
    let output = workspace.expect("export --stack Bad/Stack", exit::USAGE);
    assert!(output.stderr.contains("`--stack`: "), "{}", output.stderr);
    assert_eq!(aws.take_calls(), []);
    // What is there already is not written over.
    let output = workspace.expect("export --stack before --out trailctl.yaml", exit::ERROR);
    assert!(output.stderr.contains("trailctl.yaml exists already; it was not changed"), "{}", output.stderr);
}

#[test]
fn the_steps_of_the_guide_take_trails_over() {
    let aws = of_other_tools();
    let workspace = Workspace::at(&aws.endpoint);
    let steps = blocks(include_str!("../../docs/migrate.md")).remove(0);
    assert_eq!(steps.lines().count(), 5, "{steps}");
    for step in steps.lines() {
        let _ = workspace.expect(step.strip_prefix("trailctl ").unwrap(), exit::DONE);
    }
    workspace.expect_no_changes();
}
