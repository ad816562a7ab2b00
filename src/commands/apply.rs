//! `apply` and `destroy`: plan, ask, run, and plan again to see that nothing is left.

use std::{
    io::IsTerminal as _,
    sync::atomic::{AtomicBool, Ordering},
};

use backon::{BackoffBuilder as _, ExponentialBuilder};

use super::{
    Failure, Outcome, plan as plan_command,
    session::{Allowed, Session},
};
use crate::{
    apply::{self, Event},
    aws::error::AwsError,
    cli::{ApplyArgs, DestroyArgs, Format, Global},
    exit,
    plan::Plan,
    report::{
        count,
        human::{self, Detail},
        visible,
    },
    resource::{Desired, Live},
    ui::Ui,
};

pub(super) async fn run(ui: &Ui, global: &Global, args: &ApplyArgs) -> Outcome {
    let session = Session::open(ui, global).await?;
    let allowed = Allowed { destroy: args.consent.allow_destroy.clone(), ..Allowed::default() };
    let desired = &session.desired;
    Run { ui, global, session: &session, desired, allowed, yes: args.yes, calls: args.calls, verb: "Apply" }
        .go()
        .await
}

pub(super) async fn destroy(ui: &Ui, global: &Global, args: &DestroyArgs) -> Outcome {
    let session = Session::open(ui, global).await?;
    let allowed =
        Allowed { destroy: args.consent.allow_destroy.clone(), delete_data: args.delete_data.clone() };
    Run {
        ui,
        global,
        session: &session,
        desired: &[],
        allowed,
        yes: args.yes,
        calls: args.calls,
        verb: "Destroy",
    }
    .go()
    .await
}

struct Run<'a> {
    ui: &'a Ui,
    global: &'a Global,
    session: &'a Session,
    desired: &'a [Desired],
    allowed: Allowed,
    yes: bool,
    calls: bool,
    verb: &'static str,
}

