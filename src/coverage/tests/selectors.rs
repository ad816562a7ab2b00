//! What selectors take: the examples of AWS's documentation, and the switches.

use super::{Operator::*, *};

fn event(values: &[(Field, &str)]) -> Event {
    Event::new([(Field::Account, "111122223333"), (Field::Region, "eu-west-1")].iter().chain(values).cloned())
}

#[test]
fn operators_combine_as_in_the_example_of_the_user_guide() {
    let b = "amzn-s3-demo-bucket";
    let mut pattern = s3();
    let arns =
        |names: &[&str]| names.iter().map(|name| format!("arn:aws:s3:::{b}/{name}")).collect::<Vec<_>>();
    let condition = Condition::new(Equals, arns(&["object1"]))
        .with(StartsWith, arns(&[""]))
        .with(EndsWith, ["object3"])
        .with(NotStartsWith, arns(&["deselect"]))
        .with(NotEndsWith, ["object5"])
        .with(NotEquals, arns(&["object6"]));
    pattern = pattern.and(Field::ResourceArn, condition);
    let trail = cover([advanced([pattern])]);
    for (name, is_recorded) in [
        ("amzn-s3-demo-bucket/object1", true),
        ("amzn-s3-demo-bucket/object2", true),
        ("amzn-s3-demo-bucket1/object3", true),
        ("amzn-s3-demo-bucket/deselectObject4", false),
        ("amzn-s3-demo-bucket/object5", false),
        ("amzn-s3-demo-bucket/object6", false),
    ] {
        let event = event(&[
            (Field::EventCategory, "Data"),
            (Field::ResourceType, "AWS::S3::Object"),
            (Field::ResourceArn, &format!("arn:aws:s3:::{name}")),
        ]);
        assert_eq!(trail.records(&event), is_recorded, "{name}");
        assert_eq!(trail.contains(&event), is_recorded, "{name}");
    }
}

#[test]
fn basic_selectors_equal_the_advanced_ones_of_the_user_guide() {
    let with = |change: &dyn Fn(&mut BasicSelector), data: &[(&str, &[&str])]| {
        let mut selector = basic_with(data);
        change(&mut selector);
        selector
    };
    let nothing = |_: &mut BasicSelector| {};
    let whole = |r#type: &str, value: &str| {
        let arn = Condition::new(Equals, [value]);
        data(r#type).and(Field::ResourceArn, arn)
    };
    let (function, table) = (
        "arn:aws:lambda:us-east-1:111122223333:function:f",
        "arn:aws:dynamodb:us-east-1:111122223333:table/t",
    );
    let sources = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];
    let without = |count: usize| {
        let condition = Condition::new(NotEquals, sources[..count].iter().copied());
        management().and(Field::EventSource, condition)
    };
    let exclude = |count: usize| {
        move |selector: &mut BasicSelector| {
            selector.exclude_management_sources = sources[..count].iter().map(ToString::to_string).collect();
        }
    };
    let read_write = |wanted| move |selector: &mut BasicSelector| selector.read_write = wanted;
    let data_only = |selector: &mut BasicSelector| selector.management = false;
    let writes = |pattern: Pattern| pattern.is(Field::ReadOnly, "false");
    let some_objects = arn(s3(), StartsWith, &["b/p"]);
    let cases = [
        (with(&nothing, &[]), vec![management()]),
        (with(&read_write(ReadWrite::ReadOnly), &[]), vec![management().is(Field::ReadOnly, "true")]),
        (with(&read_write(ReadWrite::WriteOnly), &[]), vec![writes(management())]),
        (with(&exclude(1), &[]), vec![without(1)]),
        (with(&exclude(2), &[]), vec![without(2)]),
        (with(&data_only, &[("AWS::S3::Object", &["arn:aws:s3"])]), vec![s3()]),
        (with(&data_only, &[("AWS::S3::Object", &["arn:aws:s3:::"])]), vec![s3()]),
        (with(&data_only, &[("AWS::S3::Object", &["arn:aws:s3:::b/p"])]), vec![some_objects.clone()]),
        (
            with(&nothing, &[("AWS::Lambda::Function", &[function])]),
            vec![management(), whole("AWS::Lambda::Function", function)],
        ),
        (
            with(&nothing, &[("AWS::DynamoDB::Table", &[table])]),
            vec![management(), whole("AWS::DynamoDB::Table", table)],
        ),
        (
            with(
                &read_write(ReadWrite::WriteOnly),
                &[("AWS::S3::Object", &["arn:aws:s3:::b/p"]), ("AWS::Lambda::Function", &[function])],
            ),
            vec![
                writes(management()),
                writes(some_objects),
                writes(whole("AWS::Lambda::Function", function)),
            ],
        ),
    ];
    for (given, same) in cases {
        let upgraded = advanced(given.upgraded("aws"));
        assert!(are_equal(basic([given.clone()]), advanced(same)), "{given:?}");
        assert!(are_equal(basic([given]), upgraded));
    }
}

