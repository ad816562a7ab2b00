//! Buckets: where log files are kept.

mod aws;
pub mod calls;
mod leaving;
pub mod lifecycle;
mod name;
mod perform;
mod policy;

use std::{borrow::Cow, future::Future};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::lifecycle::Rule;
use super::{Common, Link, NameProblem, Resource, Scope, Target, World};
use crate::{
    align::align_list,
    aws::{Aws, error::AwsError},
    path::Path,
    policy::document::PolicyDocument,
    resource::{
        Account, Existing, Live, Observed, Outputs, Reference, ResourceId,
        owner::{self, Tags},
        region::Region,
    },
};

/// An S3 bucket for log files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// The name in AWS. Default: the key of this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The Region. Default: the spec's `region`. A bucket cannot be moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Keeps old versions of objects.
    #[serde(default = "crate::kinds::yes")]
    pub versioning: bool,
    /// How new objects are encrypted. Default: with keys that S3 manages (SSE-S3).
    #[serde(default)]
    pub encryption: Encryption,
    /// Blocks public access: `true`, `false`, or the four settings one by one.
    #[serde(default)]
    pub public_access_block: PublicAccessBlock,
    /// Who owns the objects that others write.
    #[serde(default)]
    pub object_ownership: ObjectOwnership,
    /// Denies requests without TLS, by a statement of the policy.
    #[serde(default = "crate::kinds::yes")]
    pub tls_only: bool,
    /// Logs the requests to the bucket in another one (server access logging). Default: does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_logs: Option<AccessLogs>,
    /// The default retention of new objects (S3 Object Lock). Default: none. Once it was set, Object Lock stays on for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_lock: Option<ObjectLock>,
    /// What becomes of objects with time. Default: they stay as they are.
    #[serde(default)]
    pub lifecycle: Vec<Rule>,
    /// The bucket policy. The statements that the trails of the spec need are added to it, unless it has `generated: false`; the one
    /// of `tls_only` always.
    #[serde(default)]
    pub policy: PolicyDocument,
    /// Tags, added to the spec's own. Tags of the live bucket that the spec does not name are removed.
    #[serde(default)]
    pub tags: Tags,
    /// Refuses to delete the bucket unless it is named with `--allow-destroy` too. Kept as a tag of the bucket.
    #[serde(default = "crate::kinds::yes")]
    pub protect: bool,
    /// Takes over a live bucket of this name that carries no mark of a stack. One of another stack is never taken over.
    #[serde(default)]
    pub adopt: bool,
}

/// The default encryption of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// The KMS key, in the Region of the bucket: the key of an entry under `kms_keys`, or `{existing: KEY-ARN}` or
    /// `{existing: alias/NAME}`. Default: none, which is SSE-S3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<Reference>,
    /// Uses an S3 Bucket Key, which makes fewer requests to KMS.
    #[serde(default)]
    pub bucket_key: bool,
}

/// Where the requests to a bucket are logged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessLogs {
    /// The bucket that gets the logs, in the same Region: the key of an entry under `buckets`, or `{existing: NAME}`.
    pub bucket: Reference,
    /// What the keys of the logs begin with.
    #[serde(default)]
    pub prefix: String,
}

/// The default retention of new objects: for days or for years.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectLock {
    /// GOVERNANCE, which some may lift, or COMPLIANCE, which nobody can.
    pub mode: RetentionMode,
    /// For how many days: this or `years`, one of the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<i32>,
    /// For how many years: this or `days`, one of the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<i32>,
}

/// How strictly objects are retained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "these are AWS's own names")]
pub enum RetentionMode {
    Governance,
    Compliance,
}

/// Who owns the objects of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ObjectOwnership {
    /// The bucket's owner; access control lists have no effect.
    #[default]
    BucketOwnerEnforced,
    /// The bucket's owner, if the object was written with `bucket-owner-full-control`.
    BucketOwnerPreferred,
    /// Who writes the object.
    ObjectWriter,
}

/// The four settings that block public access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicAccessBlock(pub PublicAccessSettings);

/// The four settings, one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicAccessSettings {
    /// Refuses to set public access control lists.
    pub block_public_acls: bool,
    /// Ignores public access control lists.
    pub ignore_public_acls: bool,
    /// Refuses public bucket policies.
    pub block_public_policy: bool,
    /// Lets only AWS services and the owner's account use a public policy.
    pub restrict_public_buckets: bool,
}

impl Default for PublicAccessBlock {
    fn default() -> Self {
        Self::all(true)
    }
}

impl PublicAccessBlock {
    /// Returns the four settings, all the same.
    pub fn all(on: bool) -> Self {
        Self(PublicAccessSettings {
            block_public_acls: on,
            ignore_public_acls: on,
            block_public_policy: on,
            restrict_public_buckets: on,
        })
    }
}

impl Serialize for PublicAccessBlock {
    /// Writes a bool when the four settings agree.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        for on in [true, false] {
            if *self == Self::all(on) {
                return serializer.serialize_bool(on);
            }
        }
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PublicAccessBlock {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_untagged::UntaggedEnumVisitor::new()
            .expecting("true, false, or the four settings")
            .bool(|on| Ok(Self::all(on)))
            .map(|map| map.deserialize().map(Self))
            .deserialize(deserializer)
    }
}

