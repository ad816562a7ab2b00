//! Resources as plain data: what a spec wants, what AWS shows, and the names that join the two.

pub mod owner;
pub mod reference;
pub mod region;

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::{owner::Owner, region::Region};
use crate::path::Path;

/// What a resource can tell others, by name: `arn`, `name`.
pub type Outputs = BTreeMap<String, String>;

/// The live resources that were looked for, or found to be marked by the stack. What is absent is not in it.
pub type Live = BTreeMap<ResourceId, Observed>;

/// Who a resource is in AWS: at most one exists per id in an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct ResourceId {
    /// The name of the kind, such as `trail`.
    pub kind: String,
    /// The Region it lives in: the home Region of a trail.
    pub region: Region,
    /// The name that AWS knows it by.
    pub name: String,
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} in {}", self.kind, self.name, self.region)
    }
}

/// Who a resource is in the spec: its kind and its logical id, written `trail.audit`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String")]
pub struct Address {
    /// The name of the kind, such as `trail`.
    pub kind: String,
    /// The key of the resource in its section of the spec.
    pub logical: String,
}

impl Address {
    /// Returns the address of an entry.
    pub fn new(kind: &str, logical: &str) -> Self {
        Self { kind: kind.to_owned(), logical: logical.to_owned() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.logical)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once('.') {
            Some((kind, logical)) => Ok(Self::new(kind, logical)),
            None => Err(format!("`{text}` is not an address such as `trail.audit`")),
        }
    }
}

/// What was seen of an account: the resources that may be changed, and those that are only referred to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// The resources that the spec describes or the stack owns.
    pub live: Live,
    /// What `{existing: …}` names, by its address. What is absent is not in it.
    pub existing: BTreeMap<Address, Existing>,
    /// The Regions in which the stack's resources could not be looked for, and why not, in words.
    pub unseen: BTreeMap<Region, String>,
    /// The organization of the account, if a live trail of the stack has to do with it.
    pub organization: Option<Organization>,
}

impl From<Live> for Observation {
    fn from(live: Live) -> Self {
        Self { live, ..Self::default() }
    }
}

/// A live resource that others manage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Existing {
    /// What others may refer to.
    pub outputs: Outputs,
    /// Those of its attributes that decide whether it can serve, in the form of an entry; what could not be read is not there.
    pub attrs: Value,
    /// Why it cannot serve as it is, if it cannot.
    pub problem: Option<String>,
    /// Why it, or some of it, could not be read.
    pub unread: Option<String>,
}

/// A resource as the spec wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct Desired {
    /// Who it is in the spec.
    pub address: Address,
    /// Who it is in AWS.
    pub id: ResourceId,
    /// Its attributes, defaults included. References to outputs of others may stand in strings.
    pub attrs: Value,
    /// The outputs that are known before it exists.
    pub outputs: Outputs,
    /// Where the spec describes it.
    pub origin: Path,
}

/// A resource as AWS shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed<A = Value> {
    /// Its attributes, in the same form as the wanted ones.
    pub attrs: A,
    /// What others may refer to.
    pub outputs: Outputs,
    /// Whose it is.
    pub owner: Owner,
    /// Whether it holds data that deleting it would destroy.
    pub holds_data: bool,
    /// What others have added beside it, which no attribute says: phrases such as `a grant to …`.
    pub beside: Vec<String>,
}

/// The facts about the account that resolving a spec needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// The account's 12 digits.
    pub id: String,
    /// The partition, such as `aws`.
    pub partition: String,
    /// The organization that it belongs to; known only if the spec has something to do with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
}

/// The organization of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Organization {
    /// Its id, such as `o-exampleorgid`.
    pub id: String,
    /// The 12 digits of the account that manages it, and owns its trails.
    pub management_account: String,
}

impl Account {
    /// Returns an account without an organization.
    pub fn new(id: &str, partition: &str) -> Self {
        Self { id: id.to_owned(), partition: partition.to_owned(), organization: None }
    }
}

/// A resource that an attribute names: an entry of the spec, or one that others manage.
///
/// Once a spec is resolved it is AWS's own identifier of the resource, or a reference to an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The key of an entry declared in the spec.
    Declared(String),
    /// The name or ARN of a resource that is read, and never changed.
    Existing(String),
}

/// Names a resource that others manage.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Existing")]
struct ExistingName {
    /// Its name or its ARN.
    existing: String,
}

impl Reference {
    /// Returns the text inside.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Declared(text) | Self::Existing(text) => text,
        }
    }
}

impl Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Declared(name) => serializer.serialize_str(name),
            Self::Existing(name) => ExistingName { existing: name.clone() }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_untagged::UntaggedEnumVisitor::new()
            .expecting("the key of an entry, or {existing: NAME}")
            .string(|name| Ok(Self::Declared(name.to_owned())))
            .map(|map| map.deserialize::<ExistingName>().map(|found| Self::Existing(found.existing)))
            .deserialize(deserializer)
    }
}

impl JsonSchema for Reference {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let existing = ExistingName::json_schema(generator);
        schemars::json_schema!({
            "description": "The key of an entry of this spec, or `{existing: NAME}` for a resource that others manage.",
            "anyOf": [{ "type": "string" }, existing],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reference_is_a_key_or_an_existing_name() {
        let read = |value: Value| serde_json::from_value::<Reference>(value);
        assert_eq!(read(json!("logs")).unwrap(), Reference::Declared("logs".to_owned()));
        assert_eq!(read(json!({"existing": "logs"})).unwrap(), Reference::Existing("logs".to_owned()));
        assert!(read(json!({"existing": "logs", "other": 1})).is_err());
        assert!(read(json!(12)).is_err());
    }

    #[test]
    fn an_address_reads_back_also_with_dots() {
        let address = Address::new("bucket", "my.logs");
        assert_eq!(Address::try_from(address.to_string()).unwrap(), address);
        assert!(Address::try_from("nothing".to_owned()).is_err());
    }
}
