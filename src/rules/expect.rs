//! What the spec expects its trails to record, and not to record. The coverage room decides it for all events there can be.

use crate::{
    coverage::{
        Condition, Coverage, Example, Field, Operator, Pattern, Verdict, can_happen, explain, find_recorded,
        must_record,
    },
    diagnostic::{Diagnostic, Place, nearest},
    events::{sources::SUFFIX, types},
    kinds::{
        Resource as _,
        trail::{
            Trail, recorded,
            selectors::{Condition as Conditions, Where},
        },
    },
    path::Path,
    resolve,
    spec::{Expectation, Spec},
};

/// The trails of the spec: where each one is, and what they record.
struct Trails {
    places: Vec<Path>,
    coverage: Coverage,
}

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    if spec.head.expect.is_empty() || spec.unreadable.iter().any(|address| address.kind == Trail::KIND) {
        return;
    }
    let trails = trails(spec);
    for (index, Expectation { must_record, must_not_record }) in spec.head.expect.iter().enumerate() {
        let at = Path::keys(["expect"]).index(index);
        match (must_record, must_not_record) {
            (Some(events), None) => wants(spec, &trails, events, &at.key("must_record"), found),
            (None, Some(events)) => forbids(spec, &trails, events, &at.key("must_not_record"), found),
            _ => {
                let message = "an expectation has either `must_record` or `must_not_record`";
                found.push(Diagnostic::at("expectation-form", at, message).help("write one item for each"));
            }
        }
    }
}

fn trails(spec: &Spec) -> Trails {
    let account = resolve::account_of(spec);
    let (trails, places) =
        resolve::trails(spec).into_iter().map(|(id, (at, trail))| ((id, trail), at)).unzip();
    Trails { places, coverage: recorded::coverage(&trails, &account) }
}

/// Returns the events that are meant: of this account, unless something else is said. Says what is odd about them.
fn meant(
    spec: &Spec,
    trails: &Trails,
    events: &Where,
    at: &Path,
    found: &mut Vec<Diagnostic>,
) -> Option<Pattern> {
    for (name, condition) in &events.0 {
        if condition.0.lists().iter().all(|list| list.is_empty()) {
            let message = "a condition without values says nothing";
            let one = Diagnostic::at("expectation-without-values", at.key(name), message).at_key();
            found.push(one.help("give it a value, or remove it"));
        }
        found.extend(values(name, condition, &at.key(name)));
        if matches!(Field::from(name.as_str()), Field::Other(_)) {
            let known: Vec<Field> = Field::known().collect();
            let help = match nearest(name, known.iter().map(Field::name)) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("one of: {}", known.iter().map(Field::name).collect::<Vec<_>>().join(", ")),
            };
            let message = format!("events have no field `{name}` that is known");
            found.push(Diagnostic::at("expectation-field", at.key(name), message).at_key().help(help));
        }
    }
    let pattern = recorded::events(events);
    let is_account_said = pattern.on(&Field::Account).next().is_some();
    let pattern = match is_account_said {
        true => pattern,
        false => pattern.and(Field::Account, Condition::new(Operator::Equals, [spec.account.as_str()])),
    };
    if can_happen(&trails.coverage, &pattern) {
        return Some(pattern);
    }
    let message = "no event can meet these conditions, so that the expectation says nothing";
    let help = "correct them: a name may be misspelt, or an ARN belong to another type of resource";
    found.push(Diagnostic::at("expectation-of-nothing", at.clone(), message).at_key().help(help));
    None
}

