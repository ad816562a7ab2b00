//! Why there is no result, in the formats of results.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use serde_sarif::sarif::{Invocation, Notification, Sarif};

use super::{
    github::Annotation,
    sarif::{self, Columns},
    visible_block,
};

/// Why a command did not do what it was asked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// The exit code.
    pub exit_code: u8,
    /// What failed, on what, and why. Nothing when it stands elsewhere in the document.
    pub message: Option<String>,
    /// What to do.
    pub help: Option<String>,
}

/// What a command that has no result prints as JSON.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Failed {
    /// Why there is none.
    pub error: Problem,
}

impl Problem {
    /// Returns it as text.
    pub fn words(&self) -> String {
        let message = self.message.as_deref().unwrap_or("not done completely");
        let help = self.help.as_ref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
        visible_block(&format!("{message}{help}"))
    }

    /// Returns it as an annotation of GitHub Actions.
    pub fn github(&self) -> String {
        Annotation { level: "error", place: None, title: "trailctl", message: &self.words() }.to_string()
    }

    /// Returns it as a SARIF log of a run that failed.
    pub fn sarif(&self) -> Sarif {
        let notification =
            Notification::builder().level(json!("error")).message(sarif::message(&self.words())).build();
        let invocation = Invocation::builder()
            .execution_successful(false)
            .exit_code(i64::from(self.exit_code))
            .tool_execution_notifications(vec![notification])
            .build();
        sarif::log(Vec::new(), Vec::new(), Columns::Characters, Some(invocation))
    }

    /// Returns it as a JUnit report of this title, with a test case that could not be run.
    ///
    /// # Errors
    ///
    /// When the XML cannot be written.
    pub fn junit(&self, title: &str) -> Result<String, SerializeError> {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("error").set_message(self.words());
        let mut suite = TestSuite::new("trailctl");
        suite.add_test_case(TestCase::new("run", status));
        let mut report = Report::new(title);
        report.add_test_suite(suite);
        report.to_string()
    }
}
