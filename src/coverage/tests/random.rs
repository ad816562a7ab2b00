//! Random small trails: verdicts against the enumeration of all events, and patterns against the matcher.

use std::sync::LazyLock;

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{Operator::*, *};

/// All texts of up to five signs, short ones first. `#` is in no condition.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut all = vec![String::new()];
    for at in 0..up_to(4) {
        all.extend(["a", "b", "#"].map(|sign| format!("{}{sign}", all[at])));
    }
    all
});

/// Returns how many texts of up to `length` signs there are.
fn up_to(length: u32) -> usize {
    (3usize.pow(length + 1) - 1) / 2
}

fn condition(length: usize) -> impl Strategy<Value = Condition> {
    let value = vec(select(vec!["a", "b"]), 0..=length).prop_map(|signs| signs.concat());
    let term = (select(Operator::ALL.to_vec()), value).prop_map(|(operator, value)| Term { operator, value });
    vec(term, 0..4).prop_map(|terms| Condition(terms.into_iter().collect()))
}

/// Conditions on fields that everything else leaves free: the first may be absent, the second may not.
const FIELDS: [Field; 2] = [Field::VpcEndpointId, Field::EventName];

fn pattern(conditions: &[Condition]) -> Pattern {
    Pattern(FIELDS.into_iter().zip(conditions.iter().cloned()).collect())
}

/// Returns whether some combination of the texts is in an old pattern and in no new one.
fn enumerated(old: &[Vec<Condition>], new: &[Vec<Condition>], texts: [&[Option<&str>]; 2]) -> bool {
    let rules = Assumptions::default();
    let accepted = |conditions: &Vec<Condition>| -> Vec<Vec<bool>> {
        let on_field = |(condition, texts): (&Condition, &[Option<&str>])| {
            texts.iter().map(|text| condition.accepts(*text, &rules)).collect()
        };
        conditions.iter().zip(texts).map(on_field).collect()
    };
    let (old, new): (Vec<_>, Vec<_>) =
        (old.iter().map(accepted).collect(), new.iter().map(accepted).collect());
    let second = if old[0].len() == 2 { texts[1].len() } else { 1 };
    let any = |list: &[Vec<Vec<bool>>], at: [usize; 2]| {
        list.iter().any(|pattern| pattern.iter().zip(at).all(|(row, at)| row[at]))
    };
    (0..texts[0].len()).any(|one| (0..second).any(|two| any(&old, [one, two]) && !any(&new, [one, two])))
}

/// Compares the verdict with the enumeration. A loss has been checked by the matcher when it comes.
fn agrees(old: &[Vec<Condition>], new: &[Vec<Condition>], length: u32) -> Result<(), TestCaseError> {
    let some: Vec<Option<&str>> = TEXTS[..up_to(length)].iter().map(|text| Some(text.as_str())).collect();
    let with_none: Vec<Option<&str>> = some.iter().copied().chain([None]).collect();
    let cover = |list: &[Vec<Condition>]| {
        let patterns = list.iter().map(|conditions| pattern(conditions));
        cover([Trail { multi_region: false, global_service_events: false, ..advanced(patterns) }])
    };
    let verdict = covers(&cover(new), &cover(old));
    prop_assert_eq!(enumerated(old, new, [&with_none, &some]), !verdict.is_contained(), "{:?}", verdict);
    if let Verdict::Lost(example) = &verdict {
        prop_assert!(cover(old).contains(&example.event) && !cover(new).contains(&example.event));
    }
    prop_assert_ne!(verdict, Verdict::TooComplex);
    Ok(())
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, ..ProptestConfig::default() }
}

fn boxes(fields: usize, length: usize, most: usize) -> impl Strategy<Value = Vec<Vec<Condition>>> {
    vec(vec(condition(length), fields), 1..=most)
}

proptest! {
    #![proptest_config(cases(15_000))]
    #[test]
    fn verdicts_on_one_field_agree_with_enumeration(old in boxes(1, 2, 2), new in boxes(1, 2, 3), length in 3..=5u32) {
        // Texts of four signs show all pairs of starts and ends. Some longer ones, not to rest on that.
        agrees(&old, &new, length.max(4))?;
    }
}

proptest! {
    #![proptest_config(cases(5_000))]
    #[test]
    fn verdicts_on_two_fields_agree_with_enumeration(old in boxes(2, 1, 2), new in boxes(2, 1, 4)) {
        agrees(&old, &new, 3)?;
    }

}

