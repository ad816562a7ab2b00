//! The steps of a plan, as the page shows them.

use minijinja::{Value, context};
use similar::{ChangeTag, TextDiff};

use crate::{
    diff::Change,
    kinds::CallRecord,
    plan::{Action, Plan, Step},
    report::{
        human::{about, inline, is_scalar, sign},
        visible,
        yaml::yaml,
    },
};

/// Returns what is to be seen of a step.
pub(super) fn step(plan: &Plan, step: &Step) -> Value {
    let (sign, word) = sign(step.action);
    let name = Some(&step.resource.name).filter(|name| **name != step.address.logical);
    // What goes had these attributes: they are no change to look at.
    let is_shown = matches!(step.action, Action::Create | Action::Update | Action::Replace);
    let changes = step.changes.iter().filter(|_| is_shown).map(|one| change(one, step.action));
    let elsewhere =
        step.from_elsewhere.iter().map(|other| visible(&format!("{} is from {}", other.part, other.at)));
    context! {
        id => step.id, sign, word,
        address => visible(&step.address.to_string()),
        name => name.map(|name| visible(name)),
        region => visible(step.resource.region.as_str()),
        at => step.at.as_deref().map(visible),
        remarks => about(plan, step),
        changes => changes.collect::<Vec<_>>(),
        elsewhere => elsewhere.collect::<Vec<_>>(),
        calls => step.calls.iter().map(call).collect::<Vec<_>>(),
    }
}

fn call(call: &CallRecord) -> Value {
    let CallRecord { service, operation, region, parameters } = call;
    context! {
        name => visible(&format!("{service}:{operation}")), region => visible(region.as_str()),
        parameters => yaml(parameters),
    }
}

/// Returns an attribute with its old and its new value: on one line, as lines, or as the difference between lines.
fn change(change: &Change, action: Action) -> Value {
    let Change { path, old, new, lasting } = change;
    let whole = |value: &Option<serde_json::Value>| {
        let value = value.as_ref()?;
        let text = if is_scalar(value) { inline(value) } else { yaml(value) };
        Some(text.trim_end().to_owned())
    };
    let lines = match (old, new) {
        (Some(old), Some(new)) if !(is_scalar(old) && is_scalar(new)) => lines(&yaml(old), &yaml(new)),
        _ => Vec::new(),
    };
    let values = [("Live", "old", old), ("Wanted", "new", new)];
    let values = values.iter().filter(|(_, side, _)| action == Action::Update || *side == "new");
    let values: Vec<Value> = values
        .map(|(of, class, value)| context! { of => *of, class => *class, text => whole(value) })
        .collect();
    context! {
        path => visible(&path.to_string()), values, lines,
        lasting => lasting.as_deref().map(visible),
    }
}

fn lines(old: &str, new: &str) -> Vec<Value> {
    let diff = TextDiff::from_lines(old, new);
    let line = |line: similar::Change<&str>| {
        let (class, sign) = match line.tag() {
            ChangeTag::Delete => ("old", "-"),
            ChangeTag::Insert => ("new", "+"),
            ChangeTag::Equal => ("same", " "),
        };
        context! { class, sign, text => line.value().trim_end_matches('\n') }
    };
    diff.iter_all_changes().map(line).collect()
}
