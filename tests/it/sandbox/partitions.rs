//! The same AWS in other partitions: ARNs, the names of services, and the Regions of global services differ.

use aws_sdk_cloudtrail::operation::create_trail::builders::CreateTrailFluentBuilder;

use super::iam::trust;
use super::*;

/// A partition with a Region, and where its global services are.
#[derive(Clone, Copy, Debug)]
struct Place {
    partition: &'static str,
    region: &'static str,
    suffix: &'static str,
    iam: &'static str,
    organizations: &'static str,
}

const PLACES: [Place; 3] = [
    Place {
        partition: "aws",
        region: "eu-west-1",
        suffix: "amazonaws.com",
        iam: "us-east-1",
        organizations: "us-east-1",
    },
    Place {
        partition: "aws-us-gov",
        region: "us-gov-east-1",
        suffix: "amazonaws.com",
        iam: "us-gov-west-1",
        organizations: "us-gov-west-1",
    },
    Place {
        partition: "aws-cn",
        region: "cn-north-1",
        suffix: "amazonaws.com.cn",
        iam: "cn-north-1",
        organizations: "cn-northwest-1",
    },
];

impl Place {
    fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{ACCOUNT}:{resource}", self.partition, self.region)
    }

    fn trail(&self) -> String {
        self.arn("cloudtrail", "trail/audit")
    }

    fn role(&self) -> String {
        format!("arn:{}:iam::{ACCOUNT}:role/delivery", self.partition)
    }

    fn root(&self) -> Value {
        json!({"Effect": "Allow", "Principal": {"AWS": format!("arn:{}:iam::{ACCOUNT}:root", self.partition)},
            "Action": "kms:*", "Resource": "*"})
    }

    /// A statement for CloudTrail as it calls for the trail.
    fn statement(&self, action: &str, resource: &str) -> Value {
        json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": action,
            "Resource": resource, "Condition": {"StringEquals": {"aws:SourceArn": self.trail()}}})
    }

    fn bucket_policy(&self, folders: &[&str]) -> Value {
        let bucket = format!("arn:{}:s3:::{BUCKET}", self.partition);
        let mut statements = vec![self.statement("s3:GetBucketAcl", &bucket)];
        for folder in folders {
            let mut put = self.statement("s3:PutObject", &format!("{bucket}/AWSLogs/{folder}/*"));
            put["Condition"]["StringEquals"]["s3:x-amz-acl"] = json!("bucket-owner-full-control");
            statements.push(put);
        }
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    async fn put_bucket_policy(&self, sandbox: &Sandbox, policy: &Value) {
        let put = s3(sandbox, ACCOUNT, self.region).put_bucket_policy().bucket(BUCKET);
        put.policy(policy.to_string()).send().await.unwrap();
    }

    async fn key(&self, sandbox: &Sandbox, statements: &[Value]) -> String {
        let all: Vec<Value> = statements.iter().cloned().chain([self.root()]).collect();
        let policy = json!({"Version": "2012-10-17", "Statement": all}).to_string();
        let created = kms(sandbox, ACCOUNT, self.region).create_key().policy(policy).send().await.unwrap();
        created.key_metadata.unwrap().arn.unwrap()
    }

    /// Creates everything that a trail can name, and returns the ARN of the key.
    async fn companions(&self, sandbox: &Sandbox) -> String {
        let configuration = CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(self.region))
            .build();
        let bucket = s3(sandbox, ACCOUNT, self.region).create_bucket().bucket(BUCKET);
        bucket.create_bucket_configuration(configuration).send().await.unwrap();
        self.put_bucket_policy(sandbox, &self.bucket_policy(&[ACCOUNT])).await;
        let mut encrypt = self.statement("kms:GenerateDataKey*", "*");
        encrypt["Condition"]["StringLike"] = json!({"kms:EncryptionContext:aws:cloudtrail:arn":
            format!("arn:{}:cloudtrail:*:{ACCOUNT}:trail/*", self.partition)});
        let mut decrypt = self.statement("kms:Decrypt", "*");
        decrypt.as_object_mut().unwrap().remove("Condition");
        let key = self.key(sandbox, &[encrypt, decrypt, self.statement("kms:DescribeKey", "*")]).await;
        let topics = sns(sandbox, ACCOUNT, self.region);
        let arn = self.arn("sns", "trail");
        let policy = json!({"Statement": [self.statement("SNS:Publish", &arn)]}).to_string();
        topics.create_topic().name("trail").attributes("Policy", policy).send().await.unwrap();
        logs(sandbox, ACCOUNT, self.region).create_log_group().log_group_name("trail").send().await.unwrap();
        let roles = iam(sandbox, ACCOUNT, self.iam);
        let role = roles.create_role().role_name("delivery").assume_role_policy_document(trust());
        role.send().await.unwrap();
        let streams = format!("log-group:trail:log-stream:{ACCOUNT}_CloudTrail_{}*", self.region);
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": self.arn("logs", &streams)}]});
        let put = roles.put_role_policy().role_name("delivery").policy_name("logs");
        put.policy_document(policy.to_string()).send().await.unwrap();
        key
    }

    fn create(&self, sandbox: &Sandbox) -> CreateTrailFluentBuilder {
        cloudtrail(sandbox, ACCOUNT, self.region).create_trail().name("audit").s3_bucket_name(BUCKET)
    }
}