proptest! {
    #![proptest_config(cases(1_000))]
    #[test]
    fn a_set_of_trails_covers_its_parts(old in boxes(2, 2, 3), more in boxes(2, 2, 3)) {
        let list = |list: &[Vec<Condition>]| -> Vec<Pattern> { list.iter().map(|conditions| pattern(conditions)).collect() };
        let both = [list(&old), list(&more)].concat();
        prop_assert_eq!(loss([advanced(list(&old))], [advanced(both)]), "");
        prop_assert_eq!(loss([advanced(list(&old))], [advanced(list(&more)), advanced(list(&old))]), "");
    }

    #[test]
    fn less_never_covers_more(old in boxes(2, 2, 3), new in boxes(2, 2, 3), term in condition(2), at in 0..2usize) {
        let list = |list: &[Vec<Condition>]| advanced(list.iter().map(|conditions| pattern(conditions)));
        let is_lost = |new: &[Vec<Condition>]| !loss([list(&old)], [list(new)]).is_empty();
        if !is_lost(&new) {
            return Ok(());
        }
        let mut excluding = new.clone();
        excluding[0][at].0.extend(term.0.into_iter().filter(|term| !term.operator.selects()));
        prop_assert!(is_lost(&excluding));
        let mut selecting = new.clone();
        let selected: Vec<Term> = new[0][at].0.iter().filter(|term| term.operator.selects()).cloned().collect();
        if let [first, _, ..] = selected.as_slice() {
            selecting[0][at].0.remove(first);
            prop_assert!(is_lost(&selecting));
        }
    }

    #[test]
    fn patterns_and_explanations_agree_with_the_matcher(trails in vec(trail(), 1..3), events in vec(event(), 8)) {
        let coverage = cover(trails);
        for event in events {
            prop_assert_eq!(coverage.records(&event), coverage.contains(&event), "{:?}", event);
            let explained = explain(&coverage, &event);
            let says_recorded = explained.iter().any(|told| matches!(told.outcome, Outcome::Recorded(_)));
            prop_assert_eq!(says_recorded, coverage.records(&event));
        }
    }

    #[test]
    fn what_is_contained_loses_no_event(old in vec(trail(), 1..3), new in vec(trail(), 1..3), events in vec(event(), 8)) {
        let verdict = covers(&cover(new.clone()), &cover(old.clone()));
        prop_assert_ne!(&verdict, &Verdict::TooComplex);
        for event in events {
            let is_lost = cover(old.clone()).records(&event) && !cover(new.clone()).records(&event);
            prop_assert!(!(is_lost && verdict.is_contained()), "{:?}", event);
        }
    }
}

const VALUES: [(Field, &[&str]); 9] = [
    (Field::EventCategory, &["Management", "Data", "NetworkActivity"]),
    (Field::ResourceType, &["AWS::S3::Object", "AWS::Lambda::Function"]),
    (Field::Account, &["111122223333", "444455556666"]),
    (Field::Scope, &["regional", "global"]),
    (Field::Region, &["us-east-1", "eu-west-1", "eu-north-1"]),
    (Field::SelfDelivery, &["no", "yes"]),
    (Field::ReadOnly, &["true", "false"]),
    (Field::EventSource, &["kms.amazonaws.com", "s3.amazonaws.com"]),
    (Field::ResourceArn, &["arn:aws:s3:::a/x", "arn:aws:s3:::b", "arn:aws:lambda:f", "arn:aws:lambda:g"]),
];

fn event() -> impl Strategy<Value = Event> {
    let value = |(field, values): (Field, &'static [&'static str])| {
        let is_optional = matches!(field, Field::ResourceType | Field::ResourceArn);
        option::weighted(if is_optional { 0.8 } else { 0.999 }, select(values))
            .prop_map(move |value| Some((field.clone(), value?)))
    };
    let values: Vec<_> = VALUES.into_iter().map(value).collect();
    values.prop_map(|values| Event::new(values.into_iter().flatten()))
}

fn selector() -> impl Strategy<Value = Pattern> {
    let condition = |(field, values): (Field, &'static [&'static str])| {
        let operators = select(vec![Equals, Equals, NotEquals, StartsWith, NotEndsWith]);
        let condition = (operators, vec(select(values), 1..3))
            .prop_map(|(operator, values)| Condition::new(operator, values));
        option::of(condition).prop_map(move |condition| Some((field.clone(), condition?)))
    };
    let is_ours = |field: &Field| Field::of_selector(field.name()) != *field;
    let conditions: Vec<_> = VALUES.into_iter().filter(|(field, _)| !is_ours(field)).map(condition).collect();
    conditions.prop_map(|conditions| Pattern(conditions.into_iter().flatten().collect()))
}

fn basic_selector() -> impl Strategy<Value = BasicSelector> {
    let read_write = select(vec![ReadWrite::All, ReadWrite::ReadOnly, ReadWrite::WriteOnly]);
    let values =
        vec(select(vec!["arn:aws:s3", "arn:aws:s3:::a", "arn:aws:lambda", "arn:aws:lambda:f"]), 0..3);
    let data = vec((select(vec!["AWS::S3::Object", "AWS::Lambda::Function"]), values), 0..3);
    (read_write, any::<bool>(), any::<bool>(), data).prop_map(
        |(read_write, management, excludes_kms, data)| {
            let data: Vec<(&str, &[&str])> =
                data.iter().map(|(r#type, values)| (*r#type, values.as_slice())).collect();
            let exclude_management_sources =
                excludes_kms.then(|| "kms.amazonaws.com".to_owned()).into_iter().collect();
            BasicSelector { read_write, management, exclude_management_sources, ..basic_with(&data) }
        },
    )
}

fn trail() -> impl Strategy<Value = Trail> {
    let selectors = prop_oneof![
        1 => Just(Selectors::Default),
        2 => vec(basic_selector(), 0..3).prop_map(Selectors::Basic),
        4 => vec(selector(), 0..4).prop_map(Selectors::Advanced),
    ];
    (
        any::<[bool; 4]>(),
        select(vec!["us-east-1", "eu-west-1"]),
        select(vec!["111122223333", "444455556666"]),
        selectors,
    )
        .prop_map(
            |(
                [multi_region, global_service_events, organization, recursive_logging],
                home,
                account,
                selectors,
            )| Trail {
                home: home.to_owned(),
                account: account.to_owned(),
                multi_region,
                global_service_events,
                organization,
                recursive_logging,
                selectors,
                ..base()
            },
        )
}
