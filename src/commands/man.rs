//! `man`: the manual, one page for each command.

use std::{fs, io, path::Path};

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
            Man::new(Cli::command()).render(&mut page)?;
            ui.result(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(exit::DONE)
}

/// Writes all pages, over those that are there.
fn write(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    clap_mangen::generate_to(Cli::command(), dir)
}
