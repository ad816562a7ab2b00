//! A model of its own of what is recorded in a state of the embedded AWS, and the promise that an apply keeps.
//!
//! A configuration of a trail is *healthy* if its bucket is there and lets the trail write below its prefix, and its key, if
//! it has one, is enabled and lets it encrypt. With `D(state)` for the events that some trail which logs and is healthy
//! records, and `F = D(before) ∩ D(target)`, the promise is: `D ⊇ F` in each state that an apply passes through.
//!
//! What is checked, precisely:
//! - `D` and `F` are unions of boxes: one for each selector of each trail, multiplied with where the trail listens. The boxes
//!   of `F` are the products of a box of `D(before)` with one of `D(target)`, so nothing of `F` is left out. For each of them
//!   the coverage room decides whether `D` has all of it; undecided counts as lost. What no event of AWS can be is not asked
//!   for.
//! - Sampled events are asked of a plain matcher that knows nothing of boxes, patterns and the coverage room.
//!
//! The stricter promise takes the configurations of a trail that may still be in effect for unpropagated: an event is in `D`
//! only if all those of some trail record it. Configurations pass away when the trail is verified: when its status was read
//! [`VERIFYING_READS`] times in a run since it was last changed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trailctl::{
    coverage::{
        Assumptions, BasicSelector, Condition, Coverage, DataResource, Field, Operator, Pattern, ReadWrite,
        Selectors, Trail, Verdict, must_record,
    },
    policy::evaluate::{Decision, Request, evaluate},
    preflight::requests,
};

use super::sampled;

/// How often the status of a trail is read to verify it.
const VERIFYING_READS: usize = 2;
/// The partition of the tests.
const PARTITION: &str = "aws";
/// Its leader Region.
const LEADER: &str = "us-east-1";

/// What trails of a state record, by their ARNs: those that log and are healthy.
pub(super) type Recording = BTreeMap<String, Configuration>;

/// What one trail records and delivers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Configuration {
    /// The boxes.
    boxes: Vec<Pattern>,
    /// The trail, as the state has it.
    pub(super) trail: Value,
}

/// Reads what is recorded in a state. Trails of others are left out.
pub(super) fn recording(state: &Value) -> Recording {
    let mut found = Recording::new();
    for (account, regions) in state["trails"].as_object().into_iter().flatten() {
        for (home, trails) in regions.as_object().into_iter().flatten() {
            for (name, trail) in
                trails.as_object().into_iter().flatten().filter(|(name, _)| *name != "theirs")
            {
                let arn = format!("arn:{PARTITION}:cloudtrail:{home}:{account}:trail/{name}");
                if trail["logging"]["is_on"] == true && is_healthy(state, &arn, &trail["settings"]) {
                    let boxes = boxes(account, home, trail);
                    found.insert(arn, Configuration { boxes, trail: trail.clone() });
                }
            }
        }
    }
    found
}

/// Returns whether what a trail names lets it deliver.
fn is_healthy(state: &Value, arn: &str, settings: &Value) -> bool {
    let account = arn.split(':').nth(4).unwrap();
    let organization = &state["organizations"][PARTITION][account]["id"];
    let organization = organization.as_str().filter(|_| settings["is_organization"] == true);
    let Some(asking) = requests::Trail::of_arn(arn, organization) else { return false };
    let (bucket, key) = (settings["bucket"].as_str().unwrap(), settings["kms_key"].as_str());
    let policy = &state["buckets"][PARTITION][bucket]["policy"];
    let needs = asking.of_bucket(bucket, settings["prefix"].as_str(), key);
    let needs = needs.into_iter().filter(|need| need.is_certain).map(|need| need.request);
    let takes_key = |key: &str| {
        let mut parts = key.split(':').skip(3);
        let (region, owner) = (parts.next().unwrap(), parts.next().unwrap());
        let live = &state["vaults"][owner][region]["keys"][key.rsplit('/').next().unwrap()];
        let needs = asking.of_key(key, bucket, false).into_iter().filter(|need| need.is_certain);
        live["enabled"] == true
            && live["deletion"].is_null()
            && needs.map(|need| need.request).all(|request| allows(&live["policy"], &request))
    };
    needs.into_iter().all(|request| allows(policy, &request)) && key.is_none_or(takes_key)
}

fn allows(policy: &Value, request: &Request) -> bool {
    let policy: Option<Value> = policy.as_str().and_then(|text| serde_json::from_str(text).ok());
    policy.is_some_and(|policy| matches!(evaluate(&policy, request), Decision::Allowed { .. }))
}

