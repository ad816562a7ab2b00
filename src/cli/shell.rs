//! What trailctl gives to a shell and to `man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Arguments of `man`.
#[derive(Args, Debug)]
pub struct ManArgs {
    /// Write the page of each command to DIR, which is made if it is missing; without it, print that of trailctl
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
