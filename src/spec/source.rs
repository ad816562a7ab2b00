//! A text of a spec with its tree: the comments, and what part of the text a key covers. For those who edit texts.

mod levels;

use std::ops::Range;

use serde_json::Value;

pub use self::levels::{Below, Level};
use super::document::{Content, Document, Node};
use crate::{
    diagnostic::Diagnostic,
    path::{Path, Segment},
};

/// A text and what it was read as.
#[derive(Debug)]
pub struct Source<'a> {
    text: &'a str,
    document: Document,
    /// Where the keys and the scalars are, in order.
    scalars: Vec<Range<usize>>,
}

/// The part of a text that a key and its value cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// From the first byte of the key to the last of the value. Comments behind the value are not part of it.
    pub range: Range<usize>,
    /// Whether it stands inside of braces or brackets.
    pub is_in_flow: bool,
}

impl<'a> Source<'a> {
    /// Reads the `file`-th text of a spec. Returns what was found wrong when it is not one YAML document within the limits.
    pub fn read(text: &'a str, file: usize) -> Result<Self, Vec<Diagnostic>> {
        let document = Document::parse(text, file)?;
        let mut scalars = Vec::new();
        collect(document.root(), &mut scalars);
        scalars.retain(|range| !range.is_empty());
        scalars.sort_unstable_by_key(|range| range.start);
        // Aliases show the scalars of their anchor again.
        scalars.dedup();
        Ok(Self { text, document, scalars })
    }

    /// Returns the text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Returns what the text says.
    pub fn value(&self) -> Value {
        self.document.value()
    }

    /// Returns the keys at the top, each with the byte where it starts.
    pub fn top_keys(&self) -> Vec<(&str, usize)> {
        let entries = self.document.root().entries().unwrap_or_default();
        entries.iter().map(|entry| (entry.key.as_str(), entry.key_span.start)).collect()
    }

    /// Returns where the comments are, in order: each from its `#` to the end of its line.
    pub fn comments(&self) -> Vec<Range<usize>> {
        let mut scalars = self.scalars.iter().peekable();
        let (mut comments, mut line_start) = (Vec::new(), 0);
        for line in self.text.split_inclusive('\n') {
            let end = line_start + line.trim_end().len();
            for (place, _) in line.match_indices('#') {
                let at = line_start + place;
                while scalars.next_if(|range| range.end <= at).is_some() {}
                let is_in_scalar = scalars.peek().is_some_and(|range| range.start <= at);
                if !is_in_scalar && (place == 0 || line[..place].ends_with([' ', '\t'])) {
                    comments.push(at..end);
                    break;
                }
            }
            line_start += line.len();
        }
        comments
    }

    /// Returns what the key at the end of a path covers. Nothing when there is no such key or no value, and when an alias leads
    /// to it or is part of it: it is then written elsewhere.
    pub fn extent(&self, path: &Path) -> Option<Extent> {
        let (mut node, mut key_start, mut is_in_flow) = (self.document.root(), None, false);
        for segment in path.segments() {
            is_in_flow |= self.is_flow(node);
            let after;
            (node, after) = match (segment, &node.content) {
                (Segment::Key(key), _) => {
                    let entry = node.entry(key)?;
                    key_start = Some(entry.key_span.start);
                    (&entry.value, entry.key_span.end)
                }
                (Segment::Index(index), Content::Sequence(items)) => (items.get(*index)?, node.span.start),
                (Segment::Index(_), _) => return None,
            };
            if node.span.start < after {
                return None;
            }
        }
        let start = key_start?;
        Some(Extent { range: start..self.end(node, start)?, is_in_flow })
    }

    /// Returns the byte behind the last one of a value. Nothing when a part of it is not written, or stands before `from`.
    fn end(&self, node: &Node, from: usize) -> Option<usize> {
        if node.span.start < from {
            return None;
        }
        let last = match &node.content {
            Content::Scalar(_) => return Some(node.span.end).filter(|end| *end > node.span.start),
            Content::Sequence(items) => items.iter().try_fold(None, |_, item| self.end(item, from).map(Some)),
            Content::Mapping(entries) => {
                entries.iter().try_fold(None, |_, entry| self.end(&entry.value, from).map(Some))
            }
        };
        last.and_then(|last| if self.is_flow(node) { self.closed(node) } else { last })
    }

