//! AWS: the clients, how calls are sent, and what their errors mean.
//!
//! The only room that builds clients. Reads are repeated by the SDK; calls that change something are sent once, and
//! apply decides whether to repeat them.

mod answers;
mod clock;
pub mod config;
pub mod error;
mod gate;
mod heard;
mod http;
mod logged;
pub mod organization;
mod profile;

use std::{
    any::{Any, TypeId},
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_config::SdkConfig;
use aws_sdk_s3::config::retry::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::{error::metadata::ProvideErrorMetadata, retry::RetryConfig};
use futures_util::future::join;
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep_until},
};

use jiff::Timestamp;

use serde_json::json;

pub use self::{clock::Moment, gate::Gate, heard::with_date};

use self::{
    answers::{TooMany, Whole},
    clock::Clock,
    error::{AwsError, Class},
    heard::Listener,
    logged::Begun,
    organization::Membership,
};
use crate::{
    record::Recorder,
    resource::{Account, region::Region},
};

/// How often a read is sent before it fails: enough to outlive throttling.
const READ_ATTEMPTS: u32 = 8;
/// The published rate of CloudTrail calls that change something is one a second in each Region (User Guide, Quotas).
const CHANGE_INTERVAL: Duration = Duration::from_secs(1);

/// The clients that were made, each an SDK type of its own.
type Clients = BTreeMap<(TypeId, Region, Use), Box<dyn Any + Send + Sync>>;

/// One account, seen with one set of credentials.
pub struct Aws {
    sdk: SdkConfig,
    account: Account,
    caller: String,
    clock: Clock,
    s3_path_style: bool,
    is_paced: bool,
    is_local: bool,
    places: Semaphore,
    clients: Mutex<Clients>,
    next_change: Mutex<BTreeMap<Region, Instant>>,
    recorder: Option<Arc<Recorder>>,
    gate: Gate,
}

/// What a client is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Calls that change nothing: the SDK repeats them.
    Read,
    /// Calls that change something: each is sent once, since a repeated one can have its effect twice.
    Change,
    /// Calls that take, renew and release a lock: sent once, and not held back when a lock is about to be lost.
    Lock,
}

/// What a client is made from.
pub struct Making<'a> {
    sdk: &'a SdkConfig,
    region: aws_config::Region,
    retry: RetryConfig,
    whole: Whole,
    s3_path_style: bool,
    gate: Gate,
}

/// The client of a service.
pub trait Client: Clone + Send + Sync + 'static {
    /// Makes one. Clients share their connections.
    fn make(from: Making<'_>) -> Self;
}

macro_rules! clients {
    ($($sdk:ident),*) => {$(
        impl Client for $sdk::Client {
            fn make(from: Making<'_>) -> Self {
                let config = $sdk::config::Builder::from(from.sdk).region(from.region).retry_config(from.retry);
                let config = config.interceptor(Listener).interceptor(from.gate).interceptor(from.whole);
                Self::from_conf(config.retry_classifier(TooMany).retry_partition(quota()).build())
            }
        }
    )*};
}

clients!(
    aws_sdk_cloudtrail,
    aws_sdk_cloudwatchlogs,
    aws_sdk_iam,
    aws_sdk_kms,
    aws_sdk_organizations,
    aws_sdk_resourcegroupstagging,
    aws_sdk_sns
);

impl Client for aws_sdk_s3::Client {
    fn make(from: Making<'_>) -> Self {
        let config = aws_sdk_s3::config::Builder::from(from.sdk).region(from.region).retry_config(from.retry);
        let config = config.interceptor(Listener).interceptor(from.gate).interceptor(from.whole);
        let config = config.retry_classifier(TooMany).retry_partition(quota());
        Self::from_conf(config.force_path_style(from.s3_path_style).build())
    }
}

/// Returns what a client has to spend on repeated reads: how often one read is sent is bound enough. If nothing is said, all
/// clients of a service share 50 repetitions or so, which the reads of a large estate use up at once when they are throttled.
fn quota() -> RetryPartition {
    RetryPartition::custom("trailctl").token_bucket(TokenBucket::unlimited()).build()
}

/// Which call is sent, for errors and logs.
#[derive(Clone, Copy)]
pub struct CallName<'a> {
    /// The service, as IAM writes it.
    pub service: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// The Region whose endpoint is asked.
    pub region: &'a Region,
}

impl Aws {
    /// Asks who the caller is, and returns the account. With `needs_organization` also what is known of its organization:
    /// `None` if it is in none.
    pub async fn connect(
        sdk: SdkConfig,
        parallelism: usize,
        needs_organization: bool,
    ) -> Result<(Self, Option<Membership>), AwsError> {
        let region = Region::new(sdk.region().map_or("us-east-1", |region| region.as_ref()));
        let mut aws = Self {
            s3_path_style: config::has_own_endpoint(&sdk, "s3"),
            // The rates are those of AWS's own endpoints.
            is_paced: !config::has_own_endpoint(&sdk, "cloudtrail"),
            is_local: config::is_local(&sdk, "cloudtrail"),
            sdk,
            account: Account::new("", ""),
            caller: String::new(),
            clock: Clock::default(),
            places: Semaphore::new(parallelism.max(1)),
            clients: Mutex::default(),
            next_change: Mutex::default(),
            recorder: None,
            gate: Gate::default(),
        };
        let organization =
            async { if needs_organization { organization::find(&aws, &region).await } else { Ok(None) } };
        let (identity, membership) = join(aws.identity(&region), organization).await;
        let (account, caller) = identity?;
        let membership = membership?;
        aws.caller = caller;
        let organization = membership.as_ref().map(|found| found.organization.clone());
        aws.account = Account { organization, ..account };
        Ok((aws, membership))
    }

