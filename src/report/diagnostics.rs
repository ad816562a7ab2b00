//! Diagnostics as text with a snippet of the file, and as data.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use serde_json::{Value, json};

use super::{count, visible, visible_block};
use crate::{
    diagnostic::{Diagnostic, Place, Severity},
    spec::document::{Document, line_and_column},
};

/// How many diagnostics are shown to people: nobody reads more, and each costs a look at the file.
const MOST: usize = 100;

/// A file as diagnostics point into it.
pub struct Source<'a> {
    /// The name to show.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
    /// The tree, if the text is YAML.
    pub document: Option<&'a Document>,
}

impl Source<'_> {
    fn range(&self, place: &Place) -> std::ops::Range<usize> {
        match (place, self.document) {
            (Place::Bytes(start, end), _) => *start..*end,
            (place, Some(document)) => document.locate(place),
            (_, None) => 0..0,
        }
    }

    /// Returns `file:line:column` of a place.
    pub fn position(&self, place: &Place) -> String {
        let (line, column) = line_and_column(self.text, self.range(place).start);
        format!("{}:{line}:{column}", self.name)
    }
}

/// Renders diagnostics one after the other, with styles, and a last line that counts them.
pub fn human(found: &[Diagnostic], source: &Source<'_>) -> String {
    // The snippet is shown as it is in the file; what could steer the terminal is replaced by one visible character,
    // so that the ranges still fit.
    let text = shown(source.text);
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    let mut report = String::new();
    let name = visible(source.name);
    for one in found.iter().take(MOST) {
        let level = match one.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let message = visible(&one.message);
        let mut snippet = Snippet::source(text.as_str())
            .path(name.as_str())
            .annotation(AnnotationKind::Primary.span(fitted(&text, source.range(&one.place))));
        if let Some((place, words)) = &one.related {
            let range = fitted(&text, source.range(place));
            snippet = snippet.annotation(AnnotationKind::Context.span(range).label(words.as_str()));
        }
        let mut groups: Vec<Group<'_>> = vec![level.primary_title(message).id(one.code).element(snippet)];
        let help = one.help.as_deref().map(visible);
        if let Some(help) = &help {
            let last = groups.remove(0);
            groups.push(last.element(Level::HELP.message(help.as_str())));
        }
        report.push_str(&renderer.render(&groups));
        report.push_str("\n\n");
    }
    if found.len() > MOST {
        let _ = writeln!(report, "… and {} more.\n", found.len() - MOST);
    }
    report + &summary(found)
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

/// Returns the diagnostics as the documented JSON: `{"diagnostics": [...]}`, lines and columns from 1.
pub fn json(found: &[Diagnostic], source: &Source<'_>) -> Value {
    let one = |one: &Diagnostic| {
        let range = source.range(&one.place);
        let (line, column) = line_and_column(source.text, range.start);
        let (end_line, end_column) = line_and_column(source.text, range.end);
        let path = match &one.place {
            Place::Value(path) | Place::Key(path) => path.to_string(),
            Place::Bytes(..) => String::new(),
        };
        let notes: Vec<String> =
            one.related.iter().map(|(place, words)| format!("{}: {words}", source.position(place))).collect();
        json!({
            "code": one.code, "severity": one.severity, "message": one.message, "file": source.name,
            "line": line, "column": column, "end_line": end_line, "end_column": end_column,
            "path": path, "help": one.help, "notes": notes,
        })
    };
    json!({ "diagnostics": found.iter().map(one).collect::<Vec<_>>() })
}

/// Replaces each byte of a hidden character, so that the text keeps its length.
fn shown(text: &str) -> String {
    text.chars()
        .map(|c| {
            let same = visible_block(c.encode_utf8(&mut [0; 4])).chars().count() == 1;
            if same { c.to_string() } else { "?".repeat(c.len_utf8()) }
        })
        .collect()
}

fn fitted(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let end = text.ceil_char_boundary(range.end.clamp(start, text.len()));
    // A value that spans lines is marked on its first.
    let line_end = text[start..end].find('\n').map_or(end, |at| start + at);
    start..line_end
}