#[test]
fn nothing_is_recorded_while_logging_is_off() {
    let off = Trail { logging: false, ..base() };
    assert_eq!(loss([off.clone()], []), "");
    assert_eq!(loss([base()], [off]), "a management event, in any Region");
}

#[test]
fn deliveries_of_cloudtrail_itself_can_be_left_out() {
    let old = advanced([s3()]);
    let new = Trail { recursive_logging: false, ..old.clone() };
    assert_eq!(loss([new.clone()], [old.clone()]), "");
    let words =
        "any call on any AWS::S3::Object by anyone in any Region, caused by CloudTrail's own delivery";
    assert_eq!(loss([old], [new]), words);
}

#[test]
fn conditions_on_unknown_fields_are_compared_but_not_understood() {
    let with = |condition| advanced([s3().and(Field::from("tlsVersion"), condition)]);
    let one = || Condition::new(Equals, ["1.2"]);
    let two = || Condition::new(Equals, ["1.2", "1.3"]);
    assert_eq!(loss([with(one())], [with(two())]), "");
    assert_eq!(loss([with(one())], [advanced([s3()])]), "");
    assert_eq!(loss([with(one().with(NotEquals, ["1.1"]))], [with(one())]), "");
    let without = |versions: &[&str]| with(Condition::new(NotEquals, versions.iter().copied()));
    assert_eq!(loss([without(&["1.0", "1.1"])], [without(&["1.0"])]), "");
    assert_ne!(loss([without(&["1.0"])], [without(&["1.0", "1.1"])]), "");
    let lost = "any call on any AWS::S3::Object by anyone in any Region, with tlsVersion Equals 1.3";
    assert_eq!(loss([with(two())], [with(one())]), lost);
    // One could think that these are everything, and that 1.2 starts with 1. Of an unknown field nobody knows.
    let halves = [one(), Condition::new(NotEquals, ["1.2"])].map(with);
    assert_ne!(loss([advanced([s3()])], halves), "");
    assert_ne!(loss([with(one())], [with(Condition::new(StartsWith, ["1"]))]), "");
}

#[test]
fn repeated_conditions_are_a_conjunction() {
    let twice = on(Field::EventName, StartsWith, &["Get"]);
    let twice = twice.and(Field::EventName, Condition::new(EndsWith, ["Acl", "Tagging"]));
    let once = |name: &str| on(Field::EventName, Equals, &[name]);
    assert_eq!(loss([advanced([once("GetObjectAcl")])], [advanced([twice.clone()])]), "");
    assert_ne!(loss([advanced([once("GetObject")])], [advanced([twice.clone()])]), "");
    let lost = loss([advanced([twice.clone()])], [advanced([once("GetObjectAcl")])]);
    assert_eq!(lost, "GetObjectTagging on any AWS::S3::Object by anyone in any Region");
    assert_eq!(loss([advanced([twice.clone()])], [advanced([twice])]), "");
}

#[test]
fn each_assumption_changes_a_verdict() {
    let s3_but = |value: &str| on(Field::UserIdentityArn, NotEquals, &[value]);
    let named = |name: &str| on(Field::EventName, Equals, &[name]);
    let twice = named("GetObject").and(Field::EventName, Condition::new(Equals, ["PutObject"]));
    let halves = || ["true", "false"].map(|value| management().is(Field::ReadOnly, value));
    let default = Assumptions::default();
    let without = [
        Assumptions { absent_passes_exclusions: false, ..default },
        Assumptions { one_resource_decides: false, ..default },
        Assumptions { case_sensitive: false, ..default },
        Assumptions { repeated_conditions_all_hold: false, ..default },
        Assumptions { read_only_is_known: false, ..default },
    ];
    let pairs = [
        (vec![s3()], vec![s3_but("a"), on(Field::UserIdentityArn, Equals, &["a"])]),
        (vec![arn(s3(), Equals, &["a/x"])], vec![arn(s3(), StartsWith, &["a/"])]),
        (vec![named("getobject")], vec![named("GetObject")]),
        (vec![named("GetObject")], vec![twice]),
        (vec![management()], halves().to_vec()),
    ];
    for (number, (rules, (old, new))) in without.into_iter().zip(pairs).enumerate() {
        let contained = |rules| {
            let cover = |selectors: &[Pattern]| Coverage::new([advanced(selectors.to_vec())], rules);
            covers(&cover(&new), &cover(&old)).is_contained()
        };
        assert_ne!(contained(default), contained(rules), "A{}", number + 1);
    }
}

#[test]
fn only_impossible_losses_are_told_apart() {
    let old = advanced([on(Field::ResourceArn, EndsWith, &[".gz"])]);
    let new = advanced([arn(s3(), StartsWith, &[""])]);
    let Verdict::Lost(example) = covers(&cover([new]), &cover([old])) else {
        panic!("ARNs of other services are lost")
    };
    assert!(!example.is_possible, "{example}");
}
