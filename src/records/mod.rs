//! CloudTrail's records as they are delivered: read one after the other, and turned into events of the coverage room.
//!
//! | file | for |
//! | --- | --- |
//! | `reader` | a stream of JSON to its records, in constant memory |
//! | `text` | texts that are not copied out of what was read |

mod reader;
mod text;

pub use self::reader::{MOST_BYTES, ReadError, for_each};

use std::borrow::Cow;

use serde::Deserialize;

use self::text::Text;
use crate::{
    coverage::{DELIVERIES, Event, Field, GLOBAL_SOURCES, Pattern},
    diagnostic::nearest,
    resource::region::Region,
};

/// One record of an event (User Guide, "CloudTrail record contents"). Only what decides whether a trail records the event is
/// read. An event that is written by hand may have the fields of selectors instead, such as `resources.ARN`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Record<'a> {
    #[serde(borrow)]
    event_version: Option<Text<'a>>,
    #[serde(borrow, rename = "eventID")]
    event_id: Option<Text<'a>>,
    #[serde(borrow)]
    event_category: Option<Text<'a>>,
    management_event: Option<bool>,
    #[serde(borrow)]
    event_source: Option<Text<'a>>,
    #[serde(borrow)]
    event_name: Option<Text<'a>>,
    #[serde(borrow)]
    event_type: Option<Text<'a>>,
    #[serde(borrow)]
    read_only: Option<Text<'a>>,
    #[serde(borrow)]
    error_code: Option<Text<'a>>,
    #[serde(borrow)]
    vpc_endpoint_id: Option<Text<'a>>,
    #[serde(borrow)]
    session_credential_from_console: Option<Text<'a>>,
    #[serde(borrow, alias = "region")]
    aws_region: Option<Text<'a>>,
    #[serde(borrow, alias = "account")]
    recipient_account_id: Option<Text<'a>>,
    #[serde(borrow)]
    user_identity: Option<Identity<'a>>,
    #[serde(borrow, rename = "userIdentity.arn")]
    user_identity_arn: Option<Text<'a>>,
    #[serde(borrow)]
    resources: Option<Vec<Resource<'a>>>,
    #[serde(borrow, rename = "resources.type")]
    resource_type: Option<Text<'a>>,
    #[serde(borrow, rename = "resources.ARN")]
    resource_arn: Option<Text<'a>>,
    #[serde(borrow)]
    tls_details: Option<Tls<'a>>,
    #[serde(borrow)]
    scope: Option<Text<'a>>,
    #[serde(borrow)]
    self_delivery: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Identity<'a> {
    #[serde(borrow)]
    arn: Option<Text<'a>>,
    #[serde(borrow)]
    account_id: Option<Text<'a>>,
    #[serde(borrow)]
    invoked_by: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Resource<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, rename = "ARN", alias = "arn")]
    arn: Option<Text<'a>>,
    /// What several objects start with, where a request is about all of them.
    #[serde(borrow, rename = "ARNPrefix")]
    arn_prefix: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Tls<'a> {
    #[serde(borrow)]
    client_provided_host_header: Option<Text<'a>>,
}

/// The one that is global only at its global endpoint.
const STS: &str = "sts.amazonaws.com";

impl<'a> Record<'a> {
    /// Returns whether it is no record that CloudTrail has written, but some fields of one: each record has its version.
    pub fn is_partial(&self) -> bool {
        self.event_version.is_none()
    }

    /// Returns whether it is an event of Insights, which no selector selects.
    pub fn is_of_insights(&self) -> bool {
        self.category() == Some("Insight")
    }

