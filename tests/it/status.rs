//! The estate: every trail that an account sees, and what needs attention.

use std::{future::pending, net::Ipv4Addr};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use trailctl::{
    estate::status_schema,
    exit,
    sandbox::{Sandbox, serve::serve},
};

use crate::{
    lifecycle::in_runtime,
    support::{Endpoint, Local, Workspace},
};

const MANAGEMENT: &str = "111122223333";
const MEMBER: &str = "444455556666";
const SPEC: &str = "version: 1
stack: estate
region: us-east-1
trails:
  audit: {bucket: estate-logs}
  local: {bucket: estate-logs, region: eu-west-1, multi_region: false, global_service_events: false}
buckets: {estate-logs: {}}
";

/// Returns an AWS where the spec is applied, and a folder with the spec.
fn applied() -> (Local, Workspace) {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(SPEC);
    let _ = workspace.expect("apply --yes", exit::DONE);
    aws.take_calls();
    (aws, workspace)
}

/// Returns the estate as JSON, as its schema has it.
#[track_caller]
fn estate(workspace: &Workspace, code: u8) -> Value {
    let document: Value =
        serde_json::from_str(&workspace.expect("status --format json", code).stdout).unwrap();
    let schema = jsonschema::validator_for(&status_schema()).unwrap();
    assert!(schema.is_valid(&document), "{:?}", schema.validate(&document).err());
    document
}

#[test]
fn every_trail_is_shown_once_with_what_its_regions_say() {
    let (aws, workspace) = applied();
    let document = estate(&workspace, exit::DONE);
    assert_eq!(document["format"], "trailctl.status/1");
    assert_eq!(document["findings"], json!([]));
    let [audit, local] = document["trails"].as_array().unwrap().as_slice() else { panic!("{document}") };
    for (trail, home, regions) in [(audit, "us-east-1", 34), (local, "eu-west-1", 1)] {
        assert_eq!(trail["home"], home);
        assert_eq!((&trail["kind"], &trail["logging"]), (&json!("own"), &json!(true)));
        assert_eq!(trail["stack"], "estate");
        assert_eq!(trail["settings"]["records"], "management");
        assert_eq!(trail["regions"].as_array().unwrap().len(), regions);
        assert_eq!(trail["regions"][0]["deliveries"][0]["what"], "log_files");
    }
    assert_eq!((&audit["entry"], &local["entry"]), (&json!("trail.audit"), &json!("trail.local")));
    // The multi-Region one takes a place in the home of the other too.
    let used: Vec<&Value> = document["places"].as_array().unwrap().iter().map(|one| &one["used"]).collect();
    assert_eq!(used, [2, 1, 1]);
    assert_eq!(document["duplicates"][0]["region"], "eu-west-1");
    let calls = aws.take_calls();
    let count = |operation| calls.iter().filter(|call| call.operation == operation).count();
    let counts =
        ["ListTrails", "DescribeTrails", "ListTags", "GetEventSelectors", "GetTrailStatus"].map(count);
    assert_eq!(counts, [1, 2, 2, 2, 34 + 1]);
    assert_eq!(counts.iter().sum::<usize>() + count("GetCallerIdentity"), calls.len());

    let text = workspace.expect("status", exit::DONE).stdout;
    assert!(text.starts_with("trail  home       kind  logging"), "{text}");
    for words in [
        "\naudit of stack estate, trail.audit of the spec, multi-Region\n  records management\n  bucket estate-logs: log files just now, digest files none yet\n",
        "\nnote: management events in eu-west-1 are recorded more than once: audit, local; from the second on, copies are billed\n",
        "\nStatus: 2 trails; nothing needs attention.\n",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(aws.take_changes(), [""; 0]);
}

#[test]
fn a_spec_is_not_needed() {
    let (_aws, workspace) = applied();
    std::fs::remove_file(workspace.path().join("trailctl.yaml")).unwrap();
    let document = estate(&workspace, exit::DONE);
    assert_eq!((&document["stack"], &document["trails"][0]["entry"]), (&Value::Null, &Value::Null));
    assert_eq!(document["trails"].as_array().unwrap().len(), 2);
    // One that is named must be there.
    let _ = workspace.expect("status -f nothing.yaml", exit::ERROR);
}

#[test]
fn an_account_without_trails_is_fine() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    let text = workspace.expect("status", exit::DONE).stdout;
    assert_eq!(text, format!("The account {} has no trails.\n", aws.endpoint.account));
    assert_eq!(estate(&workspace, exit::DONE)["trails"], json!([]));
    // But for one of a spec.
    workspace.spec("version: 1\nstack: gone\ntrails: {audit: {bucket: logs}}\nbuckets: {logs: {}}\n");
    let text = workspace.expect("status", exit::CHANGES).stdout;
    assert!(text.contains("missing: the account does not have trail.audit of the spec\n"), "{text}");
    assert!(text.ends_with("Status: 0 trails; 1 finding needs attention.\n"), "{text}");
    let findings = &estate(&workspace, exit::CHANGES)["findings"];
    assert_eq!((&findings[0]["code"], &findings[0]["trail"]), (&json!("absent"), &json!("trail.audit")));
}

