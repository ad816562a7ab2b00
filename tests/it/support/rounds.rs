//! The reads of one plan, in this process, counted in rounds: what waits for no answer is one round.
//!
//! No clock is asked. The plan is polled until it can go on only with answers; then all calls that wait get theirs, and that
//! was a round.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use aws_config::{BehaviorVersion, Region as SdkRegion, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use bytes::Bytes;
use serde_json::Value;
use tokio::sync::oneshot;
use trailctl::{
    aws::Aws,
    observe::{Look, observe},
    resolve::resolve,
    resource::{Observation, region::Region},
    sandbox::{DEFAULT_ACCOUNT, Sandbox},
    spec::parse::parse,
};

/// The stack of a main thread: the calls of the SDK go deep, and the threads of tests have less.
const STACK: usize = 8 << 20;

/// A question that AWS was asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    /// The service and the operation: `s3:GetBucketTagging`.
    pub(crate) name: String,
    /// The Region whose endpoint was asked.
    pub(crate) region: String,
    /// What it was asked about: path and query, and the body.
    pub(crate) about: String,
}

/// What a plan asked.
#[derive(Debug)]
pub(crate) struct Reads {
    /// The questions, round by round.
    pub(crate) rounds: Vec<Vec<Question>>,
    /// What they told.
    pub(crate) seen: Observation,
}

impl Reads {
    /// Reads what a plan of a spec needs, as the only client of a sandbox.
    pub(crate) fn of(sandbox: &Sandbox, spec: &str) -> Self {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            thread.spawn_scoped(scope, || Self::here(sandbox, spec)).unwrap().join().unwrap()
        })
    }

    fn here(sandbox: &Sandbox, spec: &str) -> Self {
        let gate = Gate { sandbox: sandbox.clone(), asked: Arc::default() };
        let parsed = parse(spec);
        let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        let region = spec.head.region.clone().unwrap_or_else(|| Region::new("us-east-1"));
        let credentials = Credentials::new(DEFAULT_ACCOUNT, "secret", None, None, "test");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(SdkRegion::new(region.0.clone()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(gate.clone())
            .build();
        let plan = async {
            let (aws, _) = Aws::connect(sdk, 1000, false).await.unwrap();
            let resolved = resolve(&spec, aws.account(), &region);
            let look =
                Look { resolved: &resolved, stack: &spec.head.stack, home: &region, is_removal: false };
            observe(&aws, &look).await.unwrap()
        };
        // Timeouts need a runtime to register with; none comes to pass.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _entered = runtime.enter();
        let (seen, rounds) = gate.drive(plan);
        Self { rounds, seen }
    }

    /// Returns all questions.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Question> {
        self.rounds.iter().flatten()
    }

    /// Counts the questions by service and operation.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for question in self.all() {
            *counts.entry(question.name.clone()).or_default() += 1;
        }
        counts
    }

    /// Expects that nothing was asked twice, also as one of several.
    #[track_caller]
    pub(crate) fn expect_each_once(&self) {
        let mut seen = BTreeSet::new();
        for question in self.all() {
            for about in question.each() {
                let asked = (&question.name, &question.region, about);
                assert!(seen.insert(asked.clone()), "asked twice: {asked:?}");
            }
        }
    }
}

impl Question {
    fn new(request: &HttpRequest) -> Self {
        let request = request.try_clone().unwrap().try_into_http1x().unwrap();
        let request = request.map(|body| Bytes::copy_from_slice(body.bytes().unwrap()));
        let (service, operation, mutates) = Sandbox::operation_of(&request).unwrap();
        assert!(!mutates, "a plan changes nothing: {service}:{operation}");
        let scope = request.headers()["authorization"].to_str().unwrap();
        let region = scope.split('/').nth(2).unwrap().to_owned();
        let body = str::from_utf8(request.body()).unwrap();
        // S3 says in the host which bucket is meant.
        let host = if service == "s3" { request.uri().host().unwrap_or_default() } else { "" };
        let about = format!("{host}{} {body}", request.uri().path_and_query().unwrap());
        Self { name: format!("{service}:{operation}"), region, about }
    }

    /// Returns what it is about, one by one if it names several things.
    fn each(&self) -> Vec<String> {
        let body = self.about.split_once(' ').map(|(_, body)| body);
        let body: Value = body.and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
        let list = ["ResourceIdList", "logGroupIdentifiers"].iter().find_map(|key| body[*key].as_array());
        match list {
            Some(list) => list.iter().map(Value::to_string).collect(),
            None => match body["logGroupNamePrefix"].as_str() {
                Some(name) => vec![format!("{name:?}")],
                None => vec![self.about.clone()],
            },
        }
    }
}

/// The calls that wait for the end of a round.
#[derive(Debug, Default)]
struct Asked {
    questions: Vec<Question>,
    waiting: Vec<oneshot::Sender<()>>,
}

/// A sandbox whose answers come round by round.
#[derive(Clone, Debug)]
struct Gate {
    sandbox: Sandbox,
    asked: Arc<Mutex<Asked>>,
}

impl Gate {
    /// Runs a future to its end. Returns with its outcome what was asked in each round.
    fn drive<T>(&self, future: impl Future<Output = T>) -> (T, Vec<Vec<Question>>) {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let (mut future, mut rounds) = (pin!(future), Vec::new());
        loop {
            if woken.0.swap(false, Ordering::SeqCst) {
                if let Poll::Ready(outcome) = future.as_mut().poll(&mut context) {
                    return (outcome, rounds);
                }
                continue;
            }
            let Asked { questions, waiting } = std::mem::take(&mut *self.asked.lock().unwrap());
            assert!(!waiting.is_empty(), "it waits for something else than an answer");
            rounds.push(questions);
            for call in waiting {
                let _ = call.send(());
            }
        }
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl HttpConnector for Gate {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (answer, answered) = oneshot::channel();
        let mut asked = self.asked.lock().unwrap();
        asked.questions.push(Question::new(&request));
        asked.waiting.push(answer);
        let sandbox = self.sandbox.clone();
        HttpConnectorFuture::new(async move {
            let _ = answered.await;
            sandbox.call(request).await
        })
    }
}

impl HttpClient for Gate {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
