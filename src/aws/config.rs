//! Credentials, Regions and endpoints: found as the AWS CLI finds them, or those of the embedded AWS.

use std::{net::IpAddr, time::Duration};

use anyhow::Context as _;
use aws_config::{
    BehaviorVersion, SdkConfig, provider_config::ProviderConfig, sts::AssumeRoleProvider,
    timeout::TimeoutConfig,
};
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_types::{app_name::AppName, service_config::ServiceConfigKey};

use super::{http, profile};
use crate::{resource::region::Region, sandbox::Sandbox, spec::AssumeRole};

/// What the command line says about how to reach AWS.
#[derive(Clone, Debug)]
pub struct Access {
    /// The named profile.
    pub profile: Option<String>,
    /// The Region of what the spec gives none.
    pub region: Option<Region>,
    /// The endpoint of all services.
    pub endpoint_url: Option<String>,
    /// How long one attempt of a call may take.
    pub timeout: Duration,
}

/// The services that are called.
const SERVICES: &[&str] = &[
    "sts",
    "cloudtrail",
    "s3",
    "kms",
    "cloudwatch logs",
    "iam",
    "sns",
    "organizations",
    "resource groups tagging api",
];
const SANDBOX_NAME: &str = "trailctl-sandbox";

/// Finds credentials, Region and endpoints in the environment and in the AWS configuration files.
///
/// Errors when the CA bundle that `AWS_CA_BUNDLE` names or the AWS configuration cannot be read, and when there is no such
/// profile.
pub async fn load(access: &Access, role: Option<&AssumeRole>) -> anyhow::Result<SdkConfig> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(access.timeout)
        .build();
    profile::check(access.profile.as_deref()).await?;
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12()).timeout_config(timeouts);
    if let Some(profile) = &access.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &access.region {
        loader = loader.region(aws_config::Region::new(region.0.clone()));
    }
    if let Some(url) = &access.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    loader = loader.http_client(http::client(ca_bundle()?));
    let mut sdk = loader.load().await;
    // An empty variable counts as unset, as for the AWS CLI.
    if sdk.region().is_some_and(|region| region.as_ref().is_empty()) {
        sdk = sdk.into_builder().region(None).build();
    }
    if let Some(name) = &access.profile {
        let config = ProviderConfig::without_region().with_region(sdk.region().cloned());
        let config = match sdk.http_client() {
            Some(client) => config.with_http_client(client),
            None => config,
        };
        let config = match sdk.timeout_config() {
            Some(timeouts) => config.with_timeout_config(timeouts.clone()),
            None => config,
        };
        let config = match sdk.retry_config() {
            Some(retries) => config.with_retry_config(retries.clone()),
            None => config,
        };
        let provider = SharedCredentialsProvider::new(profile::provider(name, &config));
        sdk = sdk.into_builder().credentials_provider(provider).build();
    }
    for url in SERVICES.iter().filter_map(|service| own_endpoint(&sdk, service)) {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            anyhow::bail!("the endpoint URL `{url}` does not start with https:// or http://");
        }
    }
    let Some(role) = role else { return Ok(sdk) };
    let mut provider = AssumeRoleProvider::builder(role.arn()).configure(&sdk);
    provider = provider.session_name(role.session_name().unwrap_or("trailctl"));
    if let Some(id) = role.external_id() {
        provider = provider.external_id(id);
    }
    let provider = match &access.region {
        Some(region) => provider.region(aws_config::Region::new(region.0.clone())),
        None => provider,
    };
    let provider = provider.build().await;
    Ok(sdk.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build())
}

/// Returns the certificates that the AWS CLI's variable names: the SDK itself does not read it.
fn ca_bundle() -> anyhow::Result<Option<Vec<u8>>> {
    let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let pem =
        std::fs::read(&path).with_context(|| format!("cannot read AWS_CA_BUNDLE {}", path.display()))?;
    anyhow::ensure!(
        contains(&pem, b"-----BEGIN CERTIFICATE-----"),
        "AWS_CA_BUNDLE {} has no certificate",
        path.display()
    );
    Ok(Some(pem))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Returns the configuration that reaches the embedded AWS, in this process.
pub fn sandbox(sandbox: Sandbox, region: Option<&Region>) -> SdkConfig {
    let credentials =
        aws_credential_types::Credentials::new(SANDBOX_NAME, SANDBOX_NAME, None, None, "sandbox");
    let of_environment = || variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let region = region.map(|region| region.0.clone()).or_else(of_environment);
    let region = region.unwrap_or_else(|| "us-east-1".to_owned());
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .app_name(AppName::new(SANDBOX_NAME).expect("the name has only letters and a dash"))
        .region(aws_config::Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(sandbox)
        .build()
}

/// Returns whether a configuration is the one of the embedded AWS.
fn is_sandbox(sdk: &SdkConfig) -> bool {
    sdk.app_name().is_some_and(|name| name.as_ref() == SANDBOX_NAME)
}

/// Returns whether the endpoint of a service is not AWS's own.
pub(super) fn has_own_endpoint(sdk: &SdkConfig, service: &str) -> bool {
    is_sandbox(sdk) || own_endpoint(sdk, service).is_some()
}

/// Returns whether a service is on this machine: an emulator, which shows at once what was written.
pub(super) fn is_local(sdk: &SdkConfig, service: &str) -> bool {
    let is_loopback = |url: String| {
        let host = url.parse::<::http::Uri>().ok().and_then(|url| url.host().map(str::to_owned));
        host.is_some_and(|host| {
            let host = host.trim_matches(['[', ']']);
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        })
    };
    is_sandbox(sdk) || own_endpoint(sdk, service).is_some_and(is_loopback)
}

/// Returns the endpoint of a service that the user gives: by flag, environment or profile.
fn own_endpoint(sdk: &SdkConfig, service: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let configured = key.ok().and_then(|key| sdk.service_config()?.load_config(key));
    sdk.endpoint_url().map(str::to_owned).or(configured)
}

/// Makes sure that there are credentials.
///
/// Errors with the places that were searched.
pub async fn check_credentials(sdk: &SdkConfig) -> anyhow::Result<()> {
    let provider = sdk.credentials_provider().context("no AWS credentials are configured")?;
    provider.provide_credentials().await.with_context(|| match role_of_token() {
        Some(role) => {
            format!("the role {role} could not be assumed with the token in AWS_WEB_IDENTITY_TOKEN_FILE")
        }
        None => "no AWS credentials were found".to_owned(),
    })?;
    Ok(())
}

/// Returns the role that the environment wants to be assumed with the token of a job, if there is one.
pub fn role_of_token() -> Option<String> {
    variable("AWS_WEB_IDENTITY_TOKEN_FILE").and_then(|_| variable("AWS_ROLE_ARN"))
}

/// Returns a variable of the environment. An empty one counts as unset, as for the AWS CLI.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
