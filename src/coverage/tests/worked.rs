//! The worked examples of the design, by their numbers.

use super::{Operator::*, *};

const ALL: &[(&str, &[&str])] = &[];

#[test]
fn w1_the_default_is_all_management_events() {
    assert!(are_equal(base(), advanced([management()])));
    assert!(are_equal(basic([basic_with(ALL)]), advanced([management()])));
}

#[test]
fn w2_an_exclusion_loses_what_it_excludes() {
    let new = arn(s3(), NotStartsWith, &["logs/"]);
    assert_eq!(
        loss([advanced([s3()])], [advanced([new])]),
        "any call on arn:aws:s3:::logs/x by anyone in any Region"
    );
}

#[test]
fn w3_what_one_selector_excludes_another_may_take() {
    let halves = [arn(s3(), StartsWith, &["a/"]), arn(s3(), NotStartsWith, &["a/"])];
    assert!(are_equal(advanced([s3()]), advanced(halves)));
}

#[test]
fn w4_reads_and_writes_are_everything() {
    let halves = ["true", "false"].map(|value| management().is(Field::ReadOnly, value));
    assert!(are_equal(advanced([management()]), advanced(halves)));
}

#[test]
fn w5_names_under_a_common_start() {
    let old = on(Field::EventName, Equals, &["PutObject", "PutObjectAcl"]);
    assert_eq!(loss([advanced([old])], [advanced([on(Field::EventName, StartsWith, &["Put"])])]), "");
}

#[test]
fn w6_a_list_of_names_is_less_than_a_common_end() {
    let old = on(Field::EventName, EndsWith, &["Object"]);
    let new = on(Field::EventName, Equals, &["GetObject", "PutObject"]);
    assert_eq!(
        loss([advanced([old])], [advanced([new])]),
        "HeadObject on any AWS::S3::Object by anyone in any Region"
    );
}

#[test]
fn w7_one_name_is_less_than_a_common_end() {
    let start = || Condition::new(StartsWith, ["Get"]);
    let less = advanced([s3().and(Field::EventName, start().with(NotEndsWith, ["Acl"]))]);
    let more = advanced([s3().and(Field::EventName, start().with(NotEquals, ["GetObjectAcl"]))]);
    assert_eq!(loss([less.clone()], [more.clone()]), "");
    assert_eq!(loss([more], [less]), "GetBucketAcl on any AWS::S3::Object by anyone in any Region");
}

#[test]
fn w8_basic_values_of_s3_are_starts() {
    let old = basic([basic_with(&[("AWS::S3::Object", &["arn:aws:s3:::b/"])])]);
    assert!(are_equal(old, advanced([management(), arn(s3(), StartsWith, &["b/"])])));
}

#[test]
fn w9_an_excluded_source_is_lost() {
    let mut without_kms = basic_with(ALL);
    without_kms.exclude_management_sources = vec!["kms.amazonaws.com".to_owned()];
    assert_eq!(
        loss([basic([basic_with(ALL)])], [basic([without_kms])]),
        "a management event, of kms.amazonaws.com, in any Region"
    );
}

#[test]
fn w10_trails_of_single_regions_miss_the_others_and_later_ones() {
    let single = |home: &str| Trail { home: home.to_owned(), multi_region: false, ..base() };
    assert_eq!(loss([base()], ["us-east-1", "eu-west-1"].map(single)), "a management event, in us-west-2");
    let known = ["us-east-1", "eu-west-1", "us-west-2", "ap-southeast-2"].map(single);
    assert_eq!(loss([base()], known), "a management event, in a Region that is enabled later");
}

#[test]
fn w11_reads_and_writes_may_go_to_trails_of_their_own() {
    let half = |read_write| basic([BasicSelector { read_write, ..basic_with(ALL) }]);
    let halves = || [half(ReadWrite::WriteOnly), half(ReadWrite::ReadOnly)];
    assert_eq!(loss(halves(), [base()]), "");
    assert_eq!(loss([base()], halves()), "");
}

#[test]
fn w12_a_start_of_any_arn_misses_events_without_one() {
    let new = on(Field::UserIdentityArn, StartsWith, &["arn:"]);
    assert_eq!(
        loss([advanced([s3()])], [advanced([new])]),
        "any call on any AWS::S3::Object by someone without an ARN in any Region"
    );
}

