//! What a trail names in other services: keys, topics, log groups and their roles.

use aws_sdk_cloudtrail::operation::create_trail::builders::CreateTrailFluentBuilder;
use aws_sdk_cloudwatchlogs::types::LogGroupClass;
use aws_sdk_kms::types::{KeySpec, KeyUsageType};

use super::iam::trust;
use super::*;

const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit";
const GROUP: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*";
const ROLE: &str = "arn:aws:iam::111122223333:role/delivery";
const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:trail";

fn create(sandbox: &Sandbox) -> CreateTrailFluentBuilder {
    cloudtrail(sandbox, ACCOUNT, REGION).create_trail().name("audit").s3_bucket_name(BUCKET)
}

fn statement(action: &str, resource: &str, condition: &Value) -> Value {
    json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": action,
        "Resource": resource, "Condition": condition})
}

fn from_trail() -> Value {
    json!({"StringEquals": {"aws:SourceArn": TRAIL}})
}

/// The three statements of a key policy that lets CloudTrail encrypt.
fn key_statements() -> [Value; 3] {
    let mut condition = from_trail();
    condition["StringLike"] = json!({"kms:EncryptionContext:aws:cloudtrail:arn":
        "arn:aws:cloudtrail:*:111122223333:trail/*"});
    [
        statement("kms:GenerateDataKey*", "*", &condition),
        statement("kms:Decrypt", "*", &json!({})),
        statement("kms:DescribeKey", "*", &from_trail()),
    ]
}

fn key_policy(statements: &[Value]) -> String {
    let root = json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:PutKeyPolicy",
        "Resource": "*"});
    let all: Vec<&Value> = statements.iter().chain([&root]).collect();
    json!({"Version": "2012-10-17", "Statement": all}).to_string()
}

/// Creates a key and returns its ARN.
async fn key(sandbox: &Sandbox, account: &str, region: &str, policy: String) -> String {
    let created = kms(sandbox, account, region).create_key().policy(policy).send().await.unwrap();
    created.key_metadata.unwrap().arn.unwrap()
}

#[tokio::test]
async fn encrypts_with_a_key_by_any_spelling() {
    let sandbox = with_bucket().await;
    let arn = key(&sandbox, ACCOUNT, REGION, key_policy(&key_statements())).await;
    let client = kms(&sandbox, ACCOUNT, REGION);
    client.create_alias().alias_name("alias/trail").target_key_id(&arn).send().await.unwrap();
    let created = create(&sandbox).kms_key_id("alias/trail").send().await.unwrap();
    assert_eq!(created.kms_key_id(), Some(arn.as_str()));
    let trails = cloudtrail(&sandbox, ACCOUNT, REGION);
    let alias_arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:alias/trail");
    for spelling in [arn.as_str(), arn.rsplit('/').next().unwrap(), &alias_arn] {
        let updated = trails.update_trail().name("audit").kms_key_id(spelling).send().await.unwrap();
        assert_eq!(updated.kms_key_id(), Some(arn.as_str()));
    }
    let theirs = key(&sandbox, OTHER_ACCOUNT, REGION, key_policy(&key_statements())).await;
    trails.update_trail().name("audit").kms_key_id(&theirs).send().await.unwrap();
    let cleared = trails.update_trail().name("audit").kms_key_id("").send().await.unwrap();
    assert_eq!(cleared.kms_key_id(), None);
}

