//! The GitHub Action: its steps are run as the runner runs them.

use serde_json::Value;

use super::{SPEC, keys, shell::Job, yaml};
use crate::support::Output;

/// What a step left.
struct Done {
    output: Output,
    outputs: Vec<(String, String)>,
    summary: String,
}

impl Done {
    fn output(&self, name: &str) -> &str {
        self.outputs.iter().rfind(|(other, _)| other == name).map_or("", |(_, value)| value)
    }
}

/// Runs a step of the action with some inputs; the others are the defaults.
fn step(job: &Job, id: &str, inputs: &[(&str, &str)], env: &[(&str, &str)]) -> Done {
    let action = yaml("action.yml");
    for (input, _) in inputs {
        assert!(keys(&action["inputs"]).contains(input), "{input} is an input");
    }
    let steps = action["runs"]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["id"] == id).unwrap();
    let folder = job.workspace.path();
    let place = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let mut all: Vec<(String, String)> = vec![
        ("RUNNER_TEMP".to_owned(), place("temp")),
        ("GITHUB_OUTPUT".to_owned(), place("temp/output")),
        ("GITHUB_STEP_SUMMARY".to_owned(), place("temp/summary")),
        ("GITHUB_SERVER_URL".to_owned(), "https://github.example".to_owned()),
        ("GITHUB_REPOSITORY".to_owned(), "acme/audit".to_owned()),
        ("GITHUB_RUN_ID".to_owned(), "7".to_owned()),
        ("GITHUB_SHA".to_owned(), "c0ffee".to_owned()),
        ("RUNNER_OS".to_owned(), "Linux".to_owned()),
        ("RUNNER_ARCH".to_owned(), "X64".to_owned()),
    ];
    for (name, value) in step["env"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        let input = value.strip_prefix("${{ inputs.").and_then(|rest| rest.strip_suffix(" }}"));
        let value = match input {
            Some(input) => inputs.iter().find(|(other, _)| *other == input).map_or_else(
                || action["inputs"][input]["default"].as_str().unwrap_or_default(),
                |(_, value)| value,
            ),
            None => match value {
                "${{ github.action_repository || github.repository }}" => "acme/trailctl",
                "${{ github.event.pull_request.number }}" => "12",
                "${{ steps.install.outputs.folder }}" => "",
                other => panic!("{other} is not known here"),
            },
        };
        all.push((name.clone(), value.to_owned()));
    }
    for name in ["temp/output", "temp/summary"] {
        job.workspace.write(name, "");
    }
    let mut all: Vec<(&str, &str)> =
        all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend(env);
    let output = job.run("bash --noprofile --norc -eo pipefail", step["run"].as_str().unwrap(), &all);
    let outputs = job.read("temp/output");
    let outputs = outputs.lines().map(|line| line.split_once('=').unwrap());
    Done {
        output,
        outputs: outputs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        summary: job.read("temp/summary"),
    }
}

fn run(job: &Job, inputs: &[(&str, &str)]) -> Done {
    step(job, "run", inputs, &[])
}

#[tokio::test]
async fn a_plan_is_looked_at_and_applied_by_its_hash_and_drift_is_seen() {
    let job = Job::with(SPEC);
    let planned = run(&job, &[("command", "plan")]);
    assert_eq!(planned.output.code, Some(0), "{:?}", planned.output);
    assert_eq!((planned.output("exit-code"), planned.output("verdict")), ("2", "extended"));
    for word in ["trail.audit", "bucket.ci-logs"] {
        assert!(planned.summary.contains(word), "{}", planned.summary);
    }
    let sum = planned.output("plan-sha256");
    let saved = job.read("plan.trailctl");
    assert_eq!(sum.len(), 64);
    assert!(
        planned.summary.ends_with(&format!("\nPlan of c0ffee: SHA-256 {sum}\n\n")),
        "{}",
        planned.summary
    );

    // Only that file is applied.
    for (sha256, code) in [("", 1), (&*"0".repeat(64), 3), (sum, 0)] {
        let applied = run(&job, &[("command", "apply"), ("plan-sha256", sha256)]);
        assert_eq!(applied.output.code, Some(code), "{:?}", applied.output);
        if sha256.is_empty() {
            assert!(applied.output.stdout.contains("::error::apply needs the input plan-sha256"));
        } else {
            assert_eq!(applied.output("exit-code"), code.to_string());
        }
    }
    job.workspace.expect_no_changes();

    let calm = run(&job, &[("command", "drift")]);
    assert_eq!((calm.output.code, calm.output("verdict")), (Some(0), "unchanged"), "{:?}", calm.output);
    job.stop_logging().await;
    let drift = run(&job, &[("command", "drift")]);
    assert_eq!((drift.output.code, drift.output("exit-code")), (Some(2), "2"));
    assert!(drift.summary.contains("logging"), "{}", drift.summary);
    // Nothing is left behind, and a plan that is there is not touched.
    assert_eq!(drift.output("plan-sha256").len(), 64);
    assert_eq!(job.read("plan.trailctl"), saved);
    let left = std::fs::read_dir(job.workspace.path().join("temp")).unwrap();
    let mut left: Vec<String> = left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["output", "script", "summary", "trailctl-report.md"]);
}

