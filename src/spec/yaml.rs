//! From YAML text to a tree in which every value knows its place.
//!
//! The structure comes from the events of a YAML 1.2 parser; what a plain scalar means (number, bool, null or
//! text) is asked of `serde_yaml`. Limits are kept while reading, so that no input can take long or much memory:
//! 1 MiB of text, 32 levels, 50,000 values after aliases are expanded.

use std::{borrow::Cow, collections::BTreeMap, rc::Rc};

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::Value;

use super::document::{Content, Entry, Node};
use crate::diagnostic::{Diagnostic, Place, Span};

/// How long the text of a file may be, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
const MAX_DEPTH: usize = 32;
/// How many values the files of a spec may hold together, aliases expanded.
pub(super) const MAX_NODES: usize = 50_000;
/// How many bytes of a text count as one value.
const WEIGHT_BYTES: usize = 256;

/// Reads the text of a file. Returns what was found wrong when it is not one YAML document within the limits.
pub(super) fn read(text: &str, file: usize) -> Result<Rc<Node>, Vec<Diagnostic>> {
    let start = Span { file, start: 0, end: 0 };
    if text.len() > MAX_BYTES {
        let message = format!("the file is larger than {MAX_BYTES} bytes");
        return Err(vec![Diagnostic::at_text("yaml-limit", start, message).help("split the spec")]);
    }
    let mut reader = Reader { file, bytes: ByteOffsets::new(text), ..Reader::default() };
    match reader.read(text) {
        Ok(root) if reader.problems.is_empty() => Ok(root),
        Ok(_) => Err(reader.problems),
        Err(fatal) => {
            reader.problems.push(fatal);
            Err(reader.problems)
        }
    }
}

#[derive(Default)]
struct Reader {
    file: usize,
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
    key: Option<(String, Span)>,
}

impl Reader {
    fn read(&mut self, text: &str) -> Result<Rc<Node>, Diagnostic> {
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| {
                let at = self.bytes.at(error.marker().index());
                let span = Span { file: self.file, start: at, end: at };
                Diagnostic::at_text("yaml-syntax", span, format!("this is not YAML: {}", error.info()))
            })?;
            let (start, end) = (self.bytes.at(span.start.index()), self.bytes.at(span.end.index()));
            let at = Span { file: self.file, start, end };
            if let Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) = event
            {
                let found = Diagnostic::at_text("yaml-tag", at, "a YAML tag has no meaning in a spec");
                self.problems.push(found.help("remove the word that starts with `!`"));
            }
            let node = match event {
                Event::SequenceStart(anchor, _) => {
                    open.push(self.open(at, anchor, Content::Sequence(Vec::new())));
                    limited(open.len() <= MAX_DEPTH, at, "it is nested too deeply")?;
                    continue;
                }
                Event::MappingStart(anchor, _) => {
                    open.push(self.open(at, anchor, Content::Mapping(Vec::new())));
                    limited(open.len() <= MAX_DEPTH, at, "it is nested too deeply")?;
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(Open { start, anchor, count_before, height, content, key: _ }) = open.pop()
                    else {
                        continue;
                    };
                    let weight = self.count - count_before;
                    let span = Span { start, end: at.end.max(start), ..at };
                    self.keep(anchor, Node { span, weight, height: height + 1, content })
                }
                Event::Scalar(scalar, style, anchor, _) => {
                    // A long text counts as several values: an alias can stand for it many times.
                    let weight = 1 + scalar.len() / WEIGHT_BYTES;
                    self.count += weight;
                    let span = Span { end: quoted_end(text, at, style).unwrap_or(at.end), ..at };
                    let content = Content::Scalar(meaning(scalar, style));
                    self.keep(anchor, Node { span, weight, height: 0, content })
                }
                Event::Alias(anchor) => {
                    let Some(node) = self.anchors.get(&anchor) else {
                        return Err(Diagnostic::at_text(
                            "yaml-alias",
                            at,
                            "this alias stands inside the value that it names",
                        )
                        .help("give the anchor to a smaller part"));
                    };
                    self.count += node.weight;
                    limited(open.len() + node.height <= MAX_DEPTH, at, "it is nested too deeply")?;
                    Rc::clone(node)
                }
                Event::DocumentStart(_) if root.is_some() => {
                    let found =
                        Diagnostic::at_text("yaml-documents", at, "a second YAML document starts here");
                    return Err(found.help("keep one document in a file"));
                }
                _ => continue,
            };
            limited(self.count <= MAX_NODES, at, "it holds too many values")?;
            match open.last_mut() {
                Some(parent) => {
                    parent.height = parent.height.max(node.height);
                    self.add(parent, node)?;
                }
                None => root = Some(node),
            }
        }
        let span = Span { file: self.file, start: 0, end: 0 };
        let empty = Node { span, weight: 1, height: 0, content: Content::Scalar(Value::Null) };
        Ok(root.unwrap_or_else(|| Rc::new(empty)))
    }

    fn open(&mut self, at: Span, anchor: usize, content: Content) -> Open {
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
        if let Some((key, key_span)) = parent.key.take() {
            entries.push(Entry { key, key_span, value: node });
            return Ok(());
        }
        let span = node.span;
        let Content::Scalar(Value::String(key)) = &node.content else {
            let found = Diagnostic::at_text("yaml-key", span, "a key must be text");
            return Err(found.help("put the key in quotes"));
        };
        if key == "<<" {
            let message = "the merge key `<<` is not part of YAML 1.2";
            let found = Diagnostic::at_text("yaml-merge-key", span, message);
            self.problems.push(found.help("write the keys out, or use an alias for the whole value"));
        }
        if let Some(first) = entries.iter().find(|entry| entry.key == *key) {
            let place = Place::Text(first.key_span);
            let message = format!("the key `{key}` is given twice");
            let found = Diagnostic::at_text("duplicate-key", span, message);
            self.problems.push(found.related(place, "first given here").help("keep one of the two"));
        }
        parent.key = Some((key.clone(), span));
        Ok(())
    }
}

fn limited(holds: bool, at: Span, problem: &str) -> Result<(), Diagnostic> {
    if holds {
        return Ok(());
    }
    let message = format!("the spec goes over a limit: {problem}");
    let help = format!("a file has at most {MAX_DEPTH} levels and {MAX_NODES} values, aliases expanded");
    Err(Diagnostic::at_text("yaml-limit", at, message).help(help))
}

/// Returns where a scalar in quotes ends. The parser counts what follows it to it, comments too.
fn quoted_end(text: &str, at: Span, style: ScalarStyle) -> Option<usize> {
    let quote = match style {
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::DoubleQuoted => '"',
        ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => return None,
    };
    let inner = text.get(at.start..at.end)?.strip_prefix(quote)?;
    let mut rest = inner.char_indices();
    while let Some((place, c)) = rest.next() {
        let is_escape = match quote {
            '"' => c == '\\',
            _ => c == quote && rest.as_str().starts_with(quote),
        };
        if is_escape {
            rest.next();
        } else if c == quote {
            return Some(at.start + 1 + place + 1);
        }
    }
    None
}

/// Returns what a scalar stands for. Quoted and block scalars are text. A plain one is what YAML's core schema says,
/// except that digits with a leading zero stay text: they are an account id, and as a number they would lose it.
pub(crate) fn meaning(text: Cow<'_, str>, style: ScalarStyle) -> Value {
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
