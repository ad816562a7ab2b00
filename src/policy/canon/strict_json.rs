//! Reads JSON without losing anything a policy comparison could need: numbers keep their text, and what two readers
//! could take differently (repeated keys, text after the value) is refused. Syntax itself is left to `serde_json`.

use std::{collections::BTreeMap, fmt, slice};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Far above every policy quota of AWS (32 KiB for a key policy), and small enough to read at once.
const MAX_BYTES: usize = 1 << 20;

/// Arrays and objects inside each other. A known statement needs 6; the rest is room for opaque ones, and the limit
/// bounds the recursion.
const MAX_DEPTH: usize = 32;

/// A JSON value whose equality is that of the text, up to white space, escapes and the order of object keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// The number as it was written.
    Number(String),
    String(String),
    Array(Vec<Self>),
    Object(BTreeMap<String, Self>),
}

impl Json {
    /// Returns the value the text holds, or nothing if the text is not strict JSON within the limits.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        // A raw value is checked without recursion, so the depth of the text does not matter yet.
        Self::from_raw(serde_json::from_str(text).ok()?, MAX_DEPTH)
    }

    fn from_raw(raw: &RawValue, depth_left: usize) -> Option<Self> {
        let text = raw.get();
        Some(match text.bytes().next()? {
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'"' => Self::String(serde_json::from_str(text).ok()?),
            b'[' => {
                let left = depth_left.checked_sub(1)?;
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Self::Array(items.into_iter().map(|item| Self::from_raw(item, left)).collect::<Option<_>>()?)
            }
            b'{' => {
                let left = depth_left.checked_sub(1)?;
                let Members(members) = serde_json::from_str(text).ok()?;
                let read = |(key, value)| Some((key, Self::from_raw(value, left)?));
                Self::Object(members.into_iter().map(read).collect::<Option<_>>()?)
            }
            _ => Self::Number(text.to_owned()),
        })
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the items of an array, or a value that is none as the one item (IAM policy grammar: a list of one
    /// may be written without its brackets).
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            single => slice::from_ref(single),
        }
    }
}

/// Writes the one compact spelling: sorted keys, no white space. Reading it gives the value back.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) => f.write_str(text),
            Self::String(text) => f.write_str(&quoted(text)),
            Self::Array(items) => {
                let items: Vec<String> = items.iter().map(Self::to_string).collect();
                write!(f, "[{}]", items.join(","))
            }
            Self::Object(members) => {
                let member = |(key, value): (&String, &Self)| format!("{}:{value}", quoted(key));
                let members: Vec<String> = members.iter().map(member).collect();
                write!(f, "{{{}}}", members.join(","))
            }
        }
    }
}

/// Returns the text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The members of one object, not read yet.
struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with distinct keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((key, value)) = map.next_entry()? {
            if members.insert(key, value).is_some() {
                return Err(A::Error::custom("repeated key"));
            }
        }
        Ok(Members(members))
    }
}
