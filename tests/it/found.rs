//! What others have added, and what the stack has lost: it is found, and told or taken up again.

use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, AggregationConfiguration, EventCategoryAggregation,
    Template,
};
use aws_sdk_s3::types::{
    BucketLoggingStatus, DeleteMarkerReplication, DeleteMarkerReplicationStatus, Destination,
    EventBridgeConfiguration, LoggingEnabled, NotificationConfiguration, ReplicationConfiguration,
    ReplicationRule, ReplicationRuleFilter, ReplicationRuleStatus,
};
use serde_json::{Value, json};

use crate::support::{Local, Workspace};

const SPEC: &str = "
version: 1
stack: found
kms_keys: {audit: {}}
buckets: {found-logs: {policy: {mode: merge, statements: [$MINE]}}}
log_groups: {/audit: {}}
roles: {to-logs: {}}
trails: {audit: {bucket: found-logs, kms_key: audit}}
";

fn spec(action: &str) -> String {
    let mine = format!(
        "{{Sid: Mine, Effect: Deny, Principal: '*', Action: '{action}', Resource: 'arn:aws:s3:::found-logs/*'}}"
    );
    SPEC.replace("$MINE", &mine)
}

fn applied() -> (Local, Workspace) {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(&spec("s3:DeleteObject*"));
    let _ = workspace.expect("apply --yes", 0);
    workspace.expect_no_changes();
    (aws, workspace)
}

#[tokio::test]
async fn where_events_go_beside_is_told() {
    let (aws, workspace) = applied();
    let bus = NotificationConfiguration::builder()
        .event_bridge_configuration(EventBridgeConfiguration::builder().build())
        .build();
    let put = aws.endpoint.s3("us-east-1").put_bucket_notification_configuration().bucket("found-logs");
    put.notification_configuration(bus).send().await.unwrap();
    let function = format!("arn:aws:lambda:us-east-1:{}:function:copy", aws.endpoint.account);
    let logs = aws_sdk_cloudwatchlogs::Client::new(&aws.endpoint.sdk("us-east-1"));
    let filter =
        logs.put_subscription_filter().log_group_name("/audit").filter_name("copy").filter_pattern("");
    filter.destination_arn(&function).send().await.unwrap();
    let plan = workspace.expect("plan --detailed-exitcode", 0).stdout;
    assert!(plan.contains("bucket.found-logs: there is a notification to EventBridge, which"), "{plan}");
    assert!(plan.contains("log_group./audit: there is a subscription filter"), "{plan}");
    assert!(plan.contains(&function), "{plan}");
}

