//! Topics.

use aws_sdk_sns::Client;
use aws_sdk_sns::types::Tag;

use super::*;

const ARN: &str = "arn:aws:sns:eu-west-1:111122223333:trail";

fn here(sandbox: &Sandbox) -> Client {
    sns(sandbox, ACCOUNT, REGION)
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

async fn with_topic() -> (Sandbox, Client) {
    let sandbox = empty();
    let client = here(&sandbox);
    let created = client.create_topic().name("trail").tags(tag("team", "a")).send().await.unwrap();
    assert_eq!(created.topic_arn(), Some(ARN));
    (sandbox, client)
}

async fn attribute(client: &Client, name: &str) -> Option<String> {
    let seen = client.get_topic_attributes().topic_arn(ARN).send().await.unwrap();
    seen.attributes().unwrap().get(name).cloned()
}

#[tokio::test]
async fn creates_a_topic_once() {
    let (sandbox, client) = with_topic().await;
    assert_eq!(attribute(&client, "Owner").await.as_deref(), Some(ACCOUNT));
    assert_eq!(attribute(&client, "SubscriptionsConfirmed").await.as_deref(), Some("0"));
    assert_eq!(attribute(&client, "KmsMasterKeyId").await, None);
    let policy: Value = serde_json::from_str(&attribute(&client, "Policy").await.unwrap()).unwrap();
    assert_eq!(policy["Id"], "__default_policy_ID");
    assert_eq!(policy["Statement"][0]["Condition"]["StringEquals"]["AWS:SourceOwner"], ACCOUNT);
    client
        .set_topic_attributes()
        .topic_arn(ARN)
        .attribute_name("DisplayName")
        .attribute_value("Trail")
        .send()
        .await
        .unwrap();
    let again = |name: &str, value: &str| client.create_topic().name("trail").attributes(name, value).send();
    client.create_topic().name("trail").send().await.unwrap();
    again("DisplayName", "Trail").await.unwrap();
    assert_eq!(attribute(&client, "DisplayName").await.as_deref(), Some("Trail"));
    refused(&sandbox, again("DisplayName", "Other"), "InvalidParameter").await;
    refused(&sandbox, again("KmsMasterKeyId", "alias/x"), "InvalidParameter").await;
    let tagged = client.create_topic().name("trail").tags(tag("team", "b"));
    refused(&sandbox, tagged.send(), "InvalidParameter").await;
    for name in ["a b", "", "a.b", ".fifo", &"x".repeat(257), "x.fifo"] {
        refused(&sandbox, client.create_topic().name(name).send(), "InvalidParameter").await;
    }
    refused(&sandbox, again("Surprise", "x"), "InvalidParameter").await;
    client.create_topic().name("x.fifo").attributes("FifoTopic", "true").send().await.unwrap();
    assert_eq!(client.list_topics().send().await.unwrap().topics().len(), 2);
    client.delete_topic().topic_arn(ARN).send().await.unwrap();
    client.delete_topic().topic_arn(ARN).send().await.unwrap();
    refused(&sandbox, client.get_topic_attributes().topic_arn(ARN).send(), "NotFound").await;
}

#[tokio::test]
async fn reaches_own_topics_in_their_region() {
    let (sandbox, client) = with_topic().await;
    let get = |arn: &str| client.get_topic_attributes().topic_arn(arn).send();
    refused(&sandbox, get(&ARN.replace(REGION, OTHER_REGION)), "InvalidParameter").await;
    refused(&sandbox, get("trail"), "InvalidParameter").await;
    refused(&sandbox, get(&ARN.replace(ACCOUNT, OTHER_ACCOUNT)), "AuthorizationError").await;
    refused(&sandbox, get(&format!("{ARN}-absent")), "NotFound").await;
}

#[tokio::test]
async fn sets_attributes() {
    let (sandbox, client) = with_topic().await;
    let set = |name: &str, value: &str| {
        let set = client.set_topic_attributes().topic_arn(ARN);
        set.attribute_name(name).attribute_value(value).send()
    };
    set("KmsMasterKeyId", "alias/topics").await.unwrap();
    assert_eq!(attribute(&client, "KmsMasterKeyId").await.as_deref(), Some("alias/topics"));
    set("KmsMasterKeyId", "").await.unwrap();
    assert_eq!(attribute(&client, "KmsMasterKeyId").await, None);
    let policy = |action: &str, resource: &str| {
        json!({"Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": action, "Resource": resource}]})
        .to_string()
    };
    let default = attribute(&client, "Policy").await;
    set("Policy", &policy("SNS:Publish", ARN)).await.unwrap();
    assert_eq!(attribute(&client, "Policy").await, Some(policy("SNS:Publish", ARN)));
    let long = policy("SNS:Publish", ARN).replace('{', &format!("{{{}", " ".repeat(20_000)));
    let (other, outside) = (policy("SNS:Publish", "arn:aws:sns:x:1:y"), policy("s3:GetObject", ARN));
    for (name, value) in [
        ("Policy", "{}"),
        ("Policy", &other),
        ("Policy", &outside),
        ("Policy", &policy("SNS:Fly", ARN)),
        ("Policy", &long),
        ("DisplayName", &"x".repeat(101)),
        ("FifoTopic", "true"),
        ("ContentBasedDeduplication", "true"),
        ("Surprise", "x"),
    ] {
        refused(&sandbox, set(name, value), "InvalidParameter").await;
    }
    set("Policy", "").await.unwrap();
    assert_eq!(attribute(&client, "Policy").await, default);
}

