//! The attributes of SNS topics.

use serde_json::{Value, json};

use super::{Contract, Row, There};

pub(super) static CONTRACT: Contract = Contract {
    name: "topic-contract",
    section: "topics",
    entries: "topics: {one: {$ENTRY}}\nkms_keys: {one: {}}\n",
    base: &[],
    creates: &["create kms_key.one", "create topic.one"],
    consent: "--delete-data kms_key.one --allow-destroy one",
    rows: &[
        Row {
            covers: &["kms_key"],
            needs: "",
            sets: "kms_key: one",
            shows: &["topic.one kms_key"],
            outside: |there| {
                Box::pin(async move {
                    let set = client(there).set_topic_attributes().topic_arn(arn(there));
                    set.attribute_name("KmsMasterKeyId")
                        .attribute_value("alias/aws/sns")
                        .send()
                        .await
                        .unwrap();
                })
            },
            heals: &["topic.one kms_key"],
        },
        policy_row!(
            id,
            "policy",
            "topic.one",
            "{Sid: Mine, Effect: Deny, Principal: {AWS: '*'}, Action: 'SNS:Subscribe', Resource: 'arn:aws:sns:us-east-1:$ACCOUNT:one'}",
            document
        ),
        policy_row!(
            version,
            "policy",
            "topic.one",
            "{Sid: Mine, Effect: Deny, Principal: {AWS: '*'}, Action: 'SNS:Subscribe', Resource: 'arn:aws:sns:us-east-1:$ACCOUNT:one'}",
            document
        ),
        policy_row!(
            statements,
            "policy",
            "topic.one",
            "{Sid: Mine, Effect: Deny, Principal: {AWS: '*'}, Action: 'SNS:Subscribe', Resource: 'arn:aws:sns:us-east-1:$ACCOUNT:one'}",
            document,
            theirs
        ),
        Row {
            covers: &["tags"],
            needs: "",
            sets: "tags: {team: security}",
            shows: &["topic.one tags.team"],
            outside: |there| Box::pin(async move { untag(there, "team").await }),
            heals: &["topic.one tags.team"],
        },
        Row {
            covers: &["protect"],
            needs: "",
            sets: "protect: true",
            shows: &["topic.one protect"],
            outside: |there| Box::pin(async move { untag(there, "trailctl:protect").await }),
            heals: &["topic.one protect"],
        },
    ],
};

fn client(there: &There<'_>) -> aws_sdk_sns::Client {
    aws_sdk_sns::Client::new(&there.sdk())
}

fn arn(there: &There<'_>) -> String {
    there.arn("sns", "one")
}

async fn untag(there: &There<'_>, key: &str) {
    client(there).untag_resource().resource_arn(arn(there)).tag_keys(key).send().await.unwrap();
}

async fn document(there: &There<'_>, change: impl FnOnce(&mut Value)) {
    let sns = client(there);
    let attributes = sns.get_topic_attributes().topic_arn(arn(there)).send().await.unwrap();
    let text = attributes.attributes.unwrap().remove("Policy").unwrap();
    let mut policy: Value = serde_json::from_str(&text).unwrap();
    change(&mut policy);
    let set = sns.set_topic_attributes().topic_arn(arn(there)).attribute_name("Policy");
    set.attribute_value(policy.to_string()).send().await.unwrap();
}

fn theirs(there: &There<'_>) -> Value {
    json!({"Sid": "Opened", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Subscribe",
        "Resource": arn(there)})
}
