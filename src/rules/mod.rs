//! Rules over specs: what AWS would refuse, and what cannot be meant. One file per family, one visible list.

mod limits;
mod names;
mod references;

use crate::{diagnostic::Diagnostic, spec::Spec};

/// A family of rules: looks at the whole spec and reports all it finds.
type Rule = fn(&Spec, &mut Vec<Diagnostic>);

/// All families.
const RULES: &[Rule] = &[names::check, references::check, limits::check];

/// Applies all rules.
pub fn check(spec: &Spec) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in RULES {
        rule(spec, &mut found);
    }
    found
}
