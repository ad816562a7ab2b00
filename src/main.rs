//! Parses the command line, runs the command, returns its exit code.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use clap_complete::CompleteEnv;
use mimalloc::MiMalloc;
use trailctl::{
    cli::{COMPLETE, Cli},
    commands, exit,
};

/// Reading a large spec makes many small trees: with the allocator of the system it takes a fifth longer.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // Does nothing unless a shell asks; then it answers and ends.
    CompleteEnv::with_factory(Cli::command).var(COMPLETE).complete();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results; what was not understood is a usage error.
            let code = if error.use_stderr() { exit::USAGE } else { exit::DONE };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    ExitCode::from(commands::run(&cli))
}
