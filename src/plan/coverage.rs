//! What a plan does to what is recorded, over all trails of the account that can be read.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Action, Note, Policy, Refusal, Step,
    draft::note,
    order::{Turn, Unsorted},
};
use crate::{
    coverage::{Outlook, Overlap, Report, Shown, covers, overlaps},
    kinds::{
        Resource as _,
        trail::{
            Insight, Trail,
            recorded::{Trails, coverage},
        },
    },
    resource::{Account, Address, Desired, Live, ResourceId, owner::Owner},
};

/// What becomes of what is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageReport {
    /// The verdict, with examples.
    #[serde(flatten)]
    pub events: Report,
    /// What protects or watches the records and gets weaker.
    pub weakened: Vec<Weakened>,
    /// Whether the user has allowed the loss.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_loss_allowed: bool,
}

/// Something that gets weaker without any event being lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Weakened {
    /// What gets weaker, or records less well: its kind and its name, such as `trail audit`.
    pub resource: String,
    /// What becomes of it.
    pub what: String,
}

impl Weakened {
    pub(super) fn new(id: &ResourceId, what: &str) -> Self {
        Self { resource: format!("{} {}", id.kind.replace('_', " "), id.name), what: what.to_owned() }
    }
}

/// Returns the live trails that can be read, whoever made them.
pub fn live(live: &Live) -> Trails {
    let readable = live
        .iter()
        .filter(|(id, seen)| id.kind == Trail::KIND && !matches!(seen.owner, Owner::Unreadable { .. }));
    readable.filter_map(|(id, seen)| Some((id.clone(), read(&seen.attrs)?))).collect()
}

fn read(attrs: &serde_json::Value) -> Option<Trail> {
    Trail::deserialize(attrs).ok()
}

/// Returns the trails after some steps.
pub fn after(old: &Trails, steps: &[Step]) -> Trails {
    let mut trails = old.clone();
    for step in steps.iter().filter(|step| step.address.kind == Trail::KIND) {
        let trail = match step.action {
            Action::Delete => None,
            Action::Create | Action::Update | Action::Replace => read(&step.attrs),
            Action::Verify => continue,
        };
        match trail {
            Some(trail) => drop(trails.insert(step.resource.clone(), trail)),
            None => drop(trails.remove(&step.resource)),
        }
    }
    trails
}

/// Says what the steps do to what is recorded. The trails of `kept_back` are to be removed, and that is refused: what would be lost
/// by it is said at once.
pub(super) fn report(
    old: &Trails,
    steps: &[Step],
    kept_back: &BTreeSet<ResourceId>,
    policy: &Policy,
) -> CoverageReport {
    if steps.iter().all(|step| step.address.kind != Trail::KIND) && kept_back.is_empty() {
        return CoverageReport::default();
    }
    let mut new = after(old, steps);
    new.retain(|id, _| !kept_back.contains(id));
    // A replaced trail has another id than the one that takes its place.
    let heirs: BTreeMap<&Address, &ResourceId> = steps
        .iter()
        .filter(|step| step.action == Action::Replace)
        .map(|step| (&step.address, &step.resource))
        .collect();
    let heir = |id: &ResourceId| {
        let gone = steps.iter().find(|step| step.action == Action::Delete && step.resource == *id)?;
        heirs.get(&gone.address).map(|id| (*id).clone())
    };
    let mut report = compare(old, &new, &policy.account, &heir);
    report.is_loss_allowed = policy.allow_coverage_loss && report.events.is_loss();
    report
}

/// Compares the trails of an account before and after. `heir` names the trail that takes the place of one which is gone.
pub fn compare(
    old: &Trails,
    new: &Trails,
    account: &Account,
    heir: &dyn Fn(&ResourceId) -> Option<ResourceId>,
) -> CoverageReport {
    let events = Report::of(&coverage(old, account), &coverage(new, account));
    let weakened = weakened(old, new, account, heir);
    CoverageReport { events, weakened, is_loss_allowed: false }
}

