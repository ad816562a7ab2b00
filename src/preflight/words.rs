//! Answers in words.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    Finding,
    requests::CLOUDTRAIL,
    verdict::{Answer, Answers, Problem, Sort},
};
use crate::{
    kinds::{Resource as _, log_group::LogGroup},
    policy::document::one_or_many,
    resource::Address,
};

pub(super) fn findings(answers: Answers<'_>) -> Vec<Finding> {
    let all = answers.all.into_iter();
    all.filter_map(|((thing, sort, problem), answer)| finding(&thing, sort, &problem, answer)).collect()
}

fn finding(thing: &Address, sort: Sort, problem: &Problem, answer: Answer<'_>) -> Option<Finding> {
    let (_, (asker, link)) = answer.askers.first_key_value()?;
    let written = answer.statement.as_ref().and_then(|(_, written)| written.clone());
    let address = answer.entry.map_or_else(|| asker.address.clone(), |entry| entry.address.clone());
    let declared = answer.entry.map(|entry| entry.address.clone());
    let concerns = declared.into_iter().chain(answer.askers.keys().cloned()).collect();
    Some(Finding {
        code: code(&thing.kind, problem, answer.is_certain),
        is_certain: answer.is_certain,
        address,
        is_written: written.is_some(),
        at: written.unwrap_or_else(|| asker.origin.join(link)),
        concerns,
        message: message(thing, sort, problem, &answer),
        help: help(thing, sort, problem, &answer),
    })
}

/// Returns the code of a problem with a thing of a kind.
fn code(kind: &str, problem: &Problem, is_certain: bool) -> &'static str {
    match (problem, is_certain, kind) {
        (Problem::Elsewhere { .. }, ..) => "key-elsewhere",
        (Problem::Denies { .. }, true, "bucket") => "bucket-denies-delivery",
        (Problem::Denies { .. }, true, "kms_key") => "key-denies-delivery",
        (Problem::Denies { .. }, true, "topic") => "topic-denies-delivery",
        (Problem::Denies { .. }, true, _) => "role-denies-delivery",
        (Problem::Denies { .. }, false, "bucket") => "bucket-may-deny-delivery",
        (Problem::Denies { .. }, false, "kms_key") => "key-may-deny-delivery",
        (Problem::Denies { .. }, false, "topic") => "topic-may-deny-delivery",
        (Problem::Denies { .. }, false, _) => "role-may-deny-delivery",
        (Problem::Lacks { .. }, _, "bucket") => "bucket-lacks-delivery",
        (Problem::Lacks { .. }, _, "kms_key") => "key-lacks-delivery",
        (Problem::Lacks { .. }, _, "topic") => "topic-lacks-delivery",
        (Problem::Lacks { .. }, ..) => "role-lacks-delivery",
    }
}

fn message(thing: &Address, sort: Sort, problem: &Problem, answer: &Answer<'_>) -> String {
    let policies = match sort {
        Sort::Resource => "the policy",
        Sort::Trust => "the trust policy",
        Sort::Role => "the policies",
    };
    let whose = format!("{policies} of {}", shown(thing));
    let who = match answer.askers.values().next() {
        _ if sort == Sort::Role => "it",
        Some((asker, _)) if asker.address.kind == LogGroup::KIND => "CloudWatch Logs",
        _ => "CloudTrail",
    };
    let what = listed(answer.purposes.iter().map(|purpose| (*purpose).to_owned()));
    let askers = listed(answer.askers.keys().map(ToString::to_string));
    match problem {
        Problem::Denies { .. } => {
            let (statement, _) = answer.statement.clone().unwrap_or_default();
            let (verb, doubt) = if answer.is_certain {
                ("denies", "")
            } else {
                ("may deny", "; it is not known here whether it does")
            };
            format!("{statement} in {whose} {verb} {who} to {what}, for {askers}{doubt}")
        }
        Problem::Lacks { perhaps: false } => format!("{whose} does not let {who} {what}, for {askers}"),
        Problem::Lacks { perhaps: true } => {
            format!("{whose} lets {who} {what} on conditions that are not known to hold, for {askers}")
        }
        Problem::Elsewhere { is_in, wanted_in } => {
            format!("{} is in {is_in}, and the bucket of {askers} is in {wanted_in}", shown(thing))
        }
    }
}

fn help(thing: &Address, sort: Sort, problem: &Problem, answer: &Answer<'_>) -> String {
    match (problem, sort) {
        (Problem::Denies { .. }, Sort::Role) => {
            let actions: BTreeSet<&str> = answer.missing.iter().map(|(action, _)| &**action).collect();
            let actions = actions.into_iter().collect::<Vec<_>>().join(", ");
            format!("leave {actions} on the streams of CloudTrail out of it")
        }
        (Problem::Denies { .. }, _) => {
            "let AWS services pass: add `\"Bool\": {\"aws:PrincipalIsAWSService\": \
                                        \"false\"}` to its condition"
                .to_owned()
        }
        (Problem::Lacks { .. }, _) => {
            let statement = statement(thing, sort, answer);
            format!("who manages it must add such a statement: {statement}")
        }
        (Problem::Elsewhere { wanted_in, .. }, _) => {
            format!("name a key in {wanted_in}: CloudTrail looks for it where the bucket is")
        }
    }
}

/// Returns the statement that is missing.
fn statement(thing: &Address, sort: Sort, answer: &Answer<'_>) -> Value {
    let actions: BTreeSet<&str> = answer.missing.iter().map(|(action, _)| &**action).collect();
    let resources: BTreeSet<&str> = answer.missing.iter().map(|(_, resource)| &**resource).collect();
    let mut statement = json!({"Effect": "Allow"});
    if sort != Sort::Role {
        let service = match answer.askers.values().next() {
            Some((asker, _)) if asker.address.kind == LogGroup::KIND => {
                let region = &asker.id.region;
                format!("logs.{region}.{}", region.dns_suffix())
            }
            _ => CLOUDTRAIL.to_owned(),
        };
        statement["Principal"] = json!({"Service": service});
    }
    statement["Action"] = one_or_many(actions);
    if sort != Sort::Trust {
        statement["Resource"] = one_or_many(resources);
    }
    // Which keys other requests have is not documented.
    let has_source = matches!(thing.kind.as_str(), "bucket" | "topic");
    if has_source && !answer.sources.is_empty() {
        statement["Condition"] = json!({"StringEquals": {"aws:SourceArn": one_or_many(&answer.sources)}});
    }
    statement
}

/// Returns how a thing is called: by its entry, or by its name if others manage it.
fn shown(thing: &Address) -> String {
    match thing.logical.strip_prefix('=').and_then(|rest| rest.split_once('=')) {
        Some((_, name)) => format!("the {} {name}", thing.kind.replace('_', " ")),
        None => thing.to_string(),
    }
}

/// Returns several as a text lists them: `a, b and c`.
fn listed(all: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = all.collect();
    match all.pop() {
        Some(last) if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        last => last.unwrap_or_default(),
    }
}
