//! The attributes of IAM roles.

use serde_json::{Value, json};

use super::{Contract, Row, There};

const ROLE: &str = "one";
const BOUNDARY: &str = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess";

pub(super) static CONTRACT: Contract = Contract {
    name: "role-contract",
    section: "roles",
    entries: "roles: {one: {$ENTRY}}\n",
    base: &[],
    creates: &["create role.one"],
    consent: "--allow-destroy one",
    rows: &[
        Row {
            covers: &["permissions_boundary"],
            needs: "",
            sets: "permissions_boundary: 'arn:aws:iam::aws:policy/CloudWatchLogsFullAccess'",
            shows: &["role.one permissions_boundary"],
            outside: |there| {
                Box::pin(async move {
                    client(there).delete_role_permissions_boundary().role_name(ROLE).send().await.unwrap();
                })
            },
            heals: &["role.one permissions_boundary"],
        },
        Row {
            covers: &["max_session_seconds"],
            needs: "",
            sets: "max_session_seconds: 7200",
            shows: &["role.one max_session_seconds"],
            outside: |there| {
                Box::pin(async move {
                    let update = client(there).update_role().role_name(ROLE);
                    update.max_session_duration(10800).send().await.unwrap();
                })
            },
            heals: &["role.one max_session_seconds"],
        },
        policy_row!(
            id,
            "trust",
            "role.one",
            "{Sid: Mine, Effect: Deny, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}",
            trust
        ),
        policy_row!(
            version,
            "trust",
            "role.one",
            "{Sid: Mine, Effect: Deny, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}",
            trust
        ),
        policy_row!(
            statements,
            "trust",
            "role.one",
            "{Sid: Mine, Effect: Deny, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}",
            trust,
            stranger
        ),
        policy_row!(
            id,
            "policy",
            "role.one",
            "{Sid: Mine, Effect: Allow, Action: 'logs:CreateLogStream', Resource: '*'}",
            document
        ),
        policy_row!(
            version,
            "policy",
            "role.one",
            "{Sid: Mine, Effect: Allow, Action: 'logs:CreateLogStream', Resource: '*'}",
            document
        ),
        policy_row!(
            statements,
            "policy",
            "role.one",
            "{Sid: Mine, Effect: Allow, Action: 'logs:CreateLogStream', Resource: '*'}",
            document,
            theirs
        ),
        Row {
            covers: &["inline_policies"],
            needs: "",
            sets: "inline_policies: {more: {statements: [{Sid: Mine, Effect: Deny, Action: 's3:*', Resource: '*'}]}}",
            shows: &["role.one inline_policies.more"],
            outside: |there| {
                Box::pin(async move {
                    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
                    for name in ["more", "theirs"] {
                        let put = client(there).put_role_policy().role_name(ROLE).policy_name(name);
                        put.policy_document(policy.to_string()).send().await.unwrap();
                    }
                })
            },
            heals: &[
                "role.one inline_policies.more.statements.Mine",
                "role.one inline_policies.more.statements[0]",
                "role.one inline_policies.theirs",
            ],
        },
        Row {
            covers: &["managed_policies"],
            needs: "",
            sets: "managed_policies: ['arn:aws:iam::aws:policy/CloudWatchLogsFullAccess']",
            shows: &["role.one managed_policies"],
            outside: |there| {
                Box::pin(async move {
                    let detach = client(there).detach_role_policy().role_name(ROLE);
                    detach.policy_arn(BOUNDARY).send().await.unwrap();
                    let attach = client(there).attach_role_policy().role_name(ROLE);
                    attach.policy_arn("arn:aws:iam::aws:policy/AdministratorAccess").send().await.unwrap();
                })
            },
            heals: &["role.one managed_policies"],
        },
        Row {
            covers: &["tags"],
            needs: "",
            sets: "tags: {team: security}",
            shows: &["role.one tags.team"],
            outside: |there| Box::pin(async move { untag(there, "team").await }),
            heals: &["role.one tags.team"],
        },
        Row {
            covers: &["protect"],
            needs: "",
            sets: "protect: true",
            shows: &["role.one protect"],
            outside: |there| Box::pin(async move { untag(there, "trailctl:protect").await }),
            heals: &["role.one protect"],
        },
    ],
};

fn client(there: &There<'_>) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(&there.sdk())
}

async fn untag(there: &There<'_>, key: &str) {
    client(there).untag_role().role_name(ROLE).tag_keys(key).send().await.unwrap();
}

/// Changes the trust policy.
async fn trust(there: &There<'_>, change: impl FnOnce(&mut Value)) {
    let role = client(there).get_role().role_name(ROLE).send().await.unwrap().role.unwrap();
    let mut policy = decoded(&role.assume_role_policy_document.unwrap());
    change(&mut policy);
    let put = client(there).update_assume_role_policy().role_name(ROLE);
    put.policy_document(policy.to_string()).send().await.unwrap();
}

fn stranger(_: &There<'_>) -> Value {
    json!({"Sid": "Opened", "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
}

/// Changes the policy that trailctl writes.
async fn document(there: &There<'_>, change: impl FnOnce(&mut Value)) {
    let name =
        client(there).list_role_policies().role_name(ROLE).send().await.unwrap().policy_names.remove(0);
    let get = client(there).get_role_policy().role_name(ROLE).policy_name(&name);
    let mut policy = decoded(&get.send().await.unwrap().policy_document);
    change(&mut policy);
    let put = client(there).put_role_policy().role_name(ROLE).policy_name(name);
    put.policy_document(policy.to_string()).send().await.unwrap();
}

fn theirs(_: &There<'_>) -> Value {
    json!({"Sid": "Opened", "Effect": "Allow", "Action": "*", "Resource": "*"})
}

fn decoded(text: &str) -> Value {
    serde_json::from_str(&trailctl::policy::canon::decode_percent(text)).unwrap()
}
