//! Files: YAML, its limits, and several files that are one spec.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "yaml-syntax",
        "The text is not YAML.",
        "The file cannot be read at all, so nothing else of it is checked. Indent with spaces, close brackets and quotes, and put texts \
         that hold `: ` or ` #` in quotes.",
        "YAML 1.2",
    ),
    Code::error(
        "yaml-documents",
        "A file holds more than one YAML document.",
        "A line `---` starts a second document. Keep one document in a file; several files of one stack are put together.",
        "trailctl",
    ),
    Code::error(
        "yaml-limit",
        "The spec is larger than any spec needs to be.",
        "A file has at most 1 MiB, 32 levels, and 50,000 values with aliases expanded, so that no input can take long or much memory.",
        "trailctl",
    ),
    Code::error(
        "yaml-tag",
        "A value has a YAML tag.",
        "Tags such as `!secret` or `!Sub` mean something to other tools, and nothing in a spec. Variables are written `${var.NAME}`.",
        "trailctl",
    ),
    Code::error(
        "yaml-alias",
        "An alias stands inside the value that it names.",
        "Such a value would be endless. Give the anchor to a smaller part.",
        "YAML 1.2",
    ),
    Code::error(
        "yaml-key",
        "A key is not a text.",
        "The keys of a spec are texts: put numbers, `true` and `null` in quotes if they are names.",
        "trailctl",
    ),
    Code::error(
        "yaml-merge-key",
        "The merge key `<<` is not part of YAML 1.2.",
        "It came with YAML 1.1, and readers disagree about it. Write the keys out, or use an alias for the whole value.",
        "YAML 1.2",
    ),
    Code::error(
        "duplicate-key",
        "A mapping has the same key twice.",
        "One of the two would be lost without a word. Keep one.",
        "YAML 1.2",
    ),
    Code::error(
        "not-a-spec",
        "The file is not a mapping.",
        "A spec starts with `version: 1` and `stack: NAME`. `trailctl init` writes one to start from.",
        "trailctl",
    ),
    Code::error(
        "several-stacks",
        "The files are of several stacks.",
        "The stack is the owner of all that its files describe. Give the files of one stack at a time.",
        "trailctl",
    ),
    Code::error(
        "conflicting-key",
        "Two files of a stack say different things under the same key.",
        "What stands at the top of a spec holds for the whole stack. Keep it in one of the files.",
        "trailctl",
    ),
    Code::error(
        "duplicate-entry",
        "Two files of a stack have an entry with the same key.",
        "Each entry is one resource. Keep one of the two; the events of a trail can be extended under `event_fragments`.",
        "trailctl",
    ),
    Code::error(
        "invalid-fragment",
        "An event fragment does not say what it extends, or by what.",
        "A fragment is `{extends: TRAIL, events: […]}`. Its events are added to those of the trail, so that a team can keep them \
         beside its own resources.",
        "trailctl",
    ),
    Code::error(
        "fragment-of-basic",
        "A fragment extends a trail with basic event selectors.",
        "A trail has basic or advanced event selectors, never both. `trailctl fmt --upgrade` writes the basic ones as equal advanced \
         ones.",
        "CloudTrail API Reference, PutEventSelectors",
    ),
    Code::warning(
        "invalid-allow",
        "A comment to trailctl is not understood.",
        "The one that there is allows a warning: `# trailctl: allow(CODE) REASON`, on the line itself or on one of its own above the key \
         that it is about.",
        "trailctl",
    ),
    Code::warning(
        "unknown-code",
        "A comment allows a diagnostic that does not exist.",
        "Check the spelling: what was meant is still a warning.",
        "trailctl",
    ),
    Code::warning(
        "allow-of-error",
        "A comment allows an error.",
        "Only warnings can be allowed: with an error the spec cannot be used.",
        "trailctl",
    ),
    Code::warning(
        "allow-without-reason",
        "A comment allows a warning and does not say why.",
        "The next reader will ask. Write the reason behind the code.",
        "trailctl",
    ),
    Code::warning(
        "unused-allow",
        "A comment allows a warning that is not there.",
        "It would hide the warning when it comes back. Remove the comment.",
        "trailctl",
    ),
];
