//! From what AWS said of trails to the estate.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    Code, Duplicate, Estate, FORMAT, Finding, InRegion, Kind, Places, Seen, Settings, deliveries::deliveries,
    records::records,
};
use crate::{
    aws::error::AwsError,
    coverage::{Assumptions, Coverage, Overlap, Shown, overlaps},
    kinds::{
        Resource as _,
        trail::{
            Trail, estate,
            recorded::trail as recorded,
            status::{Status, is_absent},
        },
    },
    resource::{Account, Address, owner::Owner, region::Region},
};

/// What there is to say of the trails of an account.
#[derive(Clone, Copy, Debug)]
pub struct Survey<'a> {
    /// The account.
    pub account: &'a Account,
    /// Whether it administers CloudTrail for its organization.
    pub is_administrator: bool,
    /// When AWS was asked.
    pub at: Timestamp,
    /// What it said.
    pub seen: &'a [estate::Seen],
    /// The spec, if there is one.
    pub spec: Option<&'a Spec>,
}

/// What a spec says of trails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// The stack.
    pub stack: String,
    /// The trails that it describes.
    pub trails: Vec<Entry>,
}

/// A trail of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which entry it is.
    pub address: Address,
    /// The ARN that the trail has.
    pub arn: String,
    /// Whether it shall log.
    pub logging: bool,
}

impl Survey<'_> {
    /// Makes the estate.
    pub fn estate(&self) -> Estate {
        let mut seen: Vec<&estate::Seen> = self.seen.iter().collect();
        seen.sort_by_key(|one| (&one.id.name, &one.id.region, &one.arn));
        let (mut trails, mut findings) = (Vec::new(), Vec::new());
        for one in &seen {
            let trail = self.trail(one);
            let wants_logging = self.entry(&one.arn).is_none_or(|entry| entry.logging);
            findings.extend(self.findings(one, &trail, wants_logging));
            trails.push(trail);
        }
        let is_absent = |entry: &&Entry| !self.seen.iter().any(|one| one.arn == entry.arn);
        let wanted = self.spec.into_iter().flat_map(|spec| &spec.trails);
        let absent: Vec<Address> = wanted.filter(is_absent).map(|entry| entry.address.clone()).collect();
        findings.extend(absent.iter().map(|address| Finding {
            code: Code::Absent,
            trail: address.to_string(),
            regions: Vec::new(),
            message: "the account does not have it".to_owned(),
        }));
        Estate {
            format: FORMAT,
            at: self.at,
            account: self.account.id.clone(),
            stack: self.spec.map(|spec| spec.stack.clone()),
            absent,
            places: places(&trails),
            duplicates: self.duplicates(),
            trails,
            findings,
        }
    }

    fn entry(&self, arn: &str) -> Option<&Entry> {
        self.spec.and_then(|spec| spec.trails.iter().find(|entry| entry.arn == arn))
    }

    /// Returns what to call a trail: by its name, and by its Region and its account where others have the same.
    fn label(&self, one: &estate::Seen) -> String {
        let namesakes: Vec<&estate::Seen> =
            self.seen.iter().filter(|other| other.id.name == one.id.name).collect();
        let neighbours = namesakes.iter().filter(|other| other.id.region == one.id.region).count();
        let id = &one.id;
        match (namesakes.len(), neighbours) {
            (..=1, _) => id.name.clone(),
            (_, ..=1) => format!("{} of {}", id.name, id.region),
            _ => format!("{} of {} ({})", id.name, id.region, one.account()),
        }
    }

    fn trail(&self, one: &estate::Seen) -> Seen {
        let estate::Seen { id, arn, trail, owner, statuses } = one;
        let settings = trail.as_ref().ok().map(settings);
        let is_own = one.account() == self.account.id;
        let kind = match trail {
            _ if !is_own && self.is_administrator => Kind::Delegated,
            Ok(Trail { organization: false, .. }) | Err(_) if is_own => Kind::Own,
            _ => Kind::Organization,
        };
        let (stack, tags_unread) = match owner {
            Owner::Nobody => (None, None),
            Owner::Stack { stack, .. } => (Some(stack.clone()), None),
            Owner::Unreadable { why } => (None, Some(why.clone())),
        };
        let home = statuses.get(&id.region).and_then(|status| status.as_ref().ok());
        let since = home.and_then(|status| if status.is_logging { status.started } else { status.stopped });
        let in_region = |(region, status): (&Region, &Result<Status, AwsError>)| {
            let deliveries = |status| deliveries(status, settings.as_ref(), self.at);
            InRegion {
                region: region.clone(),
                logging: status.as_ref().ok().map(|status| status.is_logging),
                error: status.as_ref().err().map(ToString::to_string),
                deliveries: status.as_ref().map(deliveries).unwrap_or_default(),
            }
        };
        Seen {
            label: self.label(one),
            name: id.name.clone(),
            arn: arn.clone(),
            home: id.region.clone(),
            kind,
            stack,
            tags_unread,
            entry: self.entry(arn).map(|entry| entry.address.clone()),
            logging: home.map(|status| status.is_logging),
            since,
            regions: statuses.iter().map(in_region).collect(),
            settings,
        }
    }

    /// Returns what needs attention about a trail, each thing once, with the Regions where it is so.
    fn findings(&self, one: &estate::Seen, trail: &Seen, wants_logging: bool) -> Vec<Finding> {
        let mut found = Found::default();
        let home = &one.id.region;
        if let Err(error) = &one.trail {
            found.add(home, Code::Unreadable, "settings", format!("it cannot be read: {error}"));
        }
        for (region, status) in &one.statuses {
            match status {
                Err(error) if is_absent(error) && region != home => {
                    let message = "it is multi-Region and does not show there, so that nothing is recorded there; a Region that \
                                   was enabled just now gets it within hours";
                    found.add(region, Code::MissingShadow, "", message.to_owned());
                }
                // What cannot be read at all is said once.
                Err(_) if region == home && one.trail.is_err() => {}
                Err(error) => {
                    let sort = error.code.clone().unwrap_or_else(|| format!("{:?}", error.class));
                    found.add(region, Code::Unreadable, &sort, format!("its status cannot be read: {error}"));
                }
                // Where the whole trail is off, its home Region says so.
                Ok(Status { is_logging: false, .. })
                    if wants_logging && (region == home || trail.logging == Some(true)) =>
                {
                    found.add(region, Code::NotLogging, "", "it is not logging".to_owned());
                }
                Ok(_) => {}
            }
        }
        for InRegion { region, deliveries, .. } in &trail.regions {
            for delivery in deliveries {
                let Some((error, explained)) = delivery.error.as_ref().zip(delivery.explained) else {
                    continue;
                };
                let message = format!("{} fail with {error}: {explained}", delivery.what.words());
                found.add(region, Code::DeliveryFails, &message.clone(), message);
            }
        }
        let label = &trail.label;
        let finding = |((code, _), (regions, message)): ((Code, String), (BTreeSet<Region>, String))| {
            Finding { code, trail: label.clone(), regions: regions.into_iter().collect(), message }
        };
        found.0.into_iter().map(finding).collect()
    }

    /// Returns the management events that several trails record; none if that was not decided.
    fn duplicates(&self) -> Option<Vec<Duplicate>> {
        let readable = self.seen.iter().filter_map(|one| {
            let trail = one.trail.as_ref().ok()?;
            one.statuses.get(&one.id.region)?.as_ref().ok()?;
            // The events of this account are looked at: whose an organization's trail is makes no difference to them.
            Some(recorded(&self.label(one), &one.id.region, self.account, trail))
        });
        let found = overlaps(&Coverage::new(readable, Assumptions::default())).ok()?;
        let duplicate = |Overlap { trails, region, is_global, reads, writes, example }| Duplicate {
            trails,
            region,
            is_global,
            reads,
            writes,
            example: Shown::from(example),
        };
        Some(found.into_iter().map(duplicate).collect())
    }
}

