//! How trails may be named.

use std::net::Ipv4Addr;

use crate::kinds::NameProblem;

/// Rules of CloudTrail (User Guide, "Naming requirements").
pub(super) fn problem(name: &str) -> Option<NameProblem> {
    let problem = |code, says, help| Some(NameProblem { code, says, help });
    let is_joint = |c: char| matches!(c, '.' | '_' | '-');
    if !(3..=128).contains(&name.len()) {
        return problem("trail-name-length", "is too short or too long", "use 3 to 128 characters");
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || is_joint(c)) {
        let help = "use ASCII letters, digits, `.`, `_` and `-`";
        return problem("trail-name-characters", "has characters that CloudTrail refuses", help);
    }
    if name.starts_with(is_joint) || name.ends_with(is_joint) {
        let help = "start and end with a letter or a digit";
        return problem("trail-name-ends", "starts or ends with a sign", help);
    }
    if name.as_bytes().windows(2).any(|pair| pair.iter().all(|b| is_joint(char::from(*b)))) {
        let help = "put a letter or a digit between `.`, `_` and `-`";
        return problem("trail-name-adjacent-signs", "has two signs in a row", help);
    }
    if name.parse::<Ipv4Addr>().is_ok() {
        return problem("trail-name-ip-address", "looks like an IP address", "choose another name");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trail_names() {
        for good in ["abc", "a.b_c-d", "Management-2", "1.2.3"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for (bad, code) in [
            ("ab", "trail-name-length"),
            ("my-_x", "trail-name-adjacent-signs"),
            ("-abc", "trail-name-ends"),
            ("abc.", "trail-name-ends"),
            ("a b c", "trail-name-characters"),
            ("ümlaut", "trail-name-characters"),
            ("192.168.5.4", "trail-name-ip-address"),
        ] {
            assert_eq!(problem(bad).unwrap().code, code, "{bad}");
        }
    }
}
