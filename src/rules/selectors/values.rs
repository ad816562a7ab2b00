//! The values of advanced selectors, each by itself.

use super::{
    Home, arns,
    written::{Condition, List, Selector},
};
use crate::{
    diagnostic::{Diagnostic, nearest},
    events::{
        Category, MAX_VALUE_LENGTH, Operator,
        fields::{EVENT_TYPES, Field},
        has_length_of_value,
        sources::{NETWORK_ACTIVITY, SUFFIX},
        types,
    },
};

/// A condition whose values are looked at.
pub(super) struct Of<'a> {
    pub(super) selector: &'a Selector<'a>,
    pub(super) condition: &'a Condition<'a>,
    /// What the category says of the field, if both are known.
    pub(super) field: Option<&'static Field>,
    /// Where the trail is.
    pub(super) home: Home<'a>,
}

/// What is wrong with a value: the code, the message, the help.
pub(super) type Problem = (&'static str, String, String);

impl Of<'_> {
    pub(super) fn check(&self, found: &mut Vec<Diagnostic>) {
        for list in &self.condition.lists {
            for (index, value) in list.values.iter().enumerate() {
                if let Some((code, message, help)) = self.problem(list, value) {
                    found.push(list.found(code, index, message).help(help));
                }
            }
        }
    }

    /// Returns the first thing that is wrong with a value: one is enough.
    fn problem(&self, list: &List<'_>, value: &str) -> Option<Problem> {
        let name = self.condition.field;
        length(name, value)
            .or_else(|| fixed(name, self.field, value))
            .or_else(|| wildcard(list.operator, value))
            .or_else(|| match name {
                "resources.type" => resource_type(value),
                "resources.ARN" => {
                    let kind = self.selector.resource_type();
                    arns::problem(kind, self.home, list.operator, value)
                }
                "eventSource" => source(self.selector.category(), list.operator, value),
                "eventType" => event_type(list.operator, value),
                "eventName" => event_name(list.operator, value),
                "userIdentity.arn" => arns::principal(self.home.partition, list.operator, value),
                "vpcEndpointId" => endpoint(list.operator, value),
                _ => None,
            })
    }
}

fn length(name: &str, value: &str) -> Option<Problem> {
    if value.is_empty() {
        let message = format!("a value of `{name}` is empty");
        return Some((
            "empty-value",
            message,
            "remove it: there is no condition for what is absent".to_owned(),
        ));
    }
    if !has_length_of_value(value) {
        let count = value.chars().count();
        let message = format!("a value has at most {MAX_VALUE_LENGTH} characters, this one {count}");
        return Some(("value-too-long", message, "select by the start of it, with `starts_with`".to_owned()));
    }
    None
}

/// Fields that can have certain values only.
fn fixed(name: &str, field: Option<&Field>, value: &str) -> Option<Problem> {
    let values = field.map(|field| field.values).filter(|values| !values.is_empty())?;
    if values.contains(&value) {
        return None;
    }
    let code = match name {
        "readOnly" => "invalid-read-only",
        "eventSource" => "invalid-management-source",
        "errorCode" => "invalid-error-code",
        _ => "invalid-console-session",
    };
    let help = match nearest(value, values.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("one of: {}", values.join(", ")),
    };
    Some((code, format!("`{name}` cannot be `{value}`"), help))
}

/// Conditions compare text: what other tools take for a wildcard, CloudTrail refuses or takes literally.
pub(super) fn wildcard(operator: Operator, value: &str) -> Option<Problem> {
    if value.contains('*') {
        let help = match (value.strip_prefix('*'), value.strip_suffix('*')) {
            _ if value.bytes().all(|byte| byte == b'*') => {
                "leave the condition out: it then holds for all".to_owned()
            }
            (None, Some(start)) if !start.contains('*') => {
                format!("write `{}: [\"{start}\"]`", operator.for_start().key())
            }
            (Some(end), None) if !end.contains('*') => {
                format!("write `{}: [\"{end}\"]`", operator.for_end().key())
            }
            _ => format!("name the values, or what they start with, with `{}`", operator.for_start().key()),
        };
        return Some(("wildcard", format!("CloudTrail takes no wildcards: `{value}`"), help));
    }
    if value.contains('?') {
        let message = format!("`?` stands for itself in `{value}`: conditions have no wildcards");
        let help = format!("name the values, or what they start with, with `{}`", operator.for_start().key());
        return Some(("question-mark", message, help));
    }
    None
}

