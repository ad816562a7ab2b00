//! References between entries, and to what others manage.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "unknown-reference",
        "A reference names no entry of the right kind.",
        "A text names an entry of this spec; what others manage is named by `{existing: NAME}`.",
        "trailctl",
    ),
    Code::error(
        "existing-is-declared",
        "`{existing: …}` names what this spec describes.",
        "An entry is managed by this spec, an existing resource by others: it cannot be both. Name the entry.",
        "trailctl",
    ),
    Code::error(
        "circle",
        "Entries refer to each other in a circle.",
        "Neither could be made before the other.",
        "trailctl",
    ),
];
