//! A trail that changes its key, topic, log group or role: in no state of an apply, whole or broken, does one of them shut it
//! out.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use trailctl::{
    policy::evaluate::{Decision, Principal, Request, evaluate},
    sandbox::Sandbox,
};

use crate::support::{Local, Moment, Verdict, Workspace};

const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";
const TRAIL: &str =
    "bucket: many-logs, kms_key: one, topic: one, cloudwatch_logs: {log_group: one, role: one}";
const AROUND: &str = "version: 1
stack: many
buckets: {many-logs: {}}
kms_keys: {one: {}, two: {}}
topics: {one: {}, two: {}}
log_groups: {one: {}, two: {}}
roles: {one: {}, two: {}}
";

/// What the trail becomes, and the name that must be allowed to go.
const CHANGES: &[(&str, &str)] = &[
    ("bucket: many-logs, kms_key: two, topic: one, cloudwatch_logs: {log_group: one, role: one}", ""),
    ("bucket: many-logs, kms_key: one, topic: two, cloudwatch_logs: {log_group: one, role: one}", ""),
    ("bucket: many-logs, kms_key: one, topic: one, cloudwatch_logs: {log_group: two, role: one}", ""),
    ("bucket: many-logs, kms_key: one, topic: one, cloudwatch_logs: {log_group: two, role: two}", ""),
    ("bucket: many-logs, kms_key: one, topic: one, cloudwatch_logs: {log_group: one}", ""),
    ("bucket: many-logs", ""),
    (
        "name: audit-2, bucket: many-logs, kms_key: one, topic: one, cloudwatch_logs: {log_group: one, role: one}",
        "--allow-destroy audit",
    ),
];

/// Returns what the trails use now and are shut out of.
fn shut_out(sandbox: &Sandbox) -> Vec<String> {
    let state = sandbox.state().unwrap();
    let mut found = Vec::new();
    for (name, trail) in state["trails"][ACCOUNT][REGION].as_object().into_iter().flatten() {
        let settings = &trail["settings"];
        let arn = format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{name}");
        let mut check = |what: &str, policy: &Value, action: &str, resource: &str| {
            let context = json!({"aws:SourceArn": arn, "aws:SourceAccount": ACCOUNT,
                "kms:EncryptionContext:aws:cloudtrail:arn": arn});
            let principal = Principal::Service("cloudtrail.amazonaws.com".to_owned());
            if !may(policy, principal, action, resource, &context) {
                found.push(format!("{name} by {what}"));
            }
        };
        if let Some(key) = settings["kms_key"].as_str() {
            let id = key.rsplit('/').next().unwrap();
            let key = &state["vaults"][ACCOUNT][REGION]["keys"][id];
            check("key", &key["policy"], "kms:GenerateDataKey", "*");
            assert_eq!(key["enabled"], true);
        }
        if let Some(topic) = settings["topic"].as_str() {
            let of = topic.rsplit(':').next().unwrap();
            let policy = &state["topics"][ACCOUNT][REGION][of]["attributes"]["policy"];
            check("topic", policy, "SNS:Publish", topic);
        }
        if let (Some(group), Some(role)) =
            (settings["log_delivery"]["group"].as_str(), settings["log_delivery"]["role"].as_str())
        {
            let role = &state["roles"]["aws"][ACCOUNT][role.rsplit('/').next().unwrap()];
            let stream = format!(
                "{}:log-stream:{ACCOUNT}_CloudTrail_{REGION}",
                group.strip_suffix(":*").unwrap_or(group)
            );
            let allowed = role["inline"].as_object().unwrap().values().any(|policy| {
                may(policy, Principal::Aws(ACCOUNT.to_owned()), "logs:PutLogEvents", &stream, &json!({}))
            });
            if !allowed {
                found.push(format!("{name} by role"));
            }
        }
    }
    found
}

fn may(policy: &Value, principal: Principal, action: &str, resource: &str, context: &Value) -> bool {
    let mut policy: Value = serde_json::from_str(policy.as_str().unwrap()).unwrap();
    // The policy of a role is for the role itself.
    for statement in policy["Statement"].as_array_mut().unwrap() {
        let statement = statement.as_object_mut().unwrap();
        statement.entry("Principal").or_insert_with(|| json!("*"));
    }
    let context = context.as_object().unwrap().iter();
    let context = context.map(|(key, value)| (key.clone(), vec![value.as_str().unwrap().to_owned()]));
    let request = Request {
        principal,
        action: action.to_owned(),
        resource: resource.to_owned(),
        context: context.collect(),
    };
    matches!(evaluate(&policy, &request), Decision::Allowed { .. })
}

/// Changes the trail, with a fault at the call of this number, if it is given, and returns how many calls there were. After
/// each call nothing that the trail uses may shut it out.
fn changed(after: &str, allowed: &str, fault: Option<(usize, Moment)>) -> usize {
    let sandbox = Sandbox::in_memory();
    let mut workspace = {
        let aws = Local::serving(sandbox.clone(), |_, _, _| Verdict::Continue);
        let workspace = Workspace::at(&aws.endpoint);
        workspace.spec(&format!("{AROUND}trails: {{audit: {{{TRAIL}}}}}\n"));
        let _ = workspace.expect("apply --yes", 0);
        workspace
    };
    assert_eq!(shut_out(&sandbox), [""; 0]);
    let gaps: Arc<Mutex<Vec<String>>> = Arc::default();
    let (found, seen) = (Arc::clone(&gaps), sandbox.clone());
    let aws = Local::serving(sandbox.clone(), move |call, number, moment| {
        if moment == Moment::After {
            let gaps = shut_out(&seen);
            found
                .lock()
                .unwrap()
                .extend(gaps.iter().map(|gap| format!("{gap} after call {number}, {}", call.operation)));
        }
        if Some((number, moment)) == fault { Verdict::Reject } else { Verdict::Continue }
    });
    workspace.set("AWS_ENDPOINT_URL", &aws.endpoint.url);
    workspace.spec(&format!("{AROUND}trails: {{audit: {{{after}}}}}\n"));
    let apply = format!("apply --yes {allowed}");
    if let Some((number, moment)) = fault {
        let broken = workspace.run(&apply);
        // The first call may be all there was; after any other, part of the plan is done.
        assert!(broken.code == Some(4) || (number == 1 && broken.code == Some(1)), "{moment:?} {broken:?}");
    }
    let _ = workspace.expect(&apply, 0);
    let _ = workspace.expect("plan --detailed-exitcode", 0);
    assert_eq!(gaps.lock().unwrap().as_slice(), [""; 0], "{after} {fault:?}");
    aws.take_changes().len()
}

#[test]
fn no_change_shuts_the_trail_out() {
    std::thread::scope(|scope| {
        for (after, allowed) in CHANGES {
            scope.spawn(move || assert!(changed(after, allowed, None) >= 2, "{after}"));
        }
    });
}

#[test]
fn no_broken_change_shuts_the_trail_out() {
    std::thread::scope(|scope| {
        for (after, allowed) in CHANGES {
            scope.spawn(move || {
                for number in 1..=changed(after, allowed, None) {
                    changed(after, allowed, Some((number, Moment::Before)));
                    changed(after, allowed, Some((number, Moment::After)));
                }
            });
        }
    });
}
