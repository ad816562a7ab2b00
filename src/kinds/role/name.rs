//! How roles may be named.

/// The most characters of a name.
pub(crate) const MAX: usize = 64;

/// Rules of IAM (User Guide, "IAM and AWS STS quotas").
pub(super) fn problem(name: &str) -> Option<(&'static str, &'static str)> {
    if !(1..=MAX).contains(&name.len()) {
        return Some(("is too short or too long", "use 1 to 64 characters"));
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (!name.chars().all(is_plain)).then_some((
        "has characters that IAM refuses",
        "use ASCII letters, digits, `_`, `+`, `=`, `,`, `.`, `@` and `-`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_names() {
        for good in ["a", "Audit-to_logs", "a+b=c,d.e@f", &"x".repeat(64)] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["", "a/b", "a b", "ümlaut", &"x".repeat(65)] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
