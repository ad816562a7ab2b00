//! Small trails, and what is expected of them.

mod expectations;
mod findings;
mod limits;
mod random;
mod selectors;
mod worked;

use super::*;

/// A multi-Region trail of one account that records all management events.
fn base() -> Trail {
    Trail {
        name: "audit".to_owned(),
        account: "111122223333".to_owned(),
        partition: "aws".to_owned(),
        leader: "us-east-1".to_owned(),
        home: "us-east-1".to_owned(),
        multi_region: true,
        global_service_events: true,
        organization: false,
        recursive_logging: true,
        logging: true,
        selectors: Selectors::Default,
    }
}

/// The trail with these advanced selectors.
fn advanced(selectors: impl IntoIterator<Item = Pattern>) -> Trail {
    Trail { selectors: Selectors::Advanced(selectors.into_iter().collect()), ..base() }
}

/// The trail with these basic selectors.
fn basic(selectors: impl IntoIterator<Item = BasicSelector>) -> Trail {
    Trail { selectors: Selectors::Basic(selectors.into_iter().collect()), ..base() }
}

/// A basic selector of all management events and of data events of these resources.
fn basic_with(data: &[(&str, &[&str])]) -> BasicSelector {
    let resource = |(r#type, values): &(&str, &[&str])| DataResource {
        r#type: (*r#type).to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    BasicSelector {
        read_write: ReadWrite::All,
        management: true,
        exclude_management_sources: Vec::new(),
        data: data.iter().map(resource).collect(),
    }
}

fn management() -> Pattern {
    Pattern::default().is(Field::EventCategory, "Management")
}

fn data(r#type: &str) -> Pattern {
    Pattern::default().is(Field::EventCategory, "Data").is(Field::ResourceType, r#type)
}

fn s3() -> Pattern {
    data("AWS::S3::Object")
}

/// A condition on ARNs of objects, given without `arn:aws:s3:::`.
fn arn(pattern: Pattern, operator: Operator, starts: &[&str]) -> Pattern {
    let values = starts.iter().map(|start| format!("arn:aws:s3:::{start}"));
    pattern.and(Field::ResourceArn, Condition::new(operator, values))
}

fn on(field: Field, operator: Operator, values: &[&str]) -> Pattern {
    s3().and(field, Condition::new(operator, values.iter().copied()))
}

fn cover(trails: impl IntoIterator<Item = Trail>) -> Coverage {
    Coverage::new(trails, Assumptions::default())
}

/// Compares old with new and returns what is lost, in words; the empty text if nothing is.
fn loss(old: impl IntoIterator<Item = Trail>, new: impl IntoIterator<Item = Trail>) -> String {
    verdict_words(&covers(&cover(new), &cover(old)))
}

fn verdict_words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Contained => String::new(),
        Verdict::Lost(example) => example.to_string(),
        Verdict::TooComplex => "too complex".to_owned(),
    }
}

/// Holds if each side records what the other does.
fn are_equal(one: Trail, other: Trail) -> bool {
    loss([one.clone()], [other.clone()]).is_empty() && loss([other], [one]).is_empty()
}
