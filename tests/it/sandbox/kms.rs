//! Keys: settings, policies, aliases, rotation, deletion.

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{GrantOperation, KeySpec, KeyState, KeyUsageType, OriginType, Tag};

use super::*;

fn here(sandbox: &Sandbox) -> Client {
    kms(sandbox, ACCOUNT, REGION)
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().tag_key(key).tag_value(value).build().unwrap()
}

async fn with_key() -> (Sandbox, Client, String) {
    let sandbox = empty();
    let client = here(&sandbox);
    let key = client.create_key().description("logs").tags(tag("team", "a")).send().await.unwrap();
    let id = key.key_metadata().unwrap().key_id().to_owned();
    (sandbox, client, id)
}

fn policy(statement: &Value) -> String {
    let root = json!({"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
        "Action": "kms:*", "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [root, statement]}).to_string()
}

fn service(members: &Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "kms:Decrypt", "Resource": "*"});
    for (name, value) in members.as_object().unwrap() {
        statement[name] = value.clone();
    }
    statement
}

#[tokio::test]
async fn creates_keys_with_the_defaults_of_aws() {
    let (_sandbox, client, id) = with_key().await;
    let key = client.describe_key().key_id(&id).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(key.arn(), Some(format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}").as_str()));
    assert_eq!(key.aws_account_id(), Some(ACCOUNT));
    assert_eq!(key.description(), Some("logs"));
    assert_eq!(key.key_state(), Some(&KeyState::Enabled));
    assert_eq!(key.key_spec(), Some(&KeySpec::SymmetricDefault));
    assert_eq!(key.key_usage(), Some(&KeyUsageType::EncryptDecrypt));
    assert_eq!((key.enabled(), key.multi_region()), (true, Some(false)));
    let policy = client.get_key_policy().key_id(&id).send().await.unwrap();
    assert_eq!(policy.policy_name(), Some("default"));
    let policy: Value = serde_json::from_str(policy.policy().unwrap()).unwrap();
    assert_eq!(policy["Statement"][0]["Principal"]["AWS"], format!("arn:aws:iam::{ACCOUNT}:root"));
    let again = client.create_key().multi_region(true).send().await.unwrap().key_metadata.unwrap();
    assert!(again.key_id().starts_with("mrk-"));
    assert!(again.multi_region_configuration().is_some());
    assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 2);
    client.update_key_description().key_id(&id).description("x").send().await.unwrap();
    let key = client.describe_key().key_id(key.arn().unwrap()).send().await.unwrap();
    assert_eq!(key.key_metadata().unwrap().description(), Some("x"));
}

#[tokio::test]
async fn refuses_bad_keys() {
    let sandbox = empty();
    let client = here(&sandbox);
    let new = || client.create_key();
    let invalid = "ValidationException";
    let cases = [
        (new().description("x".repeat(8193)), invalid),
        (new().key_spec(KeySpec::from("AES")), invalid),
        (new().key_usage(KeyUsageType::SignVerify), invalid),
        (new().origin(OriginType::External), "UnsupportedOperationException"),
        (new().tags(tag("aws:x", "y")), "TagException"),
        (new().policy("{}"), "MalformedPolicyDocumentException"),
    ];
    for (call, expected) in cases {
        refused(&sandbox, call.send(), expected).await;
    }
    let tags = (0..51).map(|number| tag(&format!("key-{number}"), "x")).collect();
    refused(&sandbox, new().set_tags(Some(tags)).send(), "LimitExceededException").await;
}

#[tokio::test]
async fn finds_keys_by_any_spelling_where_an_alias_is_taken() {
    let (sandbox, client, id) = with_key().await;
    client.create_alias().alias_name("alias/logs").target_key_id(&id).send().await.unwrap();
    let arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}");
    let alias_arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:alias/logs");
    for spelling in [id.as_str(), &arn, "alias/logs", &alias_arn] {
        let key = client.describe_key().key_id(spelling).send().await.unwrap();
        assert_eq!(key.key_metadata().unwrap().key_id(), id);
    }
    let absent = "NotFoundException";
    for spelling in
        ["", "absent", "alias/absent", "a/b", "arn:aws:kms:x", &arn.replace(REGION, OTHER_REGION), "a b"]
    {
        refused(&sandbox, client.describe_key().key_id(spelling).send(), absent).await;
    }
    let theirs = arn.replace(ACCOUNT, OTHER_ACCOUNT);
    refused(&sandbox, client.describe_key().key_id(theirs).send(), "AccessDeniedException").await;
    for alias in ["alias/logs", &alias_arn] {
        refused(&sandbox, client.get_key_policy().key_id(alias).send(), absent).await;
        refused(&sandbox, client.enable_key_rotation().key_id(alias).send(), absent).await;
        refused(&sandbox, client.disable_key().key_id(alias).send(), absent).await;
    }
    let elsewhere = kms(&sandbox, ACCOUNT, OTHER_REGION);
    refused(&sandbox, elsewhere.describe_key().key_id(&id).send(), absent).await;
}

