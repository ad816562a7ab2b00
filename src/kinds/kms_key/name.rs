//! How the aliases of keys may be named.

use super::BY_ID;
use crate::kinds::NameProblem;

/// Rules of KMS (API Reference, CreateAlias), for what follows `alias/`.
pub(super) fn problem(name: &str) -> Option<NameProblem> {
    let problem = |code, says, help| Some(NameProblem { code, says, help });
    if !(1..=250).contains(&name.len()) {
        return problem("key-alias-length", "is too short or too long", "use 1 to 250 characters");
    }
    if name.starts_with("alias/") {
        let says = "starts with `alias/`, which is added to it";
        return problem("key-alias-prefix", says, "leave `alias/` out");
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-')) {
        let help = "use ASCII letters, digits, `/`, `_` and `-`";
        return problem("key-alias-characters", "has characters that KMS refuses", help);
    }
    if name.starts_with("aws/") {
        let says = "starts with `aws/`, which AWS keeps for its own keys";
        return problem("key-alias-aws", says, "choose another name");
    }
    if name.starts_with(BY_ID) {
        return problem("key-alias-key-id", "looks like the id of a key", "choose a name without `key/`");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alias_names() {
        for good in ["a", "audit/logs_1-b", "awslogs", "keys/1"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for (bad, code) in [
            ("", "key-alias-length"),
            (&"a".repeat(251), "key-alias-length"),
            ("aws/s3", "key-alias-aws"),
            ("alias/audit", "key-alias-prefix"),
            ("a b", "key-alias-characters"),
            ("a.b", "key-alias-characters"),
            ("ümlaut", "key-alias-characters"),
            ("key/1", "key-alias-key-id"),
        ] {
            assert_eq!(problem(bad).unwrap().code, code, "{bad}");
        }
    }
}
