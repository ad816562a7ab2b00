//! Trails of an organization: what its accounts see of them, and what the trails name in other services.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::{EventSelector, Tag};

use super::iam::trust;
use super::organizations::{ADMIN, MEMBER, TRAIL, create, with_organization};
use super::*;

const NOT_MASTER: &str = "NotOrganizationMasterAccountException";

fn of(sandbox: &Sandbox, account: &str) -> Client {
    cloudtrail(sandbox, account, REGION)
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

async fn tags(client: &Client) -> Vec<Tag> {
    let seen = client.list_tags().resource_id_list(TRAIL).send().await.unwrap();
    seen.resource_tag_list()[0].tags_list().to_vec()
}

#[tokio::test]
async fn is_a_shadow_for_its_members() {
    let (sandbox, _) = with_organization().await;
    create(&sandbox, ADMIN).send().await.unwrap();
    for (account, own) in [(ACCOUNT, 1), (ADMIN, 0), (MEMBER, 0)] {
        let describe = |region: &str| cloudtrail(&sandbox, account, region).describe_trails();
        let all = describe(REGION).send().await.unwrap().trail_list.unwrap();
        assert_eq!(all[0].trail_arn(), Some(TRAIL), "{account}");
        assert_eq!((all[0].is_organization_trail(), all.len()), (Some(true), 1), "{account}");
        let count = async |region: &str, name: Option<&str>, shadows: Option<bool>| {
            let call = describe(region).set_include_shadow_trails(shadows);
            let call = call.set_trail_name_list(name.map(|name| vec![name.to_owned()]));
            call.send().await.unwrap().trail_list.unwrap().len()
        };
        assert_eq!(count(REGION, None, Some(true)).await, 1, "{account}");
        assert_eq!(count(REGION, None, Some(false)).await, own, "{account}");
        assert_eq!(count(REGION, Some("all"), None).await, own, "{account}");
        assert_eq!(count(REGION, Some(TRAIL), None).await, 1, "{account}");
        assert_eq!(count(OTHER_REGION, None, None).await, 1, "{account}");
        assert_eq!(count(OTHER_REGION, None, Some(false)).await, 0, "{account}");
        let listed = of(&sandbox, account).list_trails().send().await.unwrap().trails.unwrap();
        assert_eq!(listed[0].trail_arn(), Some(TRAIL), "{account}");
    }
}

#[tokio::test]
async fn is_reached_by_its_arn_and_not_by_its_name() {
    let (sandbox, _) = with_organization().await;
    create(&sandbox, ADMIN).tags_list(tag("team", "a")).send().await.unwrap();
    let admin = of(&sandbox, ADMIN);
    let absent = "TrailNotFoundException";
    let selector = || EventSelector::builder().build();
    refused(&sandbox, admin.get_trail().name("all").send(), absent).await;
    refused(&sandbox, admin.get_trail_status().name("all").send(), absent).await;
    refused(&sandbox, admin.get_event_selectors().trail_name("all").send(), absent).await;
    refused(&sandbox, admin.update_trail().name("all").send(), absent).await;
    refused(&sandbox, admin.stop_logging().name("all").send(), absent).await;
    refused(&sandbox, admin.delete_trail().name("all").send(), absent).await;
    let put = |name: &str| admin.put_event_selectors().trail_name(name).event_selectors(selector()).send();
    refused(&sandbox, put("all"), absent).await;
    put(TRAIL).await.unwrap();
    admin.get_trail_status().name(TRAIL).send().await.unwrap();
    admin.stop_logging().name(TRAIL).send().await.unwrap();
    assert_eq!(tags(&admin).await, [tag("team", "a")]);
    admin.add_tags().resource_id(TRAIL).tags_list(tag("x", "y")).send().await.unwrap();
    admin.remove_tags().resource_id(TRAIL).tags_list(tag("team", "a")).send().await.unwrap();
    for account in [ACCOUNT, ADMIN, MEMBER] {
        assert_eq!(tags(&of(&sandbox, account)).await, [tag("x", "y")]);
    }
    let theirs = TRAIL.replace(ACCOUNT, ADMIN);
    let add = admin.add_tags().resource_id(theirs).tags_list(tag("x", "y"));
    refused(&sandbox, add.send(), "ResourceNotFoundException").await;
    let member = of(&sandbox, MEMBER);
    refused(&sandbox, member.add_tags().resource_id(TRAIL).tags_list(tag("x", "z")).send(), NOT_MASTER).await;
    refused(&sandbox, member.remove_tags().resource_id(TRAIL).tags_list(tag("x", "z")).send(), NOT_MASTER)
        .await;
    of(&sandbox, ACCOUNT).get_trail().name("all").send().await.unwrap();
}

#[tokio::test]
async fn is_converted_by_the_management_account_only() {
    let (sandbox, _) = with_organization().await;
    create(&sandbox, ACCOUNT).is_organization_trail(false).send().await.unwrap();
    let to = |account: &str, name: &str, on: bool| {
        of(&sandbox, account).update_trail().name(name).is_organization_trail(on).send()
    };
    refused(&sandbox, to(ADMIN, TRAIL, true), "TrailNotFoundException").await;
    to(ACCOUNT, "all", true).await.unwrap();
    refused(&sandbox, to(ADMIN, TRAIL, false), NOT_MASTER).await;
    to(ADMIN, TRAIL, true).await.unwrap();
    to(ACCOUNT, TRAIL, false).await.unwrap();
    let open = bucket_policy("", "*").to_string().replace(&format!("AWSLogs/{ACCOUNT}"), "AWSLogs");
    put_policy(&sandbox, BUCKET, &serde_json::from_str(&open).unwrap()).await;
    create(&sandbox, ADMIN).name("own").is_organization_trail(false).send().await.unwrap();
    refused(&sandbox, to(ADMIN, "own", true), NOT_MASTER).await;
}

/// The policy of the bucket, with folders for the trail.
async fn put_folders(sandbox: &Sandbox, folders: &[&str]) {
    let mut policy = bucket_policy("", TRAIL);
    let one = policy["Statement"].as_array_mut().unwrap().pop().unwrap();
    for folder in folders {
        let mut one = one.clone();
        one["Resource"] = format!("arn:aws:s3:::{BUCKET}/AWSLogs/{folder}/*").into();
        policy["Statement"].as_array_mut().unwrap().push(one);
    }
    put_policy(sandbox, BUCKET, &policy).await;
}

#[tokio::test]
async fn delivers_the_logs_of_all_accounts() {
    let (sandbox, id) = with_organization().await;
    let insufficient = "InsufficientS3BucketPolicyException";
    let (own, member) = (format!("{id}/{ACCOUNT}"), format!("{id}/{MEMBER}"));
    for folders in
        [vec![ACCOUNT], vec![&id], vec![ACCOUNT, &own], vec![ACCOUNT, &own, &member], vec![ADMIN, &id]]
    {
        put_folders(&sandbox, &folders).await;
        for account in [ACCOUNT, ADMIN] {
            refused(&sandbox, create(&sandbox, account).send(), insufficient).await;
        }
    }
    put_folders(&sandbox, &[ACCOUNT, &id]).await;
    let theirs = bucket_policy("", &TRAIL.replace(ACCOUNT, ADMIN)).to_string();
    let theirs: Value =
        serde_json::from_str(&theirs.replace(&format!("AWSLogs/{ACCOUNT}"), "AWSLogs")).unwrap();
    put_policy(&sandbox, BUCKET, &theirs).await;
    refused(&sandbox, create(&sandbox, ADMIN).send(), insufficient).await;
    put_folders(&sandbox, &[ACCOUNT, &id]).await;
    create(&sandbox, ADMIN).send().await.unwrap();
}

fn from_trail(account: &str, action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": action,
        "Resource": resource,
        "Condition": {"StringEquals": {"aws:SourceArn": TRAIL.replace(ACCOUNT, account)}}})
}

