//! The commands: each wires the rooms together and decides the exit code.

mod apply;
mod completions;
mod coverage;
mod export;
mod fmt;
mod graph;
mod iam_policy;
mod init;
mod interrupts;
mod load;
mod man;
mod plan;
mod reports;
mod sandbox;
mod saved;
mod schema;
mod session;
mod status;
mod unlock;
mod validate;
mod verified;
mod write;

use std::fmt::Write as _;

use tracing::Level;
use tracing_subscriber::{
    Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

pub use self::{completions::answer, schema::DOCUMENTS};
use self::{
    interrupts::reading,
    load::Loaded,
    schema::{DIAGNOSTICS, ERROR, Versioned},
};
use crate::{
    aws::error::AwsError,
    cli::{Cli, ColorChoice, Command, CoverageCommand, Format, Global, LogFormat, LogLevel, SandboxCommand},
    exit,
    report::{
        diagnostics, markdown, page,
        problem::{Failed, Problem},
        visible, visible_block, visible_json,
    },
    resource::region::Region,
    rules::region_hint,
    ui::Ui,
};

/// Why a command did not do what it was asked for.
#[derive(Debug)]
struct Failure {
    code: u8,
    /// What failed, on what, and why. Nothing when everything is said already.
    message: Option<String>,
    /// What to do.
    help: Option<String>,
}

/// The exit code, or why there is none but the failure's.
type Outcome = Result<u8, Failure>;

/// Runs a command and returns the exit code.
pub fn run(cli: &Cli) -> u8 {
    let ui = Ui::new(cli.global.color, cli.global.quiet);
    start_log(&cli.global);
    if let Err(failure) = check(&ui, cli) {
        // Nothing is written to files that may be the wrong ones, and nothing in a format that is none of the command's.
        let is_written = cli.command.writes(cli.global.format);
        let format = if is_written { cli.global.format } else { Format::Human };
        let stdout = Global { title: cli.command.title(), output: Vec::new(), format, ..cli.global.clone() };
        return fail(&ui, &stdout, &failure);
    }
    let global = &Global { title: cli.command.title(), ..cli.global.clone() };
    let outcome = match &cli.command {
        Command::Validate(args) => validate::run(&ui, global, args),
        Command::Fmt(args) => fmt::run(&ui, global, args),
        Command::Init(args) => init::run(&ui, global, args),
        Command::Schema(args) => schema::run(&ui, args),
        Command::IamPolicy(args) => iam_policy::run(&ui, global, args),
        Command::Completions(args) => completions::run(&ui, args),
        Command::Man(args) => man::run(&ui, args),
        Command::Plan(args) => in_runtime(reading(Box::pin(plan::run(&ui, global, args)))),
        Command::Apply(args) => in_runtime(apply::run(&ui, global, args)),
        Command::Destroy(args) => in_runtime(apply::destroy(&ui, global, args)),
        Command::Unlock(args) => in_runtime(unlock::run(&ui, global, args)),
        Command::Coverage(CoverageCommand::Explain(args)) => {
            in_runtime(coverage::explain_events(&ui, global, args))
        }
        Command::Coverage(CoverageCommand::Diff(args)) => in_runtime(coverage::diff(&ui, global, args)),
        Command::Coverage(CoverageCommand::Map(args)) => in_runtime(coverage::show_map(&ui, global, args)),
        Command::Graph(args) => graph::run(&ui, global, args),
        Command::Status => in_runtime(reading(Box::pin(status::run(&ui, global)))),
        Command::Export(args) => in_runtime(reading(Box::pin(export::run(&ui, global, args)))),
        Command::Sandbox(SandboxCommand::Serve(args)) => in_runtime(sandbox::serve(&ui, global, args)),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => fail(&ui, global, &failure),
    }
}

/// Says on stdout that a command line was not understood, if it asks for JSON: whoever reads that waits for a document.
pub fn not_understood(error: &clap::Error) {
    let words: Vec<String> = std::env::args_os().filter_map(|word| word.into_string().ok()).collect();
    let wants_json = words.iter().any(|word| word == "--format=json")
        || words.windows(2).any(|pair| pair == ["--format", "json"]);
    if !wants_json {
        return;
    }
    let text = error.render().to_string();
    let said = text.lines().take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let said: Vec<&str> = said.map(str::trim).filter(|line| !line.is_empty()).collect();
    let message = said.join("\n").trim_start_matches("error: ").to_owned();
    let help = Some("`trailctl help` lists the commands and their options".to_owned());
    let failure = Failure { code: exit::USAGE, message: Some(message), help };
    let document = Failed { error: failure.problem() };
    // Nobody is left to hear that stdout is gone.
    let ui = Ui::new(ColorChoice::Never, false);
    let _ = ui.result(&json(&Versioned { format: ERROR, document }));
}

/// What can be said against a command line before anything is done.
fn check(ui: &Ui, cli: &Cli) -> Result<(), Failure> {
    if let Some(option) = cli.global.beside_sandbox() {
        return Err(Failure {
            code: exit::USAGE,
            message: Some(format!("`{option}` means nothing beside `--sandbox`")),
            help: Some("leave one of the two out".to_owned()),
        });
    }
    if let Some(region) = &cli.global.region {
        let (code, named) = (exit::USAGE, format!("`--region {region}`"));
        check_region(ui, region, &named).map_err(|failure| Failure { code, ..failure })?;
    }
    reports::check(cli)
}

/// Refuses what is no Region, and says of one that this version does not know that it may be misspelt.
fn check_region(ui: &Ui, code: &str, named: &str) -> Result<(), Failure> {
    if Region::known().any(|known| known == code) {
        return Ok(());
    }
    let help = region_hint(code);
    if !Region::new(code).is_plausible() {
        let message = format!("{named} is not a Region\n  nothing was changed");
        return Err(Failure::error(message).help(help));
    }
    ui.note(&visible_block(&format!("warning: {named}: the Region is not known\n  help: {help}")));
    Ok(())
}

/// Says why there is no result, unless that is said already. A result is always one document.
fn fail(ui: &Ui, global: &Global, failure: &Failure) -> u8 {
    let Some(text) = failure.text() else { return failure.code };
    ui.problem(&text);
    // What goes wrong with that too is said already, or nobody hears it.
    let _ = reports::failed(ui, global, failure);
    failure.code
}

/// Gives what was found about a spec: for people on stderr, for programs on stdout, and to files.
fn show(ui: &Ui, global: &Global, loaded: &Loaded) -> Result<(), Failure> {
    let (found, sources) = (&loaded.parsed.diagnostics, loaded.sources());
    let render = |format| -> Result<String, Failure> {
        Ok(match format {
            Format::Human => diagnostics::human(found, &sources),
            Format::Json => {
                json(&Versioned { format: DIAGNOSTICS, document: diagnostics::findings(found, &sources) })
            }
            Format::Markdown => markdown::diagnostics(found, &sources, &global.title),
            Format::Github => diagnostics::github(found, &sources),
            Format::Sarif => json(&diagnostics::sarif(found, &sources)),
            Format::Junit => reports::junit(diagnostics::junit(found, &sources, &global.title))?,
            Format::Html => reports::html(page::words(&diagnostics::human(found, &sources)))?,
            other => return Err(reports::unknown(other)),
        })
    };
    if global.format == Format::Human && found.is_empty() {
        ui.result(&render(Format::Human)?)?;
    } else if global.format == Format::Human || !global.format.says_failures() {
        ui.problem(&render(Format::Human)?);
    }
    reports::instead(ui, global, &render)
}

/// Returns a document as JSON on one line.
fn json(document: &impl serde::Serialize) -> String {
    visible_json(&serde_json::to_string(document).expect("reports are made of text, numbers, lists and maps"))
}

/// Returns a document as JSON for people too.
fn pretty(document: &impl serde::Serialize) -> String {
    visible_json(
        &serde_json::to_string_pretty(document).expect("plans are made of text, numbers, lists and maps"),
    )
}

fn in_runtime(command: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::error(format!("cannot start: {error}")))?;
    runtime.block_on(command)
}

