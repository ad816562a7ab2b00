//! Decides what a resource policy says about one request.
//!
//! Pure, and careful where AWS knows more than we do: a statement holding something that is not understood here allows
//! nothing if it is an `Allow`, and denies if it is a `Deny`.

mod condition;
mod pattern;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub use self::condition::{is_operator, operators};
use self::pattern::{Case, has_variable, matches_pattern};

/// A request to be judged, as the resource's side sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// The action with its service prefix, such as `s3:PutObject`.
    pub action: String,
    /// The ARN of the resource asked for.
    pub resource: String,
    /// The values of the condition keys. A key that is absent here counts as absent from the request.
    pub context: BTreeMap<String, Vec<String>>,
}

/// The identity behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// An AWS service by its principal name, such as `cloudtrail.amazonaws.com`.
    Service(String),
    /// An ARN (user, role, role session, account root), or an account id of 12 digits.
    Aws(String),
}

/// What a policy says about a request. Statements are counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// An `Allow` statement matches and no `Deny` does.
    Allowed {
        /// The first statement that allows.
        statement: usize,
    },
    /// A `Deny` statement matches, or may match.
    Denied {
        /// The first statement that denies.
        statement: usize,
    },
    /// No statement speaks of the request.
    NoMatch,
}

/// Whether a part of a statement applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    Yes,
    No,
    /// The part says something that is not understood here.
    Unknown,
}

impl Match {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    fn or(self, other: Self) -> Self {
        self.negate().and(other.negate()).negate()
    }

    fn negate(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }

    fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::No, Self::or)
    }

    fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::Yes, Self::and)
    }
}

impl From<bool> for Match {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// What the statements of a policy say about a request, certainly and perhaps. Statements are counted from zero; of each
/// sort it is the first one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// An `Allow` that matches.
    pub allows: Option<usize>,
    /// An `Allow` that may match.
    pub may_allow: Option<usize>,
    /// A `Deny` that matches.
    pub denies: Option<usize>,
    /// A `Deny` that may match, or a statement whose effect is not understood.
    pub may_deny: Option<usize>,
}

impl Judgement {
    /// Returns what is said of a request that may be either of two: certain is only what is certain of both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let both = |one: Option<usize>, other: Option<usize>| one.zip(other).map(|(one, _)| one);
        let any = |certain, one: Option<usize>, other: Option<usize>, perhaps: Option<usize>| match certain {
            Some(_) => perhaps,
            None => one.or(other).or(perhaps),
        };
        let (allows, denies) = (both(self.allows, other.allows), both(self.denies, other.denies));
        Self {
            allows,
            may_allow: any(allows, self.allows, other.allows, self.may_allow.or(other.may_allow)),
            denies,
            may_deny: any(denies, self.denies, other.denies, self.may_deny.or(other.may_deny)),
        }
    }
}

/// Decides whether `policy` allows or denies `request`.
#[must_use]
pub fn evaluate(policy: &Value, request: &Request) -> Decision {
    let Judgement { allows, denies, may_deny, may_allow: _ } = judge(statements(policy), request, &|_| true);
    match (denies.into_iter().chain(may_deny).min(), allows) {
        (Some(statement), _) => Decision::Denied { statement },
        (None, Some(statement)) => Decision::Allowed { statement },
        (None, None) => Decision::NoMatch,
    }
}

/// Tells what is certain about a request from what is not. A condition key that the request's context does not have counts
/// as absent if `is_known` says that it is known to be.
#[must_use]
pub fn judge(statements: &[Value], request: &Request, is_known: &dyn Fn(&str) -> bool) -> Judgement {
    let mut judgement = Judgement::default();
    for (statement, body) in statements.iter().enumerate() {
        let matched = matches_statement(body, request, is_known);
        let place = match (body.get("Effect").and_then(Value::as_str), matched) {
            (_, Match::No) => continue,
            (Some("Allow"), Match::Yes) => &mut judgement.allows,
            (Some("Allow"), Match::Unknown) => &mut judgement.may_allow,
            (Some("Deny"), Match::Yes) => &mut judgement.denies,
            // An effect that is not understood is taken for a deny.
            _ => &mut judgement.may_deny,
        };
        place.get_or_insert(statement);
    }
    judgement
}

