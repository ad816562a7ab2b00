//! A spec in several files: one for each trail, with what only that trail uses.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{entry::Names, place, remarks::Remark};
use crate::{
    kinds::{Resource as _, kind, trail::Trail},
    path::{Path, Segment},
};

/// The name of the file with what several trails use.
const SHARED: &str = "shared";

/// One of the files of a spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Part {
    /// The name of the file.
    pub file: String,
    /// Its text, in YAML.
    pub spec: String,
}

/// Returns which entries stand in which file, by the name of the file.
pub(super) fn files(names: &Names<'_>) -> BTreeMap<String, BTreeSet<Path>> {
    let mut users: BTreeMap<Path, BTreeSet<&str>> = BTreeMap::new();
    for (trail, one) in names.of_kind(Trail::KIND) {
        let mut open = vec![(Trail::KIND, trail, one)];
        while let Some((kind_name, key, one)) = open.pop() {
            if !users.entry(place(kind_name, key)).or_default().insert(trail) {
                continue;
            }
            let links = kind(kind_name).map(|kind| kind.links(&one.attrs)).unwrap_or_default();
            open.extend(links.into_iter().filter_map(|(_, kind, to)| {
                let (key, one) = names.entry(kind, to.as_str())?;
                Some((kind, key, one))
            }));
        }
    }
    let mut taken = BTreeSet::from([SHARED.to_owned()]);
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for (trail, _) in names.of_kind(Trail::KIND) {
        files.insert(trail, file_name(trail, &mut taken));
    }
    let mut parts: BTreeMap<String, BTreeSet<Path>> = BTreeMap::new();
    for (kind, key, _) in names.all() {
        let at = place(kind, key);
        let only = users.get(&at).filter(|users| users.len() == 1).and_then(|users| users.first());
        let file = only.and_then(|trail| files.get(trail)).map_or(SHARED, String::as_str);
        parts.entry(format!("{file}.yaml")).or_default().insert(at);
    }
    parts
}

/// Returns a name that no other file has and every file system takes.
fn file_name(key: &str, taken: &mut BTreeSet<String>) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let plain: String = key.chars().map(|c| if is_plain(c) { c.to_ascii_lowercase() } else { '-' }).collect();
    let mut spellings = std::iter::once(plain.clone()).chain((2..).map(|number| format!("{plain}-{number}")));
    let name = spellings.find(|name| !taken.contains(name)).unwrap_or(plain);
    taken.insert(name.clone());
    name
}

/// Returns the part of a spec that stands in a file, with its head.
pub(super) fn part(tree: &Value, entries: &BTreeSet<Path>) -> Value {
    let is_inside = |section: &str, key: &str| entries.contains(&Path::keys([section, key]));
    let members = tree.as_object().into_iter().flatten().filter_map(|(member, value)| {
        let Some(section) = value.as_object() else { return Some((member.clone(), value.clone())) };
        let inside = section.iter().filter(|(key, _)| is_inside(member, key));
        let inside: Map<String, Value> = inside.map(|(key, entry)| (key.clone(), entry.clone())).collect();
        (!inside.is_empty()).then(|| (member.clone(), Value::Object(inside)))
    });
    Value::Object(members.collect())
}

/// Returns whether a comment is about one of these entries.
pub(super) fn is_about(remark: &Remark, entries: &BTreeSet<Path>) -> bool {
    let [Segment::Key(section), Segment::Key(key), ..] = remark.at.segments() else { return false };
    entries.contains(&Path::keys([section, key]))
}
