//! Organization trails: what must be there first, and how a trail becomes one.

use aws_sdk_organizations::types::OrganizationFeatureSet;
use trailctl::exit;

use crate::support::{Local, Seen, Workspace};

const MANAGEMENT: &str = "111122223333";
const MEMBER: &str = "444455556666";
const SPEC: &str = "version: 1
stack: org
trails:
  audit:
    bucket: org-logs
    organization: true
buckets: {org-logs: {}}
";

fn organizations(aws: &Local) -> aws_sdk_organizations::Client {
    aws_sdk_organizations::Client::new(&aws.endpoint.sdk("us-east-1"))
}

async fn create(aws: &Local, features: OrganizationFeatureSet) {
    organizations(aws).create_organization().feature_set(features).send().await.unwrap();
}

async fn trust(aws: &Local) {
    let enable = organizations(aws).enable_aws_service_access();
    enable.service_principal("cloudtrail.amazonaws.com").send().await.unwrap();
}

fn workspace(aws: &Local, account: &str) -> Workspace {
    let mut workspace = Workspace::at(&aws.endpoint);
    workspace.set("AWS_ACCESS_KEY_ID", account);
    workspace.spec(SPEC);
    workspace
}

/// Expects that an apply is refused before anything is changed, for this reason, with this help.
#[track_caller]
fn refused(aws: &Local, account: &str, reason: &str, help: &str) {
    aws.take_calls();
    let output = workspace(aws, account).expect("apply --yes", exit::REFUSED);
    let want = format!("error: trailctl.yaml:6:19: {reason}\n  nothing was changed\n  help: {help}\n");
    assert_eq!(output.stderr, want);
    assert_eq!(aws.take_changes(), [""; 0]);
}

#[tokio::test]
async fn what_is_missing_is_said_before_anything_is_changed() {
    let aws = Local::start();
    refused(
        &aws,
        MANAGEMENT,
        "the account 111122223333 is in no organization",
        "remove `organization: true`, or use credentials of an organization's management account",
    );
    create(&aws, OrganizationFeatureSet::All).await;
    let organization = organizations(&aws).describe_organization().send().await.unwrap();
    let id = organization.organization.unwrap().id.unwrap();
    refused(
        &aws,
        MANAGEMENT,
        &format!("the organization {id} does not trust CloudTrail"),
        "in the account 111122223333 run `aws organizations enable-aws-service-access --service-principal \
         cloudtrail.amazonaws.com`; trailctl neither enables nor disables trusted access",
    );
    trust(&aws).await;
    aws.sandbox.join_organization(MANAGEMENT, MEMBER).unwrap();
    refused(
        &aws,
        MEMBER,
        &format!(
            "the account 444455556666 neither manages the organization {id} nor administers CloudTrail for it"
        ),
        "use credentials of 111122223333, or there run `aws cloudtrail register-organization-delegated-admin \
         --member-account-id 444455556666`",
    );
}

#[tokio::test]
async fn an_organization_with_billing_only_is_refused() {
    let aws = Local::start();
    create(&aws, OrganizationFeatureSet::ConsolidatedBilling).await;
    let organization = organizations(&aws).describe_organization().send().await.unwrap();
    let id = organization.organization.unwrap().id.unwrap();
    refused(
        &aws,
        MANAGEMENT,
        &format!("the organization {id} has consolidated billing only"),
        "the account 111122223333 enables all features in AWS Organizations",
    );
}

#[tokio::test]
async fn a_trail_becomes_one_of_the_organization_and_of_the_account_again() {
    let aws = Local::start();
    create(&aws, OrganizationFeatureSet::All).await;
    trust(&aws).await;
    let workspace = workspace(&aws, MANAGEMENT);
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.expect_no_changes();
    // Another client takes the organization out of it.
    let cloudtrail = aws.endpoint.cloudtrail("us-east-1");
    cloudtrail.update_trail().name("audit").is_organization_trail(false).send().await.unwrap();
    assert_eq!(workspace.changes(), ["trail.audit organization"]);
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.expect_no_changes();
    workspace.spec(&SPEC.replace("    organization: true\n", ""));
    assert_eq!(
        workspace.changes(),
        [
            "bucket.org-logs policy.statements.TrailctlOrgWrite",
            "trail.audit organization",
            "verify trail.audit"
        ]
    );
    let _ = workspace.expect("apply --yes --allow-coverage-loss", exit::DONE);
    workspace.expect_no_changes();
    workspace.spec(SPEC);
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.expect_no_changes();
    // Trusted access is the organization's: nobody touches it.
    let touched = |call: &Seen| call.service == "organizations" && call.mutates;
    assert_eq!(aws.take_calls().iter().filter(|call| touched(call)).count(), 2);
}

#[tokio::test]
async fn a_delegated_administrator_finds_its_trail_when_the_spec_has_none_any_more() {
    let aws = Local::start();
    create(&aws, OrganizationFeatureSet::All).await;
    trust(&aws).await;
    aws.sandbox.join_organization(MANAGEMENT, MEMBER).unwrap();
    let register = organizations(&aws).register_delegated_administrator().account_id(MEMBER);
    register.service_principal("cloudtrail.amazonaws.com").send().await.unwrap();
    let workspace = workspace(&aws, MEMBER);
    let _ = workspace.expect("apply --yes", exit::DONE);
    workspace.spec("version: 1\nstack: org\nbuckets: {org-logs: {}}\n");
    let output = workspace.expect("plan --format json", exit::REFUSED);
    assert_eq!(output.refusals(), ["protected trail.audit", "coverage-loss trail.audit"]);
    let _ = workspace.expect("apply --yes --allow-destroy audit --allow-coverage-loss", exit::DONE);
    workspace.expect_no_changes();
}