fn resource_type(value: &str) -> Option<Problem> {
    if types::is_known(value) {
        return None;
    }
    let respelt = types::respelt(value);
    let help = match respelt.or_else(|| nearest(value, types::TYPES.iter().copied())) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "types are written like `AWS::S3::Object`".to_owned(),
    };
    Some(if !types::is_type(value) {
        ("invalid-type", format!("`{value}` is not a type of resources"), help)
    } else if respelt.is_some() {
        ("type-case", format!("`{value}` has other capitals than the type that CloudTrail has"), help)
    } else {
        let help = format!("{help} If it is new, allow this warning");
        ("unknown-type", format!("the type `{value}` is not known"), help)
    })
}

/// Sources are whole names of services; the operators for parts of values take parts.
fn source(category: Option<Category>, operator: Operator, value: &str) -> Option<Problem> {
    if !operator.is_exact() {
        return None;
    }
    if !value.contains('.') {
        let message = format!("`{value}` is no event source: they end in `{SUFFIX}`");
        return Some(("source-without-suffix", message, format!("write `{value}{SUFFIX}`")));
    }
    if !value.ends_with(SUFFIX) {
        let message = format!("`{value}` is no event source: they end in `{SUFFIX}`, in all partitions");
        let service = value.split('.').next().unwrap_or(value);
        return Some(("source-of-no-service", message, format!("did you mean `{service}{SUFFIX}`?")));
    }
    let is_unknown =
        category == Some(Category::NetworkActivity) && NETWORK_ACTIVITY.binary_search(&value).is_err();
    is_unknown.then(|| {
        // All end alike, which says nothing.
        let service = value.trim_end_matches(SUFFIX);
        let services = NETWORK_ACTIVITY.iter().map(|known| known.trim_end_matches(SUFFIX));
        let help = match nearest(service, services) {
            Some(known) => format!("did you mean `{known}{SUFFIX}`?"),
            None => "the User Guide lists the services, \"Logging network activity events\"".to_owned(),
        };
        let message = format!("`{value}` is not known to have network activity events");
        ("unknown-network-source", message, help)
    })
}

fn event_name(operator: Operator, value: &str) -> Option<Problem> {
    let (service, name) = value.split_once(':')?;
    if operator.for_end() == operator {
        return None;
    }
    let message = format!("names of events have no `{service}:` before them, as actions of policies have");
    Some(("event-name-with-service", message, format!("write `{name}`")))
}

fn event_type(operator: Operator, value: &str) -> Option<Problem> {
    let fits = |known: &str| match operator {
        Operator::Equals | Operator::NotEquals => known == value,
        Operator::StartsWith | Operator::NotStartsWith => known.starts_with(value),
        Operator::EndsWith | Operator::NotEndsWith => known.ends_with(value),
    };
    if EVENT_TYPES.iter().any(|known| fits(known)) {
        return None;
    }
    let help = match nearest(value, EVENT_TYPES.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("those that are known are {}", EVENT_TYPES.join(", ")),
    };
    Some(("unknown-event-type", format!("no event is known to have the type `{value}`"), help))
}

fn endpoint(operator: Operator, value: &str) -> Option<Problem> {
    (operator.is_exact() && !value.starts_with("vpce-")).then(|| {
        let message = format!("`{value}` is not the id of a VPC endpoint");
        ("not-a-vpc-endpoint", message, "they are written like `vpce-0123456789abcdef0`".to_owned())
    })
}
