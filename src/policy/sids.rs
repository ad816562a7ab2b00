//! The Sids of generated statements: from each one, the stack that it belongs to can be told.

use super::document::GENERATED;

/// What the Sids of all stacks begin with.
const PREFIX: &str = "Trailctl";
/// What the Sid of a statement ends in that is there until a trail has left.
pub const LEAVING: &str = "Leaving";

/// Returns the Sid of a statement of ours: letters and digits only, and the stack's name in it, so that the statements
/// of several stacks in one policy can be told apart.
pub fn sid(stack: &str, name: &str) -> String {
    format!("{PREFIX}{}{name}", in_words(stack).unwrap_or_else(|| spelled_out(stack)))
}

/// Returns whether a Sid is one that this stack generates. The whole of it counts: the names of stacks may begin alike.
pub fn is_generated(stack: &str, sid_of_statement: &str) -> bool {
    let Some(name) = sid_of_statement.strip_prefix(&sid(stack, "")) else { return false };
    let name = name.strip_suffix(LEAVING).unwrap_or(name);
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    GENERATED.contains(&name)
}

/// Returns a stack's name in words that begin with a capital, `SecurityAudit`, if no other stack's Sids can look the same:
/// each word begins with a small letter, one dash stands between two, and the end is not what a name may begin with.
fn in_words(stack: &str) -> Option<String> {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let words: Vec<&str> = stack.split('-').collect();
    if !words.iter().all(|word| is_word(word)) {
        return None;
    }
    let words: String = words.iter().map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect();
    // `BucketReaders` of the stack `a` is not to be `Readers` of the stack `a-bucket`.
    let is_beginning = |name: &str| {
        let ends = GENERATED.iter().filter_map(|end| name.strip_suffix(end));
        ends.filter(|beginning| !beginning.is_empty()).any(|beginning| words.ends_with(beginning))
    };
    (!GENERATED.iter().any(|name| is_beginning(name))).then_some(words)
}

/// Returns any stack's name in letters and digits. The zero tells it from one in words; an `X` and the code stand for what
/// is no small letter and no digit, so that it ends where the name of a statement, which begins with another capital, begins.
fn spelled_out(stack: &str) -> String {
    let letters = stack.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("X{other:02X}"),
    });
    format!("0{}", letters.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::{prelude::*, sample::select};

    #[test]
    fn usual_names_are_words_and_others_are_spelled_out() {
        assert_eq!(sid("security-audit", "Write"), "TrailctlSecurityAuditWrite");
        assert_eq!(sid("s2", "TlsOnly"), "TrailctlS2TlsOnly");
        assert_eq!(sid("a--b", "Write"), "Trailctl0aX2DX2DbWrite");
        assert_eq!(sid("audit-2", "Write"), "Trailctl0auditX2D2Write");
        assert_eq!(sid("a-bucket", "Readers"), "Trailctl0aX2DbucketReaders");
        assert_eq!(sid("bucket-a", "Readers"), "TrailctlBucketAReaders");
    }

    #[test]
    fn the_names_of_statements_do_not_look_like_codes_or_numbers() {
        for name in GENERATED {
            assert!(name.starts_with(|c: char| c.is_ascii_uppercase() && c != 'X'), "{name}");
            assert!(name.ends_with(|c: char| c.is_ascii_lowercase()) && !name.ends_with(LEAVING), "{name}");
        }
    }

    /// Names of stacks that are easily taken for each other.
    fn stack() -> impl Strategy<Value = String> {
        let part = select(vec!["a", "b", "2", "-", "--", "access", "bucket", "write", "x2d", "0"]);
        let any = "[a-z0-9][a-z0-9-]{0,8}".boxed();
        prop_oneof![proptest::collection::vec(part, 1..5).prop_map(|parts| parts.concat()), any]
    }

    proptest! {
        #[test]
        fn stacks_share_no_sid(one in stack(), other in stack()) {
            let all = |stack: &str| -> BTreeSet<String> {
                let suffixes = ["", "2", LEAVING, "2Leaving"];
                let names = GENERATED.iter().flat_map(|name| suffixes.map(|suffix| format!("{name}{suffix}")));
                names.map(|name| sid(stack, &name)).collect()
            };
            let (ours, theirs) = (all(&one), all(&other));
            prop_assert_eq!(one == other, !ours.is_disjoint(&theirs));
            for sid in &theirs {
                prop_assert!(sid.chars().all(|c| c.is_ascii_alphanumeric()));
                prop_assert_eq!(is_generated(&one, sid), one == other, "{}", sid);
            }
        }
    }
}
