//! What policies answer to what they are asked.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use super::{Asking, Thing, requests::Need};
use crate::{
    path::Path,
    policy::evaluate::{Judgement, complete, judge},
    resource::{Address, Desired},
};

/// The policies that decide together.
pub(super) struct Policies<'a> {
    sort: Sort,
    /// Each with the attribute that it is.
    all: Vec<(Path, Cow<'a, [Value]>)>,
    /// Whether there are no more, so that what none of them allows is not allowed.
    is_whole: bool,
}

/// What policies are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// Who may use a resource.
    Resource,
    /// Who may take a role.
    Trust,
    /// What a role may do.
    Role,
}

impl<'a> Policies<'a> {
    /// Returns the policy of a resource, if it is known.
    pub(super) fn of_resource(attrs: &'a Value, attribute: &str) -> Option<Self> {
        let all = vec![(Path::keys([attribute]), Cow::Borrowed(statements(&attrs[attribute])?))];
        Some(Self { sort: Sort::Resource, all, is_whole: true })
    }

    /// Returns who may take a role, if that is known.
    pub(super) fn of_trust(attrs: &'a Value) -> Option<Self> {
        let all = vec![completed((Path::keys(["trust"]), statements(&attrs["trust"])?))];
        Some(Self { sort: Sort::Trust, all, is_whole: true })
    }

    /// Returns what a role may do, if that is known. What managed policies say is not.
    pub(super) fn of_role(attrs: &'a Value) -> Option<Self> {
        let own = (Path::keys(["policy"]), statements(&attrs["policy"])?);
        let inline = attrs["inline_policies"].as_object().into_iter().flatten();
        let inline = inline
            .map(|(name, policy)| Some((Path::keys(["inline_policies"]).key(name), statements(policy)?)));
        let all: Option<Vec<_>> = [Some(own)].into_iter().chain(inline).collect();
        let is_whole = attrs["managed_policies"].as_array().is_none_or(Vec::is_empty);
        Some(Self { sort: Sort::Role, all: all?.into_iter().map(completed).collect(), is_whole })
    }

    /// Returns whether it is certain that they keep out who asks for this.
    pub(super) fn keep_out(&self, need: &Need) -> bool {
        let judged = self.judge(need);
        let any = |of: fn(&Judgement) -> Option<usize>| {
            judged.iter().any(|(.., judgement)| of(judgement).is_some())
        };
        let is_allowed = any(|one| one.allows) || any(|one| one.may_allow) || !self.is_whole;
        need.is_certain && (any(|one| one.denies) || !is_allowed)
    }

    fn judge(&self, need: &Need) -> Vec<(&Path, &[Value], Judgement)> {
        let judge = |statements: &[Value]| {
            let judge = |request| judge(statements, request, &|key| need.lacks(key));
            let other = need.or.as_ref().map(judge);
            let one = judge(&need.request);
            other.map_or(one, |other| one.or(other))
        };
        self.all.iter().map(|(at, statements)| (at, &**statements, judge(statements))).collect()
    }
}

/// Returns the statements of a policy that is known and was understood.
fn statements(policy: &Value) -> Option<&[Value]> {
    let all = policy.get("statements")?.as_array()?;
    all.iter().all(Value::is_object).then_some(all)
}

/// Returns a policy of a role with its statements completed.
fn completed((at, statements): (Path, &[Value])) -> (Path, Cow<'static, [Value]>) {
    let mut all = statements.to_vec();
    all.iter_mut().for_each(complete);
    (at, Cow::Owned(all))
}

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Problem {
    /// This statement of it denies, certainly or perhaps.
    Denies { policy: Path, place: usize },
    /// Nothing in it allows; `perhaps` a statement does whose conditions are not known to hold.
    Lacks { perhaps: bool },
    /// It is the policy of a key, which is not in the Region where it is looked for.
    Elsewhere { is_in: String, wanted_in: String },
}

