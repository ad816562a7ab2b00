//! Parses the command line, runs the command, returns its exit code.

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;
use trailctl::{cli::Cli, commands, exit};

/// Reading a large spec makes many small trees: with the allocator of the system it takes a fifth longer.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    commands::answer();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results; what was not understood is a usage error.
            let code = if error.use_stderr() { exit::USAGE } else { exit::DONE };
            let _ = error.print();
            if code == exit::USAGE {
                commands::not_understood(&error);
            }
            return ExitCode::from(code);
        }
    };
    ExitCode::from(commands::run(&cli))
}
