//! `fmt`: the spec files in the canonical layout, with the same meaning.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use similar::TextDiff;

use super::{
    Failure, Outcome, json,
    load::{self, Loaded},
    show, write,
};
use crate::{
    cli::{FmtArgs, Format, Global},
    diagnostic::Diagnostic,
    exit,
    format::{Formatted, Refusal, canonical, splice},
    report::{count, visible, visible_block},
    spec::parse::{File, Input, Parsed},
    ui::Ui,
};

/// The version of what `--format json` prints.
pub(super) const FORMAT: &str = "trailctl.fmt/1";

/// What was done, or would be.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Report {
    /// The format: `trailctl.fmt/1`.
    format: &'static str,
    /// How many files were looked at.
    files: usize,
    /// The files that are not as they should be.
    changed: Vec<String>,
    /// The trails whose selectors were upgraded.
    upgraded: Vec<InFile>,
    /// The trails that keep their basic selectors.
    left: Vec<InFile>,
    /// What else was left as it is.
    notes: Vec<InFile>,
    /// The changes, as a unified diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
    /// The text, if it came from stdin.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// Something about a file.
#[derive(Debug, Serialize, JsonSchema)]
struct InFile {
    /// The file, as it was named.
    file: String,
    /// The trail, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    trail: Option<String>,
    /// What there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

pub(super) fn run(ui: &Ui, global: &Global, args: &FmtArgs) -> Outcome {
    let is_standard = global.file.as_slice() == [Path::new(load::STDIN)];
    if !is_standard && global.file.iter().any(|file| file == Path::new(load::STDIN)) {
        let help = "lay out stdin and files one after the other".to_owned();
        let message =
            Some("`--file -` beside other files: what is read from stdin goes to stdout".to_owned());
        return Err(Failure { code: exit::USAGE, message, help: Some(help) });
    }
    let files = load::files(&global.file)?;
    let mut report = Report { format: FORMAT, files: files.len(), ..Report::default() };
    let mut texts = Vec::new();
    let mut problems = Vec::new();
    for (place, file) in files.iter().enumerate() {
        match formatted(file, place, args, &mut report)? {
            Ok(text) => texts.push(text),
            Err(mut found) => problems.append(&mut found),
        }
    }
    if !problems.is_empty() {
        return unreadable(ui, global, files, problems);
    }
    let changed: Vec<(&File, &String)> =
        files.iter().zip(&texts).filter(|(file, text)| file.text != **text).collect();
    report.changed = changed.iter().map(|(file, _)| file.name.clone()).collect();
    if args.diff {
        report.diff = Some(changed.iter().map(|(file, text)| diff(file, text)).collect());
    } else if is_standard && !args.check {
        report.text = texts.first().cloned();
    } else if !args.check {
        replace(&changed)?;
    }
    tell(ui, global, args, &report)?;
    let failed = args.check && !report.changed.is_empty() || !report.left.is_empty();
    Ok(if failed { exit::ERROR } else { exit::DONE })
}

/// Returns the text that a file should have, or what is wrong with the one that it has.
fn formatted(
    file: &File,
    place: usize,
    args: &FmtArgs,
    report: &mut Report,
) -> Result<Result<String, Vec<Diagnostic>>, Failure> {
    let refused = |refusal| match refusal {
        Refusal::Unreadable(problems) => Ok(Err(problems)),
        Refusal::Unsafe(why) => Err(Failure::error(format!(
            "{} cannot be laid out: {why}\n  nothing was changed",
            visible(&file.name)
        ))),
    };
    let said =
        |trail: Option<String>, message: Option<String>| InFile { file: file.name.clone(), trail, message };
    let mut text = file.text.clone();
    if args.upgrade {
        match splice::upgraded(&text, place) {
            Ok(upgraded) => {
                text = upgraded.text;
                report.upgraded.extend(upgraded.trails.into_iter().map(|trail| said(Some(trail), None)));
                report
                    .left
                    .extend(upgraded.left.into_iter().map(|(trail, why)| said(Some(trail), Some(why))));
            }
            Err(refusal) => return refused(refusal),
        }
    }
    match canonical(&text, place) {
        Ok(Formatted { text, notes }) => {
            report.notes.extend(notes.into_iter().map(|note| said(None, Some(note))));
            Ok(Ok(text))
        }
        Err(refusal) => refused(refusal),
    }
}

fn unreadable(ui: &Ui, global: &Global, files: Vec<File>, mut problems: Vec<Diagnostic>) -> Outcome {
    problems.sort();
    let parsed = Parsed::unreadable(problems);
    show(ui, global, &Loaded { input: Input { files, ..Input::default() }, parsed })?;
    Ok(exit::ERROR)
}

/// Writes all files, after a look at each of them.
fn replace(changed: &[(&File, &String)]) -> Result<(), Failure> {
    let failed = |file: &File, error, rest: &str| {
        Failure::error(format!("cannot write {}: {error}\n  {rest}", visible(&file.name)))
    };
    for (file, _) in changed {
        write::check(Path::new(&file.name)).map_err(|error| failed(file, error, "nothing was changed"))?;
    }
    for (place, (file, text)) in changed.iter().enumerate() {
        write::replace(Path::new(&file.name), Some(&file.text), text).map_err(|error| {
            let rest = format!("{} changed before it, and those behind it were not", count(place, "file"));
            failed(file, error, &rest)
        })?;
    }
    Ok(())
}

fn diff(file: &File, text: &str) -> String {
    // Where all lines end in the same way, that need not be shown.
    let (old, new) = (file.text.replace("\r\n", "\n"), text.replace("\r\n", "\n"));
    let texts = if old == new { (file.text.as_str(), text) } else { (old.as_str(), new.as_str()) };
    TextDiff::from_lines(texts.0, texts.1).unified_diff().header(&file.name, &file.name).to_string()
}

fn tell(ui: &Ui, global: &Global, args: &FmtArgs, report: &Report) -> Result<(), Failure> {
    if global.format != Format::Human {
        ui.result(&json(report))?;
        return Ok(());
    }
    let place = |one: &InFile| {
        let InFile { file, trail, message: _ } = one;
        let trail = trail.as_ref().map(|trail| format!(": trail `{trail}`")).unwrap_or_default();
        visible(&format!("{file}{trail}"))
    };
    for one in &report.notes {
        ui.note(&format!("note: {}: {}", place(one), visible(one.message.as_deref().unwrap_or_default())));
    }
    for one in &report.upgraded {
        ui.note(&format!("note: {} has advanced selectors that record the same events", place(one)));
    }
    for one in &report.left {
        let why = visible(one.message.as_deref().unwrap_or_default());
        ui.problem(&format!("warning: {} keeps its basic selectors: {why}", place(one)));
    }
    let Report { files, changed, diff, text, .. } = report;
    if let Some(text) = diff.as_ref().map(|diff| visible_block(diff)).or_else(|| text.clone()) {
        return if text.is_empty() { Ok(()) } else { Ok(ui.result(&text)?) };
    }
    let mut lines: Vec<String> = changed.iter().map(|name| visible(name)).collect();
    let (number, all) = (changed.len(), count(*files, "file"));
    lines.push(match (number, args.check) {
        (0, _) => format!("No changes. {all} in the canonical layout."),
        (_, true) => format!("{number} of {all} would change."),
        (_, false) => format!("{number} of {all} changed."),
    });
    ui.result(&lines.join("\n"))?;
    Ok(())
}
