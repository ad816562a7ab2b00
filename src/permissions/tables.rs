//! Which IAM actions each call needs, one table per kind.
//!
//! IAM does not always call an action as the API calls the operation, and an operation may need several. A row stands for one
//! action. The names and what can be bound to ARNs and tags are those of AWS's Service Authorization Reference.

use serde_json::Value;

use super::Run;

/// An action that an operation needs.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// The operation, as the API calls it.
    pub(super) operation: &'static str,
    /// The action, as IAM calls it.
    pub(super) action: &'static str,
    /// On which resources.
    pub(super) on: On,
    /// Which run sends it first: what a plan sends, all do.
    pub(super) run: Run,
    /// What more must hold.
    pub(super) guard: Guard,
    /// Which entries of the spec need it, by their attributes.
    pub(super) when: fn(&Value) -> bool,
}

/// Which resources an action is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    /// Whatever there is: the action cannot be bound to an ARN.
    Everything,
    /// All of the kind in the account, in all Regions: what left the spec is looked for, and what is not the stack's is told apart.
    All,
    /// Those of the spec. The id of a key is not known, so that all keys of its Region are meant.
    Own,
    /// The aliases of the keys of the spec.
    Alias,
    /// Those that the spec refers to and others manage.
    Existing,
}

/// What a statement asks for beside the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    /// Nothing: the action knows no tags.
    Free,
    /// The mark of the stack is in the request, and no other mark on the resource.
    New,
    /// The same, with the permissions boundary of the spec.
    NewBounded,
    /// The resource carries the mark of the stack, and the request writes no other one.
    Marked,
    /// The same, and the resource is this very entry.
    MarkedEntry,
    /// The same as `Marked`, for the managed policies of the spec.
    MarkedPolicies,
    /// The same as `Marked`, for the permissions boundary of the spec.
    MarkedBoundary,
}

/// A kind: its name, what its statements are called, and what its calls need.
pub(super) struct Table {
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    /// What writes the mark of the stack, if IAM can be told whose mark there is.
    pub(super) mark: Option<&'static str>,
    pub(super) rows: &'static [Row],
}

const fn row(operation: &'static str, action: &'static str, on: On, run: Run, guard: Guard) -> Row {
    Row { operation, action, on, run, guard, when: |_| true }
}

const fn read(operation: &'static str, action: &'static str, on: On) -> Row {
    row(operation, action, on, Run::Plan, Guard::Free)
}

const fn create(operation: &'static str, action: &'static str) -> Row {
    row(operation, action, On::Own, Run::Apply, Guard::New)
}

const fn change(operation: &'static str, action: &'static str) -> Row {
    row(operation, action, On::Own, Run::Apply, Guard::Marked)
}

const fn delete(operation: &'static str, action: &'static str) -> Row {
    row(operation, action, On::Own, Run::Destroy, Guard::Marked)
}

impl Row {
    const fn when(self, when: fn(&Value) -> bool) -> Self {
        Self { when, ..self }
    }

    const fn guard(self, guard: Guard) -> Self {
        Self { guard, ..self }
    }

    const fn on(self, on: On) -> Self {
        Self { on, ..self }
    }
}

/// The tables of all kinds, in the order of the kinds.
pub(super) static TABLES: &[Table] = &[
    Table { kind: "kms_key", title: "Keys", mark: Some("kms:TagResource"), rows: KMS_KEY },
    Table { kind: "bucket", title: "Buckets", mark: None, rows: BUCKET },
    Table { kind: "log_group", title: "LogGroups", mark: Some("logs:TagResource"), rows: LOG_GROUP },
    Table { kind: "role", title: "Roles", mark: Some("iam:TagRole"), rows: ROLE },
    Table { kind: "topic", title: "Topics", mark: Some("sns:TagResource"), rows: TOPIC },
    Table { kind: "trail", title: "Trails", mark: Some("cloudtrail:AddTags"), rows: TRAIL },
];

static TRAIL: &[Row] = &[
    read("DescribeTrails", "cloudtrail:DescribeTrails", On::Everything),
    read("ListTrails", "cloudtrail:ListTrails", On::Everything),
    read("GetTrailStatus", "cloudtrail:GetTrailStatus", On::All),
    read("GetEventSelectors", "cloudtrail:GetEventSelectors", On::All),
    read("GetInsightSelectors", "cloudtrail:GetInsightSelectors", On::All),
    read("GetEventConfiguration", "cloudtrail:GetEventConfiguration", On::All),
    read("ListTags", "cloudtrail:ListTags", On::All),
    create("CreateTrail", "cloudtrail:CreateTrail"),
    create("CreateTrail", "cloudtrail:AddTags"),
    change("UpdateTrail", "cloudtrail:UpdateTrail"),
    change("PutEventSelectors", "cloudtrail:PutEventSelectors"),
    change("PutInsightSelectors", "cloudtrail:PutInsightSelectors"),
    change("PutEventConfiguration", "cloudtrail:PutEventConfiguration"),
    change("AddTags", "cloudtrail:AddTags"),
    change("RemoveTags", "cloudtrail:RemoveTags"),
    change("StartLogging", "cloudtrail:StartLogging").when(|trail| trail["logging"] == true),
    change("StopLogging", "cloudtrail:StopLogging").when(|trail| trail["logging"] == false),
    delete("DeleteTrail", "cloudtrail:DeleteTrail"),
];