fn weakened(
    old: &Trails,
    new: &Trails,
    account: &Account,
    heir: &dyn Fn(&ResourceId) -> Option<ResourceId>,
) -> Vec<Weakened> {
    let mut weakened = Vec::new();
    let mut add = |id: &ResourceId, what: &str| {
        weakened.push(Weakened::new(id, what));
    };
    for (id, before) in old.iter().filter(|(_, before)| before.logging) {
        match new.get(&heir(id).unwrap_or_else(|| id.clone())) {
            Some(after) => lesser(before, after).into_iter().for_each(|what| add(id, what)),
            None => {
                // What it recorded may be recorded by others, and less well.
                for (has, what) in KEPT {
                    let with = |trails: &Trails| -> Trails {
                        let with = trails.iter().filter(|(_, trail)| trail.logging && has(trail));
                        with.map(|(id, trail)| (id.clone(), trail.clone())).collect()
                    };
                    let own = with(&Trails::from([(id.clone(), before.clone())]));
                    let lost =
                        || !covers(&coverage(&with(new), account), &coverage(&own, account)).is_contained();
                    let all = Trails::from([(id.clone(), before.clone())]);
                    let is_recorded =
                        || covers(&coverage(new, account), &coverage(&all, account)).is_contained();
                    if has(before) && is_recorded() && lost() {
                        add(id, what);
                    }
                }
            }
        }
    }
    let insights = |trails: &Trails| -> BTreeSet<(String, String)> {
        trails.values().filter(|trail| trail.logging).flat_map(|trail| pairs(&trail.insights)).collect()
    };
    let left = insights(new);
    for (id, before) in old.iter().filter(|(_, before)| before.logging) {
        for (kind, category) in pairs(&before.insights).filter(|pair| !left.contains(pair)) {
            add(id, &format!("{kind} no longer looks at {} events", category.to_lowercase()));
        }
    }
    weakened
}

