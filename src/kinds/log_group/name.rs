//! How log groups may be named.

/// Rules of CloudWatch Logs (API Reference, CreateLogGroup).
pub(super) fn problem(name: &str) -> Option<(&'static str, &'static str)> {
    if !(1..=512).contains(&name.len()) {
        return Some(("is too short or too long", "use 1 to 512 characters"));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '#')) {
        return Some((
            "has characters that CloudWatch Logs refuses",
            "use ASCII letters, digits, `.`, `-`, `_`, `/` and `#`",
        ));
    }
    name.starts_with("aws/")
        .then_some(("starts with `aws/`, which AWS keeps for itself", "choose another name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_group_names() {
        for good in ["a", "/audit/trail", "aws", "/aws/cloudtrail", "a.b-c_d#1"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["", "aws/x", "a b", "a:*", "ümlaut", &"x".repeat(513)] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
