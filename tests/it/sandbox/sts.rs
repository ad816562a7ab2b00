//! Callers, accounts and sessions.

use super::*;

#[tokio::test]
async fn tells_the_account_by_the_access_key() {
    let sandbox = empty();
    let cases = [
        ("AKIAEXAMPLE", "us-east-1", "arn:aws:iam::111122223333:user/sandbox"),
        (OTHER_ACCOUNT, "eu-west-1", "arn:aws:iam::444455556666:user/sandbox"),
        ("44445555666", "us-gov-west-1", "arn:aws-us-gov:iam::111122223333:user/sandbox"),
        ("ASIAFROMAWS", "cn-north-1", "arn:aws-cn:iam::111122223333:user/sandbox"),
        (OTHER_ACCOUNT, "eusc-de-east-1", "arn:aws-eusc:iam::444455556666:user/sandbox"),
    ];
    for (key, region, expected) in cases {
        let identity = sts(&sandbox, key, region).get_caller_identity().send().await.unwrap();
        assert_eq!(identity.arn(), Some(expected));
        assert_eq!(identity.account(), expected.split(':').nth(4));
    }
}

#[tokio::test]
async fn takes_a_role_in_another_account() {
    let sandbox = empty();
    let role = "arn:aws:iam::444455556666:role/path/deploy";
    let assume = sts(&sandbox, ACCOUNT, REGION).assume_role().role_arn(role).role_session_name("ci");
    let assumed = assume.send().await.unwrap();
    let session = "arn:aws:sts::444455556666:assumed-role/deploy/ci";
    assert_eq!(assumed.assumed_role_user().unwrap().arn(), session);
    let credentials = assumed.credentials().unwrap();
    assert_eq!(credentials.expiration().secs(), noon().as_second() + 3600);
    let key = credentials.access_key_id();
    assert!(key.starts_with("ASIA"));
    let identity = sts(&sandbox, key, REGION).get_caller_identity().send().await.unwrap();
    assert_eq!(identity.arn(), Some(session));
    create_bucket(&sandbox, BUCKET).await;
    let theirs = s3(&sandbox, key, REGION).get_bucket_policy().bucket(BUCKET).send();
    refused(&sandbox, theirs, "AccessDenied").await;

    let later = sandbox.clone().with_clock(|| "2026-04-01T13:00:00Z".parse().unwrap());
    refused(&sandbox, sts(&later, key, REGION).get_caller_identity().send(), "ExpiredToken").await;
}

#[tokio::test]
async fn refuses_a_role_that_cannot_be_one() {
    let sandbox = empty();
    let assume = |role: &str, session: &str| {
        sts(&sandbox, ACCOUNT, REGION).assume_role().role_arn(role).role_session_name(session)
    };
    let role = "arn:aws:iam::444455556666:role/deploy";
    for call in [
        assume("", "ci"),
        assume("deploy", "ci"),
        assume("arn:aws-cn:iam::444455556666:role/deploy", "ci"),
        assume("arn:aws:iam::1:role/deploy", "ci"),
        assume("arn:aws:iam::444455556666:user/deploy", "ci"),
        assume(role, ""),
        assume(role, "a b"),
        assume(role, "c"),
        assume(role, "ci").duration_seconds(60),
    ] {
        refused(&sandbox, call.send(), "ValidationError").await;
    }
}
