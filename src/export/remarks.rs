//! What is said in comments: what an entry cannot say, and what should be looked at.

use super::{Found, Head, Looked, entry::Names, place};
use crate::{
    diagnostic::{Diagnostic, Place, Severity},
    kinds::{Resource as _, kind, trail::Trail},
    path::{Path, Segment},
    resource::{Existing, Reference, ResourceId},
    rules,
};

/// A comment on a value of a spec.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Remark {
    /// The value.
    pub(super) at: Path,
    /// What is said: sentences.
    pub(super) text: String,
    /// Whether whoever exports must know it too, and not only the reader of the spec.
    pub(super) is_warning: bool,
}

impl Remark {
    pub(super) fn note(at: Path, text: impl Into<String>) -> Self {
        Self { at, text: text.into(), is_warning: false }
    }

    pub(super) fn warning(at: Path, text: impl Into<String>) -> Self {
        Self { at, text: text.into(), is_warning: true }
    }

    /// Returns it with its place, for those who do not read the spec.
    pub(super) fn sentence(&self) -> String {
        format!("{}: {}", self.at, self.text)
    }
}

/// Something that stays with others though it was read in full: its kind, its name as the trails say it, and why.
pub(super) type Kept = (&'static str, String, String);

/// Returns what is to be said of what was found and of what it uses.
pub(super) fn of(names: &Names<'_>, kept: &[Kept], looked: &[Looked], head: Head<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (kind, key, one) in names.all() {
        let notes = one.notes.iter().map(|text| Remark::warning(place(kind, key), text));
        remarks.extend(notes);
        if kind == Trail::KIND && one.attrs["logging"] == false {
            remarks.push(Remark::note(place(kind, key).key("logging"), STOPPED));
        }
        if kind == Trail::KIND && has_basic_selectors(one) {
            remarks.push(Remark::note(place(kind, key).key("basic_events"), BASIC));
        }
    }
    let kept =
        kept.iter().filter_map(|(kind, name, why)| Some(Remark::warning(names.reference(kind, name)?, why)));
    remarks.extend(kept);
    for Looked { id, existing, why } in looked {
        let Some(at) = names.reference(&id.kind, &id.name) else { continue };
        remarks.extend(why.iter().map(|why| Remark::warning(at.clone(), why)));
        match existing {
            None => remarks.push(Remark::warning(at, "There is none of that name.")),
            Some(existing) => remarks.extend(of_existing(existing, id, &at, head)),
        }
    }
    remarks
}

const STOPPED: &str = "It is stopped, and records nothing. Remove the line, and the next apply starts it.";
const BASIC: &str =
    "Basic selectors: `trailctl fmt --upgrade` writes them as advanced ones that record the same events.";

fn has_basic_selectors(trail: &Found) -> bool {
    let mut read: Trail = match serde_json::from_value(trail.attrs.clone()) {
        Ok(trail) => trail,
        Err(_) => return false,
    };
    read.normalize();
    read.basic_events.is_some()
}

/// Returns what is to be said of something that others manage.
fn of_existing(existing: &Existing, id: &ResourceId, at: &Path, head: Head<'_>) -> Vec<Remark> {
    let Existing { outputs: _, attrs, problem, unread } = existing;
    let mut remarks: Vec<Remark> =
        problem.iter().map(|problem| Remark::warning(at.clone(), format!("It {problem}."))).collect();
    remarks
        .extend(unread.iter().map(|why| Remark::note(at.clone(), format!("It was not read in all: {why}."))));
    let found = rules::policies_of(id, attrs, head.account);
    remarks
        .extend(found.iter().map(|one| Remark::note(at.clone(), format!("Its policy: {}.", sentence(one)))));
    remarks.sort();
    remarks.dedup();
    remarks
}

/// Returns what `validate` warns of in selectors and policies.
pub(super) fn linted(found: &[Diagnostic]) -> Vec<Remark> {
    let is_told = |segment: &Segment| {
        let told = ["events", "basic_events", "policy", "trust", "inline_policies"];
        matches!(segment, Segment::Key(key) if told.contains(&key.as_str()))
    };
    let warnings = found.iter().filter(|one| one.severity == Severity::Warning);
    let remarks = warnings.filter_map(|one| {
        let (Place::Value(at) | Place::Key(at)) = &one.place else { return None };
        let is_inside = at.segments().iter().skip(2).any(is_told);
        is_inside.then(|| Remark::note(at.clone(), format!("{}.", capital(&sentence(one)))))
    });
    remarks.collect()
}

fn sentence(found: &Diagnostic) -> String {
    match &found.help {
        Some(help) => format!("{}; {help}", found.message),
        None => found.message.clone(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

impl Names<'_> {
    /// Returns the first place at which an entry refers to what AWS names so.
    fn reference(&self, kind_name: &str, name: &str) -> Option<Path> {
        self.all().find_map(|(of, key, one)| {
            let links = kind(of)?.links(&one.attrs);
            let is_it = |(_, kind, to): &(Path, &str, Reference)| *kind == kind_name && to.as_str() == name;
            links.iter().find(|link| is_it(link)).map(|(path, ..)| place(of, key).join(path))
        })
    }
}
