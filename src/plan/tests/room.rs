//! A Region has room for five trails, whoever made them; a multi-Region one takes a place in each.

use super::*;

const HOME: &str = "eu-west-1";

/// Live trails that carry no mark, each `NAME in REGION`; those whose name begins with `every` are multi-Region.
fn others(names: &[&str]) -> Live {
    let trail = |name: &&str| {
        let (name, region) = name.split_once(" in ").unwrap();
        let text = format!(
            "trails: {{{name}: {{bucket: logs, region: {region}, multi_region: {}}}}}\nbuckets: {{logs: {{}}}}\n",
            name.starts_with("every")
        );
        let found = live(&text).into_iter().find(|(id, _)| id.kind == "trail");
        let (id, seen) = found.unwrap();
        (id, Observed { owner: Owner::Nobody, ..seen })
    };
    names.iter().map(trail).collect()
}

fn single(name: &str) -> String {
    format!("{name}: {{bucket: logs, multi_region: false}}")
}

fn spec(trails: &[String]) -> String {
    format!("trails: {{{}}}\nbuckets: {{logs: {{}}}}\n", trails.join(", "))
}

#[test]
fn a_sixth_trail_is_refused_and_the_five_are_named() {
    let five = ["aaa", "bbb", "ccc", "ddd", "eee"].map(|name| format!("{name} in {HOME}"));
    let five: Vec<&str> = five.iter().map(String::as_str).collect();
    let plan = planned(&spec(&[single("new")]), &others(&five));
    assert_eq!(refusals(&plan), ["too-many-trails trail.new"]);
    assert!(
        plan.refused[0].reason.contains("eu-west-1 has room for 5")
            && plan.refused[0].reason.ends_with("aaa, bbb, ccc, ddd, eee")
    );
    assert!(plan.steps.iter().all(|step| step.resource.kind != "trail"), "{:?}", steps(&plan));
    // The fifth is taken.
    let plan = planned(&spec(&[single("new")]), &others(&five[1..]));
    assert_eq!(refusals(&plan), [""; 0]);
}

#[test]
fn a_multi_region_trail_takes_a_place_in_each_region() {
    let text = |new: &str| spec(&[new.to_owned()]);
    let elsewhere = ["aaa", "bbb", "ccc", "ddd", "eee"].map(|name| format!("{name} in us-east-1"));
    let elsewhere = others(&elsewhere.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(refusals(&planned(&text(&single("new")), &elsewhere)), [""; 0]);
    let everywhere = planned(&text("new: {bucket: logs}"), &elsewhere);
    assert_eq!(refusals(&everywhere), ["too-many-trails trail.new"]);
    assert!(everywhere.refused[0].reason.starts_with("us-east-1 has room"));

    let mixed = others(&[
        "every in us-east-1",
        "every2 in us-west-2",
        "aaa in eu-west-1",
        "bbb in eu-west-1",
        "ccc in eu-west-1",
    ]);
    let plan = planned(&text(&single("new")), &mixed);
    assert!(plan.refused[0].reason.contains("every of us-east-1"), "{}", plan.refused[0].reason);
}

#[test]
fn a_single_region_trail_that_becomes_multi_region_needs_a_place_in_each() {
    let trail = |every: bool| spec(&[format!("audit: {{bucket: logs, multi_region: {every}}}")]);
    let mut seen = live(&trail(false));
    seen.extend(others(&[
        "aaa in us-east-1",
        "bbb in us-east-1",
        "ccc in us-east-1",
        "ddd in us-east-1",
        "eee in us-east-1",
    ]));
    assert_eq!(refusals(&planned(&trail(false), &seen)), [""; 0]);
    assert_eq!(refusals(&planned(&trail(true), &seen)), ["too-many-trails trail.audit"]);
    // It has them already.
    let mut seen = live(&trail(true));
    seen.extend(others(&[
        "aaa in us-east-1",
        "bbb in us-east-1",
        "ccc in us-east-1",
        "ddd in us-east-1",
        "eee in us-east-1",
    ]));
    assert_eq!(refusals(&planned(&trail(false), &seen)), [""; 0]);
}

#[test]
fn what_the_same_plan_makes_or_deletes_takes_places_too() {
    let four = others(&["aaa in eu-west-1", "bbb in eu-west-1", "ccc in eu-west-1", "ddd in eu-west-1"]);
    let plan = planned(&spec(&[single("one"), single("two")]), &four);
    assert_eq!(refusals(&plan), ["too-many-trails trail.two"]);
    // The old one goes when the new one is in place: there must be room for both.
    let mut renamed = live(&spec(&["audit: {bucket: logs, multi_region: false, protect: false}".to_owned()]));
    renamed.extend(four);
    let plan = planned(
        &spec(&["audit: {bucket: logs, multi_region: false, protect: false, name: other}".to_owned()]),
        &renamed,
    );
    assert_eq!(refusals(&plan), ["too-many-trails trail.audit"]);
    assert!(plan.refused[0].reason.ends_with("aaa, audit, bbb, ccc, ddd"), "{}", plan.refused[0].reason);
}
