//! `unlock`: whose the lock is, and its release.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Failure, Outcome, interrupts::Interrupts, pretty, session::Session};
use crate::{
    cli::{Format, Global, UnlockArgs},
    exit,
    lock::{Body, Broken, Place, Seen, Standing},
    report::{problem::Problem, visible_block},
    ui::{Answer, Ui},
};

/// The format of the result as JSON.
pub(super) const FORMAT: &str = "trailctl.unlock/1";

/// What is at the place of the lock, and whether it was released.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Document<'a> {
    /// The format: `trailctl.unlock/1`.
    format: &'static str,
    /// Where the lock is kept.
    place: String,
    /// The lock. Nothing when there is none.
    lock: Option<Kept<'a>>,
    /// Whether this command has released it.
    released: bool,
    /// Why it is not released, if it should have been.
    error: Option<Problem>,
}

/// A lock.
#[derive(Debug, Serialize, JsonSchema)]
struct Kept<'a> {
    /// What it says. Nothing when it is no lock of this version.
    body: Option<&'a Body>,
    /// When it was written last, by AWS's clock.
    #[schemars(with = "Option<String>")]
    written: Option<Timestamp>,
    /// When its lease is over.
    #[schemars(with = "Option<String>")]
    ends: Option<Timestamp>,
    /// Whether its lease is over.
    stale: bool,
}

pub(super) async fn run(ui: &Ui, global: &Global, args: &UnlockArgs) -> Outcome {
    let interrupts = Interrupts::catch()?;
    let session = interrupts.or(Box::pin(Session::open(ui, global))).await?;
    let Some((place, _)) = session.lock() else {
        return Err(Failure::error("the spec has no `lock:`; nothing was changed")
            .help("add one, such as `lock: {bucket: NAME}`"));
    };
    let seen = interrupts.or(place.read()).await?;
    let found = Found { ui, format: global.format, place: &place, seen: seen.as_ref(), interrupts };
    match found.release(args).await {
        Ok(is_released) => {
            if global.format == Format::Json {
                ui.result(&found.document(is_released, None))?;
            }
            Ok(exit::DONE)
        }
        Err(failure) if global.format == Format::Json => {
            ui.result(&found.document(false, Some(&failure)))?;
            if let Some(text) = failure.text() {
                ui.problem(&text);
            }
            Err(Failure::said(failure.code))
        }
        Err(failure) => Err(failure),
    }
}

/// What is at the place of the lock.
struct Found<'a> {
    ui: &'a Ui,
    format: Format,
    place: &'a Place<'a>,
    seen: Option<&'a Seen>,
    interrupts: Interrupts,
}

impl Found<'_> {
    /// Shows it and releases it. Returns whether it was this command that has.
    async fn release(&self, args: &UnlockArgs) -> Result<bool, Failure> {
        let name = self.place.name();
        let Some(seen) = self.seen else {
            self.say(&format!("There is no lock at {name}."))?;
            return Ok(false);
        };
        let standing = seen.standing();
        if standing == Standing::Foreign {
            let message = format!("what is at {name} is not a lock of this version; it is left alone");
            return Err(Failure::refused(message, "look at what it is, and remove it by hand"));
        }
        let words = self.words(seen);
        match self.format {
            Format::Json if !args.yes => self.ui.problem(&words),
            _ => self.say(&words)?,
        }
        if standing == Standing::Held && !args.force {
            let until = seen.ends().map(|end| format!(": its lease ends at {end}")).unwrap_or_default();
            let message = format!("the lock is held{until}; it is not released");
            let help = "wait for that run; `--force` releases the lock of one that is surely dead";
            return Err(Failure::refused(message, help));
        }
        if !args.yes {
            self.ask()?;
        }
        let broken = tokio::select! {
            biased;
            () = self.interrupts.next() => {
                let failure = Failure::error("interrupted: the lock may be released, or not");
                return Err(Failure { code: exit::INTERRUPTED, ..failure }.help("run `trailctl unlock` again to see"));
            }
            broken = self.place.break_open(seen) => broken?,
        };
        match broken {
            Broken::Done => {
                self.say("Released.")?;
                Ok(true)
            }
            Broken::Gone => {
                self.say("It was released in the meantime.")?;
                Ok(false)
            }
            Broken::Changed => {
                let message = "the lock has shown a sign of life in the meantime, or is another one; it is not released";
                Err(Failure::refused(message, "run again, and look at whose it is"))
            }
        }
    }

    fn ask(&self) -> Result<(), Failure> {
        match self.ui.confirm("Release this lock?") {
            Answer::Yes => Ok(()),
            Answer::No => Err(Failure::error("you said no; the lock is not released")),
            Answer::Interrupted => {
                let failure = Failure::error("interrupted; the lock is not released");
                Err(Failure { code: exit::INTERRUPTED, ..failure })
            }
            Answer::Nobody => {
                let message = "this needs a yes, and there is no terminal to ask; the lock is not released";
                Err(Failure::refused(message, "see that its run is dead, then run again with --yes"))
            }
        }
    }

    /// Prints for people; as JSON all is in the one document.
    fn say(&self, text: &str) -> Result<(), Failure> {
        if self.format == Format::Json {
            return Ok(());
        }
        Ok(self.ui.result(text)?)
    }

    fn words(&self, seen: &Seen) -> String {
        let Some(body) = &seen.body else { return String::new() };
        let is_stale = seen.standing() == Standing::Stale;
        let alive = seen.written.map_or_else(|| "unknown".to_owned(), |at| at.to_string());
        let text = format!(
            "{}\n  stack: {}\n  owner: {}\n  command: {}\n  since: {}\n  last sign of life: {alive}\n  lease: {} s\n  stale: {}",
            self.place.name(),
            body.stack,
            body.owner,
            body.command,
            body.acquired,
            body.lease_seconds,
            if is_stale { "yes" } else { "no" },
        );
        visible_block(&text).to_string()
    }

    fn document(&self, is_released: bool, failure: Option<&Failure>) -> String {
        let lock = self.seen.map(|seen| Kept {
            body: seen.body.as_ref(),
            written: seen.written,
            ends: seen.ends(),
            stale: seen.standing() == Standing::Stale,
        });
        let (place, error) = (self.place.name(), failure.map(Failure::problem));
        pretty(&Document { format: FORMAT, place, lock, released: is_released, error })
    }
}
