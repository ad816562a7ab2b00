//! The command line. The doc comments are the help.

mod export;
mod format;
mod iam_policy;
mod log;
mod pictures;
mod shell;

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::{
    export::ExportArgs,
    format::{Format, Output, SchemaArgs},
    iam_policy::{IamPolicyArgs, Role},
    log::{LogFormat, LogLevel},
    pictures::{GraphArgs, MapArgs},
    shell::{CompletionsArgs, ManArgs},
};
use crate::{aws::config::Access, exit, resource::region::Region};

/// The audit trail as code: plans and applies AWS CloudTrail trails from a YAML spec
///
/// The account is the state: a plan compares the spec with what AWS shows, and apply makes them equal. What trailctl makes
/// carries the tag trailctl:stack; nothing else is ever touched.
#[derive(Debug, Parser)]
#[command(name = "trailctl", version, propagate_version = true, max_term_width = 100, after_long_help = exit::help())]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of all commands.
    #[command(flatten)]
    pub global: Global,
}

/// The file of a spec when none is named.
pub const DEFAULT_FILE: &str = "trailctl.yaml";

/// Options of all commands.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The command that they stand at, as reports name it: `trailctl plan`. Empty until the command line is read.
    #[arg(skip)]
    pub title: String,
    /// A file of the spec, or a directory of them, or `-` for stdin; may be given several times
    ///
    /// Of a directory, the files in it that end in .yaml or .yml are read; not those in directories below, and none whose name
    /// starts with a dot.
    #[arg(short, long, global = true, value_name = "FILE", default_value = DEFAULT_FILE)]
    pub file: Vec<PathBuf>,
    /// The value of a variable of the spec, `${var.NAME}`
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = variable)]
    pub var: Vec<(String, String)>,
    /// A YAML file with values of variables
    #[arg(long, global = true, value_name = "FILE")]
    pub var_file: Vec<PathBuf>,
    /// Leave a warning of validate out
    #[arg(long, global = true, value_name = "CODE")]
    pub allow: Vec<String>,
    /// Take a warning of validate for an error
    #[arg(long, global = true, value_name = "CODE")]
    pub deny: Vec<String>,
    /// How to write results
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Also write the result to FILE, over what is there; may be given several times
    ///
    /// FORMAT is one of --format; without it, the ending of FILE tells: .md, .json, .sarif, .xml (JUnit), .html, .svg, .mmd
    /// (Mermaid), .dot, .tf or .txt (human).
    #[arg(long, global = true, value_name = "[FORMAT=]FILE", value_hint = clap::ValueHint::AnyPath)]
    pub output: Vec<Output>,
    /// When to use colour; NO_COLOR is respected
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Print results and errors only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Log calls to stderr: info those that change something, debug all, trace also when they are sent
    ///
    /// Each with its outcome, AWS's id of the request and how long it took. What is sent and credentials are never logged. With
    /// --quiet, the log and errors are all that is on stderr.
    #[arg(long, global = true, value_name = "LEVEL", default_value = "off")]
    pub log: LogLevel,
    /// How to write the log
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    pub log_format: LogFormat,
    /// Use this profile of the AWS configuration files, whatever credentials the environment has
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// The Region of what the spec gives none
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Send all calls to this endpoint
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// How many calls may be under way at once
    #[arg(long, global = true, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub parallelism: u16,
    /// How long one attempt of a call may take, in seconds
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,
    /// Use the embedded AWS instead of the real one; its state is kept in DIR
    ///
    /// The embedded AWS refuses what AWS refuses. It needs no account, no credentials and no network. Default of DIR:
    /// .trailctl-sandbox
    #[arg(long, global = true, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = ".trailctl-sandbox")]
    pub sandbox: Option<PathBuf>,
}

impl Global {
    /// Returns an option that means nothing beside `--sandbox`, if one is given. (An argument that may stand before and
    /// after the subcommand cannot be declared to exclude another one.)
    pub fn beside_sandbox(&self) -> Option<&'static str> {
        self.sandbox.as_ref()?;
        let given = [("--profile", self.profile.is_some()), ("--endpoint-url", self.endpoint_url.is_some())];
        given.into_iter().find(|(_, is_given)| *is_given).map(|(option, _)| option)
    }

    /// Returns what is said about how to reach AWS.
    pub fn access(&self) -> Access {
        Access {
            profile: self.profile.clone(),
            region: self.region.as_deref().map(Region::new),
            endpoint_url: self.endpoint_url.clone(),
            timeout: Duration::from_secs(self.timeout),
        }
    }
}