/// An answer that keeps somebody out, or may.
pub(super) struct Answer<'a> {
    pub(super) entry: Option<&'a Desired>,
    /// Who asked: the entries, and what of each names the thing.
    pub(super) askers: BTreeMap<Address, (&'a Desired, Path)>,
    pub(super) is_certain: bool,
    /// The statement that denies: its name, and its place in the spec if it is there.
    pub(super) statement: Option<(String, Option<Path>)>,
    pub(super) purposes: Vec<&'static str>,
    /// What is not allowed: actions and resources.
    pub(super) missing: BTreeSet<(String, String)>,
    /// The ARNs of the trails that ask.
    pub(super) sources: BTreeSet<String>,
}

/// All such answers: by thing, by what its policies are about, by problem.
pub(super) struct Answers<'a> {
    stack: &'a str,
    pub(super) all: BTreeMap<(Address, Sort, Problem), Answer<'a>>,
}

impl<'a> Answers<'a> {
    pub(super) fn new(stack: &'a str) -> Self {
        Self { stack, all: BTreeMap::new() }
    }

    /// Asks the policies of a thing, if they are known.
    pub(super) fn judge(&mut self, thing: &Thing<'a>, policies: Option<Policies<'_>>, asking: Asking<'a>) {
        let Some(policies) = policies else { return };
        for need in &asking.needs {
            let judged = policies.judge(need);
            let first = |of: fn(&Judgement) -> Option<usize>| {
                judged.iter().find_map(|(at, all, judgement)| Some((*at, *all, of(judgement)?)))
            };
            let denied = first(|one| one.denies).map(|found| (found, true));
            let denied = denied.or_else(|| first(|one| one.may_deny).map(|found| (found, false)));
            if let Some(((policy, all, place), is_certain)) = denied {
                let name = named(&all[place], place);
                let written = thing.statement(self.stack, policy, place);
                let problem = Problem::Denies { policy: policy.clone(), place };
                let answer = self.answer(thing, policies.sort, problem, &asking);
                answer.is_certain |= is_certain && need.is_certain;
                answer.statement = Some((name, written));
                answer.takes(need);
            } else if first(|one| one.allows).is_none() && policies.is_whole {
                let perhaps = first(|one| one.may_allow).is_some();
                let answer = self.answer(thing, policies.sort, Problem::Lacks { perhaps }, &asking);
                answer.is_certain |= !perhaps && need.is_certain;
                answer.takes(need);
            }
        }
    }

    /// Notes that a key is not where it is looked for.
    pub(super) fn elsewhere(
        &mut self,
        key: &Thing<'a>,
        asking: &Asking<'a>,
        is_in: String,
        wanted_in: String,
    ) {
        let problem = Problem::Elsewhere { is_in, wanted_in };
        self.answer(key, Sort::Resource, problem, asking).is_certain = true;
    }

    fn answer(
        &mut self,
        thing: &Thing<'a>,
        sort: Sort,
        problem: Problem,
        asking: &Asking<'a>,
    ) -> &mut Answer<'a> {
        let answer = self.all.entry((thing.address.clone(), sort, problem)).or_insert_with(|| Answer {
            entry: thing.entry,
            askers: BTreeMap::new(),
            is_certain: false,
            statement: None,
            purposes: Vec::new(),
            missing: BTreeSet::new(),
            sources: BTreeSet::new(),
        });
        answer.askers.entry(asking.by.address.clone()).or_insert_with(|| (asking.by, asking.link.clone()));
        answer
    }
}

impl Answer<'_> {
    fn takes(&mut self, need: &Need) {
        if !self.purposes.contains(&need.purpose) {
            self.purposes.push(need.purpose);
        }
        self.missing.insert((need.request.action.clone(), need.allow_on.clone()));
        self.sources.extend(need.request.context.get("aws:SourceArn").into_iter().flatten().cloned());
    }
}

/// Returns how a statement is called: by its Sid, or by its place.
fn named(statement: &Value, place: usize) -> String {
    match statement["Sid"].as_str().filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("the statement `{sid}`"),
        None => format!("statement {}, which has no Sid,", place + 1),
    }
}
