//! ARNs in specs: that they are whole, of the right service and type, and of the partition of the spec.

use super::{head::is_account, regions};
use crate::{
    diagnostic::Diagnostic,
    path::Path,
    resource::region::{Region, partitions},
    spec::Spec,
};

/// How the ARNs of one type of resource are written.
pub(super) struct Form {
    /// What they name, with its article: `a KMS key`.
    pub(super) what: &'static str,
    /// The services that have them.
    pub(super) services: &'static [&'static str],
    /// Whether they tell a Region.
    pub(super) has_region: bool,
    /// What may stand for the account beside its 12 digits.
    pub(super) owner: Option<&'static str>,
    /// What comes behind the account begins with one of these.
    pub(super) starts: &'static [&'static str],
    /// What cannot stand behind that.
    pub(super) without: &'static [char],
    /// An ARN to copy from.
    pub(super) example: &'static str,
}

pub(super) const KEY: Form = Form {
    what: "a KMS key",
    services: &["kms"],
    has_region: true,
    owner: None,
    starts: &["key/", "alias/"],
    without: &[':'],
    example: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
};
pub(super) const TOPIC: Form = Form {
    what: "an SNS topic",
    services: &["sns"],
    has_region: true,
    owner: None,
    starts: &[""],
    without: &[':', '/'],
    example: "arn:aws:sns:eu-west-1:111122223333:NAME",
};
pub(super) const LOG_GROUP: Form = Form {
    what: "a log group",
    services: &["logs"],
    has_region: true,
    owner: None,
    starts: &["log-group:"],
    without: &[':'],
    example: "arn:aws:logs:eu-west-1:111122223333:log-group:NAME",
};
pub(super) const ROLE: Form = Form {
    what: "a role",
    services: &["iam"],
    has_region: false,
    owner: None,
    starts: &["role/"],
    without: &[':'],
    example: "arn:aws:iam::111122223333:role/NAME",
};
pub(super) const POLICY: Form = Form {
    what: "a managed policy",
    services: &["iam"],
    has_region: false,
    owner: Some("aws"),
    starts: &["policy/"],
    without: &[':'],
    example: "arn:aws:iam::111122223333:policy/NAME",
};

/// The parts of an ARN.
pub(super) struct Arn<'a> {
    pub(super) partition: &'a str,
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

/// Takes an ARN apart.
pub(super) fn parts(text: &str) -> Option<Arn<'_>> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, region, account, resource] = parts[..] else { return None };
    let is_whole = ![partition, service, resource].contains(&"");
    is_whole.then_some(Arn { partition, service, region, account, resource })
}

/// Returns the account that an ARN tells. What stands for one that is not known yet is none.
pub(super) fn account(text: &str) -> Option<&str> {
    parts(text).map(|arn| arn.account).filter(|account| is_account(account) && *account != "000000000000")
}

