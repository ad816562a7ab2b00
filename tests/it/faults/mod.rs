//! Faults at the seam between the SDK and AWS: whatever breaks at whatever attempt, no run lies, no state on the way stops a
//! recording that was there and is wanted, and the next run ends what is left.
//!
//! | file | for |
//! | --- | --- |
//! | `scenarios` | what is applied, as data |
//! | `catalogue` | what can go wrong with a call, and how an attempt is broken |
//! | `others` | what other clients have in the account and do |
//! | `stage` | a scenario that is run with a fault, then without, and what must hold |
//! | `interleaved` | two applies at once, and an apply beside another client |
//! | `audit`, `sampled` | what is recorded in a state, in two ways, and the promise that is kept |
//!
//! A point is a scenario, an attempt and a fault. What any run must get over comes at all attempts of a run, in turns, so that
//! each such fault meets each attempt; of what a run may fail of, the ordinary run takes each [`STRIDE`]th point.
//! `TRAILCTL_FAULTS=all` takes all points one by one too, and pairs of faults for the smallest scenarios.
//! `TRAILCTL_FAULTS=NAME` takes all points of one scenario.

mod audit;
mod catalogue;
mod interleaved;
mod others;
mod sampled;
mod scenarios;
mod stage;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use trailctl::sandbox::Sandbox;

use self::{
    scenarios::SCENARIOS,
    stage::{Phase, Point, Stage, Worker},
};
use crate::{
    lifecycle::in_runtime,
    support::{Allowed, Engine, Fault, Inside, Moment, Ran, Says, deep, spec as parsed},
};

/// The stack of a main thread: that of a test's thread is too small for the futures of a debug build.
const STACK: usize = 8 << 20;
/// How many threads break runs.
const THREADS: usize = 2;
/// Of the runs that break once, each how manieth is taken in the ordinary run. No small number divides it.
const STRIDE: usize = 61;
/// How many points the ordinary run has at least.
const LEAST: usize = 5000;
/// How many scenarios have pairs of faults.
const PAIRED: usize = 2;

/// Plans what a spec wants and applies it.
async fn applied(aws: &Inside, text: &str) -> Ran {
    let spec = parsed(text);
    let engine = Engine::connect(aws, false).await.unwrap();
    let plan = engine.plan(&spec, Allowed::default()).await.unwrap();
    assert_eq!(plan.refused, []);
    aws.take_changes();
    engine.apply(&plan, "n").await
}

/// What became of some points.
#[derive(Default)]
struct Tally {
    /// How many there were, of reads and of changes.
    counts: [usize; 2],
    /// What does not hold, with where that is.
    failures: Vec<String>,
}

/// A run that breaks, in all of these points, and how many points it stands for.
type Broken = (Vec<Point>, usize);

fn name(stage: &Stage, point: &Point) -> String {
    let call = stage.call(point);
    let Point { phase, number, case } = point;
    format!("{phase:?} {number} {}:{}, {}", call.service, call.operation, case.name())
}

/// Runs a scenario with faults, side by side.
fn run(stage: &Arc<Stage>, runs: &[Broken]) -> Tally {
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let work = || {
        let worker = Worker::new(stage);
        while let Some((points, count)) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let found = worker.run(points);
            let mut tally = tally.lock().unwrap();
            tally.counts[usize::from(points[0].phase == Phase::Apply)] += count;
            if let Err(words) = found {
                let at: Vec<String> = points.iter().map(|point| name(stage, point)).collect();
                tally.failures.push(format!("{}: {}: {words}", stage.scenario.name, at.join(" and ")));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).unwrap();
        }
    });
    tally.into_inner().unwrap()
}

/// Returns the runs of a scenario: each that breaks in a way which a run need not get over, but only each `stride`th; and
/// those that break at all attempts.
fn sampled(stage: &Stage, seen: usize) -> Vec<Broken> {
    let is_single = |point: &Point| !point.case.is_over(stage.call(point));
    let single = stage.points().into_iter().filter(is_single).enumerate();
    let single =
        single.filter(|(place, _)| (seen + place).is_multiple_of(STRIDE)).map(|(_, point)| (vec![point], 1));
    let turns = stage.turns().into_iter().map(|(point, count)| (vec![point], count));
    turns.chain(single).collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "a table of the points, and all that does not hold")]
