//! All that a spec of an account can describe: its trails, and what they use.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use tokio::sync::SetOnce;

use crate::{
    aws::{Aws, error::AwsError},
    export::{Estate, Found, Looked},
    kinds::{Kind, Reach, Resource as _, Scope, bucket::Bucket, kind, kms_key::KmsKey, trail},
    resource::{Existing, Observed, ResourceId, owner::Owner, region::Region},
};

/// Whose the things are to be that trails use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Companions {
    /// They stay with others: only what decides whether they can serve is read.
    Others,
    /// The spec's, as far as they are the account's: every attribute is read.
    Adopted,
}

/// Reads the trails that are chosen by name and home Region, with every attribute, and what they use; each thing once. What cannot be
/// read is in the answer, with the reason. Three rounds for the trails, then two for each step from one thing to another.
///
/// # Errors
///
/// When the trails cannot be listed.
pub async fn whole(
    aws: &Aws,
    home: &Region,
    is_chosen: &dyn Fn(&str, &str) -> bool,
    companions: Companions,
) -> Result<Estate, AwsError> {
    let (trails, others) = trail::estate::whole(aws, home, is_chosen).await?;
    let trails = trails.into_iter().map(|(id, seen)| {
        let Observed { attrs, outputs, owner, holds_data, beside } = seen;
        let attrs = serde_json::to_value(attrs).unwrap_or_default();
        found(id, Observed { attrs, outputs, owner, holds_data, beside })
    });
    let mut estate = Estate { found: trails.collect(), others, ..Estate::default() };
    let mut asked = BTreeSet::new();
    let mut from = 0;
    while from < estate.found.len() {
        let links = links(&estate.found[from..], &mut asked);
        from = estate.found.len();
        for answer in join_all(links.iter().map(|link| link.read(aws, home, companions))).await {
            match answer {
                Answer::Found(one) => estate.found.push(*one),
                Answer::Looked(one) => estate.looked.push(*one),
            }
        }
    }
    Ok(estate)
}

/// Something that is used.
struct Link {
    kind: &'static dyn Kind,
    /// How it is named where it is used.
    name: String,
    /// The Region of what uses it.
    region: Region,
}

enum Answer {
    Found(Box<Found>),
    Looked(Box<Looked>),
}

/// Returns what is used and was not asked for. What is not a trail uses keys: where a bucket sends its access logs to is not the trails'
/// concern.
fn links(found: &[Found], asked: &mut BTreeSet<(&'static str, String)>) -> Vec<Link> {
    let mut links = BTreeMap::new();
    for one in found.iter().filter(|one| !matches!(one.owner, Owner::Unreadable { .. })) {
        let is_trail = one.id.kind == trail::Trail::KIND;
        let of_one = kind(&one.id.kind).map(|kind| kind.links(&one.attrs)).unwrap_or_default();
        for (_, name, to) in of_one.into_iter().filter(|(_, kind, _)| is_trail || *kind == KmsKey::KIND) {
            let key = (name, to.as_str().to_owned());
            if let Some(kind) = kind(name).filter(|_| !to.as_str().is_empty() && asked.insert(key.clone())) {
                links.insert(key, Link { kind, name: to.as_str().to_owned(), region: one.id.region.clone() });
            }
        }
    }
    links.into_values().collect()
}

impl Link {
    async fn read(&self, aws: &Aws, home: &Region, companions: Companions) -> Answer {
        let looked = |existing, why| {
            let id = self.id(self.name.clone());
            Answer::Looked(Box::new(Looked { id, existing, why }))
        };
        let own = self.own(aws).filter(|_| companions == Companions::Adopted);
        if let Some(id) = own {
            return match self.observe(aws, home, &id).await {
                Ok(Some(seen)) => Answer::Found(Box::new(found(self.placed(id, &seen), seen))),
                Ok(None) => looked(None, None),
                Err(error) => looked(Some(Existing::default()), Some(format!("It cannot be read: {error}."))),
            };
        }
        let id = self.id(self.kind.one_name(&self.name, &self.region, aws.account()));
        match self.kind.look(aws, &id).await {
            Ok(existing) => looked(existing, None),
            Err(error) => {
                looked(Some(Existing { unread: Some(error.to_string()), ..Existing::default() }), None)
            }
        }
    }

    fn id(&self, name: String) -> ResourceId {
        ResourceId { kind: self.kind.name().to_owned(), region: self.region.clone(), name }
    }

    /// Returns who it is, if it can be the account's own.
    fn own(&self, aws: &Aws) -> Option<ResourceId> {
        if self.kind.name() == Bucket::KIND {
            return Some(self.id(self.name.clone()));
        }
        let is_own = self.name.split(':').nth(4) == Some(aws.account().id.as_str());
        self.kind.of_arn(&self.name, &self.region).filter(|_| is_own)
    }

    /// A key is known by its id until its alias is.
    async fn observe(&self, aws: &Aws, home: &Region, id: &ResourceId) -> Result<Option<Observed>, AwsError> {
        let is_key = self.kind.name() == KmsKey::KIND;
        let ids = [id.clone()];
        let (wanted, marked) = if is_key { (&[][..], &ids[..]) } else { (&ids[..], &[][..]) };
        let scope = Scope {
            wanted,
            marked: &SetOnce::new_with(Some(marked.iter().cloned().collect())),
            reach: Reach::Again,
            existing: &[],
            stack: "",
            home,
            is_removal: false,
        };
        Ok(self.kind.observe(aws, &scope).await?.into_iter().next().map(|(_, seen)| seen))
    }

    /// A bucket may be in another Region than the trail.
    fn placed(&self, id: ResourceId, seen: &Observed) -> ResourceId {
        match seen.attrs["region"].as_str() {
            Some(region) if self.kind.name() == Bucket::KIND => {
                ResourceId { region: Region::new(region), ..id }
            }
            _ => id,
        }
    }
}

fn found(id: ResourceId, seen: Observed) -> Found {
    let Observed { attrs, outputs, owner, holds_data: _, beside } = seen;
    let notes =
        beside.into_iter().map(|beside| format!("There is {beside}, which an entry does not say.")).collect();
    Found { id, attrs, outputs, owner, notes }
}