#[test]
fn a_trail_that_was_stopped_needs_attention() {
    let (aws, workspace) = applied();
    in_runtime(async {
        aws.endpoint.cloudtrail("us-east-1").stop_logging().name("audit").send().await.unwrap();
    });
    let document = estate(&workspace, exit::CHANGES);
    let [finding] = document["findings"].as_array().unwrap().as_slice() else { panic!("{document}") };
    assert_eq!((&finding["code"], &finding["trail"]), (&json!("not-logging"), &json!("audit")));
    assert_eq!(finding["regions"], json!(["us-east-1"]));
    let text = workspace.expect("status", exit::CHANGES).stdout;
    assert!(text.contains("  ! us-east-1: it is not logging\n"), "{text}");
    assert!(text.ends_with("Status: 2 trails; 1 finding needs attention.\n"), "{text}");
    // It is fine where the spec wants it so, and then it is no further copy either.
    workspace.spec(&SPEC.replace("audit: {", "audit: {logging: false, "));
    assert_eq!(estate(&workspace, exit::DONE)["duplicates"], json!([]));
}

#[test]
fn a_bucket_that_keeps_cloudtrail_out_is_explained() {
    let (aws, workspace) = applied();
    in_runtime(async {
        aws.endpoint.s3("us-east-1").delete_bucket_policy().bucket("estate-logs").send().await.unwrap();
    });
    let document = estate(&workspace, exit::CHANGES);
    let [audit, local] = document["findings"].as_array().unwrap().as_slice() else { panic!("{document}") };
    assert_eq!((&audit["code"], &local["code"]), (&json!("delivery-fails"), &json!("delivery-fails")));
    assert_eq!(audit["regions"].as_array().unwrap().len(), 34);
    let text = workspace.expect("status", exit::CHANGES).stdout;
    let words = "  ! us-east-1 and 33 other Regions: log files to the bucket fail with AccessDenied: the bucket or its key keeps \
                 CloudTrail out: look at the bucket's policy";
    assert!(text.contains(words), "{text}");
    assert!(text.contains("fail (AccessDenied)"), "{text}");
}

#[test]
fn members_see_the_trail_of_their_organization() {
    let aws = Local::start();
    in_runtime(async {
        let organizations = aws_sdk_organizations::Client::new(&aws.endpoint.sdk("us-east-1"));
        organizations.create_organization().send().await.unwrap();
        let trust = organizations.enable_aws_service_access();
        trust.service_principal("cloudtrail.amazonaws.com").send().await.unwrap();
    });
    aws.sandbox.join_organization(MANAGEMENT, MEMBER).unwrap();
    let manager = Workspace::at(&aws.endpoint);
    manager.spec(
        "version: 1\nstack: org\nregion: us-east-1\ntrails: {all: {bucket: org-logs, organization: true}}\n\
         buckets: {org-logs: {}}\n",
    );
    let _ = manager.expect("apply --yes", exit::DONE);
    let mut member = Workspace::at(&aws.endpoint);
    member.set("AWS_ACCESS_KEY_ID", MEMBER);
    let document = estate(&member, exit::DONE);
    let [trail] = document["trails"].as_array().unwrap().as_slice() else { panic!("{document}") };
    assert_eq!((&document["account"], &trail["kind"]), (&json!(MEMBER), &json!("organization")));
    assert_eq!(trail["arn"], format!("arn:aws:cloudtrail:us-east-1:{MANAGEMENT}:trail/all"));
    assert_eq!(trail["stack"], "org");
    assert_eq!(document["places"][0]["used"], 1);
    assert_eq!(estate(&manager, exit::DONE)["trails"][0]["kind"], "organization");
    in_runtime(async {
        let organizations = aws_sdk_organizations::Client::new(&aws.endpoint.sdk("us-east-1"));
        let register = organizations.register_delegated_administrator().account_id(MEMBER);
        register.service_principal("cloudtrail.amazonaws.com").send().await.unwrap();
    });
    assert_eq!(estate(&member, exit::DONE)["trails"][0]["kind"], "delegated");
}

/// Returns the code by which a Region refuses to tell the status of a trail.
fn refusal(request: &Request<Bytes>) -> Option<&'static str> {
    let is_asked = Sandbox::operation_of(request)?.1 == "GetTrailStatus";
    let scope = request.headers().get("authorization")?.to_str().ok()?;
    let refusals = [
        ("/eu-west-1/", "TrailNotFoundException"),
        ("/ap-east-1/", "UnrecognizedClientException"),
        ("/sa-east-1/", "AccessDeniedException"),
    ];
    refusals.into_iter().find(|(region, _)| is_asked && scope.contains(region)).map(|(_, code)| code)
}

#[tokio::test(flavor = "multi_thread")]
async fn regions_that_are_closed_say_nothing_and_one_that_lacks_the_trail_is_named() {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(&SPEC.replace("  local:", "  # local:"));
    let _ = workspace.expect("apply --yes", exit::DONE);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sandbox = aws.sandbox.clone();
    tokio::spawn(serve(
        listener,
        move |request| match refusal(&request) {
            Some(code) => {
                let body = json!({"__type": code, "message": "no"}).to_string();
                Response::builder().status(400).body(Bytes::from(body)).unwrap()
            }
            None => sandbox.handle(request),
        },
        pending(),
    ));
    let workspace = Workspace::at(&Endpoint { url, ..aws.endpoint.clone() });
    let document = estate(&workspace, exit::CHANGES);
    let regions = document["trails"][0]["regions"].as_array().unwrap();
    assert_eq!(regions.len(), 32);
    let [finding] = document["findings"].as_array().unwrap().as_slice() else { panic!("{document}") };
    assert_eq!((&finding["code"], &finding["regions"]), (&json!("missing-shadow"), &json!(["eu-west-1"])));
    let text = workspace.expect("status", exit::CHANGES).stdout;
    assert!(text.contains("  ! eu-west-1: it is multi-Region and does not show there"), "{text}");
}
