//! A plan as a page for browsers: complete in itself, without scripts, and with nothing that is fetched.

mod steps;

use minijinja::{Environment, Value, context};

use super::{coverage, human, plain, visible, visible_block};
use crate::{
    coverage::{Map, Outlook, Shown},
    graph::{Graph, svg},
    plan::{Note, Plan, Refusal, Warning, coverage::Weakened},
};

/// Renders a plan, with the graph of what it does and the map of what is recorded afterwards.
///
/// # Errors
///
/// When a template is wrong, which a test would have found.
pub fn plan(plan: &Plan, graph: &Graph, map: &Map) -> Result<String, minijinja::Error> {
    let Plan { steps, left_alone, notes, warnings, refused, unchanged, .. } = plan;
    render(
        "page.html",
        context! {
            stack => visible(&plan.stack),
            account => visible(&plan.account.id),
            trailctl => visible(&plan.trailctl),
            summary => plain(&human::summary(plan)),
            coverage => recorded(plan),
            map => coverage::inner_svg(map)?,
            table => coverage::html_table(map)?,
            graph => Value::from_safe_string(svg(graph)?),
            refused => refused.iter().map(refusal).collect::<Vec<_>>(),
            warnings => warnings.iter().map(warning).collect::<Vec<_>>(),
            notes => notes.iter().map(note).collect::<Vec<_>>(),
            left_alone => left_alone.iter().map(note).collect::<Vec<_>>(),
            steps => steps.iter().map(|step| steps::step(plan, step)).collect::<Vec<_>>(),
            unchanged => unchanged.iter().map(|address| visible(&address.to_string())).collect::<Vec<_>>(),
        },
    )
}

/// Returns words as a page: why there is no plan.
///
/// # Errors
///
/// When the template is wrong, which a test would have found.
pub fn words(text: &str) -> Result<String, minijinja::Error> {
    render("words.html", context! { text => visible_block(&plain(text)) })
}

/// Renders one of the templates inside of the frame that all pages have.
fn render(name: &str, what: Value) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.add_template("frame.html", include_str!("frame.html"))?;
    environment.add_template("page.html", include_str!("page.html"))?;
    environment.add_template("words.html", include_str!("words.html"))?;
    let style = Value::from_safe_string(include_str!("page.css").to_owned());
    environment.get_template(name)?.render(context! { style, ..what })
}

fn recorded(plan: &Plan) -> Value {
    let report = &plan.coverage;
    let (class, sign) = match report.events.verdict {
        Outlook::Unchanged => ("unchanged", "="),
        Outlook::Extended => ("create", "+"),
        Outlook::Reduced if report.is_loss_allowed => ("update", "-"),
        Outlook::Reduced => ("delete", "-"),
        Outlook::Unknown => ("delete", "?"),
    };
    let shown = |list: &[Shown], more: bool| -> Vec<String> {
        let all = list.iter().map(|one| visible(&coverage::example(one)));
        all.chain(more.then(|| coverage::MORE.to_owned())).collect()
    };
    let weakened =
        report.weakened.iter().map(|Weakened { resource, what }| visible(&format!("{resource}: {what}")));
    context! {
        class, sign, verdict => coverage::verdict(report).1,
        lost => shown(&report.events.lost, report.events.more_lost),
        gained => shown(&report.events.gained, report.events.more_gained),
        weakened => weakened.collect::<Vec<_>>(),
    }
}

fn refusal(refusal: &Refusal) -> Value {
    let Refusal { address, code, reason, help, origin: _, at } = refusal;
    context! {
        address => visible(&address.to_string()), code => visible(code), reason => visible(reason),
        help => visible(help), at => at.as_deref().map(visible),
    }
}

fn warning(warning: &Warning) -> Value {
    let Warning { code, message, help, at } = warning;
    context! {
        code => visible(code), message => visible(message), help => help.as_deref().map(visible), at => visible(at),
    }
}

fn note(note: &Note) -> Value {
    let Note { address, reason, origin: _, at } = note;
    context! {
        address => visible(&address.to_string()), reason => visible(reason), at => at.as_deref().map(visible),
    }
}

#[cfg(test)]
mod tests;
