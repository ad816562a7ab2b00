//! Plans and outcomes for people.

use std::{collections::BTreeSet, fmt::Write as _};

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{count, coverage, visible, yaml::yaml};
use crate::{
    apply::Outcome,
    diff::Change,
    plan::{Action, Phase, Plan, Step},
    resource::reference,
};

const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const MAGENTA: Style = AnsiColor::Magenta.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// What to show of a plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct Detail {
    /// The requests that apply will send.
    pub calls: bool,
}

/// Renders a plan: the steps, what is left alone, what is refused, and one line that sums up.
pub fn plan(plan: &Plan, detail: Detail) -> String {
    let mut text = String::new();
    for step in &plan.steps {
        render_step(&mut text, plan, step, detail);
    }
    for note in &plan.left_alone {
        let _ = writeln!(
            text,
            "{DIM}  {} is left alone: {}.{DIM:#}\n",
            visible(&note.address.to_string()),
            visible(&note.reason)
        );
    }
    for note in &plan.notes {
        let (address, reason) = (visible(&note.address.to_string()), visible(&note.reason));
        let _ = writeln!(text, "{YELLOW}  note{YELLOW:#}: {address}: {reason}.");
        place(&mut text, note.at.as_deref());
        text.push('\n');
    }
    for refusal in &plan.refused {
        let (address, reason) = (visible(&refusal.address.to_string()), visible(&refusal.reason));
        let _ = writeln!(text, "{RED}! {address} refused [{}]{RED:#}: {reason}", refusal.code);
        place(&mut text, refusal.at.as_deref());
        let _ = writeln!(text, "  help: {}\n", visible(&refusal.help));
    }
    if !plan.is_empty() || plan.coverage.events.is_loss() {
        text += &coverage::change(&plan.coverage);
        text.push('\n');
    }
    text + &summary(plan)
}

/// Writes where in the spec something is.
fn place(text: &mut String, at: Option<&str>) {
    if let Some(at) = at {
        let _ = writeln!(text, "  {DIM}--> {}{DIM:#}", visible(at));
    }
}

/// Returns a text of ours without its colours.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Returns the line that sums a plan up.
pub fn summary(plan: &Plan) -> String {
    if plan.is_empty() && plan.refused.is_empty() {
        return format!("{BOLD}No changes.{BOLD:#} The account matches the spec.");
    }
    let [create, update, replace, delete] = plan.counts();
    let mut line = format!("{BOLD}Plan:{BOLD:#} {create} to create, {update} to update");
    if replace > 0 {
        let _ = write!(line, ", {replace} to replace");
    }
    let _ = write!(line, ", {delete} to delete");
    if !plan.unchanged.is_empty() {
        let _ = write!(line, "; {} unchanged", plan.unchanged.len());
    }
    if !plan.refused.is_empty() {
        let _ = write!(line, "; {RED}{} refused{RED:#}", plan.refused.len());
    }
    line + "."
}

fn render_step(text: &mut String, plan: &Plan, step: &Step, detail: Detail) {
    let (sign, word) = sign(step.action);
    let style = match step.action {
        Action::Create => GREEN,
        Action::Update => YELLOW,
        Action::Replace => MAGENTA,
        Action::Delete => RED,
        Action::Verify => CYAN,
    };
    let address = visible(&step.address.to_string());
    let name = match &step.resource.name {
        name if *name == step.address.logical => String::new(),
        name => format!("`{}` ", visible(name)),
    };
    let _ = writeln!(
        text,
        "{style}{sign} {word} {address}{style:#} {DIM}{name}in {}{DIM:#}",
        visible(step.resource.region.as_str())
    );
    for line in about(plan, step) {
        let _ = writeln!(text, "    {line}");
    }
    for change in &step.changes {
        match step.action {
            Action::Create | Action::Replace => {
                render_value(text, &change.path.to_string(), change.new.as_ref(), GREEN, "+");
            }
            Action::Update => render_change(text, change),
            Action::Delete | Action::Verify => {}
        }
        if let Some(lasting) = &change.lasting {
            let _ = writeln!(text, "      {YELLOW}cannot be taken back{YELLOW:#}: {}", visible(lasting));
        }
    }
    for other in &step.from_elsewhere {
        let (part, at) = (visible(&other.part.to_string()), visible(&other.at));
        let _ = writeln!(text, "    {DIM}{part} is from {at}{DIM:#}");
    }
    if detail.calls {
        for call in &step.calls {
            let _ = writeln!(
                text,
                "    {DIM}> {}:{} in {}{DIM:#}",
                visible(&call.service),
                visible(&call.operation),
                visible(call.region.as_str())
            );
            indent(text, &yaml(&call.parameters), "        ", DIM);
        }
    }
    text.push('\n');
}

/// Returns the sign and the word for what happens to a resource.
pub(super) fn sign(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::Create => ("+", "create"),
        Action::Update => ("~", "update"),
        Action::Replace => ("±", "replace"),
        Action::Delete => ("-", "delete"),
        Action::Verify => ("?", "verify"),
    }
}