/// Multiplies the selectors of a trail with where it listens.
fn boxes(account: &str, home: &str, trail: &Value) -> Vec<Pattern> {
    let settings = &trail["settings"];
    let is = |name: &str| settings[name] == true;
    let mut boxes = Vec::new();
    let heard_of = Trail { selectors: selectors(&trail["selectors"]), ..everything(account, home) };
    for (_, pattern) in heard_of.patterns() {
        let mut heard = pattern;
        if !is("is_organization") {
            heard = heard.is(Field::Account, account);
        }
        if !is("recursive_logging") {
            heard = heard.is(Field::SelfDelivery, "no");
        }
        let regional = heard.clone().is(Field::Scope, "regional");
        boxes.push(if is("is_multi_region") { regional } else { regional.is(Field::Region, home) });
        if is("include_global_service_events") && (is("is_multi_region") || home == LEADER) {
            let global = heard.is(Field::Scope, "global").is(Field::Region, LEADER);
            boxes.push(global.is(Field::EventCategory, "Management"));
        }
    }
    boxes
}

/// A trail that hears everything there is in the partition.
fn everything(account: &str, home: &str) -> Trail {
    Trail {
        name: String::new(),
        account: account.to_owned(),
        partition: PARTITION.to_owned(),
        leader: LEADER.to_owned(),
        home: home.to_owned(),
        multi_region: true,
        global_service_events: true,
        organization: true,
        recursive_logging: true,
        logging: true,
        selectors: Selectors::Default,
    }
}

fn selectors(selectors: &Value) -> Selectors {
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    let list = |name: &str| selectors[name].as_array();
    if let Some(advanced) = list("Advanced") {
        let pattern = |selector: &Value| {
            let fields = selector["FieldSelectors"].as_array().unwrap().iter();
            fields.fold(Pattern::default(), |pattern, one| {
                let lists = Operator::ALL.map(|operator| texts(&one[format!("{operator:?}")]));
                let condition = Condition::from_lists(lists.each_ref().map(Vec::as_slice));
                pattern.and(Field::of_selector(one["Field"].as_str().unwrap()), condition)
            })
        };
        return Selectors::Advanced(advanced.iter().map(pattern).collect());
    }
    let basic = |one: &Value| BasicSelector {
        read_write: match one["ReadWriteType"].as_str().unwrap() {
            "ReadOnly" => ReadWrite::ReadOnly,
            "WriteOnly" => ReadWrite::WriteOnly,
            _ => ReadWrite::All,
        },
        management: one["IncludeManagementEvents"] == true,
        exclude_management_sources: texts(&one["ExcludeManagementEventSources"]),
        data: one["DataResources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|data| DataResource {
                r#type: data["Type"].as_str().unwrap().to_owned(),
                values: texts(&data["Values"]),
            })
            .collect(),
    };
    Selectors::Basic(list("Basic").unwrap().iter().map(basic).collect())
}

/// What must be recorded all the time: what was recorded before and is wanted.
pub(super) struct Promise {
    boxes: Vec<Pattern>,
    events: Vec<sampled::Event>,
}

impl Promise {
    /// Takes the state before, and the one that is wanted.
    pub(super) fn between(before: &Value, target: &Value) -> Self {
        let [old, new] = [before, target].map(recording);
        let both = product(&all(&old), &all(&new));
        let recorded = |recording: &Recording, event: &sampled::Event| {
            recording.iter().any(|(arn, one)| sampled::records(arn, &one.trail, event))
        };
        let events = sampled::events(&[before, target]);
        let events = events.into_iter().filter(|event| recorded(&old, event) && recorded(&new, event));
        Self { boxes: both, events: events.collect() }
    }

    /// Returns whether nothing is promised.
    pub(super) fn is_empty(&self) -> bool {
        self.boxes.is_empty()
    }

    /// Returns whether the plain matcher has anything to look for.
    pub(super) fn is_sampled(&self) -> bool {
        !self.events.is_empty()
    }

    /// Returns what of the promise is not recorded in a state.
    pub(super) fn broken(&self, recording: &Recording) -> Option<String> {
        let missed = |event: &&sampled::Event| {
            !recording.iter().any(|(arn, one)| sampled::records(arn, &one.trail, event))
        };
        let of_boxes = lost(&self.boxes, all(recording));
        let missed = self.events.iter().find(missed).map(|event| format!("the matcher misses {event:?}"));
        of_boxes.or(missed)
    }

