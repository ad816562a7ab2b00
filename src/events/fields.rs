//! The fields of events that selectors can name, and what each may say in each category of events.

use super::sources;

/// An operator of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// The value is one of these.
    Equals,
    /// The value starts with one of these.
    StartsWith,
    /// The value ends with one of these.
    EndsWith,
    /// The value is none of these.
    NotEquals,
    /// The value starts with none of these.
    NotStartsWith,
    /// The value ends with none of these.
    NotEndsWith,
}

use Operator::{EndsWith, Equals, NotEndsWith, NotEquals, NotStartsWith, StartsWith};

impl Operator {
    /// All operators.
    pub const ALL: [Self; 6] = [Equals, StartsWith, EndsWith, NotEquals, NotStartsWith, NotEndsWith];

    /// Returns what a spec calls it.
    pub fn key(self) -> &'static str {
        match self {
            Equals => "equals",
            StartsWith => "starts_with",
            EndsWith => "ends_with",
            NotEquals => "not_equals",
            NotStartsWith => "not_starts_with",
            NotEndsWith => "not_ends_with",
        }
    }

    /// Returns whether it compares whole values.
    pub fn is_exact(self) -> bool {
        matches!(self, Equals | NotEquals)
    }

    /// Returns whether its values are the ones that are left out.
    pub fn is_negative(self) -> bool {
        matches!(self, NotEquals | NotStartsWith | NotEndsWith)
    }

    /// Returns the operator for the start of values that selects or leaves out as this one does.
    #[must_use]
    pub fn for_start(self) -> Self {
        if self.is_negative() { NotStartsWith } else { StartsWith }
    }

    /// Returns the operator for the end of values that selects or leaves out as this one does.
    #[must_use]
    pub fn for_end(self) -> Self {
        if self.is_negative() { NotEndsWith } else { EndsWith }
    }
}

/// A category of events that a trail can record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// What is done to resources.
    Management,
    /// What is done with what resources hold.
    Data,
    /// Calls through VPC endpoints.
    NetworkActivity,
}

impl Category {
    /// All categories of trails.
    pub const ALL: [Self; 3] = [Self::Management, Self::Data, Self::NetworkActivity];

    /// Returns the category of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }

    /// Returns what CloudTrail calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Management => "Management",
            Self::Data => "Data",
            Self::NetworkActivity => "NetworkActivity",
        }
    }

    /// Returns the fields that its selectors can have.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Management => MANAGEMENT,
            Self::Data => DATA,
            Self::NetworkActivity => NETWORK_ACTIVITY,
        }
    }

    /// Returns what a field may say, if its selectors can have it.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }
}

/// The categories that event data stores have and trails do not (API Reference, AdvancedFieldSelector).
pub const OF_DATA_STORES: &[&str] = &["Insight", "ConfigurationItem", "Evidence", "ActivityAuditLog"];

/// The fields that event data stores can have in selectors of management events, and trails cannot.
pub const MANAGEMENT_FIELDS_OF_DATA_STORES: &[&str] =
    &["eventName", "eventType", "userIdentity.arn", "sessionCredentialFromConsole"];

/// The fields that CloudTrail knows in selectors of trails, with what they are (API Reference, AdvancedFieldSelector).
pub const FIELDS: &[(&str, &str)] = &[
    ("eventCategory", "`Management`, `Data` or `NetworkActivity`. Each selector must name one of them."),
    ("readOnly", "`true` for events that only read, `false` for events that write."),
    ("eventSource", "The service, such as `kms.amazonaws.com`."),
    ("eventName", "The API operation, such as `GetObject`."),
    ("eventType", "How the event came about, such as `AwsApiCall`."),
    (
        "resources.type",
        "The type of the resource, such as `AWS::S3::Object`. Selectors of data events must name one of them.",
    ),
    ("resources.ARN", "The ARN of the resource."),
    ("userIdentity.arn", "The ARN of who made the request."),
    ("sessionCredentialFromConsole", "`true` for requests that came from a console session."),
    ("errorCode", "The error of the request: `VpceAccessDenied`."),
    ("vpcEndpointId", "The VPC endpoint that the request passed."),
];

/// How events come about (User Guide, "CloudTrail record contents"). More may come.
pub const EVENT_TYPES: &[&str] =
    &["AwsApiCall", "AwsConsoleAction", "AwsConsoleSignIn", "AwsServiceEvent", "AwsVpceEvents"];

/// What a field may say in one category of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether each selector of the category must have it.
    pub is_required: bool,
    /// The operators that it may have.
    pub operators: &'static [Operator],
    /// The values that it may have; empty for any.
    pub values: &'static [&'static str],
    /// Whether it takes one value only.
    pub is_single: bool,
    /// Whether all of AWS's documentation agrees that trails take it here.
    pub is_certain: bool,
}

impl Field {
    const fn any(name: &'static str) -> Self {
        Self::of(name, &Operator::ALL, &[], false)
    }

    /// A field that is required with one value.
    const fn required(name: &'static str) -> Self {
        Self { is_required: true, ..Self::of(name, &[Equals], &[], true) }
    }

    const fn of(
        name: &'static str,
        operators: &'static [Operator],
        values: &'static [&'static str],
        is_single: bool,
    ) -> Self {
        Self { name, is_required: false, operators, values, is_single, is_certain: true }
    }
}

const READ_ONLY: Field = Field::of("readOnly", &[Equals], &["true", "false"], true);

const MANAGEMENT: &[Field] = &[
    Field::required("eventCategory"),
    READ_ONLY,
    Field::of("eventSource", &[NotEquals], sources::EXCLUDABLE, false),
];

const DATA: &[Field] = &[
    Field::required("eventCategory"),
    Field::required("resources.type"),
    READ_ONLY,
    Field::any("eventSource"),
    Field::any("eventName"),
    Field::any("eventType"),
    Field::any("resources.ARN"),
    Field::any("userIdentity.arn"),
    Field::of("sessionCredentialFromConsole", &[Equals, NotEquals], &["true"], true),
];

const NETWORK_ACTIVITY: &[Field] = &[
    Field::required("eventCategory"),
    Field::required("eventSource"),
    Field::any("eventName"),
    Field::of("errorCode", &[Equals], &["VpceAccessDenied"], true),
    Field::any("vpcEndpointId"),
    // One of the editions of the API Reference has it, the others do not.
    Field { is_certain: false, ..Field::any("userIdentity.arn") },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_fields_and_those_of_categories_name_the_same() {
        let is_listed = |name: &str| FIELDS.iter().any(|(field, _)| *field == name);
        let is_taken = |name: &str| Category::ALL.into_iter().any(|category| category.field(name).is_some());
        for category in Category::ALL {
            assert!(category.fields().iter().all(|field| is_listed(field.name)), "{category:?}");
        }
        assert!(FIELDS.iter().all(|(name, _)| is_taken(name)));
        assert!(MANAGEMENT_FIELDS_OF_DATA_STORES.iter().all(|name| is_listed(name)));
    }
}
