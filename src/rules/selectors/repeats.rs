//! What stands twice in the selectors of a trail, what cancels itself, and how much there is of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::written::{Condition, List, Selector};
use crate::{
    diagnostic::{Diagnostic, Place},
    events::{MAX_VALUES, Operator},
    kinds::trail::{
        packed::{pack, values},
        selectors as kind,
    },
};

/// Reports on selectors, of which `complete` are the complete attributes.
pub(super) fn check(selectors: &[Selector<'_>], complete: &Value, found: &mut Vec<Diagnostic>) {
    for condition in selectors.iter().flat_map(|selector| &selector.conditions) {
        for list in condition.lists.iter().filter(|list| list.values.len() > 1) {
            twice(list, found);
        }
        if condition.lists.len() > 1 || condition.lists.iter().any(|list| list.values.len() > 1) {
            covered(condition, found);
        }
    }
    same_selectors(selectors, found);
    too_many(selectors, complete, found);
}

fn twice(list: &List<'_>, found: &mut Vec<Diagnostic>) {
    let mut first_of = BTreeMap::new();
    for (index, value) in list.values.iter().enumerate() {
        if let Some(first) = first_of.insert(value, index) {
            let message = format!("`{value}` stands in this list twice");
            let first = Place::Value(list.path(first));
            let one = list.found("duplicate-value", index, message);
            found.push(one.related(first, "first here").help("remove it"));
        }
    }
}

/// Values of a condition that another of its values makes superfluous, or takes back.
fn covered(condition: &Condition<'_>, found: &mut Vec<Diagnostic>) {
    let selected = Reach::of(condition, [Operator::Equals, Operator::StartsWith, Operator::EndsWith]);
    let left_out =
        Reach::of(condition, [Operator::NotEquals, Operator::NotStartsWith, Operator::NotEndsWith]);
    for list in &condition.lists {
        let own = if list.operator.is_negative() { &left_out } else { &selected };
        for (index, value) in list.values.iter().enumerate() {
            if let Some((wider, by)) =
                left_out.cover(list.operator, value).filter(|_| !list.operator.is_negative())
            {
                let message = format!("`{value}` is selected here, and all of it is left out again");
                let one = list.found("selected-and-left-out", index, message);
                found.push(by_other(one, condition, by, wider).help("remove one of the two"));
            } else if let Some((wider, by)) = own.cover(list.operator, value)
                && (wider != *value || by != list.operator)
            {
                let message = format!("`{value}` says nothing that `{wider}` does not say");
                let one = list.found("redundant-value", index, message);
                found.push(by_other(one, condition, by, wider).help("remove it"));
            }
        }
    }
}

fn by_other(found: Diagnostic, condition: &Condition<'_>, operator: Operator, value: &str) -> Diagnostic {
    match condition.list(operator) {
        Some(list) => found.related(list.place(value), format!("by `{}` here", operator.key())),
        None => found,
    }
}

/// The values that one side of a condition reaches.
struct Reach<'a> {
    operators: [Operator; 3],
    /// Sorted.
    exact: Vec<&'a str>,
    starts: Vec<(String, &'a str)>,
    ends: Vec<(String, &'a str)>,
}

impl<'a> Reach<'a> {
    fn of(condition: &Condition<'a>, operators: [Operator; 3]) -> Self {
        let [exact, starts, ends] = operators;
        let mut whole = condition.values(exact).to_vec();
        whole.sort_unstable();
        let keyed = |operator, key: fn(&str) -> String| {
            widest(condition.values(operator).iter().map(|value| (key(value), *value)).collect())
        };
        Self { operators, exact: whole, starts: keyed(starts, str::to_owned), ends: keyed(ends, backwards) }
    }

    /// Returns a value that reaches all that this one does, with its operator. A value reaches itself.
    fn cover(&self, operator: Operator, value: &str) -> Option<(&'a str, Operator)> {
        let [exact, starts, ends] = self.operators;
        let by_start = || Some((among(&self.starts, value)?, starts));
        let by_end = || Some((among(&self.ends, &backwards(value))?, ends));
        let by_itself = || Some((self.exact[self.exact.binary_search(&value).ok()?], exact));
        if operator.is_exact() {
            by_start().or_else(by_end).or_else(by_itself)
        } else if operator.for_start() == operator {
            by_start()
        } else {
            by_end()
        }
    }
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

/// Sorts keys, and leaves out those that start with another: what starts with one of them starts with one that stays. An
/// empty text is no value.
fn widest(mut keys: Vec<(String, &str)>) -> Vec<(String, &str)> {
    keys.retain(|(key, _)| !key.is_empty());
    keys.sort_unstable();
    let mut kept: Vec<(String, &str)> = Vec::new();
    for (key, value) in keys {
        if kept.last().is_none_or(|(last, _)| !key.starts_with(last.as_str())) {
            kept.push((key, value));
        }
    }
    kept
}

/// Returns which of these keys, none of which starts with another, a text starts with. It is the last that sorts before it.
fn among<'a>(keys: &[(String, &'a str)], text: &str) -> Option<&'a str> {
    let after = keys.partition_point(|(key, _)| key.as_str() <= text);
    let (key, value) = keys.get(after.checked_sub(1)?)?;
    text.starts_with(key.as_str()).then_some(*value)
}

/// Names say nothing of what is recorded, and neither does the order of conditions and values.
fn same_selectors(selectors: &[Selector<'_>], found: &mut Vec<Diagnostic>) {
    let mut first_of = BTreeMap::new();
    for (index, selector) in selectors.iter().enumerate() {
        let mut all: Vec<(&str, Operator, &str)> = Vec::new();
        for Condition { field, at: _, lists } in &selector.conditions {
            all.extend(
                lists.iter().flat_map(|list| list.values.iter().map(|value| (*field, list.operator, *value))),
            );
        }
        all.sort_unstable();
        all.dedup();
        if all.is_empty() {
            continue;
        }
        if let Some(first) = first_of.insert(all, index) {
            let message = format!("this selector records the same as number {}", first + 1);
            let one = Diagnostic::at("duplicate-selector", selector.at.clone(), message);
            let first = Place::Value(selectors[first].at.clone());
            found.push(one.related(first, "the first of them").help("remove one of the two"));
        }
    }
}

/// Selectors that are too many as they are written are packed into fewer, if that is enough.
fn too_many(selectors: &[Selector<'_>], complete: &Value, found: &mut Vec<Diagnostic>) {
    let lists = |selector: &Selector<'_>| -> usize {
        selector.conditions.iter().flat_map(|condition| &condition.lists).map(|list| list.values.len()).sum()
    };
    let total: usize = selectors.iter().map(lists).sum();
    if total <= MAX_VALUES {
        return;
    }
    let written: Vec<kind::Selector> = Deserialize::deserialize(complete).unwrap_or_default();
    let packed: Vec<kind::Selector> = pack(&written).into_iter().map(|(selector, _)| selector).collect();
    if !packed.is_empty() && values(&packed) <= MAX_VALUES {
        return;
    }
    let mut before = 0;
    for (index, selector) in selectors.iter().enumerate() {
        for list in selector.conditions.iter().flat_map(|condition| &condition.lists) {
            let until = before + list.values.len();
            if until > MAX_VALUES {
                let number = index + 1;
                let message = format!(
                    "the selectors of a trail have at most {MAX_VALUES} values together: these have {total}, and the first one too many is this one of selector {number}"
                );
                let help = "select by what values start with, or put a selector into another trail";
                found.push(list.found("too-many-values", MAX_VALUES - before, message).help(help));
                return;
            }
            before = until;
        }
    }
}