/// Findings, by what is the same about them.
#[derive(Default)]
struct Found(BTreeMap<(Code, String), (BTreeSet<Region>, String)>);

impl Found {
    /// Adds one; of several of a sort the message of the first is kept.
    fn add(&mut self, region: &Region, code: Code, sort: &str, message: String) {
        let (regions, _) =
            self.0.entry((code, sort.to_owned())).or_insert_with(|| (BTreeSet::new(), message));
        regions.insert(region.clone());
    }
}

fn settings(trail: &Trail) -> Settings {
    Settings {
        multi_region: trail.multi_region,
        records: records(trail),
        bucket: trail.bucket.as_str().to_owned(),
        prefix: trail.prefix.clone(),
        log_file_validation: trail.log_file_validation,
        log_group: trail.cloudwatch_logs.as_ref().map(|logs| logs.log_group.as_str().to_owned()),
        topic: trail.topic.as_ref().map(|topic| topic.as_str().to_owned()),
    }
}

/// Counts the places that are taken in each home Region, and in all others. What cannot be read takes one in its home Region at
/// least.
fn places(trails: &[Seen]) -> Vec<Places> {
    let Some(most) = Trail::MOST_PER_REGION else { return Vec::new() };
    let is_everywhere = |trail: &&Seen| trail.settings.as_ref().is_some_and(|all| all.multi_region);
    let homes: BTreeSet<&Region> = trails.iter().map(|trail| &trail.home).collect();
    let in_home = homes.into_iter().map(|region| {
        let used = trails.iter().filter(|trail| trail.home == *region || is_everywhere(trail)).count();
        Places { region: Some(region.clone()), used, most }
    });
    let elsewhere = trails.iter().filter(is_everywhere).count();
    in_home.chain([Places { region: None, used: elsewhere, most }]).collect()
}
