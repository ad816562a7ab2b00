//! The tree of a template: JSON, or YAML with the short forms of the intrinsic functions, which are written out.
//!
//! Limits are kept while reading, so that no input can take long or much memory: 1 MiB of text, 64 levels, 50,000 values after
//! aliases are expanded.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, Tag};
use serde_json::{Map, Value, json};

use crate::spec::{MAX_BYTES, meaning};

const MAX_DEPTH: usize = 64;
const MAX_NODES: usize = 50_000;
/// How many bytes of a text count as one value.
const WEIGHT_BYTES: usize = 256;

/// A value, and how much an alias that stands for it adds.
#[derive(Clone)]
struct Node {
    value: Value,
    weight: usize,
    height: usize,
}

/// A collection whose end has not come yet.
struct Open {
    anchor: usize,
    function: Option<String>,
    count_before: usize,
    height: usize,
    content: Content,
}

enum Content {
    List(Vec<Value>),
    Map(Map<String, Value>, Option<String>),
}

#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    count: usize,
}

/// Reads a text. `Err` says what is wrong with it: words that go on after "it".
pub(super) fn read(text: &str) -> Result<Value, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("is larger than {MAX_BYTES} bytes"));
    }
    if text.trim_start().starts_with('{')
        && let Ok(tree) = serde_json::from_str(text)
    {
        return Ok(tree);
    }
    Reader::default().read(text)
}

impl Reader {
    fn read(&mut self, text: &str) -> Result<Value, String> {
        let mut root = None;
        for event in Parser::new_from_str(text) {
            let (event, span) = event
                .map_err(|error| format!("is not YAML: {} (line {})", error.info(), error.marker().line()))?;
            let line = span.start.line();
            let limited = |holds: bool, what: &str| {
                if holds { Ok(()) } else { Err(format!("{what} (line {line})")) }
            };
            let node = match event {
                Event::DocumentStart(_) if root.is_some() => return Err("has several documents".to_owned()),
                Event::SequenceStart(anchor, tag) => {
                    self.start(anchor, tag.as_deref(), Content::List(Vec::new()));
                    limited(self.open.len() <= MAX_DEPTH, "is nested too deeply")?;
                    continue;
                }
                Event::MappingStart(anchor, tag) => {
                    self.start(anchor, tag.as_deref(), Content::Map(Map::new(), None));
                    limited(self.open.len() <= MAX_DEPTH, "is nested too deeply")?;
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(Open { anchor, function, count_before, height, content }) = self.open.pop()
                    else {
                        continue;
                    };
                    let value = match content {
                        Content::List(items) => Value::Array(items),
                        Content::Map(members, _) => Value::Object(members),
                    };
                    let value = called(function.as_deref(), value);
                    self.keep(anchor, Node { value, weight: self.count - count_before, height: height + 2 })
                }
                Event::Scalar(scalar, style, anchor, tag) => {
                    let weight = 1 + scalar.len() / WEIGHT_BYTES;
                    self.count += weight;
                    let value = match tag.as_deref() {
                        // A text, whatever it looks like.
                        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => {
                            Value::String(scalar.into_owned())
                        }
                        tag => called(function(tag).as_deref(), meaning(scalar, style)),
                    };
                    self.keep(anchor, Node { value, weight, height: 1 })
                }
                Event::Alias(anchor) => {
                    let node = self.anchors.get(&anchor).cloned();
                    let node =
                        node.ok_or_else(|| format!("has an alias inside of what it names (line {line})"))?;
                    self.count += node.weight;
                    node
                }
                _ => continue,
            };
            limited(self.count <= MAX_NODES, "has too many values")?;
            limited(self.open.len() + node.height <= MAX_DEPTH + 2, "is nested too deeply")?;
            match self.open.last_mut() {
                Some(parent) => parent.add(node).map_err(|what| format!("{what} (line {line})"))?,
                None => root = Some(node.value),
            }
        }
        Ok(root.unwrap_or_default())
    }

