//! Requests that no client sends.

use bytes::Bytes;
use http::Request;
use proptest::prelude::*;

use super::*;

fn ask(request: http::request::Builder, body: &'static str) -> (u16, String) {
    let response = empty().handle(request.body(Bytes::from_static(body.as_bytes())).unwrap());
    let id = ["x-amzn-requestid", "x-amz-request-id"].iter().find_map(|name| response.headers().get(*name));
    assert!(id.is_some(), "{response:?}");
    (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
}

fn signed(service: &str) -> http::request::Builder {
    Request::post("http://localhost/").header("authorization", authorization(ACCOUNT, REGION, service))
}

#[test]
fn refuses_requests_without_credentials() {
    let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListTrails";
    let form = "application/x-www-form-urlencoded";
    for request in [
        Request::post("http://localhost/").header("x-amz-target", target),
        Request::post("http://localhost/").header("content-type", form),
        Request::get("http://localhost/bucket"),
    ] {
        let (status, body) = ask(request, "");
        assert_eq!(status, 403);
        assert!(body.contains("MissingAuthenticationToken"), "{body}");
    }
    let (status, body) = ask(Request::get("http://localhost/").header("authorization", "Basic x"), "");
    assert_eq!(status, 403);
    assert!(body.contains("IncompleteSignature"), "{body}");
}

#[test]
fn says_that_an_operation_or_service_is_unknown() {
    let prefix = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";
    let lookup = signed("cloudtrail").header("x-amz-target", format!("{prefix}.LookupEvents"));
    let (status, body) = ask(lookup, "{}");
    assert_eq!(status, 400);
    assert!(body.contains("\"__type\":\"UnknownOperationException\""), "{body}");
    let form = signed("sts").header("content-type", "application/x-www-form-urlencoded");
    let (status, body) = ask(form, "Action=GetFederationToken");
    assert_eq!(status, 400);
    assert!(body.contains("<Code>InvalidAction</Code>"), "{body}");
    for service in ["s3", "ec2"] {
        let (status, body) = ask(signed(service), "");
        assert_eq!(status, 501);
        assert!(body.contains("<Code>NotImplemented</Code>"), "{body}");
    }
}

#[test]
fn serves_global_services_in_one_region() {
    let form = signed("iam").header("content-type", "application/x-www-form-urlencoded");
    let organizations =
        signed("organizations").header("x-amz-target", "AWSOrganizationsV20161128.DescribeOrganization");
    for (request, body) in [(form, "Action=ListRoles"), (organizations, "{}")] {
        let (status, body) = ask(request, body);
        assert_eq!(status, 403);
        assert!(body.contains("SignatureDoesNotMatch"), "{body}");
    }
}

#[test]
fn refuses_parameters_that_it_does_not_know() {
    for (service, body) in [("sns", "Action=ListTopics&Surprise=1"), ("sns", "Action=CreateTopic&Name.x=1")] {
        let form = signed(service).header("content-type", "application/x-www-form-urlencoded");
        let (status, body) = ask(form, body);
        assert_eq!(status, 400);
        assert!(body.contains("<Code>InvalidParameter</Code>"), "{body}");
    }
}

#[test]
fn refuses_members_that_it_does_not_know() {
    let sandbox = empty();
    for body in [json!({"Name": "audit", "Surprise": 1}), json!({"Name": 1}), json!([]), json!({})] {
        let (status, answer) = raw(&sandbox, "GetTrail", REGION, &body);
        assert_eq!((status, answer["__type"].as_str()), (400, Some("SerializationException")), "{body}");
    }
}

#[test]
fn names_the_operation_of_a_request() {
    let prefix = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";
    let create = signed("cloudtrail").header("x-amz-target", format!("{prefix}.CreateTrail"));
    let policy = Request::put("http://localhost/bucket?policy")
        .header("authorization", authorization(ACCOUNT, REGION, "s3"));
    let cases = [
        (create.body(Bytes::new()), Some(("cloudtrail", "CreateTrail", true))),
        (policy.body(Bytes::new()), Some(("s3", "PutBucketPolicy", true))),
        (signed("sts").body("Action=GetCallerIdentity".into()), Some(("sts", "GetCallerIdentity", false))),
        (signed("sts").body(Bytes::new()), None),
        (Request::get("/").body(Bytes::new()), None),
    ];
    for (request, expected) in cases {
        assert_eq!(Sandbox::operation_of(&request.unwrap()), expected);
    }
}

/// A sandbox with a trail and a bucket, so that requests find something.
fn furnished() -> Sandbox {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let sandbox = with_bucket().await;
        let client = cloudtrail(&sandbox, ACCOUNT, REGION);
        client.create_trail().name("audit").s3_bucket_name(BUCKET).send().await.unwrap();
        sandbox
    })
}

