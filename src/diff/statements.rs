//! Which statements of two policies belong together, so that each that was added, removed or changed is shown by itself.

use std::{cmp::Reverse, collections::BTreeMap};

use serde_json::Value;

use crate::path::Path;

/// How a statement is named within its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// By its Sid, which no other statement of the two policies has.
    Sid(String),
    /// By its place: in the wanted policy, or in the live one if it is removed.
    Place(usize),
}

impl At {
    pub(super) fn under(&self, path: &Path) -> Path {
        match self {
            Self::Sid(sid) => path.key(sid),
            Self::Place(place) => path.index(*place),
        }
    }
}

/// A statement of the old policy, the new policy, or both, with its name.
pub(super) type Differing<'a> = (At, Option<&'a Value>, Option<&'a Value>);

/// Returns the statements that differ: those of the new policy in their order, then those that it does not have.
///
/// Statements with a Sid of their own belong together if they share it. The others do if they are equal, or else if they are
/// alike: those that share most go first.
pub(super) fn differing<'a>(old: &'a [Value], new: &'a [Value]) -> Vec<Differing<'a>> {
    let counts = [sids(old), sids(new)];
    let own_sid = |statement: &'a Value| {
        sid(statement).filter(|sid| counts.iter().all(|all| all.get(sid).is_none_or(|count| *count == 1)))
    };
    let mut partner: Vec<Option<usize>> = vec![None; new.len()];
    let mut rest: Vec<usize> = Vec::new();
    for (place, statement) in old.iter().enumerate() {
        let Some(sid) = own_sid(statement) else {
            rest.push(place);
            continue;
        };
        if let Some(same) = new.iter().position(|other| own_sid(other) == Some(sid)) {
            partner[same] = Some(place);
        }
    }
    let unnamed: Vec<usize> = (0..new.len()).filter(|place| own_sid(&new[*place]).is_none()).collect();
    for (new_place, old_place) in
        pairs(&unnamed, &rest, |new_place, old_place| likeness(&old[old_place], &new[new_place]))
    {
        partner[new_place] = Some(old_place);
    }
    let name = |statement: &'a Value, place: usize| match own_sid(statement) {
        Some(sid) => At::Sid(sid.to_owned()),
        None => At::Place(place),
    };
    let wanted = new.iter().enumerate().map(|(place, statement)| {
        let old = partner[place].map(|place| &old[place]);
        (name(statement, place), old, Some(statement))
    });
    let removed = old.iter().enumerate().filter(|(place, _)| !partner.contains(&Some(*place)));
    let removed = removed.map(|(place, statement)| (name(statement, place), Some(statement), None));
    wanted.chain(removed).filter(|(_, old, new)| old != new).collect()
}

fn sid(statement: &Value) -> Option<&str> {
    statement.get("Sid")?.as_str().filter(|sid| !sid.is_empty())
}

fn sids(statements: &[Value]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for sid in statements.iter().filter_map(sid) {
        *counts.entry(sid).or_default() += 1;
    }
    counts
}

/// Pairs what is alike, the most alike first, and each once.
fn pairs(
    new: &[usize],
    old: &[usize],
    likeness: impl Fn(usize, usize) -> Option<usize>,
) -> Vec<(usize, usize)> {
    let all = new.iter().flat_map(|new| old.iter().map(move |old| (*new, *old)));
    let mut likely: Vec<(usize, usize, usize)> =
        all.filter_map(|(new, old)| Some((likeness(new, old)?, new, old))).collect();
    likely.sort_by_key(|(likeness, new, old)| (Reverse(*likeness), *new, *old));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (_, new, old) in likely {
        if pairs.iter().all(|(one, other)| *one != new && *other != old) {
            pairs.push((new, old));
        }
    }
    pairs
}

/// Returns how many members two statements share, if that is at least half of them. Equal ones are the most alike.
fn likeness(old: &Value, new: &Value) -> Option<usize> {
    if old == new {
        return Some(usize::MAX);
    }
    let (old, new) = (old.as_object()?, new.as_object()?);
    let shared = old.iter().filter(|(key, value)| new.get(*key) == Some(value)).count();
    (shared * 2 >= old.len().max(new.len())).then_some(shared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What becomes of each statement that differs: `+`, `~` or `-`, and its name.
    fn shown(old: &Value, new: &Value) -> Vec<String> {
        let (old, new) = (old.as_array().unwrap(), new.as_array().unwrap());
        let line = |(at, old, new): Differing<'_>| {
            let sign = match (old, new) {
                (None, _) => '+',
                (_, None) => '-',
                _ => '~',
            };
            format!("{sign} {}", at.under(&Path::root()))
        };
        differing(old, new).into_iter().map(line).collect()
    }

    fn named(sid: &str, action: &str) -> Value {
        json!({"Sid": sid, "Effect": "Allow", "Action": action})
    }

    fn unnamed(action: &str) -> Value {
        json!({"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"})
    }

    #[test]
    fn statements_with_a_sid_of_their_own_are_matched_by_it() {
        let old = json!([named("a", "s3:GetObject"), named("b", "s3:GetObject"), named("c", "s3:GetObject")]);
        let new = json!([named("d", "s3:GetObject"), named("a", "s3:PutObject"), named("b", "s3:GetObject")]);
        assert_eq!(shown(&old, &new), ["+ d", "~ a", "- c"]);
    }

    #[test]
    fn one_without_a_sid_does_not_hide_the_others() {
        let old = json!([unnamed("sns:Publish"), named("a", "s3:GetObject")]);
        let new = json!([named("a", "s3:PutObject"), named("b", "s3:GetObject")]);
        assert_eq!(shown(&old, &new), ["~ a", "+ b", "- [0]"]);
        assert_eq!(shown(&json!([]), &json!([unnamed("sns:Publish")])), ["+ [0]"]);
        assert_eq!(shown(&old, &old), [""; 0]);
    }

    #[test]
    fn those_without_a_sid_are_matched_by_what_they_share() {
        let old = json!([unnamed("s3:GetObject"), unnamed("s3:PutObject")]);
        assert_eq!(shown(&old, &json!([unnamed("s3:PutObject"), unnamed("s3:GetObject")])), [""; 0]);
        assert_eq!(shown(&old, &json!([unnamed("s3:PutObject"), unnamed("s3:List*")])), ["~ [1]"]);
        let other = json!({"Effect": "Deny", "NotPrincipal": "*", "NotAction": "sqs:*", "NotResource": "x"});
        assert_eq!(shown(&old, &json!([other, unnamed("s3:PutObject")])), ["+ [0]", "- [0]"]);
    }

    #[test]
    fn a_sid_that_stands_twice_names_nobody() {
        let old = json!([named("a", "s3:GetObject"), named("a", "s3:PutObject"), named("b", "s3:*")]);
        let new = json!([named("a", "s3:PutObject"), named("b", "s3:*")]);
        assert_eq!(shown(&old, &new), ["- [0]"]);
        assert_eq!(shown(&new, &old), ["+ [0]"]);
    }

    #[test]
    fn a_text_that_is_no_policy_gives_way_to_statements() {
        assert_eq!(shown(&json!(["{\"x\":1}"]), &json!([named("a", "s3:GetObject")])), ["+ a", "- [0]"]);
    }
}