/// Logs go to stderr. Only our own: the SDK's hold headers and bodies of requests.
fn start_log(global: &Global) {
    let level = match global.log {
        LogLevel::Off => return,
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
        LogLevel::Trace => Level::TRACE,
    };
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match global.log_format {
        LogFormat::Human => lines.without_time().with_ansi(Ui::is_err_colored(global.color)).boxed(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
        }
    };
    tracing_subscriber::registry().with(lines.with_filter(ours)).init();
}

impl Failure {
    fn error(message: impl Into<String>) -> Self {
        Self { code: exit::ERROR, message: Some(message.into()), help: None }
    }

    fn refused(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: exit::REFUSED, message: Some(message.into()), help: Some(help.into()) }
    }

    /// Everything is printed already.
    fn said(code: u8) -> Self {
        Self { code, message: None, help: None }
    }

    /// The account was changed as planned, and then could not be read to see whether it shows.
    fn unseen(error: &AwsError) -> Self {
        let message = format!("{error}\n  everything was sent, but whether AWS shows it could not be read");
        Self { code: exit::PARTIAL, message: Some(message), help: error.hint.clone() }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn problem(&self) -> Problem {
        Problem { exit_code: self.code, message: self.message.clone(), help: self.help.clone() }
    }

    fn text(&self) -> Option<String> {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let mut text = format!("{red}error{red:#}: {}", visible_block(self.message.as_deref()?));
        if let Some(help) = &self.help {
            let _ = write!(text, "\n  help: {}", visible(help));
        }
        Some(text)
    }
}

impl From<AwsError> for Failure {
    fn from(error: AwsError) -> Self {
        let help = error.hint.clone();
        Self { help, ..Self::error(format!("{error}\n  nothing was changed")) }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::error(format!("{error:#}"))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::error(format!("cannot write the result: {error}"))
    }
}
