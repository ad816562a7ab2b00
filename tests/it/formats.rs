//! One result in several formats, on stdout and in files.

use std::fs;

use serde_json::Value;
use trailctl::exit;

use crate::support::{Local, Workspace, sarif};

const SPEC: &str = "version: 1
stack: formats
region: us-east-1
trails:
  audit: {bucket: formats-logs}
buckets:
  formats-logs: {}
";
const ALL: &str = "--output plan.md --output plan.json --output plan.sarif --output plan.xml --output github=notes \
    --output plan.txt";

fn start() -> (Local, Workspace) {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    (aws, workspace)
}

fn read(workspace: &Workspace, name: &str) -> String {
    fs::read_to_string(workspace.path().join(name)).unwrap()
}

/// The calls of a run, without those that depend on chance.
fn calls(aws: &Local) -> usize {
    aws.take_calls().len()
}

#[test]
fn a_plan_is_made_once_and_written_in_every_format() {
    let (aws, workspace) = start();
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.spec(&SPEC.replace("bucket: formats-logs}", "bucket: formats-logs, prefix: prod}"));
    aws.take_calls();
    let alone = workspace.expect("plan", exit::DONE);
    let once = calls(&aws);
    workspace.write("plan.md", "what was there before, and longer than what comes");
    let output = workspace.expect(&format!("plan {ALL}"), exit::DONE);
    assert_eq!((calls(&aws), output.stdout), (once, alone.stdout.clone()));
    assert_eq!(read(&workspace, "plan.txt"), alone.stdout);
    let page = read(&workspace, "plan.md");
    for words in [
        "### trailctl plan: `formats in 111122223333`\n\n**Coverage: unchanged**\n",
        "\nPlan: 0 to create, 2 to update, 0 to delete.\n",
        "<summary>~ update <code>trail.audit</code> in <code>us-east-1</code></summary>\n\n`trailctl.yaml:5:3`\n\n```diff\n+ prefix: prod\n```\n",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let plan: Value = serde_json::from_str(&read(&workspace, "plan.json")).unwrap();
    assert_eq!((&plan["format"], plan["seal"].is_object()), (&"trailctl.plan/1".into(), true));
    let log: Value = serde_json::from_str(&read(&workspace, "plan.sarif")).unwrap();
    assert_eq!((&log["version"], &log["runs"][0]["results"]), (&"2.1.0".into(), &Value::Array(Vec::new())));
    let tests = quick_junit::Report::deserialize_from_str(&read(&workspace, "plan.xml")).unwrap();
    assert_eq!((tests.tests, tests.failures), (3, 0));
    let notes = read(&workspace, "notes");
    assert!(
        notes.contains("::notice file=trailctl.yaml,line=5,endLine=5,col=3,title=update::update trail.audit%0Achanges prefix\n"),
        "{notes}"
    );
    // What is written to files is what is printed, and a nightly job sees the drift.
    for (format, file) in
        [("markdown", "plan.md"), ("github", "notes"), ("sarif", "plan.sarif"), ("junit", "plan.xml")]
    {
        assert_eq!(
            workspace.expect(&format!("plan --format {format}"), exit::DONE).stdout,
            read(&workspace, file)
        );
    }
    let _ = workspace.expect("plan --detailed-exitcode --output drift.xml", exit::CHANGES);
    let drift = quick_junit::Report::deserialize_from_str(&read(&workspace, "drift.xml")).unwrap();
    assert_eq!((drift.tests, drift.failures), (3, 2));
    // A saved plan is applied, although it was a report.
    let _ = workspace.expect("apply plan.json --output done.md", exit::DONE);
    assert!(read(&workspace, "done.md").contains("\n**Done: 0 created, 2 updated, 0 deleted.**\n"));
    let _ = workspace.expect("plan --detailed-exitcode --output drift.xml", exit::DONE);
    let drift = quick_junit::Report::deserialize_from_str(&read(&workspace, "drift.xml")).unwrap();
    assert_eq!((drift.tests, drift.failures), (3, 0));
}

#[test]
fn a_refused_plan_is_refused_in_every_format() {
    let (_aws, workspace) = start();
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.spec(&SPEC.replace(
        "bucket: formats-logs}",
        "bucket: formats-logs, events: [{where: {eventCategory: Management, readOnly: false}}]}",
    ));
    let output = workspace.expect(&format!("plan --format github {ALL}"), exit::REFUSED);
    let first = output.stdout.lines().next().unwrap();
    assert!(
        first.starts_with("::error file=trailctl.yaml,line=5,endLine=5,col=3,title=coverage-loss::trail.audit is refused: no longer recorded: "),
        "{first}"
    );
    assert!(
        read(&workspace, "plan.md")
            .contains("**Coverage: reduced**\n\n- **no longer recorded:** a management event")
    );
    let log: Value = serde_json::from_str(&read(&workspace, "plan.sarif")).unwrap();
    let result = &log["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&"coverage-loss".into(), &"error".into()));
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&5.into(), &3.into()));
    assert!(read(&workspace, "plan.xml").contains("type=\"coverage-loss\""));
    // What a run says of it.
    let refused = workspace.expect("apply --yes --format markdown --output apply.json", exit::REFUSED);
    assert!(
        refused.stdout.contains(
            "**Not done:** exit code 3\n\n```text\n1 part of this plan is refused; nothing was changed\n"
        ),
        "{}",
        refused.stdout
    );
    let document: Value = serde_json::from_str(&read(&workspace, "apply.json")).unwrap();
    assert_eq!(document["error"]["exit_code"], 3);
}

