//! `completions`: the script by which a shell asks trailctl for completions, and the answers.

use std::{env, path::PathBuf};

use clap::{Arg, Command, CommandFactory as _, Parser as _, ValueEnum as _};
use clap_complete::{ArgValueCandidates, CompleteEnv, CompletionCandidate, env::Shells};
use serde_json::Value;

use super::{Failure, Outcome, load, schema::DOCUMENTS};
use crate::{
    cli::{Cli, CompletionsArgs, DEFAULT_FILE, Format},
    diagnostic::{
        Severity,
        codes::{self, Code},
    },
    exit,
    kinds::{KINDS, Kind, Resource as _, trail::Trail},
    spec::document::Document,
    ui::Ui,
};

/// The variable of the environment by which a shell asks.
const VARIABLE: &str = "TRAILCTL_COMPLETE";

pub(super) fn run(ui: &Ui, args: &CompletionsArgs) -> Outcome {
    let name = args.shell.to_string();
    let shells = Shells::builtins();
    let missing = || Failure::error(format!("there are no completions for {name}"));
    let shell = shells.completer(&name).ok_or_else(missing)?;
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "trailctl", "trailctl", "trailctl", &mut script)?;
    ui.result(&String::from_utf8_lossy(&script))?;
    Ok(exit::DONE)
}

/// Answers a shell that asks, and ends the process; does nothing else.
pub fn answer() {
    CompleteEnv::with_factory(command).var(VARIABLE).complete();
}

/// Returns the command line, with the names of the spec where one is wanted.
fn command() -> Command {
    let named = |arg: Arg| match arg.get_id().as_str() {
        "allow_destroy" | "replace_policy" => arg.add(ArgValueCandidates::new(|| resources(|_| true))),
        "delete_data" => arg.add(ArgValueCandidates::new(|| resources(|kind| kind.keeps_data()))),
        "trail" => arg.add(ArgValueCandidates::new(trails)),
        "allow" | "deny" => arg.add(ArgValueCandidates::new(warnings)),
        "explain" => arg.add(ArgValueCandidates::new(|| named(codes::all().chain(codes::of_plans())))),
        "format" => arg.add(ArgValueCandidates::new(formats)),
        "document" => arg.add(ArgValueCandidates::new(documents)),
        _ => arg,
    };
    Cli::command().mut_args(named).mut_subcommands(move |command| command.mut_args(named))
}

/// Returns codes with what they mean.
fn named<'a>(codes: impl Iterator<Item = &'a Code>) -> Vec<CompletionCandidate> {
    codes.map(|code| CompletionCandidate::new(code.id).help(Some(code.summary.into()))).collect()
}

/// Returns the codes of warnings: nothing else can be allowed.
fn warnings() -> Vec<CompletionCandidate> {
    named(codes::all().filter(|code| code.severity == Severity::Warning))
}

/// Returns the formats that the command of the line writes; all, as long as that is not known.
fn formats() -> Vec<CompletionCandidate> {
    let words: Vec<String> = env::args_os().filter_map(|word| word.into_string().ok()).collect();
    // A shell gives the line behind `--`; what is completed is its last word.
    let line = words.split(|word| word == "--").nth(1).unwrap_or_default();
    let line = line.split_last().map_or(line, |(_, before)| before);
    let line = line.strip_suffix(&["--format".to_owned()]).unwrap_or(line);
    let command = Cli::try_parse_from(line).ok().map(|cli| cli.command);
    let is_written = |format: &Format| command.as_ref().is_none_or(|command| command.writes(*format));
    let all = Format::value_variants().iter().filter(|format| is_written(format));
    all.map(|format| {
        let help = format.to_possible_value().and_then(|value| value.get_help().cloned());
        CompletionCandidate::new(format.name()).help(help)
    })
    .collect()
}

/// Returns the names of the documents that have a schema.
fn documents() -> Vec<CompletionCandidate> {
    DOCUMENTS.iter().map(|(name, _)| CompletionCandidate::new(*name)).collect()
}

/// Returns the keys of all entries of some kinds.
fn resources(is_of: fn(&dyn Kind) -> bool) -> Vec<CompletionCandidate> {
    let keys = |spec: &Value, section: &str| -> Vec<String> {
        spec[section].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    };
    candidates(&|spec| {
        let kinds = KINDS.iter().filter(|kind| is_of(**kind));
        kinds.flat_map(|kind| keys(spec, kind.section())).collect()
    })
}

/// Returns the names that the trails have in AWS, but for those that are known only there.
fn trails() -> Vec<CompletionCandidate> {
    let name = |(key, entry): (&String, &Value)| entry["name"].as_str().unwrap_or(key).to_owned();
    let names = |spec: &Value| -> Vec<String> {
        spec[Trail::SECTION].as_object().into_iter().flatten().map(name).collect()
    };
    candidates(&|spec| names(spec).into_iter().filter(|name| !name.contains("${")).collect())
}

/// What cannot be read has no names: there is nobody to tell.
fn candidates(names: &dyn Fn(&Value) -> Vec<String>) -> Vec<CompletionCandidate> {
    let files = load::files(&named_files()).unwrap_or_default();
    let specs = files.iter().filter_map(|file| Some(Document::parse(&file.text, 0).ok()?.value()));
    specs.flat_map(|spec| names(&spec)).map(CompletionCandidate::new).collect()
}

/// Returns the files that the words of the command line name: it is not whole yet, so nobody else has read it.
fn named_files() -> Vec<PathBuf> {
    let words: Vec<String> = env::args_os().filter_map(|word| word.into_string().ok()).collect();
    let after = words.windows(2).filter(|pair| ["-f", "--file"].contains(&pair[0].as_str()));
    let inside = words.iter().filter_map(|word| word.strip_prefix("--file="));
    let named = after.map(|pair| pair[1].as_str()).chain(inside);
    let named: Vec<PathBuf> = named.map(PathBuf::from).collect();
    let all = if named.is_empty() { vec![PathBuf::from(DEFAULT_FILE)] } else { named };
    // Nothing that could be waited for.
    all.into_iter().filter(|path| path.is_file() || path.is_dir()).collect()
}
