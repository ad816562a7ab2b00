//! A scenario, ready to be broken at any attempt: the state it starts from, what a whole run does, and what must hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde_json::Value;
use trailctl::{
    apply::Outcome,
    aws::error::AwsError,
    plan::{Action, Plan},
    sandbox::Sandbox,
    spec::Spec,
};

use super::{
    audit::{Histories, Promise, Recording, recording},
    catalogue::{Breaking, Case},
    others,
    scenarios::Scenario,
};
use crate::support::{Allowed, Attempt, Engine, Fault, Inside, Moment, Ran, Seen, spec};

/// The one case in which a plan may be told less than there is without noticing.
const TRUNCATED: &str = "Truncated after";

/// All that happens in the tests happens at once: states differ in what was done, not in when.
fn noon() -> Timestamp {
    "2026-04-01T12:00:00Z".parse().unwrap()
}

/// A scenario that was set up and run once.
pub(super) struct Stage {
    pub(super) scenario: &'static Scenario,
    /// The state before the run.
    pub(super) start: Sandbox,
    before: Value,
    spec: Spec,
    /// The plan of the run.
    pub(super) plan: Plan,
    /// The attempts that a run makes: who the caller is, the plan, and the apply.
    pub(super) connecting: Vec<Seen>,
    pub(super) planning: Vec<Seen>,
    pub(super) applying: Vec<Seen>,
    /// What stacks own after the run: one of each.
    owned: Vec<String>,
    theirs: Vec<String>,
    promise: Promise,
    /// What was found of states, by their hashes: runs lead to the same ones again and again.
    audited: Mutex<BTreeMap<Vec<u8>, Option<String>>>,
    ended: Mutex<BTreeMap<Start, Result<Left, String>>>,
}

/// What a run starts from: the hash of a state, and of which trails more than what is there may be in effect.
type Start = (Vec<u8>, String);

/// What a run has left to the next one.
#[derive(Clone, Debug, Default)]
pub(super) struct Left {
    /// The resources that the next plan changes.
    pub(super) steps: BTreeSet<String>,
    /// What was not recorded while it ran.
    gap: Option<String>,
}

/// Where in a run something breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// When the first calls tell who the caller is.
    Connect,
    /// When the live state is read.
    Plan,
    /// When it is changed.
    Apply,
}

/// One run that breaks: where, and how.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub(super) phase: Phase,
    pub(super) number: usize,
    pub(super) case: Case,
}

/// What looks at each state on the way.
#[derive(Clone)]
struct Watch {
    stage: Arc<Stage>,
    histories: Arc<Mutex<Histories>>,
    broken: Arc<Mutex<Vec<String>>>,
}

