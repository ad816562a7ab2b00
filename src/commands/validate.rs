//! `validate`: everything that can be known without AWS.

use std::mem::ManuallyDrop;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Failure, Outcome, json, load::Loaded, reports, show};
use crate::{
    cli::{Format, Global, ValidateArgs},
    diagnostic::codes::{self, Code},
    exit,
    ui::Ui,
};

/// The version of what `--explain` prints as JSON.
pub(super) const FORMAT: &str = "trailctl.explanation/1";

/// What a code means.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Explanation {
    /// The format: `trailctl.explanation/1`.
    format: &'static str,
    /// The code, in kebab-case.
    code: &'static str,
    /// How much it matters: `error` or `warning` of a spec, `refused` or `note` of a plan.
    #[serde(rename = "severity")]
    word: &'static str,
    /// What is wrong, in one sentence.
    summary: &'static str,
    /// Why that is wrong and what to do about it.
    explanation: &'static str,
    /// Where the rule comes from.
    source: &'static str,
}

pub(super) fn run(ui: &Ui, global: &Global, args: &ValidateArgs) -> Outcome {
    if let Some(code) = &args.explain {
        return explain(ui, global, code);
    }
    // The process ends with this command: what was read is not given back piece by piece.
    let loaded = ManuallyDrop::new(Loaded::read(global)?);
    show(ui, global, &loaded)?;
    Ok(if loaded.parsed.spec.is_some() { exit::DONE } else { exit::ERROR })
}

fn explain(ui: &Ui, global: &Global, code: &str) -> Outcome {
    let Some(known) = codes::explained(code) else {
        let help = match codes::likely(code, codes::all().chain(codes::of_plans())) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "docs/diagnostics.md lists all".to_owned(),
        };
        return Err(Failure {
            code: exit::USAGE,
            message: Some(format!("there is no diagnostic `{code}`")),
            help: Some(help),
        });
    };
    reports::give(ui, global, &|format| {
        let Code { id, severity: _, summary, explanation, source } = *known;
        let word = known.word();
        Ok(match format {
            Format::Human => known.text(),
            Format::Json => {
                json(&Explanation { format: FORMAT, code: id, word, summary, explanation, source })
            }
            other => return Err(reports::unknown(other)),
        })
    })?;
    Ok(exit::DONE)
}
