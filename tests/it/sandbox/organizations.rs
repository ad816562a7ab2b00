//! Organizations and their trails.

use aws_sdk_cloudtrail::operation::create_trail::builders::CreateTrailFluentBuilder;
use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::OrganizationFeatureSet;

use super::*;

pub(super) const MEMBER: &str = "444455556666";
pub(super) const ADMIN: &str = "777788889999";
pub(super) const SERVICE: &str = "cloudtrail.amazonaws.com";
pub(super) const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/all";

fn of(sandbox: &Sandbox, account: &str) -> Client {
    organizations(sandbox, account, OTHER_REGION)
}

/// An organization with a member and an administrator of CloudTrail, whose bucket takes its logs.
pub(super) async fn with_organization() -> (Sandbox, String) {
    let sandbox = with_bucket().await;
    let client = of(&sandbox, ACCOUNT);
    let id = client.create_organization().send().await.unwrap().organization.unwrap().id.unwrap();
    sandbox.join_organization(ACCOUNT, MEMBER).unwrap();
    sandbox.join_organization(ACCOUNT, ADMIN).unwrap();
    client.enable_aws_service_access().service_principal(SERVICE).send().await.unwrap();
    let register = client.register_delegated_administrator().service_principal(SERVICE);
    register.account_id(ADMIN).send().await.unwrap();
    let mut policy = bucket_policy("", TRAIL);
    let mut shared = policy["Statement"][1].clone();
    shared["Resource"] = format!("arn:aws:s3:::{BUCKET}/AWSLogs/{id}/*").into();
    policy["Statement"].as_array_mut().unwrap().push(shared);
    put_policy(&sandbox, BUCKET, &policy).await;
    (sandbox, id)
}

pub(super) fn create(sandbox: &Sandbox, account: &str) -> CreateTrailFluentBuilder {
    let create = cloudtrail(sandbox, account, REGION).create_trail().name("all").s3_bucket_name(BUCKET);
    create.is_multi_region_trail(true).is_organization_trail(true)
}

#[tokio::test]
async fn creates_an_organization_that_accounts_join() {
    let sandbox = empty();
    let client = of(&sandbox, ACCOUNT);
    let absent = "AWSOrganizationsNotInUseException";
    refused(&sandbox, client.describe_organization().send(), absent).await;
    assert!(sandbox.join_organization(ACCOUNT, MEMBER).is_err());
    let made = client.create_organization().send().await.unwrap().organization.unwrap();
    assert!(made.id().unwrap().starts_with("o-"));
    assert_eq!(made.feature_set(), Some(&OrganizationFeatureSet::All));
    refused(&sandbox, client.create_organization().send(), "AlreadyInOrganizationException").await;
    sandbox.join_organization(ACCOUNT, MEMBER).unwrap();
    let error = sandbox.join_organization(ACCOUNT, MEMBER).unwrap_err().to_string();
    assert!(error.contains("belongs to an organization already"), "{error}");
    let seen = of(&sandbox, MEMBER).describe_organization().send().await.unwrap().organization.unwrap();
    assert_eq!((seen.id(), seen.master_account_id()), (made.id(), Some(ACCOUNT)));
    refused(&sandbox, of(&sandbox, ADMIN).describe_organization().send(), absent).await;
}

#[tokio::test]
async fn trusts_services_and_has_administrators() {
    let (sandbox, _) = with_organization().await;
    let client = of(&sandbox, ACCOUNT);
    let services = client.list_aws_service_access_for_organization().send().await.unwrap();
    assert_eq!(services.enabled_service_principals()[0].service_principal(), Some(SERVICE));
    let admins = client.list_delegated_administrators().service_principal(SERVICE).send().await.unwrap();
    assert_eq!(admins.delegated_administrators()[0].id(), Some(ADMIN));
    let register = |account: &str, service: &str| {
        client.register_delegated_administrator().account_id(account).service_principal(service).send()
    };
    refused(&sandbox, register(ADMIN, SERVICE), "AccountAlreadyRegisteredException").await;
    refused(&sandbox, register(ACCOUNT, SERVICE), "ConstraintViolationException").await;
    refused(&sandbox, register("000000000001", SERVICE), "AccountNotFoundException").await;
    refused(&sandbox, register(MEMBER, "config.amazonaws.com"), "ConstraintViolationException").await;
    refused(&sandbox, register("x", SERVICE), "InvalidInputException").await;
    for account in ["000000000002", "000000000003", "000000000004"] {
        sandbox.join_organization(ACCOUNT, account).unwrap();
    }
    register("000000000002", SERVICE).await.unwrap();
    register("000000000003", SERVICE).await.unwrap();
    refused(&sandbox, register("000000000004", SERVICE), "ConstraintViolationException").await;
    let disable = client.disable_aws_service_access().service_principal(SERVICE);
    refused(&sandbox, disable.send(), "ConstraintViolationException").await;
    let odd = client.enable_aws_service_access().service_principal("cloudtrail");
    refused(&sandbox, odd.send(), "InvalidInputException").await;
    let denied = "AccessDeniedException";
    let member = of(&sandbox, MEMBER);
    let enable = member.enable_aws_service_access().service_principal(SERVICE);
    refused(&sandbox, enable.send(), denied).await;
    refused(&sandbox, member.list_aws_service_access_for_organization().send(), denied).await;
    refused(&sandbox, member.list_delegated_administrators().send(), denied).await;
    of(&sandbox, ADMIN).list_delegated_administrators().send().await.unwrap();
}

