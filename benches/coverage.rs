//! What a comparison of trails costs: large trails, trails as people write them, and a puzzle that is given up.
//!
//! `cargo bench --bench coverage` prints the median of some runs.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench reads the clock and prints what it found"
)]

use std::{
    fmt::Write as _,
    hint::black_box,
    time::{Duration, Instant},
};

use trailctl::coverage::{
    Assumptions, Condition, Coverage, Event, Field, Operator, Operator::*, Pattern, Selectors, Trail,
    Verdict, covers, redundant_values,
};
use trailctl::records::{Account, for_each};

fn main() {
    let large = |shift: usize, operator| {
        cover((0..166).map(|number| arn(operator, [format!("bucket-{:03}/", number + shift)])))
    };
    let long =
        |skip: usize, operator| cover([arn(operator, (skip..498).map(|number| format!("bucket/{number}/")))]);
    let mixed = |shift: usize| {
        let ends = (0..249).map(|number| format!("/{number}.gz"));
        let starts = (shift..249).map(|number| format!("arn:aws:s3:::bucket-{number}/"));
        let condition = Condition::new(StartsWith, starts).with(NotEndsWith, ends);
        cover([s3().and(Field::ResourceArn, condition)])
    };
    let types = |skip: usize| {
        cover((skip..166).map(|number| {
            let kind = Pattern::default().is(Field::EventCategory, "Data");
            kind.is(Field::ResourceType, &format!("AWS::Some::Type{number}")).is(Field::ReadOnly, "false")
        }))
    };
    let small = cover([
        Pattern::default().is(Field::EventCategory, "Management"),
        arn(NotStartsWith, ["logs/".to_owned()]),
    ]);

    println!("{:<58} {:>10}  verdict", "old in new", "median");
    row("two small trails, equal", 999, || covers(&small, &small));
    row("166 selectors, equal", 99, || covers(&large(0, StartsWith), &large(0, StartsWith)));
    row("166 selectors, one start gone", 99, || covers(&large(1, StartsWith), &large(0, StartsWith)));
    row("166 selectors of one exclusion each, all others", 99, || {
        covers(&large(166, NotStartsWith), &large(0, NotStartsWith))
    });
    row("one selector of 498 starts, one gone", 99, || covers(&long(1, StartsWith), &long(0, StartsWith)));
    row("one selector of 498 exclusions, one more", 99, || {
        covers(&long(0, NotStartsWith), &long(1, NotStartsWith))
    });
    row("one selector of 249 starts and 249 excluded ends, one gone", 99, || covers(&mixed(1), &mixed(0)));
    row("166 types, one gone", 99, || covers(&types(1), &types(0)));
    let ten: Vec<Trail> = (0..10).flat_map(|_| trails(&large(0, StartsWith))).collect();
    let ten = Coverage::new(ten, Assumptions::default());
    row("ten trails of 166 selectors, equal", 9, || covers(&ten, &ten));
    let (old, new) = puzzle();
    row("puzzle: 90 selectors, 7 fields, 16 values each", 3, || covers(&new, &old));

    let many = trails(&long(0, NotStartsWith)).remove(0);
    let start = Instant::now();
    let found = redundant_values(&many, Assumptions::default()).len();
    println!("{:<58} {:>10.1?}  {found} found", "redundant values among 498", start.elapsed());
    let event = Event::new([
        (Field::EventCategory, "Data"),
        (Field::ResourceType, "AWS::S3::Object"),
        (Field::Account, "111122223333"),
        (Field::Region, "eu-west-1"),
        (Field::ResourceArn, "arn:aws:s3:::bucket/key"),
    ]);
    for (name, coverage) in [("small trail", &small), ("166 selectors", &large(0, StartsWith))] {
        let start = Instant::now();
        (0..10_000).for_each(|_| _ = black_box(coverage.records(black_box(&event))));
        println!("{:<58} {:>10.1?}", format!("one event against a {name}"), start.elapsed() / 10_000);
    }

    let log = log();
    for (name, coverage) in [("small trail", &small), ("166 selectors", &large(0, StartsWith))] {
        let explain = || {
            let mut recorded = 0;
            for_each(log.as_slice(), &mut |record| {
                let events = record.events(Account { id: "111122223333", is_unknown: false });
                recorded +=
                    usize::from(events.iter().any(|event| coverage.recorders(event).next().is_some()));
                true
            })
            .expect("the log can be read");
            recorded
        };
        let start = Instant::now();
        let recorded = explain();
        let rate = log.len() as f64 / 1e6 / start.elapsed().as_secs_f64();
        println!(
            "{:<58} {rate:>6.0} MB/s  {recorded} recorded",
            format!("a log of {} MB against a {name}", log.len() / 1_000_000)
        );
    }
}

