//! The attributes of KMS keys.

use serde_json::{Value, json};

use super::{Contract, Row, There};

const ALIAS: &str = "alias/one";

pub(super) static CONTRACT: Contract = Contract {
    name: "key-contract",
    section: "kms_keys",
    entries: "kms_keys: {one: {$ENTRY}}\n",
    base: &["protect: false"],
    creates: &["create kms_key.one"],
    consent: "--delete-data kms_key.one --allow-destroy one",
    rows: &[
        Row {
            covers: &["description"],
            needs: "",
            sets: "description: for the audit trail",
            shows: &["kms_key.one description"],
            outside: |there| {
                Box::pin(async move {
                    let update = client(there).update_key_description().key_id(id(there).await);
                    update.description("mine").send().await.unwrap();
                })
            },
            heals: &["kms_key.one description"],
        },
        Row {
            covers: &["rotation"],
            needs: "",
            sets: "rotation: false",
            shows: &["kms_key.one rotation"],
            outside: |there| {
                Box::pin(async move {
                    client(there).enable_key_rotation().key_id(id(there).await).send().await.unwrap();
                })
            },
            heals: &["kms_key.one rotation"],
        },
        Row {
            covers: &["rotation.days"],
            needs: "",
            sets: "rotation: {days: 180}",
            shows: &["kms_key.one rotation"],
            outside: |there| {
                Box::pin(async move {
                    client(there).disable_key_rotation().key_id(id(there).await).send().await.unwrap();
                })
            },
            heals: &["kms_key.one rotation"],
        },
        Row {
            covers: &["enabled"],
            needs: "",
            sets: "enabled: false",
            shows: &["kms_key.one enabled"],
            outside: |there| {
                Box::pin(async move {
                    client(there).enable_key().key_id(id(there).await).send().await.unwrap();
                })
            },
            heals: &["kms_key.one enabled"],
        },
        Row {
            covers: &["admins"],
            needs: "",
            sets: "admins: ['$ACCOUNT']",
            shows: &[
                "kms_key.one policy.statements.TrailctlLifeAdmins",
                "kms_key.one policy.statements.TrailctlLifeRoot",
            ],
            outside: |there| {
                Box::pin(async move {
                    document(there, |policy| policy["Statement"][0]["Action"] = json!("kms:*")).await;
                })
            },
            heals: &["kms_key.one policy.statements.TrailctlLifeAdmins"],
        },
        Row {
            covers: &["readers"],
            needs: "",
            sets: "readers: ['111122223333']",
            shows: &["kms_key.one policy.statements.TrailctlLifeReaders"],
            outside: |there| {
                Box::pin(async move {
                    document(there, |policy| {
                        let statements = policy["Statement"].as_array_mut().unwrap();
                        statements.retain(|one| one["Sid"] != "TrailctlLifeReaders");
                    })
                    .await;
                })
            },
            heals: &["kms_key.one policy.statements.TrailctlLifeReaders"],
        },
        policy_row!(
            id,
            "policy",
            "kms_key.one",
            "{Sid: Mine, Effect: Deny, Principal: {AWS: '*'}, Action: 'kms:Sign', Resource: '*'}",
            document
        ),
        policy_row!(
            version,
            "policy",
            "kms_key.one",
            "{Sid: Mine, Effect: Deny, Principal: {AWS: '*'}, Action: 'kms:Sign', Resource: '*'}",
            document
        ),
        policy_row!(
            statements,
            "policy",
            "kms_key.one",
            "{Sid: Mine, Effect: Deny, Principal: {AWS: '*'}, Action: 'kms:Sign', Resource: '*'}",
            document,
            theirs
        ),
        Row {
            covers: &["tags"],
            needs: "",
            sets: "tags: {team: security}",
            shows: &["kms_key.one tags.team"],
            outside: |there| {
                Box::pin(async move {
                    client(there)
                        .untag_resource()
                        .key_id(id(there).await)
                        .tag_keys("team")
                        .send()
                        .await
                        .unwrap();
                })
            },
            heals: &["kms_key.one tags.team"],
        },
        Row {
            covers: &["protect"],
            needs: "",
            sets: "protect: true",
            shows: &["kms_key.one protect"],
            outside: |there| {
                Box::pin(async move {
                    let untag = client(there).untag_resource().key_id(id(there).await);
                    untag.tag_keys("trailctl:protect").send().await.unwrap();
                })
            },
            heals: &["kms_key.one protect"],
        },
    ],
};

fn client(there: &There<'_>) -> aws_sdk_kms::Client {
    aws_sdk_kms::Client::new(&there.sdk())
}

async fn id(there: &There<'_>) -> String {
    let key = client(there).describe_key().key_id(ALIAS).send().await.unwrap();
    key.key_metadata.unwrap().key_id
}

async fn document(there: &There<'_>, change: impl FnOnce(&mut Value)) {
    let (kms, id) = (client(there), id(there).await);
    let text = kms.get_key_policy().key_id(&id).policy_name("default").send().await.unwrap().policy.unwrap();
    let mut policy: Value = serde_json::from_str(&text).unwrap();
    change(&mut policy);
    kms.put_key_policy().key_id(id).policy_name("default").policy(policy.to_string()).send().await.unwrap();
}

fn theirs(_: &There<'_>) -> Value {
    json!({"Sid": "Opened", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"})
}