#[tokio::test]
async fn uses_key_and_topic_of_the_administrator_for_the_management_account() {
    let (sandbox, _) = with_organization().await;
    let key = async |account: &str| {
        let mut encrypt = from_trail(account, "kms:GenerateDataKey*", "*");
        encrypt["Condition"]["StringLike"] = json!({"kms:EncryptionContext:aws:cloudtrail:arn":
            format!("arn:aws:cloudtrail:*:{account}:trail/*")});
        let mut decrypt = from_trail(account, "kms:Decrypt", "*");
        decrypt.as_object_mut().unwrap().remove("Condition");
        let root =
            json!({"Effect": "Allow", "Principal": {"AWS": ADMIN}, "Action": "kms:*", "Resource": "*"});
        let statements = [encrypt, decrypt, from_trail(account, "kms:DescribeKey", "*"), root];
        let policy = json!({"Statement": statements}).to_string();
        let created = kms(&sandbox, ADMIN, REGION).create_key().policy(policy).send().await.unwrap();
        created.key_metadata.unwrap()
    };
    let insufficient = "InsufficientEncryptionPolicyException";
    refused(&sandbox, create(&sandbox, ADMIN).kms_key_id(key(ADMIN).await.key_id()).send(), insufficient)
        .await;
    let good = key(ACCOUNT).await;
    let topic = format!("arn:aws:sns:{REGION}:{ADMIN}:trail");
    let set_topic = async |account: &str| {
        let topics = sns(&sandbox, ADMIN, REGION);
        topics.create_topic().name("trail").send().await.unwrap();
        let policy = json!({"Statement": [from_trail(account, "SNS:Publish", &topic)]}).to_string();
        let set = topics.set_topic_attributes().topic_arn(&topic).attribute_name("Policy");
        set.attribute_value(policy).send().await.unwrap();
    };
    let full = || create(&sandbox, ADMIN).kms_key_id(good.key_id()).sns_topic_name("trail");
    set_topic(ADMIN).await;
    refused(&sandbox, full().send(), "InsufficientSnsTopicPolicyException").await;
    set_topic(ACCOUNT).await;
    let created = full().send().await.unwrap();
    assert_eq!((created.kms_key_id(), created.sns_topic_arn()), (good.arn(), Some(topic.as_str())));
    of(&sandbox, ACCOUNT).update_trail().name("all").send().await.unwrap();
}

