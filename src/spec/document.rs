//! The files of a spec as one tree in which every value knows its place.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use serde_json::{Map, Value};

use super::yaml;
use crate::{
    diagnostic::{Diagnostic, Place, Span},
    path::Segment,
};

/// A tree of values with their places: one YAML text, or several put together.
#[derive(Debug)]
pub struct Document {
    root: Rc<Node>,
    /// Of large mappings in which something was looked for, the places of their keys.
    keys: RefCell<BTreeMap<*const Node, BTreeMap<String, usize>>>,
}

/// From how many entries on a mapping is large.
const LARGE: usize = 32;

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    /// How many values this one stands for, itself and what aliases add included.
    pub(super) weight: usize,
    /// How many levels lie below this one.
    pub(super) height: usize,
    pub(super) content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Scalar(Value),
    Sequence(Vec<Rc<Node>>),
    Mapping(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) value: Rc<Node>,
}

impl Document {
    /// Reads the text of a file, which is `file`-th of the spec. Returns what was found wrong when it is not one YAML
    /// document within the limits.
    pub fn parse(text: &str, file: usize) -> Result<Self, Vec<Diagnostic>> {
        yaml::read(text, file).map(Self::of)
    }

    pub(super) fn of(root: Rc<Node>) -> Self {
        Self { root, keys: RefCell::default() }
    }

    pub(super) fn root(&self) -> &Rc<Node> {
        &self.root
    }

    /// Returns the tree without its places.
    pub fn value(&self) -> Value {
        self.root.value()
    }

    /// Returns the part of the text that a place stands for: of a collection, its key, or where it starts. A place that is
    /// not in the text points to the nearest value around it.
    pub fn locate(&self, place: &Place) -> Span {
        let (path, wants_key) = match place {
            Place::Text(span) => return *span,
            Place::Value(path) => (path, false),
            Place::Key(path) => (path, true),
        };
        let mut node = &self.root;
        let mut key = Span { end: node.span.start, ..node.span };
        let mut found_all = true;
        for segment in path.segments() {
            let Some((below, below_key)) = self.child(node, segment) else {
                found_all = false;
                break;
            };
            key = below_key.unwrap_or(below.span);
            node = below;
        }
        // A mapping spans many lines; its key says which one is meant.
        let is_block = !matches!(node.content, Content::Scalar(_));
        if wants_key || !found_all || is_block { key } else { node.span }
    }

    /// Returns the whole part of the text that the value of a place covers, from its key on.
    pub fn extent(&self, place: &Place) -> Span {
        let (Place::Value(path) | Place::Key(path)) = place else { return self.locate(place) };
        let (mut node, mut start) = (&self.root, self.root.span);
        for segment in path.segments() {
            let Some((below, key)) = self.child(node, segment) else { break };
            start = key.unwrap_or(below.span);
            node = below;
        }
        if start.file == node.span.file { Span { start: start.start, ..node.span } } else { start }
    }

    /// Returns what stands one step below, and the place of its key.
    fn child<'n>(&self, node: &'n Rc<Node>, segment: &Segment) -> Option<(&'n Rc<Node>, Option<Span>)> {
        match (&node.content, segment) {
            (Content::Mapping(entries), Segment::Key(key)) if entries.len() < LARGE => {
                let entry = node.entry(key)?;
                Some((&entry.value, Some(entry.key_span)))
            }
            (Content::Mapping(entries), Segment::Key(key)) => {
                let mut all = self.keys.borrow_mut();
                let places = all.entry(Rc::as_ptr(node)).or_insert_with(|| {
                    let keys = entries.iter().map(|entry| entry.key.clone());
                    keys.enumerate().map(|(place, key)| (key, place)).collect()
                });
                let entry = entries.get(*places.get(key)?)?;
                Some((&entry.value, Some(entry.key_span)))
            }
            (Content::Sequence(items), Segment::Index(index)) => Some((items.get(*index)?, None)),
            _ => None,
        }
    }
}