#[tokio::test]
async fn has_a_trail_with_all_it_can_name() {
    for place in PLACES {
        let sandbox = empty();
        let key = place.companions(&sandbox).await;
        assert!(key.starts_with(&place.arn("kms", "key/")), "{key}");
        let (topic, group) = (place.arn("sns", "trail"), place.arn("logs", "log-group:trail:*"));
        let full = || {
            let create = place.create(&sandbox).is_multi_region_trail(true).kms_key_id(&key);
            create
                .sns_topic_name("trail")
                .cloud_watch_logs_log_group_arn(&group)
                .cloud_watch_logs_role_arn(place.role())
        };
        let foreign = |arn: &str| arn.replace(&format!("arn:{}:", place.partition), "arn:aws-eusc:");
        for (bad, expected) in [
            (full().kms_key_id(foreign(&key)), "InvalidKmsKeyIdException"),
            (full().sns_topic_name(foreign(&topic)), "InvalidSnsTopicNameException"),
            (
                full().cloud_watch_logs_log_group_arn(foreign(&group)),
                "InvalidCloudWatchLogsLogGroupArnException",
            ),
            (
                full().cloud_watch_logs_role_arn(foreign(&place.role())),
                "InvalidCloudWatchLogsRoleArnException",
            ),
        ] {
            refused(&sandbox, bad.send(), expected).await;
        }
        let foreign = foreign(&place.bucket_policy(&[ACCOUNT]).to_string());
        let put = s3(&sandbox, ACCOUNT, place.region).put_bucket_policy().bucket(BUCKET).policy(foreign);
        refused(&sandbox, put.send(), "MalformedPolicy").await;
        let created = full().send().await.unwrap();
        assert_eq!(created.trail_arn(), Some(place.trail().as_str()));
        assert_eq!(created.sns_topic_arn(), Some(topic.as_str()));
        assert_eq!(created.kms_key_id(), Some(key.as_str()));
        assert_eq!(created.cloud_watch_logs_log_group_arn(), Some(group.as_str()));
        for other in PLACES.iter().filter(|other| other.partition != place.partition) {
            let client = cloudtrail(&sandbox, ACCOUNT, other.region);
            assert!(client.list_trails().send().await.unwrap().trails().is_empty());
            let arn = client.get_trail().name(place.trail());
            refused(&sandbox, arn.send(), "CloudTrailARNInvalidException").await;
        }
        let tag = aws_sdk_cloudtrail::types::Tag::builder().key("team").value("a").build().unwrap();
        let tags = cloudtrail(&sandbox, ACCOUNT, place.region).add_tags().resource_id(place.trail());
        tags.tags_list(tag).send().await.unwrap();
        let seen = tagging(&sandbox, ACCOUNT, place.region).get_resources().send().await.unwrap();
        assert_eq!(seen.resource_tag_mapping_list()[0].resource_arn(), Some(place.trail().as_str()));
    }
}

#[tokio::test]
async fn has_trails_of_an_organization() {
    for place in PLACES {
        let sandbox = empty();
        place.companions(&sandbox).await;
        let client = organizations(&sandbox, ACCOUNT, place.organizations);
        let id = client.create_organization().send().await.unwrap().organization.unwrap().id.unwrap();
        let service = "cloudtrail.amazonaws.com";
        client.enable_aws_service_access().service_principal(service).send().await.unwrap();
        let create = || place.create(&sandbox).is_organization_trail(true);
        refused(&sandbox, create().send(), "InsufficientS3BucketPolicyException").await;
        place.put_bucket_policy(&sandbox, &place.bucket_policy(&[ACCOUNT, &id])).await;
        let created = create().send().await.unwrap();
        assert_eq!(created.trail_arn(), Some(place.trail().as_str()));
        assert_eq!(created.is_organization_trail(), Some(true));
    }
}

#[tokio::test]
async fn encrypts_a_log_group_for_the_service_of_the_region() {
    for place in PLACES {
        let sandbox = empty();
        let service = format!("logs.{}.{}", place.region, place.suffix);
        let arn = place.arn("logs", "log-group:new");
        let key = async |service: &str, context: &str| {
            let statement = json!({"Effect": "Allow", "Principal": {"Service": service}, "Resource": "*",
                "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
                "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": context}}});
            place.key(&sandbox, &[statement]).await
        };
        let client = logs(&sandbox, ACCOUNT, place.region);
        let create = |key: &str| client.create_log_group().log_group_name("new").kms_key_id(key).send();
        let other = if place.suffix == "amazonaws.com" { "amazonaws.com.cn" } else { "amazonaws.com" };
        let invalid = "InvalidParameterException";
        let other = key(&format!("logs.{}.{other}", place.region), &arn).await;
        refused(&sandbox, create(&other), invalid).await;
        let other = key(&service, &format!("{arn}-2")).await;
        refused(&sandbox, create(&other), invalid).await;
        let good = key(&service, &arn).await;
        create(&good).await.unwrap();
        let seen = client.describe_log_groups().send().await.unwrap();
        assert_eq!(seen.log_groups()[0].kms_key_id(), Some(good.as_str()));
    }
}
