//! Whether CloudTrail will be let in is known before it is asked.

use serde_json::json;

use crate::support::{Local, Workspace};

const SPEC: &str = "
version: 1
stack: guest
region: us-east-1
trails: {guest: {bucket: {existing: central-logs}, prefix: guest}}
";

#[tokio::test]
async fn the_bucket_of_others_must_let_the_trail_in_before_anything_is_made() {
    let aws = Local::start();
    let s3 = aws.endpoint.s3("us-east-1");
    s3.create_bucket().bucket("central-logs").send().await.unwrap();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    let refused = workspace.expect("apply --yes", 3).stdout;
    let at = "trailctl.yaml:5:18";
    for part in [
        "the policy of the bucket central-logs does not let CloudTrail read the bucket's ACL",
        "bucket-lacks-delivery",
        at,
        "arn:aws:s3:::central-logs/guest/AWSLogs/",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    let account = &aws.endpoint.account;
    let statement = json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:PutObject"],
        "Resource": ["arn:aws:s3:::central-logs", format!("arn:aws:s3:::central-logs/guest/AWSLogs/{account}/*")]});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    s3.put_bucket_policy().bucket("central-logs").policy(policy).send().await.unwrap();
    let _ = workspace.expect("apply --yes", 0);
    workspace.expect_no_changes();
    // What is lost while nothing is to be changed is told.
    s3.delete_bucket_policy().bucket("central-logs").send().await.unwrap();
    let plan = workspace.expect("plan --detailed-exitcode", 0).stdout;
    assert!(plan.contains("the policy of the bucket central-logs does not let CloudTrail"), "{plan}");
}
