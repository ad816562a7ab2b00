//! `AWS::S3::Bucket`, with `AWS::S3::BucketPolicy`.

use serde_json::Value;

use super::{
    super::{
        bucket::{encryption, ownership, retention},
        entry::Marks,
        tree::{first, flag, items, positive, text},
    },
    Reading, lifecycle,
};
use crate::{
    export::Found,
    kinds::bucket::{
        AccessLogs, Bucket, Encryption, ObjectLock, ObjectOwnership, PublicAccessBlock, PublicAccessSettings,
    },
    policy::document::PolicyDocument,
    resource::Reference,
};

pub(super) fn found(mut reading: Reading<'_>) -> Option<Found> {
    let name = reading.name()?;
    let region = reading.region();
    let Marks { owner, tags, protect } = reading.marks();
    let rules = reading.property("LifecycleConfiguration");
    let numbered = items(&rules["Rules"]).enumerate();
    let bucket = Bucket {
        name: Some(name.clone()),
        region: Some(region.clone()),
        // Object Lock switches it on.
        versioning: reading.property("VersioningConfiguration")["Status"] == "Enabled"
            || reading.flag("ObjectLockEnabled", false),
        encryption: encrypted(&mut reading),
        public_access_block: public_access_block(&mut reading),
        object_ownership: object_ownership(&mut reading),
        // A statement of the policy.
        tls_only: false,
        access_logs: access_logs(&mut reading, &name),
        object_lock: object_lock(&reading.property("ObjectLockConfiguration")),
        lifecycle: numbered.map(|(at, rule)| lifecycle::rule(rule, at + 1, reading.notes())).collect(),
        policy: policy(&mut reading, &name),
        tags,
        protect,
        adopt: false,
    };
    for (property, what) in [
        ("ReplicationConfiguration", "It is replicated, which an entry cannot say."),
        ("NotificationConfiguration", "It tells others of new objects, which an entry cannot say."),
    ] {
        if reading.written(reading.logical, property).is_some() {
            reading.note(what);
        }
    }
    let outputs = reading.outputs(&name);
    reading.found(bucket, (region, name), outputs, owner)
}

fn encrypted(reading: &mut Reading<'_>) -> Encryption {
    let tree = reading.property("BucketEncryption");
    let rule = first(&tree["ServerSideEncryptionConfiguration"]);
    let default = &rule["ServerSideEncryptionByDefault"];
    let key = text(&default["KMSMasterKeyID"]).map(str::to_owned);
    let bucket_key = flag(&rule["BucketKeyEnabled"]).unwrap_or(false);
    encryption(text(&default["SSEAlgorithm"]), key, bucket_key, reading.notes())
}

fn public_access_block(reading: &mut Reading<'_>) -> PublicAccessBlock {
    let block = reading.property("PublicAccessBlockConfiguration");
    if block.is_null() {
        reading.note(
            "The template does not tell whether public access is blocked: it is taken to be, as usual.",
        );
        return PublicAccessBlock::default();
    }
    let is = |setting: &str| flag(&block[setting]).unwrap_or(false);
    PublicAccessBlock(PublicAccessSettings {
        block_public_acls: is("BlockPublicAcls"),
        ignore_public_acls: is("IgnorePublicAcls"),
        block_public_policy: is("BlockPublicPolicy"),
        restrict_public_buckets: is("RestrictPublicBuckets"),
    })
}

fn object_ownership(reading: &mut Reading<'_>) -> ObjectOwnership {
    let controls = reading.property("OwnershipControls");
    let said = text(&first(&controls["Rules"])["ObjectOwnership"]).and_then(ownership);
    said.unwrap_or_else(|| {
        reading.note(
            "The template does not tell who owns its objects: the bucket's owner is taken to, as usual.",
        );
        ObjectOwnership::default()
    })
}

/// Returns where requests are logged: in the bucket itself unless another one is named.
fn access_logs(reading: &mut Reading<'_>, name: &str) -> Option<AccessLogs> {
    let logging = reading.property("LoggingConfiguration");
    logging.is_object().then(|| AccessLogs {
        bucket: Reference::Declared(text(&logging["DestinationBucketName"]).unwrap_or(name).to_owned()),
        prefix: text(&logging["LogFilePrefix"]).unwrap_or_default().to_owned(),
    })
}

fn object_lock(lock: &Value) -> Option<ObjectLock> {
    let rule = &lock["Rule"]["DefaultRetention"];
    retention(text(&rule["Mode"]), positive(&rule["Days"]), positive(&rule["Years"]))
}

fn policy(reading: &mut Reading<'_>, name: &str) -> PolicyDocument {
    let policies = reading.resolver.about("AWS::S3::BucketPolicy", "Bucket", &[name]);
    let document = policies.first().and_then(|policy| reading.policy_of(policy, "PolicyDocument"));
    document.unwrap_or_default()
}
