//! Verifying a trail: AWS shows it as it shall be, and it delivers. Nothing is changed.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::SetOnce;

use super::{
    Patience, Stop,
    read_back::{absent, left},
};
use crate::{
    aws::{Aws, error::AwsError},
    coverage::{Assumptions, Condition, Field},
    kinds::{
        Reach, Scope, kind,
        trail::{
            Trail, recorded,
            status::{Delivered, Status, everywhere, is_absent, status},
        },
    },
    resource::{Address, Observed, Outputs, ResourceId},
};

/// A trail as it shall be.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The stack that it belongs to.
    pub stack: &'a str,
    /// Who it is in the spec.
    pub address: &'a Address,
    /// Who it is in AWS.
    pub id: &'a ResourceId,
    /// Its outputs, as far as they are known.
    pub outputs: &'a Outputs,
    /// Its attributes; `null` for one that shall not exist.
    pub attrs: &'a Value,
    /// When it was changed last, if that was in this run: what it delivered before proves nothing.
    pub since: Option<Timestamp>,
}

/// What became of it.
#[derive(Debug)]
pub enum Verified {
    /// It is as it shall be.
    Yes,
    /// It is not, after all the time that was given: what is missing, in words.
    No(String),
    /// The run was told to stop.
    Interrupted,
}

/// What is asked for twice before it counts.
const LOOKS: usize = 2;

/// Waits until a trail is in effect: its home Region has shown it as wanted twice, it is logging, and has delivered since it was
/// changed. `on` is told what is waited for, and for how long.
///
/// # Errors
///
/// When it cannot be read.
pub async fn verify(
    aws: &Aws,
    trail: Expected<'_>,
    patience: &Patience,
    stop: &Stop,
    on: &mut dyn FnMut(&str, Duration),
) -> Result<Verified, AwsError> {
    let (mut waited, mut shown, mut wait) = (Duration::ZERO, 0, patience.look);
    let mut looks = 0;
    loop {
        looks += 1;
        let missing = match shows(aws, trail).await? {
            Some(missing) => {
                shown = 0;
                Some(missing)
            }
            None => {
                shown += 1;
                let again = (shown < LOOKS).then(|| "AWS to show it as it is once more".to_owned());
                undelivered(aws, trail, waited, patience).await?.or(again)
            }
        };
        let Some(missing) = missing else { return Ok(Verified::Yes) };
        if looks >= LOOKS && waited >= patience.verify {
            return Ok(Verified::No(missing));
        }
        on(&missing, waited);
        if stop.told_within(wait).await {
            return Ok(Verified::Interrupted);
        }
        waited += wait;
        wait = patience.look * 3;
    }
}

/// Returns what differs between what AWS shows and what shall be, in words that go on after "waiting for".
async fn shows(aws: &Aws, trail: Expected<'_>) -> Result<Option<String>, AwsError> {
    let Expected { address, id, outputs, attrs, .. } = trail;
    let Some(seen) = observed(aws, trail.stack, id).await? else {
        return Ok((!attrs.is_null()).then(|| "AWS to show it".to_owned()));
    };
    if attrs.is_null() {
        return Ok(Some("AWS to show it no longer".to_owned()));
    }
    let left = left(id, address, outputs, Some(attrs.clone()), &seen);
    Ok((!left.is_empty()).then(|| "AWS to show it as it was written".to_owned()))
}

async fn observed(aws: &Aws, stack: &str, id: &ResourceId) -> Result<Option<Observed>, AwsError> {
    let Some(kind) = kind(&id.kind) else { return Ok(None) };
    let scope = Scope {
        wanted: std::slice::from_ref(id),
        marked: &SetOnce::new_with(Some(Default::default())),
        reach: Reach::Again,
        existing: &[],
        stack,
        home: &id.region,
        is_removal: false,
    };
    let found = absent(kind.observe(aws, &scope).await)?;
    Ok(found.into_iter().find(|(other, _)| other == id).map(|(_, seen)| seen))
}

/// Returns what a trail has not delivered, in words that go on after "waiting for".
async fn undelivered(
    aws: &Aws,
    trail: Expected<'_>,
    waited: Duration,
    patience: &Patience,
) -> Result<Option<String>, AwsError> {
    let arn = trail.outputs.get("arn");
    let (Some(arn), true) = (arn, trail.attrs["logging"] == true) else { return Ok(None) };
    let status = status(aws, &trail.id.region, arn).await?;
    if !status.is_logging {
        return Ok(Some("AWS to say that it is logging".to_owned()));
    }
    let since = trail.since.or(status.started);
    if let Some(problem) = problem(&status, since) {
        return Ok(Some(problem));
    }
    let has_delivered = match (status.log_files.latest, since) {
        (Some(latest), Some(since)) => latest >= since,
        (latest, None) => latest.is_some(),
        (None, _) => false,
    };
    let is_silent = waited >= patience.soak && (patience.is_silent || may_be_silent(aws, trail));
    if !has_delivered && !is_silent {
        return Ok(Some("its first log file since the change".to_owned()));
    }
    if trail.attrs["multi_region"] == true { elsewhere(aws, trail, arn, since).await } else { Ok(None) }
}

/// Returns what another Region says that keeps a multi-Region trail from being in effect there.
async fn elsewhere(
    aws: &Aws,
    trail: Expected<'_>,
    arn: &str,
    since: Option<Timestamp>,
) -> Result<Option<String>, AwsError> {
    for (region, answer) in everywhere(aws, trail.id, arn, true).await {
        match answer {
            Err(error) if is_absent(&error) => return Ok(Some(format!("{region} to show it"))),
            Err(error) => return Err(error),
            Ok(status) if !status.is_logging => {
                return Ok(Some(format!("{region} to say that it is logging")));
            }
            Ok(status) => {
                if let Some(problem) = problem(&status, since) {
                    return Ok(Some(format!("{problem} (in {region})")));
                }
            }
        }
    }
    Ok(None)
}

/// Returns what is wrong with deliveries since a time. An error stays until the next delivery, so that an old one says nothing.
pub fn problem(status: &Status, since: Option<Timestamp>) -> Option<String> {
    let failing = status.deliveries().into_iter().find_map(|(what, delivery)| {
        let is_over = delivery.latest.zip(since).is_some_and(|(latest, since)| latest >= since);
        let error = delivery.error.as_deref().filter(|_| !is_over)?;
        Some((what, error))
    });
    failing.map(|(what, error): (Delivered, &str)| {
        format!(
            "deliveries of {} to succeed; they fail with {error}: {}",
            what.words(),
            what.explained(error)
        )
    })
}

/// Returns whether a trail records no management events: then nothing may happen for long that it records.
fn may_be_silent(aws: &Aws, trail: Expected<'_>) -> bool {
    let Ok(described) = serde_json::from_value::<Trail>(trail.attrs.clone()) else { return false };
    let rules = Assumptions::default();
    let takes = |condition: &Condition| condition.accepts(Some("Management"), &rules);
    let patterns = recorded::trail("", &trail.id.region, aws.account(), &described).patterns();
    !patterns.iter().any(|(_, pattern)| pattern.on(&Field::EventCategory).all(takes))
}
