//! Plans made by hand, for the tests of what renders them.

use serde_json::{Value, json};

use crate::plan::{FORMAT, Plan};

/// Texts that try to be something else than text.
pub(in crate::report) const HOSTILE: &[&str] = &[
    "</summary></details><script>alert(1)</script>",
    "\n\n</details>\n\n# Approved",
    "\n::error file=x::forged",
    "  ::stop-commands::x",
    "##[error]forged",
    "| a | b |\n| --- | --- |",
    "@everyone #1 GH-1 http://evil.example www.evil.example a@evil.example",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "\u{202e}gnp.exe\u{2066}\u{200b}\u{feff}",
    "\u{1b}[2K\u{1b}[1A\u{9b}31m\r\u{7}",
    "```\n```` \n</details>\n*bold* _it_",
    "`` ` ``` ` x`",
    "&lt;b&gt; <b>&amp;",
    "<!-- x --> -->",
    "- [ ] task\n1. one\n> quote\n    code\n---\n# heading",
    "%0A::warning::forged",
    "]]></failure><testcase name=\"x\"/>",
    "\\`x\\` \\",
    "~~~\n:tada: $x$ \\(y\\)",
    "{0} {{x}}",
    " ",
];

/// Returns a plan whose every text is this one, as far as the types let it.
pub(in crate::report) fn plan(text: &str) -> Plan {
    let at = format!("dir/{text}.yaml:7:3");
    let resource = |kind: &str| json!({"kind": kind, "region": "eu-west-1", "name": text});
    let address = |kind: &str| format!("{kind}.{text}");
    let change = |path: &str, old: Value, new: Value| json!({"path": path, "old": old, "new": new});
    let step = |id: usize, kind: &str, action: &str, phase: &str, changes: Value, after: &[usize]| {
        json!({
            "id": id, "address": address(kind), "resource": resource(kind), "action": action, "phase": phase, "changes": changes,
            "attrs": {"tags": {text: text}}, "outputs": {},
            "calls": [{"service": "s3", "operation": "PutBucketTagging", "region": "eu-west-1", "parameters": {"TagSet": {text: text}}}],
            "after": after, "at": at, "from_elsewhere": [{"part": "events[1]", "at": at}],
        })
    };
    let event = json!({"words": format!("a data event of {text}"), "event": {}, "matters": [],
        "recorded_by": {"trail": text, "selector": 0}});
    let note = |kind: &str| json!({"address": address(kind), "reason": format!("it has a grant of {text}"), "at": at});
    let refusal = |code: &str| json!({"address": address("role"), "code": code, "reason": format!("it belongs to `{text}`"), "help": format!("ask `{text}`"), "at": at});
    let document = json!({
        "format": FORMAT, "trailctl": "0.1.0", "stack": text, "account": {"id": "111122223333", "partition": "aws"},
        "steps": [
            step(1, "bucket", "update", "expand", json!([
                change("versioning", json!(false), json!(true)),
                change("tags.team", json!(text), json!(format!("{text}{text}"))),
                change("lifecycle", json!([{"id": text}]), json!([{"id": text}, {"id": "b"}])),
            ]), &[]),
            step(2, "trail", "create", "whole", json!([{"path": "prefix", "new": text, "lasting": text}]), &[1]),
            step(3, "trail", "verify", "whole", json!([]), &[2]),
            step(4, "bucket", "update", "contract", json!([change("policy.statements.A", json!({"Sid": text}), json!(null))]), &[3]),
            step(5, "topic", "delete", "whole", json!([]), &[]),
        ],
        "unchanged": [address("kms_key")],
        "left_alone": [note("log_group")],
        "notes": [note("kms_key")],
        "warnings": [{"code": "unused-bucket", "message": format!("`{text}` is used nowhere"), "help": format!("remove `{text}`"), "at": at}],
        "refused": [refusal("coverage-loss"), refusal("no-owner")],
        "coverage": {"verdict": "reduced", "lost": [event, event], "gained": [event], "weakened": [{"resource": format!("trail {text}"), "what": format!("{text} is off")}]},
        "read_set": {},
    });
    serde_json::from_value(document).unwrap()
}

/// Returns a plan with as many changes, notes and refusals, each of some size.
pub(in crate::report) fn large(number: usize, size: usize) -> Plan {
    let mut plan = plan("x");
    let text = "word ".repeat(size / 5);
    plan.steps[1].changes[0].new = Some(json!(text.lines().collect::<Vec<_>>()));
    let (step, note, refusal) = (plan.steps[1].clone(), plan.notes[0].clone(), plan.refused[1].clone());
    let warning = plan.warnings[0].clone();
    plan.warnings.extend(std::iter::repeat_n(warning, number));
    plan.steps.extend(std::iter::repeat_n(step, number));
    plan.notes.extend(std::iter::repeat_n(note, number));
    plan.refused.extend(std::iter::repeat_n(refusal, number));
    plan
}
