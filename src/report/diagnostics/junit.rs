//! JUnit XML: one test suite a file, one failed test case a finding.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{Finding, Sources, findings};
use crate::{
    diagnostic::{Diagnostic, Severity},
    report::visible,
};

/// Returns the report of this title. A warning is a test case that succeeds and says what was found; a file without any finding has one
/// test case, `valid`, which succeeds.
///
/// Errors when the XML cannot be written.
pub fn junit(found: &[Diagnostic], sources: &Sources<'_>, title: &str) -> Result<String, SerializeError> {
    let all = findings(found, sources).diagnostics;
    let mut report = Report::new(title);
    for file in sources.files {
        let mut suite = TestSuite::new(visible(&file.name));
        let here: Vec<&Finding> = all.iter().filter(|one| one.file == file.name).collect();
        suite.add_test_cases(here.iter().map(|one| test_case(one)));
        if here.is_empty() {
            suite.add_test_case(TestCase::new("valid", TestCaseStatus::success()));
        }
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn test_case(found: &Finding) -> TestCase {
    let name = format!("{} at {}:{}", found.code, found.line, found.column);
    let help = found.help.as_ref().map(|help| format!("\nhelp: {}", visible(help))).unwrap_or_default();
    let words = format!("{}{help}", visible(&found.message));
    match found.severity {
        Severity::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(found.code).set_message(visible(&found.message)).set_description(words);
            TestCase::new(name, status)
        }
        Severity::Warning => {
            let mut case = TestCase::new(name, TestCaseStatus::success());
            case.set_system_out(format!("warning: {words}"));
            case
        }
    }
}
