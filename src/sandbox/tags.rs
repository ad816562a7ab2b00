//! The rules for tags that all services share; each has its own error codes for them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::wire::Refusal;

/// The most tags a resource can have.
pub(crate) const LIMIT: usize = 50;

/// A tag as requests and answers write it. An absent value is the empty one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Tag {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: String,
}

/// Why a list of tags is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TagFault {
    #[error("The tag key must have 1 to 128 valid characters: {0}")]
    Key(String),
    #[error("The tag value must have 0 to 256 valid characters: {0}")]
    Value(String),
    #[error("Tag keys that start with aws: are reserved for AWS: {0}")]
    Reserved(String),
    #[error("The tag key is given more than once: {0}")]
    Duplicate(String),
    #[error("A resource can have {LIMIT} tags.")]
    TooMany,
}

impl TagFault {
    /// Refuses with the codes that a service has for bad tags, and for too many.
    pub(crate) fn refusal(&self, invalid: &'static str, too_many: &'static str) -> Refusal {
        let code = if matches!(self, Self::TooMany) { too_many } else { invalid };
        Refusal::bad(code, self.to_string())
    }
}

/// Adds tags; the value of a key that is there is replaced.
pub(crate) fn add(tags: &mut BTreeMap<String, String>, added: &[Tag]) -> Result<(), TagFault> {
    tags.extend(checked(added)?);
    if tags.len() > LIMIT { Err(TagFault::TooMany) } else { Ok(()) }
}

/// Turns a list of tags into a map.
pub(crate) fn checked(tags: &[Tag]) -> Result<BTreeMap<String, String>, TagFault> {
    let mut checked = BTreeMap::new();
    for Tag { key, value } in tags {
        if key.is_empty() || key.chars().count() > 128 || !key.chars().all(is_valid) {
            return Err(TagFault::Key(key.clone()));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(TagFault::Reserved(key.clone()));
        }
        if value.chars().count() > 256 || !value.chars().all(is_valid) {
            return Err(TagFault::Value(value.clone()));
        }
        if checked.insert(key.clone(), value.clone()).is_some() {
            return Err(TagFault::Duplicate(key.clone()));
        }
    }
    Ok(checked)
}

fn is_valid(character: char) -> bool {
    character.is_alphanumeric() || character == ' ' || "_.:/=+-@".contains(character)
}