/// Says which values no event has: an expectation of them would hold whatever is recorded.
fn values(name: &str, condition: &Conditions, at: &Path) -> Vec<Diagnostic> {
    let [equals, _, _, not_equals, _, _] = condition.0.lists();
    let field = Field::from(name);
    let mut found = Vec::new();
    let one = |message: String, help: String| {
        Diagnostic::at("expectation-value", at.clone(), message).at_key().help(help)
    };
    for value in equals.iter().chain(not_equals) {
        if let Some(known) = field.few_values().filter(|known| !known.contains(&value.as_str())) {
            let help = match nearest(value, known.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("one of: {}", known.join(", ")),
            };
            found.push(one(format!("no event has the `{name}` `{value}`"), help));
        }
        let is_source = field == Field::EventSource && !value.ends_with(SUFFIX);
        if is_source {
            found.push(one(format!("`{value}` is no event source"), format!("write `{value}{SUFFIX}`")));
        }
    }
    let unknown = |value: &&String| field == Field::ResourceType && !types::is_known(value);
    for value in equals.iter().chain(not_equals).filter(unknown) {
        let help = match nearest(value, types::TYPES.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "it may be newer than this trailctl, or misspelt".to_owned(),
        };
        let message = format!("`{value}` is not a type of resources that is known");
        found.push(Diagnostic::at("expectation-type", at.clone(), message).at_key().help(help));
    }
    let stars = condition.0.lists().into_iter().flatten().find(|value| value.contains('*'));
    if let Some(value) = stars {
        let help = "write what values start with: `starts_with`".to_owned();
        found.push(one(format!("the `*` in `{value}` stands for itself"), help));
    }
    found
}

fn wants(spec: &Spec, trails: &Trails, events: &Where, at: &Path, found: &mut Vec<Diagnostic>) {
    let Some(pattern) = meant(spec, trails, events, at, found) else { return };
    match must_record(&trails.coverage, &pattern) {
        Verdict::Contained => {}
        Verdict::Lost(example) => {
            let message = format!("not all of these events are recorded: {example}");
            let one = Diagnostic::at("expectation-missed", at.clone(), message).at_key();
            found.push(one.help(why(trails, &example)));
        }
        Verdict::TooComplex => found.push(undecided(at)),
    }
}

/// Says for each trail why it does not record an event.
fn why(trails: &Trails, example: &Example) -> String {
    let said = explain(&trails.coverage, &example.event);
    let said: Vec<String> = said
        .iter()
        .zip(trails.coverage.trails())
        .map(|(one, trail)| format!("{}: {}", one.trail, one.words(trail)))
        .collect();
    if said.is_empty() { "the spec has no trail".to_owned() } else { said.join("; ") }
}

fn forbids(spec: &Spec, trails: &Trails, events: &Where, at: &Path, found: &mut Vec<Diagnostic>) {
    let Some(pattern) = meant(spec, trails, events, at, found) else { return };
    let example = match find_recorded(&trails.coverage, &pattern) {
        Ok(None) => return,
        Ok(Some(example)) => example,
        Err(_) => return found.push(undecided(at)),
    };
    let message = format!("some of these events are recorded: {example}");
    let mut one = Diagnostic::at("expectation-exceeded", at.clone(), message).at_key();
    let all = trails.coverage.trails();
    let by = example.recorded_by.as_ref();
    if let Some((number, by)) =
        by.and_then(|by| Some((all.iter().position(|trail| trail.name == by.trail)?, by)))
    {
        let place = match all[number].selector(by.selector) {
            Some(name) if name.starts_with("events") => {
                trails.places[number].key("events").index(by.selector)
            }
            Some(_) => trails.places[number].key("basic_events").index(by.selector),
            None => trails.places[number].clone(),
        };
        one = one.related(Place::Key(place), "this records them");
    }
    found.push(one.help("leave these events out there, or expect something else"));
}

