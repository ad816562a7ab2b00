//! Where results go: to stdout in one format, and to files in others. A result is made once and rendered for each.

use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use clap::ValueEnum as _;

use super::{
    Failure, Outcome, json,
    load::STDIN,
    schema::{ERROR, Versioned},
};
use crate::{
    cli::{Cli, Command, Format, Global, Output, PlanArgs},
    exit,
    report::{markdown, page, plain, problem::Failed, visible},
    sandbox,
    ui::Ui,
};

/// Renders a result in a format that the command writes.
type Render<'a> = dyn Fn(Format) -> Result<String, Failure> + 'a;

/// Refuses files that cannot be written, or must not be, before anything is asked.
pub(super) fn check(cli: &Cli) -> Result<(), Failure> {
    let Cli { command, global } = cli;
    let formats: Vec<String> = Format::value_variants()
        .iter()
        .filter(|format| command.writes(**format))
        .map(|format| format!("`{}`", format.name()))
        .collect();
    let help = format!("it writes {}", formats.join(", "));
    if !command.writes(global.format) {
        let message = format!("this command does not write the format `{}`", global.format.name());
        return Err(usage(message, &help));
    }
    for Output { format, path } in &global.output {
        let name = visible(&path.display().to_string());
        if !command.writes_files() {
            return Err(usage(format!("`--output {name}`: this command writes no reports"), "leave it out"));
        }
        if !command.writes(*format) {
            return Err(usage(
                format!("`--output {name}`: this command does not write the format `{}`", format.name()),
                &help,
            ));
        }
    }
    let outputs = global.output.iter().map(|output| ("--output", output.path.as_path()));
    let written: Vec<(&str, &Path)> = command.writes_beside().into_iter().chain(outputs).collect();
    let of_sandbox = global.sandbox.iter().flat_map(|dir| sandbox::FILES.map(|name| dir.join(name)));
    let beside = command.reads().into_iter().map(Path::to_owned);
    let read: Vec<PathBuf> = inputs(global).chain(of_sandbox).chain(beside).collect();
    for (place, (option, path)) in written.iter().enumerate() {
        let name = visible(&path.display().to_string());
        if written[..place].iter().any(|(_, other)| is_same(other, path)) {
            let message = format!("`{option} {name}` is given twice");
            return Err(usage(message, "name another file for one of them"));
        }
        if read.iter().any(|input| is_same(input, path)) {
            let message = format!("`{option} {name}` would overwrite a file that is read");
            return Err(usage(message, "name another file"));
        }
    }
    let of_stdin = global.file.iter().map(PathBuf::as_path).chain(command.reads());
    if of_stdin.filter(|path| *path == Path::new(STDIN)).count() > 1 {
        return Err(usage("stdin is named twice".to_owned(), "name a file for one of them"));
    }
    for Output { path, .. } in &global.output {
        writable(path).map_err(|error| cannot_write(path, &error).help("name a file that can be written"))?;
    }
    if let Command::Plan(PlanArgs { out: Some(path), .. }) = command {
        writable(path).map_err(|error| {
            Failure::error(format!(
                "cannot write the plan to {}: {error}",
                visible(&path.display().to_string())
            ))
            .help("name a file that can be written")
        })?;
    }
    Ok(())
}

/// Returns the files of the spec: of a directory, those that are read in it.
fn inputs(global: &Global) -> impl Iterator<Item = PathBuf> {
    let files = global.file.iter().chain(&global.var_file);
    files.flat_map(|path| match fs::read_dir(path) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_) => vec![path.clone()],
    })
}

/// Returns whether two names are those of one file.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    match (place(one), place(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// Returns the one name of a file, which need not be there yet.
fn place(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path).or_else(|error| match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => Ok(fs::canonicalize(Path::new(".").join(folder))?.join(name)),
        _ => Err(error),
    })
}

