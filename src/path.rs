//! Paths into trees: which value of a spec, or which attribute of a resource, is meant.
//!
//! A path is symbolic. Only the printing of a diagnostic turns it into a line and a column.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// The value under this key of a mapping.
    Key(String),
    /// The item at this place of a sequence, from 0.
    Index(usize),
}

/// The way from the root of a tree to one of its values.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", from = "String")]
#[schemars(with = "String")]
pub struct Path(Vec<Segment>);

impl Path {
    /// The root of the tree.
    pub fn root() -> Self {
        Self::default()
    }

    /// Builds a path of keys.
    pub fn keys<const N: usize>(keys: [&str; N]) -> Self {
        Self(keys.into_iter().map(|key| Segment::Key(key.to_owned())).collect())
    }

    /// Returns this path with one more key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Segment::Key(key.to_owned()))
    }

    /// Returns this path with one more index.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    /// Returns this path followed by another.
    #[must_use]
    pub fn join(&self, rest: &Self) -> Self {
        Self(self.0.iter().chain(&rest.0).cloned().collect())
    }

    /// Returns the path one step up, or `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, up) = self.0.split_last()?;
        Some(Self(up.to_vec()))
    }

    /// Returns the steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Returns the last key, if the path ends in one.
    pub fn last_key(&self) -> Option<&str> {
        match self.0.last() {
            Some(Segment::Key(key)) => Some(key),
            _ => None,
        }
    }

    /// Returns the value at this path of a tree, if there is one.
    pub fn value_in<'a>(&self, tree: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(tree, |at, segment| match segment {
            Segment::Key(key) => at.get(key),
            Segment::Index(index) => at.get(index),
        })
    }

    /// Takes the value at this path out of `tree` and returns it.
    pub fn remove_from(&self, tree: &mut Value) -> Option<Value> {
        let (last, up) = self.0.split_last()?;
        let mut at = tree;
        for segment in up {
            at = match segment {
                Segment::Key(key) => at.get_mut(key)?,
                Segment::Index(index) => at.get_mut(index)?,
            };
        }
        match (last, at) {
            (Segment::Key(key), Value::Object(map)) => map.shift_remove(key),
            (Segment::Index(index), Value::Array(items)) if *index < items.len() => {
                Some(items.remove(*index))
            }
            _ => None,
        }
    }

    fn with(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }
}

/// A way that is being gone: it becomes a [`Path`] only when somebody asks for it.
#[derive(Clone, Copy, Debug)]
pub enum Way<'a> {
    /// It starts at this path.
    From(&'a Path),
    /// It goes on with a key.
    Key(&'a Self, &'a str),
    /// It goes on with an index.
    Index(&'a Self, usize),
}

impl Way<'_> {
    /// Returns the path that was gone.
    pub fn path(&self) -> Path {
        match self {
            Self::From(path) => (*path).clone(),
            Self::Key(up, key) => up.path().key(key),
            Self::Index(up, index) => up.path().index(*index),
        }
    }
}

impl fmt::Display for Path {
    /// Writes `trails.audit.events[1].where`; a key that is not a plain word stands in brackets and quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if is_word(key) => {
                    write!(f, "{}{key}", if place == 0 { "" } else { "." })?;
                }
                Segment::Key(key) => write!(f, "[{}]", Value::String(key.clone()))?,
            }
        }
        Ok(())
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '/'))
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.to_string()
    }
}

impl From<String> for Path {
    /// Reads what `Display` writes. What cannot be read that way becomes one key.
    fn from(text: String) -> Self {
        parse(&text).unwrap_or_else(|| Self(vec![Segment::Key(text)]))
    }
}

fn parse(text: &str) -> Option<Path> {
    let mut segments = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('[').filter(|inner| inner.starts_with('"')) {
            let mut keys = serde_json::Deserializer::from_str(quoted).into_iter::<String>();
            segments.push(Segment::Key(keys.next()?.ok()?));
            rest = quoted[keys.byte_offset()..].strip_prefix(']')?;
        } else if let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']')?;
            segments.push(Segment::Index(index.parse().ok()?));
            rest = after;
        } else {
            let word = if segments.is_empty() { rest } else { rest.strip_prefix('.')? };
            let end = word.find(['.', '[']).unwrap_or(word.len());
            segments.push(Segment::Key(word[..end].to_owned()));
            rest = &word[end..];
        }
    }
    Some(Path(segments))
}

impl From<&serde_path_to_error::Path> for Path {
    fn from(path: &serde_path_to_error::Path) -> Self {
        use serde_path_to_error::Segment as Serde;
        Self(
            path.iter()
                .filter_map(|segment| match segment {
                    Serde::Seq { index } => Some(Segment::Index(*index)),
                    Serde::Map { key } => Some(Segment::Key(key.clone())),
                    Serde::Enum { variant } => Some(Segment::Key(variant.clone())),
                    Serde::Unknown => None,
                })
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_form_reads_back() {
        for path in [
            Path::root(),
            Path::keys(["trails", "audit"]).key("events").index(1).key("where").key("resources.ARN"),
            Path::keys(["buckets", "a.b"]).key("tags").key("with \"quotes\"]"),
            Path::keys(["a.b"]).key("c"),
        ] {
            assert_eq!(Path::from(path.to_string()), path, "{path}");
        }
        let path = Path::keys(["trails", "audit"]).key("events").index(1).key("resources.ARN");
        assert_eq!(path.to_string(), "trails.audit.events[1][\"resources.ARN\"]");
    }

    #[test]
    fn removes_the_value_it_names() {
        let mut tree = json!({"a": [1, {"b": 2, "c": 3}]});
        assert_eq!(Path::keys(["a"]).index(1).key("b").remove_from(&mut tree), Some(json!(2)));
        assert_eq!(Path::keys(["x"]).key("b").remove_from(&mut tree), None);
        assert_eq!(Path::root().remove_from(&mut tree), None);
        assert_eq!(tree, json!({"a": [1, {"c": 3}]}));
    }
}
