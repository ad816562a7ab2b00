//! The estate of made-up accounts: AWS's words in, the estate out.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::*;
use crate::{
    aws::error::{AwsError, Class},
    kinds::trail::{
        Trail, estate,
        status::{self, Status},
    },
    report::status as report,
    resource::{Account, ResourceId, owner::Owner},
};

const ACCOUNT: &str = "111122223333";
const MANAGEMENT: &str = "999900001111";
const HOME: &str = "us-east-1";

fn now() -> Timestamp {
    "2026-11-27T12:00:00Z".parse().unwrap()
}

fn before(minutes: i64) -> Option<Timestamp> {
    Some(now() - SignedDuration::from_mins(minutes))
}

fn healthy() -> Status {
    Status {
        is_logging: true,
        started: before(3000),
        log_files: status::Delivery { latest: before(4), error: None },
        digest_files: status::Delivery { latest: before(40), error: None },
        ..Status::default()
    }
}

fn failing(latest: Option<Timestamp>) -> Status {
    let log_files = status::Delivery { latest, error: Some("AccessDenied".to_owned()) };
    Status { log_files, ..healthy() }
}

fn error(class: Class, code: &str) -> AwsError {
    AwsError {
        call: "cloudtrail:GetTrailStatus".to_owned(),
        region: Region::new("eu-west-1"),
        class,
        code: Some(code.to_owned()),
        message: "no\u{1b}[31m".to_owned(),
        request_id: None,
        hint: None,
    }
}

/// A trail of an account, multi-Region unless it has one status only.
fn trail(name: &str, account: &str, statuses: &[(&str, Result<Status, AwsError>)]) -> estate::Seen {
    let mut trail: Trail = serde_json::from_value(json!({"bucket": "logs"})).unwrap();
    trail.multi_region = statuses.len() > 1;
    trail.organization = account != ACCOUNT;
    let statuses: BTreeMap<Region, _> =
        statuses.iter().map(|(region, status)| (Region::new(region), status.clone())).collect();
    trail.logging =
        statuses.get(&Region::new(HOME)).is_some_and(|one| one.as_ref().is_ok_and(|one| one.is_logging));
    estate::Seen {
        id: ResourceId { kind: "trail".to_owned(), region: Region::new(HOME), name: name.to_owned() },
        arn: format!("arn:aws:cloudtrail:{HOME}:{account}:trail/{name}"),
        trail: Ok(trail),
        owner: Owner::Nobody,
        statuses,
    }
}

fn estate_of(seen: &[estate::Seen], spec: Option<&Spec>) -> Estate {
    let account = Account::new(ACCOUNT, "aws");
    Survey { account: &account, is_administrator: false, at: now(), seen, spec }.estate()
}

/// Returns the findings of one trail: the code, the Regions and the message of each.
fn findings(trail: estate::Seen) -> Vec<(Code, String, String)> {
    let words = |finding: Finding| {
        let regions: Vec<String> = finding.regions.into_iter().map(|region| region.0).collect();
        (finding.code, regions.join(" "), finding.message)
    };
    estate_of(&[trail], None).findings.into_iter().map(words).collect()
}

#[test]
fn a_healthy_trail_needs_no_attention() {
    let seen = trail("audit", ACCOUNT, &[(HOME, Ok(healthy())), ("eu-west-1", Ok(healthy()))]);
    let estate = estate_of(&[seen], None);
    assert_eq!((&estate.findings, estate.duplicates.as_deref()), (&Vec::new(), Some([].as_slice())));
    assert_eq!(
        report::estate(&estate).replace("\u{1b}[0m", "").replace("\u{1b}[1m", "").replace("\u{1b}[2m", ""),
        "trail  home       kind  logging     log files\n\
         audit  us-east-1  own   on, 2 days  4 min ago\n\n\
         audit of no stack, multi-Region\n  \
         records management\n  \
         bucket logs: log files 4 min ago, digest files 40 min ago\n\n\
         Places for trails: 1 of 5 in us-east-1.\n\
         Status: 1 trail; nothing needs attention."
    );
}

#[test]
fn each_thing_that_is_wrong_is_found_once_with_its_regions() {
    let of = |statuses: &[(&str, Result<Status, AwsError>)]| findings(trail("audit", ACCOUNT, statuses));
    let codes = |statuses: &[(&str, Result<Status, AwsError>)]| -> Vec<(Code, String)> {
        of(statuses).into_iter().map(|(code, regions, _)| (code, regions)).collect()
    };
    let off = || Ok(Status { is_logging: false, ..healthy() });
    let ok = || Ok(healthy());
    let found = |code, regions: &str| vec![(code, regions.to_owned())];
    assert_eq!(codes(&[(HOME, off()), ("eu-west-1", off())]), found(Code::NotLogging, HOME));
    assert_eq!(codes(&[(HOME, ok()), ("eu-west-1", off())]), found(Code::NotLogging, "eu-west-1"));
    let gone = || Err(error(Class::NotFound, "TrailNotFoundException"));
    assert_eq!(
        codes(&[(HOME, ok()), ("eu-west-1", gone()), ("eu-west-2", gone())]),
        found(Code::MissingShadow, "eu-west-1 eu-west-2")
    );
    let wrong = Err(error(Class::Refused, "CloudTrailARNInvalidException"));
    assert_eq!(codes(&[(HOME, ok()), ("eu-west-1", wrong)]), found(Code::MissingShadow, "eu-west-1"));
    let unclear = || Err(error(Class::Unknown, "InternalFailure"));
    assert_eq!(
        codes(&[(HOME, unclear()), ("eu-west-1", unclear())]),
        found(Code::Unreadable, "eu-west-1 us-east-1")
    );
    let denied = || Ok(failing(None));
    let [(code, regions, message)] = of(&[(HOME, denied()), ("eu-west-1", denied())]).try_into().unwrap();
    assert_eq!((code, regions.as_str()), (Code::DeliveryFails, "eu-west-1 us-east-1"));
    assert!(
        message.starts_with("log files to the bucket fail with AccessDenied: the bucket or its key"),
        "{message}"
    );
}

