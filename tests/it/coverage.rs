//! What plan and apply do about what is recorded.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Local, Workspace};

const HEAD: &str = "version: 1\nstack: coverage\nregion: us-east-1\nbuckets: {coverage-logs: {}}\n";
const LEDGER: &str = "{where: {eventCategory: Data, resources.type: AWS::S3::Object, \
                      resources.ARN: {starts_with: [\"arn:aws:s3:::acme-ledger/\"]}}}";

fn spec(attrs: &str) -> String {
    format!("{HEAD}trails: {{audit: {{bucket: coverage-logs{attrs}}}}}\n")
}

#[test]
fn less_is_recorded_only_when_that_is_allowed() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(&spec(&format!(", events: [{{where: {{eventCategory: Management}}}}, {LEDGER}]")));
    let created = workspace.expect("apply --yes", 0).stdout;
    assert!(created.contains("Coverage: extended\n"), "{created}");
    workspace.spec(&spec(", log_file_validation: false"));
    let before = aws.sandbox.state().unwrap();
    for command in ["plan", "apply --yes"] {
        let refused = workspace.expect(command, 3).stdout;
        let lost = "any call on arn:aws:s3:::acme-ledger/x by anyone in any Region";
        for words in [
            "! trail.audit refused [coverage-loss]",
            "help: record these events, or allow to lose them with `--allow-coverage-loss`, for this run",
            "Coverage: reduced\n",
            &format!("- no longer recorded: {lost} (by audit)"),
            "! weakened: trail audit: log files can no longer be proved unchanged",
        ] {
            assert!(refused.contains(words), "{words}: {refused}");
        }
    }
    assert_eq!(aws.sandbox.state().unwrap(), before);
    let plan = workspace.expect("plan --format json --allow-coverage-loss -o plan.json", 0).stdout;
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let coverage = &plan["coverage"];
    assert_eq!((&coverage["verdict"], &coverage["is_loss_allowed"]), (&json!("reduced"), &json!(true)));
    assert_eq!(coverage["lost"][0]["event"]["resources.ARN"], "arn:aws:s3:::acme-ledger/x");
    assert_eq!(coverage["lost"][0]["recorded_by"], json!({"trail": "audit", "selector": 1}));
    assert_eq!((&coverage["gained"], coverage["weakened"][0]["trail"].as_str()), (&json!([]), Some("audit")));
    let saved = fs::read_to_string(workspace.path().join("plan.json")).unwrap();
    let saved: Value = serde_json::from_str(&saved).unwrap();
    assert_eq!(saved["coverage"], *coverage);
    let applied = workspace.expect("apply --yes --allow-coverage-loss", 0).stdout;
    assert!(applied.contains("Coverage: reduced, as allowed\n"), "{applied}");
    workspace.expect_no_changes();
}

#[test]
fn a_trail_of_others_counts() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(&spec("").replace("coverage", "others").replace("audit", "theirs"));
    let _ = workspace.expect("apply --yes", 0);
    workspace.spec(&spec(""));
    let _ = workspace.expect("apply --yes", 0);
    // The other trail records what this one leaves out.
    workspace.spec(&spec(&format!(", events: [{LEDGER}]")));
    let applied = workspace.expect("apply --yes", 0).stdout;
    assert!(applied.contains("Coverage: extended\n") && !applied.contains("no longer recorded"), "{applied}");
    workspace.expect_no_changes();
}

#[test]
fn destroy_loses_events_only_when_that_is_allowed() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(&spec(", protect: false"));
    let _ = workspace.expect("apply --yes", 0);
    let refused = workspace.expect("destroy --yes", 3).stdout;
    assert!(refused.contains("! trail.audit refused [coverage-loss]"), "{refused}");
    let _ = workspace.expect("destroy --yes --allow-coverage-loss", 0);
}

#[test]
fn an_expectation_that_does_not_hold_stops_everything() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    let expect = |account: &str| {
        format!(
            "{}expect: [{{must_record: {{eventCategory: Management, account: \"{account}\"}}}}]\n",
            spec("")
        )
    };
    workspace.spec(&expect("444455556666"));
    let output = workspace.expect("apply --yes", 1);
    assert!(
        output.stderr.contains("error[expectation-missed]: not all of these events are recorded"),
        "{output:?}"
    );
    assert!(aws.take_changes().is_empty());
    workspace.spec(&expect("${account}"));
    let _ = workspace.expect("apply --yes", 0);
}
