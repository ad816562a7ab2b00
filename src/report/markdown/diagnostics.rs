//! What was found wrong with a spec.

use super::{Page, code, prose};
use crate::{
    diagnostic::Diagnostic,
    report::diagnostics::{Finding, Sources, findings, summary},
};

/// Renders diagnostics on a page of this title: how many there are, then one after the other.
pub fn diagnostics(found: &[Diagnostic], sources: &Sources<'_>, title: &str) -> String {
    let mut page = Page::new(title, None);
    page.add("summary", format!("**{}**", summary(found)));
    for one in findings(found, sources).diagnostics {
        let Finding { code: word, severity, message, file, line, column, help, notes, .. } = one;
        let at = code(&format!("{file}:{line}:{column}"));
        let mut text = format!("- **{}** {} at {at}: {}", severity.word(), code(word), prose(&message));
        text.extend(help.map(|help| format!("\n  help: {}", prose(&help))));
        text.extend(notes.iter().map(|note| format!("\n  note: {}", prose(note))));
        page.add("finding", text);
    }
    page.end("`trailctl validate` shows all.")
}
