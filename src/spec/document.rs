//! The text of a spec as a tree in which every value knows its place.
//!
//! The structure comes from the events of a YAML 1.2 parser; what a plain scalar means (number, bool, null or
//! text) is asked of `serde_yaml`. Limits are kept while reading, so that no input can take long or much memory:
//! 1 MiB of text, 32 levels, 50,000 values after aliases are expanded.

use std::{borrow::Cow, collections::BTreeMap, ops::Range, rc::Rc};

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use crate::{
    diagnostic::{Diagnostic, Place},
    path::Segment,
};

/// How long the text may be.
pub const MAX_BYTES: usize = 1 << 20;
const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 50_000;
/// How many bytes of a text count as one value.
const WEIGHT_BYTES: usize = 256;

/// A YAML text that could be read as a tree.
#[derive(Debug)]
pub struct Document {
    root: Rc<Node>,
}

#[derive(Debug)]
struct Node {
    bytes: Range<usize>,
    /// How many values this one stands for, itself and what aliases add included.
    weight: usize,
    /// How many levels lie below this one.
    height: usize,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Scalar(Value),
    Sequence(Vec<Rc<Node>>),
    Mapping(Vec<Entry>),
}

#[derive(Debug)]
struct Entry {
    key: String,
    key_bytes: Range<usize>,
    value: Rc<Node>,
}

impl Document {
    /// Reads `text`. Returns what was found wrong when it is not one YAML document within the limits.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        if text.len() > MAX_BYTES {
            let found = Diagnostic::at_bytes(
                "yaml-limit",
                0,
                0,
                format!("the file is larger than {MAX_BYTES} bytes"),
            )
            .help("split the spec");
            return Err(vec![found]);
        }
        let mut reader = Reader { bytes: ByteOffsets::new(text), ..Reader::default() };
        match reader.read(text) {
            Ok(root) if reader.problems.is_empty() => Ok(Self { root }),
            Ok(_) => Err(reader.problems),
            Err(fatal) => {
                reader.problems.push(fatal);
                Err(reader.problems)
            }
        }
    }

    /// Returns the tree without its places.
    pub fn value(&self) -> Value {
        self.root.value()
    }

    /// Returns the range of bytes that a place stands for. A place that is not in the text points to the nearest
    /// value around it.
    pub fn locate(&self, place: &Place) -> Range<usize> {
        let (path, wants_key) = match place {
            Place::Bytes(start, end) => return *start..*end,
            Place::Value(path) => (path, false),
            Place::Key(path) => (path, true),
        };
        let mut node = &self.root;
        let mut key = node.bytes.start..node.bytes.start;
        let mut found_all = true;
        for segment in path.segments() {
            let Some((below, below_key)) = node.child(segment) else {
                found_all = false;
                break;
            };
            key = below_key.unwrap_or_else(|| below.bytes.clone());
            node = below;
        }
        // A mapping spans many lines; its key says which one is meant.
        let is_block = !matches!(node.content, Content::Scalar(_));
        if wants_key || !found_all || is_block { key } else { node.bytes.clone() }
    }
}

