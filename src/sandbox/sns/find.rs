//! Finds topics by ARN.

use std::fmt;

use super::{Topic, invalid};
use crate::sandbox::identity::{is_account_id, partition};
use crate::sandbox::store::State;
use crate::sandbox::wire::query::Params;
use crate::sandbox::wire::{Call, Refusal};

/// Where a topic is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TopicArn {
    pub(crate) region: String,
    pub(crate) account: String,
    pub(crate) name: String,
}

impl TopicArn {
    /// Reads an ARN. A name alone means a topic in the account and the Region.
    pub(crate) fn parse(text: &str, account: &str, region: &str) -> Option<Self> {
        let (region, account, name) = match text.splitn(6, ':').collect::<Vec<_>>()[..] {
            ["arn", in_partition, "sns", region, account, name] => (in_partition == partition(region)
                && is_account_id(account))
            .then_some((region, account, name))?,
            _ => (region, account, text),
        };
        let [region, account, name] = [region, account, name].map(str::to_owned);
        is_name(&name).then_some(Self { region, account, name })
    }
}

impl fmt::Display for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { region, account, name } = self;
        write!(f, "arn:{}:sns:{region}:{account}:{name}", partition(region))
    }
}

/// Whether a topic can have the name.
pub(super) fn is_name(name: &str) -> bool {
    let bare = name.strip_suffix(".fifo").unwrap_or(name);
    let is_mark = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    !bare.is_empty() && name.len() <= 256 && bare.bytes().all(is_mark)
}

/// Returns a topic.
pub(crate) fn topic<'a>(state: &'a State, arn: &TopicArn) -> Option<&'a Topic> {
    state.topics.get(&arn.account)?.get(&arn.region)?.get(&arn.name)
}

/// How an operation names its topic, and says that there is none.
#[derive(Clone, Copy)]
pub(super) struct By {
    pub(super) parameter: &'static str,
    pub(super) absent: &'static str,
}

pub(super) const TOPIC: By = By { parameter: "TopicArn", absent: "NotFound" };
pub(super) const RESOURCE: By = By { parameter: "ResourceArn", absent: "ResourceNotFound" };

/// Reads the ARN of a topic that the caller may reach in the Region of the call.
pub(super) fn own_arn(call: &Call<'_>, params: &Params, by: By) -> Result<TopicArn, Refusal> {
    reached(call, params.required(by.parameter)?, by.parameter)
}

/// Reads the ARN of a topic in a parameter, if the caller may reach it in the Region of the call.
pub(super) fn reached(call: &Call<'_>, text: &str, parameter: &str) -> Result<TopicArn, Refusal> {
    let (account, region) = (&call.caller.account, &call.region);
    let arn = TopicArn::parse(text, account, region)
        .filter(|arn| text.starts_with("arn:") && arn.region == *region)
        .ok_or_else(|| invalid(format!("{parameter} {text}")))?;
    if arn.account != *account {
        let message = format!("{} is not authorized to use {text}", call.caller.arn);
        return Err(Refusal::new(403, "AuthorizationError", message));
    }
    Ok(arn)
}

/// Finds the topic that a call names.
pub(super) fn to_read<'a>(
    state: &'a State,
    call: &Call<'_>,
    params: &Params,
    by: By,
) -> Result<(TopicArn, &'a Topic), Refusal> {
    let arn = own_arn(call, params, by)?;
    topic(state, &arn).map(|topic| (arn, topic)).ok_or_else(|| absent(by))
}

/// Finds the topic that a call names, to change it.
pub(super) fn to_change<'a>(
    state: &'a mut State,
    call: &Call<'_>,
    params: &Params,
    by: By,
) -> Result<(TopicArn, &'a mut Topic), Refusal> {
    let arn = own_arn(call, params, by)?;
    let regions = state.topics.get_mut(&arn.account);
    let topics = regions.and_then(|regions| regions.get_mut(&arn.region));
    let topic = topics.and_then(|topics| topics.get_mut(&arn.name));
    topic.map(|topic| (arn, topic)).ok_or_else(|| absent(by))
}

fn absent(by: By) -> Refusal {
    Refusal::new(404, by.absent, "Topic does not exist")
}
