//! Whole lives of trails and buckets: each scenario is a list of steps, run by the binary against any endpoint.
//!
//! After each step the account equals the spec: the next plan is empty.

mod contract;
mod drift;
mod scenarios;

use std::thread;

use aws_sdk_s3::operation::head_bucket::HeadBucketError;
use trailctl::exit;

use self::contract::{Outside, There};
use self::drift::Drift;
use self::scenarios::SCENARIOS;
use crate::support::{Endpoint, Local, Workspace};

/// A life, in an account of its own.
pub(crate) struct Scenario {
    /// Its name, which is also in the names of its buckets.
    pub(crate) name: &'static str,
    /// What happens, one after the other.
    pub(crate) steps: &'static [Step],
}

/// One thing that happens, and what the plan must say about it.
pub(crate) struct Step {
    /// Its name, which no other step of the scenario has.
    pub(crate) name: &'static str,
    what: What,
}

enum What {
    /// A version of the spec is applied: plan shows exactly these changes, apply makes them, nothing is left.
    Apply { spec: Spec, consent: &'static str, changes: &'static [&'static str] },
    /// A version of the spec is refused for these reasons, by plan and by apply.
    Refuse { spec: Spec, refusals: &'static [&'static str] },
    /// Another client changes something: plan shows these changes, apply heals them, nothing is left.
    Heal { drift: Drift, changes: &'static [&'static str] },
    /// A version of the spec is applied; what the plan says of it is not looked at.
    Prepare { spec: Spec },
    /// Another client changes something: plan shows these changes, apply heals them, nothing is left.
    Outside { change: Outside, changes: &'static [&'static str] },
    /// Everything is removed: nothing is left of what the stack owned.
    DestroyAll { consent: &'static str },
    /// Everything that the consent covers is removed: no trail is left, and the bucket only if it `stays`.
    Destroy { consent: &'static str, stays: bool },
    /// The removal is refused for this reason.
    KeepAll { refusal: &'static str },
}

/// A version of the spec, without its head.
#[derive(Debug)]
enum Spec {
    /// The trail `audit` and its bucket `logs`, with further lines, in YAML's flow style.
    Small { trail: &'static str, bucket: &'static str },
    /// Any entries. `$BUCKET` stands for what the names of this scenario's buckets begin with.
    Entries(&'static str),
}

/// What an endpoint does at a step otherwise than AWS.
#[derive(Debug)]
pub(crate) struct Deviation {
    /// The scenario.
    pub(crate) scenario: &'static str,
    /// The step.
    pub(crate) step: &'static str,
    /// What can be seen of it.
    pub(crate) shows: Shows,
    /// What the endpoint does wrong.
    pub(crate) why: &'static str,
}

/// What a plan says because of a deviation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shows {
    /// Before the step is applied, these changes or refusals instead of the expected ones.
    Before(&'static [&'static str]),
    /// After the step was applied, these changes instead of none: apply ends with exit code 4.
    After(&'static [&'static str]),
    /// The attribute of a contract cannot be set: apply fails and says this. What others do to it is left out; and all of the
    /// attribute, if what it needs before cannot be set.
    Lacks(&'static str),
}

/// Runs all scenarios, side by side, each at the endpoint that it is given.
///
/// A deviation must be seen exactly as it is listed: one that no longer happens is a failure too.
pub(crate) fn run_all(endpoint_of: impl Fn(usize) -> Endpoint + Sync, deviations: &[Deviation]) {
    let contracts = contract::scenarios();
    let all: Vec<&Scenario> = SCENARIOS.iter().chain(&contracts).collect();
    for Deviation { scenario, step, why, .. } in deviations {
        let is_there = |one: &&Scenario| one.name == *scenario && one.steps.iter().any(|s| s.name == *step);
        assert!(all.iter().any(is_there), "there is no step {scenario}: {step} ({why})");
    }
    let failed: Vec<&str> = thread::scope(|scope| {
        let start = |number: usize| {
            let scenario = all[number];
            let endpoint_of = &endpoint_of;
            let thread = thread::Builder::new().name(scenario.name.to_owned());
            let run = move || Life::new(scenario, endpoint_of(number), deviations).run();
            (scenario.name, thread.spawn_scoped(scope, run).unwrap())
        };
        let running: Vec<_> = (0..all.len()).map(start).collect();
        running.into_iter().filter_map(|(name, thread)| thread.join().is_err().then_some(name)).collect()
    });
    assert!(failed.is_empty(), "these scenarios failed, see above: {}", failed.join(", "));
}

/// A scenario that is being run.
struct Life<'a> {
    scenario: &'a Scenario,
    endpoint: Endpoint,
    workspace: Workspace,
    deviations: &'a [Deviation],
}

