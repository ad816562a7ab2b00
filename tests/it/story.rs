//! A change on its way through a pipeline: checked and planned in a pull request, approved by the hash of the plan, applied, watched at night,
//! healed. The commands are those of a pipeline, and so are the files that they leave.

use std::fs;

use aws_lc_rs::digest::{SHA256, digest};
use trailctl::exit;

use crate::{
    lifecycle::in_runtime,
    support::{Local, Workspace},
};

const SPEC: &str = "version: 1
stack: security-audit
region: us-east-1
trails:
  management: {bucket: acme-audit-logs}
buckets:
  acme-audit-logs: {lifecycle: [{id: old, expire_days: 400}]}
expect:
  - must_record: {eventCategory: Management, eventSource: iam.amazonaws.com}
";

/// Returns the SHA-256 of a file as `sha256sum` prints it.
fn sha256(workspace: &Workspace, file: &str) -> String {
    let bytes = fs::read(workspace.path().join(file)).unwrap();
    hex::encode(digest(&SHA256, &bytes))
}

#[test]
fn a_change_goes_from_pull_request_to_account_and_drift_is_healed() {
    let aws = Local::start();
    let (author, reviewer) = (Workspace::at(&aws.endpoint), Workspace::at(&aws.endpoint));
    let read = |workspace: &Workspace, file: &str| fs::read_to_string(workspace.path().join(file)).unwrap();

    // The main branch is applied.
    author.spec(SPEC);
    let _ = author.expect("apply --yes", exit::DONE);

    // Pull request: one more trail. What is wrong is an annotation at its line, and nothing is planned.
    author.spec(&SPEC.replace("acme-audit-logs}", "acme-audit-log}"));
    let checked = author.expect("validate --format github", exit::ERROR);
    assert!(checked.stdout.starts_with("::error file=trailctl.yaml,line=5,"), "{}", checked.stdout);
    let changed = SPEC.replace(
        "buckets:",
        "  data: {bucket: acme-audit-logs, prefix: data, events: [{where: {eventCategory: Data, resources.type: 'AWS::S3::Object', \
         resources.ARN: {starts_with: ['arn:aws:s3:::acme-ledger/']}}}]}\nbuckets:",
    );
    author.spec(&changed);
    let _ = author.expect("validate --format github", exit::DONE);
    let planned = "plan --detailed-exitcode -o plan.json --output summary.md --output sarif=plan.sarif --output junit=plan.xml";
    let _ = author.expect(planned, exit::CHANGES);
    let summary = read(&author, "summary.md");
    let verdict = summary.find("extended").unwrap();
    assert!(verdict < summary.find("trail.data").unwrap(), "{summary}");
    for file in ["plan.sarif", "plan.xml"] {
        assert!(!read(&author, file).is_empty(), "{file}");
    }

    // Approval is of a hash; the plan comes to the job that applies it as a file.
    let approved = sha256(&author, "plan.json");
    reviewer.spec(&changed);
    let plan = read(&author, "plan.json");
    reviewer.write("plan.json", &plan.replacen("acme-ledger", "acme-public", 1));
    let refused =
        reviewer.expect(&format!("apply plan.json --require-plan-sha256 {approved}"), exit::REFUSED);
    assert!(refused.stderr.contains("SHA-256"), "{}", refused.stderr);
    reviewer.write("plan.json", &plan);
    assert_eq!(sha256(&reviewer, "plan.json"), approved);
    let applied =
        format!("apply plan.json --require-plan-sha256 {approved} --record audit.jsonl --output applied.md");
    let _ = reviewer.expect(&applied, exit::DONE);
    assert!(read(&reviewer, "applied.md").contains("trail.data"));
    assert!(read(&reviewer, "audit.jsonl").contains("CreateTrail"));
    reviewer.expect_no_changes();

    // At night: nothing, then somebody has been there.
    let _ = reviewer.expect("plan --detailed-exitcode --quiet --output drift.xml", exit::DONE);
    assert!(!read(&reviewer, "drift.xml").contains("<failure"));
    let cloudtrail = aws.endpoint.cloudtrail("us-east-1");
    in_runtime(async { drop(cloudtrail.stop_logging().name("management").send().await.unwrap()) });
    let _ = reviewer
        .expect("plan --detailed-exitcode --quiet --output drift.xml --output drift.md", exit::CHANGES);
    // The trail differs, and what it recorded is not recorded.
    assert_eq!(read(&reviewer, "drift.xml").matches("<failure").count(), 2);
    assert!(read(&reviewer, "drift.xml").contains("not recorded now: a management event"));
    assert!(read(&reviewer, "drift.md").contains("logging"));
    let _ = reviewer.expect("status --output status.md", exit::CHANGES);
    assert!(read(&reviewer, "status.md").contains("management"));

    // An old plan does not heal it; a new one does.
    let _ = reviewer.expect(&format!("apply plan.json --require-plan-sha256 {approved}"), exit::REFUSED);
    let _ = reviewer.expect("apply --yes", exit::DONE);
    reviewer.expect_no_changes();
}
