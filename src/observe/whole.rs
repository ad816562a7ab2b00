//! All that a spec of an account can describe: its trails, and what they use.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use tokio::sync::SetOnce;

use super::owned;
use crate::{
    aws::{Aws, error::AwsError},
    export::{Estate, Found, Looked},
    kinds::{
        KINDS, Kind, Reach, Resource as _, Scope, bucket::Bucket, kind, kms_key::KmsKey,
        log_group::without_star, role::Role, trail,
    },
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

/// Whether a trail of a name and a home Region is chosen.
pub type Chosen<'a> = &'a dyn Fn(&str, &str) -> bool;

/// What is read.
pub struct Whole<'a> {
    /// The stack: what is its own is read in full, unless only some of the trails are chosen.
    pub stack: &'a str,
    /// Where the account is asked for its trails.
    pub home: &'a Region,
    /// Which trails, by name and home Region; without it all, and all that the stack has beside them.
    pub is_chosen: Option<Chosen<'a>>,
    /// Whose the things are to be that trails use.
    pub companions: Companions,
}

/// Reads trails with every attribute, and what they use; each thing once. What cannot be read is in the answer, with the reason. Three
/// rounds for the trails, then two for each step from one thing to another.
///
/// # Errors
///
/// When the trails cannot be listed.
pub async fn whole(aws: &Aws, ask: &Whole<'_>) -> Result<Estate, AwsError> {
    let all = |_: &str, _: &str| true;
    let (trails, others) = trail::estate::whole(aws, ask.home, ask.is_chosen.unwrap_or(&all)).await?;
    let trails = trails.into_iter().map(|(id, seen)| {
        let Observed { attrs, outputs, owner, holds_data, beside } = seen;
        let attrs = serde_json::to_value(attrs).unwrap_or_default();
        found(id, Observed { attrs, outputs, owner, holds_data, beside })
    });
    let mut estate = Estate { found: trails.collect(), others, ..Estate::default() };
    // Of a part of the trails, what they share with others is not described.
    let regions = estate.found.iter().map(|one| &one.id.region).chain([ask.home]);
    let regions: BTreeSet<&Region> = regions.filter(|_| ask.is_chosen.is_none()).collect();
    let (own, unseen) = owned::find(aws, ask.stack, &regions).await;
    estate.notes.extend(unseen.into_iter().map(|(region, why)| format!("In {region}, {why}.")));

    let mut reading = Reading { aws, ask, own, asked: BTreeSet::new() };
    let mut links = if ask.is_chosen.is_none() { reading.owned() } else { Vec::new() };
    let mut from = 0;
    loop {
        links.extend(reading.links(&estate.found[from..]));
        if links.is_empty() {
            break;
        }
        from = estate.found.len();
        for answer in join_all(links.iter().map(|link| link.read(&reading))).await {
            match answer {
                Answer::Found(one) => estate.found.push(*one),
                Answer::Looked(one) => estate.looked.push(*one),
            }
        }
        links.clear();
    }
    if ask.is_chosen.is_none() && estate.found.iter().any(|one| one.owner.is(ask.stack)) {
        let roles = roles(aws, ask, &estate).await;
        match roles {
            Ok(roles) => estate.found.extend(roles),
            Err(error) => {
                estate.notes.push(format!("Roles that no trail uses were not looked for: {error}."));
            }
        }
    }
    Ok(estate)
}

/// Returns the roles of the stack that nothing refers to: no tag tells of them.
async fn roles(aws: &Aws, ask: &Whole<'_>, estate: &Estate) -> Result<Vec<Found>, AwsError> {
    let role =
        |name: String| ResourceId { kind: Role::KIND.to_owned(), region: ask.home.global("iam"), name };
    let looked = estate.looked.iter().filter(|one| one.id.kind == Role::KIND).map(|one| one.id.name.clone());
    let read = estate.found.iter().filter(|one| one.id.kind == Role::KIND);
    let known: Vec<ResourceId> =
        read.filter_map(|one| one.outputs.get("arn").cloned()).chain(looked).map(role).collect();
    let scope = Scope {
        wanted: &[],
        marked: &SetOnce::new_with(Some(BTreeSet::new())),
        reach: Reach::Listed,
        existing: &known.iter().collect::<Vec<_>>(),
        stack: ask.stack,
        home: ask.home,
        is_removal: false,
    };
    let Some(kind) = kind(Role::KIND) else { return Ok(Vec::new()) };
    let seen = kind.observe(aws, &scope).await?.into_iter();
    Ok(seen.filter(|(_, seen)| seen.owner.is(ask.stack)).map(|(id, seen)| found(id, seen)).collect())
}

