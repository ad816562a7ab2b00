//! Reads the files of a spec and what the command line says about it.

use std::{
    collections::BTreeMap,
    fs::{self, File as Opened},
    io::Read as _,
    path::{Path, PathBuf},
};

use super::Failure;
use crate::{
    cli::Global,
    exit,
    report::diagnostics::Sources,
    spec::{
        MAX_BYTES,
        allow::Consent,
        parse::{File, Input, Parsed, read},
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
        Self::of(global, false)
    }

    /// Does the same, without a look at what the spec expects of its trails.
    pub(super) fn without_expectations(global: &Global) -> Result<Self, Failure> {
        Self::of(global, true)
    }

    fn of(global: &Global, ignores_expectations: bool) -> Result<Self, Failure> {
        let consent = Consent {
            allowed: codes(&global.allow, "--allow")?.into_iter().collect(),
            denied: codes(&global.deny, "--deny")?.into_iter().collect(),
        };
        let input = Input {
            files: files(&global.file)?,
            variables: variables(global)?,
            facts: Facts::default(),
            consent,
            ignores_expectations,
        };
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

/// Reads the files of these names; of a directory, those in it that end in `.yaml` or `.yml`.
pub(super) fn files(names: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut files: Vec<File> = Vec::new();
    for name in names {
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
        if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") && path.is_file() {
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

/// Returns the values of variables: from files first, and from the command line, which wins.
fn variables(global: &Global) -> Result<BTreeMap<String, String>, Failure> {
    let mut variables = BTreeMap::new();
    for path in &global.var_file {
        let text = text(path, "variables file")?;
        let name = path.display();
        let all: BTreeMap<String, String> = serde_yaml::from_str(&text).map_err(|error| {
            Failure::error(format!("the variables file {name} is not a mapping from names to texts: {error}"))
                .help("write lines such as `team: security`")
        })?;
        variables.extend(all);
    }
    for (name, value) in &global.var {
        variables.insert(name.clone(), value.clone());
    }
    for (name, value) in &variables {
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
            let help = match codes::likely(code) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "`trailctl validate` shows the code of each warning".to_owned(),
            };
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