#[tokio::test]
async fn refuses_a_key_that_it_cannot_use() {
    let sandbox = with_bucket().await;
    let good = key(&sandbox, ACCOUNT, REGION, key_policy(&key_statements())).await;
    let attempt = |id: &str| create(&sandbox).kms_key_id(id).send();
    let elsewhere = key(&sandbox, ACCOUNT, OTHER_REGION, key_policy(&key_statements())).await;
    for absent in [&good.replace("key/", "key/x"), "alias/absent", "absent", &elsewhere] {
        refused(&sandbox, attempt(absent), "KmsKeyNotFoundException").await;
    }
    for malformed in ["a b", "alias/", "arn:aws:kms:x", &good.replace("key/", "")] {
        refused(&sandbox, attempt(malformed), "InvalidKmsKeyIdException").await;
    }
    let insufficient = "InsufficientEncryptionPolicyException";
    for missing in 0..3 {
        let mut statements = key_statements().to_vec();
        statements.remove(missing);
        let bad = key(&sandbox, ACCOUNT, REGION, key_policy(&statements)).await;
        refused(&sandbox, attempt(&bad), insufficient).await;
    }
    for (at, condition) in [
        (0, json!({"StringEquals": {"aws:SourceArn": format!("{TRAIL}-2")}})),
        (0, json!({"StringEquals": {"kms:EncryptionContext:aws:cloudtrail:arn": "x"}})),
        (2, json!({"StringEquals": {"aws:SourceArn": TRAIL.replace(REGION, OTHER_REGION)}})),
    ] {
        let mut statements = key_statements();
        statements[at]["Condition"] = condition;
        let bad = key(&sandbox, ACCOUNT, REGION, key_policy(&statements)).await;
        refused(&sandbox, attempt(&bad), insufficient).await;
    }
    let client = kms(&sandbox, ACCOUNT, REGION);
    let asymmetric = client.create_key().key_spec(KeySpec::Rsa2048).key_usage(KeyUsageType::EncryptDecrypt);
    let asymmetric = asymmetric.policy(key_policy(&key_statements())).send().await.unwrap();
    refused(&sandbox, attempt(asymmetric.key_metadata().unwrap().key_id()), "KmsException").await;
    client.disable_key().key_id(&good).send().await.unwrap();
    refused(&sandbox, attempt(&good), "KmsException").await;
    client.enable_key().key_id(&good).send().await.unwrap();
    create(&sandbox).kms_key_id(&good).send().await.unwrap();
    client.schedule_key_deletion().key_id(&good).send().await.unwrap();
    let update = cloudtrail(&sandbox, ACCOUNT, REGION).update_trail().name("audit");
    refused(&sandbox, update.send(), "KmsException").await;
}

