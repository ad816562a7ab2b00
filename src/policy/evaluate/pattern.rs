//! Wildcards of policies: `*` for any run of characters, `?` for one.

use super::Match;

/// Whether upper and lower case differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Exact,
    Ignored,
}

/// Policy variables take their value from the caller, who is not simulated here.
pub(super) fn has_variable(pattern: &str) -> bool {
    pattern.contains("${")
}

/// Matches the whole of `text`.
pub(super) fn matches_pattern(pattern: &str, text: &str, case: Case) -> Match {
    let characters = |text: &str| -> Vec<char> {
        match case {
            Case::Exact => text.chars().collect(),
            Case::Ignored => text.to_lowercase().chars().collect(),
        }
    };
    Match::from(is_match(&characters(pattern), &characters(text)))
}

fn is_match(pattern: &[char], text: &[char]) -> bool {
    let (mut next, mut at) = (0, 0);
    // Where to resume after a star took one character more.
    let mut star = None;
    while at < text.len() {
        match pattern.get(next) {
            Some('*') => {
                star = Some((next + 1, at));
                next += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == text[at] => {
                next += 1;
                at += 1;
            }
            _ => {
                let Some((after, taken)) = star else { return false };
                star = Some((after, taken + 1));
                (next, at) = (after, taken + 1);
            }
        }
    }
    pattern[next..].iter().all(|rest| *rest == '*')
}

/// Matches an ARN part by part, so that a star stays inside its part; the last part may hold colons.
pub(super) fn matches_arn(pattern: &str, arn: &str) -> Match {
    let wanted: Vec<&str> = pattern.splitn(6, ':').collect();
    let seen: Vec<&str> = arn.splitn(6, ':').collect();
    if wanted.len() != 6 {
        return Match::Unknown;
    }
    if seen.len() != 6 {
        return Match::No;
    }
    Match::all(wanted.iter().zip(&seen).map(|(wanted, seen)| matches_pattern(wanted, seen, Case::Exact)))
}
