//! What a spec expects of its trails.

use super::Code;

const COVERAGE: &str = "trailctl: docs/coverage.md";

pub(super) const CODES: &[Code] = &[
    Code::error(
        "expectation-missed",
        "Not all events of a `must_record` are recorded.",
        "Every event that meets the conditions must be recorded by a trail of the spec, whatever else it is like: in every Region, for one. \
         The message shows an event that is not, and the help says for each trail why. Record it, or say more exactly what is expected.",
        COVERAGE,
    ),
    Code::error(
        "expectation-exceeded",
        "Some events of a `must_not_record` are recorded.",
        "No event that meets the conditions may be recorded by a trail of the spec. The message shows one that is, and the trail that records it.",
        COVERAGE,
    ),
    Code::error(
        "expectation-undecided",
        "It could not be decided whether an expectation holds.",
        "The search for an event that breaks it was given up. What is not proved does not hold.",
        COVERAGE,
    ),
    Code::error(
        "expectation-form",
        "An expectation has not one of its two keys.",
        "An item of `expect` has either `must_record` or `must_not_record`.",
        "trailctl",
    ),
    Code::error(
        "expectation-of-nothing",
        "No event can meet the conditions of an expectation.",
        "It would hold whatever is recorded, and so tests nothing: the conditions exclude each other, or an ARN is not one of its type of resource.",
        COVERAGE,
    ),
    Code::error(
        "expectation-value",
        "An expectation has a value that no event has.",
        "It would hold whatever is recorded: a category is misspelt, a service has no domain, or a `*` is meant to stand for anything, which it \
         does not.",
        COVERAGE,
    ),
    Code::error(
        "expectation-without-values",
        "A condition of an expectation has no values.",
        "Without values a condition excludes nothing. Name a value, or leave the field out.",
        "trailctl",
    ),
    Code::warning(
        "expectation-type",
        "An expectation names a type of resources that is not known.",
        "It may be newer than this trailctl, or misspelt: then the expectation says nothing.",
        COVERAGE,
    ),
    Code::warning(
        "expectation-field",
        "An expectation has a condition on a field that is not known.",
        "Expectations know the fields of advanced event selectors, and `account`, `region`, `scope` and `selfDelivery`. Of other fields \
         nothing can be said but that a selector has the very same condition.",
        COVERAGE,
    ),
];
