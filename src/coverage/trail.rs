//! A trail, as far as it matters for what is recorded.

use super::{Condition, Field, Operator, Pattern};

/// A trail. All trails that are looked at together belong to one partition, and organization trails to one organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// The name, for reports.
    pub name: String,
    /// The account that owns the trail.
    pub account: String,
    /// The partition, such as `aws`.
    pub partition: String,
    /// The leader Region of the partition, where events of global services are recorded.
    pub leader: String,
    /// The home Region.
    pub home: String,
    /// Records events of all Regions, also of those that are enabled later.
    pub multi_region: bool,
    /// Records events of global services.
    pub global_service_events: bool,
    /// Records events of all accounts of the organization.
    pub organization: bool,
    /// Records also the events that CloudTrail's own deliveries cause.
    pub recursive_logging: bool,
    /// Records at all.
    pub logging: bool,
    /// Which events are recorded.
    pub selectors: Selectors,
}

impl Trail {
    /// Returns whether events of global services reach the trail.
    pub fn gets_global_events(&self) -> bool {
        self.global_service_events && (self.multi_region || self.home == self.leader)
    }

    /// Returns the selectors as patterns, each with the number of the selector that it comes from.
    pub fn patterns(&self) -> Vec<(usize, Pattern)> {
        match &self.selectors {
            Selectors::Basic(list) if !list.is_empty() => {
                let patterns = |(number, basic): (usize, &BasicSelector)| {
                    basic.upgraded(&self.partition).into_iter().map(move |pattern| (number, pattern))
                };
                list.iter().enumerate().flat_map(patterns).collect()
            }
            Selectors::Advanced(list) if !list.is_empty() => list.iter().cloned().enumerate().collect(),
            Selectors::Default | Selectors::Basic(_) | Selectors::Advanced(_) => {
                vec![(0, Pattern::default().is(Field::EventCategory, "Management"))]
            }
        }
    }
}

/// The selectors of a trail. An event is recorded if any of them takes it; a trail with none records management events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selectors {
    /// None were ever given.
    Default,
    /// Basic event selectors.
    Basic(Vec<BasicSelector>),
    /// Advanced event selectors.
    Advanced(Vec<Pattern>),
}

/// A basic event selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicSelector {
    /// Whether events that read, that write, or both are taken.
    pub read_write: ReadWrite,
    /// Takes management events.
    pub management: bool,
    /// The services whose management events are left out.
    pub exclude_management_sources: Vec<String>,
    /// The resources whose data events are taken.
    pub data: Vec<DataResource>,
}

/// Which events a basic selector takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadWrite {
    /// Events that read and events that write.
    All,
    /// Events that only read.
    ReadOnly,
    /// Events that write.
    WriteOnly,
}

/// Resources of one type in a basic selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataResource {
    /// The type of the resources, such as `AWS::S3::Object`.
    pub r#type: String,
    /// ARNs, or for S3 the starts of some.
    pub values: Vec<String>,
}

/// The type of S3 objects, whose values in basic selectors are starts of ARNs.
pub(super) const S3_OBJECT: &str = "AWS::S3::Object";

impl BasicSelector {
    /// Returns the advanced selectors that take the same events: one for management events, one for each type of resource.
    pub fn upgraded(&self, partition: &str) -> Vec<Pattern> {
        let Self { read_write, management, exclude_management_sources, data } = self;
        let of_category = |category| {
            let pattern = Pattern::default().is(Field::EventCategory, category);
            match read_write {
                ReadWrite::All => pattern,
                ReadWrite::ReadOnly => pattern.is(Field::ReadOnly, "true"),
                ReadWrite::WriteOnly => pattern.is(Field::ReadOnly, "false"),
            }
        };
        let mut patterns = Vec::new();
        if *management {
            let pattern = of_category("Management");
            patterns.push(match exclude_management_sources.as_slice() {
                [] => pattern,
                sources => pattern.and(Field::EventSource, Condition::new(Operator::NotEquals, sources)),
            });
        }
        for DataResource { r#type, values } in data.iter().filter(|resource| !resource.values.is_empty()) {
            let pattern = of_category("Data").is(Field::ResourceType, r#type);
            patterns.push(match arns(r#type, values, partition) {
                None => pattern,
                Some(condition) => pattern.and(Field::ResourceArn, condition),
            });
        }
        patterns
    }
}

/// Returns the condition on ARNs that values of a basic selector stand for; none if they stand for everything.
fn arns(r#type: &str, values: &[String], partition: &str) -> Option<Condition> {
    let all = |service: &str| format!("arn:{partition}:{service}");
    if r#type == S3_OBJECT {
        let is_all = |value: &String| *value == all("s3") || *value == all("s3:::");
        return (!values.iter().any(is_all)).then(|| Condition::new(Operator::StartsWith, values));
    }
    // `arn:aws:lambda` and `arn:aws:dynamodb` stand for all ARNs that start so; other values are whole ARNs.
    let (starts, whole): (Vec<&str>, Vec<&str>) = values
        .iter()
        .map(String::as_str)
        .partition(|value| *value == all("lambda") || *value == all("dynamodb"));
    Some(Condition::new(Operator::Equals, whole).with(Operator::StartsWith, starts))
}