/// One thread's clients.
pub(super) struct Worker {
    inside: Inside,
    engine: Engine,
    runtime: tokio::runtime::Runtime,
    stage: Arc<Stage>,
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

impl Stage {
    /// Sets a scenario up, and runs it once.
    pub(super) fn new(scenario: &'static Scenario) -> Arc<Self> {
        let start = Sandbox::in_memory().with_clock(noon);
        others::move_in(&start);
        if scenario.organization {
            others::organize(&start);
        }
        let (runtime, inside) = (runtime(), Inside::healthy(&start));
        let engine = runtime.block_on(Engine::connect(&inside, scenario.organization)).unwrap();
        for text in scenario.setup {
            let spec = spec(text);
            let allowed = Allowed::default();
            let plan = runtime.block_on(engine.plan(&spec, allowed)).unwrap();
            assert_eq!(plan.refused, [], "{}", scenario.name);
            assert!(runtime.block_on(engine.apply(&plan, "n0")).is_complete(), "{}", scenario.name);
            let left = runtime.block_on(engine.plan(&spec, allowed)).unwrap();
            assert!(left.is_empty(), "{}: {left:?}", scenario.name);
        }
        for other in scenario.others {
            assert!(other.happen(&start), "{}: {other:?}", scenario.name);
        }
        let before = start.state().unwrap();

        let end = start.fork().unwrap();
        inside.load_healthy(&end);
        let engine = runtime.block_on(Engine::connect(&inside, scenario.organization)).unwrap();
        let connecting = inside.take_calls();
        let spec = spec(scenario.target);
        let allowed = Allowed { destroy: scenario.may_go, take_from: &[] };
        let plan = runtime.block_on(engine.plan(&spec, allowed)).unwrap();
        assert_eq!(plan.refused, [], "{}", scenario.name);
        let planning = inside.take_calls();
        let ran = runtime.block_on(engine.apply(&plan, "n1"));
        assert!(ran.is_complete(), "{}: {ran:?}", scenario.name);
        let applying = inside.take_calls();
        let target = end.state().unwrap();
        let (promise, owned) = (Promise::between(&before, &target), owned(&target));
        let of_owned: BTreeSet<&String> = owned.iter().collect();
        assert_eq!(of_owned.len(), owned.len(), "{}: {owned:?}", scenario.name);
        let stage = Self {
            scenario,
            start,
            theirs: others::theirs(&before),
            before,
            spec,
            plan,
            connecting,
            planning,
            applying,
            owned,
            promise,
            audited: Mutex::default(),
            ended: Mutex::default(),
        };
        assert_eq!(stage.is_promised(), stage.promise.is_sampled(), "{}", scenario.name);
        Arc::new(stage)
    }

    /// Returns whether anything was recorded before and is wanted.
    pub(super) fn is_promised(&self) -> bool {
        !self.promise.is_empty()
    }

    /// Returns all ways in which the run can break.
    pub(super) fn points(&self) -> Vec<Point> {
        let phases = [
            (Phase::Connect, &self.connecting),
            (Phase::Plan, &self.planning),
            (Phase::Apply, &self.applying),
        ];
        let mut points = Vec::new();
        for (phase, calls) in phases {
            for (place, call) in calls.iter().enumerate() {
                let point = |case| Point { phase, number: place + 1, case };
                points.extend(super::catalogue::cases(call).into_iter().map(point));
            }
        }
        points
    }

    /// Returns runs in which each attempt breaks, in all ways that a run gets over, and how many points each stands for.
    pub(super) fn turns(&self) -> Vec<(Point, usize)> {
        let all = [(Phase::Plan, &self.planning), (Phase::Apply, &self.applying)];
        let turns = |(phase, calls): (Phase, &Vec<Seen>)| {
            let each = move |turn| Point { phase, number: 1, case: Case::Each { turn } };
            let count = calls.len();
            (0..super::catalogue::most_turns(calls)).map(move |turn| (each(turn), count))
        };
        all.into_iter().flat_map(turns).collect()
    }

    /// Returns the call at which a point is.
    pub(super) fn call(&self, point: &Point) -> &Seen {
        let calls = match point.phase {
            Phase::Connect => &self.connecting,
            Phase::Plan => &self.planning,
            Phase::Apply => &self.applying,
        };
        &calls[point.number - 1]
    }

    fn allowed(&self) -> Allowed {
        Allowed { destroy: self.scenario.may_go, take_from: &[] }
    }