fn pairs(insights: &[Insight]) -> impl Iterator<Item = (String, String)> {
    insights.iter().flat_map(|insight| {
        insight.categories.iter().map(|category| (insight.r#type.clone(), category.clone()))
    })
}

type Has = fn(&Trail) -> bool;

/// What another trail must have too, to take the place of one that had it.
const KEPT: [(Has, &str); 2] = [
    (
        |trail| trail.log_file_validation,
        "what it recorded is no longer in log files that can be proved unchanged",
    ),
    (|trail| trail.cloudwatch_logs.is_some(), "what it recorded no longer goes to CloudWatch Logs"),
];

/// What a trail can have that protects or watches its records.
const PROTECTION: [(Has, &str); 4] = [
    (
        |trail| trail.log_file_validation,
        "log files can no longer be proved unchanged: log file validation is off",
    ),
    (|trail| trail.kms_key.is_some(), "log files are no longer encrypted with a KMS key of their own"),
    (|trail| trail.cloudwatch_logs.is_some(), "events no longer go to CloudWatch Logs"),
    (|trail| trail.topic.is_some(), "log files are no longer announced on an SNS topic"),
];

fn lesser(before: &Trail, after: &Trail) -> Vec<&'static str> {
    let gone = PROTECTION.iter().filter(|(has, _)| has(before) && !has(after));
    gone.map(|(_, what)| *what).collect()
}

/// Returns when a step comes among those of trails, by what its trail records before and after it.
fn turn(old: &Trails, id: &ResourceId, attrs: &serde_json::Value, account: &Account) -> Turn {
    let alone = |trail: Trail| coverage(&Trails::from([(id.clone(), trail)]), account);
    let (Some(before), Some(after)) = (old.get(id).cloned().map(alone), read(attrs).map(alone)) else {
        return Turn::First;
    };
    match (covers(&after, &before).is_contained(), covers(&before, &after).is_contained()) {
        (true, _) => Turn::First,
        (false, false) => Turn::Second,
        (false, true) => Turn::Last,
    }
}

/// Lets what one trail leaves to another be taken before it is left.
pub(super) fn take_turns(old: &Trails, steps: &mut [Unsorted], policy: &Policy) {
    let is_update = |step: &&mut Unsorted| step.address.kind == Trail::KIND && step.action == Action::Update;
    for step in steps.iter_mut().filter(is_update) {
        step.turn = turn(old, &step.resource, &step.attrs, &policy.account);
    }
}

/// Notes management events that get another copy by these steps beside one of another stack or of nobody: CloudTrail delivers the
/// first copy in each Region for nothing. Of two trails of the spec, `validate` tells.
pub(super) fn copies(old: &Trails, desired: &[Desired], steps: &[Step], policy: &Policy) -> Vec<Note> {
    if steps.iter().all(|step| step.address.kind != Trail::KIND) {
        return Vec::new();
    }
    let new = after(old, steps);
    let of = |trails: &Trails| overlaps(&coverage(trails, &policy.account)).unwrap_or_default();
    let known = of(old);
    let is_known = |one: &Overlap| {
        let like = |other: &&Overlap| {
            (&one.trails, &one.region, one.is_global) == (&other.trails, &other.region, other.is_global)
        };
        known
            .iter()
            .find(like)
            .is_some_and(|other| (one.reads <= other.reads) && (one.writes <= other.writes))
    };
    let mut said: BTreeMap<[String; 2], Vec<Overlap>> = BTreeMap::new();
    for one in of(&new).into_iter().filter(|one| !is_known(one)) {
        said.entry(one.trails.clone()).or_default().push(one);
    }
    let notes = said.into_iter().filter_map(|(pair, all)| {
        let is_wanted = |name: &String| desired.iter().any(|want| want.id.kind == Trail::KIND && want.id.name == *name);
        if pair.iter().all(is_wanted) {
            return None;
        }
        let is_of = |step: &&Step| step.address.kind == Trail::KIND && pair.contains(&step.resource.name);
        let step = steps.iter().find(is_of)?;
        let other = pair.iter().find(|name| **name != step.resource.name).unwrap_or(&pair[0]);
        let regional = all.iter().find(|one| !one.is_global).or(all.first())?;
        let does = match (regional.reads, regional.writes) {
            (true, false) => " that read",
            (false, true) => " that write",
            _ => "",
        };
        let place = match (regional.is_global, &regional.region) {
            (true, _) => "of global services".to_owned(),
            (false, Some(region)) => format!("in {region}"),
            (false, None) => "in all Regions".to_owned(),
        };
        let reason = format!(
            "{other} records management events{does} {place} too; each copy but the first is billed, about $2 per 100,000 events"
        );
        Some(note(step.address.clone(), reason, step.origin.as_ref()))
    });
    notes.collect()
}

/// Refuses to record less than before, unless that is allowed. `kept` is a trail whose removal is refused.
pub(super) fn refusal(
    report: &CoverageReport,
    steps: &[Step],
    kept: Option<Address>,
    policy: &Policy,
) -> Option<Refusal> {
    let CoverageReport { events, weakened: _, is_loss_allowed } = report;
    if !events.is_loss() || *is_loss_allowed {
        return None;
    }
    let trail = events.lost.first().and_then(|one| one.recorded_by.as_ref()).map(|recorder| &recorder.trail);
    let of_trail = steps.iter().find(|step| {
        step.address.kind == Trail::KIND && trail.is_some_and(|name| step.resource.name == *name)
    });
    let step = of_trail.or_else(|| steps.iter().find(|step| step.address.kind == Trail::KIND));
    let address = step.map(|step| step.address.clone()).or(kept);
    let address = address.unwrap_or_else(|| Address::new("stack", &policy.stack));
    let reason = match (events.verdict, events.lost.as_slice()) {
        (Outlook::Unknown, _) | (_, []) => {
            "it could not be decided whether all events are still recorded that are recorded now".to_owned()
        }
        (_, [Shown { words, .. }]) => format!("no longer recorded: {words}"),
        (_, [Shown { words, .. }, more @ ..]) => {
            let least = if events.more_lost { "more than " } else { "" };
            let s = if more.len() == 1 { "" } else { "s" };
            format!("no longer recorded: {words}; and events of {least}{} other sort{s}", more.len())
        }
    };
    Some(Refusal {
        address,
        code: "coverage-loss".to_owned(),
        reason,
        help: "record these events, or allow to lose them with `--allow-coverage-loss`, for this run"
            .to_owned(),
        origin: step.and_then(|step| step.origin.clone()),
        at: None,
    })
}
