//! The result of a run, to stdout and to files.

use super::Run;
use crate::{
    apply,
    cli::Format,
    commands::{Failure, Outcome, pretty, reports},
    exit,
    plan::Plan,
    report::{
        human::{self, Detail},
        markdown, plain,
        run::Run as Document,
    },
};

impl Run<'_> {
    /// Reports success.
    pub(super) fn done(&self, plan: &Plan, outcome: Option<&apply::Outcome>) -> Outcome {
        match self.global.format {
            Format::Human if plan.is_empty() => {}
            Format::Human => self.ui.result(&done(plan))?,
            format => self.ui.result(&self.render(format, plan, outcome, None)?)?,
        }
        self.files(plan, outcome, None)?;
        Ok(exit::DONE)
    }

    /// Reports a failure; in what other programs read it is part of the one document.
    pub(super) fn fail(&self, plan: &Plan, outcome: Option<&apply::Outcome>, failure: Failure) -> Outcome {
        if self.global.format != Format::Human {
            self.ui.result(&self.render(self.global.format, plan, outcome, Some(&failure))?)?;
        }
        if let Some(text) = failure.text() {
            self.ui.problem(&text);
        }
        // What cannot be written is said; the exit code tells of the run.
        let _ = self.files(plan, outcome, Some(&failure));
        Err(Failure::said(failure.code))
    }

    fn files(
        &self,
        plan: &Plan,
        outcome: Option<&apply::Outcome>,
        failure: Option<&Failure>,
    ) -> Result<(), Failure> {
        reports::files(self.ui, self.global, &|format| self.render(format, plan, outcome, failure))
    }

    fn render(
        &self,
        format: Format,
        plan: &Plan,
        outcome: Option<&apply::Outcome>,
        failure: Option<&Failure>,
    ) -> Result<String, Failure> {
        let document = Document::new(plan, outcome, self.lock.get(), failure.map(Failure::problem));
        match format {
            Format::Human => {
                let unfinished = outcome.filter(|outcome| !outcome.is_complete());
                let end = unfinished.map(|outcome| human::unfinished(plan, outcome));
                let error = failure.and_then(Failure::text);
                let done = (failure.is_none() && !plan.is_empty()).then(|| done(plan));
                let parts = [Some(self.words(plan)), end, error, done];
                Ok(parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
            }
            Format::Json => Ok(pretty(&document)),
            Format::Markdown => {
                let (command, summary) = (self.verb.to_lowercase(), plain(&self.summary(plan)));
                let done = if plan.is_empty() { "Nothing to do.".to_owned() } else { done(plan) };
                Ok(markdown::run(&document, &command, &summary, &done, Detail { calls: self.calls }))
            }
            other => Err(reports::unknown(other)),
        }
    }

    /// Returns a plan for people.
    pub(super) fn words(&self, plan: &Plan) -> String {
        let is_over = plan.is_empty() && plan.refused.is_empty() && self.is_removal;
        let detail = Detail { calls: self.calls && !is_over };
        human::plan(plan, detail).replace(&human::summary(plan), &self.summary(plan))
    }

    /// Returns the line that sums a plan up.
    fn summary(&self, plan: &Plan) -> String {
        let line = human::summary(plan);
        let is_over = plan.is_empty() && plan.refused.is_empty() && self.is_removal;
        if is_over {
            line.replace("The account matches the spec.", "Nothing is left to remove.")
        } else {
            line
        }
    }
}

/// Says what was done of a plan that was done completely.
fn done(plan: &Plan) -> String {
    let [created, updated, replaced, deleted] = plan.counts();
    let replaced = if replaced > 0 { format!(", {replaced} replaced") } else { String::new() };
    format!("Done: {created} created, {updated} updated{replaced}, {deleted} deleted.")
}