    async fn identity(&self, region: &Region) -> Result<(Account, String), AwsError> {
        // The first call tells whether anything is there: a wrong endpoint should not be tried for long.
        let retry = RetryConfig::standard().with_max_attempts(2);
        let code = aws_config::Region::new(region.0.clone());
        let config = aws_sdk_sts::config::Builder::from(&self.sdk).region(code).retry_config(retry);
        let config = config.interceptor(self.clock.clone());
        let sts = aws_sdk_sts::Client::from_conf(config.build());
        let name = CallName { service: "sts", operation: "GetCallerIdentity", region };
        let answer = self.send_aside(name, sts.get_caller_identity().send()).await?;
        let (Some(id), Some(arn)) = (answer.account, answer.arn) else {
            return Err(AwsError::incomplete("sts:GetCallerIdentity", region, "account"));
        };
        let partition = arn.split(':').nth(1).unwrap_or("aws");
        Ok((Account::new(&id, partition), arn))
    }

    /// Returns the account that the credentials belong to.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Returns the ARN of the caller.
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// Returns whether CloudTrail is an emulator on this machine, which shows at once what was written.
    pub fn is_local(&self) -> bool {
        self.is_local
    }

    /// Returns what time it is: by AWS's clock as it was at the first call, if AWS told it, else by this machine's.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns the Region that was configured, if any.
    pub fn default_region(&self) -> Option<Region> {
        self.sdk.region().map(|region| Region::new(region.as_ref()))
    }

    /// Returns a client for a Region; the same one each time.
    pub fn client<C: Client>(&self, region: &Region, r#use: Use) -> C {
        let key = (TypeId::of::<C>(), region.clone(), r#use);
        let mut clients = locked(&self.clients);
        if let Some(client) = clients.get(&key).and_then(|client| client.downcast_ref::<C>()) {
            return client.clone();
        }
        let client = C::make(self.making(region, r#use));
        clients.insert(key, Box::new(client.clone()));
        client
    }

    fn making(&self, region: &Region, r#use: Use) -> Making<'_> {
        let (retry, gate) = match r#use {
            Use::Read => (RetryConfig::standard().with_max_attempts(READ_ATTEMPTS), Gate::default()),
            Use::Change => (RetryConfig::disabled(), self.gate.clone()),
            Use::Lock => (RetryConfig::disabled(), Gate::default()),
        };
        let region = aws_config::Region::new(region.0.clone());
        let (sdk, s3_path_style) = (&self.sdk, self.s3_path_style);
        Making { sdk, region, retry, whole: Whole(r#use), s3_path_style, gate }
    }

    /// Sends a call when there is a place for it, and classifies its error.
    pub async fn send<T, E>(
        &self,
        name: CallName<'_>,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, AwsError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let _place = self.places.acquire().await;
        self.send_aside(name, call).await
    }

    /// Sends a call that must not wait for a place, such as one that renews a lock.
    pub async fn send_aside<T, E>(
        &self,
        name: CallName<'_>,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, AwsError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let begun = Begun::new(name);
        let (answer, request_id) = heard::with_request_id(call).await;
        let answer = answer.map_err(|error| name.error(&error));
        let outcome = match &answer {
            Ok(_) => "ok",
            Err(AwsError { class: Class::Unknown, .. }) => "unknown",
            Err(_) => "error",
        };
        let code = answer.as_ref().err().and_then(|error| error.code.as_deref());
        begun.ended(outcome, code, request_id.as_deref());
        let Some(recorder) = &self.recorder else { return answer };
        let CallName { service, operation, region } = name;
        let line = json!({"service": service, "operation": operation, "region": region, "outcome": outcome, "code": code, "request_id": request_id});
        recorder.line(self.now(), "call", line);
        answer
    }

    /// Has each call from now on recorded.
    pub fn record(&mut self, recorder: Arc<Recorder>) {
        self.recorder = Some(recorder);
    }

    /// Returns what holds calls back that change something while a lock is held.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Waits until CloudTrail may be sent another change in this Region.
    pub async fn pace(&self, region: &Region) {
        if !self.is_paced {
            return;
        }
        let at = {
            let mut next = locked(&self.next_change);
            let slot = next.entry(region.clone()).or_insert_with(Instant::now);
            let at = (*slot).max(Instant::now());
            *slot = at + CHANGE_INTERVAL;
            at
        };
        sleep_until(at).await;
    }
}

impl CallName<'_> {
    fn error<E>(&self, error: &SdkError<E, HttpResponse>) -> AwsError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        AwsError::new(format!("{}:{}", self.service, self.operation), self.region, error)
    }
}

/// A cache stays usable when a thread that held it has panicked.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
