//! The embedded AWS in this process, with trailctl's engine before it: every answer can be broken on its way.
//!
//! Nothing waits for the SDK's delays: its clock for waiting is one that has always passed.

use std::{
    fmt,
    future::{Future, pending, ready},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_sdk_cloudtrail::config::{AsyncSleep, Sleep};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::Request;
use tokio::{sync::Notify, task::yield_now};
use trailctl::{
    apply::{self, Event, Outcome, Patience, Stop},
    aws::{Aws, config, error::AwsError},
    observe::{Look, observe},
    plan::{self, Plan, Policy},
    resolve::resolve,
    resource::{Account, region::Region},
    sandbox::Sandbox,
    spec::{Spec, parse::parse},
};

use super::{Fault, Moment, Seen, fault::Answer};

/// The Region of the tests' specs.
pub(crate) const HOME: &str = "us-east-1";

/// One HTTP attempt, as it comes to the embedded AWS.
pub(crate) struct Attempt<'a> {
    /// The call.
    pub(crate) seen: &'a Seen,
    /// The number of the attempt, from 1. Reads and repetitions count.
    pub(crate) number: usize,
    /// The request.
    pub(crate) request: &'a Request<Bytes>,
    /// The embedded AWS.
    pub(crate) sandbox: &'a Sandbox,
    /// The status of the answer. None before there is one.
    pub(crate) status: Option<u16>,
}

type Hook = dyn FnMut(&Attempt<'_>, Moment) -> Option<Fault> + Send;

/// What the clients are connected with. It can be changed while they stay.
struct Line {
    sandbox: Sandbox,
    seen: Vec<Seen>,
    hook: Option<Box<Hook>>,
}

/// The connector of all clients.
#[derive(Clone)]
pub(crate) struct Inside {
    line: Arc<Mutex<Line>>,
    killed: Arc<Notify>,
}

/// What a plan may do, beside what it always may.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Allowed {
    /// Protected resources that may go.
    pub(crate) destroy: &'static [&'static str],
    /// Stacks whose resources may be taken over.
    pub(crate) take_from: &'static [&'static str],
}

/// What a run did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// What became of it. None if it was killed.
    pub(crate) outcome: Option<Outcome>,
    /// What was told on the way besides calls: `CreateTrail is unclear`.
    pub(crate) told: Vec<String>,
}

impl Ran {
    /// Returns whether all of the plan was done.
    pub(crate) fn is_complete(&self) -> bool {
        self.outcome.as_ref().is_some_and(Outcome::is_complete)
    }
}