#[tokio::test]
async fn keeps_policies_that_are_well_formed_and_lock_nobody_out() {
    let (sandbox, client, id) = with_key().await;
    let put = |text: String| client.put_key_policy().key_id(&id).policy(text);
    let good = policy(&service(&json!({"Condition": {"Null": {"kms:EncryptionContext:aws:x": "true"}}})));
    put(good.clone()).policy_name("default").send().await.unwrap();
    assert_eq!(client.get_key_policy().key_id(&id).send().await.unwrap().policy(), Some(good.as_str()));
    let malformed = "MalformedPolicyDocumentException";
    for bad in [
        json!({"Principal": {"AWS": "arn:aws:iam::1:root"}}),
        json!({"Principal": {"Service": "cloudtrail"}}),
        json!({"Action": "s3:GetObject"}),
        json!({"Action": "kms:"}),
        json!({"Condition": {"StringEquals": {"s3:x": "y"}}}),
        json!({"Resource": ""}),
        json!({"Surprise": 1}),
        json!({"Effect": "Deny", "Principal": "*", "Action": "kms:PutKeyPolicy"}),
    ] {
        refused(&sandbox, put(policy(&service(&bad))).send(), malformed).await;
    }
    let locked = json!({"Statement": [service(&json!({}))]}).to_string();
    refused(&sandbox, put("x".to_owned()).send(), malformed).await;
    refused(&sandbox, put(locked.clone()).send(), malformed).await;
    let long = policy(&service(&json!({"Sid": "x".repeat(32 * 1024)})));
    refused(&sandbox, put(long).send(), "LimitExceededException").await;
    refused(&sandbox, put(good).policy_name("other").send(), "NotFoundException").await;
    refused(&sandbox, client.get_key_policy().key_id(&id).policy_name("o").send(), "NotFoundException").await;
    put(locked).bypass_policy_lockout_safety_check(true).send().await.unwrap();
}

#[tokio::test]
async fn rotates_symmetric_keys_in_a_period() {
    let (sandbox, client, id) = with_key().await;
    let status = || client.get_key_rotation_status().key_id(&id).send();
    assert!(!status().await.unwrap().key_rotation_enabled());
    client.enable_key_rotation().key_id(&id).send().await.unwrap();
    assert_eq!(status().await.unwrap().rotation_period_in_days(), Some(365));
    client.enable_key_rotation().key_id(&id).rotation_period_in_days(90).send().await.unwrap();
    client.disable_key_rotation().key_id(&id).send().await.unwrap();
    assert_eq!(status().await.unwrap().rotation_period_in_days(), None);
    client.enable_key_rotation().key_id(&id).send().await.unwrap();
    let seen = status().await.unwrap();
    assert_eq!((seen.key_rotation_enabled(), seen.rotation_period_in_days()), (true, Some(90)));
    for days in [89, 2561] {
        let enable = client.enable_key_rotation().key_id(&id).rotation_period_in_days(days);
        refused(&sandbox, enable.send(), "ValidationException").await;
    }
    client.disable_key().key_id(&id).send().await.unwrap();
    refused(&sandbox, client.disable_key_rotation().key_id(&id).send(), "DisabledException").await;
    let asymmetric = client.create_key().key_spec(KeySpec::Rsa2048).key_usage(KeyUsageType::SignVerify);
    let other = asymmetric.send().await.unwrap().key_metadata.unwrap();
    let enable = client.enable_key_rotation().key_id(other.key_id());
    refused(&sandbox, enable.send(), "UnsupportedOperationException").await;
}

