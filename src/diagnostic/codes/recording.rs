//! Event selectors as a whole, basic ones, Insights, aggregation, and what is recorded twice.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "too-many-values",
        "A trail has more than 500 values in its conditions.",
        "All values of all conditions of all selectors of a trail count, also `eventCategory` and `resources.type`.",
        "API Reference, AdvancedEventSelector",
    ),
    Code::warning(
        "duplicate-value",
        "A list has a value twice.",
        "It counts twice towards the limit and says nothing. Remove it.",
        "API Reference, AdvancedFieldSelector",
    ),
    Code::warning(
        "redundant-value",
        "A value says nothing that another one of the condition does not say.",
        "What starts with `a/b` starts with `a/` too. Remove it.",
        "User Guide, \"Filtering data events by using advanced event selectors\"",
    ),
    Code::warning(
        "selected-and-left-out",
        "A value is selected and left out again by the same condition.",
        "What is left out wins: the value selects nothing.",
        "User Guide, \"Filtering data events by using advanced event selectors\"",
    ),
    Code::warning(
        "duplicate-selector",
        "Two selectors of a trail record the same.",
        "An event is recorded once, however many selectors take it. Remove one of the two.",
        "API Reference, PutEventSelectors",
    ),
    Code::warning(
        "dead-selector",
        "A selector records nothing that is not recorded without it.",
        "No event meets all of its conditions, or the other selectors of the trail together take all that it takes. Its values count \
         towards the limit of 500 all the same.",
        "API Reference, PutEventSelectors",
    ),
    Code::warning(
        "vain-exclusion",
        "A value that is left out changes nothing in what is recorded.",
        "No event of the selector has it, or another selector of the trail records it: an event is recorded if any selector takes it. If \
         it shall not be recorded, leave it out of the other selector too.",
        "API Reference, PutEventSelectors",
    ),
    Code::warning(
        "kms-writes-excluded",
        "A selector of events that write leaves KMS out.",
        "What KMS does often, `Decrypt` and `GenerateDataKey`, are events that read. What is left out here is that keys are disabled and deleted.",
        "User Guide, \"Managing trails with the AWS CLI\"",
    ),
    Code::error(
        "too-many-basic-selectors",
        "A trail has more than five basic selectors.",
        "Put the data resources of several into one, or write `events:`.",
        "API Reference, EventSelector",
    ),
    Code::error(
        "too-many-data-resources",
        "The basic selectors of a trail name more than 250 data resources.",
        "Values that stand for all resources of a type do not count.",
        "API Reference, EventSelector",
    ),
    Code::error(
        "basic-selects-nothing",
        "A basic selector has neither management events nor data resources.",
        "CloudTrail refuses it. Name resources, or remove `management: false`.",
        "API Reference, EventSelector",
    ),
    Code::error(
        "exclude-without-management",
        "A basic selector leaves out management events, of which it has none.",
        "Remove the line, or `management: false`.",
        "API Reference, EventSelector",
    ),
    Code::error(
        "type-not-basic",
        "Basic selectors do not know the type of resources.",
        "They know S3 objects, Lambda functions and DynamoDB tables. `events:` knows all types.",
        "API Reference, DataResource",
    ),
    Code::warning(
        "unknown-insight",
        "The type of Insights is not known.",
        "It may be newer than this trailctl, or misspelt.",
        "API Reference, InsightSelector",
    ),
    Code::error(
        "duplicate-insight",
        "A type of Insights is asked for twice.",
        "Put the categories of both into one.",
        "API Reference, PutInsightSelectors",
    ),
    Code::error(
        "invalid-insight-category",
        "Insights do not analyse events of this category.",
        "They analyse `Management` and `Data` events.",
        "API Reference, InsightSelector",
    ),
    Code::error(
        "no-insight-categories",
        "Insights are to analyse no events.",
        "Leave the line out for management events.",
        "API Reference, InsightSelector",
    ),
    Code::error(
        "insight-without-writes",
        "Insights need management events that write, and the trail records none.",
        "The rate of API calls is that of management events that write.",
        "User Guide, \"Working with CloudTrail Insights\"",
    ),
    Code::error(
        "insight-without-management",
        "Insights need management events, and the trail records none.",
        "The rate of errors is that of management events, of those that read or those that write.",
        "User Guide, \"Working with CloudTrail Insights\"",
    ),
    Code::error(
        "insight-without-data",
        "Insights need data events, and the trail records none.",
        "Add a selector of data events, or leave the category out.",
        "User Guide, \"Working with CloudTrail Insights\"",
    ),
    Code::warning(
        "insights-without-logging",
        "A trail that does not log has Insights.",
        "CloudTrail ends Insights when logging stops.",
        "User Guide, \"Managing trails with the AWS CLI\"",
    ),
    Code::warning(
        "unknown-template",
        "The template of the aggregation is not known.",
        "It may be newer than this trailctl, or misspelt.",
        "API Reference, PutEventConfiguration",
    ),
    Code::error(
        "too-many-templates",
        "A trail has more templates than CloudTrail takes.",
        "One configuration has 1 to 50 templates.",
        "API Reference, PutEventConfiguration",
    ),
    Code::error(
        "aggregation-without-data",
        "A trail aggregates data events and records none.",
        "Add a selector of data events, or remove `aggregation`.",
        "User Guide, \"Aggregating data events\"",
    ),
    Code::warning(
        "records-own-bucket",
        "A trail records what CloudTrail writes into its own bucket.",
        "Each log file makes events, which the next log file holds. Write `recursive_logging: false`, or leave the bucket out of the selector.",
        "User Guide, \"Suppressing recursive events\"",
    ),
    Code::warning(
        "duplicate-management-events",
        "Two trails record the same management events.",
        "The first copy of management events in a Region is free, and each further one is billed.",
        "User Guide, \"Managing CloudTrail trail costs\"",
    ),
];
