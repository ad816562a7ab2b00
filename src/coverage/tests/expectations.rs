//! `must_record`, what must not be recorded, and explanations.

use super::{Operator::*, *};

fn mine(pattern: Pattern) -> Pattern {
    pattern.is(Field::Account, "111122223333")
}

fn must(trail: Trail, pattern: Pattern) -> String {
    verdict_words(&must_record(&cover([trail]), &mine(pattern)))
}

#[test]
fn every_completion_must_be_recorded() {
    assert_eq!(must(base(), management()), "");
    assert_eq!(must(advanced([s3()]), arn(s3(), Equals, &["b/k"])), "");
    assert_eq!(must(Trail { recursive_logging: false, ..base() }, management()), "");
    assert_eq!(
        must(basic([BasicSelector { read_write: ReadWrite::ReadOnly, ..basic_with(&[]) }]), management()),
        "a management event that writes, in any Region"
    );
    assert_eq!(
        must(Trail { multi_region: false, ..base() }, management()),
        "a management event, in eu-west-1"
    );
    assert_eq!(
        must(base(), Pattern::default().is(Field::EventSource, "s3.amazonaws.com")),
        "any call on any resource by anyone in any Region, of s3.amazonaws.com"
    );
    let typo = || s3().is(Field::ResourceArn, "bucket/key");
    assert_eq!(must(base(), typo()), "any call on bucket/key by anyone in any Region");
    assert_eq!([typo(), s3()].map(|pattern| can_happen(&cover([base()]), &pattern)), [false, true]);
    assert_eq!(
        verdict_words(&must_record(&cover([]), &mine(arn(s3(), Equals, &["b/k"])))),
        "any call on arn:aws:s3:::b/k by anyone in any Region"
    );
    assert_eq!(
        verdict_words(&must_record(&cover([]), &mine(s3()))),
        "any call on any AWS::S3::Object by anyone in any Region"
    );
}

#[test]
fn no_completion_must_be_recorded() {
    let found = |trail: Trail, pattern: Pattern| {
        let found = find_recorded(&cover([trail]), &mine(pattern)).unwrap();
        found.map(|example| (example.to_string(), example.recorded_by.unwrap().selector))
    };
    assert_eq!(found(base(), s3()), None);
    assert_eq!(
        found(advanced([arn(s3(), NotStartsWith, &["secret/"])]), arn(s3(), Equals, &["secret/x"])),
        None
    );
    let (words, selector) =
        found(advanced([management(), s3()]), arn(s3(), StartsWith, &["secret/"])).unwrap();
    assert_eq!(words, "any call on arn:aws:s3:::secret/x by anyone in any Region");
    assert_eq!(selector, 1);
}

#[test]
fn explanations_name_the_selector_or_what_it_misses() {
    let put = |values: &[(Field, &str)]| {
        let plain = [
            (Field::EventCategory, "Data"),
            (Field::ResourceType, "AWS::S3::Object"),
            (Field::ResourceArn, "arn:aws:s3:::a/x"),
            (Field::EventName, "PutObject"),
            (Field::ReadOnly, "false"),
            (Field::Region, "us-east-1"),
            (Field::Account, "111122223333"),
        ];
        Event::new(plain.iter().chain(values).cloned())
    };
    let outcome = |trail: Trail, event: &Event| explain(&cover([trail]), event).remove(0).outcome;
    let trail = advanced([management(), arn(s3(), StartsWith, &["a/"])]);
    assert_eq!(outcome(trail.clone(), &put(&[])), Outcome::Recorded(1));
    let elsewhere = put(&[(Field::ResourceArn, "arn:aws:s3:::b/x")]);
    let Outcome::NotSelected(misses) = outcome(trail.clone(), &elsewhere) else { panic!() };
    let told: Vec<String> = misses
        .iter()
        .map(|miss| {
            format!(
                "{} {}: {}, not {}",
                miss.selector,
                miss.field,
                miss.value.as_deref().unwrap(),
                miss.condition
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "0 eventCategory: Data, not Equals Management",
            "1 resources.ARN: arn:aws:s3:::b/x, not StartsWith arn:aws:s3:::a/"
        ]
    );
    let b = basic([basic_with(&[
        ("AWS::S3::Object", &["arn:aws:s3:::a/"]),
        ("AWS::Lambda::Function", &["arn:aws:lambda"]),
    ])]);
    let Outcome::NotSelected(misses) = outcome(b, &elsewhere) else { panic!() };
    assert_eq!((misses.len(), &misses[0].field), (1, &Field::ResourceArn));

    let unheard = |trail: Trail, values: &[(Field, &str)]| outcome(trail, &put(values));
    let single = Trail { multi_region: false, ..trail.clone() };
    for (seen, reason) in [
        (unheard(Trail { logging: false, ..trail.clone() }, &[]), Unheard::NotLogging),
        (unheard(trail.clone(), &[(Field::Account, "444455556666")]), Unheard::OtherAccount),
        (unheard(single, &[(Field::Region, "eu-west-1")]), Unheard::OtherRegion),
        (unheard(trail.clone(), &[(Field::Scope, "global")]), Unheard::GlobalService),
        (
            unheard(Trail { recursive_logging: false, ..trail }, &[(Field::SelfDelivery, "yes")]),
            Unheard::SelfDelivery,
        ),
    ] {
        assert_eq!(seen, Outcome::Unheard(reason));
    }
}

#[test]
fn examples_are_read_back_as_they_were_written() {
    let old = advanced([s3().is(Field::from("tlsVersion"), "1.3")]);
    let example = lost(&cover([]), &cover([old]), 1).unwrap().remove(0);
    let json = serde_json::to_string(&example).unwrap();
    assert_eq!(serde_json::from_str::<Example>(&json).unwrap(), example);
    assert!(json.contains(r#""eventName":"PutObject""#), "{json}");
}

#[test]
fn several_losses_are_shown_once_each() {
    let old = || {
        [
            advanced([management(), s3(), data("AWS::Lambda::Function")]),
            Trail { name: "again".to_owned(), ..advanced([s3()]) },
        ]
    };
    let examples = lost(&cover([]), &cover(old()), 9).unwrap();
    let told: Vec<String> = examples.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "a management event, in any Region",
            "a management event of a global service, in us-east-1",
            "any call on any AWS::S3::Object by anyone in any Region",
            "any call on any AWS::Lambda::Function by anyone in any Region",
        ]
    );
    assert_eq!(examples[3].recorded_by, Some(Recorder { trail: "audit".to_owned(), selector: 2 }));
    assert_eq!(lost(&cover([]), &cover(old()), 2).unwrap().len(), 2);
    assert_eq!(lost(&cover(old()), &cover(old()), 2).unwrap(), []);
}
