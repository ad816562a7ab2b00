//! Diagnostics as text with snippets of the files, and in the formats that other programs read.

mod data;
mod github;
mod human;
mod junit;
mod sarif;

use std::{cell::OnceCell, ops::Range};

pub use self::{
    data::{Finding, Findings, findings},
    github::github,
    human::human,
    junit::junit,
    sarif::sarif,
};
use super::count;
use crate::{
    diagnostic::{Diagnostic, Place, Severity, Span},
    spec::{
        document::{Document, Lines},
        parse::File,
    },
};

/// The files as diagnostics point into them.
pub struct Sources<'a> {
    /// The files.
    pub files: &'a [File],
    /// The tree, if they are one.
    pub document: Option<&'a Document>,
    /// The lines of the files, once somebody asks for them.
    lines: OnceCell<Vec<Lines>>,
}

/// Where a diagnostic stands: lines and columns count from 1, columns count characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position<'a> {
    /// The file.
    pub file: &'a File,
    /// The range of bytes in it.
    pub bytes: Range<usize>,
    /// The line and the column of the first character.
    pub start: (usize, usize),
    /// The line and the column after the last character.
    pub end: (usize, usize),
}

impl<'a> Sources<'a> {
    /// Returns these files, with the tree that they make, if they make one.
    pub fn new(files: &'a [File], document: Option<&'a Document>) -> Self {
        Self { files, document, lines: OnceCell::new() }
    }

    /// Returns the line and the column of a byte of a file.
    fn line_and_column(&self, file: usize, byte: usize) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| self.files.iter().map(|file| Lines::of(&file.text)).collect());
        lines[file].position(&self.files[file].text, byte)
    }

    /// Returns where a place is. There is at least one file.
    pub fn find(&self, place: &Place) -> Position<'_> {
        let span = match (place, self.document) {
            (Place::Text(span), _) => *span,
            (place, Some(document)) => document.locate(place),
            (_, None) => Span::default(),
        };
        let file = &self.files[span.file];
        let bytes = span.start..span.end.max(span.start);
        let [start, end] = [bytes.start, bytes.end].map(|byte| self.line_and_column(span.file, byte));
        Position { file, start, end, bytes }
    }

    /// Returns `file:line:column` of a place.
    pub fn position(&self, place: &Place) -> String {
        let Position { file, start: (line, column), .. } = self.find(place);
        format!("{}:{line}:{column}", file.name)
    }
}

/// Returns the line that counts errors and warnings.
pub fn summary(found: &[Diagnostic]) -> String {
    let number = |severity| found.iter().filter(|one| one.severity == severity).count();
    match (number(Severity::Error), number(Severity::Warning)) {
        (0, 0) => "The spec is valid.".to_owned(),
        (0, warnings) => format!("The spec is valid, with {}.", count(warnings, "warning")),
        (errors, 0) => format!("{} in the spec.", count(errors, "error")),
        (errors, warnings) => {
            format!("{} and {} in the spec.", count(errors, "error"), count(warnings, "warning"))
        }
    }
}
