//! The codes of diagnostics: what each means, why it matters, where the rule comes from. One file per family, one visible
//! list; `trailctl validate --explain` and `docs/diagnostics.md` are made from it.

mod buckets;
mod delivery;
mod expectations;
mod files;
mod heads;
mod keys;
mod lifecycle;
mod lock;
mod log_groups;
mod names;
mod plans;
mod policies;
mod recording;
mod references;
mod regions;
mod roles;
mod selectors;
mod tags;
mod topics;
mod trails;

use std::fmt::Write as _;

use super::{Severity, nearest};

/// What a code of diagnostics means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its name, in kebab-case. It stays the same in later versions.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub summary: &'static str,
    /// Why that is wrong and what to do about it.
    pub explanation: &'static str,
    /// Where the rule comes from: a page of AWS's documentation, a shape of its API, or trailctl itself.
    pub source: &'static str,
}

/// The families, each with its codes.
pub const FAMILIES: &[(&str, &[Code])] = &[
    ("Files", files::CODES),
    ("The head of a spec", heads::CODES),
    ("The lock", lock::CODES),
    ("Regions and accounts", regions::CODES),
    ("Names", names::CODES),
    ("Tags", tags::CODES),
    ("References", references::CODES),
    ("Trails", trails::CODES),
    ("Event selectors", selectors::CODES),
    ("What trails record", recording::CODES),
    ("Buckets", buckets::CODES),
    ("The lifecycle of objects", lifecycle::CODES),
    ("KMS keys", keys::CODES),
    ("Log groups", log_groups::CODES),
    ("Roles", roles::CODES),
    ("Topics", topics::CODES),
    ("Policies", policies::CODES),
    ("Delivery", delivery::CODES),
    ("Expectations", expectations::CODES),
];

/// Returns all codes, family by family.
pub fn all() -> impl Iterator<Item = &'static Code> {
    FAMILIES.iter().flat_map(|(_, codes)| codes.iter())
}

/// Returns the code of this name.
pub fn find(id: &str) -> Option<&'static Code> {
    all().find(|code| code.id == id)
}

/// Returns the codes of what a plan says of the account, which no spec alone shows. Those that are errors refuse the plan.
pub fn of_plans() -> impl Iterator<Item = &'static Code> {
    plans::CODES.iter()
}

/// Returns the code of this name, also one of plans.
pub fn explained(id: &str) -> Option<&'static Code> {
    find(id).or_else(|| of_plans().find(|code| code.id == id))
}

/// Returns the name of the code that a wrong one was probably meant to be.
pub fn likely<'a>(id: &str, among: impl Iterator<Item = &'a Code>) -> Option<&'a str> {
    nearest(id, among.map(|code| code.id))
}

impl Code {
    const fn error(
        id: &'static str,
        summary: &'static str,
        explanation: &'static str,
        source: &'static str,
    ) -> Self {
        Self { id, severity: Severity::Error, summary, explanation, source }
    }

    const fn warning(
        id: &'static str,
        summary: &'static str,
        explanation: &'static str,
        source: &'static str,
    ) -> Self {
        Self { id, severity: Severity::Warning, summary, explanation, source }
    }

    /// Returns the word for what it is: a plan is refused, and does not have errors.
    pub fn word(&self) -> &'static str {
        match (of_plans().any(|of_plan| of_plan.id == self.id), self.severity) {
            (false, severity) => severity.word(),
            (true, Severity::Error) => "refused",
            (true, Severity::Warning) => "note",
        }
    }

    /// Returns the explanation as text for a terminal.
    pub fn text(&self) -> String {
        let Self { id, severity: _, summary, explanation, source } = self;
        format!("{}[{id}]\n\n{summary}\n\n{explanation}\n\nSource: {source}.", self.word())
    }
}

/// Returns the page that explains all codes, as Markdown.
pub fn page() -> String {
    let mut page = "# Diagnostics\n\nWhat `trailctl validate` finds and why plans are refused, by code. `trailctl validate --explain CODE` shows one of them.\n\n\
                    Errors make a spec unusable. Warnings do not; `--deny CODE` turns one into an error, `--allow CODE` leaves it out, \
                    and so does a comment in the spec, which says why: `# trailctl: allow(CODE) REASON`, on the line itself or on one \
                    of its own above the key that it is about.\n"
        .to_owned();
    for (family, codes) in FAMILIES {
        let _ = write!(page, "\n## {family}\n");
        page.extend(codes.iter().map(section));
    }
    page += "\n## Plans\n\nWhat `trailctl plan` says of the account. A plan with something that is refused is not applied at all.\n";
    page.extend(of_plans().map(section));
    page
}

fn section(code: &Code) -> String {
    let Code { id, severity: _, summary, explanation, source } = code;
    let word = code.word();
    format!("\n### {id}\n\n*{word}.* {summary}\n\n{explanation}\n\nSource: {source}.\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_in_kebab_case_and_say_something() {
        let mut seen = BTreeSet::new();
        for Code { id, severity: _, summary, explanation, source } in all().chain(of_plans()) {
            assert!(seen.insert(*id), "{id} is listed twice");
            assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{id}");
            assert!(summary.ends_with('.') && explanation.ends_with('.') && !source.ends_with('.'), "{id}");
            assert!(summary.len() > 15 && explanation.len() > 15 && !source.is_empty(), "{id}");
        }
    }
}
