//! Workflow commands of GitHub Actions (documentation, "Workflow commands for GitHub Actions"): annotations.

use std::fmt;

use super::{in_repository, visible};
use crate::spec::parse::STDIN;

/// One annotation.
pub(super) struct Annotation<'a> {
    /// `error`, `warning` or `notice`.
    pub(super) level: &'a str,
    /// Where it is shown, if it is about a place.
    pub(super) place: Option<Place<'a>>,
    pub(super) title: &'a str,
    pub(super) message: &'a str,
}

/// A place in a file: lines and columns count from 1.
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    pub(super) line: usize,
    pub(super) column: usize,
    /// The column after the last character, if that is on the same line.
    pub(super) end_column: Option<usize>,
}

impl fmt::Display for Annotation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level, place, title, message } = self;
        write!(f, "::{level} ")?;
        // What is read from stdin is no file of the repository.
        if let Some(Place { file, line, column, end_column }) =
            place.as_ref().filter(|place| place.file != STDIN)
        {
            // A command that ends in another line would be shown there: it is left with its start.
            write!(f, "file={},line={line},endLine={line},col={column},", property(&in_repository(file)))?;
            if let Some(end) = end_column {
                write!(f, "endColumn={end},")?;
            }
        }
        write!(f, "title={}::{}", property(title), data(message))
    }
}

/// How long a message is at most, in bytes: nobody reads more, and a log has a line for each.
const MOST: usize = 4_000;

/// Escapes the message of a command. What could hide or steer is shown; a line break stays one, inside the message.
fn data(text: &str) -> String {
    let end = text.floor_char_boundary(MOST);
    let shown = if end < text.len() { format!("{}…", &text[..end]) } else { text.to_owned() };
    let text = shown.as_str();
    let lines: Vec<String> = text.split('\n').map(|line| visible(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    visible(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_inside_of_their_command() {
        let place = Place { file: "a,b:100%.yaml", line: 3, column: 5, end_column: None };
        let (title, message) = ("x::y,z", "100%\n::error::forged\r\u{202e}");
        let text = Annotation { level: "error", place: Some(place), title, message }.to_string();
        assert_eq!(
            text,
            "::error file=a%2Cb%3A100%25.yaml,line=3,endLine=3,col=5,title=x%3A%3Ay%2Cz::100%25%0A\\u{3a}:error::forged\\u{d}\\u{202e}"
        );
        let text = Annotation { level: "notice", place: None, title: "t", message: "m" }.to_string();
        assert_eq!(text, "::notice title=t::m");
        let message = "é".repeat(100_000);
        let text = Annotation { level: "notice", place: None, title: "t", message: &message }.to_string();
        assert_eq!(text, format!("::notice title=t::{}…", "é".repeat(MOST / 2)));
    }
}
