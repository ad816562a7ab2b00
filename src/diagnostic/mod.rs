//! Diagnostics: what is wrong with the user's files, and what to write instead.
//!
//! Each has a code, and each code is explained in [`codes`]. A diagnostic knows a path into the spec; the line and the
//! column are looked up when it is printed.

pub mod codes;

use schemars::JsonSchema;
use serde::Serialize;

use crate::path::Path;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The spec cannot be used.
    Error,
    /// The spec can be used, but probably does not say what was meant.
    Warning,
}

impl Severity {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A part of the text of one of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Which file, in the order in which they were read.
    pub file: usize,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// What a diagnostic points to, as it is known when it is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The value at this path.
    Value(Path),
    /// The key at the end of this path.
    Key(Path),
    /// A part of a text: for what has no path.
    Text(Span),
}

/// One finding about a spec.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of finding it is, in kebab-case; stable.
    pub code: &'static str,
    /// What it points to.
    pub place: Place,
    /// What is wrong: a lowercase sentence without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// A second place that explains the first, with a few words about it.
    pub related: Option<(Place, String)>,
}

impl Diagnostic {
    /// Returns a diagnostic that points to the value at `path`. Its code says how much it matters.
    pub fn at(code: &'static str, path: Path, message: impl Into<String>) -> Self {
        Self::new(code, Place::Value(path), message)
    }

    /// Returns a diagnostic that points to a part of a text.
    pub fn at_text(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Place::Text(span), message)
    }

    /// Returns a diagnostic that points to `place`.
    pub fn new(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        let severity = codes::find(code).map_or(Severity::Error, |known| known.severity);
        Self { severity, code, place, message: message.into(), help: None, related: None }
    }

    /// Points to the key instead of the value.
    #[must_use]
    pub fn at_key(mut self) -> Self {
        if let Place::Value(path) = self.place {
            self.place = Place::Key(path);
        }
        self
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second place, with a few words about it.
    #[must_use]
    pub fn related(mut self, place: Place, words: impl Into<String>) -> Self {
        self.related = Some((place, words.into()));
        self
    }
}

/// Returns the name in `known` that `word` was probably meant to be.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&word, &name.to_ascii_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_typos_and_nothing_far() {
        let known = ["bucket", "prefix", "multi_region"];
        assert_eq!(nearest("bukcet", known), Some("bucket"));
        assert_eq!(nearest("multiRegion", known), Some("multi_region"));
        assert_eq!(nearest("colour", known), None);
    }
}
