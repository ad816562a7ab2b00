//! Arguments of the commands that draw.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of `graph`.
#[derive(Args, Debug)]
pub struct GraphArgs {
    /// A plan that `plan -o` has saved: the picture shows what it does
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// What to write
    #[arg(long = "as", value_name = "LANGUAGE", default_value = "mermaid")]
    pub language: Drawing,
}

/// Languages of graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Drawing {
    /// A flowchart, which GitHub and GitLab draw in a Markdown block
    Mermaid,
    /// An SVG picture
    Svg,
    /// The language of Graphviz
    Dot,
}

/// Arguments of `coverage map`.
#[derive(Args, Debug)]
pub struct MapArgs {
    /// Show the trails of the account instead of those of the spec
    #[arg(long)]
    pub live: bool,
    /// Draw a picture instead of a table
    #[arg(long, value_name = "KIND")]
    pub picture: Option<Picture>,
}

/// Pictures of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Picture {
    /// A page of HTML
    Html,
    /// An SVG picture
    Svg,
}
