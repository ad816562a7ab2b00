//! What became of a run, and its plan.

use super::{Page, fence, plan};
use crate::report::{
    human::{Detail, plain, unfinished},
    run::Run,
};

/// Renders the result of a run. `command` is what was run; `summary` sums its plan up, and `done` what was done, in words of ours.
pub fn run(run: &Run<'_>, command: &str, summary: &str, done: &str, detail: Detail) -> String {
    let Run { format: _, plan, outcome, lock: _, error } = run;
    let of = format!("{} in {}", plan.stack, plan.account.id);
    let mut page = Page::new(&format!("trailctl {command}"), Some(&of));
    match error {
        None => page.add("outcome", format!("**{done}**")),
        Some(error) => page.add(
            "outcome",
            format!(
                "**{}:** exit code {}\n\n{}",
                if outcome.is_some() { "Not done completely" } else { "Not done" },
                error.exit_code,
                fence("text", &error.words())
            ),
        ),
    }
    if let Some(outcome) = outcome.filter(|outcome| !outcome.is_complete()) {
        page.add("outcome", fence("text", &plain(&unfinished(plan, outcome))));
    }
    if error.is_some() {
        page.add("heading", "What was planned:".to_owned());
    }
    plan::add(&mut page, plan, summary, detail);
    page.end("`--format json` has all.")
}