impl Inside {
    /// Takes a sandbox. The hook sees each attempt, before and after its effect.
    pub(crate) fn of(
        sandbox: &Sandbox,
        hook: impl FnMut(&Attempt<'_>, Moment) -> Option<Fault> + Send + 'static,
    ) -> Self {
        let inside = Self::healthy(sandbox);
        inside.load(sandbox, hook);
        inside
    }

    /// Takes a sandbox, and breaks nothing.
    pub(crate) fn healthy(sandbox: &Sandbox) -> Self {
        let line = Line { sandbox: sandbox.clone(), seen: Vec::new(), hook: None };
        Self { line: Arc::new(Mutex::new(line)), killed: Arc::default() }
    }

    /// Connects the clients with another sandbox, and counts anew.
    pub(crate) fn load(
        &self,
        sandbox: &Sandbox,
        hook: impl FnMut(&Attempt<'_>, Moment) -> Option<Fault> + Send + 'static,
    ) {
        *self.line() = Line { sandbox: sandbox.clone(), seen: Vec::new(), hook: Some(Box::new(hook)) };
    }

    /// Connects the clients with another sandbox, and breaks nothing.
    pub(crate) fn load_healthy(&self, sandbox: &Sandbox) {
        *self.line() = Line { sandbox: sandbox.clone(), seen: Vec::new(), hook: None };
    }

    /// Returns the calls since the last time it was asked, one for each attempt.
    pub(crate) fn take_calls(&self) -> Vec<Seen> {
        std::mem::take(&mut self.line().seen)
    }

    /// Returns the operations that changed something, or should have, since the last time it was asked.
    pub(crate) fn take_changes(&self) -> Vec<&'static str> {
        self.take_calls().into_iter().filter(|call| call.mutates).map(|call| call.operation).collect()
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the engine's clients.
    pub(crate) async fn connect(&self) -> Aws {
        Engine::connect(self, false).await.unwrap().aws
    }

    /// Plans what a spec wants; returns the clients too.
    pub(crate) async fn planned(&self, text: &str) -> (Aws, Plan) {
        let engine = Engine::connect(self, false).await.unwrap();
        let plan = engine.plan(&spec(text), Allowed::default()).await.unwrap();
        (engine.aws, plan)
    }

    /// Waits for a future, or for a fault that kills it.
    pub(crate) async fn until_killed<T>(&self, run: impl Future<Output = T>) -> Option<T> {
        let (run, killed) = (pin!(run), pin!(self.killed.notified()));
        match select(run, killed).await {
            Either::Left((done, _)) => Some(done),
            Either::Right(_) => None,
        }
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let (parts, body) = request.try_into_http1x().unwrap().into_parts();
        let body = ByteStream::new(body).collect().await.unwrap().into_bytes();
        let request = Request::from_parts(parts, body);
        let answer = loop {
            match self.answer(&request) {
                Ok(answer) => break answer?,
                Err(Silence::Held) => yield_now().await,
                Err(Silence::Killed) => {
                    self.killed.notify_one();
                    return pending().await;
                }
            }
        };
        Ok(HttpResponse::try_from(answer.map(SdkBody::from)).unwrap())
    }

    fn answer(&self, request: &Request<Bytes>) -> Result<Answer, Silence> {
        let mut line = self.line();
        let Line { sandbox, seen, hook } = &mut *line;
        let known = Sandbox::operation_of(request);
        let (Some((service, operation, mutates)), Some(hook)) = (known, hook) else {
            seen.extend(known.map(|(service, operation, mutates)| Seen { service, operation, mutates }));
            return Ok(Ok(sandbox.handle(request.clone())));
        };
        seen.push(Seen { service, operation, mutates });
        let (number, call) = (seen.len(), &seen[seen.len() - 1]);
        let mut attempt = Attempt { seen: call, number, request, sandbox, status: None };
        match hook(&attempt, Moment::Before) {
            Some(Fault::Held) => {
                seen.pop();
                return Err(Silence::Held);
            }
            Some(fault) => return fault.answer(request, service, None).ok_or(Silence::Killed),
            None => {}
        }
        let answer = sandbox.handle(request.clone());
        attempt.status = Some(answer.status().as_u16());
        match hook(&attempt, Moment::After) {
            Some(fault) => fault.answer(request, service, Some(answer)).ok_or(Silence::Killed),
            None => Ok(Ok(answer)),
        }
    }
}

/// Why there is no answer.
enum Silence {
    /// The process is no more.
    Killed,
    /// It is not time yet.
    Held,
}

/// trailctl's engine with an embedded AWS behind it.
pub(crate) struct Engine {
    /// What the clients are connected with.
    pub(crate) inside: Inside,
    /// The clients.
    pub(crate) aws: Aws,
    home: Region,
}

impl Engine {
    /// Connects.
    ///
    /// Errors as the first calls do.
    pub(crate) async fn connect(inside: &Inside, needs_organization: bool) -> Result<Self, AwsError> {
        let home = Region::new(HOME);
        let sandbox = inside.line().sandbox.clone();
        let sdk = config::sandbox(sandbox, Some(&home)).into_builder().http_client(inside.clone());
        let sdk = sdk.sleep_impl(Passed).stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        let (aws, _) = Aws::connect(sdk.build(), 16, needs_organization).await?;
        Ok(Self { inside: inside.clone(), aws, home })
    }

    /// Plans what a spec wants.
    ///
    /// Errors when the live state cannot be read.
    pub(crate) async fn plan(&self, spec: &Spec, allowed: Allowed) -> Result<Plan, AwsError> {
        let resolved = resolve(spec, self.aws.account(), &self.home);
        let stack = &spec.head.stack;
        let look = Look { resolved: &resolved, stack, home: &self.home, is_removal: false };
        let seen = observe(&self.aws, &look).await?;
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let policy = Policy {
            stack: stack.clone(),
            account: Account { organization: seen.organization.clone(), ..self.aws.account().clone() },
            is_removal: false,
            allow_destroy: list(allowed.destroy),
            delete_data: Default::default(),
            replace_policy: Default::default(),
            take_from: list(allowed.take_from),
            allow_coverage_loss: true,
        };
        Ok(plan::plan(&resolved, &seen, &policy).unwrap())
    }

    /// Applies a plan, waiting hardly at all.
    pub(crate) async fn apply(&self, plan: &Plan, nonce: &str) -> Ran {
        // A call is repeated five times or so, and what became of one is looked at about as often.
        let [first, repeat, settle] = [1, 60, 60].map(Duration::from_micros);
        let patience = Patience {
            first,
            repeat,
            repeat_logs: repeat,
            settle,
            settle_slowly: settle,
            ..Patience::none()
        };
        let mut told = Vec::new();
        let mut on = |event: Event<'_>| match event {
            Event::Waiting(_, call, error, _) => {
                told.push(format!("{} waits ({})", call.operation, error.code.as_deref().unwrap_or("-")));
            }
            Event::Unclear(_, call, _) => told.push(format!("{} is unclear", call.operation)),
            Event::Found(_, call) => told.push(format!("{} is found", call.operation)),
            Event::Again(_, call) => told.push(format!("{} again", call.operation)),
            Event::Call(..)
            | Event::Verifying(..)
            | Event::Unverified(..)
            | Event::Done(_)
            | Event::Failed(..) => {}
        };
        let stop = Stop::default();
        let so_far = std::cell::RefCell::default();
        let run = apply::apply(plan, &self.aws, nonce, &patience, &stop, &so_far, &mut on);
        let outcome = self.inside.until_killed(run).await;
        Ran { outcome, told }
    }
}

/// The stack of a main thread: that of a test's thread is too small for the futures of a debug build.
const STACK: usize = 8 << 20;

/// Runs in a thread with the stack of a main thread.
pub(crate) fn deep(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap();
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// Returns the spec of a text.
pub(crate) fn spec(text: &str) -> Spec {
    let parsed = parse(text);
    parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics))
}

/// A clock for waiting on which every time has passed.
#[derive(Debug)]
struct Passed;

impl AsyncSleep for Passed {
    fn sleep(&self, _: Duration) -> Sleep {
        Sleep::new(ready(()))
    }
}

impl HttpConnector for Inside {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let inside = self.clone();
        HttpConnectorFuture::new(async move { inside.exchange(request).await })
    }
}

impl HttpClient for Inside {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl fmt::Debug for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inside")
    }
}
