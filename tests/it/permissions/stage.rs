//! An AWS where every call of a run is held against the policy for that run.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use trailctl::{
    policy::evaluate::{Decision, Principal, Request, evaluate},
    sandbox::Sandbox,
};

use super::requests::{Asked, asked};
use crate::support::{Local, Workspace};

/// A spec, and for whom it is planned, applied or destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Of {
    pub(super) spec: &'static str,
    pub(super) role: &'static str,
}

/// The actions of a policy, each with the statement that it stands in.
type Actions = BTreeSet<(String, String)>;

/// An AWS, and what was needed of which policy.
pub(super) struct Stage {
    pub(super) aws: Local,
    pub(super) workspace: Workspace,
    asked: Arc<Mutex<Vec<Asked>>>,
    policies: BTreeMap<Of, Vec<Value>>,
    needed: BTreeMap<Of, Actions>,
}

impl Stage {
    pub(super) fn new() -> Self {
        let sandbox = Sandbox::in_memory();
        let asked_of = Arc::new(Mutex::new(Vec::new()));
        let (seen, remembers) = (Arc::clone(&asked_of), sandbox.clone());
        let aws = Local::watched(sandbox, move |request| {
            let questions = asked(request, &remembers);
            seen.lock().unwrap().extend(questions);
        });
        let workspace = Workspace::at(&aws.endpoint);
        Self { aws, workspace, asked: asked_of, policies: BTreeMap::new(), needed: BTreeMap::new() }
    }

    /// Forgets what others have done.
    pub(super) fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }

    /// Returns the statements of a policy, as `iam-policy` prints it.
    pub(super) fn policy(&mut self, of: Of, options: &str) -> Vec<Value> {
        if !self.policies.contains_key(&of) {
            self.workspace.spec(of.spec);
            let printed =
                self.workspace.expect(&format!("iam-policy --role {} --format json {options}", of.role), 0);
            let report: Value = serde_json::from_str(&printed.stdout).unwrap();
            let documents = report["policies"].as_array().unwrap().iter().map(|one| &one["document"]);
            let mut all: Vec<Value> =
                documents.flat_map(|one| one["Statement"].as_array().unwrap()).cloned().collect();
            for statement in &mut all {
                statement["Principal"] = json!("*");
            }
            self.policies.insert(of, all);
        }
        self.policies[&of].clone()
    }

    /// Runs the binary for a spec as somebody who has the policy for that, and those of `also`.
    #[track_caller]
    pub(super) fn run(&mut self, of: Of, also: &[Of], command: &str, code: u8) {
        let own = self.policy(of, "");
        let others: Vec<Value> = also.iter().flat_map(|other| self.policy(*other, "")).collect();
        self.run_with(of, &own, &others, command, code);
    }

    /// Does the same with a policy that was asked for otherwise.
    #[track_caller]
    pub(super) fn run_with(&mut self, of: Of, own: &[Value], others: &[Value], command: &str, code: u8) {
        self.workspace.spec(of.spec);
        self.forget();
        let output = self.workspace.run(command);
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        let all: Vec<Value> = own.iter().chain(others).cloned().collect();
        for question in &asked {
            assert!(allows(&all, question), "{command}: {question:#?}");
            let mut allowing = own.iter().filter(|one| {
                lists(&one["Action"]).contains(&question.action.as_str())
                    && allows(std::slice::from_ref(one), question)
            });
            if let (Some(one), None) = (allowing.next(), allowing.next()) {
                let sid = one["Sid"].as_str().unwrap().to_owned();
                self.needed.entry(of).or_default().insert((sid, question.action.clone()));
            }
        }
        assert_eq!(output.code, Some(code.into()), "{command}: {}{}", output.stdout, output.stderr);
    }

    /// Returns the actions of a policy without which all that was run with it could have been run.
    pub(super) fn superfluous(&mut self, of: Of) -> Vec<(String, String)> {
        let allowing = self.policy(of, "").into_iter().filter(|one| one["Effect"] == "Allow");
        let all: Actions = allowing
            .flat_map(|one| {
                let sid = one["Sid"].as_str().unwrap();
                let actions = lists(&one["Action"]).into_iter();
                actions.map(|action| (sid.to_owned(), action.to_owned())).collect::<Vec<_>>()
            })
            .collect();
        let needed = self.needed.get(&of).cloned().unwrap_or_default();
        all.difference(&needed).cloned().collect()
    }
}

fn allows(statements: &[Value], question: &Asked) -> bool {
    let request = Request {
        principal: Principal::Aws("111122223333".to_owned()),
        action: question.action.clone(),
        resource: question.resource.clone(),
        context: question.context.clone(),
    };
    matches!(evaluate(&json!({"Statement": statements}), &request), Decision::Allowed { .. })
}

fn lists(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}
