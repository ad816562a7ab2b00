//! A plan: the verdict about what is recorded, one line that sums up, what is refused, notes, and each change to be unfolded.

use std::fmt::Write as _;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{Page, code, coverage, fence, html, prose};
use crate::{
    diff::Change,
    kinds::{Resource as _, trail::Trail},
    plan::{Action, Note, Plan, Refusal, Step, Warning},
    report::{
        human::{Detail, about, inline, is_scalar, plain, sign, summary},
        plan::{Changed, changed},
        visible,
        yaml::yaml,
    },
};

/// From how many changes on they are listed before they are shown.
const MOST_AT_A_GLANCE: usize = 10;
/// How many are listed.
const MOST_LISTED: usize = 300;
/// How all of a plan is seen.
const HOW: &str = "`trailctl plan` shows all.";

/// Renders a plan. The same plan gives the same bytes.
pub fn plan(plan: &Plan, detail: Detail) -> String {
    let mut page = Page::new("trailctl plan", Some(&format!("{} in {}", plan.stack, plan.account.id)));
    add(&mut page, plan, &plain(&summary(plan)), detail);
    page.end(HOW)
}

/// Adds a plan to a page. `summary` sums it up, in words of ours.
pub(super) fn add(page: &mut Page, plan: &Plan, summary: &str, detail: Detail) {
    coverage::add(page, &plan.coverage);
    page.add("summary", summary.to_owned());
    page.section("Refused");
    for Refusal { address, code: word, reason, help, origin: _, at } in &plan.refused {
        let address = code(&address.to_string());
        let at = place(at.as_deref());
        page.add(
            "refusal",
            format!(
                "- **refused** {address} ({}){at}: {}\n  help: {}",
                code(word),
                prose(reason),
                prose(help)
            ),
        );
    }
    let changed = changed(plan);
    let is_long = changed.len() > MOST_AT_A_GLANCE;
    if is_long {
        page.section("Changes");
        page.add("list of changes", list(&changed));
    }
    page.section("Warnings of the spec");
    for Warning { code: word, message, help, at } in &plan.warnings {
        let help = help.as_ref().map(|help| format!("\n  help: {}", prose(help))).unwrap_or_default();
        let text = format!("- **warning** {}{}: {}{help}", code(word), place(Some(at)), prose(message));
        page.add("warning", text);
    }
    page.section("Notes");
    for (notes, is) in [(&plan.notes, ""), (&plan.left_alone, " is left alone")] {
        for Note { address, reason, origin: _, at } in notes {
            let address = code(&address.to_string());
            page.add("note", format!("- {address}{is}{}: {}", place(at.as_deref()), prose(reason)));
        }
    }
    page.section(if is_long { "Each change" } else { "Changes" });
    for step in &plan.steps {
        page.add("change", change(plan, step, detail));
    }
}

/// Names what changes, trails first: what has no room below must be seen all the same.
fn list(changed: &[Changed<'_>]) -> String {
    let (trails, others): (Vec<&Changed<'_>>, Vec<&Changed<'_>>) =
        changed.iter().partition(|one| one.address.kind == Trail::KIND);
    let line = |one: &&Changed<'_>| {
        let (_, word) = sign(one.action);
        format!("- {word} {}\n", code(&one.address.to_string()))
    };
    let more = changed.len().saturating_sub(MOST_LISTED);
    let mut lines: String = trails.iter().chain(&others).take(MOST_LISTED).map(line).collect();
    if more > 0 {
        let _ = writeln!(lines, "- and {more} more");
    }
    lines
}

fn place(at: Option<&str>) -> String {
    at.map(|at| format!(" at {}", code(at))).unwrap_or_default()
}

/// Returns a step, to be unfolded.
fn change(plan: &Plan, step: &Step, detail: Detail) -> String {
    let (sign, word) = sign(step.action);
    let named = match &step.resource.name {
        name if *name == step.address.logical => String::new(),
        name => format!(", named <code>{}</code>", html(name)),
    };
    let mut text = format!(
        "<details>\n<summary>{sign} {word} <code>{}</code> in <code>{}</code>{named}</summary>\n\n",
        html(&step.address.to_string()),
        html(step.resource.region.as_str())
    );
    if let Some(at) = &step.at {
        let _ = writeln!(text, "{}\n", code(at));
    }
    let body = body(plan, step);
    if !body.is_empty() {
        let _ = writeln!(text, "{}", fence("diff", &body));
    }
    if detail.calls {
        let calls = step.calls.iter().map(|call| {
            let parameters: String =
                yaml(&call.parameters).lines().map(|line| format!("    {line}\n")).collect();
            format!("{}:{} in {}\n{parameters}", call.service, call.operation, call.region.as_str())
        });
        let _ = writeln!(text, "{}", fence("text", &calls.collect::<String>()));
    }
    text + "</details>"
}

/// Returns what changes in a step, as lines of a diff.
fn body(plan: &Plan, step: &Step) -> String {
    let mut text = String::new();
    for line in about(plan, step) {
        let _ = writeln!(text, "# {line}");
    }
    if !matches!(step.action, Action::Delete | Action::Verify) {
        for change in &step.changes {
            attribute(&mut text, change, step.action == Action::Update);
        }
    }
    for other in &step.from_elsewhere {
        let _ = writeln!(text, "# {} is from {}", visible(&other.part.to_string()), visible(&other.at));
    }
    text
}

fn attribute(text: &mut String, change: &Change, has_old: bool) {
    let path = visible(&change.path.to_string());
    let old = change.old.as_ref().filter(|_| has_old);
    match (old, &change.new) {
        (Some(old), Some(new)) if !is_scalar(old) && !is_scalar(new) => {
            let _ = writeln!(text, "  {path}:");
            let (old, new) = (yaml(old), yaml(new));
            for line in TextDiff::from_lines(&old, &new).iter_all_changes() {
                let sign = match line.tag() {
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                    ChangeTag::Equal => ' ',
                };
                let _ = writeln!(text, "{sign}   {}", line.value().trim_end_matches('\n'));
            }
        }
        (old, new) => {
            value(text, '-', &path, old);
            value(text, '+', &path, new.as_ref());
        }
    }
    if let Some(lasting) = &change.lasting {
        let _ = writeln!(text, "! cannot be taken back: {}", visible(lasting));
    }
}

fn value(text: &mut String, sign: char, path: &str, value: Option<&Value>) {
    let Some(value) = value else { return };
    let shown = if is_scalar(value) { inline(value) } else { yaml(value) };
    match shown.trim_end() {
        line if is_scalar(value) && !line.contains('\n') => {
            let _ = writeln!(text, "{sign} {path}: {line}");
        }
        lines => {
            let _ = writeln!(text, "{sign} {path}:");
            for line in lines.lines() {
                let _ = writeln!(text, "{sign}   {line}");
            }
        }
    }
}