/// Says the first thing that is wrong with an ARN. Returns whether it is as it must be.
pub(super) fn check(spec: &Spec, text: &str, form: &Form, at: &Path, found: &mut Vec<Diagnostic>) -> bool {
    let Form { what, example, .. } = form;
    let mut says = |code, message: String, help: String| {
        found.push(Diagnostic::at(code, at.clone(), message).help(help));
        false
    };
    let like = || format!("write it like `{example}`");
    let Some(Arn { partition, service, region, account, resource }) = parts(text) else {
        return says("malformed-arn", format!("`{text}` is not the ARN of {what}"), like());
    };
    if !form.services.contains(&service) {
        return says("arn-service", format!("an ARN of {service} is not that of {what}"), like());
    }
    if form.has_region == region.is_empty() {
        let problem = if form.has_region { "tells no Region" } else { "tells a Region" };
        return says("arn-region", format!("this ARN of {what} {problem}"), like());
    }
    if !is_account(account) && form.owner != Some(account) {
        let help = "write the 12 digits of the account".to_owned();
        return says("arn-account", format!("`{account}` in this ARN is not an account id"), help);
    }
    // What AWS shows at the end of some ARNs of log groups is no part of the name.
    let resource = if service == "logs" { resource.strip_suffix(":*").unwrap_or(resource) } else { resource };
    if resource.contains(['*', '?']) {
        let help = "write the ARN of one resource".to_owned();
        return says("arn-wildcard", format!("this ARN of {what} has wildcards"), help);
    }
    let name = form.starts.iter().find_map(|start| resource.strip_prefix(start));
    if name.is_none_or(|name| name.is_empty() || name.ends_with('/') || name.contains(form.without)) {
        return says("arn-resource-type", format!("`{resource}` in this ARN is not {what}"), like());
    }
    let known = || partitions().collect::<Vec<_>>().join(", ");
    if !partitions().any(|one| one == partition) {
        let message = format!("`{partition}` in this ARN is not a partition");
        return says("arn-partition", message, format!("one of: {}", known()));
    }
    if let Some(wanted) = regions::partition(spec).filter(|wanted| wanted != partition) {
        let message = format!("this ARN is of the partition {partition}, and the spec is for {wanted}");
        let help = format!("name {what} of {wanted}: partitions share nothing");
        return says("arn-partition", message, help);
    }
    if region.is_empty() {
        return true;
    }
    let here = Region::new(region).partition();
    if regions::is_known(region) && here != partition {
        let message = format!("`{region}` is a Region of {here}, and the ARN is of {partition}");
        return says("arn-partition", message, format!("write `arn:{here}:`, or a Region of {partition}"));
    }
    regions::known(region, at, found);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse::parse;

    #[test]
    fn the_first_problem_of_an_arn_is_said() {
        let spec = parse("version: 1\nstack: s\nregion: eu-west-1\n").spec.unwrap();
        let code = |text: &str, form: &Form| {
            let mut found = Vec::new();
            let is_good = check(&spec, text, form, &Path::root(), &mut found);
            assert!(found.len() < 2 && is_good == found.iter().all(|one| one.code == "unknown-region"));
            found.pop().map(|one| one.code)
        };
        for form in [KEY, TOPIC, LOG_GROUP, ROLE, POLICY] {
            assert_eq!(code(form.example, &form), None, "{}", form.example);
        }
        for (text, form, wanted) in [
            ("arn:aws:iam::aws:policy/service-role/x", &POLICY, None),
            ("arn:aws:logs:eu-west-1:111122223333:log-group:/a/b:*", &LOG_GROUP, None),
            ("arn:aws:kms:eu-west-1:111122223333:alias/a", &KEY, None),
            ("arn:aws:kms:eu-west-1", &KEY, Some("malformed-arn")),
            ("key", &KEY, Some("malformed-arn")),
            ("arn:aws:s3:::x", &KEY, Some("arn-service")),
            ("arn:aws:kms::111122223333:key/1", &KEY, Some("arn-region")),
            ("arn:aws:iam:us-east-1:111122223333:role/x", &ROLE, Some("arn-region")),
            ("arn:aws:kms:eu-west-1:1111:key/1", &KEY, Some("arn-account")),
            ("arn:aws:iam::aws:role/x", &ROLE, Some("arn-account")),
            ("arn:aws:iam::111122223333:role/*", &ROLE, Some("arn-wildcard")),
            ("arn:aws:iam::111122223333:user/x", &ROLE, Some("arn-resource-type")),
            ("arn:aws:iam::111122223333:role/", &ROLE, Some("arn-resource-type")),
            (
                "arn:aws:logs:eu-west-1:111122223333:log-group:a:log-stream:b",
                &LOG_GROUP,
                Some("arn-resource-type"),
            ),
            ("arn:aws:sns:eu-west-1:111122223333:told:1-2-3", &TOPIC, Some("arn-resource-type")),
            ("arn:aws-moon:iam::111122223333:role/x", &ROLE, Some("arn-partition")),
            ("arn:aws-cn:iam::111122223333:role/x", &ROLE, Some("arn-partition")),
            ("arn:aws:sns:cn-north-1:111122223333:told", &TOPIC, Some("arn-partition")),
            ("arn:aws:sns:eu-west-9:111122223333:told", &TOPIC, Some("unknown-region")),
        ] {
            assert_eq!(code(text, form), wanted, "{text}");
        }
    }
}
