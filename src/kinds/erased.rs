//! The kinds as the engine sees them: attributes and calls are plain trees.

use std::{future::Future, marker::PhantomData, pin::Pin};

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::{
    edit, from_tree,
    resource::{CallRecord, Implied, Link, NameProblem, Resource, Scope, Target, World},
    to_tree,
};
use crate::{
    aws::{
        Aws,
        error::{AwsError, Class},
    },
    path::Path,
    resource::{
        Account, Address, Existing, Live, Observed, Outputs, Reference, ResourceId, owner::Tags, reference,
        region::Region,
    },
};

/// A resource that an entry refers to and others manage.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreign {
    /// By which references name it.
    pub address: Address,
    /// Its kind, its Region and its one name.
    pub id: ResourceId,
    /// Which attribute names it.
    pub path: Path,
}

impl Foreign {
    /// A name that is no ARN is looked for in the Region of the entry that names it. No entry's key has a `=`.
    fn new(kind: &str, name: &str, region: &Region, account: &Account, path: Path) -> Self {
        let of = super::kind(kind);
        let name = of.map_or_else(|| name.to_owned(), |of| of.one_name(name, region, account));
        let of_arn =
            name.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2)).filter(|r| !r.is_empty());
        let region = of_arn.map_or_else(|| region.clone(), Region::new);
        let address = Address::new(kind, &format!("={region}={name}"));
        Self { address, id: ResourceId { kind: kind.to_owned(), region, name }, path }
    }
}

/// The references of an entry: where each stands, the kind that it names, and what it says.
pub type References = Vec<(Path, &'static str, Reference)>;

fn references<R: Resource>(resource: &mut R) -> References {
    resource.links().into_iter().map(|link| (link.path, link.kind, link.to.clone())).collect()
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
    fn name_problem(&self, name: &str) -> Option<NameProblem>;
    /// See [`Resource::POLICY_LIMIT`].
    fn policy_limit(&self) -> Option<usize>;
    /// Returns whether it lives in a Region.
    fn has_region(&self, attrs: &Value) -> bool;
    /// See [`Resource::LISTED_BY_TAG`].
    fn is_listed_by_tag(&self) -> bool;
    /// See [`Resource::RENAMES`].
    fn can_rename(&self) -> bool;
    /// See [`Resource::MOST_PER_REGION`].
    fn most_per_region(&self) -> Option<usize>;
    /// See [`Resource::is_everywhere`].
    fn is_everywhere(&self, attrs: &Value) -> bool;
    /// Returns what setting this attribute means, if it cannot be taken back.
    fn lasting(&self, key: &str) -> Option<&'static str>;
    /// See [`Resource::FIXED`].
    fn fixed(&self) -> &'static [&'static str];
    /// Returns the schema of one entry.
    fn schema(&self, generator: &mut SchemaGenerator) -> Schema;
    /// Reads an entry of the spec. Returns it with all defaults, or where it is wrong and why.
    fn parse(&self, entry: &Value) -> Result<Value, (Path, String)> {
        self.read(entry).map(|(attrs, _)| attrs)
    }
    /// Does the same, and returns the references of the entry too.
    fn read(&self, entry: &Value) -> Result<(Value, References), (Path, String)>;
    /// See [`Resource::identify`].
    fn identify(&self, attrs: &mut Value, logical: &str, default_region: &Region) -> ResourceId;
    /// Returns the references of an entry: where each stands, the kind it names, and what it says.
    fn links(&self, attrs: &Value) -> References;
    /// See [`Resource::implied`].
    fn implied(&self, attrs: &mut Value, logical: &str) -> Vec<Implied>;
    /// Adds tags, completes the entry from the others, turns references into ones that the engine follows. Returns what
    /// it refers to that others manage.
    fn complete(&self, attrs: &mut Value, id: &ResourceId, tags: &Tags, world: &World<'_>) -> Vec<Foreign>;
    /// See [`Resource::outputs`].
    fn outputs(&self, attrs: &Value, id: &ResourceId, account: &Account) -> Outputs;
    /// Returns whether the attributes forbid to delete or replace the resource.
    fn is_protected(&self, attrs: &Value) -> bool;
    /// Returns whether the entry may take over a live resource that carries no mark.
    fn adopts(&self, attrs: &Value) -> bool;
    /// Makes both sides comparable: keeps what the spec leaves to others, and aligns the spelling.
    fn reconcile(&self, id: &ResourceId, want: &mut Value, seen: &mut Value);
    /// See [`Resource::bridge`].
    fn bridge(&self, want: &Value, id: &ResourceId, account: &Account, live: &Live) -> Option<Value>;
    /// See [`Resource::clash`].
    fn clash(&self, want: &Value, other: &Value) -> Option<&'static str>;
    /// See [`Resource::taken`].
    fn taken(&self, other: &Observed) -> Option<(String, String)>;
    /// See [`Resource::calls`].
    fn calls(&self, target: &Target<'_>, old: Option<&Value>, new: Option<&Value>) -> Vec<CallRecord>;
    /// See [`Resource::observe`].
    fn observe<'a>(
        &'a self,
        aws: &'a Aws,
        scope: &'a Scope<'a>,
    ) -> Pending<'a, Result<Vec<(ResourceId, Observed)>, AwsError>>;
    /// See [`Resource::of_arn`].
    fn of_arn(&self, arn: &str, region: &Region) -> Option<ResourceId>;
    /// See [`Resource::one_name`].
    fn one_name(&self, name: &str, region: &Region, account: &Account) -> String;
    /// Asks about an existing resource. One that may not be read, but whose name says all, is taken as it is.
    fn look<'a>(
        &'a self,
        aws: &'a Aws,
        id: &'a ResourceId,
    ) -> Pending<'a, Result<Option<Existing>, AwsError>>;
    /// Sends the request that a record describes.
    fn perform<'a>(
        &'a self,
        aws: &'a Aws,
        id: &'a ResourceId,
        call: &'a CallRecord,
    ) -> Pending<'a, Result<Outputs, AwsError>>;
}