    fn start(&mut self, anchor: usize, tag: Option<&Tag>, content: Content) {
        let count_before = self.count;
        self.count += 1;
        self.open.push(Open { anchor, function: function(tag), count_before, height: 0, content });
    }

    fn keep(&mut self, anchor: usize, node: Node) -> Node {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        node
    }
}

impl Open {
    /// Puts a value where it belongs: an item, a key, or the value of that key.
    fn add(&mut self, node: Node) -> Result<(), &'static str> {
        self.height = self.height.max(node.height);
        match &mut self.content {
            Content::List(items) => items.push(node.value),
            Content::Map(members, key) => match key.take() {
                None => {
                    let text = match node.value {
                        Value::String(text) => text,
                        // Account ids are keys of mappings.
                        Value::Number(number) => number.to_string(),
                        Value::Bool(on) => on.to_string(),
                        Value::Null | Value::Array(_) | Value::Object(_) => {
                            return Err("has a key that is no text");
                        }
                    };
                    if text == "<<" {
                        return Err("has a merge key `<<`, which is not followed");
                    }
                    if members.contains_key(&text) {
                        return Err("has a key twice");
                    }
                    *key = Some(text);
                }
                Some(key) => drop(members.insert(key, node.value)),
            },
        }
        Ok(())
    }
}

/// Returns the name of the function that a tag is short for.
fn function(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty())?;
    Some(match tag.suffix.as_str() {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    })
}

/// Writes out a function that was written short.
fn called(function: Option<&str>, value: Value) -> Value {
    match (function, value) {
        (None, value) => value,
        (Some(name @ "Fn::GetAtt"), Value::String(text)) => match text.split_once('.') {
            Some((resource, attribute)) => json!({name: [resource, attribute]}),
            None => json!({name: text}),
        },
        (Some(name), value) => json!({name: value}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_functions_are_written_out() {
        let text = "a: !Ref B\nb: !GetAtt C.Arn.D\nc: !Sub ['x-${y}', {y: !Select [0, !Split [',', 'p,q']]}]\nd: !If [Is, 012345678901, !Ref 'AWS::NoValue']\n\
                    e: !Condition Is\nf: !!str 12\n111122223333: 2012-10-17\n";
        let want = json!({
            "a": {"Ref": "B"},
            "b": {"Fn::GetAtt": ["C", "Arn.D"]},
            "c": {"Fn::Sub": ["x-${y}", {"y": {"Fn::Select": [0, {"Fn::Split": [",", "p,q"]}]}}]},
            "d": {"Fn::If": ["Is", "012345678901", {"Ref": "AWS::NoValue"}]},
            "e": {"Condition": "Is"},
            "f": "12",
            "111122223333": "2012-10-17",
        });
        assert_eq!(read(text).unwrap(), want);
        assert_eq!(read(&want.to_string()).unwrap(), want);
    }

    #[test]
    fn what_would_take_long_is_refused() {
        let laughs = (1..12).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
            text + &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "))
        });
        let deep = (1..80)
            .fold("a0: &a0 [x]\n".to_owned(), |text, n| text + &format!("a{n}: &a{n} [*a{}]\n", n - 1));
        let wide = format!("a: &a [{}]\nb: [{}]\n", "x, ".repeat(2000), "*a, ".repeat(2000));
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 200].join(", "));
        for text in [
            &laughs,
            &deep,
            &wide,
            &long,
            &"[".repeat(100_000),
            &"{".repeat(100_000),
            &"a".repeat(MAX_BYTES + 1),
        ] {
            assert!(read(text).is_err(), "{}", &text[..40]);
        }
        for text in
            ["a: 1\na: 2", "a: &x [*x]", "a: 1\n---\nb: 2", "[a]: 1", "a: {<<: {b: 1}}", "a: [", "a: *b"]
        {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read("").unwrap(), Value::Null);
    }
}