#[test]
fn w13_functions_of_other_regions_are_lost() {
    let old = basic([basic_with(&[("AWS::Lambda::Function", &["arn:aws:lambda"])])]);
    let here = Condition::new(StartsWith, ["arn:aws:lambda:eu-west-1:"]);
    let new = data("AWS::Lambda::Function").and(Field::ResourceArn, here);
    let lost = loss([old], [advanced([management(), new])]);
    assert_eq!(
        lost,
        "any call on arn:aws:lambda:us-east-1:111122223333:function:name by anyone in any Region"
    );
}

#[test]
fn w14_a_start_may_itself_be_excluded() {
    let name = |condition| advanced([s3().and(Field::EventName, condition)]);
    let old = Condition::new(StartsWith, ["aba"]);
    let new = old.clone().with(NotEquals, ["aba"]);
    assert_eq!(loss([name(old)], [name(new)]), "aba on any AWS::S3::Object by anyone in any Region");
}

#[test]
fn w15_fields_are_judged_together() {
    let new = [on(Field::EventName, StartsWith, &["Get"]), arn(s3(), StartsWith, &["a/"])];
    assert_eq!(
        loss([advanced([s3()])], [advanced(new)]),
        "PutObject on arn:aws:s3:::bucket/key by anyone in any Region"
    );
}

#[test]
fn w16_global_service_events_can_be_switched_off() {
    let old = Trail { multi_region: false, ..base() };
    let new = Trail { global_service_events: false, ..old.clone() };
    assert_eq!(loss([new.clone()], [old.clone()]), "");
    assert_eq!(loss([old], [new]), "a management event of a global service, in us-east-1");
}

#[test]
fn w17_an_organization_has_other_accounts() {
    let old = Trail { organization: true, ..base() };
    assert_eq!(loss([old], [base()]), "a management event, in any Region, in account 444455556666");
}

#[test]
fn w18_the_home_of_a_multi_region_trail_changes_nothing() {
    assert!(are_equal(base(), Trail { home: "eu-west-1".to_owned(), ..base() }));
}

#[test]
fn w19_a_start_holds_the_longer_ones() {
    let both = advanced([arn(s3(), StartsWith, &["a/", "a/x"])]);
    assert!(are_equal(both, advanced([arn(s3(), StartsWith, &["a/"])])));
}

#[test]
fn w20_a_selector_that_excludes_what_it_includes_is_empty() {
    let old = advanced([arn(arn(s3(), StartsWith, &["a/"]), NotStartsWith, &["a/"])]);
    assert_eq!(loss([old], []), "");
}

#[test]
fn an_example_looks_like_an_event_of_aws_where_there_is_one() {
    let source = |operator, values: &[&str]| {
        management().and(Field::EventSource, Condition::new(operator, values.iter().copied()))
    };
    let most = advanced([source(NotEquals, &["kms.amazonaws.com"])]);
    let few = advanced([source(EndsWith, &["a.amazonaws.com"])]);
    assert_eq!(loss([most.clone()], [few]), "a management event, of ec2.amazonaws.com, in any Region");
    // What is lost is found, however odd it is.
    let named = advanced([source(EndsWith, &[".amazonaws.com"])]);
    assert_eq!(loss([most], [named]), "a management event, of x, in any Region");
}

#[test]
fn of_many_that_are_lost_those_of_management_are_told_first_and_that_there_are_more() {
    let buckets: Vec<String> = (0..30).map(|number| format!("tmp{number}/")).collect();
    let selectors = buckets.iter().map(|bucket| arn(s3(), StartsWith, &[bucket]));
    let old = cover([advanced(selectors.chain([management()]))]);
    let report = Report::of(&old, &cover([]));
    assert_eq!((report.verdict, report.lost.len(), report.more_lost), (Outlook::Reduced, 20, true));
    assert!(report.lost[0].words.starts_with("a management event"), "{:?}", report.lost[0]);
    let few = Report::of(&cover([advanced([s3(), management()])]), &cover([]));
    assert!(!few.more_lost && few.lost.len() < 5, "{few:?}");
}
