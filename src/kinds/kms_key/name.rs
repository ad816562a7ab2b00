//! How the aliases of keys may be named.

use super::BY_ID;

/// Rules of KMS (API Reference, CreateAlias), for what follows `alias/`.
pub(super) fn problem(name: &str) -> Option<(&'static str, &'static str)> {
    if !(1..=250).contains(&name.len()) {
        return Some(("is too short or too long", "use 1 to 250 characters"));
    }
    if name.starts_with("alias/") {
        return Some(("starts with `alias/`, which is added to it", "leave `alias/` out"));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-')) {
        return Some(("has characters that KMS refuses", "use ASCII letters, digits, `/`, `_` and `-`"));
    }
    if name.starts_with("aws/") {
        return Some(("starts with `aws/`, which AWS keeps for its own keys", "choose another name"));
    }
    name.starts_with(BY_ID).then_some(("looks like the id of a key", "choose a name without `key/`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alias_names() {
        for good in ["a", "audit/logs_1-b", "awslogs", "keys/1"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["", "aws/s3", "alias/audit", "a b", "a.b", "key/1", "ümlaut", &"a".repeat(251)] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
