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
    assert_eq!(
        (&coverage["gained"], coverage["weakened"][0]["resource"].as_str()),
        (&json!([]), Some("trail audit"))
    );
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

#[test]
fn the_live_trails_are_asked_about_without_a_spec() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(&spec(", multi_region: false, global_service_events: false"));
    let _ = workspace.expect("apply --yes", 0);
    fs::rename(workspace.path().join("trailctl.yaml"), workspace.path().join("old.yaml")).unwrap();
    workspace.write("new.yaml", &spec(""));
    let event = |region: &str, account: &str| {
        json!({"eventVersion": "1.11", "eventCategory": "Management", "eventName": "RunInstances", "readOnly": false,
               "awsRegion": region, "recipientAccountId": account})
    };
    let account = &aws.endpoint.account;
    let lines = format!(
        "{}\n{}\n{}",
        event("us-east-1", account),
        event("eu-west-1", account),
        event("us-east-1", "444455556666")
    );
    workspace.write("events.json", &lines);
    aws.take_calls();
    let found =
        workspace.expect("--region us-east-1 coverage explain events.json --live --format json", 2).stdout;
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!((&found["events"], &found["recorded"]), (&json!(3), &json!(1)));
    let why: Vec<&Value> = found["explained"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["trails"][0]["outcome"]["unheard"])
        .collect();
    assert_eq!(why, [&json!("other_region"), &json!("other_account")]);
    let map = workspace.expect("--region us-east-1 coverage map --live", 0).stdout;
    assert!(map.lines().next().unwrap().contains("us-east-1  other Regions  global services"), "{map}");
    let same = workspace.expect("--region us-east-1 coverage diff live old.yaml", 0).stdout;
    assert_eq!(same, "Coverage: unchanged\n");
    let more = workspace.expect("--region us-east-1 coverage diff live new.yaml", 0).stdout;
    assert!(more.contains("newly recorded: a management event, in eu-west-1"), "{more}");
    let less = workspace.expect("--region us-east-1 coverage diff new.yaml live", 2).stdout;
    assert!(less.contains("no longer recorded: a management event, in eu-west-1 (by audit)"), "{less}");
    assert_eq!(aws.take_changes(), [""; 0]);
}

#[test]
fn events_come_packed_or_not_from_files_and_from_stdin() {
    use std::io::Write as _;
    let workspace = Workspace::new();
    workspace.spec(&spec(""));
    let event = |name: &str| {
        format!("{{\"eventVersion\": \"1.11\", \"eventName\": \"{name}\", \"awsRegion\": \"eu-west-1\"}}")
    };
    let log = format!("{{\"Records\": [{}, {}]}}", event("A"), event("B"));
    workspace.write("plain.json", &log);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(log.as_bytes()).unwrap();
    // A log that was put together of several packed ones.
    let packed = packed.finish().unwrap().repeat(2);
    fs::write(workspace.path().join("packed.json.gz"), packed).unwrap();
    let found = workspace.expect("coverage explain plain.json packed.json.gz", 0).stdout;
    assert!(found.ends_with("6 recorded by audit, the default\n6 of 6 events are recorded.\n"), "{found}");
    let mut command = workspace.command("coverage explain -");
    let mut child =
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(event("A").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "A in eu-west-1: recorded\n  audit: recorded, as all management events are\n"
    );
}

#[test]
fn pictures_of_a_map_are_one_document() {
    let workspace = Workspace::new();
    workspace.spec(&spec(&format!(", events: [{LEDGER}]")));
    let svg = workspace.expect("coverage map --format svg", 0).stdout;
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && svg.contains(">partial<"), "{svg}");
    let html = workspace.expect("coverage map --format html", 0).stdout;
    assert!(
        html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n") && html.contains(">none<"),
        "{html}"
    );
    let map: Value = serde_json::from_str(&workspace.expect("coverage map --format json", 0).stdout).unwrap();
    assert_eq!(
        map["rows"][2],
        json!({"category": "Data", "of": "AWS::S3::Object", "reads": false, "shares": ["partial", "impossible"]})
    );
}
