//! Service principals that are probably not those that are meant.

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic, events::sources::NETWORK_ACTIVITY, path::Path, resource::region::Region,
};

/// Services that policies often name, besides those with network activity events.
const SERVICES: &[&str] = &[
    "access-analyzer",
    "apigateway",
    "autoscaling",
    "backup",
    "budgets",
    "cloudfront",
    "cloudwatch",
    "codebuild",
    "codecommit",
    "codepipeline",
    "delivery.logs",
    "guardduty",
    "inspector",
    "inspector2",
    "logging.s3",
    "macie",
    "macie2",
    "redshift",
    "replication.dynamodb",
    "route53",
    "securityhub",
    "securitylake",
    "states",
    "transfer",
    "vpc-flow-logs",
];
/// What they end in, in all partitions; only some have names of their own in some.
const SUFFIXES: [&str; 3] = [".amazonaws.com.cn", ".amazonaws.eu", PLAIN];
const PLAIN: &str = ".amazonaws.com";
/// Whose name is one in all partitions (User Guide, "Amazon S3 bucket policy for CloudTrail").
const CLOUDTRAIL: &str = "cloudtrail";
/// Shorter names are too like each other.
const LONG_ENOUGH: usize = 5;

/// Checks those that a statement names.
pub(super) fn check(statement: &Value, partition: Option<&str>, at: &Path, found: &mut Vec<Diagnostic>) {
    for member in ["Principal", "NotPrincipal"] {
        let at = at.key(member).key("Service");
        names(&statement[member]["Service"], &at, partition, found);
    }
}

fn names(services: &Value, at: &Path, partition: Option<&str>, found: &mut Vec<Diagnostic>) {
    let (list, is_list) = match services {
        Value::Array(list) => (list.as_slice(), true),
        one => (std::slice::from_ref(one), false),
    };
    for (index, name) in list.iter().enumerate() {
        let Some((message, help)) = name.as_str().and_then(|name| problem(name, partition)) else { continue };
        let at = if is_list { at.index(index) } else { at.clone() };
        found.push(Diagnostic::at("policy-service-unlikely", at, message).help(help));
    }
}

/// Returns what is odd about the name of a service, and what is meant.
fn problem(name: &str, partition: Option<&str>) -> Option<(String, String)> {
    let (service, suffix) = SUFFIXES.iter().find_map(|suffix| Some((name.strip_suffix(suffix)?, *suffix)))?;
    let is_one_typo_off = |known: &&str| strsim::osa_distance(service, known) == 1;
    let known = || {
        NETWORK_ACTIVITY.iter().map(|source| source.trim_end_matches(PLAIN)).chain(SERVICES.iter().copied())
    };
    if service.len() >= LONG_ENOUGH
        && !known().any(|one| one == service)
        && let Some(meant) = known().find(is_one_typo_off)
    {
        let message = format!("no service is known to have the principal `{name}`");
        return Some((message, format!("did you mean `{meant}{PLAIN}`?")));
    }
    let is_elsewhere = partition
        .is_some_and(|partition| suffix != PLAIN && suffix[1..] != *Region::leader(partition).dns_suffix());
    if suffix != PLAIN && service == CLOUDTRAIL || is_elsewhere {
        let message = format!("`{name}` is not the principal of that service here");
        return Some((message, format!("write `{service}{PLAIN}`")));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_services_are_those_that_are_meant() {
        for (name, partition, meant) in [
            ("cloudtrail.amazonaws.com", Some("aws-cn"), None),
            ("cloudtrail.amazonaws.com.cn", Some("aws-cn"), Some("`cloudtrail.amazonaws.com`")),
            ("cloudtrail.amazonaws.com.cn", None, Some("`cloudtrail.amazonaws.com`")),
            ("cloudtrial.amazonaws.com", None, Some("`cloudtrail.amazonaws.com`")),
            ("delivery.log.amazonaws.com", None, Some("`delivery.logs.amazonaws.com`")),
            ("ec2.amazonaws.com.cn", Some("aws-cn"), None),
            ("ec2.amazonaws.com.cn", None, None),
            ("ec2.amazonaws.com.cn", Some("aws"), Some("`ec2.amazonaws.com`")),
            ("logs.eu-west-1.amazonaws.com", Some("aws"), None),
            ("ssm.amazonaws.com", None, None),
            ("sms.amazonaws.com", None, None),
            ("inspector2.amazonaws.com", None, None),
            ("something-new.amazonaws.com", None, None),
            ("nothing", None, None),
        ] {
            let help = problem(name, partition).map(|(_, help)| help);
            assert_eq!(help.is_some(), meant.is_some(), "{name}: {help:?}");
            assert!(meant.is_none_or(|meant| help.unwrap_or_default().contains(meant)), "{name}");
        }
    }
}
