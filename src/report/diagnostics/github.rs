//! Annotations of a pull request: workflow commands of GitHub Actions (documentation, "Workflow commands for GitHub Actions").

use std::fmt::Write as _;

use super::{Sources, data::finding, summary};
use crate::{diagnostic::Diagnostic, report::visible};

/// Returns one workflow command a finding, and a last line that counts them.
pub fn github(found: &[Diagnostic], sources: &Sources<'_>) -> String {
    let mut text = String::new();
    for one in found.iter().map(|one| finding(one, sources)) {
        let command = one.severity.word();
        let help = one.help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        // A command that ends in another line would be shown there: it is left with its start.
        let end =
            if one.end_line == one.line { format!(",endColumn={}", one.end_column) } else { String::new() };
        let _ = writeln!(
            text,
            "::{command} file={},line={},endLine={},col={}{end},title={}::{}",
            property(&one.file),
            one.line,
            one.line,
            one.column,
            property(one.code),
            data(&format!("{}{help}", one.message)),
        );
    }
    text + &summary(found)
}

/// Escapes the message of a command. What could hide or steer is shown; a line break stays one, inside the message.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| visible(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    visible(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}