impl Node {
    fn value(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::Sequence(items) => items.iter().map(|item| item.value()).collect(),
            Content::Mapping(entries) => {
                let pairs = entries.iter().map(|entry| (entry.key.clone(), entry.value.value()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }

    fn child(&self, segment: &Segment) -> Option<(&Rc<Self>, Option<Range<usize>>)> {
        match (&self.content, segment) {
            (Content::Mapping(entries), Segment::Key(key)) => {
                let entry = entries.iter().find(|entry| entry.key == *key)?;
                Some((&entry.value, Some(entry.key_bytes.clone())))
            }
            (Content::Sequence(items), Segment::Index(index)) => Some((items.get(*index)?, None)),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Reader {
    bytes: ByteOffsets,
    anchors: BTreeMap<usize, Rc<Node>>,
    problems: Vec<Diagnostic>,
    /// Values read so far; an alias counts as all that it stands for.
    count: usize,
}

/// The parts of a collection whose end has not come yet.
struct Open {
    start: usize,
    anchor: usize,
    count_before: usize,
    height: usize,
    content: Content,
    key: Option<(String, Range<usize>)>,
}

impl Reader {
    fn read(&mut self, text: &str) -> Result<Rc<Node>, Diagnostic> {
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| {
                let at = self.bytes.at(error.marker().index());
                Diagnostic::at_bytes("yaml-syntax", at, at, format!("this is not YAML: {}", error.info()))
            })?;
            let at = self.bytes.at(span.start.index())..self.bytes.at(span.end.index());
            if let Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) = event
            {
                let found =
                    Diagnostic::at_bytes("yaml-tag", at.start, at.end, "a YAML tag has no meaning in a spec");
                self.problems.push(found.help("remove the word that starts with `!`"));
            }
            let node = match event {
                Event::SequenceStart(anchor, _) => {
                    open.push(self.open(&at, anchor, Content::Sequence(Vec::new())));
                    limited(open.len() <= MAX_DEPTH, &at, "it is nested too deeply")?;
                    continue;
                }
                Event::MappingStart(anchor, _) => {
                    open.push(self.open(&at, anchor, Content::Mapping(Vec::new())));
                    limited(open.len() <= MAX_DEPTH, &at, "it is nested too deeply")?;
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(Open { start, anchor, count_before, height, content, key: _ }) = open.pop()
                    else {
                        continue;
                    };
                    let (bytes, weight) = (start..at.end.max(start), self.count - count_before);
                    self.keep(anchor, Node { bytes, weight, height: height + 1, content })
                }
                Event::Scalar(text, style, anchor, _) => {
                    // A long text counts as several values: an alias can stand for it many times.
                    let weight = 1 + text.len() / WEIGHT_BYTES;
                    self.count += weight;
                    let content = Content::Scalar(meaning(text, style));
                    self.keep(anchor, Node { bytes: at.clone(), weight, height: 0, content })
                }
                Event::Alias(anchor) => {
                    let Some(node) = self.anchors.get(&anchor) else {
                        return Err(Diagnostic::at_bytes(
                            "yaml-alias",
                            at.start,
                            at.end,
                            "this alias stands inside the value that it names",
                        ));
                    };
                    self.count += node.weight;
                    limited(open.len() + node.height <= MAX_DEPTH, &at, "it is nested too deeply")?;
                    Rc::clone(node)
                }
                Event::DocumentStart(_) if root.is_some() => {
                    let found = Diagnostic::at_bytes(
                        "yaml-syntax",
                        at.start,
                        at.end,
                        "a second YAML document starts here",
                    );
                    return Err(found.help("keep one document in a file"));
                }
                _ => continue,
            };
            limited(self.count <= MAX_NODES, &at, "it holds too many values")?;
            match open.last_mut() {
                Some(parent) => {
                    parent.height = parent.height.max(node.height);
                    self.add(parent, node)?;
                }
                None => root = Some(node),
            }
        }
        let empty = Node { bytes: 0..0, weight: 1, height: 0, content: Content::Scalar(Value::Null) };
        Ok(root.unwrap_or_else(|| Rc::new(empty)))
    }

    fn open(&mut self, at: &Range<usize>, anchor: usize, content: Content) -> Open {
        let count_before = self.count;
        self.count += 1;
        Open { start: at.start, anchor, count_before, height: 0, content, key: None }
    }

    fn keep(&mut self, anchor: usize, node: Node) -> Rc<Node> {
        let node = Rc::new(node);
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        node
    }

    /// Puts a value where it belongs in the collection that is open: an item, a key, or the value of that key.
    fn add(&mut self, parent: &mut Open, node: Rc<Node>) -> Result<(), Diagnostic> {
        let entries = match &mut parent.content {
            Content::Mapping(entries) => entries,
            Content::Sequence(items) => {
                items.push(node);
                return Ok(());
            }
            Content::Scalar(_) => return Ok(()),
        };
        if let Some((key, key_bytes)) = parent.key.take() {
            entries.push(Entry { key, key_bytes, value: node });
            return Ok(());
        }
        let bytes = node.bytes.clone();
        let Content::Scalar(Value::String(key)) = &node.content else {
            let found = Diagnostic::at_bytes("yaml-key", bytes.start, bytes.end, "a key must be text");
            return Err(found.help("put the key in quotes"));
        };
        if key == "<<" {
            let message = "the merge key `<<` is not part of YAML 1.2";
            let found = Diagnostic::at_bytes("yaml-merge-key", bytes.start, bytes.end, message);
            self.problems.push(found.help("write the keys out, or use an alias for the whole value"));
        }
        if let Some(first) = entries.iter().find(|entry| entry.key == *key) {
            let place = Place::Bytes(first.key_bytes.start, first.key_bytes.end);
            let message = format!("the key `{key}` is given twice");
            let found = Diagnostic::at_bytes("duplicate-key", bytes.start, bytes.end, message);
            self.problems.push(found.related(place, "first given here").help("keep one of the two"));
        }
        parent.key = Some((key.clone(), bytes));
        Ok(())
    }
}

fn limited(holds: bool, at: &Range<usize>, problem: &str) -> Result<(), Diagnostic> {
    if holds {
        return Ok(());
    }
    let message = format!("the spec goes over a limit: {problem}");
    let help = format!("a file has at most {MAX_DEPTH} levels and {MAX_NODES} values, aliases expanded");
    Err(Diagnostic::at_bytes("yaml-limit", at.start, at.end, message).help(help))
}

/// Returns what a scalar stands for. Quoted and block scalars are text. A plain one is what YAML's core schema says,
/// except that digits with a leading zero stay text: they are an account id, and as a number they would lose it.
fn meaning(text: Cow<'_, str>, style: ScalarStyle) -> Value {
    let may_differ = text.is_empty()
        || text.starts_with([
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '-', '.', '~', 'n', 'N', 't', 'T', 'f',
            'F',
        ]);
    if style == ScalarStyle::Plain && may_differ {
        match serde_yaml::from_str::<Value>(&text) {
            // Infinities have no place in a tree, and come as null.
            Ok(Value::Null) if text.contains('.') => {}
            Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => return value,
            _ => {}
        }
    }
    Value::String(text.into_owned())
}

/// Turns the character offsets of the parser into byte offsets.
#[derive(Default)]
struct ByteOffsets {
    /// Empty when the text is ASCII and both are the same.
    starts: Vec<usize>,
    len: usize,
}

impl ByteOffsets {
    fn new(text: &str) -> Self {
        let starts =
            if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Self { starts, len: text.len() }
    }

    fn at(&self, character: usize) -> usize {
        if self.starts.is_empty() {
            character.min(self.len)
        } else {
            self.starts.get(character).copied().unwrap_or(self.len)
        }
    }
}

/// Returns the line and the column of a byte offset, both from 1; columns count characters.
pub fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(byte.min(text.len()))];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Path;
    use serde_json::json;

    fn codes(text: &str) -> Vec<&'static str> {
        Document::parse(text).err().into_iter().flatten().map(|found| found.code).collect()
    }

