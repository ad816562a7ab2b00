//! The text of specs: its canonical layout, the newer of two spellings, and the one that a new spec starts with.
//!
//! What comes out means the same as what went in. It is read again and compared before anyone may write it.

mod check;
mod layout;
mod order;
mod prove;
pub mod splice;
pub mod starter;
pub mod upgrade;
mod write;

use crate::{diagnostic::Diagnostic, spec::source::Source};

/// A text in the canonical layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    /// The text.
    pub text: String,
    /// What was left as it is, and why.
    pub notes: Vec<String>,
}

/// Why a text is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not the YAML of a spec.
    Unreadable(Vec<Diagnostic>),
    /// It cannot be laid out without changing something: what, and what to do about it.
    Unsafe(String),
}

/// How often a text is laid out until it must stay the same.
const MOST_PASSES: usize = 4;

/// Returns the canonical layout of the `file`-th text of a spec: two spaces of indentation, one empty line at most, double
/// quotes, the sections in their order. Lines are neither broken nor joined, and keep the way in which they end.
pub fn canonical(text: &str, file: usize) -> Result<Formatted, Refusal> {
    let ends_in_crlf = text.find('\n').is_some_and(|at| text[..at].ends_with('\r'));
    let plain = plain(text);
    let old = Source::read(&plain, file).map_err(|problems| unreadable(text, file, problems))?;
    let (mut laid, mut notes) = (plain.clone(), Vec::new());
    for pass in 0.. {
        let before = laid;
        (laid, notes) = pass_over(&before).map_err(Refusal::Unsafe)?;
        if laid == before {
            break;
        }
        if pass == MOST_PASSES {
            let reason =
                "its layout comes out differently each time: write its unusual parts in a simpler way";
            return Err(Refusal::Unsafe(reason.to_owned()));
        }
    }
    check::same(&old, &laid).map_err(Refusal::Unsafe)?;
    let text = if ends_in_crlf { laid.replace('\n', "\r\n") } else { laid };
    Ok(Formatted { text, notes })
}

/// Returns the text with `\n` at the end of all lines, and without a byte order mark: so everything here reads it.
fn plain(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n")
}

/// Returns what is wrong with a text, at the places in the file as it is.
fn unreadable(text: &str, file: usize, problems: Vec<Diagnostic>) -> Refusal {
    Refusal::Unreadable(Source::read(text, file).err().unwrap_or(problems))
}

fn pass_over(text: &str) -> Result<(String, Vec<String>), String> {
    let laid = layout::lay_out(&read(text)?)?;
    let source = read(&laid)?;
    let why = match order::reordered(&source) {
        Ok(None) => return Ok((laid, Vec::new())),
        Ok(Some(ordered)) if check::same(&source, &ordered).is_ok() => return Ok((ordered, Vec::new())),
        Ok(Some(_)) => "an alias would stand before what it names, or a text would end elsewhere".to_owned(),
        Err(why) => why,
    };
    Ok((laid, vec![format!("the keys keep their order: {why}")]))
}

/// Reads what is made of a text that could be read.
fn read(text: &str) -> Result<Source<'_>, String> {
    Source::read(text, 0)
        .map_err(|_| "it would not be YAML any more: write its unusual parts in a simpler way".to_owned())
}

#[cfg(test)]
mod tests;
