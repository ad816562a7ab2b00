//! `schema`: the spec language as a JSON Schema.

use super::Outcome;
use crate::{exit, spec::schema::spec_schema, ui::Ui};

pub(super) fn run(ui: &Ui) -> Outcome {
    ui.result(&format!("{:#}", spec_schema()))?;
    Ok(exit::DONE)
}