fn whatever_breaks_no_run_lies_or_stops_the_recording_and_the_next_ends_it() {
    deep(|| {
        let wanted = std::env::var("TRAILCTL_FAULTS").unwrap_or_default();
        let is_named = SCENARIOS.iter().any(|scenario| scenario.name == wanted);
        let (mut total, mut failures) = (0, Vec::new());
        for (number, scenario) in SCENARIOS.iter().enumerate() {
            if is_named && scenario.name != wanted {
                continue;
            }
            let stage = Stage::new(scenario);
            let mut runs = if wanted.is_empty() { sampled(&stage, total) } else { all(&stage) };
            if wanted == "all" && number < PAIRED {
                runs.extend(pairs(&stage));
            }
            let found = run(&stage, &runs);
            let [reads, changes] = found.counts;
            println!("{reads:>5} at reads, {changes:>5} at changes: {}", scenario.name);
            total += reads + changes;
            found.failures.iter().for_each(|failure| println!("{failure}"));
            failures.extend(found.failures);
        }
        println!("{total:>5} points");
        assert!(failures.is_empty(), "{} of {total} points, see above", failures.len());
        assert!(total >= LEAST || !wanted.is_empty(), "{total} points");
    });
}

/// Returns all runs of a scenario that break once, and those that break at all attempts.
fn all(stage: &Stage) -> Vec<Broken> {
    let turns = stage.turns().into_iter().map(|(point, count)| (vec![point], count));
    turns.chain(stage.points().into_iter().map(|point| (vec![point], 1))).collect()
}

/// Returns all runs of an apply that break twice: the second time at a later attempt.
fn pairs(stage: &Stage) -> Vec<Broken> {
    let points = stage.points();
    let of_apply: Vec<&Point> = points.iter().filter(|point| point.phase == Phase::Apply).collect();
    let pairs = of_apply.iter().flat_map(|first| {
        let later = of_apply.iter().filter(|second| second.number > first.number);
        later.map(|second| (vec![(*first).clone(), (*second).clone()], 1))
    });
    pairs.collect()
}

#[test]
fn an_empty_answer_to_a_read_says_nothing() {
    deep(|| {
        let text = "version: 1\nstack: faults\nlog_groups: {group: {}}\n";
        let (spec, sandbox) = (parsed(text), Sandbox::in_memory());
        assert!(in_runtime(applied(&Inside::healthy(&sandbox), text)).is_complete());
        let aws = Inside::of(&sandbox, |call, when| {
            let is_it = (call.seen.operation, when) == ("DescribeLogGroups", Moment::Before);
            is_it.then_some(Fault::Empty)
        });
        let plan = in_runtime(async {
            let engine = Engine::connect(&aws, false).await.unwrap();
            engine.plan(&spec, Allowed::default()).await
        });
        let error = plan.unwrap_err().to_string();
        assert_eq!(
            error.split(" (").next(),
            Some("logs:DescribeLogGroups in us-east-1: the answer is empty")
        );
    });
}

#[test]
fn a_plan_gets_over_the_throttling_of_each_of_many_reads() {
    deep(|| {
        let names: Vec<String> = (0..12).map(|number| format!("many-logs-{number}: {{}}")).collect();
        let text = format!("version: 1\nstack: faults\nbuckets: {{{}}}\n", names.join(", "));
        let sandbox = Sandbox::in_memory();
        assert!(in_runtime(applied(&Inside::healthy(&sandbox), &text)).is_complete());
        let mut sent = BTreeMap::<String, usize>::new();
        let aws = Inside::of(&sandbox, move |call, when| {
            let count = sent.entry(call.request.uri().to_string()).or_default();
            *count += usize::from(when == Moment::Before);
            let is_early = when == Moment::Before && call.seen.service == "s3" && *count <= 3;
            is_early.then(|| Says::Throttled.by("s3")).flatten()
        });
        in_runtime(async {
            let engine = Engine::connect(&aws, false).await.unwrap();
            let plan = engine.plan(&parsed(&text), Allowed::default()).await.unwrap();
            assert!(plan.is_empty(), "{plan:?}");
        });
    });
}