fn undecided(at: &Path) -> Diagnostic {
    let message = "it could not be decided whether this holds: the selectors are too entangled";
    Diagnostic::at("expectation-undecided", at.clone(), message).at_key().help("write simpler selectors")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::spec::parse::parse;

    fn said(text: &str) -> Vec<(&'static str, String, String)> {
        let head = "version: 1\nstack: s\nregion: eu-west-1\nbuckets: {logs: {lifecycle: [{id: a, expire_days: 400, noncurrent_expire_days: 30}]}}\n";
        let found = parse(&format!("{head}{text}")).diagnostics.into_iter();
        found.map(|one| (one.code, one.message, one.help.unwrap_or_default())).collect()
    }

    #[test]
    fn what_is_not_recorded_is_shown_with_the_reason() {
        let text = "trails:\n  off: {bucket: logs, logging: false}\n  near: {bucket: logs, multi_region: false, global_service_events: false}\n  \
                    reads: {bucket: logs, events: [{where: {eventCategory: Management, readOnly: true}}]}\n\
                    expect: [{must_record: {eventCategory: Management, eventName: RunInstances, readOnly: false, region: us-west-2}}]\n";
        let found: Vec<_> =
            said(text).into_iter().filter(|(code, ..)| code.starts_with("expectation")).collect();
        let message = "not all of these events are recorded: RunInstances, a management event that writes, in us-west-2";
        let help = "near: not recorded: the event is of another Region, and the trail of its home Region only; \
                    off: not recorded: the trail is not logging; \
                    reads: not recorded: events[0] wants readOnly Equals true, and it is false";
        assert_eq!(found, [("expectation-missed", message.to_owned(), help.to_owned())]);
    }

    #[test]
    fn a_trail_in_one_region_misses_the_others() {
        let text = "trails: {near: {bucket: logs, multi_region: false, global_service_events: false}}\n";
        let expect = |events: &str| {
            said(&format!("{text}expect: [{{must_record: {{eventCategory: Management{events}}}}}]\n"))
        };
        assert_eq!(expect(", region: eu-west-1, scope: regional"), []);
        assert_eq!(expect(", region: eu-west-1"), []);
        assert_eq!(expect("")[0].0, "expectation-missed");
    }

    #[test]
    fn a_type_that_nobody_named_is_said() {
        let objects = "eventCategory: Data, resources.type: AWS::S3::Object";
        let text = format!(
            "trails: {{audit: {{bucket: logs, events: [{{where: {{{objects}}}}}]}}}}\n\
             expect: [{{must_record: {{eventCategory: Data, resources.ARN: \"arn:aws:s3:::a/b\"}}}}]\n"
        );
        let found = said(&text);
        let (_, message, _) = found.iter().find(|(code, ..)| *code == "expectation-missed").unwrap();
        assert!(
            message.ends_with("any call on arn:aws:s3:::a/b of the type x by anyone in any Region"),
            "{message}"
        );
    }

    #[test]
    fn a_spec_without_trails_records_nothing() {
        let found = said(
            "expect: [{must_record: {eventCategory: Management}}, {must_not_record: {eventCategory: Data}}]\n",
        );
        let missed: Vec<_> = found.iter().filter(|(code, ..)| *code == "expectation-missed").collect();
        assert_eq!((missed.len(), missed[0].2.as_str()), (1, "the spec has no trail"));
    }

    #[test]
    fn the_account_is_the_one_that_the_spec_is_read_for() {
        let text = "account: \"111122223333\"\ntrails: {audit: {bucket: logs}}\n";
        for account in ["111122223333", "${account}"] {
            let expect =
                format!("expect: [{{must_record: {{eventCategory: Management, account: \"{account}\"}}}}]\n");
            assert_eq!(said(&format!("{text}{expect}")), []);
        }
    }

    #[test]
    fn what_is_not_proved_does_not_hold() {
        // Many selectors that each leave out some values of many fields: whether one event is left is a puzzle.
        let mut state = 7u64;
        let mut one_in_five = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33).is_multiple_of(5)
        };
        let mut text = String::from("trails:\n  puzzle:\n    bucket: logs\n    events:\n");
        let fields = [
            "eventSource",
            "eventName",
            "eventType",
            "resources.ARN",
            "userIdentity.arn",
            "errorCode",
            "vpcEndpointId",
        ];
        for _ in 0..90 {
            text += "      - where: {eventCategory: Data, resources.type: \"AWS::S3::Object\"";
            for field in fields {
                let values: Vec<String> =
                    (0..16).filter(|_| one_in_five()).map(|value| format!("v{value}")).collect();
                if !values.is_empty() {
                    let _ = write!(text, ", {field}: {{not_equals: [{}]}}", values.join(", "));
                }
            }
            text += "}\n";
        }
        text += "expect: [{must_record: {eventCategory: Data, resources.type: \"AWS::S3::Object\"}}]\n";
        assert!(said(&text).iter().any(|(code, ..)| *code == "expectation-undecided"));
    }
}
