//! Names that a shell completes: those of the spec that the command line names so far.

use std::{env, fs};

use clap_complete::CompletionCandidate;
use serde_json::Value;

use super::DEFAULT_FILE;
use crate::{
    kinds::{KINDS, Resource as _, trail::Trail},
    spec::document::Document,
};

/// The variable of the environment by which a shell asks for completions.
pub const COMPLETE: &str = "TRAILCTL_COMPLETE";

/// Returns the keys of all entries.
pub(super) fn resources() -> Vec<CompletionCandidate> {
    let keys = |spec: &Value, section: &str| -> Vec<String> {
        spec[section].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    };
    candidates(&|spec| KINDS.iter().flat_map(|kind| keys(spec, kind.section())).collect())
}

/// Returns the names of the trails in AWS.
pub(super) fn trails() -> Vec<CompletionCandidate> {
    let name = |(key, entry): (&String, &Value)| entry["name"].as_str().unwrap_or(key).to_owned();
    candidates(&|spec| spec[Trail::SECTION].as_object().into_iter().flatten().map(name).collect())
}

/// What cannot be read has no names: there is nobody to tell.
fn candidates(names: &dyn Fn(&Value) -> Vec<String>) -> Vec<CompletionCandidate> {
    let specs = files().into_iter().filter_map(|file| {
        let text = fs::read_to_string(file).ok()?;
        Document::parse(&text, 0).ok().map(|document| document.value())
    });
    specs.flat_map(|spec| names(&spec)).map(CompletionCandidate::new).collect()
}

/// Returns the files that the words of the command line name: it is not whole yet, so nobody else has read it.
fn files() -> Vec<String> {
    let words: Vec<String> = env::args().collect();
    let after = words.windows(2).filter(|pair| ["-f", "--file"].contains(&pair[0].as_str()));
    let inside = words.iter().filter_map(|word| word.strip_prefix("--file="));
    let named: Vec<String> = after.map(|pair| pair[1].clone()).chain(inside.map(str::to_owned)).collect();
    if named.is_empty() { vec![DEFAULT_FILE.to_owned()] } else { named }
}