#[test]
fn a_change_of_a_trail_that_was_answered_by_nobody_was_not_made() {
    deep(|| {
        let spec = |prefix: &str| {
            format!(
                "version: 1\nstack: faults\ntrails: {{audit: {{bucket: faults-logs{prefix}}}}}\nbuckets: {{faults-logs: {{}}}}\n"
            )
        };
        let sandbox = Sandbox::in_memory();
        assert!(in_runtime(applied(&Inside::healthy(&sandbox), &spec(""))).is_complete());
        let is_first = AtomicUsize::new(0);
        let aws = Inside::of(&sandbox, move |call, when| {
            let is_it = (call.seen.operation, when) == ("UpdateTrail", Moment::Before)
                && is_first.fetch_add(1, Ordering::SeqCst) == 0;
            is_it.then_some(Fault::Empty)
        });
        let ran = in_runtime(applied(&aws, &spec(", prefix: prod")));
        assert!(ran.is_complete(), "{ran:?}");
        assert_eq!(ran.told, ["UpdateTrail is unclear", "UpdateTrail again"]);
    });
}

#[test]
fn only_what_waits_for_this_run_is_sent_again() {
    deep(|| {
        let spec =
            "version: 1\nstack: faults\ntrails: {audit: {bucket: faults-logs}}\nbuckets: {faults-logs: {}}\n";
        // The bucket is made in this run, and its policy may not be seen everywhere yet; a topic is not.
        for (code, attempts) in
            [("InsufficientS3BucketPolicyException", 2), ("InsufficientSnsTopicPolicyException", 1)]
        {
            let sandbox = Sandbox::in_memory();
            let refusals = AtomicUsize::new(0);
            let aws = Inside::of(&sandbox, move |call, when| {
                let is_first = (call.seen.operation, when) == ("CreateTrail", Moment::Before)
                    && refusals.fetch_add(1, Ordering::SeqCst) == 0;
                is_first.then_some(Fault::Refused(400, code, "not yet"))
            });
            let ran = in_runtime(applied(&aws, spec));
            let creates =
                aws.take_changes().into_iter().filter(|operation| *operation == "CreateTrail").count();
            assert_eq!(creates, attempts, "{code}: {ran:?}");
            assert_eq!(ran.is_complete(), attempts == 2, "{code}: {ran:?}");
        }
    });
}

#[test]
fn permissions_that_ask_for_the_tags_of_a_new_resource_are_waited_for() {
    deep(|| {
        let spec = "version: 1\nstack: faults\nkms_keys: {key: {}}\n";
        // The first call is not about a resource that has tags.
        for (operation, attempts) in [("CreateAlias", 2), ("CreateKey", 1)] {
            let sandbox = Sandbox::in_memory();
            let refusals = AtomicUsize::new(0);
            let aws = Inside::of(&sandbox, move |call, when| {
                let is_first = (call.seen.operation, when) == (operation, Moment::Before)
                    && refusals.fetch_add(1, Ordering::SeqCst) == 0;
                is_first.then_some(Fault::Refused(400, "AccessDeniedException", "not authorized"))
            });
            let ran = in_runtime(applied(&aws, spec));
            let sent = aws.take_changes().into_iter().filter(|sent| *sent == operation).count();
            assert_eq!(sent, attempts, "{operation}: {ran:?}");
            assert_eq!(ran.is_complete(), attempts == 2, "{operation}: {ran:?}");
        }
    });
}

#[test]
fn a_policy_that_names_a_role_of_this_run_waits_for_it() {
    deep(|| {
        let spec = |role: &str| {
            let reader = "arn:aws:iam::111122223333:role/reader";
            format!("version: 1\nstack: faults\nkms_keys: {{key: {{readers: ['{reader}']}}}}\n{role}").leak()
                as &str
        };
        // IAM shows a new role to other services after a while; a role that nobody makes is not waited for.
        for (role, attempts) in [("roles: {reader: {}}\n", 2), ("", 1)] {
            let sandbox = Sandbox::in_memory();
            let refusals = AtomicUsize::new(0);
            let aws = Inside::of(&sandbox, move |call, when| {
                let is_first = (call.seen.operation, when) == ("CreateKey", Moment::Before)
                    && refusals.fetch_add(1, Ordering::SeqCst) == 0;
                is_first.then_some(Fault::Refused(
                    400,
                    "MalformedPolicyDocumentException",
                    "no such principal",
                ))
            });
            let ran = in_runtime(applied(&aws, spec(role)));
            let calls = aws.take_changes();
            assert_eq!(
                calls.iter().filter(|call| **call == "CreateKey").count(),
                attempts,
                "{role}: {ran:?}"
            );
            assert_eq!(ran.is_complete(), attempts == 2, "{role}: {ran:?}");
            let place = |name: &str| calls.iter().position(|call| *call == name);
            assert!(role.is_empty() || place("CreateRole") < place("CreateKey"), "{calls:?}");
        }
    });
}