/// Sees whether a file can be written, and leaves all as it was. What is no plain file, such as a pipe, is not touched.
fn writable(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory")),
        Ok(found) if !found.is_file() => Ok(()),
        _ => {
            let is_new = fs::symlink_metadata(path).is_err();
            OpenOptions::new().append(true).create(true).open(path)?;
            if is_new { fs::remove_file(path) } else { Ok(()) }
        }
    }
}

fn usage(message: String, help: &str) -> Failure {
    Failure { code: exit::USAGE, message: Some(message), help: Some(help.to_owned()) }
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::error(format!("cannot write the report {}: {error}", visible(&path.display().to_string())))
}

/// Gives a result to stdout and to all files. Errors when a file could not be written; stdout has the result then too.
pub(super) fn give(ui: &Ui, global: &Global, render: &Render<'_>) -> Result<(), Failure> {
    give_beside(ui, global, "", render)
}

/// Does the same where people have read something on stderr before: files of text have that too.
pub(super) fn give_beside(ui: &Ui, global: &Global, said: &str, render: &Render<'_>) -> Result<(), Failure> {
    ui.result(&render(global.format)?)?;
    write(ui, &global.output, &|format| match format {
        Format::Human if !said.is_empty() => Ok(format!("{}\n\n{}", said.trim_end(), render(format)?)),
        format => render(format),
    })
}

/// Gives a result to all files. Says which could not be written.
pub(super) fn files(ui: &Ui, global: &Global, render: &Render<'_>) -> Result<(), Failure> {
    write(ui, &global.output, render)
}

fn write<'a>(
    ui: &Ui,
    files: impl IntoIterator<Item = &'a Output>,
    render: &Render<'_>,
) -> Result<(), Failure> {
    let mut is_complete = true;
    for Output { format, path } in files {
        let text = render(*format)?;
        // Colours are for terminals.
        let text = format!("{}\n", plain(text.trim_end_matches('\n')));
        if let Err(error) = fs::write(path, text) {
            is_complete = false;
            if let Some(words) = cannot_write(path, &error).text() {
                ui.problem(&words);
            }
        }
    }
    if is_complete { Ok(()) } else { Err(Failure::said(exit::ERROR)) }
}

/// Gives what stands in the place of a result to everyone who can read it, but for people at a terminal, who have read it.
pub(super) fn instead(ui: &Ui, global: &Global, render: &Render<'_>) -> Result<(), Failure> {
    if global.format != Format::Human && global.format.says_failures() {
        ui.result(&render(global.format)?)?;
    }
    write(ui, global.output.iter().filter(|output| output.format.says_failures()), render)
}

/// Gives the reason why there is no result.
pub(super) fn failed(ui: &Ui, global: &Global, failure: &Failure) -> Outcome {
    let problem = failure.problem();
    let render = |format| -> Result<String, Failure> {
        Ok(match format {
            Format::Human => format!("error: {}", problem.words()),
            Format::Json => json(&Versioned { format: ERROR, document: Failed { error: problem.clone() } }),
            Format::Markdown => markdown::problem(&problem, &global.title),
            Format::Github => problem.github(),
            Format::Sarif => json(&problem.sarif()),
            Format::Junit => junit(problem.junit(&global.title))?,
            Format::Html => html(page::words(&format!("error: {}", problem.words())))?,
            other => return Err(unknown(other)),
        })
    };
    instead(ui, global, &render).map(|()| failure.code)
}

/// Returns a report as JUnit XML, or why it cannot be one.
pub(super) fn junit(written: Result<String, quick_junit::SerializeError>) -> Result<String, Failure> {
    written.map_err(|error| Failure::error(format!("cannot write JUnit XML: {error}")))
}

/// Returns a page, or why it cannot be one.
pub(super) fn html(written: Result<String, minijinja::Error>) -> Result<String, Failure> {
    written.map_err(|error| Failure::error(format!("cannot write the page: {error}")))
}

/// Says that a command does not write a format: `check` has refused it before.
pub(super) fn unknown(format: Format) -> Failure {
    usage(format!("this command does not write the format `{}`", format.name()), "choose another one")
}
