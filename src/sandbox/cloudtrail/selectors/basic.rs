//! Basic event selectors.

use serde::{Deserialize, Serialize};

use super::{Logged, invalid};
use crate::events::{
    basic::{MAX_RESOURCES, MAX_SELECTORS, is_all, is_known, is_valid},
    sources::EXCLUDABLE,
};
use crate::sandbox::wire::Refusal;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct EventSelector {
    read_write_type: ReadWriteType,
    include_management_events: bool,
    data_resources: Vec<DataResource>,
    exclude_management_event_sources: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum ReadWriteType {
    #[default]
    All,
    ReadOnly,
    WriteOnly,
    /// Anything else, to be refused with CloudTrail's code.
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DataResource {
    r#type: String,
    #[serde(default)]
    values: Vec<String>,
}

impl Default for EventSelector {
    fn default() -> Self {
        Self {
            read_write_type: ReadWriteType::All,
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }
    }
}

impl EventSelector {
    pub(super) fn logged(&self) -> Logged {
        let has = self.include_management_events;
        Logged {
            management_read: has && self.read_write_type != ReadWriteType::WriteOnly,
            management_write: has && self.read_write_type != ReadWriteType::ReadOnly,
            data: !self.data_resources.is_empty(),
        }
    }
}

/// Refuses selectors that break a rule.
pub(super) fn check(selectors: &[EventSelector], partition: &str) -> Result<(), Refusal> {
    if selectors.len() > MAX_SELECTORS {
        return Err(invalid(format!("A trail can have {MAX_SELECTORS} event selectors.")));
    }
    for selector in selectors {
        check_selector(selector, partition)?;
    }
    let resources = selectors.iter().flat_map(|selector| &selector.data_resources);
    let single = resources
        .flat_map(|DataResource { r#type: kind, values }| {
            values.iter().filter(|value| !is_all(kind, value, partition))
        })
        .count();
    if single > MAX_RESOURCES {
        return Err(invalid(format!("A trail can have {MAX_RESOURCES} data resources.")));
    }
    Ok(())
}

fn check_selector(selector: &EventSelector, partition: &str) -> Result<(), Refusal> {
    let EventSelector {
        read_write_type,
        include_management_events,
        data_resources,
        exclude_management_event_sources: excluded,
    } = selector;
    if *read_write_type == ReadWriteType::Unknown {
        return Err(invalid("ReadWriteType must be All, ReadOnly or WriteOnly."));
    }
    if !include_management_events && data_resources.is_empty() {
        let message = "Invalid combination of parameters in EventSelectors. When includeManagementEvents is \
                       false, DataResources must not be empty.";
        return Err(invalid(message));
    }
    if !include_management_events && !excluded.is_empty() {
        return Err(invalid("ExcludeManagementEventSources needs management events."));
    }
    if let Some(source) = excluded.iter().find(|source| !EXCLUDABLE.contains(&source.as_str())) {
        return Err(invalid(format!("Event source {source} cannot be excluded.")));
    }
    data_resources.iter().try_for_each(|resource| check_resource(resource, partition))
}

fn check_resource(resource: &DataResource, partition: &str) -> Result<(), Refusal> {
    let DataResource { r#type: kind, values } = resource;
    if !is_known(kind) {
        return Err(invalid(format!("Type {kind} for DataResources is invalid.")));
    }
    if values.is_empty() {
        return Err(invalid(format!("DataResources of type {kind} have no values.")));
    }
    match values.iter().find(|value| !is_valid(kind, value, partition)) {
        Some(value) => Err(invalid(format!("Value {value} for DataResources.Values is invalid."))),
        None => Ok(()),
    }
}