#[tokio::test]
async fn has_trails_that_members_see_and_cannot_change() {
    let (sandbox, _) = with_organization().await;
    let created = create(&sandbox, ACCOUNT).send().await.unwrap();
    assert_eq!((created.trail_arn(), created.is_organization_trail()), (Some(TRAIL), Some(true)));
    let member = cloudtrail(&sandbox, MEMBER, REGION);
    let seen = member.get_trail().name(TRAIL).send().await.unwrap().trail.unwrap();
    assert_eq!(seen.is_organization_trail(), Some(true));
    assert_eq!(member.describe_trails().send().await.unwrap().trail_list().len(), 1);
    member.get_trail_status().name(TRAIL).send().await.unwrap();
    member.get_event_selectors().trail_name(TRAIL).send().await.unwrap();
    refused(&sandbox, member.get_trail().name("all").send(), "TrailNotFoundException").await;
    refused(&sandbox, member.stop_logging().name("all").send(), "TrailNotFoundException").await;
    let not_master = "NotOrganizationMasterAccountException";
    refused(&sandbox, member.stop_logging().name(TRAIL).send(), not_master).await;
    refused(&sandbox, member.delete_trail().name(TRAIL).send(), not_master).await;
    refused(&sandbox, member.update_trail().name(TRAIL).send(), not_master).await;
    let insights = member.put_insight_selectors().trail_name(TRAIL).set_insight_selectors(Some(Vec::new()));
    refused(&sandbox, insights.send(), not_master).await;
    let elsewhere = cloudtrail(&sandbox, "000000000009", REGION);
    refused(&sandbox, elsewhere.get_trail().name(TRAIL).send(), "TrailNotFoundException").await;
    let own = cloudtrail(&sandbox, ACCOUNT, REGION);
    let alone = own.update_trail().name("all").is_organization_trail(false).send().await.unwrap();
    assert_eq!(alone.is_organization_trail(), Some(false));
    refused(&sandbox, member.get_trail().name(TRAIL).send(), "TrailNotFoundException").await;
}

#[tokio::test]
async fn lets_an_administrator_manage_the_trails_by_arn() {
    let (sandbox, _) = with_organization().await;
    let created = create(&sandbox, ADMIN).send().await.unwrap();
    assert_eq!(created.trail_arn(), Some(TRAIL));
    refused(&sandbox, create(&sandbox, ADMIN).send(), "TrailAlreadyExistsException").await;
    let admin = cloudtrail(&sandbox, ADMIN, REGION);
    refused(&sandbox, admin.start_logging().name("all").send(), "TrailNotFoundException").await;
    admin.start_logging().name(TRAIL).send().await.unwrap();
    admin.update_trail().name(TRAIL).enable_log_file_validation(true).send().await.unwrap();
    let alone = admin.update_trail().name(TRAIL).is_organization_trail(false);
    refused(&sandbox, alone.send(), "NotOrganizationMasterAccountException").await;
    let away = cloudtrail(&sandbox, ADMIN, OTHER_REGION).stop_logging().name(TRAIL);
    refused(&sandbox, away.send(), "InvalidHomeRegionException").await;
    admin.delete_trail().name(TRAIL).send().await.unwrap();
    let own = cloudtrail(&sandbox, ACCOUNT, REGION);
    assert!(own.list_trails().send().await.unwrap().trails().is_empty());
}

#[tokio::test]
async fn refuses_a_trail_of_an_organization_that_is_not_ready() {
    let (sandbox, id) = with_organization().await;
    refused(&sandbox, create(&sandbox, MEMBER).send(), "NotOrganizationMasterAccountException").await;
    let outside = create(&sandbox, "000000000009");
    refused(&sandbox, outside.send(), "OrganizationsNotInUseException").await;
    let insufficient = "InsufficientS3BucketPolicyException";
    let mut policy = bucket_policy("", TRAIL);
    put_policy(&sandbox, BUCKET, &policy).await;
    refused(&sandbox, create(&sandbox, ACCOUNT).send(), insufficient).await;
    policy["Statement"][1]["Resource"] = format!("arn:aws:s3:::{BUCKET}/AWSLogs/{id}/*").into();
    put_policy(&sandbox, BUCKET, &policy).await;
    refused(&sandbox, create(&sandbox, ACCOUNT).send(), insufficient).await;

    let sandbox = with_bucket().await;
    let client = of(&sandbox, ACCOUNT);
    client.create_organization().send().await.unwrap();
    let closed = "CloudTrailAccessNotEnabledException";
    refused(&sandbox, create(&sandbox, ACCOUNT).send(), closed).await;
    client.enable_aws_service_access().service_principal(SERVICE).send().await.unwrap();
    client.disable_aws_service_access().service_principal(SERVICE).send().await.unwrap();
    refused(&sandbox, create(&sandbox, ACCOUNT).send(), closed).await;

    let sandbox = with_bucket().await;
    let client = of(&sandbox, ACCOUNT);
    let billing = OrganizationFeatureSet::ConsolidatedBilling;
    client.create_organization().feature_set(billing).send().await.unwrap();
    let partial = "OrganizationNotInAllFeaturesModeException";
    refused(&sandbox, create(&sandbox, ACCOUNT).send(), partial).await;
    let enable = client.enable_aws_service_access().service_principal(SERVICE);
    refused(&sandbox, enable.send(), "ConstraintViolationException").await;
}
