//! `graph`: the resources and the flow of events as a picture.

use std::collections::BTreeSet;

use super::{
    Failure, Outcome,
    load::{Loaded, known_variables},
    pretty, reports, saved, show,
};
use crate::{
    cli::{Format, Global, GraphArgs},
    exit,
    graph::{dot, graph, mermaid, svg},
    plan::{Plan, seal::of_spec},
    report::visible,
    resolve,
    resource::{Account, region::Region},
    spec::{Spec, variables::Facts},
    ui::Ui,
};

pub(super) fn run(ui: &Ui, global: &Global, args: &GraphArgs) -> Outcome {
    let plan =
        args.plan.as_deref().map(|path| saved::read(path, None, global.sandbox.is_some())).transpose()?;
    // The picture of a spec does not rest on what that expects; a plan does.
    let mut loaded =
        if plan.is_some() { Loaded::read(global)? } else { Loaded::without_expectations(global)? };
    known_variables(global, &[&loaded.parsed])?;
    let region = region(global, &loaded, plan.as_ref());
    if let Some(plan) = &plan {
        loaded = loaded.with(facts(plan, region.as_ref()));
    }
    let Some(spec) = &loaded.parsed.spec else {
        show(ui, global, &loaded)?;
        return Err(Failure::said(exit::ERROR));
    };
    if let Some(plan) = &plan {
        check(spec, plan)?;
    } else if loaded.parsed.asked.any() {
        ui.note("note: the spec asks for facts of the account, which are not known without AWS; names have stand-ins for them");
    }
    let account = plan.as_ref().map_or_else(|| resolve::account_of(spec), |plan| plan.account.clone());
    let leader = || Region::leader(&account.partition);
    let resolved = resolve::resolve(spec, &account, &region.clone().unwrap_or_else(leader));
    let unplaced = if region.is_some() { BTreeSet::new() } else { resolve::unplaced(spec) };
    let graph = graph(&spec.head.stack, &resolved, &unplaced, plan.as_ref());
    let failed = |error| Failure::error(format!("cannot draw the graph: {error}"));
    reports::give(ui, global, &|format| match format {
        Format::Human | Format::Mermaid => Ok(mermaid(&graph)),
        Format::Svg => svg(&graph).map_err(failed),
        Format::Dot => Ok(dot(&graph)),
        Format::Json => Ok(pretty(&graph)),
        other => Err(reports::unknown(other)),
    })?;
    Ok(exit::DONE)
}

/// Returns the Region of what the spec gives none, if it can be told: a plan may name one of those resources.
fn region(global: &Global, loaded: &Loaded, plan: Option<&Plan>) -> Option<Region> {
    let spec = loaded.parsed.spec.as_ref()?;
    let given = global.access().region.or_else(|| spec.head.region.clone());
    given.or_else(|| plan.and_then(|plan| planned(spec, plan)))
}

fn planned(spec: &Spec, plan: &Plan) -> Option<Region> {
    let unplaced = resolve::unplaced(spec);
    let step = plan.steps.iter().find(|step| step.origin.is_some() && unplaced.contains(&step.address));
    step.map(|step| step.resource.region.clone())
}

/// Returns what a plan tells of its account.
fn facts(plan: &Plan, region: Option<&Region>) -> Facts {
    let Account { id, partition, organization } = &plan.account;
    Facts {
        account: Some(id.clone()),
        region: region.map(|region| region.0.clone()),
        partition: Some(partition.clone()),
        organization: organization.as_ref().map(|organization| organization.id.clone()),
    }
}

/// A picture of one spec must not show the plan of another.
fn check(spec: &Spec, plan: &Plan) -> Result<(), Failure> {
    let pairs = [
        ("stack", Some(&spec.head.stack), &plan.stack),
        ("account", spec.head.account.as_ref(), &plan.account.id),
        ("partition", spec.head.partition.as_ref(), &plan.account.partition),
    ];
    for (what, wanted, planned) in pairs {
        if let Some(wanted) = wanted.filter(|wanted| *wanted != planned) {
            let message =
                format!("the plan is for the {what} {}, and the spec for {wanted}", visible(planned));
            return Err(Failure::error(message).help("name the spec of the plan with --file"));
        }
    }
    let seal = plan.seal().map_err(|broken| {
        Failure::error(format!("the plan cannot be trusted: {broken}"))
            .help("save it anew with `trailctl plan -o FILE`")
    })?;
    if seal.spec_sha256 != of_spec(spec) {
        let message = "the spec does not mean what it meant when the plan was saved";
        let help = "plan again, or name the spec of the plan with --file, and its Region with --region";
        return Err(Failure::error(message).help(help));
    }
    Ok(())
}
