//! The state of the embedded AWS: kept between runs, and whole when two processes use it at once.

use std::thread;

use serde_json::Value;
use trailctl::sandbox::Sandbox;

use crate::support::Workspace;

fn spec(number: usize) -> String {
    format!(
        "version: 1\nstack: state-{number}\ntrails: {{audit-{number}: {{bucket: state-logs-{number}}}}}\n\
         buckets: {{state-logs-{number}: {{}}}}\n"
    )
}

#[test]
fn the_quickstart_runs_in_the_sandbox_without_credentials() {
    let workspace = Workspace::new();
    workspace.spec(&spec(1));
    let output = workspace.expect("--sandbox plan --detailed-exitcode", 2);
    assert!(output.stdout.ends_with("Plan: 2 to create, 0 to update, 0 to delete.\n"));
    let _ = workspace.expect("--sandbox apply --yes", 0);
    let output = workspace.expect("--sandbox plan --detailed-exitcode", 0);
    assert_eq!(output.stdout, "No changes. The account matches the spec.\n");
    assert!(workspace.path().join(".trailctl-sandbox").is_dir());
}

#[test]
fn processes_on_one_directory_lose_nothing() {
    const PROCESSES: usize = 4;
    let workspace = Workspace::new();
    thread::scope(|scope| {
        for number in 1..=PROCESSES {
            let name = format!("{number}.yaml");
            workspace.write(&name, &spec(number));
            let workspace = &workspace;
            scope.spawn(move || {
                let _ = workspace.expect(&format!("--sandbox=aws -f {name} apply --yes"), 0);
            });
        }
    });
    for number in 1..=PROCESSES {
        let output = workspace.expect(&format!("--sandbox=aws -f {number}.yaml plan"), 0);
        assert_eq!(output.stdout, "No changes. The account matches the spec.\n");
    }
    let state = Sandbox::open(&workspace.path().join("aws")).unwrap().state().unwrap();
    let text = state.to_string();
    assert!((1..=PROCESSES).all(|number| text.contains(&format!("trail/audit-{number}"))), "{text}");
}

#[test]
fn a_damaged_state_is_an_error_and_stays_as_it_is() {
    let workspace = Workspace::new();
    workspace.spec(&spec(1));
    std::fs::create_dir(workspace.path().join("aws")).unwrap();
    workspace.write("aws/state.json", "{\"format\": \"trailctl.sandbox/1\", \"acc");
    let output = workspace.expect("--sandbox=aws apply --yes", 1);
    let says =
        "error: the sandbox state aws/state.json is damaged; delete it to start anew: EOF while parsing ";
    assert!(output.stderr.starts_with(says), "{}", output.stderr);
    assert!(output.stderr.contains("help: name another directory"), "{}", output.stderr);
    let left = std::fs::read_to_string(workspace.path().join("aws/state.json")).unwrap();
    assert_eq!(left, "{\"format\": \"trailctl.sandbox/1\", \"acc");
    // A file where the directory should be is left too, and the system's reason is said.
    let output = workspace.expect("--sandbox=trailctl.yaml plan", 1);
    assert!(
        output.stderr.starts_with("error: cannot use the sandbox at trailctl.yaml: "),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("(os error "), "{}", output.stderr);
    let output = workspace.expect("--sandbox=aws plan --output aws/state.json", 64);
    assert!(output.stderr.contains("would overwrite a file that is read"), "{}", output.stderr);
}

#[test]
fn a_plan_is_saved_whole_and_for_the_user_only() {
    let workspace = Workspace::new();
    workspace.spec(&spec(1));
    let shown = workspace.expect("--sandbox plan --format json -o plan.json", 0).stdout;
    let path = workspace.path().join("plan.json");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), shown);
    let plan: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(plan["format"], "trailctl.plan/1");
    assert_eq!(plan["steps"].as_array().map(Vec::len), Some(2));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let output = workspace.expect("--sandbox plan -o missing/plan.json", 1);
    assert!(output.stderr.contains("cannot write the plan to missing/plan.json"), "{}", output.stderr);
}

#[test]
fn calls_are_shown_with_their_parameters() {
    let workspace = Workspace::new();
    workspace.spec(&spec(1));
    let output = workspace.expect("--sandbox plan --calls", 0);
    for part in [
        "> s3:CreateBucket in us-east-1",
        "> cloudtrail:StartLogging in us-east-1",
        "IsMultiRegionTrail: true",
    ] {
        assert!(output.stdout.contains(part), "{part} in {}", output.stdout);
    }
}

#[test]
fn destroy_removes_the_trail_and_keeps_the_bucket() {
    let workspace = Workspace::new();
    workspace.spec(&spec(1));
    let _ = workspace.expect("--sandbox apply --yes", 0);
    let output = workspace.expect("--sandbox destroy --yes", 3);
    assert!(output.stdout.contains("trail.audit-1 refused [protected]"), "{}", output.stdout);
    let output = workspace.expect("--sandbox destroy --yes --allow-coverage-loss --allow-destroy audit-1", 0);
    assert!(output.stdout.contains("bucket.state-logs-1 is left alone"), "{}", output.stdout);
    let output = workspace
        .expect("--sandbox destroy --yes --delete-data state-logs-1 --allow-destroy state-logs-1", 0);
    assert!(output.stdout.ends_with("Done: 0 created, 0 updated, 1 deleted.\n"), "{}", output.stdout);
    let output = workspace.expect("--sandbox destroy --yes", 0);
    assert_eq!(output.stdout, "No changes. Nothing is left to remove.\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_an_error() {
    let workspace = Workspace::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = workspace.command("schema").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: cannot write the result: "));
}

#[test]
fn results_as_json_are_one_document_whatever_happens() {
    let workspace = Workspace::new();
    let document = |arguments: &str, code: u8| -> Value {
        let output = workspace.expect(arguments, code);
        serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("{arguments}: {error}: {}", output.stdout))
    };
    let missing = document("--sandbox plan --format json", 1);
    assert_eq!(missing["error"]["exit_code"], 1);
    workspace.spec("version: 1\n");
    assert_eq!(document("--sandbox plan --format json", 1)["diagnostics"][0]["code"], "missing-field");
    workspace.spec(&spec(1));
    assert_eq!(document("--sandbox apply --format json", 3)["error"]["exit_code"], 3);
    let applied = document("--sandbox apply --yes --format json", 0);
    assert_eq!(applied["format"], "trailctl.apply/1");
    assert_eq!(applied["outcome"]["done"], serde_json::json!([1, 2]));
    assert_eq!(document("--sandbox apply --format json", 0)["plan"]["steps"], serde_json::json!([]));
    let refused = document("--sandbox destroy --yes --format json", 3);
    assert_eq!(refused["plan"]["refused"][0]["code"], "protected");
    let _ = document("validate --format json", 0);
}
