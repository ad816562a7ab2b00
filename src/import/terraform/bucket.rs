//! `aws_s3_bucket`, with the resources that each describe a part of it. A part that has no resource of its own may stand in the
//! bucket's own attributes, where older configurations have it.

use serde_json::Value;

use super::super::{
    bucket::{encryption, ownership, retention},
    entry::{About, Marks, found as entry, outputs},
    quoted,
    tree::{first, flag, items, positive, text},
};
use super::{Item, State, lifecycle};
use crate::{
    export::Found,
    kinds::bucket::{
        AccessLogs, Bucket, Encryption, ObjectLock, ObjectOwnership, PublicAccessBlock, PublicAccessSettings,
        lifecycle::Rule,
    },
    policy::document::PolicyDocument,
    resource::Reference,
};

/// A bucket, and the resources beside it.
struct Parts<'s> {
    state: &'s State,
    item: &'s Item,
    name: &'s str,
}

pub(super) fn found(state: &State, item: &Item) -> Result<Option<Found>, String> {
    let (Some(name), Some(region)) = (text(&item.values["bucket"]), item.region()) else { return Ok(None) };
    let Marks { owner, tags, protect } = item.marks();
    let parts = Parts { state, item, name };
    let mut notes = Vec::new();
    let bucket = Bucket {
        name: Some(name.to_owned()),
        region: Some(region.clone()),
        versioning: parts.versioning(&mut notes),
        encryption: parts.encryption(&mut notes),
        public_access_block: parts.public_access_block(&mut notes),
        object_ownership: parts.object_ownership(&mut notes),
        // A statement of the policy.
        tls_only: false,
        access_logs: parts.access_logs(),
        object_lock: parts.object_lock(),
        lifecycle: parts.lifecycle(&mut notes),
        policy: parts.policy(),
        tags,
        protect,
        adopt: false,
    };
    parts.beside(&mut notes);
    let outputs = outputs([("name", Some(name.to_owned())), ("arn", item.said("arn"))]);
    Ok(entry(bucket, About { region, name: name.to_owned(), outputs, owner, notes }))
}

impl<'s> Parts<'s> {
    /// Returns the resource that describes a part of the bucket.
    fn part(&self, kind: &str) -> Option<&'s Value> {
        self.state.about(kind, "bucket", &[self.name]).map(|item| &item.values)
    }

    fn versioning(&self, notes: &mut Vec<String>) -> bool {
        let inline = first(&self.item.values["versioning"]);
        let part = self.part("aws_s3_bucket_versioning").map(|part| first(&part["versioning_configuration"]));
        let (is_on, deletes_with_mfa) = match part {
            Some(part) => (part["status"] == "Enabled", part["mfa_delete"] == "Enabled"),
            // Object Lock switches it on.
            None => {
                let is_on = [&inline["enabled"], &self.item.values["object_lock_enabled"]];
                (is_on.iter().any(|is| flag(is) == Some(true)), flag(&inline["mfa_delete"]) == Some(true))
            }
        };
        if deletes_with_mfa {
            notes.push("Deleting its versions takes MFA, which an entry cannot say.".to_owned());
        }
        is_on
    }

    fn encryption(&self, notes: &mut Vec<String>) -> Encryption {
        let rule = match self.part("aws_s3_bucket_server_side_encryption_configuration") {
            Some(part) => first(&part["rule"]),
            None => first(&first(&self.item.values["server_side_encryption_configuration"])["rule"]),
        };
        let default = first(&rule["apply_server_side_encryption_by_default"]);
        let key = text(&default["kms_master_key_id"]).map(|key| self.state.key_arn(key));
        let bucket_key = flag(&rule["bucket_key_enabled"]).unwrap_or(false);
        encryption(text(&default["sse_algorithm"]), key, bucket_key, notes)
    }

    fn public_access_block(&self, notes: &mut Vec<String>) -> PublicAccessBlock {
        let Some(part) = self.part("aws_s3_bucket_public_access_block") else {
            notes.push(
                "The state does not tell whether public access is blocked: it is taken to be, as usual."
                    .to_owned(),
            );
            return PublicAccessBlock::default();
        };
        let is = |setting: &str| flag(&part[setting]).unwrap_or(false);
        PublicAccessBlock(PublicAccessSettings {
            block_public_acls: is("block_public_acls"),
            ignore_public_acls: is("ignore_public_acls"),
            block_public_policy: is("block_public_policy"),
            restrict_public_buckets: is("restrict_public_buckets"),
        })
    }

    fn object_ownership(&self, notes: &mut Vec<String>) -> ObjectOwnership {
        let part = self.part("aws_s3_bucket_ownership_controls");
        let said = part.and_then(|part| text(&first(&part["rule"])["object_ownership"]));
        said.and_then(ownership).unwrap_or_else(|| {
            notes.push(
                "The state does not tell who owns its objects: the bucket's owner is taken to, as usual."
                    .to_owned(),
            );
            ObjectOwnership::default()
        })
    }

    fn access_logs(&self) -> Option<AccessLogs> {
        let inline = || first(&self.item.values["logging"]);
        let logging = self.part("aws_s3_bucket_logging").unwrap_or_else(inline);
        Some(AccessLogs {
            bucket: Reference::Declared(text(&logging["target_bucket"])?.to_owned()),
            prefix: text(&logging["target_prefix"]).unwrap_or_default().to_owned(),
        })
    }

    fn object_lock(&self) -> Option<ObjectLock> {
        let inline = || first(&self.item.values["object_lock_configuration"]);
        let lock = self.part("aws_s3_bucket_object_lock_configuration").unwrap_or_else(inline);
        let rule = first(&first(&lock["rule"])["default_retention"]);
        retention(text(&rule["mode"]), positive(&rule["days"]), positive(&rule["years"]))
    }

    fn lifecycle(&self, notes: &mut Vec<String>) -> Vec<Rule> {
        match self.part("aws_s3_bucket_lifecycle_configuration") {
            Some(part) => items(&part["rule"]).map(|rule| lifecycle::rule(rule, notes)).collect(),
            None => {
                let rules = items(&self.item.values["lifecycle_rule"]);
                rules.map(|rule| lifecycle::old_rule(rule, notes)).collect()
            }
        }
    }

    fn policy(&self) -> PolicyDocument {
        let policy = self.part("aws_s3_bucket_policy").unwrap_or(&self.item.values);
        text(&policy["policy"]).map_or_else(PolicyDocument::default, PolicyDocument::read)
    }

    /// Says what the bucket does that no attribute says.
    fn beside(&self, notes: &mut Vec<String>) {
        let acl = self.part("aws_s3_bucket_acl").unwrap_or(&self.item.values);
        if let Some(acl) = text(&acl["acl"]).filter(|acl| *acl != "private") {
            notes.push(format!("Its access control list is {}, which an entry cannot say.", quoted(acl)));
        }
        let inline = &self.item.values["replication_configuration"];
        let replicates =
            first(&first(inline)["rules"]).is_object() || first(&first(inline)["rule"]).is_object();
        if replicates || self.part("aws_s3_bucket_replication_configuration").is_some() {
            notes.push("It is replicated, which an entry cannot say.".to_owned());
        }
        if self.part("aws_s3_bucket_notification").is_some() {
            notes.push("It tells others of new objects, which an entry cannot say.".to_owned());
        }
    }
}
