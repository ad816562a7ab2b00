//! `plan`: what apply would do.

use std::collections::BTreeSet;

use anyhow::Context as _;

use super::{
    Failure, Outcome, json, pretty, reports, saved,
    session::{Allowed, Session},
    write,
};
use crate::{
    cli::{Format, Global, PlanArgs},
    coverage::map,
    exit,
    graph::graph,
    kinds::trail::recorded,
    plan::{Plan, coverage},
    report::{
        human::{self, Detail},
        markdown, page,
        plan::{self as report, Difference},
    },
    resource::Observation,
    ui::Ui,
};

pub(super) async fn run(ui: &Ui, global: &Global, args: &PlanArgs) -> Outcome {
    let session = Session::open(ui, global).await?;
    let warned = session.warn(ui);
    let progress = ui.progress("Reading the live state");
    let seen = session.observe(false).await?;
    drop(progress);
    let allowed = Allowed::of(&args.consent, &args.takeover);
    let plan = session.plan(&seen, false, &allowed)?;
    let plan = match args.out.is_some() || global.formats().any(|format| format == Format::Json) {
        true => session.sealed(plan, &seen, &allowed),
        false => plan,
    };
    if let Some(path) = &args.out {
        let failed = || format!("cannot write the plan to {}; nothing was changed", path.display());
        write::private(path, &format!("{}\n", pretty(&plan))).with_context(failed)?;
    }
    session.note_unknown_names(ui, &seen.live, &allowed);
    let detail = Detail { calls: args.calls };
    // The test cases fail where the exit code says that something is to be done.
    let difference = if args.detailed_exitcode { Difference::Drift } else { Difference::Wanted };
    reports::give_beside(ui, global, &warned, &|format| {
        Ok(match format {
            Format::Human => human::plan(&plan, detail),
            Format::Json => pretty(&plan),
            Format::Markdown => markdown::plan(&plan, detail),
            Format::Github => report::github(&plan),
            Format::Sarif => json(&report::sarif(&plan, session.spec_file())),
            Format::Junit => reports::junit(report::junit(&plan, difference))?,
            Format::Html => page(&session, &seen, &plan)?,
            other => return Err(reports::unknown(other)),
        })
    })?;
    if let (Some(path), Format::Human, true) = (&args.out, global.format, plan.refused.is_empty()) {
        ui.note(&format!("Saved. `{}` does just this, within a day.", saved::command(path, global)));
    }
    if !plan.refused.is_empty() {
        return Ok(exit::REFUSED);
    }
    Ok(if args.detailed_exitcode && !plan.is_empty() { exit::CHANGES } else { exit::DONE })
}

/// Returns a plan as a page for browsers.
fn page(session: &Session, seen: &Observation, plan: &Plan) -> Result<String, Failure> {
    let trails = coverage::after(&coverage::live(&seen.live), &plan.steps);
    let map = map(&recorded::coverage(&trails, &plan.account), &plan.account.id);
    let graph = graph(&plan.stack, &session.resolved, &BTreeSet::new(), Some(plan));
    reports::html(page::plan(plan, &graph, &map))
}
