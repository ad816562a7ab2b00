//! Annotations of a pull request: one workflow command of GitHub Actions a finding.

use std::fmt::Write as _;

use super::{Sources, data::finding, summary};
use crate::{
    diagnostic::Diagnostic,
    report::github::{Annotation, Place},
};

/// Returns one workflow command a finding, and a last line that counts them.
pub fn github(found: &[Diagnostic], sources: &Sources<'_>) -> String {
    let mut text = String::new();
    for one in found.iter().map(|one| finding(one, sources)) {
        let help = one.help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let place = Place {
            file: &one.file,
            line: one.line,
            column: one.column,
            end_column: (one.end_line == one.line).then_some(one.end_column),
        };
        let message = format!("{}{help}", one.message);
        let (level, title) = (one.severity.word(), one.code);
        let _ = writeln!(text, "{}", Annotation { level, place: Some(place), title, message: &message });
    }
    text + &summary(found)
}
