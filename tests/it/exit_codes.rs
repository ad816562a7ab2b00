//! The exit codes, one by one, with what each command means by them.

use std::{
    process::{Command, Stdio},
    sync::{Arc, OnceLock},
};

use serde_json::Value;
use trailctl::{exit, sandbox::Sandbox};

use crate::support::{Count, Local, Moment, Verdict, Workspace};

const SPEC: &str = "version: 1
stack: codes
region: us-east-1
trails: {audit: {bucket: codes-logs}}
buckets: {codes-logs: {}}
";
const LESS: &str = "events: [{where: {eventCategory: Management, readOnly: false}}]";

fn at(aws: &Local) -> Workspace {
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    workspace
}

/// Returns an account where the spec is applied.
fn applied() -> (Local, Workspace) {
    let aws = Local::start();
    let workspace = at(&aws);
    let _ = workspace.expect("apply --yes", exit::DONE);
    (aws, workspace)
}

#[track_caller]
fn expect_all(workspace: &Workspace, code: u8, all: &[&str]) {
    for arguments in all {
        let _ = workspace.expect(arguments, code);
    }
}

#[test]
fn the_numbers_are_those_that_are_documented() {
    let table = include_str!("../../README.md");
    let codes = [
        exit::DONE,
        exit::ERROR,
        exit::CHANGES,
        exit::REFUSED,
        exit::PARTIAL,
        exit::USAGE,
        exit::INTERRUPTED,
    ];
    assert_eq!(codes, [0, 1, 2, 3, 4, 64, 130]);
    let rows: Vec<u8> =
        table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()?.parse().ok()).collect();
    assert_eq!(rows, codes);
    assert_eq!(exit::MEANINGS.map(|(code, _)| code), codes);
    let workspace = Workspace::new();
    let help = workspace.expect("--help", exit::DONE).stdout;
    assert!(help.contains("Exit codes:\n    0  done"), "{help}");
    let manual = workspace.expect("man", exit::DONE).stdout;
    assert!(manual.contains(".SH \"EXIT STATUS\"\n.TP\n\\fB0\\fR\ndone"), "{manual}");
}

#[test]
fn done_and_nothing_to_do() {
    let (_aws, workspace) = applied();
    workspace.write("event.json", "{\"eventCategory\": \"Management\"}");
    expect_all(
        &workspace,
        exit::DONE,
        &[
            "validate",
            "plan",
            "plan --detailed-exitcode",
            "apply --yes",
            "apply",
            "status",
            "coverage explain event.json",
            "coverage diff live trailctl.yaml",
            "coverage map",
            "destroy --yes --allow-destroy audit --allow-coverage-loss",
            "destroy --yes",
            "--help",
            "--version",
        ],
    );
}

#[test]
fn errors() {
    let (_aws, workspace) = applied();
    workspace.spec("version: 2\n");
    let all = [
        "validate",
        "plan",
        "apply --yes",
        "destroy --yes",
        "status",
        "coverage map",
        "coverage diff live trailctl.yaml",
        "coverage explain none.json",
        "plan --output none/plan.md",
        "plan -f none.yaml",
    ];
    expect_all(&workspace, exit::ERROR, &all);
    // AWS cannot be read.
    let denied = Local::asked(Sandbox::in_memory(), |call, _, _| {
        if call.operation == "GetCallerIdentity" { Verdict::Continue } else { Verdict::Refuse }
    });
    let workspace = at(&denied);
    expect_all(
        &workspace,
        exit::ERROR,
        &["plan", "apply --yes", "destroy --yes", "coverage diff live trailctl.yaml"],
    );
}

#[test]
fn a_first_call_that_fails_leaves_everything_as_it_was() {
    let aws = Local::serving(Sandbox::in_memory(), |_, _, when| {
        if when == Moment::Before { Verdict::Refuse } else { Verdict::Continue }
    });
    let workspace = at(&aws);
    let output = workspace.expect("apply --yes", exit::ERROR);
    assert!(output.stderr.ends_with("Nothing was changed.\n"), "{}", output.stderr);
}

