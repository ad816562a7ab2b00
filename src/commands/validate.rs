//! `validate`: everything that can be known without AWS.

use super::{Outcome, session::Loaded};
use crate::{
    cli::{Format, Global},
    exit,
    report::diagnostics,
    ui::Ui,
};

pub(super) fn run(ui: &Ui, global: &Global) -> Outcome {
    let loaded = Loaded::read(global)?;
    let found = &loaded.parsed.diagnostics;
    match global.format {
        Format::Human if found.is_empty() => ui.result(&diagnostics::summary(found))?,
        Format::Human => ui.problem(&diagnostics::human(found, &loaded.source())),
        Format::Json => ui.result(&diagnostics::json(found, &loaded.source()).to_string())?,
    }
    Ok(if loaded.parsed.spec.is_some() { exit::DONE } else { exit::ERROR })
}
