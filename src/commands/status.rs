//! `status`: every trail that the account sees, and what needs attention.

use super::{Outcome, pretty, reports, session::Session};
use crate::{
    aws::organization,
    cli::{Format, Global},
    estate::{Entry, Spec, Survey},
    exit,
    kinds::{
        Resource as _,
        trail::{Trail, estate::estate},
    },
    report::{markdown, status as report},
    ui::Ui,
};

pub(super) async fn run(ui: &Ui, global: &Global) -> Outcome {
    let session = Session::of_account(ui, global).await?;
    let progress = ui.progress("Asking every Region about its trails");
    let (aws, account) = (&session.aws, session.aws.account());
    let seen = estate(aws, session.home()).await?;
    let is_others = seen.iter().any(|one| one.account() != account.id);
    let membership = match &session.membership {
        // A member may not be allowed to know: then it does not administer.
        None if is_others => organization::find(aws, session.home()).await.unwrap_or_default(),
        known => known.clone(),
    };
    drop(progress);
    let spec = session.has_spec.then(|| spec(&session));
    let survey = Survey {
        account,
        is_administrator: membership.is_some_and(|found| found.is_administrator(&account.id)),
        at: aws.now(),
        seen: &seen,
        spec: spec.as_ref(),
    };
    let estate = survey.estate();
    reports::give(ui, global, &|format| match format {
        Format::Human => Ok(report::estate(&estate)),
        Format::Json => Ok(pretty(&estate)),
        Format::Markdown => Ok(markdown::status(&estate)),
        other => Err(reports::unknown(other)),
    })?;
    Ok(if estate.findings.is_empty() { exit::DONE } else { exit::CHANGES })
}

/// Returns what the spec says of trails.
fn spec(session: &Session) -> Spec {
    let trails = session.resolved.desired.iter().filter(|want| want.id.kind == Trail::KIND);
    let entries = trails.filter_map(|want| {
        let (address, arn) = (want.address.clone(), want.outputs.get("arn")?.clone());
        Some(Entry { address, arn, logging: want.attrs["logging"] == true })
    });
    Spec { stack: session.stack.clone(), trails: entries.collect() }
}