#[tokio::test]
async fn schedules_deletion_and_takes_it_back() {
    let (sandbox, client, id) = with_key().await;
    let state = async || {
        let key = client.describe_key().key_id(&id).send().await.unwrap().key_metadata.unwrap();
        (key.key_state().unwrap().clone(), key.deletion_date().is_some())
    };
    let invalid = "KMSInvalidStateException";
    refused(&sandbox, client.cancel_key_deletion().key_id(&id).send(), invalid).await;
    for days in [6, 31] {
        let schedule = client.schedule_key_deletion().key_id(&id).pending_window_in_days(days);
        refused(&sandbox, schedule.send(), "ValidationException").await;
    }
    let scheduled = client.schedule_key_deletion().key_id(&id).send().await.unwrap();
    assert_eq!(scheduled.pending_window_in_days(), Some(30));
    assert_eq!(state().await, (KeyState::PendingDeletion, true));
    refused(&sandbox, client.schedule_key_deletion().key_id(&id).send(), invalid).await;
    refused(&sandbox, client.enable_key().key_id(&id).send(), invalid).await;
    refused(&sandbox, client.disable_key().key_id(&id).send(), invalid).await;
    refused(&sandbox, client.enable_key_rotation().key_id(&id).send(), invalid).await;
    refused(&sandbox, client.update_key_description().key_id(&id).description("x").send(), invalid).await;
    refused(&sandbox, client.tag_resource().key_id(&id).tags(tag("a", "b")).send(), invalid).await;
    refused(&sandbox, client.untag_resource().key_id(&id).tag_keys("a").send(), invalid).await;
    let alias = client.create_alias().alias_name("alias/x").target_key_id(&id);
    refused(&sandbox, alias.send(), invalid).await;
    client.cancel_key_deletion().key_id(&id).send().await.unwrap();
    assert_eq!(state().await, (KeyState::Disabled, false));
    client.enable_key().key_id(&id).send().await.unwrap();
    assert_eq!(state().await, (KeyState::Enabled, false));
}

