//! `init`: a spec to start with.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Failure, Outcome, json, load::STDIN, write};
use crate::{
    cli::{Format, Global, InitArgs},
    diagnostic::Severity,
    exit,
    format::starter::{self, Answers},
    report::visible,
    spec::parse::parse,
    ui::{Asked, Ui},
};

/// The version of what `--format json` prints.
pub(super) const FORMAT: &str = "trailctl.init/1";

/// What was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Written<'a> {
    /// The format: `trailctl.init/1`.
    format: &'static str,
    /// The file. Nothing for stdout.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The spec, if it was written to no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The name of the stack.
    stack: &'a str,
    /// The name of the bucket for the log files.
    bucket: &'a str,
    /// The home Region.
    region: &'a str,
}

/// The name of the schema, where `trailctl schema` is told to write it, and the folders where it is looked for.
const SCHEMA: &str = "trailctl.schema.json";
const SCHEMA_FOLDERS: [&str; 3] = ["", "schemas/", "../schemas/"];

pub(super) fn run(ui: &Ui, global: &Global, args: &InitArgs) -> Outcome {
    let [path] = global.file.as_slice() else {
        return Err(usage("`init` writes one file".to_owned()).help("give `--file` once"));
    };
    let shown = visible(&path.display().to_string());
    let is_standard = path == Path::new(STDIN);
    if path.is_dir() {
        return Err(Failure::error(format!("{shown} is a directory")).help(format!(
            "name a file: `--file {}`",
            visible(&path.join("trailctl.yaml").display().to_string())
        )));
    }
    if path.exists() && !args.force && !is_standard {
        return Err(Failure::error(format!("{shown} exists already; it was not changed"))
            .help("name another file with `--file`, or overwrite it with `--force`"));
    }
    let Some(answers) = answers(ui, global, args) else { return Err(Failure::said(exit::INTERRUPTED)) };
    let schema = schema(path);
    let text = starter::starter(&answers, schema.as_deref());
    check(ui, &text)?;
    if is_standard {
        return print(ui, global, &answers, text);
    }
    let written = if path.exists() { overwrite(path, &text) } else { write::create(path, &text) };
    written.map_err(|error| Failure::error(format!("cannot write {shown}: {error}")))?;
    if global.format == Format::Human {
        ui.result(&next(path, &answers, schema.is_some()))?;
    } else {
        let Answers { stack, bucket, region } = &answers;
        let file = path.display().to_string();
        ui.result(&json(&Written { format: FORMAT, file: Some(file), text: None, stack, bucket, region }))?;
    }
    Ok(exit::DONE)
}

/// Gives the spec to stdout.
fn print(ui: &Ui, global: &Global, answers: &Answers, text: String) -> Outcome {
    let Answers { stack, bucket, region } = answers;
    ui.result(&match global.format {
        Format::Human => text.trim_end().to_owned(),
        _ => json(&Written { format: FORMAT, file: None, text: Some(text), stack, bucket, region }),
    })?;
    Ok(exit::DONE)
}

/// Returns what the command line says, or what is answered; the usual, where nobody says anything. Nothing when whoever was
/// asked has interrupted.
fn answers(ui: &Ui, global: &Global, args: &InitArgs) -> Option<Answers> {
    let ask = |given: &Option<String>, question: &str, usual: &str| match given {
        Some(given) => Some(given.clone()),
        None => match ui.ask(question, usual) {
            Asked::Answered(text) => Some(text),
            Asked::Nobody => Some(usual.to_owned()),
            Asked::Interrupted => None,
        },
    };
    let stack = args.stack.clone().unwrap_or_else(|| starter::STACK.to_owned());
    let bucket = ask(&args.bucket, "Name of the bucket for the log files", &starter::bucket_of(&stack))?;
    let region = ask(&global.region, "Home Region", starter::REGION)?;
    Some(Answers { stack, bucket, region })
}

/// Returns the path of the schema from the folder of a spec, if it is near.
fn schema(path: &Path) -> Option<String> {
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let places = SCHEMA_FOLDERS.iter().map(|from| format!("{from}{SCHEMA}"));
    places.into_iter().find(|place| folder.join(place).is_file())
}

/// Refuses what would not be a spec: what is wrong came from the command line.
fn check(ui: &Ui, text: &str) -> Result<(), Failure> {
    let found = parse(text).diagnostics;
    if let Some(error) = found.iter().find(|one| one.severity == Severity::Error) {
        let failure = usage(format!("{}; nothing was written", error.message));
        return Err(Failure { help: error.help.clone(), ..failure });
    }
    for warning in found {
        ui.note(&format!("warning: {}", visible(&warning.message)));
    }
    Ok(())
}

fn overwrite(path: &Path, text: &str) -> std::io::Result<()> {
    write::check(path)?;
    write::replace(path, None, text)
}

fn next(path: &Path, answers: &Answers, has_schema: bool) -> String {
    let shown = path.display().to_string();
    let name = if shown == "trailctl.yaml" { String::new() } else { format!(" --file {}", visible(&shown)) };
    let mut lines = vec![
        format!("Wrote {}: the stack `{}` with one trail and its bucket.", visible(&shown), answers.stack),
        String::new(),
        "Next:".to_owned(),
        format!("  trailctl validate{name}"),
        format!("  trailctl plan --sandbox{name}"),
    ];
    if !has_schema {
        lines.push(String::new());
        lines.push(format!(
            "For completion in an editor: trailctl schema > {SCHEMA}, and as the first line of the spec"
        ));
        lines.push(format!("# yaml-language-server: $schema={SCHEMA}"));
    }
    lines.join("\n")
}

fn usage(message: String) -> Failure {
    Failure { code: exit::USAGE, ..Failure::error(message) }
}