/// Gives a statement of a role's policies the principal or the resource that it leaves open: the role itself.
pub fn complete(statement: &mut Value) {
    let Some(members) = statement.as_object_mut() else { return };
    for (name, negated) in [("Principal", "NotPrincipal"), ("Resource", "NotResource")] {
        if !members.contains_key(negated) {
            members.entry(name).or_insert_with(|| Value::from("*"));
        }
    }
}

/// `Statement` may be one object instead of a list of them.
fn statements(policy: &Value) -> &[Value] {
    match policy.get("Statement") {
        Some(Value::Array(list)) => list,
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => &[],
    }
}

fn matches_statement(statement: &Value, request: &Request, is_known: &dyn Fn(&str) -> bool) -> Match {
    let Value::Object(members) = statement else { return Match::Unknown };
    let mut matched = Match::all([
        in_pair(members, "Principal", "NotPrincipal", |value| matches_principal(value, &request.principal)),
        in_pair(members, "Action", "NotAction", |value| {
            matches_any(value, |pattern| matches_pattern(pattern, &request.action, Case::Ignored))
        }),
        in_pair(members, "Resource", "NotResource", |value| {
            matches_any(value, |pattern| match has_variable(pattern) {
                true => Match::Unknown,
                false => matches_pattern(pattern, &request.resource, Case::Exact),
            })
        }),
    ]);
    for (member, value) in members {
        matched = matched.and(match member.as_str() {
            "Condition" => condition::matches_conditions(value, &request.context, is_known),
            "Sid" | "Effect" | "Principal" | "NotPrincipal" | "Action" | "NotAction" | "Resource"
            | "NotResource" => Match::Yes,
            _ => Match::Unknown,
        });
    }
    matched
}

/// Judges a member that is given either as itself or in its negated form.
fn in_pair(
    members: &Map<String, Value>,
    name: &str,
    negated: &str,
    judge: impl Fn(&Value) -> Match,
) -> Match {
    match (members.get(name), members.get(negated)) {
        (Some(value), None) => judge(value),
        (None, Some(value)) => judge(value).negate(),
        _ => Match::Unknown,
    }
}

fn matches_any(value: &Value, judge: impl Fn(&str) -> Match) -> Match {
    let judge = |value: &Value| value.as_str().map_or(Match::Unknown, &judge);
    match value {
        Value::Array(list) => Match::any(list.iter().map(judge)),
        one => judge(one),
    }
}

fn matches_principal(value: &Value, principal: &Principal) -> Match {
    match value {
        Value::String(name) => {
            if name == "*" {
                Match::Yes
            } else {
                Match::Unknown
            }
        }
        Value::Object(kinds) => {
            Match::any(kinds.iter().map(|(kind, names)| match (kind.as_str(), principal) {
                ("AWS", _) => matches_any(names, |name| matches_aws(name, principal)),
                ("Service", Principal::Service(service)) => matches_any(names, |name| match name {
                    "*" => Match::Unknown,
                    name => Match::from(name == service),
                }),
                ("Service" | "Federated", _) | ("CanonicalUser", Principal::Service(_)) => Match::No,
                _ => Match::Unknown,
            }))
        }
        _ => Match::Unknown,
    }
}

fn matches_aws(name: &str, principal: &Principal) -> Match {
    if name == "*" {
        return Match::Yes;
    }
    let Principal::Aws(caller) = principal else { return Match::No };
    if name == caller {
        return Match::Yes;
    }
    let account = |name: &str| name.split(':').nth(4).unwrap_or(name).to_owned();
    if name.len() == 12 || name.ends_with(":root") {
        return Match::from(account(name) == account(caller));
    }
    if !name.starts_with("arn:") {
        return Match::Unknown;
    }
    matches_session(name, caller)
}

/// A role's session is also the role. Its ARN does not tell the role's path, so that a role with one stays unknown.
fn matches_session(name: &str, caller: &str) -> Match {
    let (Some((head, role)), Some((session_head, session))) =
        (name.split_once(":role/"), caller.split_once(":assumed-role/"))
    else {
        return Match::No;
    };
    if head.replace(":iam:", ":sts:") != session_head {
        return Match::No;
    }
    let session_role = session.split('/').next().unwrap_or_default();
    match role.rsplit_once('/') {
        None => Match::from(role == session_role),
        Some((_, last)) if last == session_role => Match::Unknown,
        Some(_) => Match::No,
    }
}

#[cfg(test)]
mod tests;
