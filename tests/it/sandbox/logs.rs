//! Log groups.

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::LogGroupClass;

use super::*;

const ARN: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:trail/a";

fn here(sandbox: &Sandbox) -> Client {
    logs(sandbox, ACCOUNT, REGION)
}

async fn with_group() -> (Sandbox, Client) {
    let sandbox = empty();
    let client = here(&sandbox);
    client.create_log_group().log_group_name("trail/a").tags("team", "a").send().await.unwrap();
    (sandbox, client)
}

/// A key whose policy has a statement for CloudWatch Logs, changed in some members.
async fn key(sandbox: &Sandbox, region: &str, members: &Value) -> String {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": {"Service": format!("logs.{region}.amazonaws.com")},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": ARN}},
    });
    for (name, value) in members.as_object().unwrap() {
        statement[name] = value.clone();
    }
    let root = json!({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"});
    let policy = json!({"Statement": [root, statement]}).to_string();
    let created = kms(sandbox, ACCOUNT, region).create_key().policy(policy).send().await.unwrap();
    created.key_metadata.unwrap().arn.unwrap()
}

#[tokio::test]
async fn creates_and_describes_log_groups() {
    let (sandbox, client) = with_group().await;
    let infrequent = client.create_log_group().log_group_name("b").deletion_protection_enabled(true);
    infrequent.log_group_class(LogGroupClass::InfrequentAccess).send().await.unwrap();
    let seen = client.describe_log_groups().log_group_name_prefix("trail").send().await.unwrap();
    let [group] = seen.log_groups() else { panic!("{seen:?}") };
    assert_eq!(group.arn(), Some(format!("{ARN}:*").as_str()));
    assert_eq!(group.log_group_arn(), Some(ARN));
    assert_eq!(group.log_group_class(), Some(&LogGroupClass::Standard));
    assert_eq!((group.retention_in_days(), group.kms_key_id()), (None, None));
    assert_eq!(group.deletion_protection_enabled(), Some(false));
    let page = client.describe_log_groups().limit(1).send().await.unwrap();
    assert_eq!(page.log_groups()[0].log_group_name(), Some("b"));
    let next = client.describe_log_groups().limit(1).next_token(page.next_token().unwrap());
    let next = next.send().await.unwrap();
    assert_eq!((next.log_groups()[0].log_group_name(), next.next_token()), (Some("trail/a"), None));
    let by_class = client.describe_log_groups().log_group_class(LogGroupClass::InfrequentAccess);
    assert_eq!(by_class.send().await.unwrap().log_groups().len(), 1);
    let invalid = "InvalidParameterException";
    refused(&sandbox, client.describe_log_groups().limit(51).send(), invalid).await;
    let both = client.describe_log_groups().log_group_name_prefix("a").log_group_name_pattern("b");
    refused(&sandbox, both.send(), invalid).await;
    for name in ["", "aws/x", "a b", "a:b", &"x".repeat(513)] {
        refused(&sandbox, client.create_log_group().log_group_name(name).send(), invalid).await;
    }
    let twice = client.create_log_group().log_group_name("b");
    refused(&sandbox, twice.send(), "ResourceAlreadyExistsException").await;
    let tagged = client.create_log_group().log_group_name("c").tags("aws:x", "y");
    refused(&sandbox, tagged.send(), invalid).await;
}

#[tokio::test]
async fn keeps_events_for_the_days_that_aws_knows() {
    let (sandbox, client) = with_group().await;
    let put =
        |name: &str, days| client.put_retention_policy().log_group_name(name).retention_in_days(days).send();
    put("trail/a", 400).await.unwrap();
    let seen = client.describe_log_groups().send().await.unwrap();
    assert_eq!(seen.log_groups()[0].retention_in_days(), Some(400));
    refused(&sandbox, put("trail/a", 100), "InvalidParameterException").await;
    refused(&sandbox, put("absent", 1), "ResourceNotFoundException").await;
    client.delete_retention_policy().log_group_name("trail/a").send().await.unwrap();
    assert_eq!(client.describe_log_groups().send().await.unwrap().log_groups()[0].retention_in_days(), None);
    let absent = client.delete_retention_policy().log_group_name("absent");
    refused(&sandbox, absent.send(), "ResourceNotFoundException").await;
}

#[tokio::test]
async fn encrypts_with_a_key_that_lets_it() {
    let (sandbox, client) = with_group().await;
    let associate = |key: &str| client.associate_kms_key().log_group_name("trail/a").kms_key_id(key).send();
    let good = key(&sandbox, REGION, &json!({})).await;
    associate(&good).await.unwrap();
    let seen = client.describe_log_groups().send().await.unwrap();
    assert_eq!(seen.log_groups()[0].kms_key_id(), Some(good.as_str()));
    let invalid = "InvalidParameterException";
    let disabled = key(&sandbox, REGION, &json!({})).await;
    kms(&sandbox, ACCOUNT, REGION).disable_key().key_id(&disabled).send().await.unwrap();
    let context = |arn| json!({"Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arn}}});
    let bad = [
        good.rsplit('/').next().unwrap().to_owned(),
        good.replace(':', "/"),
        good.replace("key/", "key/absent"),
        disabled,
        key(&sandbox, OTHER_REGION, &json!({})).await,
        key(&sandbox, REGION, &json!({"Principal": {"Service": "logs.amazonaws.com"}})).await,
        key(&sandbox, REGION, &json!({"Action": "kms:Encrypt"})).await,
        key(&sandbox, REGION, &context(format!("{ARN}:*"))).await,
    ];
    for key in &bad {
        refused(&sandbox, associate(key), invalid).await;
    }
    let create =
        |name: &str, key: &str| client.create_log_group().log_group_name(name).kms_key_id(key).send();
    refused(&sandbox, create("trail/a2", &good), invalid).await;
    client.delete_log_group().log_group_name("trail/a").send().await.unwrap();
    for key in &bad {
        refused(&sandbox, create("trail/a", key), invalid).await;
    }
    create("trail/a", &good).await.unwrap();
    let seen = client.describe_log_groups().send().await.unwrap();
    assert_eq!(seen.log_groups()[0].kms_key_id(), Some(good.as_str()));
    client.disassociate_kms_key().log_group_name("trail/a").send().await.unwrap();
    assert_eq!(client.describe_log_groups().send().await.unwrap().log_groups()[0].kms_key_id(), None);
}

#[tokio::test]
async fn is_not_deleted_while_protected() {
    let (sandbox, client) = with_group().await;
    let protect = |id: &str, on: bool| {
        let put = client.put_log_group_deletion_protection().log_group_identifier(id);
        put.deletion_protection_enabled(on).send()
    };
    let delete = || client.delete_log_group().log_group_name("trail/a").send();
    let shown = async || {
        client.describe_log_groups().send().await.unwrap().log_groups()[0].deletion_protection_enabled()
    };
    protect(ARN, true).await.unwrap();
    assert_eq!(shown().await, Some(true));
    refused(&sandbox, delete(), "ValidationException").await;
    protect("trail/a", false).await.unwrap();
    assert_eq!(shown().await, Some(false));
    delete().await.unwrap();
    let create = client.create_log_group().log_group_name("trail/a").deletion_protection_enabled(true);
    create.send().await.unwrap();
    assert_eq!(shown().await, Some(true));
    refused(&sandbox, delete(), "ValidationException").await;
    protect("trail/a", false).await.unwrap();
    delete().await.unwrap();
    refused(&sandbox, delete(), "ResourceNotFoundException").await;
    refused(&sandbox, protect("trail/a", true), "ResourceNotFoundException").await;
}

#[tokio::test]
async fn has_tags_by_the_arn_without_a_star() {
    let (sandbox, client) = with_group().await;
    client.tag_resource().resource_arn(ARN).tags("x", "y").send().await.unwrap();
    client.untag_resource().resource_arn(ARN).tag_keys("team").send().await.unwrap();
    let list = |arn: &str| client.list_tags_for_resource().resource_arn(arn).send();
    let tags = list(ARN).await.unwrap();
    assert_eq!(tags.tags().unwrap().iter().collect::<Vec<_>>(), [(&"x".to_owned(), &"y".to_owned())]);
    refused(&sandbox, list(&format!("{ARN}:*")), "InvalidParameterException").await;
    refused(&sandbox, list(&ARN.replace(REGION, OTHER_REGION)), "InvalidParameterException").await;
    refused(&sandbox, list(&format!("{ARN}-absent")), "ResourceNotFoundException").await;
    let many = (0..50).map(|number| (format!("key-{number}"), "x".to_owned())).collect();
    let many = client.tag_resource().resource_arn(ARN).set_tags(Some(many));
    refused(&sandbox, many.send(), "TooManyTagsException").await;
}

#[tokio::test]
async fn has_subscription_filters() {
    let (sandbox, client) = with_group().await;
    let put = |name: &str, destination: &str| {
        let put = client.put_subscription_filter().log_group_name("trail/a").filter_name(name);
        put.filter_pattern("").destination_arn(destination).send()
    };
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:x";
    put("one", arn).await.unwrap();
    put("two", arn).await.unwrap();
    refused(&sandbox, put("three", arn), "LimitExceededException").await;
    refused(&sandbox, put("one", "x"), "InvalidParameterException").await;
    let seen = client.describe_subscription_filters().log_group_name("trail/a").send().await.unwrap();
    assert_eq!(seen.subscription_filters().len(), 2);
    let delete = |group: &str, name: &str| {
        client.delete_subscription_filter().log_group_name(group).filter_name(name).send()
    };
    delete("trail/a", "one").await.unwrap();
    refused(&sandbox, delete("trail/a", "one"), "ResourceNotFoundException").await;
    refused(&sandbox, delete("absent", "two"), "ResourceNotFoundException").await;
    let seen = client.describe_subscription_filters().log_group_name("trail/a").send().await.unwrap();
    assert_eq!(seen.subscription_filters()[0].filter_name(), Some("two"));
}
