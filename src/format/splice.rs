//! Puts advanced selectors in the place of basic ones in the text of a spec; the rest of the text stays as it is.

use serde::Deserialize as _;
use serde_json::Value;

use super::{Refusal, prove, read, upgrade, write};
use crate::{
    kinds::trail::selectors::{BasicSelector, Selector},
    path::Path,
    spec::source::{Extent, Source},
};

const OLD: &str = "basic_events";
const NEW: &str = "events";

/// A text whose trails have advanced selectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgraded {
    /// The text.
    pub text: String,
    /// The trails that were changed.
    pub trails: Vec<String>,
    /// The trails that keep their basic selectors, each with the reason.
    pub left: Vec<(String, String)>,
}

/// Turns the basic selectors of all trails of the `file`-th text of a spec into advanced ones that record the same events.
pub fn upgraded(text: &str, file: usize) -> Result<Upgraded, Refusal> {
    let value = Source::read(text, file).map_err(Refusal::Unreadable)?.value();
    let mut upgraded = Upgraded { text: text.to_owned(), trails: Vec::new(), left: Vec::new() };
    for (trail, entry) in value["trails"].as_object().into_iter().flatten() {
        if entry.get(OLD).is_none() {
            continue;
        }
        match one(&upgraded.text, trail, entry) {
            Ok(text) => {
                upgraded.text = text;
                upgraded.trails.push(trail.clone());
            }
            Err(why) => upgraded.left.push((trail.clone(), why)),
        }
    }
    Ok(upgraded)
}

/// Returns the text with the selectors of one trail replaced.
fn one(text: &str, trail: &str, entry: &Value) -> Result<String, String> {
    if entry.get(NEW).is_some() {
        return Err(format!("it has `{NEW}` beside `{OLD}`"));
    }
    let basic: Vec<BasicSelector> = serde_path_to_error::deserialize(&entry[OLD])
        .map_err(|error| format!("its `{OLD}` cannot be read ({error}): see `trailctl validate`"))?;
    let selectors = upgrade::advanced(&basic)?;
    if !prove::record_the_same(&basic, &selectors) {
        return Err("it could not be proved that advanced selectors record the same events".to_owned());
    }
    let at = Path::keys(["trails", trail, OLD]);
    let source = read(text)?;
    let extent = source
        .extent(&at)
        .ok_or_else(|| format!("its `{OLD}` is written elsewhere, behind an alias: write it out"))?;
    let new = spliced(&source, extent, &selectors)?;
    let is_same = read(&new).is_ok_and(|changed| {
        let (mut before, mut after) = (source.value(), changed.value());
        at.remove_from(&mut before);
        let events = Path::keys(["trails", trail, NEW]).remove_from(&mut after).unwrap_or_default();
        before == after && Vec::<Selector>::deserialize(&events).is_ok_and(|events| events == selectors)
    });
    if is_same {
        return Ok(new);
    }
    Err(format!(
        "an alias outside of its `{OLD}` names a part of it, or its key is written in an unusual way"
    ))
}

fn spliced(source: &Source<'_>, extent: Extent, selectors: &[Selector]) -> Result<String, String> {
    let text = source.text();
    let Extent { range: mut place, is_in_flow } = extent;
    let line_start = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[place.end..].find('\n').map_or(text.len(), |at| place.end + at);
    let before = &text[line_start..place.start];
    let has_own_line = before.chars().all(|c| c == ' ' || c == '-');
    let is_block = !is_in_flow && has_own_line;
    let comments = source.comments();
    let is_inside = |at: usize| place.start <= at && (at < place.end || is_block && at < line_end);
    let inside: Vec<&str> =
        comments.iter().filter(|at| is_inside(at.start)).map(|at| &text[at.clone()]).collect();
    if !is_block {
        if !inside.is_empty() {
            return Err(format!(
                "comments stand between the braces of its `{OLD}`: move them above the trail"
            ));
        }
        let mut new = text.to_owned();
        new.replace_range(place, &format!("{NEW}: {}", write::flow(selectors)));
        return Ok(new);
    }
    if text[place.end..line_end].trim_start().starts_with('#') {
        place.end = line_end;
    }
    let indent = " ".repeat(before.len());
    let mut lines: Vec<String> = inside.iter().map(|comment| (*comment).to_owned()).collect();
    lines.push(format!("{NEW}:"));
    lines.extend(write::block(selectors));
    let mut new = text.to_owned();
    new.replace_range(place, &lines.join(&format!("\n{indent}")));
    Ok(new)
}
