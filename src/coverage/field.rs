//! The fields of an event that decide whether a trail records it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::assumptions::Assumptions;

/// A field of an event. The order is the one in which events are put together: each value is chosen in the light of those
/// before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Field {
    /// `Management`, `Data` or `NetworkActivity`.
    EventCategory,
    /// The type of the resource, such as `AWS::S3::Object`.
    ResourceType,
    /// The account in which the event happened.
    Account,
    /// `regional`, or `global` for events of global services such as IAM. Ours: no selector can name it.
    Scope,
    /// The Region that the event is recorded in.
    Region,
    /// `yes` for events that CloudTrail's own deliveries cause, else `no`. Ours: no selector can name it.
    SelfDelivery,
    /// `true` or `false`.
    ReadOnly,
    /// The service, such as `s3.amazonaws.com`.
    EventSource,
    /// The API operation, such as `GetObject`.
    EventName,
    /// How the event came about, such as `AwsApiCall`.
    EventType,
    /// The ARN of the resource.
    ResourceArn,
    /// The ARN of who made the request.
    UserIdentityArn,
    /// `true` for requests from a console session; otherwise the event does not have the field.
    ConsoleSession,
    /// The error of the request.
    ErrorCode,
    /// The VPC endpoint that the request passed.
    VpcEndpointId,
    /// A field that is not known here. Nothing is assumed of its values: see [`Condition::allows`].
    ///
    /// [`Condition::allows`]: super::Condition::allows
    Other(String),
}

impl Field {
    /// The fields that are known, with their names: AWS's own, where AWS has one.
    const NAMES: [(Self, &'static str); 15] = [
        (Self::EventCategory, "eventCategory"),
        (Self::ResourceType, "resources.type"),
        (Self::Account, "account"),
        (Self::Scope, "scope"),
        (Self::Region, "region"),
        (Self::SelfDelivery, "selfDelivery"),
        (Self::ReadOnly, "readOnly"),
        (Self::EventSource, "eventSource"),
        (Self::EventName, "eventName"),
        (Self::EventType, "eventType"),
        (Self::ResourceArn, "resources.ARN"),
        (Self::UserIdentityArn, "userIdentity.arn"),
        (Self::ConsoleSession, "sessionCredentialFromConsole"),
        (Self::ErrorCode, "errorCode"),
        (Self::VpcEndpointId, "vpcEndpointId"),
    ];

    /// Returns the fields that are known.
    pub fn known() -> impl Iterator<Item = Self> {
        Self::NAMES.into_iter().map(|(field, _)| field)
    }

    /// Returns the field that a selector means by a name. There, the names of our own fields are unknown ones.
    pub fn of_selector(name: &str) -> Self {
        match Self::from(name) {
            Self::Account | Self::Scope | Self::Region | Self::SelfDelivery => Self::Other(name.to_owned()),
            field => field,
        }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => Self::NAMES.iter().find(|(field, _)| field == known).map_or("", |(_, name)| name),
        }
    }

    /// Returns all values of a field that has few, the one to show first first; nothing for a field of free text.
    pub(super) fn values(&self) -> &'static [&'static str] {
        match self {
            Self::EventCategory => &["Management", "Data", "NetworkActivity"],
            Self::Scope => &["regional", "global"],
            Self::SelfDelivery => &["no", "yes"],
            Self::ReadOnly => &["false", "true"],
            Self::ConsoleSession => &["true"],
            _ => &[],
        }
    }

    /// Returns the values that the field can have, as far as is known, if it has few.
    pub fn few_values(&self) -> Option<&'static [&'static str]> {
        Some(self.values()).filter(|values| !values.is_empty())
    }

    /// Returns whether an event may be without the field.
    pub(super) fn may_be_absent(&self, rules: &Assumptions) -> bool {
        match self {
            Self::ReadOnly => !rules.read_only_is_known,
            Self::ResourceType
            | Self::ResourceArn
            | Self::UserIdentityArn
            | Self::ConsoleSession
            | Self::ErrorCode
            | Self::VpcEndpointId => true,
            _ => false,
        }
    }

    /// Returns whether nothing may be assumed of the values.
    pub(super) fn is_opaque(&self, rules: &Assumptions) -> bool {
        match self {
            Self::Other(_) => true,
            Self::ResourceType | Self::ResourceArn => !rules.one_resource_decides,
            _ => false,
        }
    }
}

impl From<&str> for Field {
    fn from(name: &str) -> Self {
        let known = Self::NAMES.into_iter().find(|(_, known)| *known == name);
        known.map_or_else(|| Self::Other(name.to_owned()), |(field, _)| field)
    }
}

impl From<String> for Field {
    fn from(name: String) -> Self {
        Self::from(name.as_str())
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.name().to_owned()
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
