//! `apply` and `destroy`: plan, ask, run, and plan again to see that nothing is left.

mod locked;
mod result;
mod told;

use std::{
    cell::{OnceCell, RefCell},
    path::Path,
    sync::Arc,
};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use serde_json::json;

use self::locked::End;
use super::{
    Failure, Outcome,
    interrupts::{Interrupts, interrupted},
    saved,
    session::{Allowed, Session},
    verified,
};
use crate::{
    apply::{self, Event, Patience, Stop},
    aws::error::AwsError,
    cli::{ApplyArgs, DestroyArgs, Format, Global},
    exit,
    kinds::CallRecord,
    plan::{Plan, Step, seal::Stale},
    record::{self, Recorder},
    report::{
        count,
        human::{self, Detail},
        run::Lock,
    },
    resource::Observation,
    ui::{Answer, Ui},
};

pub(super) async fn run(ui: &Ui, global: &Global, args: &ApplyArgs) -> Outcome {
    let read = |path| saved::read(path, args.require_plan_sha256.as_deref(), global.sandbox.is_some());
    let saved = args.plan.as_deref().map(read).transpose()?;
    let interrupts = Interrupts::catch()?;
    let mut session = interrupts.or(Box::pin(Session::open(ui, global))).await?;
    let _ = session.warn(ui);
    let recorder = recorder(args.record.as_deref(), &mut session)?;
    let allowed = match &saved {
        Some(plan) => Allowed::of_saved(plan, plan.seal().map_err(|stale| saved::refused(&[stale], false))?),
        None => Allowed::of(&args.consent, &args.takeover),
    };
    Run {
        ui,
        global,
        session: &session,
        is_removal: false,
        allowed,
        // What was saved was looked at.
        yes: args.yes || saved.is_some(),
        saved: saved.map(|plan| Saved { plan, may_differ: args.replan_if_identical }),
        calls: args.calls,
        verify: args.verify,
        verb: "Apply",
        breaks_stale_lock: args.lock.break_stale_lock,
        lock: OnceCell::new(),
        recorder,
        interrupts,
        so_far: RefCell::default(),
    }
    .recorded()
    .await
}

pub(super) async fn destroy(ui: &Ui, global: &Global, args: &DestroyArgs) -> Outcome {
    let interrupts = Interrupts::catch()?;
    let mut session = interrupts.or(Box::pin(Session::open(ui, global))).await?;
    let recorder = recorder(args.record.as_deref(), &mut session)?;
    let allowed = Allowed {
        destroy: args.consent.allow_destroy.clone(),
        delete_data: args.delete_data.clone(),
        coverage_loss: args.consent.allow_coverage_loss,
        ..Allowed::default()
    };
    Run {
        ui,
        global,
        session: &session,
        is_removal: true,
        allowed,
        yes: args.yes,
        saved: None,
        calls: args.calls,
        verify: false,
        verb: "Destroy",
        breaks_stale_lock: args.lock.break_stale_lock,
        lock: OnceCell::new(),
        recorder,
        interrupts,
        so_far: RefCell::default(),
    }
    .recorded()
    .await
}

/// Opens the record of a run, if one is wanted, and has the calls written into it.
fn recorder(path: Option<&Path>, session: &mut Session) -> Result<Option<Arc<Recorder>>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let recorder = Recorder::open(path).map_err(|error| {
        Failure::error(format!("cannot write the record to {}: {error}; nothing was changed", path.display()))
            .help("name a file that can be written")
    })?;
    let recorder = Arc::new(recorder);
    session.aws.record(Arc::clone(&recorder));
    Ok(Some(recorder))
}

struct Run<'a> {
    ui: &'a Ui,
    global: &'a Global,
    session: &'a Session,
    /// Whether everything is removed, not what the spec wants made.
    is_removal: bool,
    allowed: Allowed,
    yes: bool,
    saved: Option<Saved>,
    calls: bool,
    /// Whether trails shall have delivered at the end.
    verify: bool,
    verb: &'static str,
    breaks_stale_lock: bool,
    /// What became of the lock, when it was taken and the run has ended.
    lock: OnceCell<Lock>,
    recorder: Option<Arc<Recorder>>,
    interrupts: Interrupts,
    /// What has become of the steps, for a run that is not let come to its end.
    so_far: RefCell<apply::Outcome>,
}

/// The account is not what it was when the plan was shown.
struct Changed;

impl From<Changed> for Failure {
    fn from(Changed: Changed) -> Self {
        let message = "the account has changed since the plan was shown; nothing was changed";
        Self::refused(message, "run again, and look at the new plan")
    }
}

/// A plan that was saved.
struct Saved {
    plan: Plan,
    /// Whether the account may have changed, if that changes nothing in the plan.
    may_differ: bool,
}