/// S3 knows no tags of buckets in conditions, unless that is switched on for each bucket: names bind.
static BUCKET: &[Row] = &[
    read("GetBucketTagging", "s3:GetBucketTagging", On::Own),
    read("GetBucketVersioning", "s3:GetBucketVersioning", On::Own),
    read("GetBucketEncryption", "s3:GetEncryptionConfiguration", On::Own),
    read("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", On::Own),
    read("GetBucketOwnershipControls", "s3:GetBucketOwnershipControls", On::Own),
    read("GetBucketPolicy", "s3:GetBucketPolicy", On::Own),
    read("GetBucketLogging", "s3:GetBucketLogging", On::Own),
    read("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration", On::Own),
    read("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration", On::Own),
    read("GetBucketReplication", "s3:GetReplicationConfiguration", On::Own),
    read("GetBucketNotificationConfiguration", "s3:GetBucketNotification", On::Own),
    read("HeadBucket", "s3:ListBucket", On::Existing),
    read("GetBucketPolicy", "s3:GetBucketPolicy", On::Existing),
    read("GetBucketEncryption", "s3:GetEncryptionConfiguration", On::Existing),
    create("CreateBucket", "s3:CreateBucket").guard(Guard::Free),
    create("CreateBucket", "s3:TagResource").guard(Guard::Free),
    change("PutBucketTagging", "s3:PutBucketTagging").guard(Guard::Free),
    change("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock").guard(Guard::Free),
    // CreateBucket needs it too, since it says who owns the objects.
    change("PutBucketOwnershipControls", "s3:PutBucketOwnershipControls").guard(Guard::Free),
    change("PutBucketVersioning", "s3:PutBucketVersioning").guard(Guard::Free),
    change("PutBucketEncryption", "s3:PutEncryptionConfiguration").guard(Guard::Free),
    change("PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration").guard(Guard::Free),
    change("PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration").guard(Guard::Free),
    change("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration").guard(Guard::Free),
    change("PutBucketPolicy", "s3:PutBucketPolicy").guard(Guard::Free),
    change("DeleteBucketPolicy", "s3:DeleteBucketPolicy")
        .guard(Guard::Free)
        .when(|bucket| has_none(&bucket["policy"]["statements"])),
    change("PutBucketLogging", "s3:PutBucketLogging").guard(Guard::Free),
    delete("ListObjectVersions", "s3:ListBucketVersions").guard(Guard::Free),
    delete("DeleteBucket", "s3:DeleteBucket").guard(Guard::Free),
];

static KMS_KEY: &[Row] = &[
    read("ListAliases", "kms:ListAliases", On::Everything),
    read("DescribeKey", "kms:DescribeKey", On::All),
    read("GetKeyPolicy", "kms:GetKeyPolicy", On::All),
    read("GetKeyRotationStatus", "kms:GetKeyRotationStatus", On::All),
    read("ListResourceTags", "kms:ListResourceTags", On::All),
    read("ListGrants", "kms:ListGrants", On::All),
    read("DescribeKey", "kms:DescribeKey", On::Existing),
    read("GetKeyPolicy", "kms:GetKeyPolicy", On::Existing),
    create("CreateKey", "kms:CreateKey").on(On::Everything),
    create("CreateKey", "kms:TagResource"),
    change("CreateAlias", "kms:CreateAlias"),
    change("CreateAlias", "kms:CreateAlias").on(On::Alias).guard(Guard::Free),
    change("UpdateAlias", "kms:UpdateAlias"),
    change("UpdateAlias", "kms:UpdateAlias").on(On::Alias).guard(Guard::Free),
    change("TagResource", "kms:TagResource"),
    change("UntagResource", "kms:UntagResource"),
    change("UpdateKeyDescription", "kms:UpdateKeyDescription"),
    change("EnableKey", "kms:EnableKey").when(|key| key["enabled"] == true),
    change("DisableKey", "kms:DisableKey").guard(Guard::MarkedEntry).when(is_disabled),
    change("EnableKeyRotation", "kms:EnableKeyRotation").when(|key| key["rotation"] != false),
    change("DisableKeyRotation", "kms:DisableKeyRotation").when(|key| key["rotation"] == false),
    change("PutKeyPolicy", "kms:PutKeyPolicy"),
    change("CancelKeyDeletion", "kms:CancelKeyDeletion"),
    delete("DeleteAlias", "kms:DeleteAlias"),
    delete("DeleteAlias", "kms:DeleteAlias").on(On::Alias).guard(Guard::Free),
    delete("ScheduleKeyDeletion", "kms:ScheduleKeyDeletion"),
];

