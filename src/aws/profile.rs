//! The profile that the command line names: it wins over credentials in the environment, as for the AWS CLI.

use anyhow::Context as _;
use aws_config::{
    ecs::EcsCredentialsProvider, imds::credentials::ImdsCredentialsProvider,
    meta::credentials::CredentialsProviderChain, profile, provider_config::ProviderConfig,
};
use aws_types::os_shim_internal::{Env, Fs};

use super::config::variable;

/// Makes sure that the files of the AWS configuration can be read, unless the environment has credentials that come before them;
/// and that they have the profile that the command line names, or `AWS_PROFILE`.
///
/// Errors with the file and the line of what cannot be read, and with the name of a profile that is not there.
pub(super) async fn check(named: Option<&str>) -> anyhow::Result<()> {
    if named.is_none() && variable("AWS_ACCESS_KEY_ID").is_some() {
        return Ok(());
    }
    let name = named.map(str::to_owned).or_else(|| variable("AWS_PROFILE"));
    let files = Default::default();
    let found = profile::load(&Fs::real(), &Env::real(), &files, name.clone().map(Into::into)).await;
    let found = found.context("the AWS configuration cannot be read")?;
    let Some(name) = name else { return Ok(()) };
    let mut known: Vec<&str> = found.profiles().collect();
    known.sort_unstable();
    let all = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    anyhow::ensure!(
        found.get_profile(&name).is_some(),
        "the AWS configuration has no profile `{name}`; its profiles: {all}"
    );
    Ok(())
}

/// Returns the credentials of a profile. One that says nothing of credentials has those of the container or the instance.
pub(super) fn provider(name: &str, config: &ProviderConfig) -> CredentialsProviderChain {
    let of_profile =
        profile::ProfileFileCredentialsProvider::builder().configure(config).profile_name(name).build();
    let of_container = EcsCredentialsProvider::builder().configure(config).build();
    let of_instance = ImdsCredentialsProvider::builder().configure(config).build();
    CredentialsProviderChain::first_try("Profile", of_profile)
        .or_else("EcsContainer", of_container)
        .or_else("Ec2InstanceMetadata", of_instance)
}