impl<'a> Life<'a> {
    fn new(scenario: &'a Scenario, endpoint: Endpoint, deviations: &'a [Deviation]) -> Self {
        // A server in Python is asked by all scenarios at once.
        let workspace = Workspace::at(&endpoint).always(&["--timeout", "120"]);
        Self { scenario, workspace, endpoint, deviations }
    }

    fn run(&self) {
        let (mut lacking, mut out_of_reach) = (None, None);
        for step in self.scenario.steps {
            let row = step.name.split_once(": ").map(|(row, _)| row);
            match &step.what {
                What::Apply { .. } | What::Outside { .. }
                    if out_of_reach.is_some() && out_of_reach == row => {}
                What::Apply { spec, .. } if self.lacks(step).is_some() => {
                    self.fail(step, spec);
                    lacking = row;
                }
                What::Prepare { spec } if self.lacks(step).is_some() => {
                    self.fail(step, spec);
                    out_of_reach = row;
                }
                What::Outside { .. } if lacking.is_some() && lacking == row => {}
                What::Apply { spec, .. } if lacking.is_some() && lacking == row => {
                    self.write(spec);
                    let _ = self.workspace.expect("apply --yes --allow-coverage-loss", exit::DONE);
                }
                What::Apply { spec, consent, changes } => {
                    self.write(spec);
                    self.apply(step, consent, changes);
                }
                What::Refuse { spec, refusals } => {
                    self.write(spec);
                    self.refuse(step, refusals);
                }
                What::Heal { drift, changes } => {
                    in_runtime(drift.happen(&self.endpoint, &self.bucket("-logs")));
                    self.apply(step, "", changes);
                }
                What::Prepare { spec } => {
                    self.write(spec);
                    let _ = self.workspace.expect("apply --yes --allow-coverage-loss", exit::DONE);
                }
                What::Outside { change, changes } => {
                    let there = There { aws: &self.endpoint, bucket: self.bucket("") };
                    in_runtime(change(&there));
                    self.apply(step, "", changes);
                }
                What::DestroyAll { consent } => self.destroy_all(step, consent),
                What::Destroy { consent, stays } => self.destroy(step, consent, *stays),
                What::KeepAll { refusal } => {
                    let output = self.workspace.expect("destroy --yes", exit::REFUSED);
                    assert!(output.stdout.contains(refusal), "{}: {output:?}", step.name);
                }
            }
        }
    }

    fn apply(&self, step: &Step, consent: &str, changes: &[&str]) {
        let [before, after] = self.deviating(step);
        let before = before.unwrap_or(changes);
        let plan = self.plan(step, consent, before);
        assert_eq!(plan, sorted(before), "{}: the plan", step.name);
        match after {
            None => {
                let _ = self
                    .workspace
                    .expect(&format!("apply --yes --allow-coverage-loss {consent}"), exit::DONE);
                assert_eq!(self.plan(step, "", &[]), [""; 0], "{}: the plan after", step.name);
            }
            Some(left) => {
                let _ = self
                    .workspace
                    .expect(&format!("apply --yes --allow-coverage-loss {consent}"), exit::PARTIAL);
                assert_eq!(self.plan(step, consent, left), sorted(left), "{}: what is left", step.name);
            }
        }
    }

    /// Returns the changes that plan shows, sorted: neither the order of steps nor where trails are verified between them is what
    /// is looked at here. Its exit code must tell whether there are any.
    fn plan(&self, step: &Step, consent: &str, expected: &[&str]) -> Vec<String> {
        let output = self
            .workspace
            .run(&format!("plan --detailed-exitcode --format json --allow-coverage-loss {consent}"));
        let code = if expected.is_empty() { exit::DONE } else { exit::CHANGES };
        assert_eq!(output.code, Some(code.into()), "{}: {}{}", step.name, output.stdout, output.stderr);
        let mut changes = output.changes();
        changes.retain(|change| !change.starts_with("verify "));
        changes.sort_unstable();
        changes
    }

    fn refuse(&self, step: &Step, refusals: &[&str]) {
        let refusals = self.deviating(step)[0].unwrap_or(refusals);
        if refusals.is_empty() {
            let output = self.workspace.expect("plan --format json", exit::DONE);
            assert!(output.refusals().is_empty(), "{}", step.name);
            return;
        }
        let output = self.workspace.expect("plan --format json", exit::REFUSED);
        assert_eq!(output.refusals(), refusals, "{}", step.name);
        let _ = self.workspace.expect("apply --yes", exit::REFUSED);
        let output = self.workspace.expect("plan --format json", exit::REFUSED);
        assert_eq!(output.refusals(), refusals, "{}: after apply", step.name);
    }