impl Node {
    pub(super) fn value(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::Sequence(items) => items.iter().map(|item| item.value()).collect(),
            Content::Mapping(entries) => {
                let pairs = entries.iter().map(|entry| (entry.key.clone(), entry.value.value()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }

    /// Returns the entries of a mapping.
    pub(super) fn entries(&self) -> Option<&[Entry]> {
        match &self.content {
            Content::Mapping(entries) => Some(entries),
            Content::Scalar(_) | Content::Sequence(_) => None,
        }
    }

    /// Returns the entry of a mapping that has this key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key == key)
    }

    /// Returns whether it says nothing.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.content, Content::Scalar(Value::Null))
    }
}

/// Where the lines of a text start.
#[derive(Clone, Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// Returns the lines of a text.
    pub fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self([0].into_iter().chain(ends.map(|(at, _)| at + 1)).collect())
    }

    /// Returns the line and the column of a byte offset of the same text, both from 1; columns count characters.
    pub fn position(&self, text: &str, byte: usize) -> (usize, usize) {
        let byte = text.floor_char_boundary(byte.min(text.len()));
        let line = self.0.partition_point(|start| *start <= byte);
        let start = self.0.get(line.saturating_sub(1)).copied().unwrap_or_default();
        (line, text[start..byte].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Path;
    use serde_json::json;

    fn codes(text: &str) -> Vec<&'static str> {
        Document::parse(text, 0).err().into_iter().flatten().map(|found| found.code).collect()
    }

    fn text_at(text: &str, span: Span) -> &str {
        &text[span.start..span.end]
    }

    fn at(text: &str, place: &Place) -> String {
        let document = Document::parse(text, 0).unwrap();
        text_at(text, document.locate(place)).to_owned()
    }

    #[test]
    fn plain_scalars_mean_what_the_core_schema_says() {
        let text = "{a: 1, b: true, c: null, d: ~, e: no, f: on, g: 012345678901, h: 0x1F, i: -1.5, j: \"1\", k: , l: 1e3, m: nulls, n: 2026-01-02, o: .inf, p: -.NaN}";
        let value = Document::parse(text, 0).unwrap().value();
        let want = json!({"a": 1, "b": true, "c": null, "d": null, "e": "no", "f": "on", "g": "012345678901", "h": 31,
            "i": -1.5, "j": "1", "k": null, "l": 1000.0, "m": "nulls", "n": "2026-01-02", "o": ".inf", "p": "-.NaN"});
        assert_eq!(value, want);
    }

    #[test]
    fn places_survive_unicode_and_aliases() {
        let text = "ä: &x {k: one}\nb: *x\nc: [p, q]\n";
        assert_eq!(at(text, &Place::Value(Path::keys(["b", "k"]))), "one");
        assert_eq!(at(text, &Place::Key(Path::keys(["b"]))), "b");
        assert_eq!(at(text, &Place::Value(Path::keys(["c"]).index(1))), "q");
        assert_eq!(at(text, &Place::Value(Path::keys(["c", "gone"]))), "c");
        assert_eq!(Lines::of(text).position(text, text.find("one").unwrap()), (1, 11));
    }

    #[test]
    fn refuses_what_a_spec_must_not_hold() {
        assert_eq!(codes("a: 1\na: 2\na: 3"), ["duplicate-key", "duplicate-key"]);
        assert_eq!(codes("a: [1, 2"), ["yaml-syntax"]);
        assert_eq!(codes("a: !secret x"), ["yaml-tag"]);
        assert_eq!(codes("a: &x {<<: {b: 1}}"), ["yaml-merge-key"]);
        assert_eq!(codes("1: 2"), ["yaml-key"]);
        assert_eq!(codes("a: 1\n---\nb: 2"), ["yaml-documents"]);
        assert_eq!(codes("a: &x [*x]"), ["yaml-alias"]);
        assert_eq!(codes(&"[".repeat(40)), ["yaml-limit"]);
        assert_eq!(codes(&"a".repeat(yaml::MAX_BYTES + 1)), ["yaml-limit"]);
        let laughs = (1..12).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
            let alias = format!("*a{}", n - 1);
            text + &format!("a{n}: &a{n} [{}]\n", vec![alias; 10].join(", "))
        });
        assert_eq!(codes(&laughs), ["yaml-limit"]);
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 200].join(", "));
        assert_eq!(codes(&long), ["yaml-limit"]);
        let deep = (1..40)
            .fold("a0: &a0 [x]\n".to_owned(), |text, n| text + &format!("a{n}: &a{n} [*a{}]\n", n - 1));
        assert_eq!(codes(&deep), ["yaml-limit"]);
    }

    #[test]
    fn an_empty_text_is_null() {
        assert_eq!(Document::parse("# nothing\n", 0).unwrap().value(), Value::Null);
    }
}