/// Returns a log file of 100 MB like those of CloudTrail: management and data events in turn.
fn log() -> Vec<u8> {
    let mut log = String::from("{\"Records\":[");
    let mut number = 0;
    while log.len() < 100_000_000 {
        let (name, source, category, resources) = match number % 2 {
            0 => ("DescribeInstances", "ec2.amazonaws.com", "Management", String::new()),
            _ => (
                "PutObject",
                "s3.amazonaws.com",
                "Data",
                format!(
                    ",\"resources\":[{{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::bucket-{:03}/key-{number}\"}},{{\"accountId\":\"111122223333\",\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::bucket-{:03}\"}}]",
                    number % 400,
                    number % 400
                ),
            ),
        };
        let _ = write!(
            log,
            "{}{{\"eventVersion\":\"1.11\",\"userIdentity\":{{\"type\":\"AssumedRole\",\"principalId\":\"AROAEXAMPLEID:session-{number}\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/worker/session-{number}\",\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIAEXAMPLE\",\"sessionContext\":{{\"sessionIssuer\":{{\"type\":\"Role\",\"principalId\":\"AROAEXAMPLEID\",\"arn\":\"arn:aws:iam::111122223333:role/worker\",\"accountId\":\"111122223333\",\"userName\":\"worker\"}},\"attributes\":{{\"creationDate\":\"2026-11-26T10:00:00Z\",\"mfaAuthenticated\":\"false\"}}}}}},\"eventTime\":\"2026-11-26T10:00:00Z\",\"eventSource\":\"{source}\",\"eventName\":\"{name}\",\"awsRegion\":\"eu-west-1\",\"sourceIPAddress\":\"203.0.113.7\",\"userAgent\":\"aws-sdk-rust/1.3 os/linux lang/rust\",\"requestParameters\":{{\"filter\":[{{\"name\":\"tag:team\",\"values\":[\"a \\\"b\\\"\",\"c\"]}}],\"maxResults\":{number}}},\"responseElements\":null,\"requestID\":\"0d6f0a1c-0000-4000-8000-{number:012}\",\"eventID\":\"5e8f0a1c-0000-4000-8000-{number:012}\",\"readOnly\":{}{resources},\"eventType\":\"AwsApiCall\",\"managementEvent\":{},\"recipientAccountId\":\"111122223333\",\"eventCategory\":\"{category}\",\"tlsDetails\":{{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":\"ec2.eu-west-1.amazonaws.com\"}}}}",
            if number == 0 { "" } else { "," },
            number % 2 == 0,
            number % 2 == 0,
        );
        number += 1;
    }
    log.push_str("]}");
    log.into_bytes()
}

fn row(name: &str, runs: usize, compare: impl Fn() -> Verdict) {
    let mut verdict = String::new();
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            let found = black_box(compare());
            let time = start.elapsed();
            verdict = match found {
                Verdict::Lost(example) => example.to_string(),
                other => format!("{other:?}"),
            };
            time
        })
        .collect();
    times.sort_unstable();
    println!("{name:<58} {:>10.1?}  {verdict}", times[runs / 2]);
}

fn s3() -> Pattern {
    Pattern::default().is(Field::EventCategory, "Data").is(Field::ResourceType, "AWS::S3::Object")
}

fn arn(operator: Operator, starts: impl IntoIterator<Item = String>) -> Pattern {
    let values = starts.into_iter().map(|start| format!("arn:aws:s3:::{start}"));
    s3().and(Field::ResourceArn, Condition::new(operator, values))
}

fn trail(selectors: impl IntoIterator<Item = Pattern>) -> Trail {
    Trail {
        name: "audit".to_owned(),
        account: "111122223333".to_owned(),
        partition: "aws".to_owned(),
        leader: "us-east-1".to_owned(),
        home: "us-east-1".to_owned(),
        multi_region: true,
        global_service_events: true,
        organization: false,
        recursive_logging: true,
        logging: true,
        selectors: Selectors::Advanced(selectors.into_iter().collect()),
    }
}

fn trails(coverage: &Coverage) -> Vec<Trail> {
    coverage.trails().to_vec()
}

fn cover(selectors: impl IntoIterator<Item = Pattern>) -> Coverage {
    Coverage::new([trail(selectors)], Assumptions::default())
}

/// Many selectors that each leave out some values of each of many fields: nothing can be seen before the last field.
fn puzzle() -> (Coverage, Coverage) {
    let mut state = 7u64;
    let mut one_in_five = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33).is_multiple_of(5)
    };
    let fields = [
        "eventSource",
        "eventName",
        "eventType",
        "resources.ARN",
        "userIdentity.arn",
        "errorCode",
        "vpcEndpointId",
    ];
    let mut selector = |_| {
        fields.iter().fold(s3(), |pattern, field| {
            let values = (0..16).filter(|_| one_in_five()).map(|value| format!("v{value}"));
            pattern.and(Field::from(*field), Condition::new(NotEquals, values))
        })
    };
    (cover([s3()]), cover((0..90).map(&mut selector).collect::<Vec<_>>()))
}
