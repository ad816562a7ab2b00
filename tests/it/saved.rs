//! Saved plans: applied as they are, or not at all.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Local, Workspace};

const SPEC: &str = "version: 1\nstack: saved\nregion: us-east-1\ntrails: {audit: {bucket: saved-logs}}\nbuckets: {saved-logs: {}}\n";

fn start() -> (Local, Workspace) {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    (aws, workspace)
}

#[test]
fn who_saves_a_plan_is_told_the_command_that_applies_it() {
    let (_aws, workspace) = start();
    let spec = workspace.path().join("trailctl.yaml");
    fs::rename(spec, workspace.path().join("the spec.yaml")).unwrap();
    let mut command = workspace.command("plan --region us-east-1 -o plan.json");
    let saved = command.args(["-f", "the spec.yaml"]).output().unwrap();
    let said = String::from_utf8(saved.stderr).unwrap();
    let says = "Saved. `trailctl apply plan.json --file 'the spec.yaml' --region us-east-1` does just this";
    assert!(said.contains(says), "{said}");
    // The usual file is named where it is one of several.
    workspace.spec(SPEC);
    workspace.write("more.yaml", "version: 1\nstack: saved\ntags: {a: b}\n");
    let saved = workspace.expect("plan -f trailctl.yaml -f more.yaml -o plan.json", 0).stderr;
    assert!(saved.contains("--file trailctl.yaml --file more.yaml"), "{saved}");
}

#[test]
fn a_saved_plan_is_applied_once_and_nobody_is_asked() {
    let (aws, workspace) = start();
    let saved = workspace.expect("plan -o plan.json", 0);
    assert!(
        saved.stderr.contains("Saved. `trailctl apply plan.json` does just this, within a day."),
        "{saved:?}"
    );
    let plan: Value =
        serde_json::from_str(&fs::read_to_string(workspace.path().join("plan.json")).unwrap()).unwrap();
    assert!(plan["seal"]["sha256"].as_str().unwrap().len() == 64 && plan["seal"]["caller"].is_string());
    // Comments may come and go.
    workspace.spec(&format!("# reviewed\n{SPEC}"));
    let applied = workspace.expect("apply plan.json", 0).stdout;
    assert!(applied.contains("Done: 2 created, 0 updated, 0 deleted."), "{applied}");
    workspace.expect_no_changes();
    aws.take_calls();
    let again = workspace.expect("apply plan.json", 3).stderr;
    for words in [
        "the saved plan is not applied; nothing was changed:",
        "trail.audit in us-east-1 is new since it was made",
    ] {
        assert!(again.contains(words), "{again}");
    }
    assert_eq!(aws.take_changes(), [""; 0]);
}

#[tokio::test]
async fn a_plan_of_what_has_changed_is_refused() {
    let (aws, workspace) = start();
    let _ = workspace.expect("apply --yes", 0);
    workspace.spec(&SPEC.replace("bucket: saved-logs}", "bucket: saved-logs, tags: {a: b}}"));
    let _ = workspace.expect("plan -o plan.json", 0);
    let cloudtrail = aws.endpoint.cloudtrail("us-east-1");
    cloudtrail.stop_logging().name("audit").send().await.unwrap();
    aws.take_calls();
    let refused = workspace.expect("apply plan.json", 3).stderr;
    assert!(refused.contains("trail.audit in us-east-1 has changed since it was made"), "{refused}");
    // What would be done is not the same either.
    let _ = workspace.expect("apply plan.json --replan-if-identical", 3);
    assert_eq!(aws.take_changes(), [""; 0]);
    cloudtrail.start_logging().name("audit").send().await.unwrap();
    let _ = workspace.expect("apply plan.json", 0);
    workspace.expect_no_changes();
}

#[test]
fn what_changes_nothing_in_the_plan_may_change() {
    let (aws, workspace) = start();
    let _ = workspace.expect("apply --yes", 0);
    workspace.spec(&SPEC.replace("bucket: saved-logs}", "bucket: saved-logs, tags: {a: b}}"));
    let _ = workspace.expect("plan -o plan.json", 0);
    // A trail of others has come: what is recorded rests on it.
    let others = Workspace::at(&aws.endpoint);
    others.spec(&SPEC.replace("saved", "others").replace("audit", "theirs"));
    let _ = others.expect("apply --yes", 0);
    let refused = workspace.expect("apply plan.json", 3).stderr;
    assert!(refused.contains("trail.theirs in us-east-1 is new since it was made"), "{refused}");
    assert!(refused.contains("--replan-if-identical"), "{refused}");
    let _ = workspace.expect("apply plan.json --replan-if-identical", 0);
    workspace.expect_no_changes();
}

