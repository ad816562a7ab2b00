//! Topics: what SNS refuses.

use super::Code;

pub(super) const CODES: &[Code] = &[];