#[test]
fn other_commands_write_reports_too() {
    let (_aws, workspace) = start();
    let valid = workspace.expect("validate --output valid.md", exit::DONE);
    assert_eq!(valid.stdout, "The spec is valid.\n");
    assert_eq!(read(&workspace, "valid.md"), "### trailctl validate\n\n**The spec is valid.**\n");
    let _ = workspace.expect("apply --yes --output apply.json --output apply.txt", exit::DONE);
    let document: Value = serde_json::from_str(&read(&workspace, "apply.json")).unwrap();
    assert_eq!(document["outcome"]["done"], serde_json::json!([1, 2]));
    let text = read(&workspace, "apply.txt");
    assert!(
        text.ends_with("\n\nDone: 2 created, 0 updated, 0 deleted.\n") && !text.contains('\u{1b}'),
        "{text}"
    );
    let _ = workspace.expect("status --output status.md", exit::DONE);
    let page = read(&workspace, "status.md");
    assert!(page.contains("\n**Status: 1 trail; nothing needs attention.**\n\n```text\n"), "{page}");
    let _ = workspace.expect("coverage diff live trailctl.yaml --output diff.md", exit::DONE);
    assert_eq!(read(&workspace, "diff.md"), "### trailctl coverage diff\n\n**Coverage: unchanged**\n");
    // A spec that is wrong is told of in the files of whatever asked for it.
    workspace.spec(&SPEC.replace("formats-logs}", "other}"));
    let _ = workspace.expect("plan --output plan.md --output plan.sarif", exit::ERROR);
    let page = read(&workspace, "plan.md");
    assert!(
        page.contains("- **error** `unknown-reference` at `trailctl.yaml:5:19`: no bucket of this spec"),
        "{page}"
    );
    let log: Value = serde_json::from_str(&read(&workspace, "plan.sarif")).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "unknown-reference");
}

