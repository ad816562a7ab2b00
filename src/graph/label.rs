//! The words on a node.

use super::{Kind, Manager, Node};
use crate::report::visible;

/// How many lines say which events are recorded; more are counted.
const MOST_LINES: usize = 8;

/// Returns what stands above the name: what it is, and whose.
pub(super) fn head(node: &Node) -> String {
    match node.managed_by {
        Manager::Others => format!("{}, managed by others", node.kind.word()),
        Manager::Stack | Manager::Unknown => node.kind.word().to_owned(),
    }
}

/// Returns what a plan does to it, with its sign; nothing if there is nothing to say.
pub(super) fn action(node: &Node) -> Option<String> {
    let action = node.action.map(|mark| mark.words().to_owned());
    let refused = node.is_refused.then(|| "! refused".to_owned());
    let said: Vec<String> = action.into_iter().chain(refused).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// Returns what stands below the name.
pub(super) fn details(node: &Node) -> Vec<String> {
    let region = node.region.as_ref().map(|region| visible(region.as_str()));
    let mut lines: Vec<String> = node.details.iter().map(|line| visible(line)).collect();
    match (node.kind, region) {
        // The home Region of a trail, and how far it reaches.
        (Kind::Trail, Some(region)) => {
            let reach = if lines.is_empty() { None } else { Some(lines.remove(0)) };
            lines.insert(0, [region].into_iter().chain(reach).collect::<Vec<_>>().join(", "));
        }
        (_, region) => lines.extend(region),
    }
    lines
}

/// Returns all there is to know, in one line.
pub(super) fn title(node: &Node) -> String {
    let region = node.region.as_ref().map(|region| format!(" in {region}"));
    let address = node.address.as_ref().map(|address| format!("{address}: "));
    let arn = node.arn.as_ref().filter(|arn| **arn != node.name).map(|arn| format!(", {arn}"));
    let words = match node.kind {
        Kind::Events => node.details.join("; "),
        _ => {
            let [address, region, arn] = [address, region, arn].map(Option::unwrap_or_default);
            format!("{address}{} {}{region}{arn}", node.kind.word(), node.name)
        }
    };
    visible(&words)
}

/// Returns a text of at most `most` cells, shortened in its middle.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(2);
    let start = taken(text.chars(), kept / 2);
    let end = taken(text.chars().rev(), kept - kept / 2);
    format!("{start}…{}", end.chars().rev().collect::<String>())
}

/// Breaks lines into ones of at most `most` cells.
pub(super) fn wrapped(lines: &[String], most: usize) -> Vec<String> {
    let mut wrapped = Vec::new();
    for line in lines {
        let mut current = String::new();
        for word in line.split(' ') {
            let word = shortened(word, most);
            if !current.is_empty() && width(&current) + 1 + width(&word) > most {
                wrapped.push(std::mem::take(&mut current));
            }
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(&word);
        }
        wrapped.push(current);
    }
    let more = wrapped.len().saturating_sub(MOST_LINES);
    if more > 1 {
        wrapped.truncate(MOST_LINES);
        wrapped.push(format!("and {more} more lines"));
    }
    wrapped
}

/// Returns how much room a text takes, in letters of one width. Letters of other scripts may take two.
fn width(text: &str) -> usize {
    text.chars().map(cells).sum()
}

fn cells(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

fn taken(chars: impl Iterator<Item = char>, most: usize) -> String {
    let mut room = most;
    let fits = |c: &char| {
        let fits = cells(*c) <= room;
        room = room.saturating_sub(cells(*c));
        fits
    };
    chars.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened_in_their_middle() {
        assert_eq!(shortened("acme-logs", 9), "acme-logs");
        assert_eq!(shortened("acme-audit-logs", 10), "acme…logs");
        let wide = shortened(&"日".repeat(40), 20);
        assert!(width(&wide) <= 20, "{wide}");
        assert_eq!(wide, "日日日日…日日日日");
    }

    #[test]
    fn lines_are_broken_between_words_and_many_are_counted() {
        let broken = wrapped(&["data: S3 objects in 2 buckets".to_owned()], 12);
        assert_eq!(broken, ["data: S3", "objects in 2", "buckets"]);
        let many: Vec<String> = (0..20).map(|line| line.to_string()).collect();
        assert_eq!(wrapped(&many, 12).last().unwrap(), "and 12 more lines");
    }
}
