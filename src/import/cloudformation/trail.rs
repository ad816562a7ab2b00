//! `AWS::CloudTrail::Trail`.

use std::collections::BTreeSet;

use super::{
    super::{
        entry::Marks,
        selectors::{advanced, basic, insights},
        tree::{items, texts},
    },
    Reading,
    template::Place,
};
use crate::{
    export::Found,
    kinds::{
        log_group::without_star,
        trail::{CloudWatchLogs, Trail},
    },
    resource::Reference,
};

pub(super) fn found(mut reading: Reading<'_>) -> Option<Found> {
    let name = reading.name()?;
    let region = reading.region();
    let Marks { owner, tags, protect } = reading.marks();
    let events = advanced(&reading.property("AdvancedEventSelectors"));
    let basic_events = basic(&reading.property("EventSelectors")).filter(|_| events.is_none());
    let log_group = reading.text("CloudWatchLogsLogGroupArn");
    let role = reading.reference("CloudWatchLogsRoleArn");
    let aggregation = reading.property("AggregationConfigurations");
    let aggregation: BTreeSet<String> =
        items(&aggregation).flat_map(|one| texts(&one["Templates"])).collect();
    let trail = Trail {
        name: Some(name.clone()),
        region: Some(region.clone()),
        bucket: Reference::Declared(reading.text("S3BucketName").unwrap_or_default()),
        prefix: reading.text("S3KeyPrefix"),
        kms_key: key(&mut reading),
        topic: topic(&mut reading),
        cloudwatch_logs: log_group.map(|arn| CloudWatchLogs {
            log_group: Reference::Declared(without_star(&arn).to_owned()),
            role,
        }),
        multi_region: reading.flag("IsMultiRegionTrail", false),
        global_service_events: reading.flag("IncludeGlobalServiceEvents", true),
        organization: reading.flag("IsOrganizationTrail", false),
        log_file_validation: reading.flag("EnableLogFileValidation", false),
        recursive_logging: true,
        logging: reading.flag("IsLogging", true),
        events,
        basic_events,
        insights: insights(&reading.property("InsightSelectors")),
        aggregation: aggregation.into_iter().collect(),
        tags,
        protect,
        adopt: false,
    };
    reading.note(
        "The template does not tell whether the events of CloudTrail's own deliveries are recorded: they are taken to be, \
         as usual.",
    );
    let outputs = reading.outputs(&name);
    reading.found(trail, (region, name), outputs, owner)
}

/// Returns the key. One that is given by its id is in the account and the Region of the stack: CloudTrail shows its ARN.
fn key(reading: &mut Reading<'_>) -> Option<Reference> {
    let key = reading.key("KMSKeyId")?;
    let Place { account, region, partition } = &reading.resolver.template.place;
    let is_id = !key.as_str().contains([':', '/']);
    Some(match is_id {
        true => Reference::Declared(format!("arn:{partition}:kms:{region}:{account}:key/{}", key.as_str())),
        false => key,
    })
}

/// Returns the ARN of the topic. One that is given by its name is in the account and the Region of the stack.
fn topic(reading: &mut Reading<'_>) -> Option<Reference> {
    let name = reading.text("SnsTopicName")?;
    let Place { account, region, partition } = &reading.resolver.template.place;
    let is_arn = name.starts_with("arn:");
    Some(Reference::Declared(if is_arn {
        name
    } else {
        format!("arn:{partition}:sns:{region}:{account}:{name}")
    }))
}