    fn audit(&self, state: &Value, recording: &dyn Fn() -> Recording) -> Option<String> {
        let hash = hash(state);
        if let Some(found) = self.audited.lock().unwrap().get(&hash) {
            return found.clone();
        }
        let found = self.promise.broken(&recording());
        self.audited.lock().unwrap().insert(hash, found.clone());
        found
    }
}

/// Returns what a plan does, in short.
fn steps(plan: &Plan) -> BTreeSet<String> {
    plan.steps.iter().map(|step| format!("{:?} {}", step.action, step.address)).collect()
}

/// Returns whether a run did nothing but find out that its plan rests on what is not so.
fn is_outdated(outcome: &Outcome) -> bool {
    let is_refused =
        |(calls, error): &(usize, AwsError)| *calls == 0 && error.message.contains("the plan was made");
    !outcome.failed.is_empty() && outcome.failed.values().all(is_refused)
}

fn hash(state: &Value) -> Vec<u8> {
    digest(&SHA256, state.to_string().as_bytes()).as_ref().to_vec()
}

/// Returns what stacks own in a state: section, stack and entry of each thing that carries the marks.
fn owned(state: &Value) -> Vec<String> {
    fn walk(section: &str, value: &Value, found: &mut Vec<String>) {
        let Some(map) = value.as_object() else { return };
        let tag = |name: &str| map.get("tags")?.get(format!("trailctl:{name}"))?.as_str();
        if let (Some(stack), Some(resource)) = (tag("stack"), tag("resource")) {
            found.push(format!("{section} {stack} {resource}"));
        }
        map.values().for_each(|value| walk(section, value, found));
    }
    let mut found = Vec::new();
    for (section, value) in state.as_object().unwrap() {
        walk(section, value, &mut found);
    }
    found.sort();
    found
}

impl Watch {
    /// Takes what may be in effect when a run begins.
    fn of(stage: &Arc<Stage>, histories: Histories) -> Self {
        let histories = Arc::new(Mutex::new(histories));
        Self { stage: Arc::clone(stage), histories, broken: Arc::default() }
    }

    /// Looks at the state that a call has left.
    fn see(&self, attempt: &Attempt<'_>, moment: Moment) {
        let is_done = moment == Moment::After && attempt.status.is_some_and(|status| status < 300);
        if !is_done || !self.stage.is_promised() {
            return;
        }
        let mut histories = self.histories.lock().unwrap();
        if !attempt.seen.mutates {
            if attempt.seen.operation == "GetTrailStatus" {
                histories.read_status(&String::from_utf8_lossy(attempt.request.body()));
            }
            return;
        }
        let state = attempt.sandbox.state().unwrap();
        let found = self.stage.audit(&state, &|| recording(&state));
        histories.change(&recording(&state));
        let found = found.or_else(|| self.stage.promise.broken_until_verified(&histories));
        if let Some(found) = found {
            let call = attempt.seen;
            let text = format!("after {}:{} ({}): {found}", call.service, call.operation, attempt.number);
            self.broken.lock().unwrap().push(text);
        }
    }
}

impl Worker {
    pub(super) fn new(stage: &Arc<Stage>) -> Self {
        let (runtime, inside) = (runtime(), Inside::healthy(&stage.start));
        let engine = runtime.block_on(Engine::connect(&inside, stage.scenario.organization)).unwrap();
        Self { inside, engine, runtime, stage: Arc::clone(stage) }
    }

    /// Runs a scenario that breaks, then again without faults.
    ///
    /// Errors with what does not hold.
    pub(super) fn run(&self, points: &[Point]) -> Result<(), String> {
        let sandbox = self.stage.start.fork().unwrap();
        let watch = Watch::of(&self.stage, Histories::of(&recording(&self.stage.before)));
        let (broken, histories) = (Arc::clone(&watch.broken), Arc::clone(&watch.histories));
        let found = self.broken_run(points, &sandbox, watch);
        let next = found.and_then(|()| self.next_runs(&sandbox, &histories));
        let mut gaps = std::mem::take(&mut *broken.lock().unwrap());
        gaps.extend(
            next.iter().filter_map(|left| left.gap.as_ref()).map(|gap| format!("in the next run {gap}")),
        );
        let is_ours = !points.iter().any(|point| point.case.stops_recording());
        match gaps.first().filter(|_| is_ours) {
            Some(gap) => Err(format!("a gap {gap}")),
            None => next.map(drop),
        }
    }

    fn load(&self, sandbox: &Sandbox, watch: Watch, mut breaking: Vec<Breaking>) {
        self.inside.load(sandbox, move |attempt: &Attempt<'_>, moment| -> Option<Fault> {
            assert!(attempt.number < 5000, "the run does not end");
            watch.see(attempt, moment);
            breaking.iter_mut().find_map(|one| one.meet(attempt, moment))
        });
    }

