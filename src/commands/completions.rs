//! `completions`: what a shell needs to ask trailctl for completions.

use clap_complete::env::Shells;

use super::{Failure, Outcome};
use crate::{
    cli::{COMPLETE, CompletionsArgs},
    exit,
    ui::Ui,
};

pub(super) fn run(ui: &Ui, args: &CompletionsArgs) -> Outcome {
    let name = args.shell.to_string();
    let shells = Shells::builtins();
    let missing = || Failure::error(format!("there are no completions for {name}"));
    let shell = shells.completer(&name).ok_or_else(missing)?;
    let mut script = Vec::new();
    shell.write_registration(COMPLETE, "trailctl", "trailctl", "trailctl", &mut script)?;
    ui.result(&String::from_utf8_lossy(&script))?;
    Ok(exit::DONE)
}
