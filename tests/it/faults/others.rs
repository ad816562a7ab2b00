//! What other clients of the account do, and what they have there that is nobody else's business.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use trailctl::sandbox::{DEFAULT_ACCOUNT, Sandbox};

use crate::support::HOME;

/// Something that another client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Other {
    /// Adds a statement to the policy of the bucket.
    BucketStatement,
    /// Adds a statement to the policy of the key.
    KeyStatement,
    /// Tags the trail.
    TrailTag,
    /// Tags the bucket.
    BucketTag,
    /// Stops the trail.
    Stop,
    /// Takes the marks of stacks off the trail.
    UnmarkTrail,
    /// Takes the marks of stacks off the bucket.
    UnmarkBucket,
}

/// Where what others have stands in a state of the embedded AWS.
const THEIRS: [&str; 2] = ["/buckets/aws/theirs", concat!("/trails/", "111122223333", "/us-east-1/theirs")];
/// The bucket, trail and key that others change.
const BUCKET: &str = "faults-logs";
const TRAIL: &str = "audit";
const KEY: &str = "alias/key";

impl Other {
    /// Does it. Returns whether AWS took it: the thing may not be there.
    pub(super) fn happen(self, aws: &Sandbox) -> bool {
        let tags = |list: &[(&str, &str)]| {
            let one =
                |(key, value): &(&str, &str)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>");
            let list: String = list.iter().map(one).collect();
            format!("<Tagging><TagSet>{list}</TagSet></Tagging>")
        };
        let arn = format!("arn:aws:cloudtrail:{HOME}:{DEFAULT_ACCOUNT}:trail/{TRAIL}");
        match self {
            Self::BucketStatement => {
                let Some(old) = policy_of_bucket(aws, BUCKET) else { return false };
                let new = with_statement(&old, self.statement());
                s3(aws, Method::PUT, &format!("/{BUCKET}?policy"), new).is_some()
            }
            Self::KeyStatement => {
                let Some(found) = call(aws, "kms", "DescribeKey", &json!({"KeyId": KEY})) else {
                    return false;
                };
                let id = &found["KeyMetadata"]["KeyId"];
                let Some(old) = call(aws, "kms", "GetKeyPolicy", &json!({"KeyId": id})) else { return false };
                let new = with_statement(old["Policy"].as_str().unwrap(), self.statement());
                call(
                    aws,
                    "kms",
                    "PutKeyPolicy",
                    &json!({"KeyId": id, "PolicyName": "default", "Policy": new}),
                )
                .is_some()
            }
            Self::TrailTag => {
                let tags = json!([{"Key": "theirs", "Value": "yes"}]);
                call(aws, "cloudtrail", "AddTags", &json!({"ResourceId": arn, "TagsList": tags})).is_some()
            }
            Self::BucketTag => {
                let state = aws.state().unwrap();
                let Some(old) = state["buckets"]["aws"][BUCKET]["tags"].as_object() else { return false };
                let mut all: Vec<(&str, &str)> =
                    old.iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap())).collect();
                all.push(("theirs", "yes"));
                s3(aws, Method::PUT, &format!("/{BUCKET}?tagging"), tags(&all)).is_some()
            }
            Self::Stop => call(aws, "cloudtrail", "StopLogging", &json!({"Name": TRAIL})).is_some(),
            Self::UnmarkTrail => {
                let marks = ["stack", "resource", "nonce", "protect"];
                let marks = marks.map(|mark| json!({"Key": format!("trailctl:{mark}")}));
                call(aws, "cloudtrail", "RemoveTags", &json!({"ResourceId": arn, "TagsList": marks}))
                    .is_some()
            }
            Self::UnmarkBucket => {
                s3(aws, Method::PUT, &format!("/{BUCKET}?tagging"), tags(&[("old", "yes")])).is_some()
            }
        }
    }

    /// The statement that is added, as it is written.
    pub(super) fn statement(self) -> &'static str {
        match self {
            Self::KeyStatement => {
                r#"{"Resource":"*","Sid":"Their Own","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:root"]},"Action":["kms:Describe*","kms:Get*"],"Condition":{"NumericEquals":{"aws:MultiFactorAuthAge":1.10}}}"#
            }
            _ => {
                r#"{"Resource":["arn:aws:s3:::faults-logs"],"Condition":{"NumericLessThanIfExists":{"s3:max-keys":12345678901234567890123,"aws:MultiFactorAuthAge":1.10}},"Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:ListBucket"}"#
            }
        }
    }

    /// Returns whether what was added is there: none if such a thing does not last.
    pub(super) fn lasts(self, state: &Value) -> Option<bool> {
        let has = |policy: &Value| policy.as_str().is_some_and(|policy| policy.contains(self.statement()));
        match self {
            Self::BucketStatement => Some(has(&state["buckets"]["aws"][BUCKET]["policy"])),
            Self::KeyStatement => {
                let keys = state["vaults"][DEFAULT_ACCOUNT][HOME]["keys"].as_object();
                Some(keys.into_iter().flatten().any(|(_, key)| has(&key["policy"])))
            }
            Self::TrailTag | Self::BucketTag | Self::Stop | Self::UnmarkTrail | Self::UnmarkBucket => None,
        }
    }
}