#[tokio::test]
async fn a_statement_of_others_is_kept_and_told_and_one_of_ours_is_replaced() {
    let (aws, workspace) = applied();
    let s3 = aws.endpoint.s3("us-east-1");
    let policy = async || {
        let text = s3.get_bucket_policy().bucket("found-logs").send().await.unwrap().policy.unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let mut live = policy().await;
    let theirs = json!({"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutBucketAcl",
        "Resource": "arn:aws:s3:::found-logs"});
    live["Statement"].as_array_mut().unwrap().push(theirs.clone());
    s3.put_bucket_policy().bucket("found-logs").policy(live.to_string()).send().await.unwrap();
    let plan = workspace.expect("plan --detailed-exitcode", 0).stdout;
    assert!(
        plan.contains("bucket.found-logs: its policy keeps a statement of others, Theirs (Deny)"),
        "{plan}"
    );
    workspace.spec(&spec("s3:DeleteObject"));
    assert_eq!(workspace.changes(), ["bucket.found-logs policy.statements.Mine"]);
    let _ = workspace.expect("apply --yes", 0);
    let _ = workspace.expect("plan --detailed-exitcode", 0);
    let live = policy().await;
    let statements = live["Statement"].as_array().unwrap();
    let mine: Vec<&Value> = statements.iter().filter(|one| one["Sid"] == "Mine").collect();
    assert_eq!((mine.len(), &mine[0]["Action"]), (1, &json!("s3:DeleteObject")));
    assert!(statements.contains(&theirs));
}

#[tokio::test]
async fn a_key_that_lost_its_alias_gets_it_back() {
    let (aws, workspace) = applied();
    let kms = aws_sdk_kms::Client::new(&aws.endpoint.sdk("us-east-1"));
    kms.delete_alias().alias_name("alias/audit").send().await.unwrap();
    assert_eq!(workspace.changes(), ["kms_key.audit name"]);
    let _ = workspace.expect("apply --yes", 0);
    workspace.expect_no_changes();
    assert_eq!(kms.list_keys().send().await.unwrap().keys().len(), 1);
}

#[tokio::test]
async fn an_alias_that_was_moved_to_a_foreign_key_is_refused() {
    let (aws, workspace) = applied();
    let kms = aws_sdk_kms::Client::new(&aws.endpoint.sdk("us-east-1"));
    let other = kms.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    kms.update_alias().alias_name("alias/audit").target_key_id(other).send().await.unwrap();
    let output = workspace.expect("plan --format json", 3);
    assert_eq!(output.refusals(), ["name-moved kms_key.audit"]);
}

#[tokio::test]
async fn an_alias_that_was_moved_to_another_key_of_the_stack_is_moved_back() {
    let (aws, workspace) = applied();
    workspace.spec(&spec("s3:DeleteObject*").replace("{audit: {}}", "{audit: {}, second: {}}"));
    let _ = workspace.expect("apply --yes", 0);
    let kms = aws_sdk_kms::Client::new(&aws.endpoint.sdk("us-east-1"));
    let key = async |alias: &str| {
        let described = kms.describe_key().key_id(format!("alias/{alias}")).send().await.unwrap();
        described.key_metadata.unwrap().key_id
    };
    let (audit, second) = (key("audit").await, key("second").await);
    kms.update_alias().alias_name("alias/audit").target_key_id(&second).send().await.unwrap();
    assert_eq!(workspace.changes(), ["kms_key.audit name"]);
    aws.take_calls();
    let _ = workspace.expect("apply --yes", 0);
    assert_eq!(aws.take_changes(), ["UpdateAlias"]);
    workspace.expect_no_changes();
    assert_eq!((key("audit").await, key("second").await), (audit, second));
}

#[test]
fn a_role_that_nobody_uses_is_removed_when_it_leaves_the_spec() {
    let (_aws, workspace) = applied();
    workspace.spec(&spec("s3:DeleteObject*").replace("roles: {to-logs: {}}\n", ""));
    assert_eq!(workspace.changes(), ["delete role.to-logs"]);
    let _ = workspace.expect("apply --yes", 0);
    workspace.expect_no_changes();
}

#[test]
fn what_another_stack_owns_is_taken_over_if_that_stack_is_named() {
    let (aws, workspace) = applied();
    workspace.spec(&spec("s3:DeleteObject*").replace("stack: found", "stack: taker"));
    let refused = workspace.expect("plan --format json", 3).refusals();
    assert!(refused.len() == 5 && refused.iter().all(|one| one.starts_with("other-stack ")), "{refused:?}");
    let refused = workspace.expect("plan --format json --take-ownership-from third", 3).refusals();
    assert_eq!(refused.len(), 5);
    aws.take_calls();
    let _ = workspace.expect("apply --yes --take-ownership-from found", 0);
    let changes = aws.take_changes();
    assert!(
        !changes.iter().any(|call| call.starts_with("Create") || call.starts_with("Delete")),
        "{changes:?}"
    );
    // What the other stack has put into the bucket's policy is others' there.
    let _ = workspace.expect("plan --detailed-exitcode", 0);
}

#[tokio::test]
async fn where_log_files_go_beside_is_told_and_what_a_spec_could_say_is_drift() {
    let (aws, workspace) = applied();
    let s3 = aws.endpoint.s3("us-east-1");
    let rule = ReplicationRule::builder()
        .status(ReplicationRuleStatus::Enabled)
        .priority(1)
        .filter(ReplicationRuleFilter::builder().prefix("").build())
        .delete_marker_replication(
            DeleteMarkerReplication::builder().status(DeleteMarkerReplicationStatus::Disabled).build(),
        )
        .destination(Destination::builder().bucket("arn:aws:s3:::elsewhere").build().unwrap())
        .build()
        .unwrap();
    let role = format!("arn:aws:iam::{}:role/copies", aws.endpoint.account);
    let replication = ReplicationConfiguration::builder().role(role).rules(rule).build().unwrap();
    let put = s3.put_bucket_replication().bucket("found-logs");
    put.replication_configuration(replication).send().await.unwrap();
    let plan = workspace.expect("plan --detailed-exitcode", 0).stdout;
    assert!(
        plan.contains("bucket.found-logs: there is a replication to arn:aws:s3:::elsewhere, which"),
        "{plan}"
    );

    // Access logs of the bucket, and the aggregation of the trail's events, are attributes of a spec.
    s3.create_bucket().bucket("found-others").send().await.unwrap();
    let statement = json!({"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::found-others/*"});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    s3.put_bucket_policy().bucket("found-others").policy(policy).send().await.unwrap();
    let to = LoggingEnabled::builder().target_bucket("found-others").target_prefix("").build().unwrap();
    let status = BucketLoggingStatus::builder().logging_enabled(to).build();
    s3.put_bucket_logging().bucket("found-logs").bucket_logging_status(status).send().await.unwrap();
    let cloudtrail = aws.endpoint.cloudtrail("us-east-1");
    let data = ["eventCategory", "resources.type"].into_iter().zip(["Data", "AWS::S3::Object"]);
    let fields =
        data.map(|(name, value)| AdvancedFieldSelector::builder().field(name).equals(value).build().unwrap());
    let selector =
        AdvancedEventSelector::builder().set_field_selectors(Some(fields.collect())).build().unwrap();
    let put = cloudtrail.put_event_selectors().trail_name("audit").advanced_event_selectors(selector);
    put.send().await.unwrap();
    let aggregation = AggregationConfiguration::builder()
        .templates(Template::ApiActivity)
        .event_category(EventCategoryAggregation::Data)
        .build()
        .unwrap();
    let put =
        cloudtrail.put_event_configuration().trail_name("audit").aggregation_configurations(aggregation);
    put.send().await.unwrap();
    assert_eq!(
        workspace.changes(),
        ["bucket.found-logs access_logs", "trail.audit events", "trail.audit aggregation"]
    );
    let _ = workspace.expect("apply --yes --allow-coverage-loss", 0);
    assert_eq!(workspace.changes(), [""; 0]);
}
