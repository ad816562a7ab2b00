//! The attributes of IAM roles.

use serde_json::json;

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
        Row {
            covers: &["trust.id", "trust.version", "trust.statements"],
            needs: "",
            sets: "trust: {id: mine, version: '2008-10-17', statements: [{Sid: Mine, Effect: Deny, Principal: {AWS: '*'},
                Action: 'sts:AssumeRole'}]}",
            shows: &["role.one trust.id", "role.one trust.statements.Mine", "role.one trust.version"],
            outside: |there| {
                Box::pin(async move {
                    let policy = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Theirs", "Effect": "Allow",
                        "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
                    let put = client(there).update_assume_role_policy().role_name(ROLE);
                    put.policy_document(policy.to_string()).send().await.unwrap();
                })
            },
            heals: &[
                "role.one trust.id",
                "role.one trust.statements.Mine",
                "role.one trust.statements.Theirs",
                "role.one trust.statements.TrailctlLifeTrust",
                "role.one trust.version",
            ],
        },
        Row {
            covers: &["policy.id", "policy.version", "policy.statements"],
            needs: "",
            sets: "policy: {id: mine, version: '2012-10-17', statements: [{Sid: Mine, Effect: Allow, Action: 'logs:CreateLogStream',
                Resource: '*'}]}",
            shows: &["role.one policy.id", "role.one policy.statements.Mine"],
            outside: |there| {
                Box::pin(async move {
                    let policies = client(there).list_role_policies().role_name(ROLE).send().await.unwrap();
                    for name in policies.policy_names {
                        let delete = client(there).delete_role_policy().role_name(ROLE);
                        delete.policy_name(name).send().await.unwrap();
                    }
                })
            },
            heals: &["role.one policy.id", "role.one policy.statements.Mine"],
        },
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
