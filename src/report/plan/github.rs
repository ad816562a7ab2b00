//! Annotations of a pull request: one for each remark, and one for each resource that changes.

use std::fmt::Write as _;

use super::{Level, changed, remarks};
use crate::{
    plan::{Plan, Spot},
    report::{
        github::{Annotation, Place},
        human::{plain, sign, summary},
    },
};

/// How many attributes of a resource are named.
const MOST_ATTRIBUTES: usize = 20;

/// Returns one workflow command a remark, what matters most first, one a resource that changes, and a last line that sums up.
pub fn github(plan: &Plan) -> String {
    let mut text = String::new();
    let mut annotate = |level, at: &Option<Spot>, title: &str, message: &str| {
        let place = at.as_ref().map(|Spot { file, line, column }| Place {
            file,
            line: *line,
            column: *column,
            end_column: None,
        });
        let _ = writeln!(text, "{}", Annotation { level, place, title, message });
    };
    for one in remarks(plan) {
        let level = match one.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        annotate(level, &one.at, &one.code, &one.message);
    }
    for one in changed(plan) {
        let (_, word) = sign(one.action);
        annotate("notice", &one.at(), word, &one.words(MOST_ATTRIBUTES));
    }
    text + &plain(&summary(plan))
}
