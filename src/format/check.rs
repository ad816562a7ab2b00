//! Whether two texts mean the same: the values, the comments, and what is found about them.

use super::read;
use crate::{
    diagnostic::{Diagnostic, Severity},
    spec::{
        parse::{self, Parsed},
        source::Source,
    },
};

/// Says what would differ in the meaning, if anything would.
pub(super) fn same(old: &Source<'_>, new_text: &str) -> Result<(), String> {
    let new = read(new_text)?;
    if new.value() != old.value() {
        let reason = "a value would become another: write its texts of several lines in a simpler way";
        return Err(reason.to_owned());
    }
    if comments(&new) != comments(old) {
        return Err("a comment would be lost: move comments to lines of their own".to_owned());
    }
    let (before, after) = (findings(old.text()), findings(new_text));
    if let Some((_, code, message)) = before.iter().find(|one| !after.contains(one)) {
        return Err(format!("validate would not find `{code}` any more ({message})"));
    }
    if let Some((_, code, message)) = after.iter().find(|one| !before.contains(one)) {
        return Err(format!(
            "validate would find `{code}` in it ({message}): put each `allow` on its own line"
        ));
    }
    Ok(())
}

fn comments<'a>(source: &Source<'a>) -> Vec<&'a str> {
    let mut all: Vec<&str> = source.comments().into_iter().map(|at| &source.text()[at]).collect();
    all.sort_unstable();
    all
}

/// Returns what is wrong with a text, without the places, which may move.
fn findings(text: &str) -> Vec<(bool, &'static str, String)> {
    let Parsed { diagnostics, .. } = parse::parse(text);
    let plain = |one: Diagnostic| (one.severity == Severity::Error, one.code, one.message);
    diagnostics.into_iter().map(plain).collect()
}
