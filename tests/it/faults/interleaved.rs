//! Two applies at the same time, and an apply beside another client: no update is lost without anybody noticing.
//!
//! One run stands still before its i-th change while the other makes j changes, or all; then the first goes on to its end, and
//! then the other. Each run plans again at its end, as the CLI does: it *says that all is well* if its plan was done and nothing
//! is left.
//!
//! An apply looks at each resource before it writes to it, but no call of AWS is conditional: what is written between that look
//! and the very next write is written over, and the look after it shows what this run wrote. Only the lock keeps two runs apart
//! there.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tokio::task::yield_now;
use trailctl::{plan::Plan, sandbox::Sandbox};

use super::{deep, others::Other};
use crate::{
    lifecycle::in_runtime,
    support::{Allowed, Engine, Fault, Inside, Moment, spec},
};

/// Of the ways in which two runs meet, each how manieth is taken in the ordinary run.
const STEP: usize = 5;

const BASE: &str = "version: 1
stack: both
trails: {audit: {bucket: both-logs}}
buckets: {both-logs: {policy: {mode: merge}}}
";

/// Two specs that are applied at the same time.
struct Pair {
    /// What was applied before.
    before: &'static [&'static str],
    specs: [&'static str; 2],
    /// Whether both write other values to one attribute.
    is_contested: bool,
}

const PAIRS: &[Pair] = &[
    // Other attributes of the same resources.
    Pair {
        before: &[BASE],
        specs: [
            "version: 1
stack: both
trails: {audit: {bucket: both-logs, prefix: prod}}
buckets: {both-logs: {policy: {mode: merge}}}
",
            "version: 1
stack: both
trails: {audit: {bucket: both-logs, tags: {a: b}, events: [{where: {eventCategory: Management, readOnly: false}}]}}
buckets: {both-logs: {policy: {mode: merge}, versioning: false}}
",
        ],
        is_contested: false,
    },
    // The same attribute.
    Pair {
        before: &[BASE],
        specs: [
            "version: 1
stack: both
trails: {audit: {bucket: both-logs, prefix: one}}
buckets: {both-logs: {policy: {mode: merge}}}
",
            "version: 1
stack: both
trails: {audit: {bucket: both-logs, prefix: two}}
buckets: {both-logs: {policy: {mode: merge}}}
",
        ],
        is_contested: true,
    },
    // The same is made by both.
    Pair { before: &[], specs: [BASE, BASE], is_contested: false },
    // Two stacks with one bucket, whose policy the owner changes while the guest comes.
    Pair { before: &[HOST], specs: [HOST_CHANGED, GUEST], is_contested: false },
];

const HOST: &str = "version: 1
stack: host
buckets:
  host-logs:
    policy:
      mode: merge
      statements:
        - {Sid: Acl, Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: 's3:GetBucketAcl', Resource: 'arn:aws:s3:::host-logs'}
        - {Sid: Put, Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: 's3:PutObject', Resource: 'arn:aws:s3:::host-logs/guest/AWSLogs/*'}