    fn at(text: &str, place: &Place) -> String {
        let document = Document::parse(text).unwrap();
        text[document.locate(place)].to_owned()
    }

    #[test]
    fn plain_scalars_mean_what_the_core_schema_says() {
        let text = "{a: 1, b: true, c: null, d: ~, e: no, f: on, g: 012345678901, h: 0x1F, i: -1.5, j: \"1\", k: , l: 1e3, m: nulls, n: 2026-01-02, o: .inf, p: -.NaN}";
        let value = Document::parse(text).unwrap().value();
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
        assert_eq!(line_and_column(text, text.find("one").unwrap()), (1, 11));
    }

    #[test]
    fn refuses_what_a_spec_must_not_hold() {
        assert_eq!(codes("a: 1\na: 2\na: 3"), ["duplicate-key", "duplicate-key"]);
        assert_eq!(codes("a: [1, 2"), ["yaml-syntax"]);
        assert_eq!(codes("a: !secret x"), ["yaml-tag"]);
        assert_eq!(codes("a: &x {<<: {b: 1}}"), ["yaml-merge-key"]);
        assert_eq!(codes("1: 2"), ["yaml-key"]);
        assert_eq!(codes("a: 1\n---\nb: 2"), ["yaml-syntax"]);
        assert_eq!(codes("a: &x [*x]"), ["yaml-alias"]);
        assert_eq!(codes(&"[".repeat(40)), ["yaml-limit"]);
        assert_eq!(codes(&"a".repeat(MAX_BYTES + 1)), ["yaml-limit"]);
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
        assert_eq!(Document::parse("# nothing\n").unwrap().value(), Value::Null);
    }
}