    /// Returns what to call it: its id, the event and where it happened.
    pub fn title(&self) -> String {
        let or = |text: &Option<Text<'a>>, otherwise: &str| {
            text.as_ref().map_or_else(|| otherwise.to_owned(), |text| text.0.to_string())
        };
        let mut title = or(&self.event_name, "an event");
        title += &self.event_source.as_ref().map(|source| format!(" of {}", source.0)).unwrap_or_default();
        title += &self.aws_region.as_ref().map(|region| format!(" in {}", region.0)).unwrap_or_default();
        title + &self.event_id.as_ref().map(|id| format!(" ({})", id.0)).unwrap_or_default()
    }

    /// Returns the values of the record, without those of its resources.
    fn values(&self) -> Vec<(Field, Cow<'_, str>)> {
        let identity = self.user_identity.as_ref();
        let arn = identity.and_then(|identity| identity.arn.as_ref()).or(self.user_identity_arn.as_ref());
        let of_identity = identity.and_then(|identity| identity.account_id.as_ref());
        let account = self.recipient_account_id.as_ref().or(of_identity.filter(|_| !self.is_partial()));
        let mut values: Vec<(Field, Cow<'_, str>)> = [
            (Field::EventSource, &self.event_source),
            (Field::EventName, &self.event_name),
            (Field::EventType, &self.event_type),
            (Field::ReadOnly, &self.read_only),
            (Field::ErrorCode, &self.error_code),
            (Field::VpcEndpointId, &self.vpc_endpoint_id),
            (Field::ConsoleSession, &self.session_credential_from_console),
            (Field::Region, &self.aws_region),
            (Field::Scope, if self.is_partial() { &self.scope } else { &None }),
            (Field::SelfDelivery, if self.is_partial() { &self.self_delivery } else { &None }),
        ]
        .into_iter()
        .filter_map(|(field, text)| Some((field, Cow::Borrowed(&*text.as_ref()?.0))))
        .collect();
        values.extend(arn.map(|text| (Field::UserIdentityArn, Cow::Borrowed(&*text.0))));
        values.extend(account.map(|text| (Field::Account, Cow::Borrowed(&*text.0))));
        values.extend(self.category().map(|category| (Field::EventCategory, Cow::Borrowed(category))));
        values
    }

    /// Older records say only whether it is a management event.
    fn category(&self) -> Option<&str> {
        match (&self.event_category, self.management_event) {
            (Some(category), _) => Some(&category.0),
            (None, Some(false)) => Some("Data"),
            (None, Some(true)) => Some("Management"),
            (None, None) => (!self.is_partial()).then_some("Management"),
        }
    }

    fn resources(&self) -> Vec<Vec<(Field, &str)>> {
        match self.resources.as_deref() {
            None | Some([]) => vec![fields(self.resource_type.as_ref(), self.resource_arn.as_ref())],
            Some(all) => all
                .iter()
                .map(|one| fields(one.kind.as_ref(), one.arn.as_ref().or(one.arn_prefix.as_ref())))
                .collect(),
        }
    }

    /// Returns the events that the record stands for: one for each of its resources, of which one is enough for the record to be
    /// in a log (assumption A2). `account` is meant where the record names none, or where it is not known whose trails are asked
    /// about.
    pub fn events(&self, account: Account<'_>) -> Vec<Event> {
        let mut values = self.values();
        let named = values.iter().any(|(field, _)| *field == Field::Account);
        if !named || account.is_unknown {
            values.retain(|(field, _)| *field != Field::Account);
            values.push((Field::Account, Cow::Borrowed(account.id)));
        }
        if self.is_global() {
            values.push((Field::Scope, Cow::Borrowed("global")));
        }
        if self.is_delivery() {
            values.push((Field::SelfDelivery, Cow::Borrowed("yes")));
        }
        let of = |resource: Vec<(Field, &str)>| {
            let resource = resource.into_iter().map(|(field, value)| (field, Cow::Borrowed(value)));
            Event::new(values.iter().cloned().chain(resource).collect::<Vec<_>>())
        };
        self.resources().into_iter().map(of).collect()
    }

    /// Returns all events that have the values of a partial record, one set for each of its resources.
    pub fn patterns(&self, account: Account<'_>) -> Vec<Pattern> {
        let mut pattern = Pattern::default();
        // Of whom the trails are is not known: then the event is meant to be of the same.
        let is_meant = |field: &Field| !(account.is_unknown && *field == Field::Account);
        for (field, value) in self.values().into_iter().filter(|(field, _)| is_meant(field)) {
            pattern = pattern.is(field, &value);
        }
        if pattern.on(&Field::Account).next().is_none() {
            pattern = pattern.is(Field::Account, account.id);
        }
        let with = |resource: Vec<(Field, &str)>| {
            resource.into_iter().fold(pattern.clone(), |pattern, (field, value)| pattern.is(field, value))
        };
        self.resources().into_iter().map(with).collect()
    }

    /// Returns whether the event is one of a global service, recorded in the leader Region.
    fn is_global(&self) -> bool {
        let Some((source, region)) = self.event_source.as_ref().zip(self.aws_region.as_ref()) else {
            return false;
        };
        let host = self.tls_details.as_ref().and_then(|tls| tls.client_provided_host_header.as_ref());
        let is_global_sts = || source.0 == STS && host.is_some_and(|host| host.0 == STS);
        let region = Region::new(&region.0);
        self.category() == Some("Management")
            && (GLOBAL_SOURCES.contains(&&*source.0) || is_global_sts())
            && region == Region::leader(region.partition())
    }

    /// Returns whether CloudTrail itself made the request, to deliver log files or events.
    fn is_delivery(&self) -> bool {
        let by = self.user_identity.as_ref().and_then(|identity| identity.invoked_by.as_ref());
        let call = self.event_source.as_ref().zip(self.event_name.as_ref());
        by.is_some_and(|by| by.0 == "cloudtrail.amazonaws.com")
            && call.is_some_and(|(source, name)| DELIVERIES.contains(&(&*source.0, &*name.0)))
    }
}

