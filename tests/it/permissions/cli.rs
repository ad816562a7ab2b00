//! `iam-policy` on the command line.

use serde_json::Value;

use crate::support::{Workspace, estate};

const SPEC: &str =
    "version: 1\nstack: least\ntrails: {audit: {bucket: logs}}\nbuckets: {logs: {name: least-logs}}\n";

fn workspace(spec: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.spec(spec);
    workspace
}

fn statement<'a>(document: &'a Value, sid: &str) -> &'a Value {
    document["Statement"].as_array().unwrap().iter().find(|one| one["Sid"] == sid).unwrap()
}

#[test]
fn what_is_not_known_is_any() {
    let workspace = workspace(SPEC);
    let arn = |options: &str| {
        let printed = workspace.expect(&format!("iam-policy --role destroy {options}"), 0);
        let document: Value = serde_json::from_str(&printed.stdout).unwrap();
        statement(&document, "DeleteTrails")["Resource"][0].as_str().unwrap().to_owned()
    };
    assert_eq!(arn(""), "arn:aws:cloudtrail:*:*:trail/audit");
    assert_eq!(
        arn("--region us-gov-west-1 --account 111122223333"),
        "arn:aws:cloudtrail:us-gov-west-1:111122223333:trail/audit"
    );
    workspace.spec(&SPEC.replace("stack:", "partition: aws-us-gov\nstack:"));
    assert_eq!(arn(""), "arn:aws-us-gov:cloudtrail:*:*:trail/audit");
}

#[test]
fn a_name_with_an_unknown_account_in_it_is_asked_for() {
    let workspace = workspace(&SPEC.replace("name: least-logs", "name: 'least-${account}'"));
    let output = workspace.expect("iam-policy", 1);
    let says = "the spec uses `${account}` and does not say which it is\n  help: give `--account ID`, or write `account:`";
    assert!(output.stderr.contains(says), "{}", output.stderr);
    let output = workspace.expect("iam-policy --account 111122223333", 0);
    assert!(output.stdout.contains("arn:aws:s3:::least-111122223333"), "{}", output.stdout);
    let _ = workspace.expect("iam-policy --account 1", 64);
    workspace.spec(&SPEC.replace("name: least-logs", "name: 'least-${partition}'"));
    assert!(
        workspace.expect("iam-policy", 1).stderr.contains("give `--region REGION`, or write `partition:`")
    );
    let _ = workspace.expect("iam-policy --region eu-west-1", 0);
    workspace.spec(&SPEC.replace("name: least-logs", "name: 'least-${org}'"));
    assert!(workspace.expect("iam-policy", 1).stderr.contains("the spec uses `${org}` in a name"));
    workspace.spec(&format!("{SPEC}tags: {{of: '${{org}}'}}\n"));
    let _ = workspace.expect("iam-policy", 0);
}

#[test]
fn the_account_of_the_spec_is_not_another_one() {
    let workspace = workspace(&SPEC.replace("stack:", "account: '111122223333'\nstack:"));
    let output = workspace.expect("iam-policy --account 444455556666", 64);
    assert!(output.stderr.contains("the spec is for the account 111122223333, not for 444455556666"));
}

#[test]
fn a_wrong_spec_has_no_policy() {
    let output = workspace("version: 1\n").expect("iam-policy", 1);
    assert_eq!(output.stdout, "");
    assert!(output.stderr.contains("error["), "{}", output.stderr);
}

#[test]
fn a_large_spec_has_several_policies_that_iam_takes() {
    let workspace = workspace(&estate::spec("least", 40));
    let output = workspace.expect("iam-policy --format json", 0);
    assert!(output.stderr.contains("policy documents: IAM takes no policy of more than 6144 characters"));
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let policies = report["policies"].as_array().unwrap();
    assert!(policies.len() > 1);
    for policy in policies {
        let text = policy["document"].to_string();
        assert_eq!(policy["characters"], text.chars().filter(|c| !c.is_whitespace()).count());
        assert!(text.len() <= 6144);
    }
    let terraform = workspace.expect("iam-policy --format terraform", 0).stdout;
    assert_eq!(terraform.matches("resource \"aws_iam_policy\"").count(), policies.len());
    let template = workspace.expect("iam-policy --format cloudformation", 0).stdout;
    assert_eq!(template.matches("Type: AWS::IAM::ManagedPolicy").count(), policies.len());
}
