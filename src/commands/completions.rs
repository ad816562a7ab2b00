//! `completions`: what a shell needs to complete the command line.

use clap::CommandFactory as _;

use super::Outcome;
use crate::{
    cli::{Cli, CompletionsArgs},
    exit,
    ui::Ui,
};

pub(super) fn run(ui: &Ui, args: &CompletionsArgs) -> Outcome {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    ui.result(&String::from_utf8_lossy(&script))?;
    Ok(exit::DONE)
}