impl Run<'_> {
    async fn go(&self) -> Outcome {
        let plan = self.plan().await?;
        let asks = !self.yes && !plan.is_empty();
        if self.global.format == Format::Human || asks {
            self.ui.result(&self.words(&plan));
        }
        if !plan.refused.is_empty() {
            let message =
                format!("{} of this plan is refused; nothing was changed", count(plan.refused.len(), "part"));
            return Err(Failure::refused(message, "see the reasons above"));
        }
        if plan.is_empty() {
            self.finish(&plan, true);
            return Ok(exit::DONE);
        }
        if asks {
            self.ask()?;
        }
        let (nonce, stop) = (unique()?, AtomicBool::new(false));
        let outcome = tokio::select! {
            outcome = self.send(&plan, &nonce, &stop) => outcome,
            () = signalled_twice(self.ui, &stop) => {
                self.ui.problem("Stopped at once: the call in flight may or may not have had its effect. Run again to continue.");
                return Ok(exit::INTERRUPTED);
            }
        };
        if !outcome.is_complete() {
            self.ui.problem(&human::unfinished(&plan, &outcome));
            return Err(Failure::said(match outcome {
                _ if stop.load(Ordering::Relaxed) => exit::INTERRUPTED,
                _ if outcome.has_changed_anything() => exit::PARTIAL,
                _ => exit::ERROR,
            }));
        }
        let left = self.settle().await?;
        let is_settled = is_settled(&left);
        self.finish(&plan, is_settled);
        if is_settled {
            return Ok(exit::DONE);
        }
        self.ui.result(&human::plan(&left, Detail::default()));
        let message = "everything was sent, but the account still differs from the spec as shown";
        let help = "if AWS needs longer to show it, plan again later";
        Err(Failure { code: exit::PARTIAL, message: Some(message.to_owned()), help: Some(help.to_owned()) })
    }

    async fn plan(&self) -> Result<Plan, Failure> {
        let live = self.observe().await?;
        self.session.plan(self.desired, &live, &self.allowed)
    }

    async fn observe(&self) -> Result<Live, AwsError> {
        let _progress = self.ui.progress("Reading the live state");
        self.session.observe().await
    }

    fn words(&self, plan: &Plan) -> String {
        if plan.is_empty() && plan.refused.is_empty() && self.desired.is_empty() {
            return human::plan(plan, Detail::default())
                .replace("The account matches the spec.", "Nothing is left to remove.");
        }
        human::plan(plan, Detail { calls: self.calls })
    }

    fn ask(&self) -> Result<(), Failure> {
        match self.ui.confirm(&format!("{} this plan?", self.verb)) {
            Some(true) => Ok(()),
            Some(false) => {
                self.ui.note("Nothing was changed.");
                Err(Failure::said(exit::ERROR))
            }
            None => {
                let message = "this plan needs a yes, and there is no terminal to ask; nothing was changed";
                Err(Failure::refused(message, "review the plan, then run again with --yes"))
            }
        }
    }

    async fn send(&self, plan: &Plan, nonce: &str, stop: &AtomicBool) -> apply::Outcome {
        let progress = self.ui.progress("Applying");
        let is_terminal = std::io::stderr().is_terminal();
        apply::apply(plan, &self.session.aws, nonce, stop, &mut |event| match event {
            Event::Call(step, call) => {
                let words =
                    format!("{}: {}:{}", visible(&step.address.to_string()), call.service, call.operation);
                if is_terminal { progress.say(&words) } else { self.ui.note(&format!("  {words}")) }
            }
            Event::Waiting(step, call, error, delay) => progress.aside(|| {
                let what = error.code.as_deref().unwrap_or("no answer");
                let (address, operation) = (visible(&step.address.to_string()), &call.operation);
                let seconds = delay.as_secs_f32();
                self.ui
                    .note(&format!("  {address}: {operation} again in {seconds:.1} s ({})", visible(what)));
            }),
            Event::Done(step) => progress.aside(|| {
                self.ui.note(&format!("  {}: done", visible(&step.address.to_string())));
            }),
            Event::Failed(step, _) => progress.aside(|| {
                self.ui.note(&format!("  {}: failed", visible(&step.address.to_string())));
            }),
        })
        .await
    }

    /// Plans again until nothing is left, for as long as AWS may take to show what was written.
    async fn settle(&self) -> Result<Plan, Failure> {
        let mut delays = ExponentialBuilder::default()
            .with_total_delay(Some(std::time::Duration::from_secs(20)))
            .without_max_times()
            .build();
        loop {
            let live = self.observe().await.map_err(|error| Failure::unseen(&error))?;
            let left = self.session.plan(self.desired, &live, &self.allowed)?;
            let delay = if is_settled(&left) { None } else { delays.next() };
            let Some(delay) = delay else { return Ok(left) };
            self.ui.note("  waiting until AWS shows what was written");
            tokio::time::sleep(delay).await;
        }
    }

    fn finish(&self, plan: &Plan, is_settled: bool) {
        match self.global.format {
            Format::Json if !self.yes && !plan.is_empty() => {}
            Format::Json => plan_command::show(self.ui, self.global, plan, Detail::default()),
            Format::Human if plan.is_empty() || !is_settled => {}
            Format::Human => {
                let [created, updated, replaced, deleted] = plan.counts();
                let replaced = if replaced > 0 { format!(", {replaced} replaced") } else { String::new() };
                self.ui.result(&format!(
                    "Done: {created} created, {updated} updated{replaced}, {deleted} deleted."
                ));
            }
        }
    }
}

/// Returns whether the plan after an apply says that all is as it should be: a resource that was written and is refused
/// is not.
fn is_settled(left: &Plan) -> bool {
    left.is_empty() && left.refused.is_empty()
}

/// Returns a word that no other run has.
fn unique() -> Result<String, Failure> {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Failure::error("the system gives no random numbers; nothing was changed"))?;
    Ok(hex::encode(bytes))
}

/// Waits for Ctrl-C or the end of the process being asked for. The first one lets the calls in flight end; returns at
/// the second.
async fn signalled_twice(ui: &Ui, stop: &AtomicBool) {
    signal().await;
    stop.store(true, Ordering::Relaxed);
    ui.note("Stopping after the calls in flight. Interrupt again to stop at once.");
    signal().await;
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