    fn broken_run(&self, points: &[Point], sandbox: &Sandbox, watch: Watch) -> Result<(), String> {
        let stage = &self.stage;
        let point = &points[0];
        let histories = Arc::clone(&watch.histories);
        let breaking = points.iter().map(|point| point.case.breaking(point.number)).collect();
        self.load(sandbox, watch.clone(), breaking);
        let allowed = stage.allowed();
        let planned = match point.phase {
            Phase::Apply => Some(Ok(stage.plan.clone())),
            Phase::Plan => self
                .runtime
                .block_on(Box::pin(self.inside.until_killed(self.engine.plan(&stage.spec, allowed)))),
            Phase::Connect => self.runtime.block_on(Box::pin(self.inside.until_killed(async {
                let engine = Engine::connect(&self.inside, stage.scenario.organization).await?;
                engine.plan(&stage.spec, allowed).await
            }))),
        };
        if point.phase != Phase::Apply {
            let calls = self.inside.take_calls();
            if calls.iter().any(|call| call.mutates) {
                return Err("a plan changes something".to_owned());
            }
            match &planned {
                Some(Ok(plan)) => self.judge(point, plan, calls.len())?,
                Some(Err(error)) if point.case.is_got_over(stage.call(point)) => {
                    return Err(format!("does not get over it: {error}"));
                }
                Some(Err(_)) | None => return Ok(()),
            }
            let Some(Ok(plan)) = planned else { return Ok(()) };
            if plan.steps == stage.plan.steps || !plan.refused.is_empty() {
                return Ok(());
            }
            self.load(sandbox, watch, Vec::new());
            let ran = self.runtime.block_on(Box::pin(self.engine.apply(&plan, "n1")));
            // It does what it says, or says that there is something else than what the plan was told of; whether that was all is
            // for the next plan to say.
            let is_misled = point.case.name() == TRUNCATED;
            let is_honest = ran.is_complete() || is_misled && ran.outcome.as_ref().is_some_and(is_outdated);
            return if is_honest { Ok(()) } else { Err(format!("does not do its plan: {ran:?}")) };
        }
        let ran = self.runtime.block_on(Box::pin(self.engine.apply(&stage.plan, "n1")));
        self.judge_run(points, &ran, sandbox, &histories)
    }

    /// Judges a plan that was made while something broke: nothing may be left out silently, and nothing may count as absent.
    fn judge(&self, point: &Point, plan: &Plan, attempts: usize) -> Result<(), String> {
        let (stage, clean) = (&self.stage, &self.stage.plan);
        let asked = match point.phase {
            Phase::Connect => stage.connecting.len() + stage.planning.len(),
            _ => stage.planning.len(),
        };
        let creates = |plan: &Plan| -> BTreeSet<String> {
            let is_new = |step: &&trailctl::plan::Step| step.action == Action::Create;
            plan.steps.iter().filter(is_new).map(|step| step.address.to_string()).collect()
        };
        if plan == clean {
            // The answer was not what AWS has, so it must have been asked for again.
            let is_noticed = attempts > asked || point.case.name() == TRUNCATED;
            return if is_noticed { Ok(()) } else { Err("nobody noticed the broken read".to_owned()) };
        }
        if point.case.is_got_over(stage.call(point)) {
            return Err(format!("does not get over it: another plan: {:?}", steps(plan)));
        }
        if !plan.refused.is_empty() {
            return Ok(());
        }
        if plan.is_empty() && !clean.is_empty() {
            return Err("says that there is nothing to do".to_owned());
        }
        let more: Vec<String> = creates(plan).difference(&creates(clean)).cloned().collect();
        if more.is_empty() { Ok(()) } else { Err(format!("takes for absent: {more:?}")) }
    }

