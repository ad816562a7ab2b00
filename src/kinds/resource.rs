//! What a kind of resource must say about itself.

use std::{collections::BTreeSet, future::Future};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::SetOnce;

use super::from_tree;
use crate::{
    aws::{Aws, error::AwsError},
    path::Path,
    resource::{
        Account, Address, Desired, Existing, Live, Observed, Outputs, Reference, ResourceId, owner::Tags,
        reference, region::Region,
    },
};

/// The attributes of one kind of AWS resource: how the spec writes them, how AWS shows them, what changes them.
///
/// The same struct is the spec's entry, the wanted state and the observed one.
pub trait Resource: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static {
    /// The name of the kind, such as `trail`.
    const KIND: &'static str;
    /// The key of the spec under which its entries stand, such as `trails`.
    const SECTION: &'static str;
    /// The service whose API its calls belong to, as IAM writes it: `cloudtrail`.
    const SERVICE: &'static str;
    /// Whether it is made to hold data, so that it is never removed unless it is named.
    const KEEPS_DATA: bool = false;
    /// Whether a name can be used once in all Regions, not once in each.
    const GLOBAL_NAMES: bool = false;
    /// How many bytes its policy may have, if it has one.
    const POLICY_LIMIT: Option<usize> = None;
    /// Whether the Resource Groups Tagging API lists it.
    const LISTED_BY_TAG: bool = true;
    /// Whether the name is only a pointer to the resource, which can be moved.
    const RENAMES: bool = false;
    /// How many of them a Region has room for, if that is few.
    const MOST_PER_REGION: Option<usize> = None;
    /// The attributes that AWS cannot change.
    const FIXED: &'static [&'static str] = &[];
    /// The attributes that cannot be taken back once they are set, each with what that means.
    const LASTING: &'static [(&'static str, &'static str)] = &[];
    /// The API requests that change it: one variant per operation, with the parameters as AWS names them.
    type Call: Serialize + DeserializeOwned + Send + 'static;

    /// Returns what every kind has.
    fn common(&mut self) -> Common<'_>;
    /// Fills in the name and the Region that the spec leaves out, and returns who the resource is in AWS.
    fn identify(&mut self, logical: &str, default_region: &Region) -> ResourceId {
        let Common { name, region, .. } = self.common();
        let name = name.get_or_insert_with(|| logical.to_owned()).clone();
        let region = region.map(|region| region.get_or_insert_with(|| default_region.clone()).clone());
        let region = region.unwrap_or_else(|| default_region.global("iam"));
        ResourceId { kind: Self::KIND.to_owned(), region, name }
    }
    /// Returns what is wrong with a name.
    fn name_problem(name: &str) -> Option<NameProblem>;
    /// Returns the references to other resources.
    fn links(&mut self) -> Vec<Link<'_>>;
    /// Returns the entries that the spec leaves out and this one needs, after filling in the references to them.
    fn implied(&mut self, _logical: &str) -> Vec<Implied> {
        Vec::new()
    }
    /// Fills in what follows from the other entries of the spec.
    fn complete(&mut self, _id: &ResourceId, _world: &World<'_>) {}
    /// Brings the attributes to one spelling; done on the wanted and on the observed side.
    fn normalize(&mut self) {}
    /// Takes over from the live resource what the spec leaves to others.
    fn keep(&mut self, _id: &ResourceId, _seen: &Self) {}
    /// Takes over the spelling of the wanted attributes where both mean the same.
    fn align(&mut self, _id: &ResourceId, _want: &Self) {}
    /// Returns the state to hold while the resources that refer to this one change: the wanted one, and what the live ones
    /// still need. `None` when they need nothing more.
    fn bridge(&self, _id: &ResourceId, _account: &Account, _live: &Live) -> Option<Self> {
        None
    }
    /// Returns why this new resource cannot exist beside a live one of the same name in another Region.
    fn clash(&self, _other: &Self) -> Option<&'static str> {
        None
    }
    /// Returns whether it takes a place in every Region, not only in its own.
    fn is_everywhere(&self) -> bool {
        false
    }
    /// Returns the output that tells the calls what the resource's name points to instead of it: to what was seen.
    fn taken(_other: &Outputs) -> Option<(String, String)> {
        None
    }
    /// Returns the outputs that are known before the resource exists.
    fn outputs(&self, id: &ResourceId, account: &Account) -> Outputs;
    /// Returns the calls that lead from `old` to `new`, in order. `None` is absent.
    fn calls(target: &Target<'_>, old: Option<&Self>, new: Option<&Self>) -> Vec<Self::Call>;
    /// Reads the resources of a scope, each once. Absent ones are left out.
    fn observe(
        aws: &Aws,
        scope: &Scope<'_>,
    ) -> impl Future<Output = Result<Vec<(ResourceId, Observed<Self>)>, AwsError>> + Send;
    /// Returns who the resource of this ARN is, if it is of this kind. A key is named by its id. An ARN that tells no Region
    /// was found in `region`.
    fn of_arn(_arn: &str, _region: &Region) -> Option<ResourceId> {
        None
    }
    /// Returns the one name of an existing resource that the spec may name in several ways, so that it is asked about once.
    fn one_name(name: &str, _region: &Region, _account: &Account) -> String {
        name.to_owned()
    }
    /// Returns the outputs of an existing resource that follow from how the spec names it.
    fn told_by(name: &str) -> Outputs {
        let arn = name.starts_with("arn:").then(|| ("arn".to_owned(), name.to_owned()));
        arn.into_iter().collect()
    }
    /// Asks about an existing resource, by its one name. `None` if there is none.
    fn look(aws: &Aws, id: &ResourceId) -> impl Future<Output = Result<Option<Existing>, AwsError>> + Send;
    /// Sends one request. Returns the outputs that its answer tells.
    fn perform(
        aws: &Aws,
        id: &ResourceId,
        call: Self::Call,
    ) -> impl Future<Output = Result<Outputs, AwsError>> + Send;
}

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameProblem {
    /// The code of the rule that it breaks.
    pub code: &'static str,
    /// What is wrong: a phrase that goes on after the name.
    pub says: &'static str,
    /// How names are: an imperative.
    pub help: &'static str,
}

