//! Selectors and exclusions that change nothing in what is recorded. The coverage room decides it exactly.

use std::collections::BTreeSet;

use super::{Selecting, written::Selector};
use crate::{
    coverage::{self, Assumptions, Dead, Redundant, dead_selectors, vain_exclusions},
    diagnostic::{Diagnostic, Place},
    events::Operator,
    kinds::trail::{recorded, selectors as kind},
    path::Path,
};

/// Reports what is vain in a trail. What is said of it already stands in `found` from `before` on.
pub(super) fn check(selecting: &Selecting<'_>, before: usize, found: &mut Vec<Diagnostic>) {
    let Selecting { at, attrs, home, advanced, basic, .. } = selecting;
    let said: BTreeSet<Place> = found[before..].iter().map(|one| one.place.clone()).collect();
    let mut add = |diagnostic: Diagnostic| {
        // What is said of the place already is nearer to what was written.
        if !said.contains(&diagnostic.place) {
            found.push(diagnostic);
        }
    };
    let (selectors, form) = match (advanced, basic) {
        (Some(_), _) => {
            let Ok(selectors) = serde_json::from_value::<Vec<kind::Selector>>(attrs["events"].clone()) else {
                return;
            };
            (recorded::advanced(&selectors), "events")
        }
        (None, Some(selectors)) => (recorded::basic(selectors), "basic_events"),
        (None, None) => return,
    };
    let trail = recorded::alone(home.partition.unwrap_or("aws"), selectors);
    let rules = Assumptions::default();
    let dead = dead_selectors(&trail, rules);
    for (number, why) in &dead {
        add(dead_selector(*why, at.key(form).index(*number)));
    }
    for one in vain_exclusions(&trail, rules) {
        if !dead.iter().any(|(number, _)| *number == one.selector) {
            advanced.iter().filter_map(|all| vain(all.get(one.selector)?, &one)).for_each(&mut add);
        }
    }
}

fn dead_selector(why: Dead, at: Path) -> Diagnostic {
    let (message, help) = match why {
        Dead::TakesNothing => (
            "no event meets all conditions of this selector: it records nothing",
            "correct a condition, or remove the selector",
        ),
        Dead::TakenByOthers => {
            ("all that this selector records, the other selectors of the trail record too", "remove it")
        }
    };
    Diagnostic::at("dead-selector", at, message).help(help)
}

fn vain(selector: &Selector<'_>, one: &Redundant) -> Option<Diagnostic> {
    let condition = selector.condition(one.field.name())?;
    let value = one.term.value.as_str();
    let operator = match one.term.operator {
        coverage::Operator::NotEquals => Operator::NotEquals,
        coverage::Operator::NotStartsWith => Operator::NotStartsWith,
        coverage::Operator::NotEndsWith => Operator::NotEndsWith,
        _ => return None,
    };
    let list = condition.list(operator)?;
    let index = list.values.iter().position(|other| *other == value)?;
    let message = format!("leaving out `{value}` changes nothing in what the trail records");
    let help = "remove it: no event of the selector has it, or another selector records it";
    Some(list.found("vain-exclusion", index, message).help(help))
}
