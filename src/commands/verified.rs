//! `apply --verify`: whether the trails of the spec are in effect and deliver.

use std::time::Duration;

use futures_util::future::join_all;

use super::{Failure, session::Session};
use crate::{
    apply::{
        Patience, Stop,
        verify::{Expected, Verified, verify},
    },
    exit,
    kinds::{Resource as _, trail::Trail},
    report::{count, visible},
    resource::{Desired, reference},
    ui::Ui,
};

/// Waits until each trail of the spec that logs has delivered since now. All are waited for at once.
pub(super) async fn trails(
    ui: &Ui,
    session: &Session,
    patience: &Patience,
    stop: &Stop,
) -> Result<(), Failure> {
    let is_checked = |want: &&Desired| want.id.kind == Trail::KIND && want.attrs["logging"] == true;
    let trails: Vec<&Desired> = session.resolved.desired.iter().filter(is_checked).collect();
    // What keys are is known from what is live.
    let seen = session.observe(false).await?;
    let progress = ui.progress("Verifying");
    let since = Some(session.aws.now());
    let checks = trails.iter().map(async |want| {
        let mut attrs = want.attrs.clone();
        reference::substitute(&mut attrs, &|address, output| {
            let existing = seen.existing.get(address).map(|found| &found.outputs);
            let entry = || session.resolved.desired.iter().find(|one| one.address == *address);
            let live = || Some(&seen.live.get(&entry()?.id)?.outputs);
            existing.or_else(live)?.get(output).cloned()
        });
        let expected = Expected {
            stack: &session.stack,
            address: &want.address,
            id: &want.id,
            outputs: &want.outputs,
            attrs: &attrs,
            since,
        };
        let address = visible(&want.address.to_string());
        let mut on = |missing: &str, waited: Duration| {
            progress.aside(|| {
                let seconds = waited.as_secs();
                ui.note(&format!("  {address}: waiting for {}, {seconds} s", visible(missing)));
            });
        };
        let verified = verify(&session.aws, expected, patience, stop, &mut on).await;
        (address, verified)
    });
    let mut missing = Vec::new();
    for (address, verified) in join_all(checks).await {
        match verified? {
            Verified::Yes => progress.aside(|| ui.note(&format!("  {address}: verified"))),
            Verified::No(what) => missing.push(format!("\n  {address}: waited for {}", visible(&what))),
            Verified::Interrupted => {
                let message = "interrupted before the trails were verified; all of the plan was applied";
                return Err(Failure { code: exit::INTERRUPTED, ..Failure::error(message) });
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "all of the plan was applied, but {} of {} could not be verified:{}",
        missing.len(),
        count(trails.len(), "trail"),
        missing.concat()
    );
    Err(Failure::error(message).help("run `apply --verify` again; it changes nothing if nothing differs"))
}
