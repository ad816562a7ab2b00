//! The documented JSON: `{"diagnostics": [...]}`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Position, Sources};
use crate::diagnostic::{Diagnostic, Place, Severity};

/// What was found wrong with a spec, in the order of the files.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Findings {
    /// Each finding once. Empty when there is nothing to say.
    pub diagnostics: Vec<Finding>,
}

/// One finding. Lines and columns count from 1, columns count characters.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// What kind of finding it is, in kebab-case. `trailctl validate --explain CODE` explains it.
    pub code: &'static str,
    /// How much it matters: only an error makes the spec unusable.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The file, as it was named.
    pub file: String,
    /// The line of the first character that it points to.
    pub line: usize,
    /// The column of the first character.
    pub column: usize,
    /// The line of the character after the last.
    pub end_line: usize,
    /// The column of the character after the last.
    pub end_column: usize,
    /// The path of the value in the spec, such as `trails.audit.events[0]`. Empty for what has none.
    pub path: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places that explain it, each as `FILE:LINE:COLUMN: WORDS`.
    pub notes: Vec<String>,
}

/// Returns the diagnostics as data.
pub fn findings(found: &[Diagnostic], sources: &Sources<'_>) -> Findings {
    Findings { diagnostics: found.iter().map(|one| finding(one, sources)).collect() }
}

pub(super) fn finding(found: &Diagnostic, sources: &Sources<'_>) -> Finding {
    let Diagnostic { severity, code, place, message, help, related } = found;
    let Position { file, bytes: _, start: (line, column), end: (end_line, end_column) } = sources.find(place);
    let path = match place {
        Place::Value(path) | Place::Key(path) => path.to_string(),
        Place::Text(_) => String::new(),
    };
    let note = |(place, words): &(Place, String)| format!("{}: {words}", sources.position(place));
    Finding {
        code,
        severity: *severity,
        message: message.clone(),
        file: file.name.clone(),
        line,
        column,
        end_line,
        end_column,
        path,
        help: help.clone(),
        notes: related.iter().map(note).collect(),
    }
}
