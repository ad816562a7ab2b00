//! What a plan does only if it is allowed by name: to write over what was not understood, to take from another stack.

use super::*;
use crate::policy::document::PolicyDocument;

fn opaque() -> Value {
    serde_json::to_value(PolicyDocument::read("{\"Version\":1}")).unwrap()
}

fn replacing(name: &str) -> Policy {
    Policy { replace_policy: [name.to_owned()].into(), ..allowing(&[], &[]) }
}

#[test]
fn a_policy_that_is_not_understood_is_written_over_only_by_name() {
    for mode in ["exclusive", "merge"] {
        let text = SPEC.replace("logs: {}", &format!("logs: {{name: acme-logs, policy: {{mode: {mode}}}}}"));
        let mut all = live(&text);
        seen(&mut all, "bucket").attrs["policy"] = opaque();
        let refused = planned(&text, &all);
        assert_eq!(refusals(&refused), ["opaque-policy bucket.logs"], "{mode}");
        assert!(refused.refused[0].help.contains("`--replace-policy logs`"), "{mode}");
        assert_eq!(steps(&refused), [""; 0], "{mode}");
        for name in ["logs", "acme-logs", "bucket.logs"] {
            let plan = plan(&desired(&text), &all.clone().into(), &replacing(name)).unwrap();
            let written = plan.steps[0].calls[0].parameters["Policy"]["Statement"].as_array().unwrap();
            assert_eq!((plan.refused.len(), written.len()), (0, 3), "{mode}");
            assert!(written.iter().all(Value::is_object), "{mode}");
            let paths: Vec<String> =
                plan.steps[0].changes.iter().map(|change| change.path.to_string()).collect();
            assert_eq!(paths.last().map(String::as_str), Some("policy.statements[0]"), "{mode}");
        }
        let other = plan(&desired(&text), &all.into(), &replacing("audit")).unwrap();
        assert_eq!(refusals(&other), ["opaque-policy bucket.logs"], "{mode}");
    }
}

#[test]
fn so_is_each_policy_of_a_role() {
    let text = "roles: {writer: {}}\n";
    let policies: [fn(&mut Value); 3] = [
        |attrs| attrs["trust"] = opaque(),
        |attrs| attrs["policy"] = opaque(),
        |attrs| attrs["inline_policies"]["theirs"] = opaque(),
    ];
    for put in policies {
        let mut all = live(text);
        put(&mut seen(&mut all, "role").attrs);
        assert_eq!(refusals(&planned(text, &all)), ["opaque-policy role.writer"]);
        let plan = plan(&desired(text), &all.into(), &replacing("writer")).unwrap();
        assert_eq!((plan.refused.len(), plan.steps.len()), (0, 1));
    }
}

#[test]
fn what_a_named_stack_owns_is_taken_over_and_marked_first() {
    let text = SPEC.to_owned() + "roles: {writer: {}}\nlog_groups: {/audit: {}}\ntopics: {told: {}}\n";
    let mut all = live(&text);
    for seen in all.values_mut() {
        let (stack, resource) = ("other".to_owned(), Some("theirs".to_owned()));
        seen.owner = Owner::Stack { stack, resource, nonce: None };
        seen.attrs["tags"] =
            json!({"trailctl:stack": "other", "trailctl:resource": "theirs", "added": "by them"});
    }
    let taking = |stack: &str| {
        let policy = Policy { take_from: [stack.to_owned()].into(), ..allowing(&[], &[]) };
        plan(&desired(&text), &all.clone().into(), &policy).unwrap()
    };
    let refused = taking("third");
    assert_eq!((refused.refused.len(), refused.steps.len()), (5, 0));
    assert!(refused.refused.iter().all(|one| one.code == "other-stack"));
    assert!(refused.refused[0].help.ends_with("`--take-ownership-from other`"), "{:?}", refused.refused);
    let plan = taking("other");
    assert_eq!((plan.refused.len(), plan.steps.len()), (0, 5));
    for step in &plan.steps {
        let first = &step.calls[0];
        assert!(first.parameters.to_string().contains("trailctl:stack"), "{}: {first:?}", step.address);
        assert!(!first.operation.starts_with("Un"), "{first:?}");
    }
}

#[test]
fn nothing_is_taken_over_that_the_spec_does_not_describe() {
    let mut all = live(&SPEC.replace("audit:", "theirs:"));
    for seen in all.values_mut() {
        seen.owner = Owner::Stack { stack: "other".to_owned(), resource: None, nonce: None };
    }
    all.retain(|id, _| id.kind == "trail");
    let policy = Policy { take_from: ["other".to_owned()].into(), ..allowing(&["theirs"], &[]) };
    let plan = plan(&desired("buckets: {logs: {}}\n"), &all.into(), &policy).unwrap();
    assert_eq!(steps(&plan), ["Create bucket.logs in eu-west-1 after {}"]);
}