    /// Returns what of the promise may not be recorded while none of the configurations is known to be in effect.
    pub(super) fn broken_until_verified(&self, histories: &Histories) -> Option<String> {
        let boxes = histories.0.values().flat_map(|history| {
            let mut all = history.configurations.iter();
            let first = all.next().cloned().flatten().map(|one| one.boxes).unwrap_or_default();
            all.fold(first, |boxes, one| product(&boxes, one.as_ref().map_or(&[], |one| &one.boxes)))
        });
        lost(&self.boxes, boxes.collect())
    }
}

fn all(recording: &Recording) -> Vec<Pattern> {
    recording.values().flat_map(|one| one.boxes.iter().cloned()).collect()
}

fn product(some: &[Pattern], others: &[Pattern]) -> Vec<Pattern> {
    let both = |one: &Pattern| others.iter().map(|other| one.intersection(other)).collect::<Vec<_>>();
    let all: BTreeSet<Pattern> = some.iter().flat_map(both).collect();
    all.into_iter().collect()
}

/// Returns what is in the boxes and not in those that are recorded.
fn lost(boxes: &[Pattern], recorded: Vec<Pattern>) -> Option<String> {
    // A trail without selectors records something.
    let logging = !recorded.is_empty();
    let trail = Trail { selectors: Selectors::Advanced(recorded), logging, ..everything("", LEADER) };
    let coverage = Coverage::new([trail], Assumptions::default());
    boxes.iter().find_map(|pattern| {
        ["no", "yes"].into_iter().find_map(|delivery| {
            match must_record(&coverage, &pattern.clone().is(Field::SelfDelivery, delivery)) {
                Verdict::Contained => None,
                Verdict::Lost(example) => Some(format!("not recorded: {:?}", example.event.values)),
                Verdict::TooComplex => Some(format!("undecided: {pattern:?}")),
            }
        })
    })
}

/// The configurations of each trail that may be in effect.
#[derive(Clone, Debug, Default)]
pub(super) struct Histories(BTreeMap<String, History>);

#[derive(Clone, Debug, Default)]
struct History {
    /// None is a trail that records nothing, or is not there.
    configurations: Vec<Option<Configuration>>,
    reads: usize,
}

impl Histories {
    /// Takes a state that nobody has changed for long.
    pub(super) fn of(recording: &Recording) -> Self {
        let one = |(arn, one): (&String, &Configuration)| {
            (arn.clone(), History { configurations: vec![Some(one.clone())], reads: 0 })
        };
        Self(recording.iter().map(one).collect())
    }

    /// Returns what may be in effect when another run begins, which does not know what was read before.
    pub(super) fn of_next_run(&self) -> Self {
        let mut next = self.clone();
        next.0.values_mut().for_each(|history| history.reads = 0);
        next
    }

    /// Returns, as a text, of which trails more than what is there may be in effect.
    pub(super) fn open(&self) -> String {
        let one = |(arn, history): (&String, &History)| format!("{arn} {:?}\n", history.configurations);
        self.0.iter().filter(|(_, history)| history.configurations.len() > 1).map(one).collect()
    }

    /// Takes a state after a change.
    pub(super) fn change(&mut self, recording: &Recording) {
        for (arn, configuration) in recording {
            let new = || History { configurations: vec![None], reads: 0 };
            self.0.entry(arn.clone()).or_insert_with(new).push(Some(configuration));
        }
        for (_, history) in self.0.iter_mut().filter(|(arn, _)| !recording.contains_key(*arn)) {
            history.push(None);
        }
    }

    /// Takes a read of the status of a trail, which its name or its ARN is in.
    pub(super) fn read_status(&mut self, body: &str) {
        for (arn, history) in &mut self.0 {
            let name = arn.rsplit('/').next().unwrap();
            if body.contains(&format!("\"{name}\"")) || body.contains(&format!("\"{arn}\"")) {
                history.reads += 1;
                if history.reads >= VERIFYING_READS {
                    let last = history.configurations.pop().flatten();
                    history.configurations = vec![last];
                }
            }
        }
    }
}

impl History {
    fn push(&mut self, configuration: Option<&Configuration>) {
        if self.configurations.last().is_some_and(|last| last.as_ref() != configuration) {
            self.configurations.push(configuration.cloned());
            self.reads = 0;
        }
    }
}