#[test]
fn changes_and_what_needs_attention() {
    let (_aws, workspace) = applied();
    workspace.write("event.json", "{\"eventCategory\": \"Data\", \"eventName\": \"GetObject\"}");
    workspace.write("less.yaml", &SPEC.replace("codes-logs}", &format!("codes-logs, {LESS}}}")));
    workspace.write("more.yaml", &SPEC.replace("codes-logs}", "codes-logs, tags: {a: b}}"));
    expect_all(
        &workspace,
        exit::CHANGES,
        &[
            "plan --detailed-exitcode -f more.yaml",
            "coverage explain event.json",
            "coverage diff trailctl.yaml less.yaml",
        ],
    );
    let _ = workspace.expect("plan -f more.yaml", exit::DONE);
    // A trail that does not log, and should.
    let stopped = SPEC.replace("codes-logs}", "codes-logs, logging: false}");
    workspace.spec(&stopped);
    let _ = workspace.expect("apply --yes --allow-coverage-loss", exit::DONE);
    let _ = workspace.expect("status", exit::DONE);
    workspace.spec(SPEC);
    let _ = workspace.expect("status", exit::CHANGES);
}

#[test]
fn refusals() {
    let (aws, workspace) = applied();
    // A protected resource, a yes that nobody gives.
    expect_all(
        &workspace,
        exit::REFUSED,
        &["destroy --yes", "destroy --allow-destroy audit --allow-coverage-loss"],
    );
    workspace.spec(&SPEC.replace("codes-logs}", &format!("codes-logs, {LESS}}}")));
    expect_all(&workspace, exit::REFUSED, &["plan", "plan --detailed-exitcode", "apply --yes"]);
    workspace.spec(&SPEC.replace("stack: codes", "stack: other"));
    expect_all(&workspace, exit::REFUSED, &["plan", "apply --yes"]);
    workspace.spec(&format!("account: \"999999999999\"\n{SPEC}"));
    expect_all(&workspace, exit::REFUSED, &["plan", "apply --yes", "destroy --yes"]);
    // A plan that is not the plan of now.
    workspace.spec(&SPEC.replace("codes-logs}", "codes-logs, tags: {a: b}}"));
    let _ = workspace.expect("plan -o plan.json", exit::DONE);
    let _ = workspace.expect("apply --yes", exit::DONE);
    aws.take_calls();
    let _ = workspace.expect("apply plan.json", exit::REFUSED);
    assert_eq!(aws.take_changes(), [""; 0]);
}

#[test]
fn what_is_done_in_part_goes_on() {
    let aws = Local::serving(Sandbox::in_memory(), |call, _, when| match (call.operation, when) {
        ("CreateTrail" | "DeleteTrail", Moment::Before) => Verdict::Refuse,
        _ => Verdict::Continue,
    });
    let workspace = at(&aws);
    let output = workspace.expect("apply --yes", exit::PARTIAL);
    assert!(output.stderr.contains("Run apply again to continue from here."), "{}", output.stderr);
    let healthy = Local::serving(aws.sandbox.clone(), |_, _, _| Verdict::Continue);
    let workspace = at(&healthy);
    let _ = workspace.expect("apply --yes", exit::DONE);
}

#[test]
fn usage() {
    let (_aws, workspace) = applied();
    expect_all(
        &workspace,
        exit::USAGE,
        &[
            "",
            "plans",
            "plan --nothing",
            "plan --format pdf",
            "apply --format sarif",
            "destroy --output x.xml",
            "validate --explain nothing",
            "validate --deny nothing",
            "plan --sandbox --profile x",
            "status --parallelism 0",
            "coverage",
            "schema nothing",
        ],
    );
}

/// An AWS that interrupts who calls it, at one of the calls, and answers that one only when the caller has gone if it shall.
#[cfg(unix)]
struct Interrupting {
    aws: Local,
    id: Arc<OnceLock<u32>>,
    gone: Arc<OnceLock<()>>,
}

