//! Examples in plain words.

use std::fmt;

use super::{
    Event, Example, Explanation, Field, Miss, Outcome, Selectors, Trail, Unheard, condition::Term,
    world::LATER_REGION,
};

impl fmt::Display for Example {
    /// Says what matters of the event, such as `GetObject on arn:aws:s3:::ledger/x by anyone in eu-west-1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { event, matters, recorded_by: _, is_possible: _ } = self;
        let said = Said { event, matters: &|field| matters.contains(field) };
        let is_data = event.get(&Field::EventCategory) == Some("Data");
        f.write_str(&if is_data { said.data_event() } else { said.other_event() })?;
        said.rest().iter().try_for_each(|clause| write!(f, ", {clause}"))
    }
}

impl Explanation {
    /// Says what the trail does with the event, such as `recorded by events[1]`.
    pub fn words(&self, trail: &Trail) -> String {
        match &self.outcome {
            Outcome::Recorded(number) => match trail.selector(*number) {
                Some(selector) => format!("recorded by {selector}"),
                None => "recorded, as all management events are".to_owned(),
            },
            Outcome::Unheard(reason) => format!("not recorded: {reason}"),
            Outcome::NotSelected(misses) => {
                let said: Vec<String> = misses.iter().map(|miss| miss.words(trail)).collect();
                format!("not recorded: {}", said.join("; "))
            }
        }
    }
}

impl Miss {
    /// Says which condition is not met, such as `events[0] wants eventName StartsWith Get, and it is PutObject`.
    fn words(&self, trail: &Trail) -> String {
        let Self { selector, field, condition, value } = self;
        let selector = trail.selector(*selector).unwrap_or_else(|| "the trail".to_owned());
        let is = match value {
            Some(value) => format!("it is {value}"),
            None => "the event does not have it".to_owned(),
        };
        format!("{selector} wants {field} {condition}, and {is}")
    }
}

impl Trail {
    /// Returns what a spec calls the selector of this number; nothing if the trail has the default.
    pub fn selector(&self, number: usize) -> Option<String> {
        match &self.selectors {
            Selectors::Advanced(list) if !list.is_empty() => Some(format!("events[{number}]")),
            Selectors::Basic(list) if !list.is_empty() => Some(format!("basic_events[{number}]")),
            Selectors::Default | Selectors::Advanced(_) | Selectors::Basic(_) => None,
        }
    }
}

impl fmt::Display for Unheard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotLogging => "the trail is not logging",
            Self::OtherAccount => "the event is of another account, and the trail of its own account only",
            Self::OtherRegion => "the event is of another Region, and the trail of its home Region only",
            Self::GlobalService => "the event is of a global service, and those do not reach the trail",
            Self::SelfDelivery => {
                "CloudTrail's own delivery caused the event, and the trail leaves those out"
            }
        })
    }
}

/// An event of which some fields are spoken of.
struct Said<'e> {
    event: &'e Event,
    matters: &'e dyn Fn(&Field) -> bool,
}

impl<'e> Said<'e> {
    /// Returns the value of a field that matters: `None` if it does not, `Some(None)` if it matters that it is absent.
    fn value(&self, field: &Field) -> Option<Option<&'e str>> {
        (self.matters)(field).then(|| self.event.get(field))
    }

    fn data_event(&self) -> String {
        let call = match (self.value(&Field::EventName), self.value(&Field::ReadOnly)) {
            (Some(Some(name)), _) => name,
            (_, Some(Some("true"))) => "any read",
            (_, Some(Some("false"))) => "any write",
            _ => "any call",
        };
        let of_type = self.value(&Field::ResourceType).flatten();
        let kind = of_type.unwrap_or("resource");
        let resource = match self.value(&Field::ResourceArn) {
            // An ARN tells its type; a type that is not AWS's stands for any other.
            Some(Some(arn)) if of_type.is_some_and(|kind| !kind.starts_with("AWS::")) => {
                format!("{arn} of the type {kind}")
            }
            Some(Some(arn)) => arn.to_owned(),
            Some(None) => format!("{kind} without an ARN"),
            None => format!("any {kind}"),
        };
        let who = self.who().unwrap_or_else(|| "anyone".to_owned());
        format!("{call} on {resource} by {who} {}", self.place())
    }

    fn other_event(&self) -> String {
        let mut words = match self.event.get(&Field::EventCategory) {
            Some("Management") => "a management event".to_owned(),
            Some("NetworkActivity") => "a network activity event".to_owned(),
            category => format!("an event of category {}", category.unwrap_or("unknown")),
        };
        match self.value(&Field::ReadOnly) {
            Some(Some("true")) => words += " that reads",
            Some(Some("false")) => words += " that writes",
            _ => {}
        }
        if self.value(&Field::Scope) == Some(Some("global")) {
            words += " of a global service";
        }
        if let Some(Some(name)) = self.value(&Field::EventName) {
            words = format!("{name}, {words}");
        }
        let clause = |field, word: &str| Some(format!(", {word} {}", self.value(field)??));
        words += &clause(&Field::EventSource, "of").unwrap_or_default();
        words += &clause(&Field::ResourceType, "on").unwrap_or_default();
        words += &clause(&Field::ResourceArn, "on").unwrap_or_default();
        words += &self.who().map(|who| format!(", by {who}")).unwrap_or_default();
        format!("{words}, {}", self.place())
    }

    fn who(&self) -> Option<String> {
        Some(
            self.value(&Field::UserIdentityArn)?
                .map_or_else(|| "someone without an ARN".to_owned(), str::to_owned),
        )
    }

    fn place(&self) -> String {
        match self.value(&Field::Region).flatten() {
            Some(LATER_REGION) => "in a Region that is enabled later".to_owned(),
            Some(region) => format!("in {region}"),
            None => "in any Region".to_owned(),
        }
    }

    /// Returns what else there is to say of an event of any category.
    fn rest(&self) -> Vec<String> {
        let mut rest = Vec::new();
        for field in &Field::known().collect::<Vec<_>>() {
            let clause = match (field, self.value(field)) {
                (_, None) => continue,
                (Field::Account, Some(Some(account))) => format!("in account {account}"),
                (Field::SelfDelivery, Some(Some("yes"))) => "caused by CloudTrail's own delivery".to_owned(),
                (Field::EventType, Some(Some(how))) => format!("of type {how}"),
                (Field::ConsoleSession, Some(Some("true"))) => "from a console session".to_owned(),
                (Field::ConsoleSession, Some(None)) => "not from a console session".to_owned(),
                (Field::ErrorCode, Some(Some(code))) => format!("failing with {code}"),
                (Field::ErrorCode, Some(None)) => "without an error".to_owned(),
                (Field::VpcEndpointId, Some(Some(id))) => format!("through {id}"),
                (Field::VpcEndpointId, Some(None)) => "through no VPC endpoint".to_owned(),
                (Field::EventSource, Some(Some(source)))
                    if self.event.get(&Field::EventCategory) == Some("Data") =>
                {
                    format!("of {source}")
                }
                _ => continue,
            };
            rest.push(clause);
        }
        for (field, terms) in self.event.holding.iter().filter(|(field, _)| (self.matters)(field)) {
            let term = |Term { operator, value }: &Term| format!("{operator:?} {value}");
            rest.push(match terms.is_empty() {
                true => format!("with some {field}"),
                false => format!("with {field} {}", terms.iter().map(term).collect::<Vec<_>>().join(" and ")),
            });
        }
        rest
    }
}