impl JsonSchema for PublicAccessBlock {
    fn schema_name() -> Cow<'static, str> {
        "PublicAccessBlock".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let settings = PublicAccessSettings::json_schema(generator);
        schemars::json_schema!({
            "description": "All four settings that block public access, or each by itself.",
            "anyOf": [{ "type": "boolean" }, settings],
        })
    }
}

impl Resource for Bucket {
    const KIND: &'static str = "bucket";
    const SECTION: &'static str = "buckets";
    const SERVICE: &'static str = "s3";
    const KEEPS_DATA: bool = true;
    const GLOBAL_NAMES: bool = true;
    /// 20 KB (S3 User Guide, "Adding a bucket policy").
    const POLICY_LIMIT: Option<usize> = Some(20 * 1024);
    const FIXED: &'static [&'static str] = &["region"];
    const LASTING: &'static [(&'static str, &'static str)] = &[(
        "object_lock",
        "Object Lock and versioning stay on for ever, and objects stay for as long as their retention says",
    )];
    type Call = calls::Call;

    fn common(&mut self) -> Common<'_> {
        Common {
            name: &mut self.name,
            region: Some(&mut self.region),
            tags: &mut self.tags,
            protect: self.protect,
            adopt: self.adopt,
        }
    }

    fn name_problem(name: &str) -> Option<NameProblem> {
        name::problem(name)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        let key = self.encryption.kms_key.as_mut();
        let path = Path::keys(["encryption", "kms_key"]);
        let key = key.map(|to| Link { path, kind: "kms_key", output: "arn", to });
        let path = Path::keys(["access_logs", "bucket"]);
        let logs = self.access_logs.as_mut();
        let logs = logs.map(|logs| Link { path, kind: "bucket", output: "name", to: &mut logs.bucket });
        key.into_iter().chain(logs).collect()
    }

    fn complete(&mut self, id: &ResourceId, world: &World<'_>) {
        let mut statements = policy::statements(id, self.policy.generated, self.tls_only, world);
        statements.append(&mut self.policy.statements);
        self.policy.statements = statements;
    }

    fn normalize(&mut self) {
        self.lifecycle.iter_mut().for_each(Rule::normalize);
        self.policy.normalize();
    }

    fn keep(&mut self, id: &ResourceId, seen: &Self) {
        owner::keep_system_tags(&mut self.tags, &seen.tags);
        let stack = self.tags.get(owner::STACK).map_or("", String::as_str);
        self.policy.keep(&seen.policy, stack, &id.region);
    }

    fn align(&mut self, id: &ResourceId, want: &Self) {
        self.adopt = want.adopt;
        // It is a statement of the policy, which is compared.
        self.tls_only = want.tls_only;
        align_list(&mut self.lifecycle, &want.lifecycle, Clone::clone);
        self.policy.align(&want.policy, &id.region);
    }

    /// While a trail moves to another prefix or bucket, or gives way to another trail, the policy lets in both.
    fn bridge(&self, id: &ResourceId, account: &Account, live: &Live) -> Option<Self> {
        let stack = self.tags.get(owner::STACK).filter(|_| self.policy.generated)?;
        let leaving = leaving::statements(id, &self.policy.statements, stack, account, live);
        if leaving.is_empty() {
            return None;
        }
        let mut both = self.clone();
        both.policy.statements.extend(leaving);
        Some(both)
    }

    fn outputs(&self, id: &ResourceId, account: &Account) -> Outputs {
        let arn = format!("arn:{}:s3:::{}", account.partition, id.name);
        Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), arn)])
    }

    fn calls(target: &Target<'_>, old: Option<&Self>, new: Option<&Self>) -> Vec<calls::Call> {
        calls::calls(target, old, new)
    }

    fn observe(
        aws: &Aws,
        scope: &Scope<'_>,
    ) -> impl Future<Output = Result<Vec<(ResourceId, Observed<Self>)>, AwsError>> + Send {
        aws::observe(aws, scope)
    }

    fn of_arn(arn: &str, region: &Region) -> Option<ResourceId> {
        let name = arn.split_once(":s3:::").map(|(_, name)| name).filter(|name| !name.contains('/'))?;
        Some(ResourceId { kind: Self::KIND.to_owned(), region: region.clone(), name: name.to_owned() })
    }

    fn told_by(name: &str) -> Outputs {
        Outputs::from([("name".to_owned(), name.to_owned())])
    }

    fn look(aws: &Aws, id: &ResourceId) -> impl Future<Output = Result<Option<Existing>, AwsError>> + Send {
        aws::look(aws, id)
    }

    fn perform(
        aws: &Aws,
        id: &ResourceId,
        call: calls::Call,
    ) -> impl Future<Output = Result<Outputs, AwsError>> + Send {
        perform::perform(aws, id, call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn public_access_is_a_bool_or_four_settings() {
        let mixed = json!({"block_public_acls": true, "ignore_public_acls": false, "block_public_policy": true,
            "restrict_public_buckets": true});
        for tree in [json!(true), json!(false), mixed] {
            let block: PublicAccessBlock = serde_json::from_value(tree.clone()).unwrap();
            assert_eq!(serde_json::to_value(block).unwrap(), tree);
        }
        assert!(serde_json::from_value::<PublicAccessBlock>(json!({"block_public_acls": true})).is_err());
    }
}
