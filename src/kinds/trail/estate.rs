//! Every trail that an account sees, with what each Region says of it.

use std::collections::BTreeMap;

use futures_util::future::{join, join_all, try_join};
use tokio::sync::SetOnce;

use super::{
    Trail,
    aws::{
        Details, Listed, account_of, all_tags, described, elsewhere, get, is_own, list, observe, selectors,
    },
    shown::shown,
    status::{Status, everywhere},
};
use crate::{
    aws::{Aws, error::AwsError},
    kinds::{Reach, Scope},
    resource::{Observed, ResourceId, owner::Owner, region::Region},
};

/// A trail that the account sees: its own, or one of its organization.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which it is.
    pub id: ResourceId,
    /// Its ARN, which tells whose it is.
    pub arn: String,
    /// What it is set to, without Insights, aggregation and tags. It counts as logging if its home Region says so.
    pub trail: Result<Trail, AwsError>,
    /// Which stack it belongs to.
    pub owner: Owner,
    /// What its Regions say of it, as [`everywhere`] has it.
    pub statuses: BTreeMap<Region, Result<Status, AwsError>>,
}

impl Seen {
    /// Returns the account that owns it.
    pub fn account(&self) -> &str {
        account_of(&self.arn).unwrap_or_default()
    }
}

/// Reads all trails that the account sees, by their ARNs, each thing once. Three rounds: which there are; what they are set to; what
/// their Regions say.
///
/// # Errors
///
/// When they cannot be listed. One that cannot be read is in the answer, with the error.
pub async fn estate(aws: &Aws, home: &Region) -> Result<Vec<Seen>, AwsError> {
    let listed: BTreeMap<String, Listed> =
        list(aws, home).await?.into_iter().map(|listed| (listed.arn.clone(), listed)).collect();
    let listed: Vec<Listed> = listed.into_values().collect();
    let ((mut tags, untagged), told) = join(all_tags(aws, listed.iter()), told(aws, &listed)).await;
    let untold = |region: &Region| {
        let missing = || AwsError::incomplete("cloudtrail:ListTags", region, "tags of a trail");
        Owner::Unreadable { why: untagged.clone().unwrap_or_else(missing).to_string() }
    };
    let seen = listed.into_iter().zip(told).filter_map(|(listed, told)| {
        let (mut trail, statuses) = told?;
        let Listed { id, arn, .. } = listed;
        let owner = tags.remove(&arn).map_or_else(|| untold(&id.region), |tags| Owner::of(&tags));
        if let (Ok(trail), Some(Ok(status))) = (&mut trail, statuses.get(&id.region)) {
            trail.logging = status.is_logging;
        }
        Some(Seen { id, arn, trail, owner, statuses })
    });
    Ok(seen.collect())
}

/// Reads the account's own trails that are chosen by name and home Region, with every attribute; and returns the ARNs of the trails of
/// other accounts that this one sees, as far as they are chosen. Three rounds: which there are; what their Regions say of them; the rest.
///
/// # Errors
///
/// When they cannot be listed. One that cannot be read has an unreadable owner.
pub async fn whole(
    aws: &Aws,
    home: &Region,
    is_chosen: &dyn Fn(&str, &str) -> bool,
) -> Result<(Vec<(ResourceId, Observed<Trail>)>, Vec<String>), AwsError> {
    let chosen: BTreeMap<String, ResourceId> = list(aws, home)
        .await?
        .into_iter()
        .filter(|listed| is_chosen(&listed.id.name, &listed.id.region.0))
        .map(|listed| (listed.arn, listed.id))
        .collect();
    let (own, others): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|(arn, _)| is_own(aws, arn));
    let wanted: Vec<ResourceId> = own.into_iter().map(|(_, id)| id).collect();
    let scope = Scope {
        wanted: &wanted,
        marked: &SetOnce::new_with(Some(Default::default())),
        reach: Reach::Each,
        existing: &[],
        stack: "",
        home,
        is_removal: false,
    };
    let found = if wanted.is_empty() { Vec::new() } else { observe(aws, &scope).await? };
    Ok((found, others.into_iter().map(|(arn, _)| arn).collect()))
}

type Told = (Result<Trail, AwsError>, BTreeMap<Region, Result<Status, AwsError>>);

/// Returns what trails are set to, and what their Regions say; `None` for one that is gone.
async fn told(aws: &Aws, listed: &[Listed]) -> Vec<Option<Told>> {
    // What a Region says of its trails is asked for at once with what each trail tells by itself.
    let details = join_all(listed.iter().map(|listed| try_join(get(aws, listed), selectors(aws, listed))));
    let (elsewhere, details) = join(elsewhere(aws, listed), details).await;
    join_all(listed.iter().zip(details).map(async |(listed, details)| {
        let trail = details.and_then(|(told, selectors)| {
            let trail = described(listed, told, &elsewhere)?;
            let (insights, aggregation) = (Vec::new(), Vec::new());
            let details = Details { trail: None, logging: false, selectors, insights, aggregation };
            Ok(trail.map(|trail| shown(&listed.id, trail, details)))
        });
        let trail = trail.transpose()?;
        let multi_region = trail.as_ref().is_ok_and(|trail| trail.multi_region);
        let statuses = everywhere(aws, &listed.id, &listed.arn, multi_region).await;
        Some((trail, statuses))
    }))
    .await
}