#[tokio::test]
async fn writes_with_the_key_that_the_bucket_may_ask_for() {
    let sandbox = with_bucket().await;
    let arn = key(&sandbox, ACCOUNT, REGION, key_policy(&key_statements())).await;
    let mut policy = bucket_policy("", TRAIL);
    let only = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::{BUCKET}/*"),
        "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": arn}}});
    policy["Statement"].as_array_mut().unwrap().push(only);
    put_policy(&sandbox, BUCKET, &policy).await;
    refused(&sandbox, create(&sandbox).send(), "InsufficientS3BucketPolicyException").await;
    create(&sandbox).kms_key_id(&arn).send().await.unwrap();
}

async fn with_topic() -> Sandbox {
    let sandbox = with_bucket().await;
    let topics = sns(&sandbox, ACCOUNT, REGION);
    topics.create_topic().name("trail").send().await.unwrap();
    sandbox
}

async fn set_topic(sandbox: &Sandbox, name: &str, value: &str) {
    let set = sns(sandbox, ACCOUNT, REGION).set_topic_attributes().topic_arn(TOPIC);
    set.attribute_name(name).attribute_value(value).send().await.unwrap();
}

fn topic_policy(action: &str, condition: &Value) -> String {
    json!({"Statement": [statement(action, TOPIC, condition)]}).to_string()
}

#[tokio::test]
async fn publishes_to_a_topic_that_lets_it() {
    let sandbox = with_topic().await;
    let insufficient = "InsufficientSnsTopicPolicyException";
    refused(&sandbox, create(&sandbox).sns_topic_name("trail").send(), insufficient).await;
    refused(&sandbox, create(&sandbox).sns_topic_name("absent").send(), insufficient).await;
    for name in ["a b", "x.fifo", "arn:aws:sns:x", &"x".repeat(257)] {
        let bad = create(&sandbox).sns_topic_name(name);
        refused(&sandbox, bad.send(), "InvalidSnsTopicNameException").await;
    }
    let other = json!({"StringEquals": {"aws:SourceArn": format!("{TRAIL}-2")}});
    for bad in [topic_policy("SNS:Subscribe", &from_trail()), topic_policy("SNS:Publish", &other)] {
        set_topic(&sandbox, "Policy", &bad).await;
        refused(&sandbox, create(&sandbox).sns_topic_name("trail").send(), insufficient).await;
    }
    set_topic(&sandbox, "Policy", &topic_policy("SNS:Publish", &from_trail())).await;
    let created = create(&sandbox).sns_topic_name("trail").send().await.unwrap();
    assert_eq!(created.sns_topic_arn(), Some(TOPIC));
    let update = || cloudtrail(&sandbox, ACCOUNT, REGION).update_trail().name("audit");
    assert_eq!(update().sns_topic_name(TOPIC).send().await.unwrap().sns_topic_arn(), Some(TOPIC));
    set_topic(&sandbox, "KmsMasterKeyId", "alias/aws/sns").await;
    refused(&sandbox, update().send(), insufficient).await;
    set_topic(&sandbox, "KmsMasterKeyId", "alias/absent").await;
    refused(&sandbox, update().send(), "KmsKeyNotFoundException").await;
    let closed = key(&sandbox, ACCOUNT, REGION, key_policy(&[])).await;
    set_topic(&sandbox, "KmsMasterKeyId", &closed).await;
    refused(&sandbox, update().send(), insufficient).await;
    let open =
        [statement("kms:GenerateDataKey*", "*", &json!({})), statement("kms:Decrypt", "*", &json!({}))];
    let open = key(&sandbox, ACCOUNT, REGION, key_policy(&open)).await;
    set_topic(&sandbox, "KmsMasterKeyId", &open).await;
    update().send().await.unwrap();
    let cleared = update().sns_topic_name("").send().await.unwrap();
    assert_eq!(cleared.sns_topic_arn(), None);
}

fn permissions(members: &Value) -> String {
    let mut statement = json!({
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": format!(
            "arn:aws:logs:{REGION}:{ACCOUNT}:log-group:trail:log-stream:{ACCOUNT}_CloudTrail_{REGION}*"
        ),
    });
    for (name, value) in members.as_object().unwrap() {
        statement[name] = value.clone();
    }
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

async fn with_log_group() -> (Sandbox, aws_sdk_iam::Client) {
    let sandbox = with_bucket().await;
    logs(&sandbox, ACCOUNT, REGION).create_log_group().log_group_name("trail").send().await.unwrap();
    let roles = iam(&sandbox, ACCOUNT, REGION);
    let role = roles.create_role().role_name("delivery").assume_role_policy_document(trust());
    role.send().await.unwrap();
    put_permissions(&roles, &permissions(&json!({}))).await;
    (sandbox, roles)
}

async fn put_permissions(roles: &aws_sdk_iam::Client, policy: &str) {
    let put = roles.put_role_policy().role_name("delivery").policy_name("logs").policy_document(policy);
    put.send().await.unwrap();
}

fn delivering(sandbox: &Sandbox) -> CreateTrailFluentBuilder {
    create(sandbox).cloud_watch_logs_log_group_arn(GROUP).cloud_watch_logs_role_arn(ROLE)
}

/// Awaits a refusal with a text: whether a call is worth another attempt stands there.
async fn refused_saying(sandbox: &Sandbox, call: CreateTrailFluentBuilder, code: &str, message: &str) {
    let before = sandbox.state().unwrap();
    let error = call.send().await.unwrap_err();
    assert_eq!((error.code(), error.message()), (Some(code), Some(message)));
    assert_eq!(sandbox.state().unwrap(), before);
}

const BAD_GROUP: &str = "InvalidCloudWatchLogsLogGroupArnException";
const BAD_ROLE: &str = "InvalidCloudWatchLogsRoleArnException";

#[tokio::test]
async fn writes_to_a_log_group_with_a_role() {
    let (sandbox, _) = with_log_group().await;
    let created = delivering(&sandbox).send().await.unwrap();
    assert_eq!(created.cloud_watch_logs_log_group_arn(), Some(GROUP));
    assert_eq!(created.cloud_watch_logs_role_arn(), Some(ROLE));
    let update = || cloudtrail(&sandbox, ACCOUNT, REGION).update_trail().name("audit");
    let half = update().cloud_watch_logs_role_arn(ROLE);
    refused(&sandbox, half.send(), BAD_ROLE).await;
    let cleared = update().cloud_watch_logs_log_group_arn("").cloud_watch_logs_role_arn("");
    assert_eq!(cleared.send().await.unwrap().cloud_watch_logs_role_arn(), None);
}

#[tokio::test]
async fn refuses_a_log_group_that_is_not_at_home() {
    let (sandbox, _) = with_log_group().await;
    let groups = logs(&sandbox, ACCOUNT, REGION);
    let lambda = groups.create_log_group().log_group_name("lambda").log_group_class(LogGroupClass::Delivery);
    lambda.send().await.unwrap();
    let bad = [
        GROUP.replace(":*", ""),
        GROUP.replace("trail", "absent"),
        GROUP.replace("trail", "lambda"),
        GROUP.replace(REGION, OTHER_REGION),
        GROUP.replace(ACCOUNT, OTHER_ACCOUNT),
        "trail".to_owned(),
    ];
    for group in bad {
        let call = delivering(&sandbox).cloud_watch_logs_log_group_arn(group);
        let message = "Check the log group ARN: CloudTrail can't validate it.";
        refused_saying(&sandbox, call, BAD_GROUP, message).await;
    }
}

#[tokio::test]
async fn refuses_a_role_that_cannot_be_taken_or_cannot_write() {
    let (sandbox, roles) = with_log_group().await;
    let untrusted = "Access denied. Check the trust relationships for your role.";
    for role in [ROLE.replace("role/", "role/x/"), ROLE.replace(ACCOUNT, OTHER_ACCOUNT), "x".to_owned()] {
        let call = delivering(&sandbox).cloud_watch_logs_role_arn(role);
        refused_saying(&sandbox, call, BAD_ROLE, untrusted).await;
    }
    let set_trust = async |text: String| {
        let update = roles.update_assume_role_policy().role_name("delivery").policy_document(text);
        update.send().await.unwrap();
    };
    let mut conditional: Value = serde_json::from_str(&trust()).unwrap();
    conditional["Statement"][0]["Condition"] = json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}});
    for bad in [trust().replace("cloudtrail", "ec2"), conditional.to_string()] {
        set_trust(bad).await;
        refused_saying(&sandbox, delivering(&sandbox), BAD_ROLE, untrusted).await;
    }
    set_trust(trust()).await;
    let denied = "Access denied. Check the permissions for your role.";
    for bad in [
        json!({"Action": "logs:PutLogEvents"}),
        json!({"Resource": "arn:aws:logs:*:*:log-group:other:*"}),
        json!({"Resource": GROUP.replace(":*", "")}),
        json!({"Resource": GROUP.replace(":*", &format!(":log-stream:{ACCOUNT}_CloudTrail_{REGION}"))}),
        json!({"Effect": "Deny"}),
        json!({"Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}),
    ] {
        put_permissions(&roles, &permissions(&bad)).await;
        refused_saying(&sandbox, delivering(&sandbox), BAD_GROUP, denied).await;
    }
    put_permissions(&roles, &permissions(&json!({"Action": "s3:GetObject", "Resource": "*"}))).await;
    let full = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess";
    roles.attach_role_policy().role_name("delivery").policy_arn(full).send().await.unwrap();
    let bound = async |name: &str| {
        let arn = format!("arn:aws:iam::aws:policy/{name}");
        let put = roles.put_role_permissions_boundary().role_name("delivery").permissions_boundary(arn);
        put.send().await.unwrap();
    };
    bound("CloudWatchLogsReadOnlyAccess").await;
    refused_saying(&sandbox, delivering(&sandbox), BAD_GROUP, denied).await;
    bound("AdministratorAccess").await;
    delivering(&sandbox).send().await.unwrap();
}

#[tokio::test]
async fn leaves_recursive_events_out_if_asked() {
    let sandbox = with_bucket().await;
    assert_eq!(
        create(&sandbox).recursive_logging(false).send().await.unwrap().recursive_logging(),
        Some(false)
    );
    let update = cloudtrail(&sandbox, ACCOUNT, REGION).update_trail().name("audit");
    assert_eq!(update.send().await.unwrap().recursive_logging(), Some(false));
}

#[tokio::test]
async fn clears_each_setting_by_itself_and_shows_full_arns() {
    let (sandbox, _) = with_log_group().await;
    put_policy(&sandbox, BUCKET, &bucket_policy("*", TRAIL)).await;
    let arn = key(&sandbox, ACCOUNT, REGION, key_policy(&key_statements())).await;
    let alias = kms(&sandbox, ACCOUNT, REGION).create_alias().alias_name("alias/trail").target_key_id(&arn);
    alias.send().await.unwrap();
    let topics = sns(&sandbox, ACCOUNT, REGION);
    topics.create_topic().name("trail").send().await.unwrap();
    set_topic(&sandbox, "Policy", &topic_policy("SNS:Publish", &from_trail())).await;
    let full = delivering(&sandbox).s3_key_prefix("x").sns_topic_name("trail").kms_key_id("alias/trail");
    full.recursive_logging(false).send().await.unwrap();
    let client = cloudtrail(&sandbox, ACCOUNT, REGION);
    let update = || client.update_trail().name("audit");
    let seen = async || {
        let list =
            client.describe_trails().trail_name_list("audit").send().await.unwrap().trail_list.unwrap();
        let [trail] = &list[..] else { panic!("{list:?}") };
        assert_eq!(trail.recursive_logging(), Some(false));
        let shown = [
            trail.s3_key_prefix(),
            trail.sns_topic_arn(),
            trail.kms_key_id(),
            trail.cloud_watch_logs_log_group_arn(),
            trail.cloud_watch_logs_role_arn(),
        ];
        shown.map(|text| text.map(str::to_owned))
    };
    let some = |text: &str| Some(text.to_owned());
    let mut expected = [some("x"), some(TOPIC), Some(arn), some(GROUP), some(ROLE)];
    assert_eq!(seen().await, expected);
    update().send().await.unwrap();
    update().s3_bucket_name(BUCKET).send().await.unwrap();
    assert_eq!(seen().await, expected);
    update().s3_key_prefix("").send().await.unwrap();
    expected[0] = None;
    assert_eq!(seen().await, expected);
    update().sns_topic_name("").send().await.unwrap();
    expected[1] = None;
    assert_eq!(seen().await, expected);
    update().kms_key_id("").send().await.unwrap();
    expected[2] = None;
    assert_eq!(seen().await, expected);
    refused(&sandbox, update().cloud_watch_logs_log_group_arn("").send(), BAD_ROLE).await;
    refused(&sandbox, update().cloud_watch_logs_role_arn("").send(), BAD_ROLE).await;
    update().cloud_watch_logs_log_group_arn("").cloud_watch_logs_role_arn("").send().await.unwrap();
    assert_eq!(seen().await, [const { None }; 5]);
}
