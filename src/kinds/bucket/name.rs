//! How buckets may be named.

use std::net::Ipv4Addr;

use crate::kinds::NameProblem;

const PREFIXES: &[&str] = &["xn--", "sthree-", "amzn-s3-demo-"];
const SUFFIXES: &[&str] = &["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/// Rules of S3 (User Guide, "Bucket naming rules"), and those that CloudTrail adds.
pub(super) fn problem(name: &str) -> Option<NameProblem> {
    let problem = |code, says, help| Some(NameProblem { code, says, help });
    if !(3..=63).contains(&name.len()) {
        return problem("bucket-name-length", "is too short or too long", "use 3 to 63 characters");
    }
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        let help = "use lower-case letters, digits, `.` and `-`";
        return problem("bucket-name-upper-case", "has upper-case letters", help);
    }
    if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-')) {
        let help = "use lower-case letters, digits, `.` and `-`";
        return problem("bucket-name-characters", "has characters that S3 refuses", help);
    }
    if name.starts_with(['.', '-']) || name.ends_with(['.', '-']) {
        let help = "start and end with a letter or a digit";
        return problem("bucket-name-ends", "starts or ends with a sign", help);
    }
    if ["..", ".-", "-."].iter().any(|pair| name.contains(pair)) {
        let help = "put a letter or a digit between them";
        return problem("bucket-name-adjacent-signs", "has a `.` next to another sign", help);
    }
    if PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        let help = "choose a name that starts otherwise";
        return problem("bucket-name-reserved-prefix", "starts with what S3 keeps for itself", help);
    }
    if SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) {
        let help = "choose a name that ends otherwise";
        return problem("bucket-name-reserved-suffix", "ends in what S3 keeps for itself", help);
    }
    if name.parse::<Ipv4Addr>().is_ok() {
        return problem("bucket-name-ip-address", "looks like an IP address", "choose another name");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names() {
        for good in ["abc", "my.logs-1", "a--b"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for (bad, code) in [
            ("ab", "bucket-name-length"),
            ("My-logs", "bucket-name-upper-case"),
            ("a_b_c", "bucket-name-characters"),
            ("logs-", "bucket-name-ends"),
            ("a..b", "bucket-name-adjacent-signs"),
            ("a.-b", "bucket-name-adjacent-signs"),
            ("192.168.5.4", "bucket-name-ip-address"),
            ("xn--logs", "bucket-name-reserved-prefix"),
            ("logs-s3alias", "bucket-name-reserved-suffix"),
        ] {
            assert_eq!(problem(bad).unwrap().code, code, "{bad}");
        }
    }
}