    fn is_flow(&self, node: &Node) -> bool {
        let is_collection = !matches!(node.content, Content::Scalar(_));
        is_collection && self.text[self.opening(node)..].starts_with(['{', '['])
    }

    /// Returns where a value is opened: behind its anchor, if it has one.
    fn opening(&self, node: &Node) -> usize {
        let mut at = node.span.start;
        if self.text[at..].starts_with('&') {
            at += self.text[at..].find(char::is_whitespace).unwrap_or_default();
        }
        loop {
            let rest = &self.text[at..];
            at += rest.len() - rest.trim_start().len();
            if !self.text[at..].starts_with('#') {
                return at;
            }
            at = self.line_end(at);
        }
    }

    /// Returns the byte behind the bracket that closes what a bracket opens. (The parser only says where what follows it
    /// starts.)
    fn closed(&self, node: &Node) -> Option<usize> {
        let (mut at, mut depth) = (self.opening(node), 0_usize);
        let mut scalars =
            self.scalars[self.scalars.partition_point(|range| range.start < at)..].iter().peekable();
        while let Some(c) = self.text[at..].chars().next() {
            while scalars.next_if(|range| range.start < at).is_some() {}
            if let Some(scalar) = scalars.next_if(|range| range.start == at) {
                at = scalar.end;
                continue;
            }
            match c {
                '[' | '{' => depth += 1,
                ']' | '}' => depth -= 1,
                // Inside of a scalar it would not be looked at; an anchor or an alias does not hold one.
                '#' => at = self.line_end(at),
                _ => {}
            }
            if depth == 0 {
                return Some(at + 1);
            }
            at += self.text[at..].chars().next().map_or(0, char::len_utf8);
        }
        None
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |end| at + end)
    }
}

fn collect(node: &Node, scalars: &mut Vec<Range<usize>>) {
    match &node.content {
        Content::Scalar(_) => scalars.push(node.span.start..node.span.end),
        Content::Sequence(items) => items.iter().for_each(|item| collect(item, scalars)),
        Content::Mapping(entries) => {
            for entry in entries {
                scalars.push(entry.key_span.start..entry.key_span.end);
                collect(&entry.value, scalars);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, path: &Path) -> Option<(String, bool)> {
        let extent = Source::read(text, 0).unwrap().extent(path)?;
        Some((text[extent.range].to_owned(), extent.is_in_flow))
    }

    #[test]
    fn extents_end_where_their_values_do() {
        let text = "a: &x # one\n  {b: [1, {c: d}, # two }\n  ] } # three\ne:\n  f:\n    - 'g h' # four\n  # five\ni: {j: *x, k: \"l\"}\nm:\n";
        let extent = |keys: &[&str]| at(text, &keys.iter().fold(Path::root(), |path, key| path.key(key)));
        let found = |text: &str, is_in_flow| Some((text.to_owned(), is_in_flow));
        assert_eq!(extent(&["a"]), found("a: &x # one\n  {b: [1, {c: d}, # two }\n  ] }", false));
        assert_eq!(extent(&["a", "b"]), found("b: [1, {c: d}, # two }\n  ]", true));
        assert_eq!(extent(&["e"]), found("e:\n  f:\n    - 'g h'", false));
        assert_eq!(extent(&["e", "f"]), found("f:\n    - 'g h'", false));
        assert_eq!(extent(&["i", "k"]), found("k: \"l\"", true));
        assert_eq!(extent(&["m"]), None);
        assert_eq!(extent(&["i"]), None);
        assert_eq!(extent(&["i", "j", "b"]), None);
        assert_eq!(extent(&["none"]), None);
        assert_eq!(at(text, &Path::keys(["a", "b"]).index(1).key("c")), found("c: d", true));
    }

    #[test]
    fn finds_comments_and_not_what_looks_like_them() {
        let text = "# one\n\"a # b\": 'c # d' # two\ne: |+ # three\n  # text\n\n  # text\n# four\nf: x#y\t# fünf\ng: &g [1, # six\n  2]\nh: *g # seven\r\ni: >\n\n  x\n # eight";
        let comments: Vec<&str> =
            Source::read(text, 0).unwrap().comments().into_iter().map(|at| &text[at]).collect();
        let want = ["# one", "# two", "# three", "# four", "# fünf", "# six", "# seven", "# eight"];
        assert_eq!(comments, want);
    }
}
