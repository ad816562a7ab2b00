//! The order of the sections. A comment moves with the key below it.

use crate::spec::source::Source;

/// The keys of a spec, in the order in which they are written.
pub(super) const ORDER: &[&str] = &[
    "version",
    "stack",
    "account",
    "partition",
    "region",
    "assume_role",
    "lock",
    "tags",
    "vars",
    "baselines",
    "trails",
    "buckets",
    "kms_keys",
    "log_groups",
    "roles",
    "topics",
    "event_fragments",
    "expect",
];
const MODELINE: &str = "# yaml-language-server:";

/// A key with its value and the comments that belong to it.
struct Section<'a> {
    rank: usize,
    lines: &'a [&'a str],
    /// Whether an empty line stands above it.
    is_apart: bool,
}

/// Returns a text that is laid out with its keys in order, or nothing if they are. Says why when they cannot be moved.
pub(super) fn reordered(source: &Source<'_>) -> Result<Option<String>, String> {
    let (text, keys) = (source.text(), source.top_keys());
    let rank = |key: &str| ORDER.iter().position(|known| *known == key);
    // A key that is not known is an error, which validate explains.
    let Some(ranks) = keys.iter().map(|(key, _)| rank(key)).collect::<Option<Vec<usize>>>() else {
        return Ok(None);
    };
    if ranks.is_sorted() {
        return Ok(None);
    }
    if !keys.iter().all(|(_, at)| *at == 0 || text[..*at].ends_with('\n')) {
        return Err("they have no lines of their own".to_owned());
    }
    let lines: Vec<&str> = text.lines().collect();
    let at: Vec<usize> = keys.iter().map(|(_, at)| text[..*at].matches('\n').count()).collect();
    let stays = ranks.iter().min() == ranks.first();
    let header = header(&lines[..at[0]], stays).ok_or_else(|| {
        format!("the comment above `{}` may be about all of the file: put an empty line below it", keys[0].0)
    })?;
    let mut bounds = vec![header];
    for pair in at.windows(2) {
        bounds.push(boundary(&lines, pair[0] + 1, pair[1]));
    }
    bounds.push(boundary(&lines, at[at.len() - 1] + 1, lines.len()));
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (rank, bound) in ranks.into_iter().zip(bounds.windows(2)) {
        let lines = &lines[bound[0]..bound[1]];
        let is_apart = if sections.is_empty() { lines.len() > 1 } else { is_empty(lines[0]) };
        sections.push(Section { rank, lines: trimmed(lines), is_apart });
    }
    sections.sort_by_key(|section| section.rank);
    Ok(Some(joined(&lines[..header], &sections, &lines[bounds[bounds.len() - 1]..])))
}

/// Returns how many of the lines above the first key belong to the file. Nothing when that cannot be told.
fn header(lines: &[&str], first_stays: bool) -> Option<usize> {
    let attached = lines.iter().rev().take_while(|line| is_comment(line)).count();
    let start = lines.len() - attached;
    if first_stays || attached == 0 || lines[start].starts_with(MODELINE) {
        return Some(lines.len());
    }
    lines[..start].iter().any(|line| is_comment(line)).then_some(start)
}

/// Returns where the key that stands at `to` begins, with its comments. Those right below the value above it, with an
/// empty line behind them, belong to that value.
fn boundary(lines: &[&str], from: usize, to: usize) -> usize {
    let is_between = |line: &str| is_empty(line) || is_comment(line) || line.starts_with("...");
    let between = lines[from..to].iter().rev().take_while(|line| is_between(line)).count();
    let gap = &lines[to - between..to];
    let attached = gap.iter().take_while(|line| is_comment(line)).count();
    let is_of_key = attached == gap.len() && to < lines.len();
    to - between + if is_of_key { 0 } else { attached }
}

fn joined(header: &[&str], sections: &[Section<'_>], tail: &[&str]) -> String {
    let mut text: Vec<&str> = header.to_vec();
    for section in sections {
        let follows_comment =
            text.last().is_some_and(|line| is_comment(line)) && is_comment(section.lines[0]);
        let is_first = text.len() == header.len();
        let has_gap = text.last().is_none_or(|line| is_empty(line));
        if !has_gap && (follows_comment || section.is_apart && !is_first) {
            text.push("");
        }
        text.extend(section.lines);
    }
    text.extend(tail);
    text.join("\n") + "\n"
}

fn trimmed<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    let from = lines.iter().take_while(|line| is_empty(line)).count();
    let to = lines.len() - lines[from..].iter().rev().take_while(|line| is_empty(line)).count();
    &lines[from..to]
}

fn is_empty(line: &str) -> bool {
    line.trim().is_empty()
}

fn is_comment(line: &str) -> bool {
    line.starts_with('#')
}
