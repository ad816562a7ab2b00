//! Basic selectors that become advanced ones in the middle of a text.

use crate::format::splice::{Upgraded, upgraded};

#[track_caller]
fn pair(text: &str, want: &str) {
    let Upgraded { text: new, left, .. } = upgraded(text, 0).unwrap();
    assert_eq!(left, []);
    assert_eq!(new, want);
}

#[track_caller]
fn left(text: &str, why: &str) {
    let Upgraded { text: new, trails, left } = upgraded(text, 0).unwrap();
    assert_eq!(new, text);
    assert_eq!(trails, [""; 0]);
    assert!(left.len() == 1 && left[0].0 == "t" && left[0].1.contains(why), "{left:?}");
}

#[test]
fn the_rest_of_the_text_stays() {
    pair(
        "trails:\n  # above\n  t:\n     bucket:   b # one\n     basic_events: # two\n       - read_write: WriteOnly\n         # three\n         exclude_management_sources: [ kms.amazonaws.com ]\n         data:\n           - {type: AWS::S3::Object, values: ['arn:aws:s3:::a/']} # four\n     # five\n\n     prefix:  p\n  u: {bucket: b, basic_events: [{}], prefix: q} # six\n",
        "trails:\n  # above\n  t:\n     bucket:   b # one\n     # two\n     # three\n     # four\n     events:\n       - where:\n           eventCategory: Management\n           eventSource: {not_equals: [kms.amazonaws.com]}\n           readOnly: false\n       - where:\n           eventCategory: Data\n           resources.type: AWS::S3::Object\n           readOnly: false\n           resources.ARN: {starts_with: [\"arn:aws:s3:::a/\"]}\n     # five\n\n     prefix:  p\n  u: {bucket: b, events: [{where: {eventCategory: Management}}], prefix: q} # six\n",
    );
    pair(
        "trails: {t: {basic_events: [\n {}]}}",
        "trails: {t: {events: [{where: {eventCategory: Management}}]}}",
    );
    let none = "version: 1\ntrails:\n  t: {bucket: b}\n";
    pair(none, none);
}

#[test]
fn long_lists_get_lines() {
    let values: Vec<String> = (0..9).map(|n| format!("arn:aws:s3:::bucket-{n}/")).collect();
    let text = format!(
        "trails:\n  t:\n    basic_events:\n      - {{management: false, data: [{{type: AWS::S3::Object, values: {values:?}}}]}}\n"
    );
    let lines: String = values.iter().map(|value| format!("              - \"{value}\"\n")).collect();
    let want = format!(
        "trails:\n  t:\n    events:\n      - where:\n          eventCategory: Data\n          resources.type: AWS::S3::Object\n          resources.ARN:\n            starts_with:\n{lines}"
    );
    pair(&text, &want);
}

#[test]
fn what_cannot_be_replaced_safely_is_left() {
    left("trails:\n  t: {basic_events: [\n    {}, # why\n    ]}\n", "comments stand between the braces");
    left("x: &x [{}]\ntrails:\n  t:\n    basic_events: *x\n", "behind an alias");
    left("trails:\n  t:\n    basic_events: [&x {}]\nx: *x\n", "an alias outside");
    left("trails:\n  t: {events: [], basic_events: [{}]}\n", "beside");
    left("trails:\n  t: {basic_events: [{read: All}]}\n", "unknown field `read`");
    left("trails:\n  t: {basic_events: [{management: false}]}\n", "record nothing");
}