#[test]
fn an_error_before_a_newer_success_is_over() {
    for (latest, is_failing) in [(before(10), false), (before(16), true), (None, true)] {
        let found = findings(trail("audit", ACCOUNT, &[(HOME, Ok(failing(latest)))]));
        assert_eq!(!found.is_empty(), is_failing, "{latest:?}");
    }
    let digests = |latest| {
        let digest_files = status::Delivery { latest, error: Some("AccessDenied".to_owned()) };
        findings(trail("audit", ACCOUNT, &[(HOME, Ok(Status { digest_files, ..healthy() }))])).len()
    };
    assert_eq!((digests(before(70)), digests(before(91))), (0, 1));
    // A trail that is off delivers nothing: that is what there is to say.
    let off = Status { is_logging: false, ..failing(None) };
    let found = findings(trail("audit", ACCOUNT, &[(HOME, Ok(off))]));
    assert_eq!(found.iter().map(|one| one.0).collect::<Vec<_>>(), [Code::NotLogging]);
}

#[test]
fn what_cannot_be_read_is_said_once_and_escaped() {
    let denied = error(Class::Denied, "AccessDeniedException");
    let seen = estate::Seen { trail: Err(denied.clone()), ..trail("audit", ACCOUNT, &[(HOME, Err(denied))]) };
    let estate = estate_of(&[seen], None);
    assert_eq!(estate.findings.iter().map(|one| one.code).collect::<Vec<_>>(), [Code::Unreadable]);
    assert_eq!((estate.trails[0].kind, estate.trails[0].logging), (Kind::Own, None));
    let text = report::estate(&estate);
    assert!(text.contains("it cannot be read: cloudtrail:GetTrailStatus in eu-west-1"), "{text}");
    assert!(text.contains("no\\u{1b}[31m"), "{text}");
}

#[test]
fn a_spec_tells_what_is_wanted_off_and_what_is_not_there() {
    let off = Status { is_logging: false, stopped: before(60), ..Status::default() };
    let seen = [trail("audit", ACCOUNT, &[(HOME, Ok(off))])];
    let entry = |key: &str| Entry {
        address: Address::new("trail", key),
        arn: format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{key}"),
        logging: false,
    };
    let spec = Spec { stack: "s".to_owned(), trails: vec![entry("audit"), entry("other")] };
    let estate = estate_of(&seen, Some(&spec));
    let findings: Vec<_> = estate.findings.iter().map(|one| (one.code, one.trail.as_str())).collect();
    assert_eq!(findings, [(Code::Absent, "trail.other")]);
    assert_eq!(estate.trails[0].entry, Some(Address::new("trail", "audit")));
    assert_eq!(
        (estate.trails[0].since, estate.absent.as_slice()),
        (before(60), [Address::new("trail", "other")].as_slice())
    );
    assert!(report::estate(&estate).contains("the account does not have trail.other of the spec"));
}

#[test]
fn places_and_copies_count_the_trails_of_the_organization() {
    let everywhere = [(HOME, Ok(healthy())), ("eu-west-1", Ok(healthy()))];
    let mut seen: Vec<estate::Seen> =
        ["a", "b", "c"].map(|name| trail(name, ACCOUNT, &[(HOME, Ok(healthy()))])).into();
    seen.push(trail("a", MANAGEMENT, &everywhere));
    let estate = estate_of(&seen, None);
    let kinds: Vec<(&str, Kind)> = estate.trails.iter().map(|one| (one.label.as_str(), one.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("a of us-east-1 (111122223333)", Kind::Own),
            ("a of us-east-1 (999900001111)", Kind::Organization),
            ("b", Kind::Own),
            ("c", Kind::Own)
        ]
    );
    let places: Vec<(Option<&str>, usize)> =
        estate.places.iter().map(|one| (one.region.as_ref().map(Region::as_str), one.used)).collect();
    assert_eq!(places, [(Some(HOME), 4), (None, 1)]);
    let text = report::estate(&estate);
    let words = "note\u{1b}[0m: management events in us-east-1 are recorded more than once: a of us-east-1 (111122223333), \
                 a of us-east-1 (999900001111), b, c; from the second on, copies are billed\n";
    assert!(text.contains(words), "{text}");
    let survey = Survey {
        account: &Account::new(ACCOUNT, "aws"),
        is_administrator: true,
        at: now(),
        seen: &seen,
        spec: None,
    };
    assert_eq!(survey.estate().trails[1].kind, Kind::Delegated);
}
