//! The statements of a role's policies that follow from the spec: that CloudTrail takes it, and where it writes to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    kinds::{World, log_group, trail::Trail},
    policy::{
        document::{current_version, sid},
        evaluate::{Decision, Principal, Request, complete, evaluate},
    },
    resource::{Account, Reference, ResourceId, region::Region},
};

/// What CloudTrail does with a log group (User Guide, "Role policy document for CloudTrail to use CloudWatch Logs").
pub(super) const ACTIONS: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];

const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// Returns the statement that lets CloudTrail take the role. It has no condition: which keys such a request has is not
/// documented.
pub(super) fn trust(stack: &str) -> Value {
    json!({
        "Sid": sid(stack, "Trust"),
        "Effect": "Allow",
        "Principal": {"Service": CLOUDTRAIL},
        "Action": "sts:AssumeRole",
    })
}

/// Returns the statement that lets CloudTrail write to these streams. Without streams there is none.
pub(super) fn deliver(stack: &str, streams: &BTreeSet<String>, suffix: &str) -> Option<Value> {
    let resource = match streams.iter().collect::<Vec<_>>()[..] {
        [] => return None,
        [one] => json!(one),
        ref many => json!(many),
    };
    Some(json!({
        "Sid": sid(stack, &format!("Deliver{suffix}")),
        "Effect": "Allow",
        "Action": ACTIONS,
        "Resource": resource,
    }))
}

/// Returns the ARN patterns of the streams that the trails of the spec write to with this role.
pub(super) fn needed(role: &ResourceId, world: &World<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (entry, trail) in world.all::<Trail>() {
        let region = &entry.id.region;
        let logs = trail.cloudwatch_logs.filter(|logs| world.names(logs.role.as_ref(), role));
        if let Some(group) = logs.and_then(|logs| log_group_arn(&logs.log_group, region, world)) {
            found.extend(streams(&group, region, trail.organization, world.account));
        }
    }
    found
}

/// Returns the ARN patterns of the streams of a log group that a trail writes to (User Guide, "CloudWatch log group and log
/// stream naming for CloudTrail").
pub(super) fn streams(
    group: &str,
    region: &Region,
    is_organizations: bool,
    account: &Account,
) -> BTreeSet<String> {
    let stream = |name: String| format!("{group}:log-stream:{name}*");
    let own = |account: &str| stream(format!("{account}_CloudTrail_{region}"));
    let mut all = BTreeSet::from([own(&account.id)]);
    if let Some(organization) = account.organization.as_ref().filter(|_| is_organizations) {
        all.insert(own(&organization.management_account));
        all.insert(stream(format!("{}_", organization.id)));
    }
    all
}

fn log_group_arn(to: &Reference, region: &Region, world: &World<'_>) -> Option<String> {
    match to {
        Reference::Declared(_) => world.entry("log_group", to)?.outputs.get("arn").cloned(),
        Reference::Existing(arn) if arn.starts_with("arn:") => Some(log_group::without_star(arn).to_owned()),
        Reference::Existing(name) => Some(log_group::arn(world.account, region, name)),
    }
}

/// Returns whether the statements of a role's own policy let it do something.
pub(super) fn lets(statements: &[Value], role: &str, action: &str, resource: &str) -> bool {
    let mut statements = statements.to_vec();
    statements.iter_mut().for_each(complete);
    allows(&statements, action, resource, Principal::Aws(role.to_owned()))
}