/// What is known while things are read.
struct Reading<'a> {
    aws: &'a Aws,
    ask: &'a Whole<'a>,
    /// The ARNs of what carries the mark of the stack, each with where it was found.
    own: BTreeSet<(String, Region)>,
    /// What was asked for: its kind and its name.
    asked: BTreeSet<(&'static str, String)>,
}

impl Reading<'_> {
    /// Returns what the stack has, beside trails.
    fn owned(&mut self) -> Vec<Link> {
        let kinds = || KINDS.iter().filter(|kind| kind.name() != trail::Trail::KIND);
        let links = self.own.iter().filter_map(|(arn, region)| {
            let (kind, id) = kinds().find_map(|kind| Some((*kind, kind.of_arn(arn, region)?)))?;
            let name = if kind.name() == Bucket::KIND { id.name } else { without_star(arn).to_owned() };
            Some(Link { kind, name, region: id.region })
        });
        let links: Vec<Link> = links.collect();
        self.asked.extend(links.iter().map(|link| (link.kind.name(), link.name.clone())));
        links
    }

    /// Returns what is used and was not asked for. What is not a trail uses keys: where a bucket sends its access logs to is not the
    /// trails' concern.
    fn links(&mut self, found: &[Found]) -> Vec<Link> {
        let mut links = BTreeMap::new();
        for one in found.iter().filter(|one| !matches!(one.owner, Owner::Unreadable { .. })) {
            let is_trail = one.id.kind == trail::Trail::KIND;
            let of_one = kind(&one.id.kind).map(|kind| kind.links(&one.attrs)).unwrap_or_default();
            for (_, name, to) in of_one.into_iter().filter(|(_, kind, _)| is_trail || *kind == KmsKey::KIND) {
                let key = (name, without_star(to.as_str()).to_owned());
                let is_new = !to.as_str().is_empty() && self.asked.insert(key.clone());
                if let Some(kind) = kind(name).filter(|_| is_new) {
                    let link = Link { kind, name: to.as_str().to_owned(), region: one.id.region.clone() };
                    links.insert(key, link);
                }
            }
        }
        links.into_values().collect()
    }

    /// Returns whether the mark of the stack was found on what has a name.
    fn is_own(&self, name: &str) -> bool {
        let name = without_star(name);
        self.own.iter().any(|(arn, _)| {
            without_star(arn) == name || arn.strip_suffix(name).is_some_and(|arn| arn.ends_with(":s3:::"))
        })
    }
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

impl Link {
    async fn read(&self, reading: &Reading<'_>) -> Answer {
        let &Reading { aws, ask, .. } = reading;
        let looked = |existing, why| {
            let id = self.id(self.name.clone());
            Answer::Looked(Box::new(Looked { id, existing, why }))
        };
        let is_adopted = ask.companions == Companions::Adopted || reading.is_own(&self.name);
        // No tag tells whose a role is.
        let is_role = self.kind.name() == Role::KIND && ask.is_chosen.is_none();
        let own = self.own(aws).filter(|_| is_adopted || is_role);
        if let Some(id) = own {
            return match self.observe(aws, ask.home, &id).await {
                Ok(Some(seen)) if !is_adopted && !seen.owner.is(ask.stack) => {
                    let Observed { attrs, outputs, owner, holds_data: _, beside: _ } = seen;
                    let unread = match owner {
                        Owner::Unreadable { why } => Some(why),
                        Owner::Nobody | Owner::Stack { .. } => None,
                    };
                    looked(Some(Existing { outputs, attrs, problem: None, unread }), None)
                }
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