pub(super) struct Of<R>(pub(super) PhantomData<fn() -> R>);

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

    fn name_problem(&self, name: &str) -> Option<NameProblem> {
        R::name_problem(name)
    }

    fn policy_limit(&self) -> Option<usize> {
        R::POLICY_LIMIT
    }

    fn has_region(&self, attrs: &Value) -> bool {
        from_tree::<R>(attrs.clone()).common().region.is_some()
    }

    fn is_listed_by_tag(&self) -> bool {
        R::LISTED_BY_TAG
    }

    fn can_rename(&self) -> bool {
        R::RENAMES
    }

    fn most_per_region(&self) -> Option<usize> {
        R::MOST_PER_REGION
    }

    fn is_everywhere(&self, attrs: &Value) -> bool {
        from_tree::<R>(attrs.clone()).is_everywhere()
    }

    fn lasting(&self, key: &str) -> Option<&'static str> {
        R::LASTING.iter().find(|(attribute, _)| *attribute == key).map(|(_, why)| *why)
    }

    fn fixed(&self) -> &'static [&'static str] {
        R::FIXED
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<R>()
    }

    fn read(&self, entry: &Value) -> Result<(Value, References), (Path, String)> {
        let mut track = serde_path_to_error::Track::new();
        let read = R::deserialize(serde_path_to_error::Deserializer::new(entry, &mut track));
        match read {
            Ok(mut resource) => Ok((to_tree(&resource), references(&mut resource))),
            Err(error) => Err((Path::from(&track.path()), error.to_string())),
        }
    }

    fn identify(&self, attrs: &mut Value, logical: &str, default_region: &Region) -> ResourceId {
        edit::<R, _>(attrs, |resource| resource.identify(logical, default_region))
    }

    fn links(&self, attrs: &Value) -> References {
        references(&mut from_tree::<R>(attrs.clone()))
    }

    fn implied(&self, attrs: &mut Value, logical: &str) -> Vec<Implied> {
        edit::<R, _>(attrs, |resource| resource.implied(logical))
    }

    fn complete(&self, attrs: &mut Value, id: &ResourceId, tags: &Tags, world: &World<'_>) -> Vec<Foreign> {
        edit::<R, _>(attrs, |resource| {
            for (key, value) in tags {
                resource.common().tags.entry(key.clone()).or_insert_with(|| value.clone());
            }
            resource.complete(id, world);
            resource.normalize();
            let mut foreign = Vec::new();
            for Link { path, kind, output, to } in resource.links() {
                let address = match &*to {
                    Reference::Declared(key) => Address::new(kind, key),
                    Reference::Existing(name) => {
                        let found = Foreign::new(kind, name, &id.region, world.account, path);
                        let address = found.address.clone();
                        foreign.push(found);
                        address
                    }
                };
                *to = Reference::Declared(reference::to(&address, output));
            }
            foreign
        })
    }

    fn outputs(&self, attrs: &Value, id: &ResourceId, account: &Account) -> Outputs {
        from_tree::<R>(attrs.clone()).outputs(id, account)
    }

    fn is_protected(&self, attrs: &Value) -> bool {
        from_tree::<R>(attrs.clone()).common().protect
    }

    fn adopts(&self, attrs: &Value) -> bool {
        from_tree::<R>(attrs.clone()).common().adopt
    }

    fn reconcile(&self, id: &ResourceId, want: &mut Value, seen: &mut Value) {
        let (mut want_attrs, mut seen_attrs): (R, R) = (from_tree(want.take()), from_tree(seen.take()));
        want_attrs.keep(id, &seen_attrs);
        seen_attrs.align(id, &want_attrs);
        *want = to_tree(&want_attrs);
        *seen = to_tree(&seen_attrs);
    }

    fn bridge(&self, want: &Value, id: &ResourceId, account: &Account, live: &Live) -> Option<Value> {
        from_tree::<R>(want.clone()).bridge(id, account, live).as_ref().map(to_tree)
    }

    fn clash(&self, want: &Value, other: &Value) -> Option<&'static str> {
        from_tree::<R>(want.clone()).clash(&from_tree(other.clone()))
    }

    fn taken(&self, other: &Observed) -> Option<(String, String)> {
        R::taken(&other.outputs)
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
        scope: &'a Scope<'a>,
    ) -> Pending<'a, Result<Vec<(ResourceId, Observed)>, AwsError>> {
        Box::pin(async move {
            let found = R::observe(aws, scope).await?;
            let as_tree = |(id, mut seen): (ResourceId, Observed<R>)| {
                seen.attrs.normalize();
                let Observed { attrs, outputs, owner, holds_data, beside } = seen;
                (id, Observed { attrs: to_tree(&attrs), outputs, owner, holds_data, beside })
            };
            Ok(found.into_iter().map(as_tree).collect())
        })
    }

    fn of_arn(&self, arn: &str, region: &Region) -> Option<ResourceId> {
        R::of_arn(arn, region)
    }

    fn one_name(&self, name: &str, region: &Region, account: &Account) -> String {
        R::one_name(name, region, account)
    }

    fn look<'a>(
        &'a self,
        aws: &'a Aws,
        id: &'a ResourceId,
    ) -> Pending<'a, Result<Option<Existing>, AwsError>> {
        Box::pin(async move {
            let mut outputs = R::told_by(&id.name);
            match R::look(aws, id).await {
                Ok(found) => Ok(found.map(|found| {
                    outputs.extend(found.outputs);
                    Existing { outputs, ..found }
                })),
                Err(error) if error.class == Class::Denied && !outputs.is_empty() => {
                    Ok(Some(Existing { outputs, unread: Some(error.to_string()), ..Existing::default() }))
                }
                Err(error) => Err(error),
            }
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
