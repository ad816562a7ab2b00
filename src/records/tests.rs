//! Records as events, and streams as records.

use std::io::{self, Read};

use super::*;

const ACCOUNT: Account<'_> = Account { id: "111122223333", is_unknown: false };

/// Gives so many bytes at a time.
struct Dripping<'a>(&'a [u8], usize);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(buffer.len()).min(self.0.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// Returns the titles of the records of a text, however it arrives.
fn titles(text: &str) -> Result<Vec<String>, String> {
    let read = |size| {
        let mut titles = Vec::new();
        let done = for_each(Dripping(text.as_bytes(), size), &mut |record| {
            titles.push(record.title());
            true
        });
        done.map(|()| titles).map_err(|error| error.to_string())
    };
    let whole = read(usize::MAX);
    for size in [1, 7] {
        assert_eq!(read(size), whole, "{size} bytes at a time");
    }
    whole
}

fn one(text: &str) -> Vec<Event> {
    let record: Record<'_> = serde_json::from_str(text).unwrap();
    record.events(ACCOUNT)
}

#[test]
fn records_come_as_log_files_lists_and_lines() {
    let [a, b] =
        [r#"{"eventName": "A", "requestParameters": {"Records": ["}"]}}"#, r#"{"eventName": "B\"]}"}"#];
    for text in [
        format!(r#"{{"Records": [{a}, {b}]}}"#),
        format!("{{ \"Records\" :\n[{a},{b}]\n}}\n"),
        format!("[{a}, {b}]"),
        format!("{a}\n{b}\n"),
        format!("{a}{b}"),
        format!(r#"{{"Records": [{a}]}}{{"Records": []}} [{b}] []"#),
    ] {
        assert_eq!(titles(&text), Ok(vec!["A".to_owned(), "B\"]}".to_owned()]), "{text}");
    }
    assert_eq!(titles(" \n"), Ok(vec![]));
    assert_eq!(titles(&format!("\u{feff}{a}")), Ok(vec!["A".to_owned()]));
}

#[test]
fn what_is_no_list_of_records_is_said_with_its_place() {
    for (text, says) in [
        (r#"{"Records": [{"eventName": "A"}"#, "byte 31: the file ends within the list of records"),
        (r#"[{"eventName": "A"} {}]"#, "byte 20: expected a comma or the end of the list of records"),
        (r#"{"eventName": "#, "byte 0: the file ends within a record"),
        (
            r#"{"eventName": {}}"#,
            "byte 0: in the record that starts here: invalid type: map, expected a text",
        ),
        (r#"{"Records": [], "more": 1}"#, "byte 14: expected the end of the log file"),
        ("[,{}]", "byte 1: expected a record, which starts with `{`"),
        (r#"[{"eventName": "A"},]"#, "byte 20: expected a record, which starts with `{`"),
        ("\u{1f}\u{8b}", "byte 0: expected a record, which starts with `{`"),
        ("7", "byte 0: expected a record, which starts with `{`"),
        ("[[]]", "byte 1: expected a record, which starts with `{`"),
        (
            r#"{"userIdentity": 7}"#,
            "byte 0: in the record that starts here: invalid type: integer `7`, expected a mapping",
        ),
        ("{}", "byte 0: in the record that starts here: an event without any field says nothing"),
        (
            r#"{"eventname": "A"}"#,
            "byte 0: in the record that starts here: `eventname` is no field of an event; did you mean `eventName`?",
        ),
        (
            r#"{"Events": []}"#,
            "byte 0: in the record that starts here: `Events` is no field of an event; CloudTrail's own records have an `eventVersion`",
        ),
        (
            r#"{"Records": null}"#,
            "byte 0: in the record that starts here: `Records` is no field of an event; CloudTrail's own records have an `eventVersion`",
        ),
    ] {
        assert_eq!(titles(text), Err(says.to_owned()), "{text}");
    }
}

#[test]
fn a_record_without_end_is_not_read_to_its_end() {
    let endless = br#"{"eventName": ""#.chain(io::repeat(b'x'));
    let error = for_each(endless, &mut |_| true).unwrap_err().to_string();
    assert_eq!(error, "byte 0: the record is longer than any of CloudTrail");
}

#[test]
fn reading_ends_when_nobody_wants_more() {
    for text in [
        r#"{"Records": [{"eventVersion": "1"}, {"eventVersion": "1"}, x"#,
        r#"{"eventVersion": "1"} {"eventVersion": "1"} x"#,
    ] {
        let mut count = 0;
        for_each(text.as_bytes(), &mut |_| {
            count += 1;
            count < 2
        })
        .unwrap();
        assert_eq!(count, 2, "{text}");
    }
}

#[test]
fn a_record_is_the_event_that_selectors_see() {
    let event = &one(
        r#"{"eventVersion": "1.11", "eventCategory": "Data", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
            "eventType": "AwsApiCall", "readOnly": true, "errorCode": "AccessDenied", "awsRegion": "eu-west-1",
            "recipientAccountId": "444455556666", "sessionCredentialFromConsole": "true", "vpcEndpointId": "vpce-1",
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::444455556666:user/a", "accountId": "777788889999"},
            "resources": [{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::b/k"}], "requestParameters": {"eventName": "x"}}"#,
    )[0];
    let expected = [
        (Field::EventCategory, "Data"),
        (Field::ResourceType, "AWS::S3::Object"),
        (Field::Account, "444455556666"),
        (Field::Region, "eu-west-1"),
        (Field::ReadOnly, "true"),
        (Field::EventSource, "s3.amazonaws.com"),
        (Field::EventName, "GetObject"),
        (Field::EventType, "AwsApiCall"),
        (Field::ResourceArn, "arn:aws:s3:::b/k"),
        (Field::UserIdentityArn, "arn:aws:iam::444455556666:user/a"),
        (Field::ConsoleSession, "true"),
        (Field::ErrorCode, "AccessDenied"),
        (Field::VpcEndpointId, "vpce-1"),
    ];
    assert_eq!(*event, Event::new(expected));
}

#[test]
fn old_records_say_less() {
    let category = |text: &str| one(text)[0].get(&Field::EventCategory).map(str::to_owned);
    assert_eq!(category(r#"{"eventVersion": "1.05"}"#).as_deref(), Some("Management"));
    assert_eq!(
        category(r#"{"eventVersion": "1.06", "managementEvent": true}"#).as_deref(),
        Some("Management")
    );
    assert_eq!(category(r#"{"eventVersion": "1.06", "managementEvent": false}"#).as_deref(), Some("Data"));
    let account = |text: &str| one(text)[0].get(&Field::Account).map(str::to_owned);
    let of_identity = r#"{"eventVersion": "1.05", "userIdentity": {"accountId": "444455556666"}}"#;
    assert_eq!(account(of_identity).as_deref(), Some("444455556666"));
    assert_eq!(account(r#"{"eventVersion": "1.05"}"#).as_deref(), Some("111122223333"));
}

#[test]
fn whose_trails_are_not_known_is_not_asked_whose_the_event_is() {
    let record: Record<'_> =
        serde_json::from_str(r#"{"eventVersion": "1.11", "recipientAccountId": "444455556666"}"#).unwrap();
    let unknown = Account { id: "000000000000", is_unknown: true };
    assert_eq!(record.events(unknown)[0].get(&Field::Account), Some("000000000000"));
}

#[test]
fn each_resource_is_an_event() {
    let events = one(
        r#"{"eventVersion": "1.11", "resources": [{"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::b/"}, {"type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::b"}]}"#,
    );
    let seen: Vec<_> = events
        .iter()
        .map(|event| (event.get(&Field::ResourceType), event.get(&Field::ResourceArn)))
        .collect();
    assert_eq!(
        seen,
        [
            (Some("AWS::S3::Object"), Some("arn:aws:s3:::b/")),
            (Some("AWS::S3::Bucket"), Some("arn:aws:s3:::b"))
        ]
    );
    assert_eq!(one(r#"{"eventVersion": "1.11", "resources": null}"#).len(), 1);
}

#[test]
fn events_of_global_services_and_of_deliveries_are_known() {
    let scope = |source: &str, region: &str, more: &str| {
        let text = format!(
            r#"{{"eventVersion": "1.11", "eventSource": "{source}", "awsRegion": "{region}"{more}}}"#
        );
        one(&text)[0].get(&Field::Scope).unwrap().to_owned()
    };
    assert_eq!(scope("iam.amazonaws.com", "us-east-1", ""), "global");
    assert_eq!(scope("iam.amazonaws.com", "us-gov-west-1", ""), "global");
    assert_eq!(scope("iam.amazonaws.com", "eu-west-1", ""), "regional");
    assert_eq!(scope("ec2.amazonaws.com", "us-east-1", ""), "regional");
    assert_eq!(scope("sts.amazonaws.com", "us-east-1", ""), "regional");
    let host = r#", "tlsDetails": {"clientProvidedHostHeader": "sts.amazonaws.com"}"#;
    assert_eq!(scope("sts.amazonaws.com", "us-east-1", host), "global");
    let delivery = |by: &str, name: &str| {
        let text = format!(
            r#"{{"eventVersion": "1.11", "eventSource": "s3.amazonaws.com", "eventName": "{name}", "userIdentity": {{"invokedBy": "{by}"}}}}"#
        );
        one(&text)[0].get(&Field::SelfDelivery).unwrap().to_owned()
    };
    assert_eq!(delivery("cloudtrail.amazonaws.com", "PutObject"), "yes");
    assert_eq!(delivery("cloudtrail.amazonaws.com", "GetBucketAcl"), "no");
    assert_eq!(delivery("config.amazonaws.com", "PutObject"), "no");
}

#[test]
fn what_is_written_by_hand_means_all_events_with_these_values() {
    let text = r#"{"eventCategory": "Data", "readOnly": false, "resources.type": "AWS::S3::Object", "userIdentity.arn": "arn:aws:iam::1:user/a", "region": "eu-west-1"}"#;
    let record: Record<'_> = serde_json::from_str(text).unwrap();
    assert!(record.is_partial());
    let patterns = record.patterns(ACCOUNT);
    let expected = Pattern::default()
        .is(Field::ReadOnly, "false")
        .is(Field::Region, "eu-west-1")
        .is(Field::UserIdentityArn, "arn:aws:iam::1:user/a")
        .is(Field::EventCategory, "Data")
        .is(Field::Account, "111122223333")
        .is(Field::ResourceType, "AWS::S3::Object");
    assert_eq!(patterns, [expected]);
}