#[test]
fn a_refusal_and_an_error_fail_the_job_and_are_in_the_summary() {
    let job = Job::with(SPEC);
    let _ = job.workspace.expect("apply --yes", 0);
    let _ = run(&job, &[("command", "plan")]);
    let less = "{bucket: ci-logs, events: [{where: {eventCategory: Management, readOnly: false}}]}";
    job.workspace.spec(&SPEC.replace("{bucket: ci-logs}", less));
    let refused = run(&job, &[("command", "plan")]);
    assert_eq!(
        (refused.output.code, refused.output("verdict")),
        (Some(3), "reduced"),
        "{:?}",
        refused.output
    );
    assert!(refused.summary.contains("coverage-loss"), "{}", refused.summary);
    job.workspace.spec("version: 2\n");
    let wrong = run(&job, &[("command", "plan")]);
    assert_eq!(wrong.output.code, Some(1));
    assert_eq!(
        (wrong.output("exit-code"), wrong.output("plan-sha256")),
        ("1", ""),
        "no plan of an earlier run"
    );
    assert!(wrong.summary.contains("`stack` is missing"), "{}", wrong.summary);
    let unknown = run(&job, &[("command", "destroy")]);
    assert_eq!(unknown.output.code, Some(1));
    assert!(unknown.output.stdout.contains("::error::the input command must be plan, apply or drift"));
}

/// A runner that cancels a job asks the shell of the step to end, and nobody else.
#[test]
fn a_cancelled_job_lets_trailctl_end_and_say_how_it_ended() {
    let job = Job::with(SPEC);
    job.without_trailctl();
    // It cancels the job itself, and waits to hear of that.
    job.program(
        "trailctl",
        "mkfifo temp/never; cat temp/never & never=$!
        trap 'kill $never; rm temp/never; echo ended in order; exit 130' TERM
        kill -INT $(cat temp/shell); wait $never",
    );
    // Bash reads that first.
    job.workspace.write("shell-id", "echo $$ >temp/shell");
    let done = step(&job, "run", &[("command", "drift")], &[("BASH_ENV", "shell-id")]);
    assert_eq!((done.output.code, done.output("exit-code")), (Some(130), "130"), "{:?}", done.output);
    assert!(done.summary.contains("ended in order"), "{}", done.summary);
}

#[test]
fn annotations_stand_at_the_files_of_the_repository() {
    let job = Job::with(SPEC);
    std::fs::create_dir(job.workspace.path().join("a&b")).unwrap();
    let notices = |folder: &str| {
        let done = run(&job, &[("command", "plan"), ("working-directory", folder)]);
        let lines = done.output.stdout.lines();
        let notices = lines.filter(|line| line.starts_with("::notice")).map(str::to_owned);
        notices.collect::<Vec<_>>()
    };
    let at =
        |file: &str| format!("::notice file={file},line=4,endLine=4,col=10,title=create::create trail.audit");
    assert!(notices(".").contains(&at("trailctl.yaml")), "{:?}", notices("."));
    for folder in ["a&b", "./a&b/"] {
        assert!(notices(folder).contains(&at("a&b/trailctl.yaml")), "{:?}", notices(folder));
    }
    // The plan is not written over the spec, and the spec not taken for an old plan.
    let spec = step(&job, "run", &[("command", "plan"), ("plan", "trailctl.yaml")], &[]);
    assert_eq!((spec.output.code, job.read("trailctl.yaml").as_str()), (Some(1), SPEC));
}

#[test]
fn files_and_arguments_are_lines_and_never_shell() {
    let job = Job::with(SPEC);
    job.workspace.write("a $(touch pwned).yaml", SPEC);
    job.workspace.write("b.yaml", "version: 1\nstack: ci\ntags: {team: '${var.team}'}\nvars: {team: none}\n");
    let inputs = [
        ("command", "plan"),
        ("files", "a $(touch pwned).yaml\nb.yaml\n"),
        ("arguments", "--var\nteam=a`touch pwned`b\n--log\ndebug\n"),
        ("plan", "$(touch pwned).plan"),
    ];
    let planned = run(&job, &inputs);
    let said = format!("{}{}", planned.output.stdout, planned.output.stderr);
    assert!(said.contains("a`touch pwned`b"), "{said}");
    assert!(!job.workspace.path().join("pwned").exists());
}

