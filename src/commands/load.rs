//! Reads the files of a spec and what the command line says about it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File as Opened},
    io::Read as _,
    path::{Path, PathBuf},
};

use super::{Failure, reports::is_same};
use crate::{
    cli::Global,
    diagnostic::nearest,
    exit,
    report::diagnostics::Sources,
    spec::{
        MAX_BYTES,
        allow::Consent,
        parse::{self, File, Input, Parsed, read},
        variables::{Facts, is_name},
    },
};

/// A spec that was read from files.
pub(super) struct Loaded {
    pub(super) input: Input,
    pub(super) parsed: Parsed,
}

impl Loaded {
    /// Reads the files that the command line names.
    pub(super) fn read(global: &Global) -> Result<Self, Failure> {
        let loaded = Self::of(global, false)?;
        known_variables(global, &[&loaded.parsed])?;
        Ok(loaded)
    }

    /// Does the same, without a look at what the spec expects of its trails, and at which variables have a value but no use.
    pub(super) fn without_expectations(global: &Global) -> Result<Self, Failure> {
        Self::of(global, true)
    }

    fn of(global: &Global, ignores_expectations: bool) -> Result<Self, Failure> {
        let consent = Consent {
            allowed: codes(&global.allow, "--allow")?.into_iter().collect(),
            denied: codes(&global.deny, "--deny")?.into_iter().collect(),
        };
        if let Some(code) = consent.allowed.intersection(&consent.denied).next() {
            return Err(usage(format!("`{code}` is both allowed and denied"), "leave one of the two out"));
        }
        let mut all = files(&global.file)?;
        let of_variables = variables_files(&global.var_file, &all)?;
        let variables_files = of_variables.len();
        all.extend(of_variables);
        let variables = variables(global)?;
        let facts = Facts::default();
        let input = Input { files: all, variables_files, variables, facts, consent, ignores_expectations };
        let parsed = read(&input);
        Ok(Self { input, parsed })
    }

    /// Returns a spec that wants nothing.
    pub(super) fn nothing() -> Self {
        let text = "version: 1\nstack: nothing\n".to_owned();
        let input = Input { files: vec![File { name: "nothing".to_owned(), text }], ..Input::default() };
        let parsed = read(&input);
        Self { input, parsed }
    }

    /// Reads it again, with what is known of the account by now.
    pub(super) fn with(self, facts: Facts) -> Self {
        let input = Input { facts, ..self.input };
        let parsed = read(&input);
        Self { input, parsed }
    }

    /// Returns the files as diagnostics point into them.
    pub(super) fn sources(&self) -> Sources<'_> {
        Sources::new(&self.input.files, self.parsed.document.as_ref())
    }
}

/// The name of what is read from stdin, on the command line.
pub(super) const STDIN: &str = "-";

/// Reads the files of these names; of a directory, those in it that end in `.yaml` or `.yml`, but for hidden ones and those in
/// directories below; of `-`, stdin.
pub(super) fn files(names: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut files: Vec<File> = Vec::new();
    for name in names {
        if name == Path::new(STDIN) {
            if !files.iter().any(|file| file.name == parse::STDIN) {
                files.push(standard()?);
            }
            continue;
        }
        let paths = if name.is_dir() { directory(name)? } else { vec![name.clone()] };
        for path in paths {
            let name = path.display().to_string();
            if !files.iter().any(|file| file.name == name) {
                files.push(File { text: text(&path, "spec")?, name });
            }
        }
    }
    Ok(files)
}

fn directory(name: &Path) -> Result<Vec<PathBuf>, Failure> {
    let shown = name.display();
    let failed = |error| Failure::error(format!("cannot read the directory {shown}: {error}"));
    let mut paths = Vec::new();
    for entry in fs::read_dir(name).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let is_yaml = path
            .extension()
            .is_some_and(|ending| ["yaml", "yml"].iter().any(|wanted| ending.eq_ignore_ascii_case(wanted)));
        if is_yaml && !is_hidden && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::error(format!("the directory {shown} has no file that ends in .yaml or .yml"))
            .help("name the files of the spec with --file"));
    }
    Ok(paths)
}

