//! The spec: what the user wrote, read and checked for form.

pub mod allow;
pub mod document;
pub mod lock;
mod merge;
pub mod parse;
pub mod schema;
pub mod source;
mod values;
pub mod variables;
mod yaml;

pub(crate) use self::yaml::meaning;
pub use self::{lock::Lock, yaml::MAX_BYTES};

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    kinds::{References, trail::selectors::Where},
    path::Path,
    resource::{Address, Reference, owner::Tags, region::Region},
};

/// A spec: the head, and the entries of all kinds with their defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// What the spec says beside its entries.
    pub head: Head,
    /// The account that the spec is read for: 12 digits, or zeros if it is not known.
    pub account: String,
    /// The entries, by kind and key. The attributes are complete trees of their kind.
    pub entries: BTreeMap<EntryKey, Value>,
    /// The same entries in the words of the files: without defaults, with each short form as it was given. What points at a
    /// part of such a form finds its path here.
    pub written: BTreeMap<EntryKey, Value>,
    /// What entries refer to, by entry: where each reference stands, the kind that it names, and what it says.
    pub links: BTreeMap<Address, References>,
    /// The entries that could not be read: they exist, but nothing can be said of them.
    pub unreadable: BTreeSet<Address>,
}

impl Spec {
    /// Returns what an entry refers to.
    pub fn links_of(&self, address: &Address) -> &[(Path, &'static str, Reference)] {
        self.links.get(address).map_or(&[], Vec::as_slice)
    }

    /// Returns the entries of one kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a EntryKey, &'a Value)> {
        self.entries.iter().filter(move |(entry, _)| entry.address.kind == kind)
    }
}

/// The section and the key of an entry. Sorted as the kinds are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryKey {
    /// The place of the kind in the list of kinds.
    pub rank: usize,
    /// The entry's address.
    pub address: Address,
}

/// An audit trail as code: which trails an account has, what they record, and where the records go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The version of this language: 1.
    #[schemars(extend("const" = 1))]
    pub version: u64,
    /// The name of the stack. What trailctl makes carries it as the tag `trailctl:stack`; it touches nothing else.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]{0,62}$"))]
    pub stack: String,
    /// Refuses to run against any other account. Twelve digits, in quotes. Default: any account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{12}$"))]
    pub account: Option<String>,
    /// Refuses to run in any other partition, such as `aws` or `aws-us-gov`. Default: any partition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// The Region of the entries that name none. Default: the configured Region, as for the AWS CLI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// A role to assume before anything else: its ARN, or `{arn, external_id, session_name}`. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assume_role: Option<AssumeRole>,
    /// A lock that apply and destroy hold, so that no two runs change the stack at the same time. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    /// Tags for everything that can carry tags. Default: none.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// What the trails of this spec must record, and what they must not. Files of one stack may each have some. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expectation>,
}

/// Something that the trails of a spec must record, or must not: one of the two keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Every event that meets these conditions is recorded, whatever else it is like. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must_record: Option<Where>,
    /// No event that meets these conditions is recorded. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must_not_record: Option<Where>,
}

/// A role to assume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole(RoleSettings);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RoleSettings {
    /// The ARN of the role.
    arn: String,
    /// The external id that the role's trust policy asks for. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// The name of the session. Default: `trailctl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session_name: Option<String>,
}

impl AssumeRole {
    /// Returns the ARN of the role.
    pub fn arn(&self) -> &str {
        &self.0.arn
    }

    /// Returns the external id, if there is one.
    pub fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// Returns the name of the session, if the spec gives one.
    pub fn session_name(&self) -> Option<&str> {
        self.0.session_name.as_deref()
    }
}

impl Serialize for AssumeRole {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AssumeRole {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let of_arn = |arn: &str| RoleSettings { arn: arn.to_owned(), external_id: None, session_name: None };
        serde_untagged::UntaggedEnumVisitor::new()
            .expecting("the ARN of a role, or {arn, external_id, session_name}")
            .string(move |arn| Ok(Self(of_arn(arn))))
            .map(|map| map.deserialize().map(Self))
            .deserialize(deserializer)
    }
}

impl JsonSchema for AssumeRole {
    fn schema_name() -> Cow<'static, str> {
        "AssumeRole".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let settings = RoleSettings::json_schema(generator);
        schemars::json_schema!({
            "description": "The ARN of a role, or its ARN with an external id and a session name.",
            "anyOf": [{ "type": "string" }, settings],
        })
    }
}
