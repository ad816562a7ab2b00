//! `man`: the manual, one page for each command.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use clap::CommandFactory as _;
use clap_mangen::Man;

use super::{Failure, Outcome};
use crate::{
    cli::{Cli, ManArgs},
    exit,
    ui::Ui,
};

pub(super) fn run(ui: &Ui, args: &ManArgs) -> Outcome {
    match &args.dir {
        Some(dir) => write(dir).map_err(|error| {
            Failure::error(format!("cannot write the manual to {}: {error}", dir.display()))
        })?,
        None => {
            let mut page = Vec::new();
            render(&mut page)?;
            ui.result(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(exit::DONE)
}

/// Writes all pages, over those that are there.
fn write(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    clap_mangen::generate_to(Cli::command(), dir)?;
    let mut page = Vec::new();
    render(&mut page)?;
    fs::write(dir.join("trailctl.1"), page)
}

/// Writes the page of all: the usual sections, with the exit codes under the heading where a manual has them.
fn render(page: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(Cli::command());
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    man.render_subcommands_section(page)?;
    writeln!(page, ".SH \"EXIT STATUS\"")?;
    for (code, meaning) in exit::MEANINGS {
        writeln!(page, ".TP\n\\fB{code}\\fR\n{}", meaning.replace('-', "\\-"))?;
    }
    man.render_version_section(page)
}
