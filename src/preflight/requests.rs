//! What CloudTrail asks of the things around a trail: the requests that their policies must allow.

use std::collections::BTreeMap;

use crate::policy::evaluate::{Principal, Request};

/// The service principal of CloudTrail.
pub const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// An account of an organization that no policy names one by one: accounts come and go.
const MEMBER: &str = "000000000000";

/// What CloudTrail writes below `AWSLogs/ACCOUNT/`, whether a trail cannot be made without it, and in words. The last one
/// stands for anything else.
const WRITTEN: &[(&str, bool, &str)] = &[
    ("CloudTrail/check", true, "write log files"),
    ("CloudTrail-Digest/check", false, "write digest files"),
    ("CloudTrail-Insight/check", false, "write Insights events"),
    ("check", false, "write everything below `AWSLogs/`"),
];

/// Condition keys that requests of a service for itself do not have: they tell of a person, of a session, of a VPC endpoint or
/// of the caller's place in an organization (IAM User Guide, "AWS global condition context keys").
const ABSENT: &[&str] = &[
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:tokenissuetime",
    "aws:username",
    "aws:vpcsourceip",
];

/// Returns whether a condition key is known to be absent from a request of CloudTrail that is not given it here.
fn is_absent(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ABSENT.contains(&key.as_str()) || key.starts_with("aws:principaltag/")
}

/// A request that CloudTrail makes, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The request.
    pub request: Request,
    /// The request as it may be instead, with more in its context: which of them it is is not documented.
    pub or: Option<Request>,
    /// What it is for: a phrase such as `write log files`.
    pub purpose: &'static str,
    /// Whether it is certain that it is made before the trail is taken.
    pub is_certain: bool,
    /// The resource that a statement would allow it on; may end in a star.
    pub allow_on: String,
}

impl Need {
    fn certain(request: Request, purpose: &'static str) -> Self {
        let allow_on = request.resource.clone();
        Self { request, or: None, purpose, is_certain: true, allow_on }
    }

    /// Returns whether a condition key is known to be absent from the request, if it is not in it.
    pub fn lacks(&self, key: &str) -> bool {
        let is_given = |or: &Request| or.context.keys().any(|given| given.eq_ignore_ascii_case(key));
        is_absent(key) || self.or.as_ref().is_some_and(is_given)
    }

    /// A statement of a key policy is about its own key.
    fn of_key(request: Request, purpose: &'static str) -> Self {
        Self { allow_on: "*".to_owned(), ..Self::certain(request, purpose) }
    }
}

/// A trail, as those see it whom CloudTrail asks for it.
#[derive(Clone, Copy, Debug)]
pub struct Trail<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The partition of it.
    pub partition: &'a str,
    /// Its home Region.
    pub region: &'a str,
    /// The account that owns it: of an organization trail, the management account.
    pub account: &'a str,
    /// The id of the organization, if it is an organization trail.
    pub organization: Option<&'a str>,
}

impl<'a> Trail<'a> {
    /// Reads the ARN of a trail. Returns `None` for what is none.
    pub fn of_arn(arn: &'a str, organization: Option<&'a str>) -> Option<Self> {
        let mut parts = arn.splitn(6, ':').skip(1);
        let (partition, _service) = (parts.next()?, parts.next()?);
        let (region, account) = (parts.next()?, parts.next()?);
        Some(Self { arn, partition, region, account, organization })
    }

    /// Returns what the policy of a bucket must allow. `key` is the ARN of the trail's key, if it has one.
    pub fn of_bucket(&self, bucket: &str, prefix: Option<&str>, key: Option<&str>) -> Vec<Need> {
        let bucket_arn = format!("arn:{}:s3:::{bucket}", self.partition);
        let top = match prefix {
            Some(prefix) => format!("{bucket_arn}/{prefix}/AWSLogs"),
            None => format!("{bucket_arn}/AWSLogs"),
        };
        let mut folders = vec![format!("{top}/{}", self.account)];
        let members = |id| [self.account, MEMBER].map(|account| format!("{top}/{id}/{account}"));
        folders.extend(self.organization.into_iter().flat_map(members));
        let acl = Need::certain(self.request("s3:GetBucketAcl", &bucket_arn), "read the bucket's ACL");
        let writes = folders.iter().flat_map(|folder| {
            WRITTEN.iter().map(move |&(name, is_certain, purpose)| Need {
                request: self.put_object(&format!("{folder}/{name}"), key),
                or: None,
                purpose,
                is_certain,
                allow_on: format!("{folder}/*"),
            })
        });
        [acl].into_iter().chain(writes).collect()
    }

    fn put_object(&self, object: &str, key: Option<&str>) -> Request {
        let request = self.request("s3:PutObject", object);
        let request = with(request, "s3:x-amz-acl", "bucket-owner-full-control");
        // Without a KMS key of its own a trail writes with SSE-S3.
        match key {
            None => with(request, "s3:x-amz-server-side-encryption", "AES256"),
            Some(key) => {
                let request = with(request, "s3:x-amz-server-side-encryption", "aws:kms");
                with_known(request, "s3:x-amz-server-side-encryption-aws-kms-key-id", key)
            }
        }
    }

