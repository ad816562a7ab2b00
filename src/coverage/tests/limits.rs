//! Large trails, and questions that are given up.

use super::{Operator::*, *};

/// 166 selectors with three values each: just under what a trail may have.
fn large(shift: usize, operator: Operator) -> Trail {
    advanced((0..166).map(|number| arn(s3(), operator, &[&format!("bucket-{:03}/", number + shift)])))
}

#[test]
fn large_trails_are_decided() {
    assert_eq!(loss([large(0, StartsWith)], [large(0, StartsWith)]), "");
    assert_eq!(
        loss([large(0, StartsWith)], [large(1, StartsWith)]),
        "any call on arn:aws:s3:::bucket-000/x by anyone in any Region"
    );
    assert_eq!(loss([large(0, NotStartsWith)], [large(1, NotStartsWith)]), "");
    let many = |operator, skip: usize| {
        let starts: Vec<String> = (skip..498).map(|number| format!("bucket/{number}/")).collect();
        advanced([arn(s3(), operator, &starts.iter().map(String::as_str).collect::<Vec<_>>())])
    };
    assert_eq!(loss([many(StartsWith, 1)], [many(StartsWith, 0)]), "");
    assert_eq!(
        loss([many(StartsWith, 0)], [many(StartsWith, 1)]),
        "any call on arn:aws:s3:::bucket/0/x by anyone in any Region"
    );
    assert_eq!(
        loss([many(NotStartsWith, 1)], [many(NotStartsWith, 0)]),
        "any call on arn:aws:s3:::bucket/0/x by anyone in any Region"
    );
}

#[test]
fn a_puzzle_is_given_up() {
    let (old, new) = puzzle();
    assert_eq!(covers(&cover([new]), &cover([old])), Verdict::TooComplex);
}

/// Many selectors that each leave out some values of each of many fields: nothing can be seen before the last field.
fn puzzle() -> (Trail, Trail) {
    let fields = [
        Field::EventSource,
        Field::EventName,
        Field::EventType,
        Field::ResourceArn,
        Field::UserIdentityArn,
        Field::ErrorCode,
        Field::VpcEndpointId,
    ];
    let mut state = 7u64;
    let mut one_in_five = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33).is_multiple_of(5)
    };
    let mut selector = |_| {
        let excluding = |pattern: Pattern, field: &Field| {
            let values: Vec<String> =
                (0..16).filter(|_| one_in_five()).map(|value| format!("v{value}")).collect();
            pattern.and(field.clone(), Condition::new(NotEquals, values))
        };
        fields.iter().fold(s3(), excluding)
    };
    (advanced([s3()]), advanced((0..90).map(&mut selector).collect::<Vec<_>>()))
}
