//! The text of a spec: what others manage on one line, comments above the lines that they are about.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Head, LeftOut, is_known, remarks::Remark};
use crate::{
    diagnostic::Place,
    format,
    report::{in_quotes, visible, yaml},
    spec::document::Document,
};

/// How wide comments are.
const WIDTH: usize = 100;

/// Returns a spec as text, without comments.
pub(super) fn plain(tree: &Value) -> String {
    let (mut tree, mut quoted) = (tree.clone(), Vec::new());
    quote(&mut tree, &mut quoted);
    let text = in_one_line(&yaml::text(&tree));
    quoted.iter().enumerate().fold(text, |text, (number, quotes)| text.replace(&stand_in(number), quotes))
}

/// Lets something stand in for each text that a CI would obey: what is exported comes from the account, and goes to its log.
fn quote(tree: &mut Value, quoted: &mut Vec<String>) {
    match tree {
        Value::String(text) => {
            if let Some(quotes) = in_quotes(text) {
                *text = stand_in(quoted.len());
                quoted.push(quotes);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| quote(item, quoted)),
        Value::Object(map) => map.values_mut().for_each(|value| quote(value, quoted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn stand_in(number: usize) -> String {
    format!("trailctl-text-in-quotes-{number}-")
}

/// Returns the text of a spec with everything that is said about it.
pub(super) fn text(
    draft: &str,
    head: Head<'_>,
    left_out: &[LeftOut],
    notes: &[String],
    remarks: Vec<Remark>,
) -> String {
    let whose =
        if is_known(head.account) { format!(" of the account {}", head.account.id) } else { String::new() };
    let mut text = comment(&format!("The trails{whose}, as they were found."), "");
    notes.iter().for_each(|note| text.push_str(&comment(note, "")));
    if !left_out.is_empty() {
        text.push_str("#\n# Left out:\n");
    }
    let told = |LeftOut { arn, why }: &LeftOut| format!("# - {}: it {}\n", visible(arn), visible(why));
    text.extend(left_out.iter().map(told));
    text.push_str(&commented(draft, remarks));
    match format::canonical(&text, 0) {
        Ok(formatted) => formatted.text,
        Err(_) => text,
    }
}

/// Writes comments above the lines of what they are about.
fn commented(draft: &str, mut remarks: Vec<Remark>) -> String {
    let Ok(document) = Document::parse(draft, 0) else { return draft.to_owned() };
    remarks.sort();
    remarks.dedup();
    let mut above: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for Remark { at, text, .. } in remarks {
        let start = document.locate(&Place::Key(at)).start;
        let line = draft.get(..start).map_or(0, |before| before.matches('\n').count());
        above.entry(line).or_default().push(text);
    }
    let mut all = String::new();
    for (place, line) in draft.split_inclusive('\n').enumerate() {
        let indent = &line[..line.len() - line.trim_start().len()];
        all.extend(above.get(&place).into_iter().flatten().map(|text| comment(text, indent)));
        all.push_str(line);
    }
    all
}

/// Returns a text as lines of a comment.
fn comment(text: &str, indent: &str) -> String {
    let mut lines = vec![String::new()];
    for word in visible(text).split_whitespace() {
        let room = WIDTH.saturating_sub(indent.len() + 2);
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => line.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().flat_map(|line| [indent, "# ", line, "\n"]).collect()
}

/// Writes what others manage as people do: `bucket: {existing: NAME}`.
fn in_one_line(text: &str) -> String {
    let mut lines = text.lines().peekable();
    let mut all = String::new();
    while let Some(line) = lines.next() {
        all.push_str(line);
        let is_plain = |name: &&str| !name.contains(|c: char| " ,[]{}'\"".contains(c));
        let existing =
            |next: &&str| next.trim_start().strip_prefix("existing: ").is_some_and(|name| is_plain(&name));
        if line.ends_with(':')
            && let Some(existing) = lines.next_if(existing)
        {
            all.extend([" {", existing.trim_start(), "}"]);
        }
        all.push('\n');
    }
    all
}