    /// Returns what the policy of the trail's key must allow. With an S3 Bucket Key, CloudTrail needs to decrypt (User Guide,
    /// "Configure AWS KMS key policies for CloudTrail"); without, that is not certain.
    pub fn of_key(&self, key: &str, bucket: &str, has_bucket_key: bool) -> Vec<Need> {
        const OF_TRAIL: &str = "kms:EncryptionContext:aws:cloudtrail:arn";
        const OF_BUCKET: &str = "kms:EncryptionContext:aws:s3:arn";
        let bucket_arn = format!("arn:{}:s3:::{bucket}", self.partition);
        let of_bucket = |request| with(with(request, OF_TRAIL, self.arn), OF_BUCKET, &bucket_arn);
        // Whether a request to decrypt names the trail it comes from is not documented.
        let decrypt = of_bucket(self.request_of_account("kms:Decrypt", key));
        vec![
            Need::of_key(of_bucket(self.request("kms:GenerateDataKey", key)), "encrypt log files"),
            Need {
                or: Some(self.named(decrypt.clone())),
                is_certain: has_bucket_key,
                ..Need::of_key(decrypt, "decrypt with the key")
            },
            Need::of_key(self.request("kms:DescribeKey", key), "describe the key"),
        ]
    }

    /// Returns what the policy of a topic must allow.
    pub fn of_topic(&self, topic: &str) -> Vec<Need> {
        vec![Need::certain(self.request("SNS:Publish", topic), "publish")]
    }

    /// Returns what the key of a topic, or the default key of a bucket, must allow.
    pub fn of_their_key(&self, key: &str) -> Vec<Need> {
        let request = |action| self.request(action, key);
        vec![
            Need::of_key(request("kms:GenerateDataKey"), "encrypt with the key"),
            Need::of_key(request("kms:Decrypt"), "decrypt with the key"),
        ]
    }

    /// Returns what the trust policy of a role must allow. That CloudTrail says for whom it takes a role is not documented.
    pub fn of_trust(&self, role: &str) -> Vec<Need> {
        let full = self.request("sts:AssumeRole", role);
        let mut request = full.clone();
        request.context.retain(|key, _| key != "aws:SourceAccount" && key != "aws:SourceArn");
        vec![Need { or: Some(full), ..Need::certain(request, "take the role") }]
    }

    /// Returns what a role must be able to do with a log group, whose ARN is given without a star at its end.
    pub fn of_role(&self, role: &str, group: &str) -> Vec<Need> {
        // A busy trail has several streams.
        let stream = format!("{}_CloudTrail_{}", self.account, self.region);
        let mut streams = vec![format!("{stream}_2"), stream];
        streams.extend(self.organization.map(|id| format!("{id}_check")));
        let actions =
            [("logs:CreateLogStream", "create log streams"), ("logs:PutLogEvents", "put log events")];
        let needs = actions.iter().flat_map(|(action, purpose)| {
            streams.iter().map(move |stream| {
                let request = Request {
                    principal: Principal::Aws(role.to_owned()),
                    action: (*action).to_owned(),
                    resource: format!("{group}:log-stream:{stream}"),
                    context: [("aws:SecureTransport".to_owned(), vec!["true".to_owned()])].into(),
                };
                Need { allow_on: format!("{}*", request.resource), ..Need::certain(request, purpose) }
            })
        });
        needs.collect()
    }

    fn request(&self, action: &str, resource: &str) -> Request {
        self.named(self.request_of_account(action, resource))
    }

    fn named(&self, request: Request) -> Request {
        with(request, "aws:SourceArn", self.arn)
    }

    fn request_of_account(&self, action: &str, resource: &str) -> Request {
        of_service(CLOUDTRAIL, action, resource, self.account)
    }
}

/// Returns what the policy of a key must allow CloudWatch Logs, so that it encrypts a log group (CloudWatch Logs User Guide,
/// "Encrypt log data"). `service` is the service principal of CloudWatch Logs in the Region, `group` the ARN of the log group
/// without a star.
pub fn of_log_groups_key(service: &str, account: &str, group: &str, key: &str) -> Vec<Need> {
    let actions = [
        ("kms:Encrypt", "encrypt with the key"),
        ("kms:Decrypt", "decrypt with the key"),
        ("kms:ReEncryptFrom", "encrypt anew"),
        ("kms:ReEncryptTo", "encrypt anew"),
        ("kms:GenerateDataKey", "encrypt with the key"),
        ("kms:DescribeKey", "describe the key"),
    ];
    let need = |(action, purpose)| {
        let request = of_service(service, action, key, account);
        let request = with(request, "kms:EncryptionContext:aws:logs:arn", group);
        Need::of_key(with(request, "aws:SourceArn", group), purpose)
    };
    actions.map(need).into()
}

/// Returns the request of an AWS service that acts for a resource of an account.
pub fn of_service(service: &str, action: &str, resource: &str, account: &str) -> Request {
    let context = [
        ("aws:SourceAccount", account),
        ("aws:SecureTransport", "true"),
        ("aws:PrincipalIsAWSService", "true"),
        ("aws:PrincipalServiceName", service),
    ];
    let context = context.map(|(key, value)| (key.to_owned(), vec![value.to_owned()]));
    Request {
        principal: Principal::Service(service.to_owned()),
        action: action.to_owned(),
        resource: resource.to_owned(),
        context: BTreeMap::from(context),
    }
}

/// Adds a condition key to a request.
#[must_use]
pub fn with(mut request: Request, key: &str, value: &str) -> Request {
    request.context.insert(key.to_owned(), vec![value.to_owned()]);
    request
}

/// Adds a condition key whose value may be a reference to what is not known yet: then nothing is said of it.
fn with_known(request: Request, key: &str, value: &str) -> Request {
    if value.contains("${") { request } else { with(request, key, value) }
}
