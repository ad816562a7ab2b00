//! What becomes of what is recorded.

use super::{Page, code, prose};
use crate::{
    plan::{CoverageReport, coverage::Weakened},
    report::coverage::{MORE, example, verdict},
};

/// Renders the comparison of two sets of trails.
pub fn coverage(report: &CoverageReport) -> String {
    let mut page = Page::new("trailctl coverage diff", None);
    add(&mut page, report);
    page.end("`trailctl coverage diff` shows all.")
}

/// Adds the verdict, with its examples.
pub(super) fn add(page: &mut Page, report: &CoverageReport) {
    let (_, words) = verdict(report);
    page.add("verdict", format!("**Coverage: {words}**"));
    let mut lines = Vec::new();
    let events = &report.events;
    for (list, more, word) in [
        (&events.lost, events.more_lost, "no longer recorded"),
        (&events.gained, events.more_gained, "newly recorded"),
    ] {
        lines.extend(list.iter().map(|shown| format!("- **{word}:** {}", prose(&example(shown)))));
        if more {
            lines.push(format!("- **{word}:** {MORE}"));
        }
    }
    for Weakened { resource, what } in &report.weakened {
        lines.push(format!("- **weakened:** {}: {}", code(resource), prose(what)));
    }
    for line in lines {
        page.add("example", line);
    }
}