impl Run<'_> {
    /// Runs, and writes how it began and ended.
    async fn recorded(&self) -> Outcome {
        let Some(recorder) = &self.recorder else { return self.go().await };
        let aws = &self.session.aws;
        let plan = self.saved.as_ref().and_then(|saved| saved.plan.seal.as_ref()).map(|seal| &seal.sha256);
        let run = json!({
            "format": record::FORMAT, "trailctl": env!("CARGO_PKG_VERSION"), "command": self.verb.to_lowercase(),
            "stack": self.session.stack, "account": aws.account().id, "caller": aws.caller(), "plan_sha256": plan,
        });
        recorder.line(aws.now(), "run", run);
        let outcome = self.go().await;
        let code = match &outcome {
            Ok(code) => *code,
            Err(failure) => failure.code,
        };
        let written = recorder.summary(aws.now(), json!({"stack": self.session.stack, "exit_code": code}));
        if let Err(error) = written {
            let message = format!("the record of this run is not complete: {error}");
            self.ui.problem(&format!("error: {message}"));
            return outcome.and(Err(Failure::said(exit::ERROR)));
        }
        outcome
    }

    /// Writes what happens into the record.
    fn record(&self, event: &Event<'_>) {
        let Some(recorder) = &self.recorder else { return };
        let step = |step: &Step, outcome: &str| {
            (
                "step",
                json!({"address": step.address, "resource": step.resource.to_string(), "outcome": outcome}),
            )
        };
        let (what, more) = match event {
            Event::Call(step, call) => {
                let CallRecord { service, operation, region, parameters: _ } = call;
                let more = json!({"address": step.address, "resource": step.resource.to_string(), "service": service, "operation": operation, "region": region});
                ("change", more)
            }
            Event::Done(of) => step(of, "done"),
            Event::Failed(of, _) => step(of, "failed"),
            Event::Unverified(of, _) => step(of, "not verified"),
            Event::Waiting(..)
            | Event::Unclear(..)
            | Event::Found(..)
            | Event::Again(..)
            | Event::Verifying(..) => return,
        };
        recorder.line(self.session.aws.now(), what, more);
    }

    async fn go(&self) -> Outcome {
        let seen = self.interrupts.or(Box::pin(self.observe())).await?;
        self.session.note_unknown_names(self.ui, &seen.live, &self.allowed);
        let plan = self.session.plan(&seen, self.is_removal, &self.allowed)?;
        if let Some(Saved { plan: saved, may_differ }) = &self.saved {
            let stale = self.session.stale(saved, &plan);
            let is_same = *may_differ && stale.iter().all(Stale::is_of_account) && saved.does_the_same(&plan);
            if !stale.is_empty() && !is_same {
                return self.fail(&plan, None, saved::refused(&stale, *may_differ));
            }
        }
        match self.global.format {
            Format::Human => self.ui.result(&self.words(&plan))?,
            // The result is one document; what is asked about is shown beside it.
            _ if !self.yes && !plan.is_empty() => self.ui.problem(&self.words(&plan)),
            _ => {}
        }
        if !plan.refused.is_empty() {
            let (parts, is) =
                (count(plan.refused.len(), "part"), if plan.refused.len() == 1 { "is" } else { "are" });
            let message = format!("{parts} of this plan {is} refused; nothing was changed");
            return self.fail(&plan, None, Failure::refused(message, "see the reasons in the plan"));
        }
        if plan.is_empty() {
            let stop = Stop::default();
            return tokio::select! {
                done = self.verify_and_report(&plan, None, &stop) => done,
                () = self.interrupted_twice(&stop) => self.fail(&plan, None, interrupted()),
            };
        }
        if let Err(failure) = self.ask(&plan).await {
            return self.fail(&plan, None, failure);
        }
        let (nonce, stop) = (unique()?, Stop::default());
        tokio::select! {
            done = Box::pin(self.send_locked(&plan, &nonce, &stop)) => done,
            () = self.interrupted_twice(&stop) => {
                let outcome = self.so_far.take().cut_off(&plan);
                self.ui.problem(&human::unfinished(&plan, &outcome));
                let message = "stopped at once: calls in flight may or may not have had their effect";
                let failure = Failure { code: exit::INTERRUPTED, ..Failure::error(message) };
                let help = match self.session.lock() {
                    Some(_) => "run again to continue; a lock that was taken stays until its lease is over",
                    None => "run again to continue",
                };
                self.fail(&plan, Some(&outcome), failure.help(help))
            }
        }
    }

    async fn send_and_settle(&self, plan: &Plan, nonce: &str, stop: &Stop) -> End {
        let outcome = self.send(plan, nonce, stop).await;
        if !outcome.is_complete() {
            self.ui.problem(&human::unfinished(plan, &outcome));
            let unfinished = if outcome.has_changed_anything() { exit::PARTIAL } else { exit::ERROR };
            let failure = match stop.why() {
                Some(why) => {
                    Failure { code: unfinished, ..Failure::error(format!("{why}; nothing more was sent")) }
                        .help("`trailctl unlock` shows whose the lock is; run again to continue")
                }
                None if stop.is_told() => {
                    let message = "interrupted: the calls in flight have ended, and nothing more was sent";
                    Failure { code: exit::INTERRUPTED, ..Failure::error(message) }
                }
                None => Failure::said(unfinished),
            };
            return (Some(outcome), Err(failure));
        }
        let left = match self.settle(stop).await {
            Ok(left) => left,
            Err(failure) => return (Some(outcome), Err(failure)),
        };
        if is_settled(&left) {
            return (Some(outcome), Ok(()));
        }
        self.ui.problem(&human::plan(&left, Detail::default()));
        let message = "everything was sent, but the account still differs from the spec as shown";
        let failure = Failure { code: exit::PARTIAL, ..Failure::error(message) };
        let help =
            "run apply again; if AWS only needs longer to show what was written, there will be nothing to do";
        (Some(outcome), Err(failure.help(help)))
    }

    /// Reports success, when the trails have been verified, if that is wanted.
    async fn verify_and_report(&self, plan: &Plan, outcome: Option<&apply::Outcome>, stop: &Stop) -> Outcome {
        if self.verify
            && let Err(failure) = verified::trails(self.ui, self.session, &self.patience(), stop).await
        {
            let code =
                if outcome.is_some() && failure.code == exit::ERROR { exit::PARTIAL } else { failure.code };
            return self.fail(plan, outcome, Failure { code, ..failure });
        }
        self.done(plan, outcome)
    }

    async fn plan(&self) -> Result<Plan, Failure> {
        let seen = self.observe().await?;
        self.session.plan(&seen, self.is_removal, &self.allowed)
    }

    async fn observe(&self) -> Result<Observation, AwsError> {
        let _progress = self.ui.progress("Reading the live state");
        self.session.observe(self.is_removal).await
    }

    /// Asks, unless the command line says yes already. While somebody thinks, the account may change: the plan that was
    /// seen must still be the plan.
    async fn ask(&self, plan: &Plan) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        match self.ui.confirm(&format!("{} this plan?", self.verb)) {
            Answer::Yes => {}
            Answer::No => return Err(Failure::error("you said no; nothing was changed")),
            Answer::Interrupted => {
                return Err(interrupted());
            }
            Answer::Nobody => {
                let message = "this plan needs a yes, and there is no terminal to ask; nothing was changed";
                return Err(Failure::refused(message, "review the plan, then run again with --yes"));
            }
        }
        // Where there is a lock, that is looked at while it is held.
        if self.session.lock().is_some() || self.interrupts.or(Box::pin(self.plan())).await? == *plan {
            return Ok(());
        }
        Err(Changed.into())
    }

    /// Waits for signals. The first one lets the calls in flight end; returns at the second.
    async fn interrupted_twice(&self, stop: &Stop) {
        self.interrupts.next().await;
        stop.tell();
        self.ui.note("Stopping after the calls in flight. Interrupt again to stop at once.");
        self.interrupts.next().await;
    }

    fn patience(&self) -> Patience {
        if self.session.aws.is_local() { Patience::local() } else { Patience::default() }
    }

    async fn send(&self, plan: &Plan, nonce: &str, stop: &Stop) -> apply::Outcome {
        let progress = self.ui.progress("Applying");
        let patience = self.patience();
        apply::apply(plan, &self.session.aws, nonce, &patience, stop, &self.so_far, &mut |event| {
            self.record(&event);
            told::show(self.ui, &progress, &event);
        })
        .await
    }

    /// Plans again until nothing is left, for as long as AWS may take to show what was written.
    async fn settle(&self, stop: &Stop) -> Result<Plan, Failure> {
        let mut delays = ExponentialBuilder::default()
            .with_total_delay(Some(std::time::Duration::from_secs(20)))
            .without_max_times()
            .build();
        loop {
            let seen = self.observe().await.map_err(|error| Failure::unseen(&error))?;
            let left = self.session.plan(&seen, self.is_removal, &self.allowed)?;
            let delay = if is_settled(&left) { None } else { delays.next() };
            let Some(delay) = delay else { return Ok(left) };
            self.ui.note("  waiting until AWS shows what was written");
            if stop.told_within(delay).await {
                return Ok(left);
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
