//! Trails: what is recorded, and where the log files go.

mod aws;
pub mod calls;
mod name;
pub mod selectors;

use std::future::Future;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::selectors::{BasicSelector, Selector};
use super::{Common, Link, Resource, Target};
use crate::{
    align::align_list,
    aws::{Aws, error::AwsError},
    path::Path,
    resource::{
        Account, Observed, Outputs, Reference, ResourceId,
        owner::{self, Tags},
        region::Region,
    },
};

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
    /// Records events of all enabled Regions, also of those enabled later.
    #[serde(default = "crate::kinds::yes")]
    pub multi_region: bool,
    /// Records events of global services, such as IAM. A multi-Region trail must.
    #[serde(default = "crate::kinds::yes")]
    pub global_service_events: bool,
    /// Delivers digest files, with which the log files can be proved unchanged.
    #[serde(default = "crate::kinds::yes")]
    pub log_file_validation: bool,
    /// Records at all. A trail with `false` stays in place and records nothing.
    #[serde(default = "crate::kinds::yes")]
    pub logging: bool,
    /// Advanced event selectors: which events are recorded. Default: all management events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Selector>>,
    /// Basic event selectors, for trails that still use them. Not together with `events`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic_events: Option<Vec<BasicSelector>>,
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

impl Resource for Trail {
    const KIND: &'static str = "trail";
    const SECTION: &'static str = "trails";
    const SERVICE: &'static str = "cloudtrail";
    type Call = calls::Call;

    fn common(&mut self) -> Common<'_> {
        Common {
            name: &mut self.name,
            region: &mut self.region,
            tags: &mut self.tags,
            protect: self.protect,
            adopt: self.adopt,
        }
    }

    fn name_problem(name: &str) -> Option<(&'static str, &'static str)> {
        name::problem(name)
    }

    fn links(&mut self) -> Vec<Link<'_>> {
        vec![Link { path: Path::keys(["bucket"]), kind: "bucket", output: "name", to: &mut self.bucket }]
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
        if self.prefix.as_deref() == Some("") {
            self.prefix = None;
        }
    }

    fn keep(&mut self, seen: &Self) {
        owner::keep_system_tags(&mut self.tags, &seen.tags);
    }

    fn align(&mut self, want: &Self) {
        self.adopt = want.adopt;
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

    fn outputs(id: &ResourceId, account: &Account) -> Outputs {
        let Account { id: account, partition } = account;
        let arn = format!("arn:{partition}:cloudtrail:{}:{account}:trail/{}", id.region, id.name);
        Outputs::from([("name".to_owned(), id.name.clone()), ("arn".to_owned(), arn)])
    }

    fn calls(target: &Target<'_>, old: Option<&Self>, new: Option<&Self>) -> Vec<calls::Call> {
        calls::calls(target, old, new)
    }

    fn observe(
        aws: &Aws,
        wanted: &[ResourceId],
        home: &Region,
    ) -> impl Future<Output = Result<Vec<(ResourceId, Observed<Self>)>, AwsError>> + Send {
        aws::observe(aws, wanted, home)
    }

    fn perform(
        aws: &Aws,
        id: &ResourceId,
        call: calls::Call,
    ) -> impl Future<Output = Result<Outputs, AwsError>> + Send {
        aws::perform(aws, id, call)
    }
}
