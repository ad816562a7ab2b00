//! How topics may be named.

use crate::kinds::NameProblem;

/// Rules of SNS (API Reference, CreateTopic), and what CloudTrail publishes to.
pub(super) fn problem(name: &str) -> Option<NameProblem> {
    let problem = |code, says, help| Some(NameProblem { code, says, help });
    if name.ends_with(".fifo") {
        let says = "is that of a FIFO topic, and CloudTrail publishes to standard topics only";
        return problem("topic-fifo", says, "choose a name without `.fifo`");
    }
    if !(1..=256).contains(&name.len()) {
        return problem("topic-name-length", "is too short or too long", "use 1 to 256 characters");
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
        let help = "use ASCII letters, digits, `_` and `-`";
        return problem("topic-name-characters", "has characters that SNS refuses", help);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topic_names() {
        for good in ["a", "audit-delivered_1"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for (bad, code) in [
            ("", "topic-name-length"),
            (&"a".repeat(257), "topic-name-length"),
            ("a.b", "topic-name-characters"),
            ("a/b", "topic-name-characters"),
            ("ümlaut", "topic-name-characters"),
            ("audit.fifo", "topic-fifo"),
        ] {
            assert_eq!(problem(bad).unwrap().code, code, "{bad}");
        }
    }
}