";
const HOST_CHANGED: &str = "version: 1
stack: host
tags: {team: security}
buckets:
  host-logs:
    versioning: false
    policy:
      mode: merge
      statements:
        - {Sid: Acl, Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: 's3:GetBucketAcl', Resource: 'arn:aws:s3:::host-logs'}
        - {Sid: Put, Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: 's3:PutObject', Resource: 'arn:aws:s3:::host-logs/guest/AWSLogs/*'}
        - {Sid: More, Effect: Deny, Principal: '*', Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::host-logs/*'}
trails: {host: {bucket: host-logs, prefix: host}}
";
const GUEST: &str =
    "version: 1\nstack: guest\ntrails: {audit: {bucket: {existing: host-logs}, prefix: guest}}\n";

/// Who may make the next change.
#[derive(Debug, Default)]
struct Turns {
    /// How many changes the first run makes before it stands still, and how many the other one makes then.
    until: [usize; 2],
    made: [usize; 2],
    has_ended: [bool; 2],
}

impl Turns {
    fn may(&self, who: usize) -> bool {
        let (first, second) = (self.made[0] < self.until[0], self.made[1] < self.until[1]);
        match who {
            0 => first || !second || self.has_ended[1],
            _ => self.has_ended[0] || !first && second,
        }
    }
}

/// When the second run makes its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Planned {
    /// When the first one does.
    Before,
    /// When the first one stands still.
    Between,
}

/// How one of the runs ended.
struct End {
    is_well: bool,
    changes: usize,
}

async fn plan(engine: &Engine, text: &str) -> Plan {
    engine.plan(&spec(text), Allowed::default()).await.unwrap()
}

async fn prepared(before: &[&str]) -> Sandbox {
    let sandbox = Sandbox::in_memory();
    let engine = Engine::connect(&Inside::healthy(&sandbox), false).await.unwrap();
    for text in before {
        assert!(engine.apply(&plan(&engine, text).await, "n0").await.is_complete());
    }
    sandbox
}

/// Two clients of one account, and a third one that looks at what they leave.
struct Table {
    pair: &'static Pair,
    start: Sandbox,
    engines: [Engine; 2],
    third: Engine,
    /// What was found of states, by their texts: runs lead to the same ones again and again.
    left: BTreeMap<String, [bool; 2]>,
}

impl Table {
    async fn new(pair: &'static Pair) -> Self {
        let start = prepared(pair.before).await;
        let connect = async || Engine::connect(&Inside::healthy(&start), false).await.unwrap();
        let engines = [connect().await, connect().await];
        let third = connect().await;
        Self { pair, start, engines, third, left: BTreeMap::new() }
    }

    /// Runs both. Returns how they ended, and whether the next plan of each has something to do.
    async fn run(&mut self, until: [usize; 2], planned: Planned) -> ([End; 2], [bool; 2]) {
        let sandbox = self.start.fork().unwrap();
        let turns = Arc::new(Mutex::new(Turns { until, ..Turns::default() }));
        for (who, engine) in self.engines.iter().enumerate() {
            let turns = Arc::clone(&turns);
            engine.inside.load(&sandbox, move |attempt, moment| {
                let mut turns = turns.lock().unwrap();
                match moment {
                    _ if !attempt.seen.mutates => None,
                    Moment::Before => (!turns.may(who)).then_some(Fault::Held),
                    Moment::After => {
                        turns.made[who] += 1;
                        None
                    }
                }
            });
        }
        let (engines, specs, plans_made) = (&self.engines, self.pair.specs, Cell::new(0));
        let run = async |who: usize| {
            if who == 1 && planned == Planned::Between {
                let is_first_at_work = || {
                    let turns = turns.lock().unwrap();
                    plans_made.get() == 0 || turns.made[0] < turns.until[0] && !turns.has_ended[0]
                };
                while is_first_at_work() {
                    yield_now().await;
                }
            }
            let made = plan(&engines[who], specs[who]).await;
            plans_made.set(plans_made.get() + 1);
            // Nobody changes anything before all plans are made that are made first.
            while planned == Planned::Before && plans_made.get() < 2 {
                yield_now().await;
            }
            let nonce = ["n1", "n2"][who];
            let is_done = made.refused.is_empty() && engines[who].apply(&made, nonce).await.is_complete();
            let left = plan(&engines[who], specs[who]).await;
            let mut turns = turns.lock().unwrap();
            turns.has_ended[who] = true;
            End { is_well: is_done && left.is_empty() && left.refused.is_empty(), changes: turns.made[who] }
        };
        let (first, second) = futures_util::future::join(Box::pin(run(0)), Box::pin(run(1))).await;
        let state = sandbox.state().unwrap().to_string();
        if let Some(left) = self.left.get(&state) {
            return ([first, second], *left);
        }
        let left = self.left(&sandbox).await;
        self.left.insert(state, left);
        ([first, second], left)
    }

    /// Returns whether the next plan of each has something to do. Whoever then runs alone gets what he wants.
    async fn left(&self, sandbox: &Sandbox) -> [bool; 2] {
        let (third, specs) = (&self.third, self.pair.specs);
        third.inside.load_healthy(sandbox);
        let left = [!plan(third, specs[0]).await.is_empty(), !plan(third, specs[1]).await.is_empty()];
        for text in specs {
            let next = plan(third, text).await;
            assert_eq!(next.refused, []);
            let ran = third.apply(&next, "n3").await;
            assert!(ran.is_complete(), "{ran:?} of {next:?}");
            assert!(plan(third, text).await.is_empty());
        }
        let state = sandbox.state().unwrap();
        let trails = state["trails"]["111122223333"]["us-east-1"].as_object().map_or(0, serde_json::Map::len);
        let entries: BTreeSet<_> = specs.iter().flat_map(|text| trails_of(text)).collect();
        assert_eq!(trails, entries.len());
        left
    }
}

/// Returns the trails of a spec.
fn trails_of(text: &str) -> Vec<String> {
    let keys = spec(text).entries.keys().map(|entry| entry.address.clone()).collect::<Vec<_>>();
    keys.into_iter().filter(|one| one.kind == "trail").map(|one| one.logical).collect()
}

#[test]
fn two_runs_at_once_lose_nothing_unnoticed() {
    deep(|| {
        let step =
            if std::env::var("TRAILCTL_FAULTS").is_ok_and(|wanted| wanted == "all") { 1 } else { STEP };
        let mut met = 0;
        for pair in PAIRS {
            in_runtime(async {
                let mut table = Table::new(pair).await;
                let (alone, _) = table.run([usize::MAX, 0], Planned::Between).await;
                let most = alone[0].changes;
                let (alone, _) = table.run([0, usize::MAX], Planned::Between).await;
                let all =
                    (0..=most).flat_map(|first| (1..=alone[1].changes).map(move |second| [first, second]));
                for (place, until) in all.enumerate().filter(|(place, _)| place.is_multiple_of(step)) {
                    for planned in [Planned::Before, Planned::Between] {
                        // One that is planned when the other has made all its changes comes after it.
                        if planned == Planned::Between && until[0] == most {
                            continue;
                        }
                        let (ends, left) = table.run(until, planned).await;
                        let is_lost = ends.iter().all(|end| end.is_well) && left.contains(&true);
                        let may_be = pair.is_contested;
                        assert!(
                            !is_lost || may_be,
                            "{}{place} {until:?} {planned:?}: {left:?}",
                            pair.specs[1]
                        );
                        met += 1;
                    }
                }
            });
        }
        assert!(met >= 50, "{met} ways in which two runs meet");
    });
}

/// Another client adds a statement to a shared policy just before one of the calls.
#[test]
fn a_statement_of_others_is_written_over_only_between_the_look_and_the_write() {
    const TARGET: &str = "version: 1
stack: faults
trails: {audit: {bucket: faults-logs, prefix: prod}}
buckets: {faults-logs: {policy: {mode: merge}}}
";
    deep(|| {
        in_runtime(async {
            let start = prepared(&[&TARGET.replace(", prefix: prod", "")]).await;
            let run = async |at: usize| {
                let sandbox = start.fork().unwrap();
                let changes = Mutex::new(0);
                let inside = Inside::of(&sandbox, move |attempt, moment| {
                    if attempt.seen.mutates && moment == Moment::Before {
                        let mut changes = changes.lock().unwrap();
                        *changes += 1;
                        if *changes == at {
                            assert!(Other::BucketStatement.happen(attempt.sandbox));
                        }
                    }
                    None
                });
                let engine = Engine::connect(&inside, false).await.unwrap();
                let made = plan(&engine, TARGET).await;
                inside.take_calls();
                let is_done = engine.apply(&made, "n1").await.is_complete();
                let calls = inside.take_changes();
                let left = plan(&engine, TARGET).await;
                let state: Value = sandbox.state().unwrap();
                let lasts = Other::BucketStatement.lasts(&state) == Some(true);
                (calls, is_done && left.is_empty(), lasts)
            };
            let (calls, is_well, _) = run(0).await;
            assert!(is_well && calls.contains(&"PutBucketPolicy"), "{calls:?}");
            for at in 1..=calls.len() {
                let (calls, is_well, lasts) = run(at).await;
                let is_written_later = calls[at - 1..].contains(&"PutBucketPolicy");
                // What comes between the look and the write is written over, and nobody notices; nothing else is.
                let may_be_lost =
                    at.checked_sub(1).and_then(|place| calls.get(place)) == Some(&"PutBucketPolicy");
                assert!(lasts || may_be_lost || !is_well, "before {at} of {calls:?}");
                assert!(is_written_later || lasts, "before {at} of {calls:?}: nobody writes it any more");
            }
        });
    });
}
