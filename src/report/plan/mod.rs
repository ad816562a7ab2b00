//! Plans in the formats that other programs read: what is remarkable about them, and what changes.

mod github;
mod junit;
#[cfg(test)]
pub(super) mod sample;
mod sarif;
#[cfg(test)]
mod tests;

pub use self::{
    github::github,
    junit::{Difference, junit},
    sarif::sarif,
};
use super::{
    coverage::{MORE, example},
    human::sign,
};
use crate::{
    plan::{Action, CoverageReport, Plan, Spot, Step, Warning as SpecWarning, coverage::Weakened},
    resource::{Address, ResourceId},
};

/// The code of a loss of events, refused or allowed.
const LOSS: &str = "coverage-loss";

/// How much a remark matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// The plan is not applied.
    Error,
    /// Somebody should look at it.
    Warning,
    /// It is as it should be, and worth knowing.
    Note,
}

/// Something about a plan that belongs to a place in the spec, if it belongs to one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Remark {
    level: Level,
    /// What kind of remark it is, in kebab-case.
    code: String,
    /// What it is about, if that is one resource.
    address: Option<Address>,
    message: String,
    at: Option<Spot>,
}

fn spot(at: Option<&String>) -> Option<Spot> {
    at.and_then(|at| at.parse().ok())
}

/// Returns what is refused, lost, weakened, warned of in the spec, noted and left alone, in this order.
fn remarks(plan: &Plan) -> Vec<Remark> {
    let CoverageReport { events, weakened, is_loss_allowed } = &plan.coverage;
    let lost = |skipped: usize| -> String {
        events
            .lost
            .iter()
            .skip(skipped)
            .map(|one| format!("\nno longer recorded: {}", example(one)))
            .chain(events.more_lost.then(|| format!("\nno longer recorded: {MORE}")))
            .collect()
    };
    let mut remarks = Vec::new();
    for refusal in &plan.refused {
        // The reason has the first example.
        let lost = if refusal.code == LOSS { lost(1) } else { String::new() };
        remarks.push(Remark {
            level: Level::Error,
            code: refusal.code.clone(),
            address: Some(refusal.address.clone()),
            message: format!(
                "{} is refused: {}{lost}\nhelp: {}",
                refusal.address, refusal.reason, refusal.help
            ),
            at: spot(refusal.at.as_ref()),
        });
    }
    let step_of = |trail: &str| {
        plan.steps.iter().find(|step| step.address.kind == "trail" && step.resource.name == trail)
    };
    let warning = |code: &str, step: Option<&Step>, message: String| Remark {
        level: Level::Warning,
        code: code.to_owned(),
        address: step.map(|step| step.address.clone()),
        message,
        at: spot(step.and_then(|step| step.at.as_ref())),
    };
    if events.is_loss() && *is_loss_allowed {
        let trail = events.lost.first().and_then(|one| one.recorded_by.as_ref()).map(|by| by.trail.as_str());
        let message = format!("less is recorded than before, as allowed{}", lost(0));
        remarks.push(warning(LOSS, trail.and_then(step_of), message));
    }
    for Weakened { resource, what } in weakened {
        let of = |step: &&Step| {
            let ResourceId { kind, name, .. } = &step.resource;
            format!("{} {name}", kind.replace('_', " ")) == *resource
        };
        let step = plan.steps.iter().find(of);
        remarks.push(warning("protection-weakened", step, format!("{resource}: {what}")));
    }
    remarks.extend(plan.warnings.iter().map(of_spec));
    let notes = [
        (&plan.notes, Level::Warning, "note", ""),
        (&plan.left_alone, Level::Note, "left-alone", " is left alone"),
    ];
    for (notes, level, code, is) in notes {
        remarks.extend(notes.iter().map(|note| Remark {
            level,
            code: code.to_owned(),
            address: Some(note.address.clone()),
            message: format!("{}{is}: {}", note.address, note.reason),
            at: spot(note.at.as_ref()),
        }));
    }
    remarks
}

/// Returns what the spec is warned of as a remark.
fn of_spec(warning: &SpecWarning) -> Remark {
    let SpecWarning { code, message, help, at } = warning;
    let help = help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let message = format!("{message}{help}");
    Remark { level: Level::Warning, code: code.clone(), address: None, message, at: spot(Some(at)) }
}

/// A resource that changes, with all steps that do it.
pub(super) struct Changed<'a> {
    pub(super) address: &'a Address,
    /// What happens to it, all in all.
    pub(super) action: Action,
    steps: Vec<&'a Step>,
}

/// Returns the resources that change, in the order of the plan.
pub(super) fn changed(plan: &Plan) -> Vec<Changed<'_>> {
    let mut all: Vec<Changed<'_>> = Vec::new();
    for step in plan.steps.iter().filter(|step| step.action != Action::Verify) {
        match all.iter_mut().find(|one| *one.address == step.address) {
            Some(one) => {
                // What is replaced is made and deleted.
                if step.action == Action::Replace {
                    one.action = Action::Replace;
                }
                one.steps.push(step);
            }
            None => all.push(Changed { address: &step.address, action: step.action, steps: vec![step] }),
        }
    }
    all
}

impl Changed<'_> {
    /// Says what happens, and to which attributes, in as many lines at most.
    fn words(&self, most: usize) -> String {
        let (_, word) = sign(self.action);
        let mut lines = vec![format!("{word} {}", self.address)];
        let mut paths: Vec<String> = Vec::new();
        for step in self.steps.iter().filter(|step| step.action == Action::Update) {
            for change in &step.changes {
                let path = change.path.to_string();
                if !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
        let more = paths.len().saturating_sub(most);
        lines.extend(paths.into_iter().take(most).map(|path| format!("changes {path}")));
        if more > 0 {
            lines.push(format!("and {more} more"));
        }
        lines.join("\n")
    }

    /// Returns where the spec describes it, if it does.
    fn at(&self) -> Option<Spot> {
        self.steps.iter().find_map(|step| spot(step.at.as_ref()))
    }
}