const CLOUDTRAIL: &[&str] = &[
    "CreateTrail",
    "UpdateTrail",
    "PutInsightSelectors",
    "GetInsightSelectors",
    "PutEventConfiguration",
    "GetEventConfiguration",
];
const KMS: &[&str] = &[
    "CreateKey",
    "DescribeKey",
    "PutKeyPolicy",
    "EnableKeyRotation",
    "ScheduleKeyDeletion",
    "CreateAlias",
    "ListAliases",
    "TagResource",
    "CreateGrant",
    "ListGrants",
    "RevokeGrant",
    "RetireGrant",
];
const LOGS: &[&str] = &[
    "CreateLogGroup",
    "DescribeLogGroups",
    "AssociateKmsKey",
    "PutRetentionPolicy",
    "ListTagsForResource",
    "DeleteLogGroup",
    "DeleteSubscriptionFilter",
];
const ORGANIZATIONS: &[&str] = &[
    "CreateOrganization",
    "DescribeOrganization",
    "EnableAWSServiceAccess",
    "ListAWSServiceAccessForOrganization",
    "RegisterDelegatedAdministrator",
    "ListDelegatedAdministrators",
];
const IAM: &[&str] = &[
    "CreateRole",
    "GetRole",
    "ListRoles",
    "UpdateRole",
    "PutRolePolicy",
    "AttachRolePolicy",
    "TagRole",
    "PutRolePermissionsBoundary",
    "DeleteRole",
];
const TAGGING: &[&str] = &["GetResources"];
const SNS: &[&str] = &[
    "CreateTopic",
    "GetTopicAttributes",
    "SetTopicAttributes",
    "TagResource",
    "Subscribe",
    "Unsubscribe",
    "DeleteTopic",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_any_request(
        service in prop_oneof![Just("cloudtrail"), Just("s3"), Just("sts"), Just("")],
        operation in "(CreateTrail|PutEventSelectors|AddTags|DescribeTrails|[A-Z]{0,3})",
        method in prop_oneof![Just("GET"), Just("PUT"), Just("POST"), Just("HEAD"), Just("DELETE")],
        path in "/(logs-111122223333)?(/[a-z%0-9/]{0,6})?",
        query in "(policy|tagging|versioning|list-type=2|versionId|[a-z=&%+]{0,8})",
        header in "[ -~]{0,20}",
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let sandbox = furnished();
        let request = Request::builder()
            .method(method)
            .uri(format!("http://localhost{path}?{query}"))
            .header("x-amz-target", format!("CloudTrail_20131101.{operation}"))
            .header("authorization", authorization(ACCOUNT, REGION, service))
            .header("content-encoding", &header)
            .header("if-match", &header)
            .body(Bytes::from(body));
        if let Ok(request) = request {
            let status = sandbox.handle(request).status().as_u16();
            prop_assert!(status != 500, "{status}");
        }
    }

    #[test]
    fn answers_any_json(
        (service, target, operations) in prop_oneof![
            Just(("kms", "TrentService", KMS)),
            Just(("logs", "Logs_20140328", LOGS)),
            Just(("organizations", "AWSOrganizationsV20161128", ORGANIZATIONS)),
            Just(("tagging", "ResourceGroupsTaggingAPI_20170126", TAGGING)),
            Just(("cloudtrail", "CloudTrail_20131101", CLOUDTRAIL)),
        ],
        operation in any::<prop::sample::Index>(),
        members in "(\"(KeyId|TrailName|Name|AliasName|logGroupName|resourceArn|Policy|kmsKeyId|limit|InsightSelectors|TagFilters|PaginationToken|ResourcesPerPage)\": (\"(alias/|arn:aws:kms:|audit|x|[ -~&&[^\\\\\"]]{0,12})\"|[0-9]{1,20}|\\[\\]|null|\\{\\}),? ?){0,4}",
    ) {
        let operation = operation.get(operations);
        let request = Request::post("http://localhost/")
            .header("x-amz-target", format!("{target}.{operation}"))
            .header("authorization", authorization(ACCOUNT, OTHER_REGION, service))
            .body(Bytes::from(format!("{{{}}}", members.trim_end_matches([',', ' ']))));
        let status = furnished().handle(request.unwrap()).status().as_u16();
        prop_assert!(status == 200 || status == 400, "{status}");
    }

    #[test]
    fn answers_any_form(
        (service, operations) in prop_oneof![Just(("iam", IAM)), Just(("sns", SNS))],
        operation in any::<prop::sample::Index>(),
        fields in "(&(RoleName|PolicyArn|TopicArn|ResourceArn|SubscriptionArn|Name|Path|Tags\\.member\\.[0-2]\\.(Key|Value)|Attributes\\.entry\\.1\\.(key|value)|AttributeName|[A-Za-z.]{0,9})(=(arn:aws:sns:us-east-1:111122223333:x|/|%[0-9A-F]{2}|[ -~]{0,12}))?){0,5}",
    ) {
        let body = format!("Action={}{fields}", operation.get(operations));
        let request = Request::post("http://localhost/")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", authorization(ACCOUNT, OTHER_REGION, service))
            .body(Bytes::from(body));
        let status = furnished().handle(request.unwrap()).status().as_u16();
        prop_assert!([200, 400, 403, 404, 409].contains(&status), "{status}");
    }

    #[test]
    fn answers_any_scope_and_host(authorization in "(AWS4 )?(Credential=)?[ -~]{0,30}", host in "[a-z.:0-9]{0,20}") {
        let request = Request::get("/a").header("authorization", authorization).header("host", host);
        prop_assert!(empty().handle(request.body(Bytes::new()).unwrap()).status().as_u16() < 599);
    }

    #[test]
    fn answers_any_document(
        name in "(tagging|versioning|encryption|publicAccessBlock|ownershipControls|policy|lifecycle|logging|object-lock|notification|replication)",
        body in "(<(Tagging|VersioningConfiguration|OwnershipControls|LifecycleConfiguration|BucketLoggingStatus|ReplicationConfiguration)( xmlns=\"x\")?>)?[<>/&;\"{}a-zA-Z:,!\\[\\]]{0,60}",
    ) {
        let request = Request::put(format!("http://localhost/{BUCKET}?{name}"))
            .header("authorization", authorization(ACCOUNT, REGION, "s3"));
        let status = furnished().handle(request.body(Bytes::from(body)).unwrap()).status().as_u16();
        prop_assert!(status == 400 || status == 200, "{status}");
    }
}
