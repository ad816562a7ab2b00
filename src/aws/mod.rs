//! AWS: the clients, how calls are sent, and what their errors mean.
//!
//! The only room that builds clients. Reads are repeated by the SDK; calls that change something are sent once, and
//! apply decides whether to repeat them.

pub mod config;
pub mod error;
mod http;

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::{error::metadata::ProvideErrorMetadata, retry::RetryConfig};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep_until},
};

use self::error::AwsError;
use crate::resource::{Account, region::Region};

/// How often a read is sent before it fails: enough to outlive throttling.
const READ_ATTEMPTS: u32 = 8;
/// The published rate of CloudTrail calls that change something is one a second in each Region (User Guide, Quotas).
const CHANGE_INTERVAL: Duration = Duration::from_secs(1);

/// One account, seen with one set of credentials.
pub struct Aws {
    sdk: SdkConfig,
    account: Account,
    caller: String,
    s3_path_style: bool,
    is_paced: bool,
    places: Semaphore,
    clients: Mutex<BTreeMap<(Region, Use), Clients>>,
    next_change: Mutex<BTreeMap<Region, Instant>>,
}

/// What a client is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Calls that change nothing: the SDK repeats them.
    Read,
    /// Calls that change something: each is sent once, since a repeated one can have its effect twice.
    Change,
}

/// The clients of one Region. They share the connections.
#[derive(Clone)]
pub struct Clients {
    /// CloudTrail.
    pub cloudtrail: aws_sdk_cloudtrail::Client,
    /// S3.
    pub s3: aws_sdk_s3::Client,
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
    /// Asks who the caller is, and returns the account.
    pub async fn connect(sdk: SdkConfig, parallelism: usize) -> Result<Self, AwsError> {
        let region = Region::new(sdk.region().map_or("us-east-1", |region| region.as_ref()));
        // The first call tells whether anything is there: a wrong endpoint should not be tried for long.
        let builder = aws_sdk_sts::config::Builder::from(&sdk)
            .retry_config(RetryConfig::standard().with_max_attempts(2));
        let builder = if sdk.region().is_none() {
            builder.region(aws_sdk_sts::config::Region::new("us-east-1"))
        } else {
            builder
        };
        let sts = aws_sdk_sts::Client::from_conf(builder.build());
        let name = CallName { service: "sts", operation: "GetCallerIdentity", region: &region };
        name.log();
        let answer = sts.get_caller_identity().send().await.map_err(|error| name.error(&error))?;
        let (Some(id), Some(arn)) = (answer.account, answer.arn) else {
            return Err(AwsError::incomplete("sts:GetCallerIdentity", &region, "account"));
        };
        let partition = arn.split(':').nth(1).unwrap_or("aws").to_owned();
        Ok(Self {
            s3_path_style: config::has_own_endpoint(&sdk, "s3"),
            // The rates are those of AWS's own endpoints.
            is_paced: !config::has_own_endpoint(&sdk, "cloudtrail"),
            sdk,
            account: Account { id, partition },
            caller: arn,
            places: Semaphore::new(parallelism.max(1)),
            clients: Mutex::default(),
            next_change: Mutex::default(),
        })
    }

    /// Returns the account that the credentials belong to.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Returns the ARN of the caller.
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// Returns the Region that was configured, if any.
    pub fn default_region(&self) -> Option<Region> {
        self.sdk.region().map(|region| Region::new(region.as_ref()))
    }

    /// Returns the clients of a Region.
    pub fn clients(&self, region: &Region, r#use: Use) -> Clients {
        locked(&self.clients)
            .entry((region.clone(), r#use))
            .or_insert_with(|| self.build(region, r#use))
            .clone()
    }

    fn build(&self, region: &Region, r#use: Use) -> Clients {
        let retry = match r#use {
            Use::Read => RetryConfig::standard().with_max_attempts(READ_ATTEMPTS),
            Use::Change => RetryConfig::disabled(),
        };
        let code = aws_config::Region::new(region.0.clone());
        let cloudtrail = aws_sdk_cloudtrail::config::Builder::from(&self.sdk).region(code.clone());
        let s3 =
            aws_sdk_s3::config::Builder::from(&self.sdk).region(code).force_path_style(self.s3_path_style);
        Clients {
            cloudtrail: aws_sdk_cloudtrail::Client::from_conf(cloudtrail.retry_config(retry.clone()).build()),
            s3: aws_sdk_s3::Client::from_conf(s3.retry_config(retry).build()),
        }
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
        name.log();
        call.await.map_err(|error| name.error(&error))
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
    fn log(&self) {
        tracing::debug!(service = self.service, operation = self.operation, region = %self.region, "call");
    }

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
