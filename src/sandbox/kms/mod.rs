//! KMS: keys with their policies, aliases, rotation, tags and grants. Nothing is encrypted.
//!
//! A caller reaches the keys of its own account only; key policies are kept and judged for services, not for callers.

mod aliases;
mod find;
mod grants;
mod keys;
mod lifecycle;
mod policy;
mod rotation;
mod tagging;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use self::find::{KeyArn, KeyFault, find as find_key};
use self::grants::Grant;
pub(crate) use self::tagging::tagged;
use super::policy::allows;
use super::wire::{Call, Operation, Protocol, Refusal, Service};
use crate::policy::evaluate::Request;

/// The service.
pub(crate) static SERVICE: Service = Service {
    signing_name: "kms",
    protocol: Protocol::AwsJson { target: "TrentService" },
    operations: &[
        Operation::write("CreateKey", keys::create_key),
        Operation::read("DescribeKey", keys::describe_key),
        Operation::read("ListKeys", keys::list_keys),
        Operation::write("UpdateKeyDescription", keys::update_key_description),
        Operation::read("GetKeyPolicy", policy::get_key_policy),
        Operation::write("PutKeyPolicy", policy::put_key_policy),
        Operation::write("EnableKeyRotation", rotation::enable_key_rotation),
        Operation::write("DisableKeyRotation", rotation::disable_key_rotation),
        Operation::read("GetKeyRotationStatus", rotation::get_key_rotation_status),
        Operation::write("EnableKey", lifecycle::enable_key),
        Operation::write("DisableKey", lifecycle::disable_key),
        Operation::write("ScheduleKeyDeletion", lifecycle::schedule_key_deletion),
        Operation::write("CancelKeyDeletion", lifecycle::cancel_key_deletion),
        Operation::write("CreateAlias", aliases::create_alias),
        Operation::write("UpdateAlias", aliases::update_alias),
        Operation::write("DeleteAlias", aliases::delete_alias),
        Operation::read("ListAliases", aliases::list_aliases),
        Operation::write("TagResource", tagging::tag_resource),
        Operation::write("UntagResource", tagging::untag_resource),
        Operation::read("ListResourceTags", tagging::list_resource_tags),
        Operation::write("CreateGrant", grants::create_grant),
        Operation::read("ListGrants", grants::list_grants),
        Operation::write("RevokeGrant", grants::revoke_grant),
        Operation::write("RetireGrant", grants::retire_grant),
    ],
};

/// The keys and aliases of an account in a Region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Vault {
    /// Keys by id.
    keys: BTreeMap<String, Key>,
    /// Aliases by name, with `alias/`.
    aliases: BTreeMap<String, aliases::Alias>,
}

/// A key. Account, Region and id are where it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    created: Timestamp,
    description: String,
    /// The policy, as it was given.
    policy: String,
    spec: String,
    usage: String,
    multi_region: bool,
    enabled: bool,
    /// When it is to be deleted, if that is scheduled.
    deletion: Option<Timestamp>,
    /// The days between rotations, if it rotates.
    rotation: Option<u32>,
    /// The period that was last set: switching rotation off and on keeps it.
    rotation_period: Option<u32>,
    tags: BTreeMap<String, String>,
    grants: BTreeMap<String, Grant>,
}

impl Key {
    /// Whether it can be used to encrypt.
    pub(crate) fn is_usable(&self) -> bool {
        self.enabled && self.deletion.is_none()
    }

    pub(crate) fn is_symmetric(&self) -> bool {
        self.spec == "SYMMETRIC_DEFAULT"
    }

    /// Whether its policy allows a request.
    pub(crate) fn allows(&self, request: &Request) -> bool {
        allows(&self.policy, request)
    }

    fn state(&self) -> &'static str {
        match (self.deletion, self.enabled) {
            (Some(_), _) => "PendingDeletion",
            (None, true) => "Enabled",
            (None, false) => "Disabled",
        }
    }

    /// Refuses what a key that is to be deleted cannot have done to it.
    fn check_kept(&self, arn: &KeyArn) -> Result<(), Refusal> {
        match self.deletion {
            Some(_) => Err(Refusal::bad("KMSInvalidStateException", format!("{arn} is pending deletion."))),
            None => Ok(()),
        }
    }

    /// Refuses what only an enabled key can have done to it.
    fn check_enabled(&self, arn: &KeyArn) -> Result<(), Refusal> {
        self.check_kept(arn)?;
        match self.enabled {
            false => Err(Refusal::bad("DisabledException", format!("{arn} is disabled."))),
            true => Ok(()),
        }
    }
}

fn not_found(message: impl Into<String>) -> Refusal {
    Refusal::bad("NotFoundException", message)
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::bad("ValidationException", message)
}

/// Reads the body of a call that names one key and nothing else.
fn named(call: &Call<'_>) -> Result<String, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        key_id: String,
    }
    call.input().map(|Input { key_id }| key_id)
}

/// Reads the body of a call that may ask for a page. Everything is on the first one.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
struct Listing {
    key_id: Option<String>,
    limit: Option<u32>,
    marker: Option<String>,
}

impl Listing {
    fn read(call: &Call<'_>) -> Result<Option<String>, Refusal> {
        let Self { key_id, limit, marker } = call.input()?;
        if marker.is_some() {
            return Err(Refusal::bad(
                "InvalidMarkerException",
                "The marker does not come from this operation.",
            ));
        }
        if limit == Some(0) {
            return Err(invalid("Limit must be at least 1."));
        }
        Ok(key_id)
    }

    /// Reads the key that the call must name.
    fn of_key(call: &Call<'_>) -> Result<String, Refusal> {
        Self::read(call)?.ok_or_else(|| invalid("KeyId must not be null."))
    }
}
