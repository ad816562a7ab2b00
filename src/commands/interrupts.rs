//! Ctrl-C, and being asked to end: caught from the beginning of a command that talks to AWS, so that it says how it ended. The
//! first process of a container would not hear of them otherwise.

use std::io;

use tokio::sync::Mutex;

use super::Failure;
use crate::exit;

/// The signals that the process gets. Those that come while nobody waits are kept.
pub(super) struct Interrupts(Mutex<Listeners>);

#[cfg(unix)]
struct Listeners {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Listeners {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Listeners(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Listeners {
    fn new() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn next(&mut self) {
        let _ = self.0.recv().await;
    }
}

impl Interrupts {
    /// Catches signals from now on.
    pub(super) fn catch() -> Result<Self, Failure> {
        let caught = Listeners::new();
        let caught = caught.map_err(|error| Failure::error(format!("cannot catch interrupts: {error}")))?;
        Ok(Self(Mutex::new(caught)))
    }

    /// Waits for one of them.
    pub(super) async fn next(&self) {
        self.0.lock().await.next().await;
    }

    /// Does what changes nothing, unless a signal comes first. Large futures are boxed by the caller, who puts them on the stack else.
    pub(super) async fn or<T, E>(&self, reading: impl Future<Output = Result<T, E>>) -> Result<T, Failure>
    where
        Failure: From<E>,
    {
        tokio::select! {
            biased;
            () = self.next() => Err(interrupted()),
            read = reading => Ok(read?),
        }
    }
}

/// Does a command that changes nothing, unless a signal comes first.
pub(super) async fn reading<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    Interrupts::catch()?.or(command).await
}

/// Says that nothing was changed.
pub(super) fn interrupted() -> Failure {
    Failure { code: exit::INTERRUPTED, ..Failure::error("interrupted; nothing was changed") }
}
