//! Roles: settings, policies, boundaries, tags.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::Tag;

use super::*;

fn global(sandbox: &Sandbox) -> Client {
    iam(sandbox, ACCOUNT, "us-east-1")
}

pub(super) fn trust() -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
    .to_string()
}

fn permissions(members: &Value) -> String {
    let mut statement =
        json!({"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:*:*:log-group:x"});
    for (name, value) in members.as_object().unwrap() {
        statement[name] = value.clone();
    }
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

async fn with_role() -> (Sandbox, Client) {
    let sandbox = empty();
    let client = global(&sandbox);
    let create = client.create_role().role_name("Delivery").path("/audit/").description("d");
    create.assume_role_policy_document(trust()).tags(tag("team", "a")).send().await.unwrap();
    (sandbox, client)
}

#[tokio::test]
async fn creates_roles_and_shows_policies_percent_encoded() {
    let (_sandbox, client) = with_role().await;
    let role = client.get_role().role_name("Delivery").send().await.unwrap().role.unwrap();
    assert_eq!(role.arn(), format!("arn:aws:iam::{ACCOUNT}:role/audit/Delivery"));
    assert!(role.role_id().starts_with("AROA") && role.role_id().len() == 21, "{}", role.role_id());
    assert_eq!((role.path(), role.description()), ("/audit/", Some("d")));
    assert_eq!(role.max_session_duration(), Some(3600));
    assert_eq!(role.tags(), [tag("team", "a")]);
    let encoded = role.assume_role_policy_document().unwrap();
    assert!(encoded.starts_with("%7B%22Version%22%3A%222012-10-17%22"), "{encoded}");
    assert_eq!(trailctl::policy::canon::decode_percent(encoded), trust());
    let list =
        async |prefix: &str| client.list_roles().path_prefix(prefix).send().await.unwrap().roles().len();
    assert_eq!((list("/").await, list("/audit/").await, list("/other/").await), (1, 1, 0));
}

#[tokio::test]
async fn refuses_bad_roles() {
    let (sandbox, client) = with_role().await;
    let new = || client.create_role().role_name("new").assume_role_policy_document(trust());
    let (invalid, malformed) = ("ValidationError", "MalformedPolicyDocument");
    let with_resource = permissions(&json!({"Principal": "*", "Action": "sts:AssumeRole"}));
    let long = json!({"Statement": [{"Sid": "x".repeat(2048), "Effect": "Allow", "Principal": "*",
        "Action": "sts:AssumeRole"}]});
    let cases = [
        (new().role_name("delivery"), "EntityAlreadyExists"),
        (new().role_name("a b"), invalid),
        (new().role_name("x".repeat(65)), invalid),
        (new().path("audit/"), invalid),
        (new().path("/audit"), invalid),
        (new().path("//"), invalid),
        (new().description("x".repeat(1001)), invalid),
        (new().max_session_duration(3599), invalid),
        (new().max_session_duration(43_201), invalid),
        (new().permissions_boundary("x"), "InvalidInput"),
        (new().permissions_boundary(format!("arn:aws:iam::{OTHER_ACCOUNT}:policy/x")), "NoSuchEntity"),
        (new().tags(tag("aws:x", "y")), "InvalidInput"),
        (new().set_tags(Some((0..51).map(|n| tag(&n.to_string(), "x")).collect())), "LimitExceeded"),
        (new().assume_role_policy_document("{}"), malformed),
        (new().assume_role_policy_document(with_resource), malformed),
        (new().assume_role_policy_document(permissions(&json!({}))), malformed),
        (new().assume_role_policy_document(long.to_string()), "LimitExceeded"),
    ];
    for (call, expected) in cases {
        refused(&sandbox, call.send(), expected).await;
    }
    let theirs = iam(&sandbox, OTHER_ACCOUNT, "us-east-1").get_role().role_name("Delivery");
    refused(&sandbox, theirs.send(), "NoSuchEntity").await;
}

#[tokio::test]
async fn changes_roles() {
    let (sandbox, client) = with_role().await;
    client.update_role().role_name("Delivery").max_session_duration(7200).send().await.unwrap();
    let other = trust().replace("cloudtrail", "ec2");
    let put = client.update_assume_role_policy().role_name("Delivery").policy_document(&other);
    put.send().await.unwrap();
    client.tag_role().role_name("Delivery").tags(tag("x", "y")).send().await.unwrap();
    client.untag_role().role_name("Delivery").tag_keys("team").send().await.unwrap();
    let role = client.get_role().role_name("Delivery").send().await.unwrap().role.unwrap();
    assert_eq!((role.max_session_duration(), role.description()), (Some(7200), Some("d")));
    assert!(role.assume_role_policy_document().unwrap().contains("ec2"));
    let tags = client.list_role_tags().role_name("Delivery").send().await.unwrap();
    assert_eq!(tags.tags(), [tag("x", "y")]);
    let absent = "NoSuchEntity";
    refused(&sandbox, client.update_role().role_name("no").send(), absent).await;
    refused(&sandbox, client.tag_role().role_name("no").tags(tag("x", "y")).send(), absent).await;
    let bad = client.update_assume_role_policy().role_name("Delivery").policy_document("[]");
    refused(&sandbox, bad.send(), "MalformedPolicyDocument").await;
}

#[tokio::test]
async fn has_inline_and_attached_policies_that_keep_it_from_being_deleted() {
    let (sandbox, client) = with_role().await;
    let put = |name: &str, text: String| {
        client.put_role_policy().role_name("Delivery").policy_name(name).policy_document(text).send()
    };
    put("p", permissions(&json!({}))).await.unwrap();
    let seen = client.get_role_policy().role_name("Delivery").policy_name("p").send().await.unwrap();
    assert_eq!(trailctl::policy::canon::decode_percent(seen.policy_document()), permissions(&json!({})));
    let malformed = "MalformedPolicyDocument";
    for bad in [
        json!({"Principal": "*"}),
        json!({"Action": "logs"}),
        json!({"Resource": "x"}),
        json!({"Resource": "arn:aws-cn:s3:::x"}),
        json!({"Condition": {"StringEquals": {"x": "y"}}}),
    ] {
        refused(&sandbox, put("q", permissions(&bad)), malformed).await;
    }
    refused(&sandbox, put("q", permissions(&json!({"Sid": "x".repeat(10_240)}))), "LimitExceeded").await;
    refused(&sandbox, put("a b", permissions(&json!({}))), "ValidationError").await;
    let arn = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess";
    let attach = |arn: &str| client.attach_role_policy().role_name("Delivery").policy_arn(arn).send();
    attach(arn).await.unwrap();
    refused(&sandbox, attach("x"), "InvalidInput").await;
    refused(&sandbox, attach("arn:aws:iam::444455556666:policy/x"), "NoSuchEntity").await;
    let attached = client.list_attached_role_policies().role_name("Delivery").send().await.unwrap();
    assert_eq!(attached.attached_policies()[0].policy_name(), Some("CloudWatchLogsFullAccess"));
    for number in 1..10 {
        attach(&format!("arn:aws:iam::{ACCOUNT}:policy/p{number}")).await.unwrap();
    }
    refused(&sandbox, attach(&format!("arn:aws:iam::{ACCOUNT}:policy/more")), "LimitExceeded").await;
    let delete = || client.delete_role().role_name("Delivery").send();
    refused(&sandbox, delete(), "DeleteConflict").await;
    let detach = |arn: &str| client.detach_role_policy().role_name("Delivery").policy_arn(arn).send();
    detach(arn).await.unwrap();
    refused(&sandbox, detach(arn), "NoSuchEntity").await;
    for number in 1..10 {
        detach(&format!("arn:aws:iam::{ACCOUNT}:policy/p{number}")).await.unwrap();
    }
    refused(&sandbox, delete(), "DeleteConflict").await;
    let names = client.list_role_policies().role_name("Delivery").send().await.unwrap();
    assert_eq!(names.policy_names(), ["p"]);
    let remove = || client.delete_role_policy().role_name("Delivery").policy_name("p").send();
    remove().await.unwrap();
    refused(&sandbox, remove(), "NoSuchEntity").await;
    delete().await.unwrap();
    refused(&sandbox, delete(), "NoSuchEntity").await;
}

#[tokio::test]
async fn has_a_boundary() {
    let (sandbox, client) = with_role().await;
    let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    let put = |arn: &str| {
        client.put_role_permissions_boundary().role_name("Delivery").permissions_boundary(arn).send()
    };
    let remove = || client.delete_role_permissions_boundary().role_name("Delivery").send();
    refused(&sandbox, remove(), "NoSuchEntity").await;
    put(arn).await.unwrap();
    let role = client.get_role().role_name("Delivery").send().await.unwrap().role.unwrap();
    assert_eq!(role.permissions_boundary().unwrap().permissions_boundary_arn(), Some(arn));
    refused(&sandbox, put("arn:aws:iam::aws:role/x"), "InvalidInput").await;
    remove().await.unwrap();
}

#[tokio::test]
async fn shows_a_role_in_full_and_lists_the_trust_policies() {
    let (_sandbox, client) = with_role().await;
    let boundary = "arn:aws:iam::aws:policy/AdministratorAccess";
    let create = client.create_role().role_name("bound").permissions_boundary(boundary).tags(tag("a", "b"));
    let create = create.max_session_duration(7200).assume_role_policy_document(trust());
    create.send().await.unwrap();
    let role = client.get_role().role_name("bound").send().await.unwrap().role.unwrap();
    assert_eq!((role.tags(), role.max_session_duration()), (&[tag("a", "b")][..], Some(7200)));
    assert_eq!(role.permissions_boundary().unwrap().permissions_boundary_arn(), Some(boundary));
    let roles = client.list_roles().send().await.unwrap().roles;
    assert_eq!(roles.len(), 2);
    for role in roles {
        let encoded = role.assume_role_policy_document().unwrap();
        assert_eq!(trailctl::policy::canon::decode_percent(encoded), trust());
        assert!(role.tags().is_empty() && role.permissions_boundary().is_none());
    }
}