/// Puts what others have into an account: a bucket, a key, and a trail that does not log.
pub(super) fn move_in(aws: &Sandbox) {
    s3(aws, Method::PUT, "/theirs", String::new()).unwrap();
    let allow = |action: &str, resource: &str| {
        json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": action,
            "Resource": resource})
    };
    let statements = [
        allow("s3:GetBucketAcl", "arn:aws:s3:::theirs"),
        allow("s3:PutObject", "arn:aws:s3:::theirs/AWSLogs/111122223333/*"),
    ];
    let policy = json!({"Statement": statements, "Version": "2012-10-17"}).to_string();
    s3(aws, Method::PUT, "/theirs?policy", policy).unwrap();
    let tagging = "<Tagging><TagSet><Tag><Key>theirs</Key><Value>yes</Value></Tag></TagSet></Tagging>";
    s3(aws, Method::PUT, "/theirs?tagging", tagging.to_owned()).unwrap();
    let tags = json!([{"TagKey": "theirs", "TagValue": "yes"}]);
    call(aws, "kms", "CreateKey", &json!({"Description": "theirs", "Tags": tags})).unwrap();
    let tags = json!([{"Key": "theirs", "Value": "yes"}]);
    let trail = json!({"Name": "theirs", "S3BucketName": "theirs", "TagsList": tags});
    call(aws, "cloudtrail", "CreateTrail", &trail).unwrap();
}

/// Makes an organization that trusts CloudTrail, with a member.
pub(super) fn organize(aws: &Sandbox) {
    call(aws, "organizations", "CreateOrganization", &json!({"FeatureSet": "ALL"})).unwrap();
    let trusted = json!({"ServicePrincipal": "cloudtrail.amazonaws.com"});
    call(aws, "organizations", "EnableAWSServiceAccess", &trusted).unwrap();
    aws.join_organization(DEFAULT_ACCOUNT, "444455556666").unwrap();
}

/// Returns what others have, as it is written.
pub(super) fn theirs(state: &Value) -> Vec<String> {
    let keys = state["vaults"][DEFAULT_ACCOUNT][HOME]["keys"].as_object();
    let keys = keys.into_iter().flatten().filter(|(_, key)| key["description"] == "theirs");
    let mut all: Vec<String> = keys.map(|(id, key)| format!("{id} {key}")).collect();
    all.extend(THEIRS.map(|place| state.pointer(place).unwrap_or(&Value::Null).to_string()));
    // A stack of its own in the account is one of the others.
    all.extend(state.pointer("/buckets/aws/owner-logs").map(Value::to_string));
    all
}

fn policy_of_bucket(aws: &Sandbox, name: &str) -> Option<String> {
    s3(aws, Method::GET, &format!("/{name}?policy"), String::new())
}

fn with_statement(policy: &str, statement: &str) -> String {
    let policy: Value = serde_json::from_str(policy).unwrap();
    let others = policy["Statement"].as_array().unwrap().iter().map(Value::to_string);
    let all: Vec<String> = others.chain([statement.to_owned()]).collect();
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, all.join(","))
}

/// Sends a call whose body is JSON. Returns the answer if it succeeds.
pub(super) fn call(aws: &Sandbox, service: &str, operation: &str, body: &Value) -> Option<Value> {
    let target = match service {
        "cloudtrail" => "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
        "kms" => "TrentService",
        _ => "AWSOrganizationsV20161128",
    };
    let request =
        Request::post("https://aws.example/").header("x-amz-target", format!("{target}.{operation}"));
    let answer = send(aws, service, request, body.to_string())?;
    Some(if answer.is_empty() { Value::Null } else { serde_json::from_str(&answer).unwrap() })
}

fn s3(aws: &Sandbox, method: Method, path: &str, body: String) -> Option<String> {
    let request = Request::builder().method(method).uri(format!("https://s3.us-east-1.amazonaws.com{path}"));
    send(aws, "s3", request, body)
}

fn send(aws: &Sandbox, service: &str, request: http::request::Builder, body: String) -> Option<String> {
    let scope = format!("Credential={DEFAULT_ACCOUNT}/20260401/{HOME}/{service}/aws4_request");
    let request = request.header("authorization", format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host"));
    let answer = aws.handle(request.body(Bytes::from(body)).unwrap());
    let text = String::from_utf8(answer.body().to_vec()).unwrap();
    answer.status().is_success().then_some(text)
}