#[test]
fn what_a_plan_may_lose_is_given_in_words() {
    let job = Job::with(SPEC);
    job.without_trailctl();
    job.program("trailctl", "printf '<%s>' \"$@\"");
    let allow = ("allow", " --allow-coverage-loss   --allow-destroy *");
    let planned = step(&job, "run", &[("command", "plan"), allow], &[]);
    assert!(
        planned.output.stdout.contains("<--allow-coverage-loss><--allow-destroy><*>"),
        "{:?}",
        planned.output
    );
    let drift = step(&job, "run", &[("command", "drift"), allow], &[]);
    assert!(!drift.output.stdout.contains("--allow"), "{:?}", drift.output);
}

#[test]
fn words_of_others_are_no_commands_to_the_runner() {
    let job = Job::with(SPEC);
    job.without_trailctl();
    job.program("trailctl", "echo '::set-output name=a::b'; seq 60000");
    let done = run(&job, &[("command", "drift")]);
    assert!(
        done.summary.len() <= 60_001 && done.summary.contains("\n    ::set-output"),
        "it is markup of nothing"
    );
    let lines: Vec<&str> = done.output.stdout.lines().collect();
    let place = lines.iter().position(|line| line.starts_with("::set-output")).unwrap();
    let mute = lines[..place].iter().find_map(|line| line.strip_prefix("::stop-commands::")).unwrap();
    assert_eq!(mute.len(), 32);
    assert!(lines[place..].contains(&&*format!("::{mute}::")), "{lines:?}");
}

#[test]
fn the_token_of_the_job_is_exchanged_and_forgotten() {
    let job = Job::with(SPEC);
    job.program("curl", "cat >temp/header; printf '%s' \"$*\" >temp/asked; printf '{\"count\": 3, \"value\": \"the.to-ken\"}'");
    job.without_trailctl();
    job.program(
        "trailctl",
        "if [ \"$1\" = help ]; then exit; fi; cp \"$AWS_WEB_IDENTITY_TOKEN_FILE\" temp/token; echo \"$AWS_ROLE_ARN as $AWS_ROLE_SESSION_NAME, ${AWS_ACCESS_KEY_ID:-}${AWS_PROFILE:-}nobody else\"",
    );
    let inputs = [("command", "drift"), ("role-arn", "arn:aws:iam::111122223333:role/ci")];
    let token = [
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://token.example/?a=b"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret"),
        ("AWS_ACCESS_KEY_ID", "another"),
        ("AWS_PROFILE", "another"),
    ];
    let done = step(&job, "run", &inputs, &token);
    assert_eq!(done.output.code, Some(0), "{:?}", done.output);
    assert!(done.output.stdout.contains("arn:aws:iam::111122223333:role/ci as trailctl-7, nobody else\n"));
    assert_eq!(job.read("temp/token").trim(), "the.to-ken");
    assert_eq!(job.read("temp/header"), "header = \"Authorization: Bearer secret\"\n");
    let asked = job.read("temp/asked");
    assert!(
        asked.ends_with("https://token.example/?a=b&audience=sts.amazonaws.com") && !asked.contains("secret")
    );
    let without = step(&job, "run", &inputs, &[]);
    assert_eq!(without.output.code, Some(1));
    assert!(without.output.stdout.contains("needs the permission id-token: write"));
    let both = [inputs[0], inputs[1], ("arguments", "--profile=other")];
    let both = step(&job, "run", &both, &token);
    assert!(
        both.output.code == Some(1) && both.output.stdout.contains("::error::--profile"),
        "{:?}",
        both.output
    );
}