fn allows(statements: &[Value], action: &str, resource: &str, principal: Principal) -> bool {
    let (action, resource) = (action.to_owned(), resource.to_owned());
    let context = [("aws:SecureTransport".to_owned(), vec!["true".to_owned()])].into();
    let document = json!({"Version": current_version(), "Statement": statements});
    matches!(evaluate(&document, &Request { principal, action, resource, context }), Decision::Allowed { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kinds::Resource as _, resolve::resolve, resource::Organization, spec::parse::parse};

    /// Returns the generated policy of the role `r` of a spec.
    fn deliver_of(account: &Account, text: &str) -> Value {
        let parsed = parse(&format!("version: 1\nstack: s\n{text}"));
        let spec = parsed.spec.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        let desired = resolve(&spec, account, &Region::new("us-east-1")).desired;
        let role = desired.iter().find(|one| one.id.kind == super::super::Role::KIND).unwrap();
        role.attrs["policy"]["statements"].clone()
    }

    fn member() -> Account {
        Account::new("111122223333", "aws")
    }

    #[test]
    fn a_role_may_write_to_the_streams_of_the_trails_that_use_it() {
        for (partition, region) in
            [("aws", "eu-west-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
        {
            let text = format!(
                "region: {region}\ntrails: {{one: {{bucket: {{existing: logs-b}}, cloudwatch_logs: {{log_group: /l, role: r}}}}}}\n\
                 log_groups: {{/l: {{}}}}\nroles: {{r: {{}}}}\n"
            );
            let arn = format!("arn:{partition}:logs:{region}:111122223333:log-group:/l:log-stream");
            assert_eq!(
                deliver_of(&Account::new("111122223333", partition), &text),
                json!([{
                    "Sid": "TrailctlSDeliver",
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": format!("{arn}:111122223333_CloudTrail_{region}*"),
                }])
            );
        }
    }

    #[test]
    fn many_streams_are_sorted_and_an_unused_role_has_none() {
        let text = "trails:\n  \
            zzz: {bucket: {existing: logs-b}, cloudwatch_logs: {log_group: /l, role: r}}\n  \
            aaa: {bucket: {existing: logs-b}, region: eu-west-1, cloudwatch_logs: {log_group: {existing: plain}, role: r}}\n  \
            eee: {bucket: {existing: logs-b}, cloudwatch_logs: {log_group: {existing: 'arn:aws:logs:us-east-1:111122223333:log-group:x:*'}, role: r}}\n  \
            other: {bucket: {existing: logs-b}, cloudwatch_logs: {log_group: /l, role: {existing: arn:aws:iam::111122223333:role/o}}}\n\
            log_groups: {/l: {}}\nroles: {r: {}}\n";
        let at = |region: &str, group: &str| {
            format!(
                "arn:aws:logs:{region}:111122223333:log-group:{group}:log-stream:111122223333_CloudTrail_{region}*"
            )
        };
        assert_eq!(
            deliver_of(&member(), text)[0]["Resource"],
            json!([at("eu-west-1", "plain"), at("us-east-1", "/l"), at("us-east-1", "x")])
        );
        assert_eq!(deliver_of(&member(), "roles: {r: {}}\n"), json!([]));
    }

    #[test]
    fn a_role_that_is_left_out_is_made_with_what_the_trail_needs() {
        let text = "trails: {one: {bucket: {existing: logs-b}, cloudwatch_logs: {log_group: /l}}}\n\
            log_groups: {/l: {}}\n";
        assert_eq!(
            deliver_of(&member(), text)[0]["Resource"],
            "arn:aws:logs:us-east-1:111122223333:log-group:/l:log-stream:111122223333_CloudTrail_us-east-1*"
        );
    }

    #[test]
    fn an_organization_has_streams_of_its_own() {
        let group = "arn:aws:logs:us-east-1:111122223333:log-group:/l";
        let of = |management: &str, is_organizations| {
            let organization =
                Organization { id: "o-abc".to_owned(), management_account: management.to_owned() };
            let account = Account { organization: Some(organization), ..member() };
            let streams = streams(group, &Region::new("us-east-1"), is_organizations, &account);
            let start = format!("{group}:log-stream:");
            streams.iter().map(|one| one.strip_prefix(&start).unwrap().to_owned()).collect::<Vec<_>>()
        };
        let own = "111122223333_CloudTrail_us-east-1*";
        assert_eq!(of("111122223333", true), [own, "o-abc_*"]);
        assert_eq!(of("999988887777", true), [own, "999988887777_CloudTrail_us-east-1*", "o-abc_*"]);
        assert_eq!(of("999988887777", false), [own]);
    }
}
