//! How roles may be named.

use crate::kinds::NameProblem;

/// The most characters of a name.
pub(crate) const MAX: usize = 64;

/// Rules of IAM (User Guide, "IAM and AWS STS quotas").
pub(super) fn problem(name: &str) -> Option<NameProblem> {
    let problem = |code, says, help| Some(NameProblem { code, says, help });
    if !(1..=MAX).contains(&name.len()) {
        return problem("role-name-length", "is too short or too long", "use 1 to 64 characters");
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if !name.chars().all(is_plain) {
        let help = "use ASCII letters, digits, `_`, `+`, `=`, `,`, `.`, `@` and `-`";
        return problem("role-name-characters", "has characters that IAM refuses", help);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_names() {
        for good in ["a", "Audit-to_logs", "a+b=c,d.e@f", &"x".repeat(64)] {
            assert_eq!(problem(good), None, "{good}");
        }
        for (bad, code) in [
            ("", "role-name-length"),
            (&"x".repeat(65), "role-name-length"),
            ("a/b", "role-name-characters"),
            ("a b", "role-name-characters"),
            ("ümlaut", "role-name-characters"),
        ] {
            assert_eq!(problem(bad).unwrap().code, code, "{bad}");
        }
    }
}