static LOG_GROUP: &[Row] = &[
    read("DescribeLogGroups", "logs:DescribeLogGroups", On::All),
    read("DescribeSubscriptionFilters", "logs:DescribeSubscriptionFilters", On::All),
    read("ListTagsForResource", "logs:ListTagsForResource", On::All),
    create("CreateLogGroup", "logs:CreateLogGroup"),
    create("CreateLogGroup", "logs:TagResource"),
    change("PutRetentionPolicy", "logs:PutRetentionPolicy").when(|group| !group["retention_days"].is_null()),
    change("DeleteRetentionPolicy", "logs:DeleteRetentionPolicy")
        .when(|group| group["retention_days"].is_null()),
    change("AssociateKmsKey", "logs:AssociateKmsKey").when(|group| !group["kms_key"].is_null()),
    change("DisassociateKmsKey", "logs:DisassociateKmsKey").when(|group| group["kms_key"].is_null()),
    change("PutLogGroupDeletionProtection", "logs:PutLogGroupDeletionProtection"),
    change("TagResource", "logs:TagResource"),
    change("UntagResource", "logs:UntagResource"),
    // What AWS protects too is unprotected before it is deleted.
    delete("PutLogGroupDeletionProtection", "logs:PutLogGroupDeletionProtection"),
    delete("DeleteLogGroup", "logs:DeleteLogGroup"),
];

static ROLE: &[Row] = &[
    read("ListRoles", "iam:ListRoles", On::Everything),
    read("GetRole", "iam:GetRole", On::All),
    read("ListRolePolicies", "iam:ListRolePolicies", On::All),
    read("ListAttachedRolePolicies", "iam:ListAttachedRolePolicies", On::All),
    read("GetRolePolicy", "iam:GetRolePolicy", On::All),
    create("CreateRole", "iam:CreateRole").guard(Guard::NewBounded),
    create("CreateRole", "iam:TagRole"),
    change("UpdateAssumeRolePolicy", "iam:UpdateAssumeRolePolicy"),
    change("UpdateRole", "iam:UpdateRole"),
    change("PutRolePermissionsBoundary", "iam:PutRolePermissionsBoundary")
        .guard(Guard::MarkedBoundary)
        .when(|role| !role["permissions_boundary"].is_null()),
    change("DeleteRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary")
        .when(|role| role["permissions_boundary"].is_null()),
    change("PutRolePolicy", "iam:PutRolePolicy"),
    change("DeleteRolePolicy", "iam:DeleteRolePolicy"),
    change("AttachRolePolicy", "iam:AttachRolePolicy")
        .guard(Guard::MarkedPolicies)
        .when(|role| !has_none(&role["managed_policies"])),
    change("DetachRolePolicy", "iam:DetachRolePolicy"),
    change("TagRole", "iam:TagRole"),
    change("UntagRole", "iam:UntagRole"),
    delete("DeleteRolePolicy", "iam:DeleteRolePolicy"),
    delete("DetachRolePolicy", "iam:DetachRolePolicy"),
    delete("DeleteRole", "iam:DeleteRole"),
];

static TOPIC: &[Row] = &[
    read("GetTopicAttributes", "sns:GetTopicAttributes", On::All),
    read("ListTagsForResource", "sns:ListTagsForResource", On::All),
    read("ListSubscriptionsByTopic", "sns:ListSubscriptionsByTopic", On::All),
    read("GetTopicAttributes", "sns:GetTopicAttributes", On::Existing),
    create("CreateTopic", "sns:CreateTopic"),
    create("CreateTopic", "sns:TagResource"),
    change("SetTopicAttributes", "sns:SetTopicAttributes"),
    change("TagResource", "sns:TagResource"),
    change("UntagResource", "sns:UntagResource"),
    delete("DeleteTopic", "sns:DeleteTopic"),
];

/// Returns whether the spec wants a key to be disabled.
pub(super) fn is_disabled(key: &Value) -> bool {
    key["enabled"] == false
}

fn has_none(list: &Value) -> bool {
    list.as_array().is_none_or(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::KINDS;

    #[test]
    fn every_kind_has_its_table() {
        let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name()).collect();
        assert_eq!(TABLES.iter().map(|table| table.kind).collect::<Vec<_>>(), kinds);
    }

    #[test]
    fn a_plan_gets_nothing_that_changes_or_shows_what_is_kept() {
        let is_harmless = |action: &str| {
            let (_, verb) = action.split_once(':').unwrap();
            ["Get", "List", "Describe"].iter().any(|start| verb.starts_with(start))
        };
        for row in TABLES.iter().flat_map(|table| table.rows).filter(|row| row.run == Run::Plan) {
            assert!(is_harmless(row.action) && !row.action.contains("GetObject"), "{}", row.operation);
        }
    }
}
