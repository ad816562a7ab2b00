//! The arguments of `export`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `export`.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// The name of the stack; default: security-audit
    #[arg(long, value_name = "NAME")]
    pub stack: Option<String>,
    /// Only trails with such a name; `*` stands for any text. May be given several times
    #[arg(long, value_name = "GLOB", value_parser = glob::Pattern::new)]
    pub trail: Vec<glob::Pattern>,
    /// Only trails whose home Region is this one; may be given several times
    #[arg(long, value_name = "REGION")]
    pub home: Vec<String>,
    /// Describe what trails use too: buckets, keys, topics, log groups and roles of the account become the stack's
    #[arg(long, conflicts_with_all = ["from_terraform_state", "from_cloudformation"])]
    pub adopt: bool,
    /// Describe what a state of Terraform has, without AWS: trails and what they use. FILE is a state, or `terraform show -json`
    #[arg(long, value_name = "FILE", conflicts_with = "from_cloudformation")]
    pub from_terraform_state: Option<PathBuf>,
    /// Describe what a template of CloudFormation has, without AWS: trails and what they use. FILE is YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub from_cloudformation: Option<PathBuf>,
    /// Write one file for each trail, and one of what several use, into the directory FILE
    #[arg(long, requires = "out")]
    pub split: bool,
    /// Write the spec to FILE, which must not exist; default: stdout
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
