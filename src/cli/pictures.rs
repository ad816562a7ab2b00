//! Arguments of the commands that draw.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `graph`.
#[derive(Args, Debug)]
pub struct GraphArgs {
    /// A plan that `plan -o` has saved: the picture shows what it does
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,
}

/// Arguments of `coverage map`.
#[derive(Args, Debug)]
pub struct MapArgs {
    /// Show the trails of the account instead of those of the spec
    #[arg(long)]
    pub live: bool,
}