fn fields<'r>(kind: Option<&'r Text<'_>>, arn: Option<&'r Text<'_>>) -> Vec<(Field, &'r str)> {
    let kind = kind.map(|kind| (Field::ResourceType, &*kind.0));
    kind.into_iter().chain(arn.map(|arn| (Field::ResourceArn, &*arn.0))).collect()
}

/// What a record of CloudTrail can have beside what decides about it (User Guide, "CloudTrail record contents").
const CONTENTS: [&str; 18] = [
    "eventTime",
    "sourceIPAddress",
    "userAgent",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "apiVersion",
    "serviceEventDetails",
    "sharedEventID",
    "vpcEndpointAccountId",
    "addendum",
    "edgeDeviceDetails",
    "insightDetails",
    "eventContext",
    "tlsDetails",
];
/// What decides about it, by all names.
const DECIDING: [&str; 20] = [
    "eventCategory",
    "managementEvent",
    "eventSource",
    "eventName",
    "eventType",
    "readOnly",
    "errorCode",
    "vpcEndpointId",
    "sessionCredentialFromConsole",
    "awsRegion",
    "region",
    "recipientAccountId",
    "account",
    "userIdentity",
    "userIdentity.arn",
    "resources",
    "resources.type",
    "resources.ARN",
    "scope",
    "selfDelivery",
];

/// Says what is wrong with the keys of something without an `eventVersion`, which is written by hand.
fn wrong_keys<'k>(keys: impl Iterator<Item = &'k str>) -> Option<String> {
    let keys: Vec<&str> = keys.collect();
    if keys.is_empty() {
        return Some("an event without any field says nothing".to_owned());
    }
    let odd = keys.into_iter().find(|key| !CONTENTS.contains(key) && !DECIDING.contains(key))?;
    let likely = nearest(odd, DECIDING).filter(|_| odd.starts_with(|c: char| c.is_ascii_lowercase()));
    let hint = match likely {
        Some(known) => format!("did you mean `{known}`?"),
        None => "CloudTrail's own records have an `eventVersion`".to_owned(),
    };
    Some(format!("`{odd}` is no field of an event; {hint}"))
}

/// The account whose trails are asked about.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// Its 12 digits, or what stands for them.
    pub id: &'a str,
    /// Whether it is not known: then every record is taken for one of it.
    pub is_unknown: bool,
}

#[cfg(test)]
mod tests;
