//! The template for GitLab: its scripts are run as a runner runs them.

use super::{SPEC, shell::Job, yaml};
use crate::support::Output;

const FILE: &str = "examples/ci/gitlab-ci.yml";

/// Returns the lines of a script of a job, as one text.
fn script(job: &str, part: &str) -> String {
    let template = yaml(FILE);
    let lines = template[job][part].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

fn run(job: &Job, name: &str, env: &[(&str, &str)]) -> Output {
    let mut all = vec![("TRAILCTL_FILE", "trailctl.yaml"), ("CI_JOB_ID", "8"), ("TRAILCTL_ROLE_ARN", "none")];
    all.extend(env);
    let text = format!("{}\n{}", script(".trailctl", "before_script"), script(name, "script"));
    job.run("sh -e", &text, &all)
}

#[tokio::test]
async fn a_plan_is_kept_and_applied_by_its_hash_and_drift_is_seen() {
    let job = Job::with(SPEC);
    let planned = run(&job, "trailctl-plan", &[]);
    assert_eq!(planned.code, Some(0), "{planned:?}");
    let sum = job.read("plan.env");
    let sum = sum.trim().strip_prefix("TRAILCTL_PLAN_SHA256=").unwrap();
    let other = "0".repeat(64);
    for (sha256, code) in [(other.as_str(), 3), (sum, 0)] {
        let applied = run(&job, "trailctl-apply", &[("TRAILCTL_PLAN_SHA256", sha256)]);
        assert_eq!(applied.code, Some(code), "{applied:?}");
    }
    assert_eq!(run(&job, "trailctl-drift", &[]).code, Some(0));
    job.stop_logging().await;
    let drift = run(&job, "trailctl-drift", &[]);
    assert_eq!(drift.code, Some(2), "{drift:?}");
    job.workspace.spec("version: 2\n");
    assert_eq!(run(&job, "trailctl-plan", &[]).code, Some(1));
}

#[test]
fn a_plan_of_nothing_can_be_applied() {
    let job = Job::with(SPEC);
    let _ = job.workspace.expect("apply --yes", 0);
    assert_eq!(run(&job, "trailctl-plan", &[]).code, Some(0));
    let sum = job.read("plan.env");
    let sum = sum.trim().strip_prefix("TRAILCTL_PLAN_SHA256=").unwrap();
    let applied = run(&job, "trailctl-apply", &[("TRAILCTL_PLAN_SHA256", sum)]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
}

#[test]
fn the_release_is_checked_and_the_token_is_handed_on() {
    let job = Job::with(SPEC);
    job.without_trailctl();
    let pack = "name=trailctl-0.1.0-x86_64-unknown-linux-musl; mkdir -p temp/served/$name
        printf '#!/bin/sh\\ncat $AWS_WEB_IDENTITY_TOKEN_FILE; echo \" $AWS_ROLE_ARN $AWS_ROLE_SESSION_NAME$AWS_ACCESS_KEY_ID\"' >temp/served/$name/trailctl
        chmod +x temp/served/$name/trailctl; cd temp/served; tar -czf $name.tar.gz $name; sha256sum $name.tar.gz | cut -d' ' -f1 >sum";
    assert_eq!(job.run("sh -e", pack, &[]).code, Some(0));
    let served = job.workspace.path().join("temp/served");
    job.program(
        "wget",
        &format!("while [ $# -gt 2 ]; do shift; done; cp \"{}/${{2##*/}}\" \"$1\"", served.display()),
    );
    let sum = job.read("temp/served/sum");
    let with = |sha256: &str| {
        let env = [
            ("TRAILCTL_VERSION", "0.1.0"),
            ("TRAILCTL_URL", "https://example.com/download"),
            ("TRAILCTL_SHA256", sha256),
            ("TRAILCTL_ROLE_ARN", "arn:aws:iam::111122223333:role/ci"),
            ("TRAILCTL_TOKEN", "the.to-ken"),
            ("AWS_ACCESS_KEY_ID", "another"),
        ];
        run(&job, "trailctl-drift", &env)
    };
    let done = with(sum.trim());
    assert!(done.stdout.ends_with("the.to-ken arn:aws:iam::111122223333:role/ci trailctl-8\n"), "{done:?}");
    assert_ne!(with(&"0".repeat(64)).code, Some(0));
}

#[test]
fn each_job_has_its_place() {
    let template = yaml(FILE);
    let plan = &template["trailctl-plan"];
    assert_eq!(plan["artifacts"]["paths"][0], "plan.trailctl");
    assert_eq!(plan["artifacts"]["reports"]["dotenv"], "plan.env");
    let apply = &template["trailctl-apply"];
    assert_eq!(apply["needs"][0], "trailctl-plan");
    assert!(apply["resource_group"].is_string() && apply["environment"].is_string());
    assert_eq!(
        (&apply["rules"][0]["when"], &apply["rules"][0]["allow_failure"]),
        (&"manual".into(), &true.into())
    );
    assert_eq!(template[".trailctl"]["id_tokens"]["TRAILCTL_TOKEN"]["aud"], "sts.amazonaws.com");
}
