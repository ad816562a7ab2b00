//! What needs more than one policy, or one that is asked for: replacements, takeovers, organizations, what others manage.

use aws_sdk_organizations::types::OrganizationFeatureSet;

use trailctl::sandbox::Sandbox;

use super::{APPLY, ONE, of, stage::Stage, with_lock};
use crate::{
    lifecycle::in_runtime,
    support::{Local, Moment, Verdict, Workspace},
};

const HERE: &str = "
version: 1
stack: least
region: us-east-1
trails: {audit: {bucket: logs, protect: false}}
buckets: {logs: {name: least-logs}}
";
const RENAMED: &str = "
version: 1
stack: least
region: us-east-1
trails: {audit: {name: audit-2, bucket: logs, protect: false}}
buckets: {logs: {name: least-logs}}
";
const MOVED: &str = "
version: 1
stack: least
region: us-east-1
trails: {audit: {name: audit-2, region: eu-west-1, bucket: logs, protect: false}}
buckets: {logs: {name: least-logs}}
";
const THEIRS: &str = "
version: 1
stack: theirs
region: us-east-1
buckets:
  theirs:
    name: least-theirs
    policy: {statements: [
      {Sid: Acl, Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: 's3:GetBucketAcl', Resource: 'arn:aws:s3:::least-theirs'},
      {Sid: Write, Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: 's3:PutObject', Resource: 'arn:aws:s3:::least-theirs/*'}]}
";
const WITH_THEIRS: &str = "
version: 1
stack: least
region: us-east-1
trails: {audit: {bucket: {existing: least-theirs}}}
";
const OF_ORGANIZATION: &str = "
version: 1
stack: least
region: us-east-1
trails: {audit: {bucket: logs, organization: true, protect: false}}
buckets: {logs: {name: least-logs}}
";

#[test]
fn a_trail_is_replaced_by_who_may_destroy_the_old_one() {
    let mut stage = Stage::new();
    stage.run(of(HERE, "apply"), &[], APPLY, 0);
    stage.run(of(RENAMED, "apply"), &[of(HERE, "destroy")], APPLY, 0);
    // One of all Regions that keeps its name has another one stand in for it.
    let both = [of(RENAMED, "destroy"), of(MOVED, "destroy")];
    stage.run(of(MOVED, "apply"), &both, APPLY, 0);
    stage.run(of(MOVED, "plan"), &[], "plan --detailed-exitcode", 0);
}

#[test]
fn who_may_not_delete_a_trail_leaves_it_beside_the_one_that_replaces_it() {
    let aws = Local::serving(Sandbox::in_memory(), |call, _, moment| {
        let is_denied = call.operation == "DeleteTrail" && moment == Moment::Before;
        if is_denied { Verdict::Refuse } else { Verdict::Continue }
    });
    let workspace = Workspace::at(&aws.endpoint);
    workspace.spec(HERE);
    let _ = workspace.expect(APPLY, 0);
    workspace.spec(RENAMED);
    let _ = workspace.expect(APPLY, 4);
    let trails = in_runtime(aws.endpoint.cloudtrail("us-east-1").describe_trails().send()).unwrap();
    let names: Vec<&str> = trails.trail_list().iter().filter_map(|trail| trail.name()).collect();
    assert_eq!(names, ["audit", "audit-2"]);
}

#[test]
fn what_others_manage_is_read_by_its_name() {
    let mut stage = Stage::new();
    stage.run(of(THEIRS, "apply"), &[], APPLY, 0);
    stage.run(of(WITH_THEIRS, "apply"), &[], APPLY, 0);
    stage.run(of(WITH_THEIRS, "plan"), &[], "plan --detailed-exitcode", 0);
    let mut rest = stage.superfluous(of(WITH_THEIRS, "plan"));
    rest.retain(|(sid, _)| sid.starts_with("ReadExisting"));
    assert_eq!(rest, []);
}

#[test]
fn what_another_stack_owns_is_taken_over_by_who_has_asked_for_that() {
    let former: &'static str = ONE.replace("stack: least", "stack: former").leak();
    let mut stage = with_lock();
    stage.run(of(former, "apply"), &[], APPLY, 0);
    let takes_over = stage.policy(of(ONE, "apply"), "--take-ownership-from former");
    stage.run_with(of(ONE, "apply"), &takes_over, &[], &format!("{APPLY} --take-ownership-from former"), 0);
    let mut rest = stage.superfluous(of(ONE, "apply"));
    rest.retain(|(sid, _)| sid.starts_with("TakeOver"));
    assert_eq!(rest, []);
}

#[test]
fn the_trail_of_an_organization_has_what_cloudtrail_asks_for_it() {
    let mut stage = Stage::new();
    let client = aws_sdk_organizations::Client::new(&stage.aws.endpoint.sdk("us-east-1"));
    let trusted = "cloudtrail.amazonaws.com";
    in_runtime(async {
        client.create_organization().feature_set(OrganizationFeatureSet::All).send().await.unwrap();
        client.enable_aws_service_access().service_principal(trusted).send().await.unwrap();
        stage.aws.sandbox.join_organization("111122223333", "444455556666").unwrap();
        let register = client.register_delegated_administrator().account_id("444455556666");
        register.service_principal(trusted).send().await.unwrap();
    });
    stage.workspace.set("AWS_ACCESS_KEY_ID", "444455556666");
    stage.run(of(OF_ORGANIZATION, "apply"), &[], APPLY, 0);
    stage.run(of(OF_ORGANIZATION, "plan"), &[], "plan --detailed-exitcode", 0);
    let mut rest = stage.superfluous(of(OF_ORGANIZATION, "apply"));
    rest.retain(|(sid, action)| {
        sid.starts_with("Organization") || action.starts_with("organizations") || action.ends_with("GetTrail")
    });
    assert_eq!(rest, []);
    stage.run(of(OF_ORGANIZATION, "destroy"), &[], "destroy --yes --allow-coverage-loss", 0);
}