#[test]
fn what_the_spec_is_warned_of_is_in_every_format() {
    let (_aws, workspace) = start();
    workspace.spec(&SPEC.replace("buckets:\n", "buckets:\n  spare-logs: {}\n"));
    let says = "trailctl.yaml:7:3";
    let _ = workspace.expect(&format!("plan {ALL} --output plan.html"), exit::DONE);
    let page = read(&workspace, "plan.md");
    assert!(
        page.contains(&format!("#### Warnings of the spec\n\n- **warning** `unused-bucket` at `{says}`: ")),
        "{page}"
    );
    let document: Value = serde_json::from_str(&read(&workspace, "plan.json")).unwrap();
    assert_eq!(document["warnings"][0]["at"], says);
    let log: Value = serde_json::from_str(&read(&workspace, "plan.sarif")).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "unused-bucket");
    assert!(read(&workspace, "plan.xml").contains(&format!("{says}: warning[unused-bucket]: ")));
    assert!(
        read(&workspace, "notes")
            .contains("::warning file=trailctl.yaml,line=7,endLine=7,col=3,title=unused-bucket::")
    );
    assert!(read(&workspace, "plan.html").contains("Warnings (1)"));
    assert!(read(&workspace, "plan.txt").starts_with("warning[unused-bucket]: "));
    // Who removes everything is not warned.
    let _ = workspace.expect("destroy --yes --output plan.json", exit::DONE);
    assert!(!read(&workspace, "plan.json").contains("unused-bucket"));
}

#[test]
fn a_report_names_the_command_that_has_no_result() {
    let workspace = Workspace::new();
    workspace.spec("version: 1\nstack: s\ntrials: {}\n");
    for command in ["plan", "validate"] {
        let _ = workspace.expect(&format!("{command} {ALL}"), exit::ERROR);
        assert!(read(&workspace, "plan.md").starts_with(&format!("### trailctl {command}\n")));
        let tests = quick_junit::Report::deserialize_from_str(&read(&workspace, "plan.xml")).unwrap();
        assert_eq!(tests.name.unwrap().as_str(), format!("trailctl {command}"));
    }
}

#[test]
fn there_is_one_document_whatever_happens() {
    let workspace = Workspace::new();
    for arguments in
        ["plna --format json", "plan --format=json --paralelism 3", "plan --format json x", "man --dir"]
    {
        let output = workspace.expect(arguments, exit::USAGE);
        if arguments.contains("json") {
            let document: Value = serde_json::from_str(&output.stdout).unwrap();
            assert_eq!(
                (&document["format"], &document["error"]["exit_code"]),
                (&"trailctl.error/1".into(), &64.into())
            );
            let message = document["error"]["message"].as_str().unwrap();
            assert!(message.contains("tip: ") || message.contains("unexpected argument"), "{message}");
        } else {
            assert_eq!(output.stdout, "");
        }
    }
    let output = workspace.expect("validate --explain protected --format json", exit::DONE);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((&document["code"], &document["severity"]), (&"protected".into(), &"refused".into()));
    let output = workspace.expect("man --format json", exit::USAGE);
    assert!(
        output.stdout.is_empty() && output.stderr.contains("does not write the format `json`"),
        "{output:?}"
    );
}

#[test]
fn why_there_is_no_result_is_in_every_format() {
    let mut workspace = Workspace::new();
    workspace.spec(SPEC);
    workspace.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    workspace.set("AWS_REGION", "us-east-1");
    workspace.set("AWS_ACCESS_KEY_ID", "x");
    workspace.set("AWS_SECRET_ACCESS_KEY", "x");
    let output = workspace.expect(&format!("plan --format github {ALL}"), exit::ERROR);
    assert!(
        output.stdout.starts_with("::error title=trailctl::") && output.stdout.lines().count() == 1,
        "{output:?}"
    );
    assert!(
        read(&workspace, "plan.md").starts_with("### trailctl plan\n\n**Error:** exit code 1\n\n```text\n")
    );
    let document: Value = serde_json::from_str(&read(&workspace, "plan.json")).unwrap();
    assert_eq!(document["error"]["exit_code"], 1);
    let log: Value = serde_json::from_str(&read(&workspace, "plan.sarif")).unwrap();
    let validator = jsonschema::validator_for(&sarif::schema()).unwrap();
    assert!(validator.is_valid(&log), "{:?}", validator.validate(&log).err());
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], false);
    let tests = quick_junit::Report::deserialize_from_str(&read(&workspace, "plan.xml")).unwrap();
    assert_eq!((tests.tests, tests.errors), (1, 1));
}

