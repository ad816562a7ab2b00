//! AWS endpoints on loopback: an address that clients are pointed at, and the embedded AWS behind one of ours.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use bytes::Bytes;
use http::{Request, Response};
use tokio::{net::TcpListener, sync::oneshot};
use trailctl::sandbox::{DEFAULT_ACCOUNT, Sandbox, serve::serve};

/// Where an AWS answers, and who the tests are there.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// The URL for all services.
    pub(crate) url: String,
    /// The access key id. It chooses the account.
    pub(crate) access_key_id: String,
    /// The account.
    pub(crate) account: String,
}

impl Endpoint {
    /// Returns the endpoint at a URL for somebody in an account of their own, one for each number.
    pub(crate) fn in_account(url: &str, number: usize) -> Self {
        let account = format!("{}", 900_000_000_000 + number);
        Self { url: url.to_owned(), access_key_id: account.clone(), account }
    }

    /// Returns what the clients of others are made from: not trailctl's, but the SDK as anybody may use it.
    pub(crate) fn sdk(&self, region: &str) -> SdkConfig {
        let credentials = Credentials::new(&self.access_key_id, "secret", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.url)
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }

    /// Returns another client for CloudTrail.
    pub(crate) fn cloudtrail(&self, region: &str) -> aws_sdk_cloudtrail::Client {
        aws_sdk_cloudtrail::Client::new(&self.sdk(region))
    }

    /// Returns another client for IAM.
    pub(crate) fn iam(&self) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::new(&self.sdk("us-east-1"))
    }

    /// Returns another client for CloudWatch Logs.
    pub(crate) fn logs(&self, region: &str) -> aws_sdk_cloudwatchlogs::Client {
        aws_sdk_cloudwatchlogs::Client::new(&self.sdk(region))
    }

    /// Returns another client for S3.
    pub(crate) fn s3(&self, region: &str) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.sdk(region)).force_path_style(true);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// Returns another client for KMS.
    pub(crate) fn kms(&self, region: &str) -> aws_sdk_kms::Client {
        let config = aws_sdk_kms::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.url)
            .region(Region::new(region.to_owned()))
            .credentials_provider(Credentials::new(&self.access_key_id, "secret", None, None, "test"));
        aws_sdk_kms::Client::from_conf(config.build())
    }

    /// Returns another client for SNS.
    pub(crate) fn sns(&self, region: &str) -> aws_sdk_sns::Client {
        let config = aws_sdk_sns::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.url)
            .region(Region::new(region.to_owned()))
            .credentials_provider(Credentials::new(&self.access_key_id, "secret", None, None, "test"));
        aws_sdk_sns::Client::from_conf(config.build())
    }
}

/// A call that reached the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The service, as it is signed for.
    pub(crate) service: &'static str,
    /// The operation.
    pub(crate) operation: &'static str,
    /// Whether it changes anything.
    pub(crate) mutates: bool,
}

/// When a hook is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The call has come and had no effect yet.
    Before,
    /// The call has had its effect; its answer is not sent yet.
    After,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes on.
    Continue,
    /// It gets the answer 503, whatever its effect was.
    Fail,
    /// It gets the answer 403, whatever its effect was. Behind a creation that may heal, so it is sent again.
    Refuse,
    /// It gets the answer 400, whatever its effect was: no time heals that.
    Reject,
    /// It goes on without the condition that it has.
    Unconditional,
}

/// Which call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// Its number among all, from 1.
    pub(crate) attempt: usize,
    /// Its number among those that change something, if it does.
    pub(crate) change: Option<usize>,
}

type Hook = dyn Fn(&Seen, Count, Moment) -> Verdict + Send + Sync;
type Watch = dyn Fn(&Request<Bytes>) + Send + Sync;

