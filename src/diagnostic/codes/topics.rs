//! Topics: what SNS refuses.

use super::Code;

pub(super) const CODES: &[Code] = &[Code::error(
    "topic-key-region",
    "The key of a topic is in another Region than the topic.",
    "SNS looks for the key in the Region of the topic.",
    "SNS Developer Guide, \"Securing Amazon SNS data with server-side encryption\"",
)];