/// Reads `NAME=VALUE`.
fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// When colour is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On terminals
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What trailctl can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what apply would do
    Plan(PlanArgs),
    /// Make the account match the spec
    Apply(ApplyArgs),
    /// Remove what the stack owns
    Destroy(DestroyArgs),
    /// Show whose the lock of the stack is, and release it
    ///
    /// Releases a lock that is stale: its lease is over by AWS's clock, so that the run that held it must be dead or cut off. AWS
    /// takes no fencing token with a call: a run that is only paused goes on with the call it is in. Make sure that it is dead.
    Unlock(UnlockArgs),
    /// Check the spec, without AWS
    Validate(ValidateArgs),
    /// Lay out the files of the spec in the canonical way, comments kept
    ///
    /// Two spaces of indentation, one empty line at most, double quotes where nothing in them has to be escaped, the sections in
    /// their order. Lines are not broken for their length. What is written means the same as before: it is read again to see that it does.
    /// If one of the files is not YAML, none is changed. With `--file -`, lays out stdin to stdout.
    Fmt(FmtArgs),
    /// Write a spec to start with
    ///
    /// Writes a spec with comments to trailctl.yaml, or to the file of --file: one trail and its bucket. On a terminal, asks for
    /// what is not given.
    Init(InitArgs),
    /// Print the JSON Schema of the spec language, or of what a command prints as JSON
    Schema(SchemaArgs),
    /// Tell which events are recorded
    #[command(subcommand)]
    Coverage(CoverageCommand),
    /// Draw the resources and the flow of events, without AWS
    ///
    /// Shows what is recorded, by which trail, where it goes and which keys encrypt it. What others manage is dashed. With PLAN,
    /// what is created, updated, replaced, deleted, unchanged or left alone is marked. --format mermaid is usual; svg and dot are other
    /// pictures, json is the graph as data.
    Graph(GraphArgs),
    /// Show every trail that the account sees, and what needs attention
    ///
    /// Shows whether each trail is logging, what it records, and when each Region has delivered last; errors are explained. Needs no
    /// spec; with one, also tells which trails are in it. Exits with 2 if something needs attention: a trail that does not log, if the
    /// spec does not say `logging: false`; a trail of the spec that the account does not have; a delivery that fails; a Region that
    /// lacks a multi-Region trail; something that cannot be read.
    Status,
    /// Write a spec of the trails that the account has
    ///
    /// Reads every trail of the account, in all Regions, and writes a spec that describes them as they are: a plan of it changes
    /// nothing but the tags that say whose they are. What trails use stays with those who manage it, unless --adopt is given. What an
    /// entry cannot say, and what should be looked at, is a comment. Trails of other stacks and other accounts are left out, and
    /// named. Nothing is changed.
    Export(ExportArgs),
    /// Print the least IAM policy that lets somebody plan, apply or destroy the spec, without AWS
    ///
    /// The policy of apply lets nothing be deleted, and no trail be stopped that the spec wants to log. A plan that replaces or removes a
    /// trail needs, beside it, the policy of destroy of the spec that described the trail.
    IamPolicy(IamPolicyArgs),
    /// Work with the embedded AWS
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// Print the completions for a shell
    ///
    /// Commands, options, words that stand for values, and the names of the spec are completed: the shell asks trailctl, which has to be
    /// on PATH. `source <(trailctl completions bash)` is enough to try.
    Completions(CompletionsArgs),
    /// Print the manual page, or write one page for each command
    Man(ManArgs),
}

/// Arguments of `validate`.
#[derive(Args, Debug)]
pub struct ValidateArgs {
    /// Explain a diagnostic instead
    #[arg(long, value_name = "CODE")]
    pub explain: Option<String>,
}

/// Arguments of `fmt`.
#[derive(Args, Debug)]
pub struct FmtArgs {
    /// Write nothing; exit with 1 if a file would change
    #[arg(long)]
    pub check: bool,
    /// Write nothing; show what would change
    #[arg(long)]
    pub diff: bool,
    /// Turn basic event selectors into advanced ones that record the same events
    #[arg(long)]
    pub upgrade: bool,
}

/// Arguments of `init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    /// The name of the stack; default: security-audit
    #[arg(long, value_name = "NAME")]
    pub stack: Option<String>,
    /// The name of the bucket for the log files; default: one with the account id in it
    #[arg(long, value_name = "NAME")]
    pub bucket: Option<String>,
    /// Overwrite the file if it exists
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `plan`.
#[derive(Args, Debug)]
pub struct PlanArgs {
    /// Also write the plan to FILE, as JSON
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Show the requests that apply would send
    #[arg(long)]
    pub calls: bool,
    /// Exit with 2 if there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// What may be removed or lost.
    #[command(flatten)]
    pub consent: Consent,
    /// What may be written over.
    #[command(flatten)]
    pub takeover: Takeover,
}