#[test]
fn a_release_is_used_only_if_its_checksum_is_right() {
    let job = Job::with(SPEC);
    let pack = "name=trailctl-0.1.0-x86_64-unknown-linux-musl; mkdir -p temp/served/$name; printf '#!/bin/sh\\necho it is here\\n' >temp/served/$name/trailctl
        chmod +x temp/served/$name/trailctl; cd temp/served; tar -czf $name.tar.gz $name; echo other >other; sha256sum other $name.tar.gz >SHA256SUMS";
    assert_eq!(job.run("bash -e", pack, &[]).code, Some(0));
    let served = job.workspace.path().join("temp/served");
    // The last argument but one is the file, the last one the URL.
    job.program(
        "curl",
        &format!(
            "while [ $# -gt 2 ]; do shift; done; echo \"$2\" >>'{0}/asked'; cp \"{0}/${{2##*/}}\" \"$1\"",
            served.display()
        ),
    );
    let done = step(&job, "install", &[("version", "0.1.0")], &[]);
    assert_eq!(done.output.code, Some(0), "{:?}", done.output);
    let asked = job.read("temp/served/asked");
    assert!(
        asked.starts_with("https://github.example/acme/trailctl/releases/download/v0.1.0/trailctl-0.1.0-x86_64-unknown-linux-musl.tar.gz\n"),
        "{asked}"
    );
    let used = step(&job, "run", &[("command", "drift")], &[("INSTALLED", done.output("folder"))]);
    assert!(used.output.stdout.contains("it is here"), "{:?}", used.output);

    let sum = "0".repeat(64);
    for (inputs, spoil) in [
        (vec![("version", "0.1.0"), ("sha256", sum.as_str())], ":"),
        (vec![("version", "../../x")], ":"),
        (
            vec![("version", "0.1.0")],
            "echo more >>temp/served/trailctl-0.1.0-x86_64-unknown-linux-musl.tar.gz",
        ),
        (vec![("version", "0.1.0")], "echo >temp/served/SHA256SUMS"),
    ] {
        assert_eq!(job.run("bash -e", spoil, &[]).code, Some(0));
        let refused = step(&job, "install", &inputs, &[]);
        assert_ne!(refused.output.code, Some(0), "{inputs:?} {spoil}");
        assert_eq!(refused.output("folder"), "");
    }
    let elsewhere = step(&job, "install", &[("version", "0.1.0")], &[("RUNNER_ARCH", "ARM")]);
    assert!(elsewhere.output.stdout.contains("::error::there is no release for Linux-ARM"));
    assert_eq!(step(&job, "install", &[], &[]).output.code, Some(0), "the one on PATH");
}

#[test]
fn the_comment_is_written_once_and_then_over() {
    let job = Job::with(SPEC);
    let _ = run(&job, &[("command", "plan")]);
    job.program(
        "gh",
        "printf '%s\\n' \"$*\" >>temp/asked; for word; do case $word in body=@*) cat \"${word#body=@}\" >temp/body ;; esac; done
         case \"$*\" in *--paginate*) cat temp/known 2>/dev/null || true ;; esac",
    );
    let first = step(&job, "comment", &[("command", "plan"), ("github-token", "t")], &[]);
    assert_eq!(first.output.code, Some(0), "{:?}", first.output);
    let body = job.read("temp/body");
    assert!(body.starts_with("<!-- trailctl ") && body.contains("trail.audit"), "{body}");
    assert!(job.read("temp/asked").contains("--method POST repos/acme/audit/issues/12/comments"));
    job.workspace.write("temp/known", "99\n100\n");
    let second = step(&job, "comment", &[("command", "plan"), ("github-token", "t")], &[]);
    assert_eq!(second.output.code, Some(0), "{:?}", second.output);
    assert!(job.read("temp/asked").contains("--method PATCH repos/acme/audit/issues/comments/99 "));
    assert_eq!(job.read("temp/body"), body);
    // Nothing of it is left in place when a later run fails before there is a report.
    let _ = step(&job, "install", &[("version", "no version")], &[]);
    let third = step(&job, "comment", &[("command", "plan"), ("github-token", "t")], &[]);
    assert_eq!(third.output.code, Some(0), "{:?}", third.output);
    let failed = job.read("temp/body");
    assert!(
        failed.contains("failed before trailctl could begin") && !failed.contains("trail.audit"),
        "{failed}"
    );
    // Another spec has another comment, and so has another account.
    for other in
        [("files", "other.yaml"), ("arguments", "--var=stage=prod"), ("role-arn", "arn:aws:iam::2:role/ci")]
    {
        let _ = step(&job, "comment", &[("command", "plan"), other], &[]);
        assert_ne!(job.read("temp/body").lines().next(), body.lines().next(), "{other:?}");
    }
}

#[test]
fn what_the_action_says_of_itself_is_complete() {
    let action = yaml("action.yml");
    let used = |name: &str, of: &str| action["runs"].to_string().contains(&format!("{of}.{name}"));
    for input in keys(&action["inputs"]) {
        assert!(action["inputs"][input]["description"].is_string() && used(input, "inputs"), "{input}");
        assert!(
            action["inputs"][input]["required"] == true || action["inputs"][input]["default"].is_string(),
            "{input}"
        );
    }
    for output in keys(&action["outputs"]) {
        let value = action["outputs"][output]["value"].as_str().unwrap();
        assert_eq!(value, format!("${{{{ steps.run.outputs.{output} }}}}"));
    }
    let steps = action["runs"]["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["shell"] == "bash" && step["uses"] == Value::Null));
}