fn standard() -> Result<File, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(MAX_BYTES as u64 + 1).read_to_string(&mut text);
    read.map_err(|error| Failure::error(format!("cannot read the spec from stdin: {error}")))?;
    Ok(File { name: parse::STDIN.to_owned(), text })
}

/// Reads a file of text, one byte more than a spec may have: the reader says that it is too much.
fn text(path: &Path, what: &str) -> Result<String, Failure> {
    let name = path.display();
    let mut bytes = Vec::new();
    let read = Opened::open(path).and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|error| {
        let help = if what == "spec" {
            "name it with --file, or write one with `trailctl init`"
        } else {
            "check its name"
        };
        Failure::error(format!("cannot read the {what} {name}: {error}")).help(help)
    })?;
    String::from_utf8(bytes)
        .map_err(|error| Failure::error(format!("the {what} {name} is not UTF-8: {error}")))
}

/// Reads the files with values of variables.
fn variables_files(paths: &[PathBuf], specs: &[File]) -> Result<Vec<File>, Failure> {
    let mut files: Vec<File> = Vec::new();
    let is_one_of =
        |files: &[File], path: &Path| files.iter().any(|file| is_same(Path::new(&file.name), path));
    for path in paths {
        let name = path.display().to_string();
        if is_one_of(specs, path) {
            return Err(usage(format!("`{name}` is a spec and a file of variables"), "name another file"));
        }
        if is_one_of(&files, path) {
            continue;
        }
        files.push(File { text: text(path, "variables file")?, name });
    }
    Ok(files)
}

/// Refuses a value for a variable that none of the specs has: it would silently mean nothing.
pub(super) fn known_variables(global: &Global, specs: &[&Parsed]) -> Result<(), Failure> {
    let known: BTreeSet<&String> = specs.iter().flat_map(|spec| &spec.variables).collect();
    let unknown = global.var.iter().find(|(name, _)| !known.contains(name));
    let is_readable = specs.iter().all(|spec| spec.document.is_some());
    let Some((name, _)) = unknown.filter(|_| is_readable) else { return Ok(()) };
    let help = match nearest(name, known.iter().map(|name| name.as_str())) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("write `${{var.{name}}}` where its value belongs, or leave it out"),
    };
    Err(usage(format!("`--var {name}=…`: the spec has no variable `{name}`"), help))
}

/// Returns the values of variables of the command line: the last one of a name counts.
fn variables(global: &Global) -> Result<BTreeMap<String, String>, Failure> {
    let mut variables = BTreeMap::new();
    for (name, value) in &global.var {
        variables.insert(name.clone(), value.clone());
        if !is_name(name) {
            return Err(usage(
                format!("`{name}` is not a name of a variable"),
                "use letters, digits and `_`, a letter first",
            ));
        }
        if value.contains("${") {
            return Err(usage(
                format!("the value of the variable `{name}` holds another variable"),
                "write the value itself",
            ));
        }
    }
    Ok(variables)
}

fn codes(given: &[String], option: &str) -> Result<Vec<String>, Failure> {
    use crate::diagnostic::{Severity, codes};
    for code in given {
        let Some(known) = codes::find(code) else {
            let help = match codes::likely(code, codes::all()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "`trailctl validate` shows the code of each warning".to_owned(),
            };
            if codes::explained(code).is_some() {
                let help = format!("`trailctl validate --explain {code}` says what to do");
                return Err(usage(format!("`{option} {code}`: this is said of plans, not of specs"), help));
            }
            return Err(usage(format!("`{option} {code}`: there is no such diagnostic"), help));
        };
        if known.severity == Severity::Error {
            return Err(usage(
                format!("`{option} {code}`: this is an error already"),
                "only warnings can be allowed or denied",
            ));
        }
    }
    Ok(given.to_vec())
}

fn usage(message: String, help: impl Into<String>) -> Failure {
    Failure { code: exit::USAGE, message: Some(message), help: Some(help.into()) }
}
