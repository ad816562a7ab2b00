//! The kinds of resources: their attributes, what changes them, how AWS is asked about them.
//!
//! A kind is a type that implements [`Resource`], in a folder of its own, and one line in [`KINDS`]. The spec, the
//! schema, the plan, the rendering and apply work on all kinds of the list.

pub mod bucket;
pub mod trail;

use std::{future::Future, marker::PhantomData, pin::Pin};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    aws::{Aws, error::AwsError},
    path::Path,
    resource::{
        Account, Address, Desired, Live, Observed, Outputs, Reference, ResourceId, owner::Tags,
        region::Region,
    },
};

/// All kinds. A kind stands after the ones that it refers to: deletes go the other way.
pub static KINDS: &[&dyn Kind] = &[&Of::<bucket::Bucket>(PhantomData), &Of::<trail::Trail>(PhantomData)];

/// Returns the kind of this name.
pub fn kind(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.name() == name)
}

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
    /// The attributes that AWS cannot change.
    const FIXED: &'static [&'static str] = &[];
    /// The API requests that change it: one variant per operation, with the parameters as AWS names them.
    type Call: Serialize + DeserializeOwned + Send + 'static;

    /// Returns what every kind has.
    fn common(&mut self) -> Common<'_>;
    /// Fills in the name and the Region that the spec leaves out, and returns who the resource is in AWS.
    fn identify(&mut self, logical: &str, default_region: &Region) -> ResourceId {
        let Common { name, region, .. } = self.common();
        let name = name.get_or_insert_with(|| logical.to_owned()).clone();
        let region = region.get_or_insert_with(|| default_region.clone()).clone();
        ResourceId { kind: Self::KIND.to_owned(), region, name }
    }
    /// Returns what is wrong with a name, and how names are: a phrase that goes on after the name, and an imperative.
    fn name_problem(name: &str) -> Option<(&'static str, &'static str)>;
    /// Returns the references to other resources.
    fn links(&mut self) -> Vec<Link<'_>>;
    /// Fills in what follows from the other entries of the spec.
    fn complete(&mut self, _id: &ResourceId, _world: &World<'_>) {}
    /// Brings the attributes to one spelling; done on the wanted and on the observed side.
    fn normalize(&mut self) {}
    /// Takes over from the live resource what the spec leaves to others.
    fn keep(&mut self, _seen: &Self) {}
    /// Takes over the spelling of the wanted attributes where both mean the same.
    fn align(&mut self, _want: &Self) {}
    /// Returns the state to hold while the resources that refer to this one change: the wanted one, and what the live ones
    /// still need. `None` when they need nothing more.
    fn bridge(&self, _id: &ResourceId, _account: &Account, _live: &Live) -> Option<Self> {
        None
    }
    /// Returns why this new resource cannot exist beside a live one of the same name in another Region.
    fn clash(&self, _other: &Self) -> Option<&'static str> {
        None
    }
    /// Returns the outputs that are known before the resource exists.
    fn outputs(id: &ResourceId, account: &Account) -> Outputs;
    /// Returns the calls that lead from `old` to `new`, in order. `None` is absent.
    fn calls(target: &Target<'_>, old: Option<&Self>, new: Option<&Self>) -> Vec<Self::Call>;
    /// Reads the resources in `wanted`, and the others that AWS lists along with them or in `home`. Absent ones are left
    /// out.
    fn observe(
        aws: &Aws,
        wanted: &[ResourceId],
        home: &Region,
    ) -> impl Future<Output = Result<Vec<(ResourceId, Observed<Self>)>, AwsError>> + Send;
    /// Sends one request. Returns the outputs that its answer tells.
    fn perform(
        aws: &Aws,
        id: &ResourceId,
        call: Self::Call,
    ) -> impl Future<Output = Result<Outputs, AwsError>> + Send;
}

/// The attributes that every kind has.
pub struct Common<'a> {
    /// The name in AWS, which the spec may leave out.
    pub name: &'a mut Option<String>,
    /// The Region, which the spec may leave out.
    pub region: &'a mut Option<Region>,
    /// The tags.
    pub tags: &'a mut Tags,
    /// Whether the resource refuses to be deleted or replaced.
    pub protect: bool,
    /// Whether the entry may take over a live resource that carries no mark.
    pub adopt: bool,
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
    /// Its outputs, as far as they are known.
    pub outputs: &'a Outputs,
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
}

/// One request to AWS, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