/// Arguments of `apply`.
#[derive(Args, Debug)]
pub struct ApplyArgs {
    /// A plan that `plan -o` has saved; it is applied only if nothing that it rests on has changed since
    ///
    /// The plan says what is allowed, and nobody is asked.
    #[arg(value_name = "PLAN", conflicts_with_all = ["allow_destroy", "allow_coverage_loss", "replace_policy", "take_ownership_from"])]
    pub plan: Option<PathBuf>,
    /// Apply PLAN although something has changed, if the plan of now does the same
    #[arg(long, requires = "plan")]
    pub replan_if_identical: bool,
    /// Apply PLAN only if this is the SHA-256 of the file, in hexadecimal
    #[arg(long, value_name = "SHA256", requires = "plan")]
    pub require_plan_sha256: Option<String>,
    /// Write each call and what became of it to FILE, as lines of JSON, behind what is there
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Show the requests before asking
    #[arg(long)]
    pub calls: bool,
    /// Wait at the end until each trail is in effect and has delivered a log file, up to 20 minutes
    #[arg(long)]
    pub verify: bool,
    /// What may be removed or lost.
    #[command(flatten)]
    pub consent: Consent,
    /// What may be written over.
    #[command(flatten)]
    pub takeover: Takeover,
    /// What to do about a lock.
    #[command(flatten)]
    pub lock: LockArgs,
}

/// Arguments of `destroy`.
#[derive(Args, Debug)]
pub struct DestroyArgs {
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Show the requests before asking
    #[arg(long)]
    pub calls: bool,
    /// Write each call and what became of it to FILE, as lines of JSON, behind what is there
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Delete NAME although it is made to hold data; a bucket must be empty
    #[arg(long, value_name = "NAME")]
    pub delete_data: Vec<String>,
    /// What may be removed or lost.
    #[command(flatten)]
    pub consent: Consent,
    /// What to do about a lock.
    #[command(flatten)]
    pub lock: LockArgs,
}

/// What to do about a lock that is there.
#[derive(Args, Debug)]
pub struct LockArgs {
    /// Take over the lock of the spec if it is stale, and wait for one lease before the first change
    ///
    /// A lock is stale when its lease is over by AWS's clock: the run that held it must be dead or cut off. AWS takes no fencing
    /// token with a call, so a run that is only paused goes on with the call it is in: make sure that it is dead.
    #[arg(long)]
    pub break_stale_lock: bool,
}

/// Arguments of `unlock`.
#[derive(Args, Debug)]
pub struct UnlockArgs {
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Release the lock although it is not stale
    #[arg(long)]
    pub force: bool,
}

/// What the user allows.
#[derive(Args, Debug)]
pub struct Consent {
    /// Allow to delete or replace NAME although it is protected
    #[arg(long, value_name = "NAME")]
    pub allow_destroy: Vec<String>,
    /// Allow to record less than before; the plan says which events are lost
    #[arg(long)]
    pub allow_coverage_loss: bool,
}

/// What the user allows where something is to be written.
#[derive(Args, Debug)]
pub struct Takeover {
    /// Allow to replace the live policy of NAME although it was not understood
    #[arg(long, value_name = "NAME")]
    pub replace_policy: Vec<String>,
    /// Take over what the spec describes and STACK owns
    #[arg(long, value_name = "STACK")]
    pub take_ownership_from: Vec<String>,
}

/// Commands about what is recorded.
#[derive(Debug, Subcommand)]
pub enum CoverageCommand {
    /// Tell whether events are recorded, by which selectors, and else why not
    ///
    /// Reads CloudTrail's records: log files, also packed by gzip, lists, or records one behind the other. An event may also be
    /// written by hand, without `eventVersion` and with the fields that matter: then all events that have these values are meant.
    /// Exits with 2 if one is not recorded.
    Explain(ExplainArgs),
    /// Tell what a spec records more or less than another one
    ///
    /// OLD and NEW are specs, files or directories; `live` stands for all trails of the account, whoever made them: a plan of NEW
    /// leaves those of others as they are. Exits with 2 if events are lost.
    Diff(DiffArgs),
    /// Show what is recorded, by Region and sort of events
    Map(MapArgs),
}

/// Arguments of `coverage explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// Files with events; `-` for stdin
    #[arg(required = true, value_name = "EVENTS")]
    pub events: Vec<PathBuf>,
    /// Ask about the trails of the account instead of those of the spec
    #[arg(long)]
    pub live: bool,
}

/// Arguments of `coverage diff`.
#[derive(Args, Debug)]
pub struct DiffArgs {
    /// What was recorded: a spec, or `live`
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// What is recorded: a spec, or `live`
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
}

/// Commands of the embedded AWS.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Serve the embedded AWS on a loopback port, for other AWS clients
    ///
    /// Prints the endpoint URL and serves until it is interrupted. State is kept in the directory of --sandbox, or in
    /// memory without it.
    Serve(ServeArgs),
}

/// Arguments of `sandbox serve`.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// The port; 0 for a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
        let cli = Cli::try_parse_from(["trailctl", "--sandbox", "plan", "--calls"]).unwrap();
        assert_eq!(cli.global.sandbox, Some(PathBuf::from(".trailctl-sandbox")));
    }
}
