//! Trails: what is recorded, and where the log files go.

mod aws;
mod calls;
pub mod estate;
mod name;
pub mod packed;
mod perform;
pub mod recorded;
pub mod requests;
pub mod selectors;
mod shown;
pub mod status;

use std::{collections::BTreeSet, future::Future};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use self::selectors::{BasicSelector, Selector};
use super::{Common, Implied, Link, NameProblem, Resource, Scope, Target, World, open_lists, open_words};
use crate::{
    align::align_list,
    aws::{Aws, error::AwsError},
    events::{
        MAX_VALUES,
        insights::{CATEGORIES, TEMPLATES, TYPES},
    },
    path::Path,
    resource::{
        Account, Address, Existing, Observed, Outputs, Reference, ResourceId,
        owner::{self, Tags},
        region::Region,
    },
};

/// What the names of the roles that are made for trails end in.
pub(crate) const ROLE_SUFFIX: &str = "-cloudwatch-logs";

/// A CloudTrail trail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trail {
    /// The name in AWS. Default: the key of this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The home Region. Default: the spec's `region`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The S3 bucket that gets the log files: the key of an entry under `buckets`, or `{existing: NAME}`.
    pub bucket: Reference,
    /// The S3 key prefix of the log files. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The KMS key that encrypts the log files, in the Region of the bucket: the key of an entry under `kms_keys`, or
    /// `{existing: KEY-ARN}` or `{existing: alias/NAME}`. Default: none, which is the bucket's own encryption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<Reference>,
    /// The SNS topic that is told of each log file: the key of an entry under `topics`, or `{existing: TOPIC-ARN}`. Default:
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Reference>,
    /// The CloudWatch Logs log group that gets the events too. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloudwatch_logs: Option<CloudWatchLogs>,
    /// Records events of all enabled Regions, also of those enabled later.
    #[serde(default = "crate::kinds::yes")]
    pub multi_region: bool,
    /// Records events of global services, such as IAM. A multi-Region trail must.
    #[serde(default = "crate::kinds::yes")]
    pub global_service_events: bool,
    /// Records the events of all accounts of the organization. Its management account, or a delegated administrator, makes such
    /// a trail; its ARN has the id of the management account.
    #[serde(default)]
    pub organization: bool,
    /// Delivers digest files, with which the log files can be proved unchanged.
    #[serde(default = "crate::kinds::yes")]
    pub log_file_validation: bool,
    /// Records also the events that CloudTrail's own deliveries to S3 and CloudWatch Logs cause.
    #[serde(default = "crate::kinds::yes")]
    pub recursive_logging: bool,
    /// Records at all. A trail with `false` stays in place and records nothing.
    #[serde(default = "crate::kinds::yes")]
    pub logging: bool,
    /// Advanced event selectors: which events are recorded. Default: all management events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Selector>>,
    /// Basic event selectors, for trails that still use them. Not together with `events`. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic_events: Option<Vec<BasicSelector>>,
    /// CloudTrail Insights: which unusual activity is looked for. Default: none.
    #[serde(default)]
    pub insights: Vec<Insight>,
    /// The templates by which data events are aggregated: API_ACTIVITY, RESOURCE_ACCESS, USER_ACTIONS. Default: none.
    #[serde(default)]
    #[schemars(schema_with = "templates")]
    pub aggregation: Vec<String>,
    /// Tags, added to the spec's own. Tags of the live trail that the spec does not name are removed.
    #[serde(default)]
    pub tags: Tags,
    /// Refuses to delete or replace the trail unless it is named with `--allow-destroy`. Kept as a tag of the trail.
    #[serde(default = "crate::kinds::yes")]
    pub protect: bool,
    /// Takes over a live trail of this name that carries no mark of a stack. One of another stack is never taken over.
    #[serde(default)]
    pub adopt: bool,
}

/// The delivery of events to CloudWatch Logs. Log group and role go together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudWatchLogs {
    /// The log group, in the home Region: the key of an entry under `log_groups`, or `{existing: LOG-GROUP-ARN}`.
    pub log_group: Reference,
    /// The role that CloudTrail takes to write to it: the key of an entry under `roles`, or `{existing: ROLE-ARN}`. Default: a
    /// role that is made for the trail, with the permissions that it needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Reference>,
}

/// One kind of unusual activity that CloudTrail Insights looks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Insight {
    /// Which: ApiCallRateInsight or ApiErrorRateInsight.
    #[schemars(schema_with = "insights")]
    pub r#type: String,
    /// The categories of events that are analysed: Management, Data.
    #[serde(default = "management_only")]
    #[schemars(schema_with = "insight_categories")]
    pub categories: BTreeSet<String>,
}

fn templates(_: &mut SchemaGenerator) -> Schema {
    open_lists(TEMPLATES.iter().copied())
}

fn insights(_: &mut SchemaGenerator) -> Schema {
    open_words(TYPES.iter().copied())
}

fn insight_categories(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = CATEGORIES.iter().map(|category| category.name()).collect();
    json_schema!({ "type": "array", "items": { "enum": names }, "uniqueItems": true })
}

/// Returns the category that Insights analyse unless told otherwise (API Reference, InsightSelector).
fn management_only() -> BTreeSet<String> {
    BTreeSet::from(["Management".to_owned()])
}