/// A future that a kind returns.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A [`Resource`] type as the engine sees it: attributes and calls are plain trees.
pub trait Kind: Sync {
    /// Returns the name of the kind.
    fn name(&self) -> &'static str;
    /// Returns the key of the spec under which its entries stand.
    fn section(&self) -> &'static str;
    /// See [`Resource::KEEPS_DATA`].
    fn keeps_data(&self) -> bool;
    /// See [`Resource::GLOBAL_NAMES`].
    fn has_global_names(&self) -> bool;
    /// See [`Resource::name_problem`].
    fn name_problem(&self, name: &str) -> Option<(&'static str, &'static str)>;
    /// See [`Resource::FIXED`].
    fn fixed(&self) -> &'static [&'static str];
    /// Returns the schema of one entry.
    fn schema(&self, generator: &mut SchemaGenerator) -> Schema;
    /// Reads an entry of the spec. Returns it with all defaults, or where it is wrong and why.
    fn parse(&self, entry: &Value) -> Result<Value, (Path, String)>;
    /// See [`Resource::identify`].
    fn identify(&self, attrs: &mut Value, logical: &str, default_region: &Region) -> ResourceId;
    /// Returns the references of an entry: where each stands, the kind it names, and what it says.
    fn links(&self, attrs: &Value) -> Vec<(Path, &'static str, Reference)>;
    /// Adds tags, completes the entry from the others, turns references into ones that the engine follows.
    fn complete(&self, attrs: &mut Value, id: &ResourceId, tags: &Tags, world: &World<'_>);
    /// See [`Resource::outputs`].
    fn outputs(&self, id: &ResourceId, account: &Account) -> Outputs;
    /// Returns whether the attributes forbid to delete or replace the resource.
    fn is_protected(&self, attrs: &Value) -> bool;
    /// Returns whether the entry may take over a live resource that carries no mark.
    fn adopts(&self, attrs: &Value) -> bool;
    /// Makes both sides comparable: keeps what the spec leaves to others, and aligns the spelling.
    fn reconcile(&self, want: &mut Value, seen: &mut Value);
    /// See [`Resource::bridge`].
    fn bridge(&self, want: &Value, id: &ResourceId, account: &Account, live: &Live) -> Option<Value>;
    /// See [`Resource::clash`].
    fn clash(&self, want: &Value, other: &Value) -> Option<&'static str>;
    /// See [`Resource::calls`].
    fn calls(&self, target: &Target<'_>, old: Option<&Value>, new: Option<&Value>) -> Vec<CallRecord>;
    /// See [`Resource::observe`].
    fn observe<'a>(
        &'a self,
        aws: &'a Aws,
        wanted: &'a [ResourceId],
        home: &'a Region,
    ) -> Pending<'a, Result<Vec<(ResourceId, Observed)>, AwsError>>;
    /// Sends the request that a record describes.
    fn perform<'a>(
        &'a self,
        aws: &'a Aws,
        id: &'a ResourceId,
        call: &'a CallRecord,
    ) -> Pending<'a, Result<Outputs, AwsError>>;
}

struct Of<R>(PhantomData<fn() -> R>);