#[test]
fn an_edited_plan_another_spec_and_another_file_are_refused() {
    let (aws, workspace) = start();
    let _ = workspace.expect("plan -o plan.json", 0);
    let path = workspace.path().join("plan.json");
    let text = fs::read_to_string(&path).unwrap();
    let refused = |arguments: &str, words: &str| {
        let said = workspace.expect(arguments, 3).stderr;
        assert!(said.contains(words), "{words}: {said}");
    };
    fs::write(&path, text.replace("saved-logs", "saved-lags")).unwrap();
    refused("apply plan.json", "it was changed after it was written");
    let mut plan: Value = serde_json::from_str(&text).unwrap();
    plan["seal"] = Value::Null;
    fs::write(&path, plan.to_string()).unwrap();
    refused("apply plan.json", "it was not written by `plan -o`");
    fs::write(&path, &text).unwrap();
    workspace.spec(&SPEC.replace("saved-logs: {}", "saved-logs: {versioning: false}"));
    refused("apply plan.json", "the spec is not the one that it was made from");
    workspace.spec(SPEC);
    refused(
        &format!("apply plan.json --require-plan-sha256 {}", "0".repeat(64)),
        "which is not the required one",
    );
    assert_eq!(aws.take_changes(), [""; 0]);
    let sum = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()));
    let _ = workspace.expect(&format!("apply plan.json --require-plan-sha256 {sum}"), 0);
    for (arguments, code) in [
        ("apply plan.json --allow-coverage-loss", 64),
        ("apply --replan-if-identical", 64),
        ("apply nothing.json", 1),
        ("apply trailctl.yaml", 1),
    ] {
        let _ = workspace.expect(arguments, code);
    }
}

#[test]
fn a_saved_plan_carries_what_was_allowed() {
    let (_aws, workspace) = start();
    let _ = workspace.expect("apply --yes", 0);
    workspace.spec("version: 1\nstack: saved\nregion: us-east-1\nbuckets: {saved-logs: {}}\n");
    let _ = workspace.expect("plan -o refused.json --allow-destroy audit", 3);
    let refused = workspace.expect("apply refused.json", 3).stdout;
    assert!(refused.contains("refused [coverage-loss]"), "{refused}");
    let plan = workspace
        .expect("plan -o plan.json --allow-destroy audit --allow-coverage-loss --format json", 0)
        .stdout;
    let plan: Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan["seal"]["allowed"]["destroy"], json!(["audit"]));
    assert_eq!(plan["coverage"]["is_loss_allowed"], json!(true));
    let saved: Value =
        serde_json::from_str(&fs::read_to_string(workspace.path().join("plan.json")).unwrap()).unwrap();
    assert_eq!(saved, plan);
    let _ = workspace.expect("apply plan.json", 0);
    workspace.expect_no_changes();
}

#[test]
fn a_run_is_recorded_call_by_call() {
    let (aws, workspace) = start();
    let _ = workspace.expect("plan -o plan.json", 0);
    let _ = workspace.expect("apply plan.json --record record.jsonl", 0);
    let path = workspace.path().join("record.jsonl");
    let lines = || -> Vec<Value> {
        fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let all = lines();
    let of = |all: &[Value], what: &str| {
        all.iter().filter(|line| line["what"] == what).cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        (&all[0]["what"], &all[0]["command"], &all[0]["stack"]),
        (&json!("run"), &json!("apply"), &json!("saved"))
    );
    let plan: Value =
        serde_json::from_str(&fs::read_to_string(workspace.path().join("plan.json")).unwrap()).unwrap();
    assert_eq!(all[0]["plan_sha256"], plan["seal"]["sha256"]);
    // Each change is announced, and is a call with AWS's id and an outcome.
    let changes: Vec<String> =
        of(&all, "change").iter().map(|line| line["operation"].as_str().unwrap().to_owned()).collect();
    assert_eq!(changes, aws.take_changes());
    let calls = of(&all, "call");
    assert!(
        calls.iter().all(|call| call["outcome"] != "unknown" && call["request_id"].is_string()),
        "{calls:?}"
    );
    assert!(
        changes
            .iter()
            .all(|change| calls.iter().any(|call| call["operation"] == *change && call["outcome"] == "ok"))
    );
    assert_eq!(of(&all, "step").iter().filter(|step| step["outcome"] == "done").count(), 2);
    let last = all.last().unwrap();
    assert_eq!((&last["what"], &last["exit_code"]), (&json!("summary"), &json!(0)));
    // The next run is written behind it; what cannot be written is said before anything is done.
    let _ = workspace.expect("apply plan.json --record record.jsonl", 3);
    assert_eq!(lines().last().unwrap()["exit_code"], 3);
    let failed = workspace.expect("apply --yes --record nowhere/record.jsonl", 1).stderr;
    assert!(
        failed.contains("cannot write the record to nowhere/record.jsonl")
            && failed.contains("nothing was changed"),
        "{failed}"
    );
}