#[cfg(unix)]
#[test]
fn a_saved_plan_goes_through_links_and_pipes() {
    let (_aws, workspace) = start();
    std::os::unix::fs::symlink("real.plan", workspace.path().join("link")).unwrap();
    workspace.write("real.plan", "old");
    let _ = workspace.expect("plan -o link", 0);
    assert!(workspace.path().join("link").is_symlink());
    let saved: Value = serde_json::from_str(&read(&workspace, "real.plan")).unwrap();
    assert_eq!(saved["format"], "trailctl.plan/1");
    let pipe = workspace.expect("plan --quiet --format github -o /dev/stdout", 0);
    assert!(pipe.stdout.starts_with("{\n  \"format\": \"trailctl.plan/1\""), "{}", pipe.stdout);
}

#[test]
fn what_cannot_be_written_is_said_before_aws_is_asked() {
    let (aws, workspace) = start();
    for (arguments, code, words) in [
        ("plan --output none/plan.md", exit::ERROR, "cannot write the report none/plan.md: No such file"),
        ("plan --output markdown=.", exit::ERROR, "cannot write the report .: it is a directory"),
        (
            "plan --output plan",
            exit::USAGE,
            "write FORMAT=FILE, or end the name in .md, .sarif, .sarif.json, .json, .xml, .html, .svg, .mmd, .dot, .tf, .txt",
        ),
        ("plan --output a.md --output markdown=./a.md", exit::USAGE, "`--output ./a.md` is given twice"),
        ("plan --output json=trailctl.yaml", exit::USAGE, "would overwrite a file that is read"),
        ("plan -o trailctl.yaml", exit::USAGE, "`--out trailctl.yaml` would overwrite a file that is read"),
        (
            "apply --yes --record trailctl.yaml",
            exit::USAGE,
            "`--record trailctl.yaml` would overwrite a file that is read",
        ),
        (
            "apply a.plan --output json=a.plan",
            exit::USAGE,
            "`--output a.plan` would overwrite a file that is read",
        ),
        ("plan -o a.md --output a.md", exit::USAGE, "`--output a.md` is given twice"),
        ("plan -o none/a", exit::ERROR, "cannot write the plan to none/a: No such file or directory"),
        ("plan -o .", exit::ERROR, "cannot write the plan to .: it is a directory"),
        ("plan -f . --output json=trailctl.yaml", exit::USAGE, "would overwrite a file that is read"),
        (
            "status --output status.sarif",
            exit::USAGE,
            "does not write the format `sarif`\n  help: it writes `human`, `json`, `markdown`",
        ),
        ("export --output spec.json", exit::USAGE, "this command writes no reports"),
        ("apply --yes --format junit", exit::USAGE, "this command does not write the format `junit`"),
    ] {
        let output = workspace.expect(arguments, code);
        assert!(output.stderr.contains(words), "{arguments}: {}", output.stderr);
        assert_eq!(aws.take_calls().len(), 0, "{arguments}");
    }
    assert_eq!(read(&workspace, "trailctl.yaml"), SPEC);
    // A file that is full only then: the result is on stdout all the same.
    #[cfg(target_os = "linux")]
    {
        let output = workspace.expect("plan --format json --output json=/dev/full", exit::ERROR);
        assert!(
            output.stderr.contains("cannot write the report /dev/full: No space left"),
            "{}",
            output.stderr
        );
        let plan: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(plan["steps"].as_array().unwrap().len(), 2);
    }
}
