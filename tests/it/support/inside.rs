//! The embedded AWS in this process, with trailctl's engine before it: every answer can be broken on its way.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use http::{Request, Response};
use trailctl::{
    apply::{self, Event, Outcome, Patience, Stop},
    aws::{Aws, config},
    observe::{Look, observe},
    plan::{self, Plan, Policy},
    resolve::resolve,
    resource::region::Region,
    sandbox::Sandbox,
    spec::parse::parse,
};

use super::{Moment, Seen};

/// How a call is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is answered with 503 and nothing else.
    Unavailable,
    /// The connection ends without an answer.
    Reset,
    /// No answer comes in time.
    Timeout,
    /// It is answered with 200 and the page of a proxy.
    Page,
    /// It is refused with this code and message.
    Refused(&'static str, &'static str),
}

type Hook = dyn Fn(&Seen, usize, Moment) -> Option<Fault> + Send + Sync;

/// An AWS of its own. The hook sees each call that changes something, with its number from 1.
#[derive(Clone)]
pub(crate) struct Inside {
    /// The embedded AWS.
    pub(crate) sandbox: Sandbox,
    seen: Arc<Mutex<Vec<Seen>>>,
    hook: Arc<Hook>,
}

/// What a run did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// What became of it.
    pub(crate) outcome: Outcome,
    /// What was told on the way besides calls: `unclear CreateTrail`.
    pub(crate) told: Vec<String>,
}

impl Inside {
    /// Takes a sandbox.
    pub(crate) fn of(
        sandbox: &Sandbox,
        hook: impl Fn(&Seen, usize, Moment) -> Option<Fault> + Send + Sync + 'static,
    ) -> Self {
        Self { sandbox: sandbox.clone(), seen: Arc::default(), hook: Arc::new(hook) }
    }

    /// Takes a sandbox, and breaks nothing.
    pub(crate) fn healthy(sandbox: &Sandbox) -> Self {
        Self::of(sandbox, |_, _, _| None)
    }

    /// Plans what a spec wants.
    pub(crate) async fn plan(&self, spec: &str) -> Plan {
        self.planned(spec).await.1
    }

    /// Returns the engine's clients.
    pub(crate) async fn connect(&self) -> Aws {
        let sdk = config::sandbox(self.sandbox.clone(), Some(&Region::new("us-east-1")));
        let sdk = sdk.into_builder().http_client(self.clone()).build();
        Aws::connect(sdk, 16, false).await.unwrap().0
    }

    /// Plans what a spec wants; returns the clients too.
    pub(crate) async fn planned(&self, text: &str) -> (Aws, Plan) {
        let parsed = parse(text);
        let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        let home = Region::new("us-east-1");
        let aws = self.connect().await;
        let resolved = resolve(&spec, aws.account(), &home);
        let look = Look { resolved: &resolved, stack: &spec.head.stack, home: &home, is_removal: false };
        let live = observe(&aws, &look).await.unwrap();
        let policy = Policy {
            stack: spec.head.stack.clone(),
            account: aws.account().clone(),
            is_removal: false,
            allow_destroy: Default::default(),
            delete_data: Default::default(),
            replace_policy: Default::default(),
            take_from: Default::default(),
            allow_coverage_loss: true,
        };
        let plan = plan::plan(&resolved, &live, &policy).unwrap();
        (aws, plan)
    }

    /// Plans what a spec wants and applies it, waiting hardly at all.
    pub(crate) async fn apply(&self, spec: &str) -> Ran {
        let (aws, plan) = self.planned(spec).await;
        assert_eq!(plan.refused, []);
        self.take_changes();
        let (first, total) = (Duration::from_millis(1), Duration::from_millis(8));
        let patience = Patience { first, repeat: total, repeat_logs: total, ..Patience::none() };
        let mut told = Vec::new();
        let outcome = apply::apply(&plan, &aws, "n", &patience, &Stop::default(), &mut |event| match event {
            Event::Waiting(_, call, error, _) => {
                told.push(format!("{} waits ({})", call.operation, error.code.as_deref().unwrap_or("-")));
            }
            Event::Unclear(_, call, _) => told.push(format!("{} is unclear", call.operation)),
            Event::Found(_, call) => told.push(format!("{} is found", call.operation)),
            Event::Again(_, call) => told.push(format!("{} again", call.operation)),
            Event::Call(..) | Event::Verifying(..) | Event::Done(_) | Event::Failed(..) => {}
        })
        .await;
        Ran { outcome, told }
    }

    /// Returns the operations that changed something, or should have, since the last time it was asked.
    pub(crate) fn take_changes(&self) -> Vec<&'static str> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        seen.into_iter().map(|call| call.operation).collect()
    }

    /// Counts what the sandbox has under a path of its state, such as `trails`, at a depth.
    pub(crate) fn count(&self, section: &str, depth: usize) -> usize {
        let state = self.sandbox.state().unwrap();
        let mut level = vec![state[section].clone()];
        for _ in 0..depth {
            level = level
                .iter()
                .flat_map(|one| one.as_object().into_iter().flat_map(|map| map.values().cloned()))
                .collect();
        }
        level.iter().map(|one| one.as_object().map_or(0, serde_json::Map::len)).sum()
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let (parts, body) = request.try_into_http1x().unwrap().into_parts();
        let body = ByteStream::new(body).collect().await.unwrap().into_bytes();
        let request = Request::from_parts(parts, body);
        let answer = match Sandbox::operation_of(&request) {
            Some((service, operation, true)) => {
                let call = Seen { service, operation, mutates: true };
                let number = {
                    let mut seen = self.seen.lock().unwrap();
                    seen.push(call.clone());
                    seen.len()
                };
                match (self.hook)(&call, number, Moment::Before) {
                    Some(fault) => fault.answer(service)?,
                    None => {
                        let answer = self.sandbox.handle(request);
                        match (self.hook)(&call, number, Moment::After) {
                            Some(fault) => fault.answer(service)?,
                            None => answer,
                        }
                    }
                }
            }
            _ => self.sandbox.handle(request),
        };
        Ok(HttpResponse::try_from(answer.map(SdkBody::from)).unwrap())
    }
}

impl Fault {
    fn answer(self, service: &str) -> Result<Response<bytes::Bytes>, ConnectorError> {
        let with =
            |status: u16, body: String| Ok(Response::builder().status(status).body(body.into()).unwrap());
        match self {
            Self::Unavailable => with(503, String::new()),
            Self::Reset => Err(ConnectorError::io("connection reset by peer".into())),
            Self::Timeout => Err(ConnectorError::timeout("no answer in time".into())),
            Self::Page => with(200, "<html><body>Welcome</body></html>".to_owned()),
            Self::Refused(code, message) => match service {
                "s3" => with(400, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>")),
                "iam" | "sns" => with(
                    400,
                    format!(
                        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}\
                         </Message></Error></ErrorResponse>"
                    ),
                ),
                _ => with(400, serde_json::json!({"__type": code, "message": message}).to_string()),
            },
        }
    }
}

/// The stack of a main thread: that of a test's thread is too small for the futures of a debug build.
const STACK: usize = 8 << 20;

/// Runs in a thread with the stack of a main thread.
pub(crate) fn deep(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap();
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
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