    fn destroy(&self, step: &Step, consent: &str, stays: bool) {
        let _ = self.workspace.expect(&format!("destroy --yes --allow-coverage-loss {consent}"), exit::DONE);
        let output =
            self.workspace.expect(&format!("destroy --yes --allow-coverage-loss {consent}"), exit::DONE);
        let end = "No changes. Nothing is left to remove.\n";
        assert!(output.stdout.ends_with(end), "{}: {}", step.name, output.stdout);
        let trails = in_runtime(self.endpoint.cloudtrail("us-east-1").describe_trails().send());
        assert_eq!(trails.unwrap().trail_list(), [], "{}: trails that are left", step.name);
        let head =
            in_runtime(self.endpoint.s3("us-east-1").head_bucket().bucket(self.bucket("-logs")).send());
        let is_there = match head.map_err(|error| error.into_service_error()) {
            Ok(_) => true,
            Err(HeadBucketError::NotFound(_)) => false,
            Err(error) => panic!("{}: {error:?}", step.name),
        };
        assert_eq!(is_there, stays, "{}: whether the bucket is there", step.name);
    }

    fn destroy_all(&self, step: &Step, consent: &str) {
        let _ = self.workspace.expect(&format!("destroy --yes --allow-coverage-loss {consent}"), exit::DONE);
        let output =
            self.workspace.expect(&format!("destroy --yes --allow-coverage-loss {consent}"), exit::DONE);
        let end = "No changes. Nothing is left to remove.\n";
        assert!(output.stdout.ends_with(end), "{}: {}", step.name, output.stdout);
        // The next plan would make everything anew; keys wait for their end, and are taken back.
        let plan = self.workspace.run("plan --format json").changes();
        let is_new = |change: &String| {
            change.starts_with("create ")
                || change.starts_with("kms_key.")
                || change.starts_with("bucket.other ")
        };
        assert!(plan.iter().all(is_new), "{}: {plan:?}", step.name);
    }

    /// Applies a version of the spec that the endpoint is known not to be able to have.
    fn fail(&self, step: &Step, spec: &Spec) {
        self.write(spec);
        let output = self.workspace.run("apply --yes --allow-coverage-loss");
        assert_ne!(output.code, Some(exit::DONE.into()), "{}: {}", step.name, output.stdout);
        let (text, said) = (self.lacks(step).unwrap(), output.stdout + &output.stderr);
        assert!(said.contains(text), "{}: {said}", step.name);
    }

    fn write(&self, spec: &Spec) {
        let entries = match spec {
            Spec::Small { trail, bucket } => format!(
                "trails: {{audit: {{bucket: logs, {trail}}}}}\n\
                 buckets: {{logs: {{name: $BUCKET-logs, {bucket}}}}}\n"
            ),
            Spec::Entries(entries) => (*entries).to_owned(),
        };
        let entries =
            entries.replace("$BUCKET", &self.bucket("")).replace("$ACCOUNT", &self.endpoint.account);
        self.workspace.spec(&format!("version: 1\nstack: life\nregion: us-east-1\n{entries}"));
    }

    /// Returns the name of a bucket. All accounts share them, so the scenario's name is in it.
    fn bucket(&self, suffix: &str) -> String {
        format!("trailctl-{}{suffix}", self.scenario.name)
    }

    /// Returns what apply says where the endpoint cannot do what a step sets.
    fn lacks(&self, step: &Step) -> Option<&'static str> {
        let here = |one: &&Deviation| one.scenario == self.scenario.name && one.step == step.name;
        self.deviations.iter().filter(here).find_map(|deviation| match deviation.shows {
            Shows::Lacks(text) => Some(text),
            Shows::Before(_) | Shows::After(_) => None,
        })
    }

    /// Returns what the endpoint is known to show before and after a step.
    fn deviating(&self, step: &Step) -> [Option<&'static [&'static str]>; 2] {
        let mut shows = [None; 2];
        let here = |one: &&Deviation| one.scenario == self.scenario.name && one.step == step.name;
        for deviation in self.deviations.iter().filter(here) {
            match deviation.shows {
                Shows::Before(changes) => shows[0] = Some(changes),
                Shows::After(changes) => shows[1] = Some(changes),
                Shows::Lacks(_) => {}
            }
        }
        shows
    }
}

fn sorted<'a>(changes: &[&'a str]) -> Vec<&'a str> {
    let mut changes = changes.to_vec();
    changes.sort_unstable();
    changes
}

/// Waits for a future, on a runtime of its own.
pub(crate) fn in_runtime<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn every_scenario_comes_true_on_the_sandbox() {
    let aws = Local::start();
    run_all(|number| Endpoint::in_account(&aws.endpoint.url, number), &[]);
}

#[test]
fn names_of_scenarios_and_steps_are_unique() {
    let mut names = Vec::new();
    let contracts = contract::scenarios();
    for scenario in SCENARIOS.iter().chain(&contracts) {
        names.push((scenario.name, ""));
        names.extend(scenario.steps.iter().map(|step| (scenario.name, step.name)));
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
