//! What a bucket's policy must still grant while the trails that deliver to the bucket move away or elsewhere in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Bucket, policy};
use crate::{
    kinds::{Resource as _, trail::Trail},
    policy::{
        document::{LEAVING, current_version},
        evaluate::{Decision, Principal, Request, evaluate},
    },
    resource::{Account, Live, ResourceId},
};

/// Stands for whatever a `*` may match: no policy names it.
const ANYTHING: &str = "\u{e000}/\u{e001}";

/// Returns the statements that the stack's live trails need to deliver as they do, and that `want` does not have. They
/// are made anew, never copied: what somebody else has put into the live policy does not stay.
pub(super) fn statements(
    bucket: &ResourceId,
    want: &[Value],
    stack: &str,
    account: &Account,
    live: &Live,
) -> Vec<Value> {
    let mut trails: BTreeMap<policy::Place, Vec<String>> = BTreeMap::new();
    for (_, seen) in live.iter().filter(|(id, seen)| id.kind == Trail::KIND && seen.owner.is(stack)) {
        let Ok(trail) = serde_json::from_value::<Trail>(seen.attrs.clone()) else { continue };
        let Some(arn) = seen.outputs.get("arn").cloned() else { continue };
        let place = (trail.prefix.unwrap_or_default(), trail.organization);
        if trail.bucket.as_str() == bucket.name && !is_granted(bucket, want, &place, &arn, account) {
            trails.entry(place).or_default().push(arn);
        }
    }
    let mut statements = policy::grants(bucket, stack, account, &trails, LEAVING);
    let (mut sources, mut objects) = (BTreeSet::new(), BTreeSet::new());
    for (id, seen) in live.iter().filter(|(id, seen)| id.kind == Bucket::KIND && seen.owner.is(stack)) {
        let Ok(Bucket { access_logs: Some(logs), .. }) = serde_json::from_value(seen.attrs.clone()) else {
            continue;
        };
        let (source, prefix) = (policy::arn(id, account), &logs.prefix);
        if logs.bucket.as_str() == bucket.name && !is_logged(bucket, want, &source, prefix, account) {
            objects.insert(format!("{}/{prefix}*", policy::arn(bucket, account)));
            sources.insert(source);
        }
    }
    statements.extend(policy::log_delivery(stack, account, &sources, &objects, LEAVING));
    statements
}

/// Returns whether a policy lets S3 write the access logs of a bucket.
fn is_logged(bucket: &ResourceId, want: &[Value], source: &str, prefix: &str, account: &Account) -> bool {
    let context =
        [("aws:SecureTransport", "true"), ("aws:SourceAccount", &account.id), ("aws:SourceArn", source)];
    let request = Request {
        principal: Principal::Service("logging.s3.amazonaws.com".to_owned()),
        action: "s3:PutObject".to_owned(),
        resource: format!("{}/{prefix}{ANYTHING}", policy::arn(bucket, account)),
        context: context.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()])).collect(),
    };
    let document = json!({"Version": current_version(), "Statement": want});
    matches!(evaluate(&document, &request), Decision::Allowed { .. })
}

/// Returns whether a policy lets a trail deliver to a place.
fn is_granted(
    bucket: &ResourceId,
    policy: &[Value],
    place: &policy::Place,
    trail: &str,
    account: &Account,
) -> bool {
    let document = json!({"Version": current_version(), "Statement": policy});
    let owner = policy::owner(trail);
    let context = [
        ("aws:SecureTransport", "true"),
        ("aws:SourceAccount", owner),
        ("aws:SourceArn", trail),
        ("s3:x-amz-acl", "bucket-owner-full-control"),
    ];
    let request = |action: &str, resource: String| Request {
        principal: Principal::Service("cloudtrail.amazonaws.com".to_owned()),
        action: action.to_owned(),
        resource,
        context: context.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()])).collect(),
    };
    let objects = policy::objects(bucket, account, owner, place);
    let writes = objects.iter().map(|objects| request("s3:PutObject", objects.replace('*', ANYTHING)));
    let mut requests = writes.chain([request("s3:GetBucketAcl", policy::arn(bucket, account))]);
    requests.all(|request| matches!(evaluate(&document, &request), Decision::Allowed { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::{Observed, Outputs, owner::Owner, region::Region};

    fn account() -> Account {
        Account::new("111122223333", "aws")
    }

    fn id(kind: &str, name: &str) -> ResourceId {
        ResourceId { kind: kind.to_owned(), region: Region::new("us-east-1"), name: name.to_owned() }
    }

    fn arn(name: &str) -> String {
        format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}")
    }

    /// A live trail of the stack `s` (or of nobody) that delivers to the bucket `b`.
    fn live(trails: &[(&str, &str, bool)]) -> Live {
        let trail = |(name, prefix, is_ours): &(&str, &str, bool)| {
            let owner = if *is_ours {
                Owner::Stack { stack: "s".to_owned(), resource: None, nonce: None }
            } else {
                Owner::Nobody
            };
            let attrs = json!({"bucket": "b", "prefix": prefix});
            let outputs = Outputs::from([("arn".to_owned(), arn(name))]);
            (id("trail", name), Observed { attrs, outputs, owner, holds_data: false, beside: Vec::new() })
        };
        trails.iter().map(trail).collect()
    }

    fn granting(trails: &[(&str, &str)]) -> Vec<Value> {
        let mut by_place: BTreeMap<policy::Place, Vec<String>> = BTreeMap::new();
        for (name, prefix) in trails {
            by_place.entry(((*prefix).to_owned(), false)).or_default().push(arn(name));
        }
        policy::grants(&id("bucket", "b"), "s", &account(), &by_place, "")
    }

    fn sids(want: &[Value], live: &Live) -> Vec<String> {
        let all = statements(&id("bucket", "b"), want, "s", &account(), live);
        all.iter().map(|one| one["Sid"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn what_is_granted_already_needs_nothing() {
        let here = live(&[("one", "p", true)]);
        assert_eq!(sids(&granting(&[("one", "p")]), &here), [""; 0]);
        assert_eq!(sids(&granting(&[("one", "p"), ("two", "q")]), &here), [""; 0]);
    }

    #[test]
    fn a_trail_that_moves_or_goes_keeps_what_it_has() {
        let here = live(&[("one", "p", true), ("two", "", true)]);
        let both = ["TrailctlSAclCheckLeaving", "TrailctlSWriteLeaving"];
        assert_eq!(sids(&granting(&[("one", "q"), ("two", "")]), &here), both);
        assert_eq!(sids(&granting(&[("two", "")]), &here), both);
        assert_eq!(
            sids(&[], &here),
            ["TrailctlSAclCheckLeaving", "TrailctlSWriteLeaving", "TrailctlSWrite2Leaving"]
        );
    }

    #[test]
    fn the_trails_of_others_are_not_ours_to_let_in() {
        assert_eq!(sids(&[], &live(&[("one", "p", false)])), [""; 0]);
    }
}