impl Resource for Trail {
    const KIND: &'static str = "trail";
    const SECTION: &'static str = "trails";
    const SERVICE: &'static str = "cloudtrail";
    /// A multi-Region trail takes a place in each (User Guide, Quotas).
    const MOST_PER_REGION: Option<usize> = Some(5);
    type Call = requests::Call;

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
        let link = |path, kind, to| Link { path, kind, output: "arn", to };
        let mut links =
            vec![Link { path: Path::keys(["bucket"]), kind: "bucket", output: "name", to: &mut self.bucket }];
        links.extend(self.kms_key.as_mut().map(|to| link(Path::keys(["kms_key"]), "kms_key", to)));
        links.extend(self.topic.as_mut().map(|to| link(Path::keys(["topic"]), "topic", to)));
        if let Some(CloudWatchLogs { log_group, role }) = &mut self.cloudwatch_logs {
            let at = Path::keys(["cloudwatch_logs"]);
            links.push(link(at.key("log_group"), "log_group", log_group));
            links.extend(role.as_mut().map(|to| link(at.key("role"), "role", to)));
        }
        links
    }

    fn implied(&mut self, logical: &str) -> Vec<Implied> {
        let name = self.name.as_deref().unwrap_or(logical);
        let Some(logs) = self.cloudwatch_logs.as_mut().filter(|logs| logs.role.is_none()) else {
            return Vec::new();
        };
        let address = Address::new("role", &format!("{logical}{ROLE_SUFFIX}"));
        logs.role = Some(Reference::Declared(address.logical.clone()));
        let attrs = serde_json::json!({"name": format!("{name}{ROLE_SUFFIX}")});
        vec![Implied { address, attrs, by: Path::keys(["cloudwatch_logs"]) }]
    }

    /// An alias is looked for where CloudTrail needs the key to be: in the Region of the bucket.
    fn complete(&mut self, id: &ResourceId, world: &World<'_>) {
        let region = world.entry("bucket", &self.bucket).map_or(&id.region, |bucket| &bucket.id.region);
        if let Some(Reference::Existing(name)) = &mut self.kms_key
            && name.starts_with("alias/")
        {
            let Account { id: account, partition, .. } = world.account;
            *name = format!("arn:{partition}:kms:{region}:{account}:{name}");
        }
    }

    /// The default selectors have one spelling: CloudTrail shows a trail's default as a basic selector, and a spec may
    /// leave it out or write it in either form.
    fn normalize(&mut self) {
        let is_default = match (&self.events, &self.basic_events) {
            (None, None) => true,
            (None, Some(basic)) => selectors::is_default(basic),
            (Some(_), _) => false,
        };
        if is_default {
            self.events = Some(vec![Selector::all_management_events()]);
            self.basic_events = None;
        }
        // What is more than CloudTrail takes is packed, if that makes it fit.
        if let Some(events) = &mut self.events
            && packed::values(events) > MAX_VALUES
        {
            *events = packed::pack(events).into_iter().map(|(selector, _)| selector).collect();
        }
        if self.prefix.as_deref() == Some("") {
            self.prefix = None;
        }
        self.insights.sort();
        self.aggregation.sort();
        self.aggregation.dedup();
    }

    fn keep(&mut self, _id: &ResourceId, seen: &Self) {
        owner::keep_system_tags(&mut self.tags, &seen.tags);
    }

    fn align(&mut self, id: &ResourceId, want: &Self) {
        self.adopt = want.adopt;
        if self.has_other_form(id.region.partition(), want) {
            (self.events, self.basic_events) = (want.events.clone(), want.basic_events.clone());
        }
        if let (Some(seen), Some(want)) = (&mut self.events, &want.events) {
            align_list(seen, want, Selector::canonical);
        }
        if let (Some(seen), Some(want)) = (&mut self.basic_events, &want.basic_events) {
            align_list(seen, want, BasicSelector::canonical);
        }
    }

    /// A multi-Region trail shows in every Region, and so occupies its name in all of them.
    fn clash(&self, other: &Self) -> Option<&'static str> {
        let multi_region = self.multi_region || other.multi_region;
        multi_region.then_some("a multi-Region trail takes its name in every Region")
    }

    fn is_everywhere(&self) -> bool {
        self.multi_region
    }

    fn outputs(&self, id: &ResourceId, account: &Account) -> Outputs {
        let owner = match &account.organization {
            Some(organization) if self.organization => &organization.management_account,
            _ => &account.id,
        };
        let arn = format!("arn:{}:cloudtrail:{}:{owner}:trail/{}", account.partition, id.region, id.name);
        Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), arn)])
    }

    fn calls(target: &Target<'_>, old: Option<&Self>, new: Option<&Self>) -> Vec<requests::Call> {
        calls::calls(target, old, new)
    }

    fn observe(
        aws: &Aws,
        scope: &Scope<'_>,
    ) -> impl Future<Output = Result<Vec<(ResourceId, Observed<Self>)>, AwsError>> + Send {
        aws::observe(aws, scope)
    }

    /// Nothing refers to a trail.
    async fn look(_aws: &Aws, _id: &ResourceId) -> Result<Option<Existing>, AwsError> {
        Ok(None)
    }

    fn perform(
        aws: &Aws,
        id: &ResourceId,
        call: requests::Call,
    ) -> impl Future<Output = Result<Outputs, AwsError>> + Send {
        perform::perform(aws, id, call)
    }
}

impl Trail {
    /// Returns whether the selectors differ from those of another trail in their form only: basic ones, and advanced ones that
    /// record the same events. Only advanced ones have names, so that names which are wanted are a difference.
    fn has_other_form(&self, partition: &str, want: &Self) -> bool {
        let (basic, advanced) = match (&self.basic_events, &self.events, &want.basic_events, &want.events) {
            (Some(basic), None, None, Some(advanced)) if advanced.iter().all(|one| one.name.is_none()) => {
                (basic, advanced)
            }
            (None, Some(advanced), Some(basic), None) => (basic, advanced),
            _ => return false,
        };
        recorded::are_same(partition, recorded::basic(basic), recorded::advanced(advanced))
    }
}