#[tokio::test]
async fn has_aliases_that_move_and_go() {
    let (sandbox, client, id) = with_key().await;
    let other = client.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    let create = |name: &str| client.create_alias().alias_name(name).target_key_id(&id).send();
    create("alias/logs").await.unwrap();
    create("alias/other").await.unwrap();
    refused(&sandbox, create("alias/logs"), "AlreadyExistsException").await;
    for name in ["logs", "alias/", "alias/a.b", "alias/aws/s3", &format!("alias/{}", "x".repeat(251))] {
        refused(&sandbox, create(name), "InvalidAliasNameException").await;
    }
    let names = async |key: Option<&str>| {
        let list = client.list_aliases().set_key_id(key.map(str::to_owned)).send().await.unwrap();
        list.aliases().iter().map(|alias| alias.alias_name().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(Some(&id)).await, ["alias/logs", "alias/other"]);
    let update = |name: &str, key: &str| client.update_alias().alias_name(name).target_key_id(key).send();
    update("alias/logs", &other).await.unwrap();
    assert_eq!(names(Some(&id)).await, ["alias/other"]);
    assert_eq!(names(None).await.len(), 2);
    refused(&sandbox, update("alias/absent", &other), "NotFoundException").await;
    refused(&sandbox, update("alias/logs", "absent"), "NotFoundException").await;
    let hmac = client.create_key().key_spec(KeySpec::Hmac256).key_usage(KeyUsageType::GenerateVerifyMac);
    let hmac = hmac.send().await.unwrap().key_metadata.unwrap().key_id;
    refused(&sandbox, update("alias/logs", &hmac), "KMSInvalidStateException").await;
    client.delete_alias().alias_name("alias/logs").send().await.unwrap();
    let delete = client.delete_alias().alias_name("alias/logs");
    refused(&sandbox, delete.send(), "NotFoundException").await;
    let paged = client.list_aliases().marker("x");
    refused(&sandbox, paged.send(), "InvalidMarkerException").await;
}

#[tokio::test]
async fn has_tags_and_grants() {
    let (sandbox, client, id) = with_key().await;
    client.tag_resource().key_id(&id).tags(tag("team", "b")).tags(tag("x", "")).send().await.unwrap();
    client.untag_resource().key_id(&id).tag_keys("x").send().await.unwrap();
    let tags = client.list_resource_tags().key_id(&id).send().await.unwrap();
    assert_eq!(tags.tags(), [tag("team", "b")]);
    refused(&sandbox, client.tag_resource().key_id(&id).tags(tag("", "b")).send(), "TagException").await;
    let grant = || client.create_grant().key_id(&id).operations(GrantOperation::Decrypt);
    let grantee = format!("arn:aws:iam::{ACCOUNT}:role/reader");
    grant().grantee_principal(&grantee).name("n").send().await.unwrap();
    let grants = client.list_grants().key_id(&id).send().await.unwrap();
    assert_eq!(grants.grants()[0].grantee_principal(), Some(grantee.as_str()));
    refused(&sandbox, grant().grantee_principal("x").send(), "InvalidArnException").await;
    let odd = grant().grantee_principal(&grantee).operations(GrantOperation::from("Fly"));
    refused(&sandbox, odd.send(), "ValidationException").await;
}

#[tokio::test]
async fn creates_a_key_with_all_it_can_have() {
    let sandbox = empty();
    let client = here(&sandbox);
    let text = policy(&service(&json!({})));
    let create = client.create_key().multi_region(true).policy(&text).tags(tag("team", "a"));
    let key = create.description("logs").send().await.unwrap().key_metadata.unwrap();
    let id = key.key_id();
    assert_eq!((key.multi_region(), key.description()), (Some(true), Some("logs")));
    let configuration = key.multi_region_configuration().unwrap();
    assert_eq!(configuration.primary_key().unwrap().region(), Some(REGION));
    assert_eq!(client.get_key_policy().key_id(id).send().await.unwrap().policy(), Some(text.as_str()));
    assert_eq!(client.list_resource_tags().key_id(id).send().await.unwrap().tags(), [tag("team", "a")]);
    let locked = json!({"Statement": [service(&json!({}))]}).to_string();
    let create = || client.create_key().policy(&locked);
    refused(&sandbox, create().send(), "MalformedPolicyDocumentException").await;
    create().bypass_policy_lockout_safety_check(true).send().await.unwrap();
}

#[tokio::test]
async fn is_not_found_by_an_alias_that_is_gone() {
    let (sandbox, client, id) = with_key().await;
    client.create_alias().alias_name("alias/logs").target_key_id(&id).send().await.unwrap();
    client.delete_alias().alias_name("alias/logs").send().await.unwrap();
    let absent = "NotFoundException";
    for gone in ["alias/logs".to_owned(), format!("arn:aws:kms:{REGION}:{ACCOUNT}:alias/logs")] {
        refused(&sandbox, client.describe_key().key_id(gone).send(), absent).await;
    }
    client.describe_key().key_id(&id).send().await.unwrap();
    client.create_alias().alias_name("alias/logs").target_key_id(&id).send().await.unwrap();
}

#[tokio::test]
async fn ends_grants() {
    let (sandbox, client, id) = with_key().await;
    let arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}");
    let grant = async || {
        let grant = client.create_grant().key_id(&id).operations(GrantOperation::Decrypt);
        grant.grantee_principal(format!("arn:aws:iam::{ACCOUNT}:role/reader")).send().await.unwrap()
    };
    let grants = async || client.list_grants().key_id(&id).send().await.unwrap().grants.unwrap().len();
    let (first, second, third) = (grant().await, grant().await, grant().await);
    let revoke = |grant: &str| client.revoke_grant().key_id(&id).grant_id(grant).send();
    revoke(first.grant_id().unwrap()).await.unwrap();
    refused(&sandbox, revoke(first.grant_id().unwrap()), "NotFoundException").await;
    let retire = || client.retire_grant();
    let by_id = |key: &str| retire().key_id(key).grant_id(second.grant_id().unwrap()).send();
    refused(&sandbox, by_id(&id), "InvalidArnException").await;
    by_id(&arn).await.unwrap();
    refused(&sandbox, by_id(&arn), "NotFoundException").await;
    assert_eq!(grants().await, 1);
    let by_token = || retire().grant_token(third.grant_token().unwrap());
    refused(&sandbox, by_token().key_id(&arn).send(), "ValidationException").await;
    refused(&sandbox, retire().send(), "ValidationException").await;
    by_token().send().await.unwrap();
    refused(&sandbox, by_token().send(), "InvalidGrantTokenException").await;
    assert_eq!(grants().await, 0);
}