#[cfg(unix)]
impl Interrupting {
    fn new(signals: &'static [&'static str], waits: bool, at: fn(Count) -> bool) -> Self {
        let (id, gone): (Arc<OnceLock<u32>>, Arc<OnceLock<()>>) = Default::default();
        let (caller, over) = (Arc::clone(&id), Arc::clone(&gone));
        let aws = Local::asked(Sandbox::in_memory(), move |_, count, when| {
            if when == Moment::After && at(count) {
                for signal in signals {
                    let id = caller.wait().to_string();
                    assert!(Command::new("kill").args([*signal, &id]).status().unwrap().success());
                }
                if waits {
                    over.wait();
                }
            }
            Verdict::Continue
        });
        Self { aws, id, gone }
    }

    /// Runs a command that ends with 130. Returns what it says, and its report.
    fn run(&self, workspace: &Workspace, command: &str) -> (String, Value) {
        let said = self.end(workspace, &format!("{command} --output report.json"));
        let report = std::fs::read_to_string(workspace.path().join("report.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["error"]["exit_code"], 130, "{report}");
        (said, report)
    }

    /// Runs a command that ends with 130, and returns what it says.
    fn end(&self, workspace: &Workspace, command: &str) -> String {
        let mut command = workspace.command(command);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        self.id.set(child.id()).unwrap();
        let output = child.wait_with_output().unwrap();
        self.gone.set(()).unwrap();
        assert_eq!(output.status.code(), Some(exit::INTERRUPTED.into()), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

#[cfg(unix)]
#[test]
fn interrupted_after_the_call_in_flight() {
    for signals in [&["-INT"], &["-TERM"]] {
        let aws = Interrupting::new(signals, false, |count| count.change == Some(1));
        let workspace = at(&aws.aws);
        let (said, report) = aws.run(&workspace, "apply --yes --output report.md");
        assert!(said.contains("interrupted before the end of: "), "{said}");
        assert!(!report["outcome"]["interrupted"].as_object().unwrap().is_empty(), "{report}");
        let page = std::fs::read_to_string(workspace.path().join("report.md")).unwrap();
        assert!(page.contains("interrupted before the end of: "), "{page}");
        let _ = at(&aws.aws).expect("apply --yes", exit::DONE);
    }
}

#[cfg(unix)]
#[test]
fn interrupted_twice_it_does_not_wait_and_says_what_was_done() {
    let aws = Interrupting::new(&["-INT", "-TERM"], true, |count| count.change == Some(4));
    let (said, report) = aws.run(&at(&aws.aws), "apply --yes");
    assert!(said.contains("error: stopped at once: calls in flight may or may not have had their effect"));
    assert!(said.contains("a call may or may not have had its effect: "), "{said}");
    assert_eq!(report["outcome"]["in_flight"].as_array().unwrap().len(), 1, "{report}");
    assert!(said.contains("interrupted before the end of: "), "{said}");
    // Three calls have been answered.
    let interrupted = report["outcome"]["interrupted"].as_object().unwrap();
    let calls: u64 = interrupted.values().map(|calls| calls.as_u64().unwrap()).sum();
    assert_eq!(calls, 3, "{report}");
    let _ = at(&aws.aws).expect("apply --yes", exit::DONE);
}

#[cfg(unix)]
#[test]
fn interrupted_while_it_reads_nothing_was_changed() {
    for command in ["plan", "apply --yes", "status", "coverage map --live"] {
        let aws = Interrupting::new(&["-TERM"], true, |count| count.attempt == 2);
        let (said, _) = aws.run(&at(&aws.aws), command);
        assert!(said.ends_with("error: interrupted; nothing was changed\n"), "{command}: {said}");
        assert_eq!(aws.aws.take_changes(), [""; 0], "{command}");
    }
    let aws = Interrupting::new(&["-TERM"], true, |count| count.attempt == 2);
    let workspace = at(&aws.aws);
    workspace.spec(&format!("{SPEC}lock: {{bucket: codes-locks}}\n"));
    let said = aws.end(&workspace, "unlock --yes");
    assert!(said.ends_with("error: interrupted; nothing was changed\n"), "{said}");
}
