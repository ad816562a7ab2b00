//! A key is who its tag says; its alias is a pointer that others may have moved.

use super::*;

const KEYS: &str = "kms_keys: {one: {}, two: {}}\n";

/// The live keys of a spec, with the alias of `one` moved onto another of them, or onto one that `owner` has.
fn moved(onto: &str) -> Live {
    let mut all = live(KEYS);
    let id = |name: &str| ResourceId {
        kind: "kms_key".to_owned(),
        region: Region::new("eu-west-1"),
        name: name.to_owned(),
    };
    let mut one = all.remove(&id("one")).unwrap();
    one.attrs.as_object_mut().unwrap().shift_remove("name");
    one.outputs.retain(|name, _| name == "arn" || name == "key_id");
    let mut other = all[&id("two")].clone();
    if onto == "foreign" {
        other.owner = Owner::Nobody;
    }
    all.insert(id("key/one"), one);
    all.insert(id("one"), other);
    all
}

fn calls(plan: &Plan) -> Vec<(String, String, Value)> {
    let of = |step: &Step| {
        let address = step.address.to_string();
        let call =
            move |call: &CallRecord| (address.clone(), call.operation.clone(), call.parameters.clone());
        step.calls.iter().map(call).collect::<Vec<_>>()
    };
    plan.steps.iter().flat_map(of).collect()
}

#[test]
fn an_alias_that_was_moved_onto_another_key_of_the_stack_is_moved_back() {
    let plan = planned(KEYS, &moved("two"));
    assert_eq!(refusals(&plan), [""; 0]);
    let back = json!({"AliasName": "alias/one", "TargetKeyId": "one"});
    assert_eq!(calls(&plan), [("kms_key.one".to_owned(), "UpdateAlias".to_owned(), back)]);
    assert_eq!(plan.unchanged, [Address::new("kms_key", "two")]);
    assert!(plan.left_alone.is_empty(), "{:?}", plan.left_alone);
    assert!(plan.read_set.keys().any(|id| id.contains("key/one")), "{:?}", plan.read_set.keys());
}

#[test]
fn a_key_whose_alias_another_key_of_the_stack_has_is_made_anew_and_takes_it() {
    let mut gone = moved("two");
    gone.retain(|id, _| id.name != "key/one");
    let plan = planned(KEYS, &gone);
    let calls: Vec<String> =
        calls(&plan).into_iter().map(|(address, call, _)| format!("{address} {call}")).collect();
    assert_eq!(calls, ["kms_key.one CreateKey", "kms_key.one UpdateAlias", "kms_key.one EnableKeyRotation"]);
}

#[test]
fn an_alias_that_names_somebodys_key_is_not_taken_back_unasked() {
    let plan = planned(KEYS, &moved("foreign"));
    assert_eq!(refusals(&plan), ["name-moved kms_key.one"]);
    assert!(
        plan.refused[0].reason.contains("arn:aws:kms:eu-west-1:111122223333:key/one"),
        "{}",
        plan.refused[0].reason
    );
    assert!(plan.steps.is_empty());
}

#[test]
fn an_entry_that_got_another_key_in_the_spec_keeps_its_live_key() {
    let plan = planned("kms_keys: {renamed: {name: one}, two: {}}\n", &live(KEYS));
    let calls: Vec<String> =
        calls(&plan).into_iter().map(|(address, call, _)| format!("{address} {call}")).collect();
    assert_eq!(calls, ["kms_key.renamed TagResource"]);
}
