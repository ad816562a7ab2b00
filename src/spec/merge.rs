//! Several files that are one spec: their sections are put together, and fragments of events are put into their trails.

use std::rc::Rc;

use serde_json::Value;

use super::{
    document::{Content, Document, Entry, Node},
    yaml,
};
use crate::{
    diagnostic::{Diagnostic, Place, Span, nearest},
    kinds::KINDS,
};

/// The section in which other files add events to a trail.
pub(super) const FRAGMENTS: &str = "event_fragments";
/// The section of variables with their defaults.
pub(super) const VARIABLES: &str = "vars";

/// The list of what must be recorded: the files' lists are put together.
const EXPECTATIONS: &str = "expect";

/// Returns the keys whose value is a mapping of entries, which may be spread over several files.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    [VARIABLES, FRAGMENTS].into_iter().chain(KINDS.iter().map(|kind| kind.section()))
}

/// Puts the documents of several files together. Each must be of the same stack.
pub(super) fn merged(documents: Vec<Document>, found: &mut Vec<Diagnostic>) -> Option<Document> {
    let is_alone = documents.len() == 1;
    let mut all: Option<Node> = None;
    for document in documents {
        let root = document.root();
        if root.entries().is_none() {
            let message = "a spec is a mapping that starts with `version: 1`";
            found.push(
                Diagnostic::at_text("not-a-spec", start(root.span), message).help("see `trailctl init`"),
            );
            if is_alone {
                return None;
            }
            continue;
        }
        if !is_alone {
            for field in ["version", "stack"].into_iter().filter(|field| root.entry(field).is_none()) {
                let message = format!("`{field}` is missing: every file of a spec says of which stack it is");
                found.push(
                    Diagnostic::at_text("missing-field", start(root.span), message)
                        .help(format!("add `{field}:`")),
                );
            }
        }
        match &mut all {
            None => all = Some(Node::clone(root)),
            Some(all) => add(all, root, found),
        }
    }
    let mut all = all?;
    if all.weight > yaml::MAX_NODES {
        let message = format!("the files hold more than {} values together", yaml::MAX_NODES);
        found.push(Diagnostic::at_text("yaml-limit", start(all.span), message).help("split the stack"));
        return None;
    }
    graft(&mut all, found);
    Some(Document::of(Rc::new(all)))
}

fn start(span: Span) -> Span {
    Span { start: 0, end: 0, ..span }
}

/// Adds the keys of another file.
fn add(all: &mut Node, more: &Rc<Node>, found: &mut Vec<Diagnostic>) {
    all.weight += more.weight;
    let Content::Mapping(entries) = &mut all.content else { return };
    for entry in more.entries().unwrap_or_default() {
        let Some(same) = entries.iter_mut().find(|other| other.key == entry.key) else {
            entries.push(entry.clone());
            continue;
        };
        let is_section = sections().any(|section| section == entry.key);
        if is_section && entry.value.is_null() {
            continue;
        }
        if is_section && same.value.is_null() {
            same.value = Rc::clone(&entry.value);
            continue;
        }
        if entry.key == EXPECTATIONS
            && let (Content::Sequence(items), Content::Sequence(more)) =
                (&same.value.content, &entry.value.content)
        {
            let items = items.iter().chain(more).cloned().collect();
            same.value = Rc::new(Node { content: Content::Sequence(items), ..Node::clone(&same.value) });
            continue;
        }
        match (is_section, entry.value.entries()) {
            (true, Some(more)) if same.value.entries().is_some() => {
                let mut section = Node::clone(&same.value);
                add_entries(&mut section, more, found);
                same.value = Rc::new(section);
            }
            _ if same.value.value() == entry.value.value() => {}
            _ => found.push(conflict(same, entry)),
        }
    }
}

fn conflict(first: &Entry, other: &Entry) -> Diagnostic {
    let place = Place::Text(first.value.span);
    let (code, message, help) = if other.key == "stack" {
        let message = "this file is of another stack than the first".to_owned();
        ("several-stacks", message, "give the files of one stack at a time")
    } else {
        let message = format!("`{}` says something else in another file", other.key);
        ("conflicting-key", message, "keep it in one of the files")
    };
    Diagnostic::at_text(code, other.value.span, message).related(place, "said here first").help(help)
}

fn add_entries(section: &mut Node, more: &[Entry], found: &mut Vec<Diagnostic>) {
    let Content::Mapping(entries) = &mut section.content else { return };
    for entry in more {
        if let Some(first) = entries.iter().find(|other| other.key == entry.key) {
            let message = format!("`{}` is in two files", entry.key);
            let place = Place::Text(first.key_span);
            found.push(
                Diagnostic::at_text("duplicate-entry", entry.key_span, message)
                    .related(place, "first given here")
                    .help("keep one of the two"),
            );
        } else {
            entries.push(entry.clone());
        }
    }
}