/// The embedded AWS on a free loopback port, in a thread of its own; ends when it is dropped.
pub(crate) struct Local {
    /// Where it answers.
    pub(crate) endpoint: Endpoint,
    /// The embedded AWS itself.
    pub(crate) sandbox: Sandbox,
    seen: Arc<Mutex<Vec<Seen>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Local {
    /// Starts an empty AWS.
    pub(crate) fn start() -> Self {
        Self::serving(Sandbox::in_memory(), |_, _, _| Verdict::Continue)
    }

    /// Serves a sandbox. The hook sees each call that changes something, with its number from 1.
    pub(crate) fn serving(
        sandbox: Sandbox,
        hook: impl Fn(&Seen, usize, Moment) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        Self::asked(sandbox, move |call, count, moment| match count.change {
            Some(number) => hook(call, number, moment),
            None => Verdict::Continue,
        })
    }

    /// Serves a sandbox. The hook sees each call.
    pub(crate) fn asked(
        sandbox: Sandbox,
        hook: impl Fn(&Seen, Count, Moment) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        Self::start_with(sandbox, Arc::new(hook), Arc::new(|_| ()))
    }

    /// Serves a sandbox. `watch` sees each request, before it has an effect.
    pub(crate) fn watched(sandbox: Sandbox, watch: impl Fn(&Request<Bytes>) + Send + Sync + 'static) -> Self {
        Self::start_with(sandbox, Arc::new(|_, _, _| Verdict::Continue), Arc::new(watch))
    }

    fn start_with(sandbox: Sandbox, hook: Arc<Hook>, watch: Arc<Watch>) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = oneshot::channel::<()>();
        let (address, bound) = std::sync::mpsc::channel();
        let handler = handler(sandbox.clone(), Arc::clone(&seen), hook, watch);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
                address.send(listener.local_addr().unwrap()).unwrap();
                let stopped = async {
                    let _ = stopped.await;
                };
                serve(listener, handler, stopped).await.unwrap();
            });
        });
        let url = format!("http://{}", bound.recv().unwrap());
        let account = DEFAULT_ACCOUNT.to_owned();
        let endpoint = Endpoint { url, access_key_id: account.clone(), account };
        Self { endpoint, sandbox, seen, stop: Some(stop), thread: Some(thread) }
    }

    /// Returns the calls since the last time it was asked.
    pub(crate) fn take_calls(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    /// Returns the operations that changed something since the last time it was asked.
    pub(crate) fn take_changes(&self) -> Vec<&'static str> {
        self.take_calls().into_iter().filter(|call| call.mutates).map(|call| call.operation).collect()
    }
}

fn handler(
    sandbox: Sandbox,
    seen: Arc<Mutex<Vec<Seen>>>,
    hook: Arc<Hook>,
    watch: Arc<Watch>,
) -> impl Fn(Request<Bytes>) -> Response<Bytes> + Clone {
    move |mut request| {
        let Some((service, operation, mutates)) = Sandbox::operation_of(&request) else {
            return sandbox.handle(request);
        };
        watch(&request);
        let call = Seen { service, operation, mutates };
        let count = {
            let mut seen = seen.lock().unwrap();
            seen.push(call.clone());
            let changes = seen.iter().filter(|call| call.mutates).count();
            Count { attempt: seen.len(), change: mutates.then_some(changes) }
        };
        let mut verdict = hook(&call, count, Moment::Before);
        if verdict == Verdict::Unconditional {
            request.headers_mut().remove("if-match");
            request.headers_mut().remove("if-none-match");
            verdict = Verdict::Continue;
        }
        if verdict == Verdict::Continue {
            let answer = sandbox.handle(request);
            verdict = hook(&call, count, Moment::After);
            if verdict == Verdict::Continue {
                return answer;
            }
        }
        let status = match verdict {
            Verdict::Refuse => 403,
            Verdict::Reject => 400,
            Verdict::Continue | Verdict::Fail | Verdict::Unconditional => 503,
        };
        Response::builder().status(status).body(Bytes::new()).unwrap()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
