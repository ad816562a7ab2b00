//! The attributes of log groups.

use super::{Contract, Row, There};

const GROUP: &str = "/audit/one";

pub(super) static CONTRACT: Contract = Contract {
    name: "log-group-contract",
    section: "log_groups",
    entries: "
log_groups: {/audit/one: {$ENTRY}}
kms_keys: {one: {}}
",
    base: &[],
    creates: &["create kms_key.one", "create log_group./audit/one"],
    consent: "--delete-data kms_key.one --delete-data /audit/one --allow-destroy one --allow-destroy /audit/one",
    rows: &[
        Row {
            covers: &["retention_days"],
            needs: "",
            sets: "retention_days: 365",
            shows: &["log_group./audit/one retention_days"],
            outside: |there| {
                Box::pin(async move {
                    let put = client(there).put_retention_policy().log_group_name(GROUP);
                    put.retention_in_days(1).send().await.unwrap();
                })
            },
            heals: &["log_group./audit/one retention_days"],
        },
        Row {
            covers: &["kms_key"],
            needs: "",
            sets: "kms_key: one",
            shows: &["kms_key.one policy.statements.TrailctlLifeLogs", "log_group./audit/one kms_key"],
            outside: |there| {
                Box::pin(async move {
                    client(there).disassociate_kms_key().log_group_name(GROUP).send().await.unwrap();
                })
            },
            heals: &["log_group./audit/one kms_key"],
        },
        Row {
            covers: &["deletion_protection"],
            needs: "",
            sets: "deletion_protection: true",
            shows: &["log_group./audit/one deletion_protection"],
            outside: |there| {
                Box::pin(async move {
                    let put = client(there).put_log_group_deletion_protection().log_group_identifier(GROUP);
                    put.deletion_protection_enabled(false).send().await.unwrap();
                })
            },
            heals: &["log_group./audit/one deletion_protection"],
        },
        Row {
            covers: &["tags"],
            needs: "",
            sets: "tags: {team: security}",
            shows: &["log_group./audit/one tags.team"],
            outside: |there| Box::pin(async move { untag(there, "team").await }),
            heals: &["log_group./audit/one tags.team"],
        },
        Row {
            covers: &["protect"],
            needs: "",
            sets: "protect: true",
            shows: &["log_group./audit/one protect"],
            outside: |there| Box::pin(async move { untag(there, "trailctl:protect").await }),
            heals: &["log_group./audit/one protect"],
        },
    ],
};

fn client(there: &There<'_>) -> aws_sdk_cloudwatchlogs::Client {
    aws_sdk_cloudwatchlogs::Client::new(&there.sdk())
}

async fn untag(there: &There<'_>, key: &str) {
    let arn = there.arn("logs", &format!("log-group:{GROUP}"));
    client(there).untag_resource().resource_arn(arn).tag_keys(key).send().await.unwrap();
}