#[tokio::test]
async fn writes_to_a_log_group_in_the_calling_account() {
    let (sandbox, id) = with_organization().await;
    let group = |account: &str| format!("arn:aws:logs:{REGION}:{account}:log-group:trail:*");
    let role = |account: &str| format!("arn:aws:iam::{account}:role/delivery");
    let permit = async |account: &str, streams: &[String]| {
        let streams: Vec<String> = streams
            .iter()
            .map(|stream| format!("arn:aws:logs:{REGION}:{account}:log-group:trail:log-stream:{stream}"))
            .collect();
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": streams}]});
        let put = iam(&sandbox, account, OTHER_REGION).put_role_policy().role_name("delivery");
        put.policy_name("logs").policy_document(policy.to_string()).send().await.unwrap();
    };
    let (own, shared) = (format!("{ACCOUNT}_CloudTrail_{REGION}*"), format!("{id}_*"));
    for account in [ACCOUNT, ADMIN] {
        logs(&sandbox, account, REGION).create_log_group().log_group_name("trail").send().await.unwrap();
        let create = iam(&sandbox, account, OTHER_REGION).create_role().role_name("delivery");
        create.assume_role_policy_document(trust()).send().await.unwrap();
        permit(account, &[own.clone(), shared.clone()]).await;
    }
    let full = |group: String, role: String| {
        create(&sandbox, ADMIN).cloud_watch_logs_log_group_arn(group).cloud_watch_logs_role_arn(role).send()
    };
    let bad_group = "InvalidCloudWatchLogsLogGroupArnException";
    refused(&sandbox, full(group(ACCOUNT), role(ADMIN)), bad_group).await;
    let bad_role = "InvalidCloudWatchLogsRoleArnException";
    refused(&sandbox, full(group(ADMIN), role(ACCOUNT)), bad_role).await;
    for streams in [vec![own.clone()], vec![shared.clone()], vec![own.clone(), format!("{id}_{ACCOUNT}*")]] {
        permit(ADMIN, &streams).await;
        refused(&sandbox, full(group(ADMIN), role(ADMIN)), bad_group).await;
    }
    permit(ADMIN, &[own, shared]).await;
    full(group(ADMIN), role(ADMIN)).await.unwrap();
    let management = of(&sandbox, ACCOUNT);
    let update = || management.update_trail().name("all");
    let kept = update().enable_log_file_validation(true).send().await.unwrap();
    assert_eq!(kept.cloud_watch_logs_log_group_arn(), Some(group(ADMIN).as_str()));
    let moved = update().cloud_watch_logs_log_group_arn(group(ACCOUNT));
    moved.cloud_watch_logs_role_arn(role(ACCOUNT)).send().await.unwrap();
}
