//! The examples: each is planned, applied, planned again and destroyed.

use std::fs;

use aws_sdk_organizations::types::OrganizationFeatureSet;
use serde_json::{Value, json};
use trailctl::exit;

use crate::support::{Local, Workspace};

const ACCOUNT: &str = "111122223333";
const ADMINISTRATOR: &str = "444455556666";

/// Runs an example from nothing to nothing, as somebody in a Region.
fn live_through(aws: &Local, name: &str, access_key_id: &str, region: &str) {
    let mut workspace = Workspace::at(&aws.endpoint);
    workspace.set("AWS_ACCESS_KEY_ID", access_key_id);
    workspace.set("AWS_REGION", region);
    let path = format!("{}/examples/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    workspace.spec(&text);
    let before = aws.sandbox.state().unwrap();
    let plan = workspace.expect("plan --detailed-exitcode", exit::CHANGES);
    assert!(plan.stdout.contains(" to create, 0 to update, 0 to delete."), "{name}: {}", plan.stdout);
    assert_eq!(aws.sandbox.state().unwrap(), before, "{name}: a plan changes nothing");
    let applied = workspace.expect("apply --yes", exit::DONE);
    assert!(!applied.stdout.contains("note"), "{name}: {}", applied.stdout);
    workspace.expect_no_changes();
    let consent = consent(&text);
    let kept = workspace.run("destroy --yes");
    assert_eq!(kept.code, Some(exit::REFUSED.into()), "{name}: trails are protected");
    let _ = workspace.expect(&format!("destroy --yes --allow-coverage-loss {consent}"), exit::DONE);
    let output = workspace.expect(&format!("destroy --yes --allow-coverage-loss {consent}"), exit::DONE);
    assert!(output.stdout.ends_with("No changes. Nothing is left to remove.\n"), "{name}: {}", output.stdout);
    assert!(!output.stdout.contains("left alone"), "{name}: {}", output.stdout);
}

/// Returns the options that let everything of a spec be removed.
fn consent(text: &str) -> String {
    let spec: Value = serde_yaml::from_str(text).unwrap();
    let sections = spec.as_object().unwrap().iter().filter(|(section, _)| *section != "tags");
    let entries =
        sections.filter_map(|(section, entries)| Some((section.trim_end_matches('s'), entries.as_object()?)));
    let addresses =
        entries.flat_map(|(kind, entries)| entries.keys().map(move |key| format!("{kind}.{key}")));
    addresses.map(|address| format!("--allow-destroy {address} --delete-data {address} ")).collect()
}

#[test]
fn examples_live_and_die() {
    for (name, region) in [
        ("quickstart", "us-east-1"),
        ("complete", "us-east-1"),
        ("shared-bucket", "us-east-1"),
        ("govcloud", "us-gov-west-1"),
        ("single-region-us-east-1", "us-east-1"),
        ("data-events", "us-east-1"),
    ] {
        live_through(&Local::start(), name, ACCOUNT, region);
    }
}

#[tokio::test]
async fn the_example_of_an_organization_lives_and_dies() {
    let aws = Local::start();
    organization(&aws).await;
    live_through(&aws, "organization", ACCOUNT, "eu-west-1");
}

#[tokio::test]
async fn a_delegated_administrator_can_do_the_same() {
    let aws = Local::start();
    organization(&aws).await;
    aws.sandbox.join_organization(ACCOUNT, ADMINISTRATOR).unwrap();
    aws_sdk_organizations::Client::new(&aws.endpoint.sdk("us-east-1"))
        .register_delegated_administrator()
        .account_id(ADMINISTRATOR)
        .service_principal("cloudtrail.amazonaws.com")
        .send()
        .await
        .unwrap();
    live_through(&aws, "organization", ADMINISTRATOR, "eu-west-1");
}

/// Makes an organization that trusts CloudTrail.
async fn organization(aws: &Local) {
    let organizations = aws_sdk_organizations::Client::new(&aws.endpoint.sdk("us-east-1"));
    organizations.create_organization().feature_set(OrganizationFeatureSet::All).send().await.unwrap();
    let trust = organizations.enable_aws_service_access().service_principal("cloudtrail.amazonaws.com");
    trust.send().await.unwrap();
}

#[tokio::test]
async fn the_example_of_a_guest_lives_and_dies_and_changes_nothing_of_its_hosts() {
    let aws = Local::start();
    hosts(&aws).await;
    let hosts_of = |state: &Value| {
        let mut state = state.clone();
        state.as_object_mut().unwrap().retain(|key, _| key != "trails" && key != "ids_given");
        state
    };
    let before = hosts_of(&aws.sandbox.state().unwrap());
    live_through(&aws, "existing", ACCOUNT, "us-east-1");
    assert_eq!(hosts_of(&aws.sandbox.state().unwrap()), before);
}

/// Makes what the example refers to, as its owner would.
async fn hosts(aws: &Local) {
    let sdk = aws.endpoint.sdk("us-east-1");
    let service = json!({"Service": "cloudtrail.amazonaws.com"});
    let policy = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let allow = |action: &str, resource: &str| json!({"Effect": "Allow", "Principal": service, "Action": action, "Resource": resource});
    let s3 = aws.endpoint.s3("us-east-1");
    s3.create_bucket().bucket("acme-central-logs").send().await.unwrap();
    let statements = json!([
        allow("s3:GetBucketAcl", "arn:aws:s3:::acme-central-logs"),
        allow("s3:PutObject", &format!("arn:aws:s3:::acme-central-logs/guest/AWSLogs/{ACCOUNT}/*")),
    ]);
    s3.put_bucket_policy().bucket("acme-central-logs").policy(policy(statements)).send().await.unwrap();
    let kms = aws_sdk_kms::Client::new(&sdk);
    let root = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")});
    let statements = json!([
        {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"},
        allow("kms:*", "*"),
    ]);
    let key = kms.create_key().policy(policy(statements)).send().await.unwrap().key_metadata.unwrap().key_id;
    kms.create_alias().alias_name("alias/central-audit").target_key_id(key).send().await.unwrap();
    let topic = format!("arn:aws:sns:us-east-1:{ACCOUNT}:central-audit");
    let sns = aws_sdk_sns::Client::new(&sdk);
    let statements = json!([allow("SNS:Publish", &topic)]);
    sns.create_topic().name("central-audit").attributes("Policy", policy(statements)).send().await.unwrap();
    let logs = aws_sdk_cloudwatchlogs::Client::new(&sdk);
    logs.create_log_group().log_group_name("/central/audit").send().await.unwrap();
    let iam = aws_sdk_iam::Client::new(&sdk);
    let trust = json!([{"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}]);
    let role =
        iam.create_role().role_name("central-audit-to-logs").assume_role_policy_document(policy(trust));
    role.send().await.unwrap();
    let write = json!([{"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]);
    let put = iam.put_role_policy().role_name("central-audit-to-logs").policy_name("write");
    put.policy_document(policy(write)).send().await.unwrap();
}
