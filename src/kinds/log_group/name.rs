//! How log groups may be named.

use crate::kinds::NameProblem;

/// Rules of CloudWatch Logs (API Reference, CreateLogGroup).
pub(super) fn problem(name: &str) -> Option<NameProblem> {
    let problem = |code, says, help| Some(NameProblem { code, says, help });
    if !(1..=512).contains(&name.len()) {
        return problem("log-group-name-length", "is too short or too long", "use 1 to 512 characters");
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '#')) {
        let help = "use ASCII letters, digits, `.`, `-`, `_`, `/` and `#`";
        return problem("log-group-name-characters", "has characters that CloudWatch Logs refuses", help);
    }
    if name.starts_with("aws/") {
        let says = "starts with `aws/`, which AWS keeps for itself";
        return problem("log-group-name-aws", says, "choose another name");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_group_names() {
        for good in ["a", "/audit/trail", "aws", "/aws/cloudtrail", "a.b-c_d#1"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for (bad, code) in [
            ("", "log-group-name-length"),
            (&"x".repeat(513), "log-group-name-length"),
            ("aws/x", "log-group-name-aws"),
            ("a b", "log-group-name-characters"),
            ("a:*", "log-group-name-characters"),
            ("ümlaut", "log-group-name-characters"),
        ] {
            assert_eq!(problem(bad).unwrap().code, code, "{bad}");
        }
    }
}
