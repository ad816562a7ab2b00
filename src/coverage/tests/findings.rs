//! Dead selectors, redundant values, overlaps, feedback.

use super::{Operator::*, *};

const RULES: fn() -> Assumptions = Assumptions::default;

#[test]
fn dead_selectors_take_nothing_or_what_others_take() {
    let dead = |trail: Trail| dead_selectors(&trail, RULES());
    assert_eq!(dead(advanced([management(), s3()])), []);
    assert_eq!(dead(base()), []);
    let part = || arn(s3(), StartsWith, &["a/"]);
    let empty = || arn(part(), NotStartsWith, &["a/"]);
    assert_eq!(
        dead(advanced([s3(), part(), empty(), s3()])),
        [(1, Dead::TakenByOthers), (2, Dead::TakesNothing), (3, Dead::TakenByOthers)]
    );
    let halves = ["true", "false"].map(|value| management().is(Field::ReadOnly, value));
    let [reads, writes] = halves;
    assert_eq!(dead(advanced([reads, writes, management()])), [(2, Dead::TakenByOthers)]);
    let basics = ["arn:aws:s3:::a/", "arn:aws:s3:::a/x"]
        .map(|start| BasicSelector { management: false, ..basic_with(&[("AWS::S3::Object", &[start])]) });
    assert_eq!(dead(basic(basics)), [(1, Dead::TakenByOthers)]);
}

#[test]
fn redundant_values_change_nothing() {
    let redundant = |trail: Trail| -> Vec<String> {
        let told = |found: Redundant| {
            format!("{} {} {:?} {}", found.selector, found.field, found.term.operator, found.term.value)
        };
        redundant_values(&trail, RULES()).into_iter().map(told).collect()
    };
    assert_eq!(redundant(advanced([management(), s3()])), [""; 0]);
    assert_eq!(
        redundant(advanced([arn(s3(), StartsWith, &["a/", "a/x", "b/"])])),
        ["0 resources.ARN StartsWith arn:aws:s3:::a/x"]
    );
    assert_eq!(
        redundant(advanced([arn(arn(s3(), StartsWith, &["a/"]), NotStartsWith, &["b/", "a/x"])])),
        ["0 resources.ARN NotStartsWith arn:aws:s3:::b/"]
    );
    let with = |other: Pattern| advanced([arn(s3(), NotStartsWith, &["logs/"]), other]);
    assert_eq!(redundant(with(on(Field::ReadOnly, Equals, &["true"]))), [""; 0]);
    // The other selector takes what this one leaves out. Without the exclusion, it has nothing to itself.
    assert_eq!(
        redundant(with(arn(s3(), StartsWith, &["logs/"]))),
        ["0 resources.ARN NotStartsWith arn:aws:s3:::logs/", "1 resources.ARN StartsWith arn:aws:s3:::logs/"]
    );
}

#[test]
fn overlaps_are_management_events_of_two_trails() {
    let single = |name: &str, home: &str, read_write| Trail {
        name: name.to_owned(),
        home: home.to_owned(),
        multi_region: false,
        ..basic([BasicSelector { read_write, ..basic_with(&[]) }])
    };
    let told = |given: &[Trail]| -> Vec<String> {
        let told = |overlap: Overlap| {
            let Overlap { trails, region, is_global, reads, writes, example } = overlap;
            assert!(cover(given.to_vec()).records(&example.event));
            format!("{} {region:?} {is_global} {reads} {writes}", trails.join("+"))
        };
        overlaps(&cover(given.to_vec())).unwrap().into_iter().map(told).collect()
    };
    let ireland = || single("ireland", "eu-west-1", ReadWrite::All);
    assert_eq!(told(&[base(), advanced([s3()])]), [""; 0]);
    assert_eq!(told(&[ireland(), single("oregon", "us-west-2", ReadWrite::All)]), [""; 0]);
    assert_eq!(told(&[base(), ireland()]), [r#"audit+ireland Some("eu-west-1") false true true"#]);
    assert_eq!(
        told(&[base(), Trail { name: "again".to_owned(), ..base() }]),
        ["audit+again None false true true", r#"audit+again Some("us-east-1") true true true"#]
    );
    assert_eq!(
        told(&[ireland(), single("reads", "eu-west-1", ReadWrite::ReadOnly)]),
        [r#"ireland+reads Some("eu-west-1") false true false"#]
    );
}

#[test]
fn a_trail_that_records_its_own_deliveries_is_found() {
    let found = |trail: &Trail| {
        feedback(trail, "logs", Some("org"), RULES()).unwrap().map(|example| example.to_string())
    };
    let all = advanced([s3()]);
    let words = "PutObject on arn:aws:s3:::logs/org/AWSLogs/x by anyone in any Region, caused by CloudTrail's own delivery, \
                 of s3.amazonaws.com";
    assert_eq!(found(&all).as_deref(), Some(words));
    assert_eq!(found(&Trail { recursive_logging: false, ..all }), None);
    assert_eq!(found(&base()), None);
    assert_eq!(found(&advanced([arn(s3(), NotStartsWith, &["logs/"])])), None);
    assert_eq!(found(&advanced([s3().is(Field::ReadOnly, "true")])), None);
}

#[test]
fn insights_rest_on_what_is_recorded_at_all() {
    let basis = |trail: Trail| {
        let Basis { management_reads, management_writes, data } = basis(&trail, RULES()).unwrap();
        [management_reads, management_writes, data]
    };
    assert_eq!(basis(Trail { logging: false, ..base() }), [true, true, false]);
    assert_eq!(basis(advanced([s3()])), [false, false, true]);
    assert_eq!(basis(advanced([management().is(Field::ReadOnly, "true"), s3()])), [true, false, true]);
}
