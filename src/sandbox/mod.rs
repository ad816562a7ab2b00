//! The embedded AWS: a strict simulator of the calls that trailctl makes, at the level of HTTP.
//!
//! It refuses what AWS refuses, with AWS's error code and status; where the behaviour of AWS is not known it takes the
//! stricter reading. It is one synchronous function from request to response and holds no connection, task or timer.
//! `serve` puts it on a socket, and an SDK client takes it as its HTTP client.
//!
//! What it does not do: check signatures or permissions of callers, deliver log files, and simulate services other than
//! those in `SERVICES`.

mod cloudtrail;
mod connector;
mod iam;
mod identity;
mod ids;
mod kms;
mod logs;
mod organizations;
mod policy;
mod s3;
pub mod serve;
mod sns;
mod store;
mod sts;
mod tagging;
mod tags;
mod wire;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;

pub use self::identity::DEFAULT_ACCOUNT;
use self::store::Store;
pub use self::store::{FILES, SandboxError};
use self::wire::{Call, Handler, Outcome, Refusal, Service, answer, route};

/// All services of the sandbox.
static SERVICES: &[&Service] = &[
    &cloudtrail::SERVICE,
    &iam::SERVICE,
    &kms::SERVICE,
    &logs::SERVICE,
    &organizations::SERVICE,
    &s3::SERVICE,
    &sns::SERVICE,
    &sts::SERVICE,
    &tagging::SERVICE,
];

/// An AWS of its own, with all its accounts and Regions. Clones share it.
#[derive(Clone, Debug)]
pub struct Sandbox {
    store: Arc<Store>,
    clock: fn() -> Timestamp,
    served: Arc<AtomicU64>,
}

impl Sandbox {
    /// Returns an empty sandbox that ends with its last clone.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::new(Store::in_memory())
    }

    /// Opens the sandbox kept in `dir`, which is created if absent. Several processes may have it open.
    ///
    /// # Errors
    ///
    /// If the directory cannot be used, or holds a state that this version does not understand.
    pub fn open(dir: &Path) -> Result<Self, SandboxError> {
        Ok(Self::new(Store::open(dir)?))
    }

    fn new(store: Store) -> Self {
        Self { store: Arc::new(store), clock: system_clock, served: Arc::default() }
    }

    /// Replaces the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: fn() -> Timestamp) -> Self {
        self.clock = clock;
        self
    }

    /// Returns a sandbox in memory that begins with what this one remembers now. What happens in one does not show in the
    /// other.
    ///
    /// # Errors
    ///
    /// If the state cannot be read.
    pub fn fork(&self) -> Result<Self, SandboxError> {
        Ok(Self { store: Arc::new(self.store.fork()?), clock: self.clock, served: Arc::default() })
    }

    /// Returns everything the sandbox remembers, in the form of its state file.
    ///
    /// # Errors
    ///
    /// If the state cannot be read.
    pub fn state(&self) -> Result<serde_json::Value, SandboxError> {
        self.store.read(|state| serde_json::to_value(state))?.map_err(SandboxError::Unwritable)
    }

    /// Makes `member` a member of the organization that `management` manages, in the partition `aws`: what an
    /// invitation and its acceptance do.
    ///
    /// # Errors
    ///
    /// If there is no such organization, the account belongs to one already, or the state cannot be used.
    pub fn join_organization(&self, management: &str, member: &str) -> Result<(), SandboxError> {
        let now = (self.clock)();
        self.store
            .change(|state| organizations::join(state, "aws", management, member, now))?
            .map_err(SandboxError::CannotJoin)
    }

    /// Answers one request. Never panics, whatever the request holds.
    #[must_use]
    pub fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let now = (self.clock)();
        let count = self.served.fetch_add(1, Ordering::Relaxed) + 1;
        let frame = answer::Frame::new(&request, count, now);
        frame.render(self.outcome(request, now))
    }

    /// Returns the signing name of the service, the operation, and whether the operation changes anything; `None` if
    /// the sandbox does not know what is asked.
    #[must_use]
    pub fn operation_of(request: &Request<Bytes>) -> Option<(&'static str, &'static str, bool)> {
        let asked = route::find(SERVICES, request).ok()?;
        Some((asked.service.signing_name, asked.operation.name, asked.operation.mutates()))
    }

    fn outcome(&self, request: Request<Bytes>, now: Timestamp) -> Outcome {
        let asked = route::find(SERVICES, &request)?;
        let key = asked.scope.access_key_id.clone();
        let call = |caller| Call { caller, region: asked.scope.region.clone(), now, request: &request };
        match asked.operation.handler {
            Handler::Read(handle) => self
                .store
                .read(|state| handle(state, &call(identity::caller(state, &key, &asked.scope.region, now)?))),
            Handler::Write(handle) => self.store.change(|state| {
                handle(state, &call(identity::caller(state, &key, &asked.scope.region, now)?))
            }),
        }
        .map_err(|error| Refusal::new(500, "InternalFailure", error.with_causes()))?
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the sandbox reads the clock")]
fn system_clock() -> Timestamp {
    Timestamp::now()
}
