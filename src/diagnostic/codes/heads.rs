//! The head of a spec: its form, who it is for, variables.

use super::Code;

pub(super) const CODES: &[Code] = &[
    Code::error(
        "wrong-type",
        "A value is not of the type that its key wants.",
        "A text, a number, a boolean, a list and a mapping are different things. Account ids and version numbers of policies are texts: \
         put them in quotes. YAML 1.2 has the booleans `true` and `false` only.",
        "trailctl, the JSON Schema of specs",
    ),
    Code::error(
        "missing-field",
        "A key that must be there is missing.",
        "Nothing can stand in for it. Add it.",
        "trailctl, the JSON Schema of specs",
    ),
    Code::error(
        "unknown-key",
        "A key is not known.",
        "What nobody reads would be believed to work. Check the spelling; an editor with the JSON Schema completes the keys.",
        "trailctl, the JSON Schema of specs",
    ),
    Code::error(
        "unknown-value",
        "A value is not one of those that its key takes.",
        "The key takes one of a few words, which are written as AWS writes them.",
        "trailctl, the JSON Schema of specs",
    ),
    Code::error(
        "unknown-version",
        "The version of the language is not known.",
        "This trailctl reads `version: 1`. A later version of the language needs a later trailctl.",
        "trailctl",
    ),
    Code::error(
        "stack-name-length",
        "The name of the stack is too short or too long.",
        "It is kept as a tag of all that the stack owns, and it is part of the ids of policy statements: 1 to 63 characters.",
        "trailctl",
    ),
    Code::error(
        "stack-name-characters",
        "The name of the stack has characters that cannot be used.",
        "It is part of the ids of policy statements: lower-case letters, digits and dashes.",
        "trailctl",
    ),
    Code::error(
        "stack-name-start",
        "The name of the stack starts with a dash.",
        "It starts with a letter or a digit.",
        "trailctl",
    ),
    Code::error(
        "unknown-variable",
        "There is no such variable.",
        "The variables are `${account}`, `${region}`, `${partition}`, `${org}` and `${var.NAME}`. Nothing else is a template, and the \
         environment is never read into a spec.",
        "trailctl",
    ),
    Code::error(
        "unset-variable",
        "A variable has no value.",
        "Give `--var NAME=VALUE` or `--var-file FILE`, or write a default under `vars:`.",
        "trailctl",
    ),
    Code::warning(
        "undeclared-variable",
        "A file of variables has a value that the spec does not ask for.",
        "The name may be misspelt, and the variable has its default then. A file that several specs share may hold more than each \
         needs: allow the warning then, with `# trailctl: allow(undeclared-variable) REASON` on its line, or with `--allow`.",
        "trailctl",
    ),
    Code::error(
        "unclosed-variable",
        "A `${` has no `}`.",
        "Close it. A text cannot hold `${` for itself.",
        "trailctl",
    ),
    Code::error(
        "nested-variable",
        "The value of a variable holds another variable.",
        "Values are put in as they are. Write the value itself.",
        "trailctl",
    ),
    Code::error(
        "invalid-variable-name",
        "A variable cannot have this name.",
        "Names of variables are letters, digits and `_`, starting with a letter.",
        "trailctl",
    ),
    Code::warning(
        "unused-variable",
        "A variable is declared and used nowhere.",
        "It may be misspelt where it was meant to be used. Remove it, or use it.",
        "trailctl",
    ),
    Code::error(
        "misplaced-policy-variable",
        "A variable of IAM policies stands outside a policy.",
        "`${aws:…}` means something to IAM in the statements of policies. Elsewhere it would be taken as it is.",
        "IAM User Guide, \"IAM policy elements: Variables and tags\"",
    ),
];