/// Puts the events of each fragment behind those of the trail that it extends.
fn graft(all: &mut Node, found: &mut Vec<Diagnostic>) {
    let Content::Mapping(top) = &mut all.content else { return };
    let Some(place) = top.iter().position(|entry| entry.key == FRAGMENTS) else { return };
    let section = top.remove(place);
    if section.value.is_null() {
        return;
    }
    let Some(fragments) = section.value.entries() else {
        let message = format!("`{FRAGMENTS}` is a mapping from keys to fragments");
        found.push(Diagnostic::at_text("wrong-type", section.key_span, message));
        return;
    };
    let trails = top.iter_mut().find(|entry| entry.key == "trails");
    let mut trails = trails.map(|section| Node::clone(&section.value));
    for fragment in fragments {
        match Fragment::read(fragment) {
            Err(problem) => found.push(problem),
            Ok(fragment) => fragment.put_into(trails.as_mut(), found),
        }
    }
    if let Some(entry) = top.iter_mut().find(|entry| entry.key == "trails")
        && let Some(trails) = trails
    {
        entry.value = Rc::new(trails);
    }
}

/// Events that another file adds to a trail.
struct Fragment<'a> {
    extends: (&'a str, Span),
    events: &'a [Rc<Node>],
}

impl<'a> Fragment<'a> {
    fn read(entry: &'a Entry) -> Result<Self, Diagnostic> {
        let wrong = |span, message: &str| {
            let help = "write `{extends: TRAIL, events: […]}`";
            Err(Diagnostic::at_text("invalid-fragment", span, message).help(help))
        };
        let Some(keys) = entry.value.entries() else {
            return wrong(entry.key_span, "a fragment is a mapping");
        };
        if let Some(unknown) = keys.iter().find(|one| one.key != "extends" && one.key != "events") {
            let message = format!("unknown key `{}`", unknown.key);
            let help = match nearest(&unknown.key, ["extends", "events"]) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "one of: extends, events".to_owned(),
            };
            return Err(Diagnostic::at_text("unknown-key", unknown.key_span, message).help(help));
        }
        let extends = entry.value.entry("extends").map(|extends| &extends.value);
        let events = entry.value.entry("events").map(|events| &events.value);
        let (Some(extends), Some(events)) = (extends, events) else {
            return wrong(entry.key_span, "a fragment says which trail it extends, and by which events");
        };
        let Content::Scalar(Value::String(trail)) = &extends.content else {
            return wrong(extends.span, "`extends` is the key of a trail");
        };
        match &events.content {
            Content::Sequence(events) => Ok(Self { extends: (trail, extends.span), events }),
            Content::Scalar(_) | Content::Mapping(_) => {
                wrong(events.span, "`events` is a list of event selectors")
            }
        }
    }

    fn put_into(self, trails: Option<&mut Node>, found: &mut Vec<Diagnostic>) {
        let Self { extends: (key, span), events } = self;
        let Some(trails) = trails.and_then(|trails| match &mut trails.content {
            Content::Mapping(trails) => Some(trails),
            Content::Scalar(_) | Content::Sequence(_) => None,
        }) else {
            found.push(unknown(key, span, &[]));
            return;
        };
        let Some(trail) = trails.iter_mut().find(|trail| trail.key == *key) else {
            found.push(unknown(key, span, trails));
            return;
        };
        let mut extended = Node::clone(&trail.value);
        let Content::Mapping(keys) = &mut extended.content else { return };
        if let Some(basic) = keys.iter().find(|entry| entry.key == "basic_events") {
            let message =
                format!("the trail `{key}` has basic event selectors, which no fragment can extend");
            found.push(
                Diagnostic::at_text("fragment-of-basic", span, message)
                    .related(Place::Text(basic.key_span), "here")
                    .help("turn them into advanced ones with `trailctl fmt --upgrade`"),
            );
            return;
        }
        match keys.iter_mut().find(|entry| entry.key == "events") {
            Some(own) => {
                let mut list = Node::clone(&own.value);
                if let Content::Sequence(items) = &mut list.content {
                    items.extend(events.iter().cloned());
                }
                own.value = Rc::new(list);
            }
            None => {
                let items =
                    std::iter::once(all_management_events(trail.key_span)).chain(events.iter().cloned());
                let list = Node {
                    span: trail.key_span,
                    weight: 0,
                    height: 0,
                    content: Content::Sequence(items.collect()),
                };
                keys.push(Entry { key: "events".to_owned(), key_span: trail.key_span, value: Rc::new(list) });
            }
        }
        trail.value = Rc::new(extended);
    }
}

fn unknown(key: &str, span: Span, trails: &[Entry]) -> Diagnostic {
    let message = format!("no trail of this spec has the key `{key}`");
    let found = Diagnostic::at_text("unknown-reference", span, message);
    match nearest(key, trails.iter().map(|trail| trail.key.as_str())) {
        Some(known) => found.help(format!("did you mean `{known}`?")),
        None => found.help("a fragment extends a trail of the same stack: give the file of that trail too"),
    }
}

/// Returns what a trail records that says nothing of events: a fragment adds to it.
fn all_management_events(span: Span) -> Rc<Node> {
    let node = |content| Rc::new(Node { span, weight: 0, height: 0, content });
    let entry = |key: &str, value| vec![Entry { key: key.to_owned(), key_span: span, value }];
    let category = node(Content::Scalar(Value::String("Management".to_owned())));
    let conditions = node(Content::Mapping(entry("eventCategory", category)));
    node(Content::Mapping(entry("where", conditions)))
}