/// Says when a step comes, and what it waits for, where that is not as usual.
pub(super) fn about(plan: &Plan, step: &Step) -> Vec<String> {
    let mut lines = Vec::new();
    let is_replaced = |step: &Step| {
        plan.steps.iter().any(|other| other.action == Action::Replace && other.address == step.address)
    };
    let joined = |all: BTreeSet<String>| visible(&all.into_iter().collect::<Vec<_>>().join(", "));
    if step.action == Action::Delete && is_replaced(step) {
        lines.push("after its replacement is in place".to_owned());
    }
    if step.action == Action::Verify {
        let until = match step.attrs {
            Value::Null => "AWS no longer shows it",
            _ => "AWS shows it as wanted, and it delivers",
        };
        let next = plan.steps.iter().filter(|other| other.after.contains(&step.id));
        let next = joined(next.map(|other| other.address.to_string()).collect());
        lines.push(format!("waits until {until}, before {next}"));
    }
    if step.phase == Phase::Contract {
        let before = step.after.iter().map(|id| &plan.steps[id - 1].address);
        let before =
            joined(before.filter(|other| **other != step.address).map(ToString::to_string).collect());
        lines.push(format!("after {before}"));
    }
    lines
}

fn render_change(text: &mut String, change: &Change) {
    let path = visible(&change.path.to_string());
    match (&change.old, &change.new) {
        (Some(old), Some(new)) if is_scalar(old) && is_scalar(new) => {
            let _ =
                writeln!(text, "    {path}: {RED}{}{RED:#} -> {GREEN}{}{GREEN:#}", inline(old), inline(new));
        }
        (None, new) => render_value(text, &path, new.as_ref(), GREEN, "+"),
        (old, None) => render_value(text, &path, old.as_ref(), RED, "-"),
        (Some(old), Some(new)) => {
            let _ = writeln!(text, "    {path}:");
            let (old, new) = (yaml(old), yaml(new));
            for line in TextDiff::from_lines(&old, &new).iter_all_changes() {
                let (sign, style) = match line.tag() {
                    ChangeTag::Delete => ("-", RED),
                    ChangeTag::Insert => ("+", GREEN),
                    ChangeTag::Equal => (" ", DIM),
                };
                let _ =
                    writeln!(text, "      {style}{sign} {}{style:#}", line.value().trim_end_matches('\n'));
            }
        }
    }
}

fn render_value(text: &mut String, path: &str, value: Option<&Value>, style: Style, sign: &str) {
    let path = visible(path);
    match value {
        None => {}
        Some(value) if is_scalar(value) => {
            let _ = writeln!(text, "    {style}{sign}{style:#} {path}: {}", inline(value));
        }
        Some(value) => {
            let _ = writeln!(text, "    {style}{sign}{style:#} {path}:");
            indent(text, &yaml(value), "        ", Style::new());
        }
    }
}

fn indent(text: &mut String, block: &str, by: &str, style: Style) {
    for line in block.lines() {
        let _ = writeln!(text, "{by}{style}{line}{style:#}");
    }
}

pub(super) fn is_scalar(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => true,
    }
}

/// Returns a value as YAML; what apply will find out is said to be unknown.
pub(super) fn inline(value: &Value) -> String {
    let mut is_unknown = false;
    reference::visit(value, &mut |_, _| is_unknown = true);
    if is_unknown { "(known after apply)".to_owned() } else { yaml(value).trim_end().to_owned() }
}

/// Renders what became of a plan that was not done completely: what was done, what failed, what was not done.
pub fn unfinished(plan: &Plan, outcome: &Outcome) -> String {
    let mut text = String::new();
    let step = |id: &usize| &plan.steps[id - 1];
    for (id, (done, error)) in &outcome.failed {
        let step = step(id);
        let _ = writeln!(
            text,
            "{RED}failed{RED:#} {}: {}",
            visible(&step.address.to_string()),
            visible(&error.to_string())
        );
        if let Some(hint) = &error.hint {
            let _ = writeln!(text, "  help: {}", visible(hint));
        }
        if *done > 0 {
            let _ =
                writeln!(text, "  {} of its {} had succeeded before", done, count(step.calls.len(), "call"));
        }
    }
    for (id, missing) in &outcome.unverified {
        let address = visible(&step(id).address.to_string());
        let _ = writeln!(text, "{YELLOW}not verified{YELLOW:#} {address}: waited for {}", visible(missing));
    }
    if !outcome.skipped.is_empty() {
        let names: Vec<String> =
            outcome.skipped.iter().map(|id| visible(&step(id).address.to_string())).collect();
        let what = if names.len() == 1 { "it depends" } else { "they depend" };
        let on = match (outcome.failed.is_empty(), outcome.unverified.is_empty()) {
            (_, true) => "failed",
            (true, false) => "is not verified",
            (false, false) => "failed or is not verified",
        };
        let _ = writeln!(
            text,
            "{} skipped, {what} on what {on}: {}",
            count(names.len(), "step"),
            names.join(", ")
        );
    }
    if !outcome.interrupted.is_empty() {
        let names: Vec<String> =
            outcome.interrupted.keys().map(|id| visible(&step(id).address.to_string())).collect();
        let _ = writeln!(text, "interrupted before the end of: {}", names.join(", "));
    }
    let done: Vec<String> = outcome.done.iter().map(|id| visible(&step(id).address.to_string())).collect();
    if !done.is_empty() {
        let _ = writeln!(text, "done: {}", done.join(", "));
    }
    let in_flight: Vec<String> =
        outcome.in_flight.iter().map(|id| visible(&step(id).address.to_string())).collect();
    if !in_flight.is_empty() {
        let _ = writeln!(text, "a call may or may not have had its effect: {}", in_flight.join(", "));
    }
    text.push_str(if outcome.has_changed_anything() {
        match outcome.failed.is_empty() && outcome.interrupted.is_empty() {
            true => "All that is wanted was applied; what is left is to take away what it replaces. Run apply again to do that.",
            false if !outcome.in_flight.is_empty() => "Run apply again to see what was done, and to continue.",
            false => "Some of the plan was applied. Run apply again to continue from here.",
        }
    } else {
        "Nothing was changed."
    });
    text
}