#[tokio::test]
async fn has_tags_and_subscriptions() {
    let (sandbox, client) = with_topic().await;
    client.tag_resource().resource_arn(ARN).tags(tag("x", "y")).send().await.unwrap();
    client.untag_resource().resource_arn(ARN).tag_keys("team").send().await.unwrap();
    let tags = client.list_tags_for_resource().resource_arn(ARN).send().await.unwrap();
    assert_eq!(tags.tags(), [tag("x", "y")]);
    let add = |arn: &str, key: &str| client.tag_resource().resource_arn(arn).tags(tag(key, "y")).send();
    refused(&sandbox, add(&format!("{ARN}-absent"), "x"), "ResourceNotFound").await;
    refused(&sandbox, add(ARN, "aws:x"), "InvalidParameter").await;
    let many = client.tag_resource().resource_arn(ARN);
    let many = many.set_tags(Some((0..51).map(|number| tag(&number.to_string(), "x")).collect()));
    refused(&sandbox, many.send(), "TagLimitExceeded").await;
    let subscribe = |protocol: &str| {
        client.subscribe().topic_arn(ARN).protocol(protocol).endpoint("x@example.com").send()
    };
    let mail = subscribe("email").await.unwrap();
    assert_eq!(mail.subscription_arn(), Some("pending confirmation"));
    assert!(subscribe("sqs").await.unwrap().subscription_arn().unwrap().starts_with(ARN));
    subscribe("sqs").await.unwrap();
    refused(&sandbox, subscribe("pigeon"), "InvalidParameter").await;
    let seen = client.list_subscriptions_by_topic().topic_arn(ARN).send().await.unwrap();
    assert_eq!(seen.subscriptions().len(), 2);
    assert_eq!(attribute(&client, "SubscriptionsPending").await.as_deref(), Some("1"));
    let arns: Vec<_> = seen.subscriptions().iter().filter_map(|one| one.subscription_arn()).collect();
    let unsubscribe = |arn: &str| client.unsubscribe().subscription_arn(arn).send();
    for bad in ["PendingConfirmation", "pending confirmation", "", "a:b", ARN] {
        refused(&sandbox, unsubscribe(bad), "InvalidParameter").await;
    }
    let theirs = format!("{}:x", ARN.replace(ACCOUNT, OTHER_ACCOUNT));
    refused(&sandbox, unsubscribe(&theirs), "AuthorizationError").await;
    let queue = arns.iter().find(|arn| arn.starts_with(ARN)).unwrap();
    unsubscribe(queue).await.unwrap();
    unsubscribe(queue).await.unwrap();
    let seen = client.list_subscriptions_by_topic().topic_arn(ARN).send().await.unwrap();
    assert_eq!(seen.subscriptions()[0].protocol(), Some("email"));
    assert_eq!(seen.subscriptions().len(), 1);
}

#[tokio::test]
async fn creates_a_topic_with_a_policy_a_key_and_tags() {
    let sandbox = empty();
    let client = here(&sandbox);
    let policy =
        json!({"Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "SNS:Publish", "Resource": ARN}]})
        .to_string();
    let create = |policy: &str| {
        let create = client.create_topic().name("trail").attributes("Policy", policy).tags(tag("team", "a"));
        create.attributes("KmsMasterKeyId", "alias/topics").send()
    };
    refused(&sandbox, create("{}"), "InvalidParameter").await;
    create(&policy).await.unwrap();
    create(&policy).await.unwrap();
    assert_eq!(attribute(&client, "Policy").await, Some(policy));
    assert_eq!(attribute(&client, "KmsMasterKeyId").await.as_deref(), Some("alias/topics"));
    let tags = client.list_tags_for_resource().resource_arn(ARN).send().await.unwrap();
    assert_eq!(tags.tags(), [tag("team", "a")]);
}
