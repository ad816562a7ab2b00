//! `validate`: everything that can be known without AWS.

use std::mem::ManuallyDrop;

use super::{Failure, Outcome, load::Loaded, show};
use crate::{
    cli::{Global, ValidateArgs},
    diagnostic::codes,
    exit,
    ui::Ui,
};

pub(super) fn run(ui: &Ui, global: &Global, args: &ValidateArgs) -> Outcome {
    if let Some(code) = &args.explain {
        return explain(ui, code);
    }
    // The process ends with this command: what was read is not given back piece by piece.
    let loaded = ManuallyDrop::new(Loaded::read(global)?);
    show(ui, global, &loaded)?;
    Ok(if loaded.parsed.spec.is_some() { exit::DONE } else { exit::ERROR })
}

fn explain(ui: &Ui, code: &str) -> Outcome {
    let Some(known) = codes::find(code) else {
        let help = match codes::likely(code) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "docs/diagnostics.md lists all".to_owned(),
        };
        return Err(Failure {
            code: exit::USAGE,
            message: Some(format!("there is no diagnostic `{code}`")),
            help: Some(help),
        });
    };
    ui.result(&known.text())?;
    Ok(exit::DONE)
}
