//! Log groups of CloudWatch Logs: where a trail's events can be searched, and raise alarms.

mod aws;
pub mod calls;
mod name;

use std::future::Future;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Common, Link, NameProblem, Resource, Scope, Target};
use crate::{
    aws::{Aws, error::AwsError},
    path::Path,
    resource::{
        Account, Existing, Observed, Outputs, Reference, ResourceId,
        owner::{self, Tags},
        region::Region,
    },
};

/// A log group of CloudWatch Logs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogGroup {
    /// The name in AWS. Default: the key of this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The Region. Default: the spec's `region`. A trail's log group is in the home Region of the trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// How many days events are kept: 1, 3, 5, 7, 14, 30, 60, 90 and so on up to 3653. Default: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// The KMS key that encrypts the events: the key of an entry under `kms_keys`, or `{existing: KEY-ARN}` or
    /// `{existing: alias/NAME}`. Default: none, which is CloudWatch Logs' own encryption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<Reference>,
    /// What the log group can be used for. It cannot be changed.
    #[serde(default)]
    pub class: Class,
    /// Lets CloudWatch Logs refuse to delete the log group. `destroy --delete-data` switches it off first.
    #[serde(default)]
    pub deletion_protection: bool,
    /// Tags, added to the spec's own. Tags of the live log group that the spec does not name are removed.
    #[serde(default)]
    pub tags: Tags,
    /// Refuses to delete the log group unless it is named with `--allow-destroy` too. Kept as a tag of the log group.
    #[serde(default)]
    pub protect: bool,
    /// Takes over a live log group of this name that carries no mark of a stack. One of another stack is never taken over.
    #[serde(default)]
    pub adopt: bool,
}

/// What a log group can be used for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "LogGroupClass")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Class {
    /// All that CloudWatch Logs does.
    #[default]
    Standard,
    /// Cheaper, without metric filters, subscription filters and alarms.
    InfrequentAccess,
    /// For the logs of Lambda functions only.
    Delivery,
    /// One that this version does not know.
    #[serde(untagged)]
    #[schemars(skip)]
    Other(String),
}

impl Class {
    /// Returns the class that AWS gives this name.
    fn new(name: &str) -> Self {
        match name {
            "STANDARD" => Self::Standard,
            "INFREQUENT_ACCESS" => Self::InfrequentAccess,
            "DELIVERY" => Self::Delivery,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Returns the name that AWS gives it.
    fn as_str(&self) -> &str {
        match self {
            Self::Standard => "STANDARD",
            Self::InfrequentAccess => "INFREQUENT_ACCESS",
            Self::Delivery => "DELIVERY",
            Self::Other(name) => name,
        }
    }
}

/// Returns the ARN of a log group, without the `:*` that some calls want at its end.
pub(super) fn arn(account: &Account, region: &Region, name: &str) -> String {
    format!("arn:{}:logs:{region}:{}:log-group:{name}", account.partition, account.id)
}

/// Returns an ARN without the `:*` that AWS shows at the end of some ARNs of log groups.
pub(crate) fn without_star(arn: &str) -> &str {
    arn.strip_suffix(":*").unwrap_or(arn)
}

impl Resource for LogGroup {
    const KIND: &'static str = "log_group";
    const SECTION: &'static str = "log_groups";
    const SERVICE: &'static str = "logs";
    const KEEPS_DATA: bool = true;
    const FIXED: &'static [&'static str] = &["class"];
    const LASTING: &'static [(&'static str, &'static str)] =
        &[("class", "the class of a log group cannot be changed")];
    type Call = calls::Call;

    fn common(&mut self) -> Common<'_> {
        Common {
            name: &mut self.name,
            region: Some(&mut self.region),
            tags: &mut self.tags,
            protect: self.protect,
            adopt: self.adopt,
        }
    }

    fn name_problem(name: &str) -> Option<NameProblem> {
        name::problem(name)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        let path = Path::keys(["kms_key"]);
        let key = self.kms_key.as_mut();
        key.map(|to| Link { path, kind: "kms_key", output: "arn", to }).into_iter().collect()
    }

    fn keep(&mut self, _id: &ResourceId, seen: &Self) {
        owner::keep_system_tags(&mut self.tags, &seen.tags);
    }

    fn align(&mut self, _id: &ResourceId, want: &Self) {
        self.adopt = want.adopt;
    }

    fn outputs(&self, id: &ResourceId, account: &Account) -> Outputs {
        let arn = arn(account, &id.region, &id.name);
        Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), arn)])
    }

    fn calls(target: &Target<'_>, old: Option<&Self>, new: Option<&Self>) -> Vec<calls::Call> {
        calls::calls(target, old, new)
    }

    fn observe(
        aws: &Aws,
        scope: &Scope<'_>,
    ) -> impl Future<Output = Result<Vec<(ResourceId, Observed<Self>)>, AwsError>> + Send {
        aws::observe(aws, scope)
    }

    fn of_arn(arn: &str, _region: &Region) -> Option<ResourceId> {
        let (region, name) = parts(arn)?;
        Some(ResourceId { kind: Self::KIND.to_owned(), region: Region::new(region), name: name.to_owned() })
    }

    fn one_name(name: &str, region: &Region, account: &Account) -> String {
        match name.starts_with("arn:") {
            true => without_star(name).to_owned(),
            false => arn(account, region, name),
        }
    }

    fn told_by(name: &str) -> Outputs {
        let arn = name.starts_with("arn:").then(|| ("arn".to_owned(), without_star(name).to_owned()));
        arn.into_iter().collect()
    }

    fn look(aws: &Aws, id: &ResourceId) -> impl Future<Output = Result<Option<Existing>, AwsError>> + Send {
        aws::look(aws, id)
    }

    fn perform(
        aws: &Aws,
        id: &ResourceId,
        call: calls::Call,
    ) -> impl Future<Output = Result<Outputs, AwsError>> + Send {
        aws::perform(aws, id, call)
    }
}

/// Returns the Region and the name that the ARN of a log group says.
fn parts(arn: &str) -> Option<(&str, &str)> {
    let mut parts = without_star(arn).strip_prefix("arn:")?.splitn(6, ':').skip(1);
    let (service, region, _account, kind) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let name = parts.next()?;
    // An ARN of a stream goes on after the name.
    (service == "logs" && kind == "log-group" && !name.contains(':')).then_some((region, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_class_that_is_not_known_equals_no_other() {
        for name in ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "GLACIAL"] {
            let class: Class = serde_json::from_value(json!(name)).unwrap();
            assert_eq!(class, Class::new(name));
            assert_eq!(class.as_str(), name);
            assert_eq!(serde_json::to_value(&class).unwrap(), json!(name));
        }
        assert_ne!(Class::new("GLACIAL"), Class::default());
    }

    #[test]
    fn an_arn_names_a_log_group_with_and_without_its_star() {
        let here = Region::new("us-east-1");
        let of = |arn: &str| LogGroup::of_arn(arn, &here).map(|id| id.to_string());
        let arn = "arn:aws-cn:logs:cn-north-1:111122223333:log-group:/audit/trail";
        assert_eq!(of(arn).as_deref(), Some("log_group./audit/trail in cn-north-1"));
        assert_eq!(of(&format!("{arn}:*")), of(arn));
        assert_eq!(LogGroup::told_by(&format!("{arn}:*")), LogGroup::told_by(arn));
        assert_eq!(LogGroup::told_by("/audit/trail"), Outputs::new());
        for other in [&format!("{arn}:log-stream:s") as &str, "arn:aws:s3:::log-group", "/audit/trail"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