    /// Judges how a broken apply ended: what it says to be done must be so.
    fn judge_run(
        &self,
        points: &[Point],
        ran: &Ran,
        sandbox: &Sandbox,
        histories: &Mutex<Histories>,
    ) -> Result<(), String> {
        let cases = || points.iter().map(|point| &point.case);
        let is_got_over = |point: &Point| point.case.is_got_over(self.stage.call(point));
        if points.len() == 1 && is_got_over(&points[0]) && !ran.is_complete() {
            return Err(format!("does not get over it: {ran:?}"));
        }
        if cases().any(|case| case.lies() || case.is_foreign()) {
            return Ok(());
        }
        let left = self.next_runs(sandbox, histories)?.steps;
        let Some(outcome) = &ran.outcome else { return Ok(()) };
        if outcome.is_complete() && !left.is_empty() {
            return Err(format!("says that all is done, but there is left: {left:?}"));
        }
        let steps = |address: &String| {
            let of_it = self.stage.plan.steps.iter().filter(|step| step.address.to_string() == *address);
            of_it.map(|step| step.id).collect::<Vec<_>>()
        };
        let is_told_done = |address: &&String| {
            let steps = steps(address);
            !steps.is_empty() && steps.iter().all(|id| outcome.done.contains(id))
        };
        match left.iter().find(is_told_done) {
            Some(address) => Err(format!("says that {address} is done, but it is not: {ran:?}")),
            None => Ok(()),
        }
    }

    /// Runs again until nothing is left: once. Returns what there was to do.
    fn next_runs(&self, sandbox: &Sandbox, histories: &Mutex<Histories>) -> Result<Left, String> {
        let histories = histories.lock().unwrap().of_next_run();
        let start = (hash(&sandbox.state().unwrap()), histories.open());
        if let Some(known) = self.stage.ended.lock().unwrap().get(&start) {
            return known.clone();
        }
        let found = self.next_runs_from(&sandbox.fork().unwrap(), histories);
        self.stage.ended.lock().unwrap().insert(start, found.clone());
        found
    }

    fn next_runs_from(&self, sandbox: &Sandbox, histories: Histories) -> Result<Left, String> {
        let stage = &self.stage;
        let watch = Watch::of(stage, histories);
        let broken = Arc::clone(&watch.broken);
        self.load(sandbox, watch, Vec::new());
        let plan = || {
            let plan = self.runtime.block_on(Box::pin(self.engine.plan(&stage.spec, stage.allowed())));
            plan.map_err(|error| format!("the next run cannot plan: {error}"))
        };
        let next = plan()?;
        if !next.refused.is_empty() {
            return Err(format!("the next run is refused: {:?}", next.refused));
        }
        // A trail that is to be verified once more is not left undone.
        let changing = next.steps.iter().filter(|step| step.action != Action::Verify);
        let changed = changing.map(|step| step.address.to_string()).collect();
        if !next.is_empty() {
            let ran = self.runtime.block_on(Box::pin(self.engine.apply(&next, "n2")));
            if !ran.is_complete() {
                return Err(format!("the next run fails: {ran:?}"));
            }
            self.inside.take_calls();
            let last = plan()?;
            if !last.is_empty() || !last.refused.is_empty() {
                return Err(format!(
                    "the run after the next has something to do: {:?} {:?}",
                    steps(&last),
                    last.refused
                ));
            }
        }
        let state = sandbox.state().unwrap();
        let owned = owned(&state);
        if owned != stage.owned {
            return Err(format!("there is not one of each: {owned:?} instead of {:?}", stage.owned));
        }
        if others::theirs(&state) != stage.theirs {
            return Err("what others have has changed".to_owned());
        }
        if let Some(other) = stage.scenario.others.iter().find(|other| other.lasts(&state) == Some(false)) {
            return Err(format!("what others have added is gone: {other:?}"));
        }
        let gap = broken.lock().unwrap().first().cloned();
        Ok(Left { steps: changed, gap })
    }
}