/// The attributes that every kind has.
pub struct Common<'a> {
    /// The name in AWS, which the spec may leave out.
    pub name: &'a mut Option<String>,
    /// The Region, which the spec may leave out. `None` for what lives in no Region.
    pub region: Option<&'a mut Option<Region>>,
    /// The tags.
    pub tags: &'a mut Tags,
    /// Whether the resource refuses to be deleted or replaced.
    pub protect: bool,
    /// Whether the entry may take over a live resource that carries no mark.
    pub adopt: bool,
}

/// An entry that the spec leaves out, and that is made for another one.
pub struct Implied {
    /// Its address.
    pub address: Address,
    /// Its attributes.
    pub attrs: Value,
    /// Which attribute of the other entry asks for it.
    pub by: Path,
}

/// What is to be read: the wanted resources at once, the marked ones when they are known, and what AWS lists.
pub struct Scope<'a> {
    /// The resources to read.
    pub wanted: &'a [ResourceId],
    /// The resources of all kinds that tags say are the stack's. AWS tells them while the wanted ones are read.
    pub marked: &'a SetOnce<BTreeSet<ResourceId>>,
    /// What to look for beside them.
    pub reach: Reach,
    /// The resources of others that the spec refers to: they are asked about elsewhere.
    pub existing: &'a [&'a ResourceId],
    /// The stack. Of others' resources no more is read than what says that they are others'.
    pub stack: &'a str,
    /// The Region to look for others in.
    pub home: &'a Region,
    /// Whether they are read to be removed: then it matters what they hold.
    pub is_removal: bool,
}

/// What is looked for beside what is wanted and what is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Also what AWS lists and no tag tells of: all trails, and the roles of the stack.
    Listed,
    /// Nothing, and of kinds that AWS lists whole, which were read before, nothing at all.
    Marked,
    /// Nothing: what is wanted is read again, by itself.
    Again,
    /// The same, and a trail that cannot be read does not stop the others.
    Each,
}

impl Scope<'_> {
    /// Waits until the marked resources are known, and returns those of a kind that are not wanted.
    pub async fn others<R: Resource>(&self) -> Vec<ResourceId> {
        let is_wanted = |id: &ResourceId| {
            let is_same =
                |want: &ResourceId| want.name == id.name && (R::GLOBAL_NAMES || want.region == id.region);
            self.wanted.iter().any(is_same)
        };
        let marked = self.marked.wait().await.iter();
        marked.filter(|id| id.kind == R::KIND && !is_wanted(id)).cloned().collect()
    }
}

/// An attribute that names another resource.
pub struct Link<'a> {
    /// Where in the resource it stands.
    pub path: Path,
    /// The kind that it names.
    pub kind: &'static str,
    /// The output that AWS wants to be given.
    pub output: &'static str,
    /// The reference itself.
    pub to: &'a mut Reference,
}

/// The resource that calls are made for.
pub struct Target<'a> {
    /// Who it is in AWS.
    pub id: &'a ResourceId,
    /// Who it is in the spec.
    pub address: &'a Address,
    /// Its outputs, as far as they are known.
    pub outputs: &'a Outputs,
}

impl Target<'_> {
    /// Returns an output, or the reference that stands for it until a call tells it.
    pub fn output(&self, name: &str) -> String {
        self.outputs.get(name).cloned().unwrap_or_else(|| reference::to(self.address, name))
    }
}

/// What an entry can see of the others while it is completed.
pub struct World<'a> {
    /// The name of the stack.
    pub stack: &'a str,
    /// The account that the spec is resolved for.
    pub account: &'a Account,
    /// All entries, identified, not yet completed.
    pub entries: &'a [Desired],
}

impl World<'_> {
    /// Returns the entries of one kind.
    pub fn all<R: Resource>(&self) -> impl Iterator<Item = (&Desired, R)> {
        self.entries
            .iter()
            .filter(|entry| entry.address.kind == R::KIND)
            .map(|entry| (entry, from_tree(entry.attrs.clone())))
    }

    /// Returns the entry that a reference names, if it is one of the spec.
    pub fn entry(&self, kind: &str, to: &Reference) -> Option<&Desired> {
        let Reference::Declared(key) = to else { return None };
        self.entries.iter().find(|entry| entry.address.kind == kind && entry.address.logical == *key)
    }

    /// Returns whether a reference names this resource.
    pub fn names(&self, to: Option<&Reference>, id: &ResourceId) -> bool {
        to.and_then(|to| self.entry(&id.kind, to)).is_some_and(|entry| entry.id == *id)
    }
}

/// One request to AWS, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CallRecord {
    /// The service, as IAM writes it: `cloudtrail`.
    pub service: String,
    /// The operation: `CreateTrail`.
    pub operation: String,
    /// The Region whose endpoint gets it.
    pub region: Region,
    /// The parameters, as AWS names them. References to outputs that are not known yet may stand in strings.
    pub parameters: Value,
}