impl<R: Resource> Kind for Of<R> {
    fn name(&self) -> &'static str {
        R::KIND
    }

    fn section(&self) -> &'static str {
        R::SECTION
    }

    fn keeps_data(&self) -> bool {
        R::KEEPS_DATA
    }

    fn has_global_names(&self) -> bool {
        R::GLOBAL_NAMES
    }

    fn name_problem(&self, name: &str) -> Option<(&'static str, &'static str)> {
        R::name_problem(name)
    }

    fn fixed(&self) -> &'static [&'static str] {
        R::FIXED
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<R>()
    }

    fn parse(&self, entry: &Value) -> Result<Value, (Path, String)> {
        let mut track = serde_path_to_error::Track::new();
        let read = R::deserialize(serde_path_to_error::Deserializer::new(entry, &mut track));
        match read {
            Ok(resource) => Ok(to_tree(&resource)),
            Err(error) => Err((Path::from(&track.path()), error.to_string())),
        }
    }

    fn identify(&self, attrs: &mut Value, logical: &str, default_region: &Region) -> ResourceId {
        edit::<R, _>(attrs, |resource| resource.identify(logical, default_region))
    }

    fn links(&self, attrs: &Value) -> Vec<(Path, &'static str, Reference)> {
        let mut resource: R = from_tree(attrs.clone());
        resource.links().into_iter().map(|link| (link.path, link.kind, link.to.clone())).collect()
    }

    fn complete(&self, attrs: &mut Value, id: &ResourceId, tags: &Tags, world: &World<'_>) {
        edit::<R, _>(attrs, |resource| {
            for (key, value) in tags {
                resource.common().tags.entry(key.clone()).or_insert_with(|| value.clone());
            }
            resource.complete(id, world);
            resource.normalize();
            for link in resource.links() {
                *link.to = Reference::Declared(match &*link.to {
                    Reference::Declared(key) => {
                        crate::resource::reference::to(&Address::new(link.kind, key), link.output)
                    }
                    Reference::Existing(name) => name.clone(),
                });
            }
        });
    }

    fn outputs(&self, id: &ResourceId, account: &Account) -> Outputs {
        R::outputs(id, account)
    }

    fn is_protected(&self, attrs: &Value) -> bool {
        from_tree::<R>(attrs.clone()).common().protect
    }

    fn adopts(&self, attrs: &Value) -> bool {
        from_tree::<R>(attrs.clone()).common().adopt
    }

    fn reconcile(&self, want: &mut Value, seen: &mut Value) {
        let (mut want_attrs, mut seen_attrs): (R, R) = (from_tree(want.take()), from_tree(seen.take()));
        want_attrs.keep(&seen_attrs);
        seen_attrs.align(&want_attrs);
        *want = to_tree(&want_attrs);
        *seen = to_tree(&seen_attrs);
    }

    fn bridge(&self, want: &Value, id: &ResourceId, account: &Account, live: &Live) -> Option<Value> {
        from_tree::<R>(want.clone()).bridge(id, account, live).as_ref().map(to_tree)
    }

    fn clash(&self, want: &Value, other: &Value) -> Option<&'static str> {
        from_tree::<R>(want.clone()).clash(&from_tree(other.clone()))
    }

    fn calls(&self, target: &Target<'_>, old: Option<&Value>, new: Option<&Value>) -> Vec<CallRecord> {
        let read = |tree: &Value| from_tree::<R>(tree.clone());
        R::calls(target, old.map(read).as_ref(), new.map(read).as_ref())
            .iter()
            .map(|call| {
                let mut tree = to_tree(call);
                CallRecord {
                    service: R::SERVICE.to_owned(),
                    operation: tree["operation"].as_str().unwrap_or_default().to_owned(),
                    region: target.id.region.clone(),
                    parameters: tree["parameters"].take(),
                }
            })
            .collect()
    }

    fn observe<'a>(
        &'a self,
        aws: &'a Aws,
        wanted: &'a [ResourceId],
        home: &'a Region,
    ) -> Pending<'a, Result<Vec<(ResourceId, Observed)>, AwsError>> {
        Box::pin(async move {
            let found = R::observe(aws, wanted, home).await?;
            let as_tree = |(id, mut seen): (ResourceId, Observed<R>)| {
                seen.attrs.normalize();
                let Observed { attrs, outputs, owner, holds_data } = seen;
                (id, Observed { attrs: to_tree(&attrs), outputs, owner, holds_data })
            };
            Ok(found.into_iter().map(as_tree).collect())
        })
    }

    fn perform<'a>(
        &'a self,
        aws: &'a Aws,
        id: &'a ResourceId,
        call: &'a CallRecord,
    ) -> Pending<'a, Result<Outputs, AwsError>> {
        Box::pin(async move {
            let tree = serde_json::json!({"operation": call.operation, "parameters": call.parameters});
            let request = serde_json::from_value(tree).map_err(|error| AwsError::not_a_call(call, &error))?;
            R::perform(aws, id, request).await
        })
    }
}

/// The default of attributes that are on unless the spec says otherwise.
pub(crate) fn yes() -> bool {
    true
}

fn edit<R: Resource, T>(attrs: &mut Value, change: impl FnOnce(&mut R) -> T) -> T {
    let mut resource: R = from_tree(attrs.take());
    let answer = change(&mut resource);
    *attrs = to_tree(&resource);
    answer
}

fn to_tree<T: Serialize>(resource: &T) -> Value {
    serde_json::to_value(resource).expect("attributes and calls are made of text, numbers, lists and maps")
}

fn from_tree<R: DeserializeOwned>(tree: Value) -> R {
    serde_json::from_value(tree).expect("a tree of a kind was written by that kind")
}
