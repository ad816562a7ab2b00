//! Diagnostics: what is wrong with the user's files, and what to write instead.

use serde::Serialize;

use crate::path::Path;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The spec cannot be used.
    Error,
    /// The spec can be used, but probably does not say what was meant.
    Warning,
}

/// Where in the file a diagnostic points to, as it is known when it is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The value at this path.
    Value(Path),
    /// The key at the end of this path.
    Key(Path),
    /// A range of bytes of the text: for text that could not be read as a tree.
    Bytes(usize, usize),
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
    /// Returns an error that points to the value at `path`.
    pub fn error(code: &'static str, path: Path, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, Place::Value(path), message.into())
    }

    /// Returns a warning that points to the value at `path`.
    pub fn warning(code: &'static str, path: Path, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, Place::Value(path), message.into())
    }

    /// Returns an error that points to a range of bytes.
    pub fn at_bytes(code: &'static str, start: usize, end: usize, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, Place::Bytes(start, end), message.into())
    }

    fn new(severity: Severity, code: &'static str, place: Place, message: String) -> Self {
        Self { severity, code, place, message, help: None, related: None }
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
