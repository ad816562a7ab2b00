//! The formats of other programs, read back by what reads them.

#[path = "../../../tests/it/support/sarif.rs"]
mod official;

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::Value;

use super::{
    sample::{HOSTILE, plan},
    *,
};
use crate::{diagnostic::codes, report::visible};

/// What may be in no output as it is.
fn is_clean(text: &str) -> bool {
    !text.chars().any(|c| (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{200b}\u{feff}".contains(c))
}

#[test]
fn annotations_stand_at_the_lines_of_the_spec() {
    let text = github(&plan("a"));
    let lines: Vec<&str> = text.lines().collect();
    let at = "file=dir/a.yaml,line=7,endLine=7,col=3";
    assert_eq!(
        lines,
        [
            &format!(
                "::error {at},title=coverage-loss::role.a is refused: it belongs to `a`%0Ano longer recorded: a data event of a (by a)%0Ahelp: ask `a`"
            ),
            &format!("::error {at},title=no-owner::role.a is refused: it belongs to `a`%0Ahelp: ask `a`"),
            &format!("::warning {at},title=protection-weakened::trail a: a is off"),
            &format!("::warning {at},title=unused-bucket::`a` is used nowhere%0Ahelp: remove `a`"),
            &format!("::warning {at},title=note::kms_key.a: it has a grant of a"),
            &format!("::notice {at},title=left-alone::log_group.a is left alone: it has a grant of a"),
            &format!(
                "::notice {at},title=update::update bucket.a%0Achanges versioning%0Achanges tags.team%0Achanges lifecycle%0Achanges policy.statements.A"
            ),
            &format!("::notice {at},title=create::create trail.a"),
            &format!("::notice {at},title=delete::delete topic.a"),
            "Plan: 1 to create, 1 to update, 1 to delete; 1 unchanged; 2 refused.",
        ]
    );
}

#[test]
fn a_loss_that_is_allowed_is_a_warning() {
    let mut plan = plan("a");
    plan.refused.clear();
    plan.coverage.is_loss_allowed = true;
    let text = github(&plan);
    assert!(
        text.starts_with("::warning file=dir/a.yaml,line=7,endLine=7,col=3,title=coverage-loss::less is recorded than before, as allowed%0Ano longer"),
        "{text}"
    );
    let report = Report::deserialize_from_str(&junit(&plan, Difference::Wanted).unwrap()).unwrap();
    assert_eq!(report.failures, 0);
}

#[test]
fn no_text_leaves_its_annotation() {
    for text in HOSTILE {
        let shown = github(&plan(text));
        assert!(is_clean(&shown), "{text:?}: {shown:?}");
        let mut lines = shown.lines().rev();
        assert!(lines.next().unwrap().starts_with("Plan: "), "{text:?}: {shown}");
        assert!(shown.lines().count() == 10 && !shown.contains("##["), "{text:?}: {shown}");
        for line in lines {
            let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
            let (level, properties) = head.split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&level), "{line}");
            let names: Vec<&str> =
                properties.split(',').map(|property| property.split_once('=').unwrap().0).collect();
            assert_eq!(names, ["file", "line", "endLine", "col", "title"], "{line}");
            assert!(!message.is_empty());
        }
    }
}

#[test]
fn sarif_is_as_its_schema_says_whatever_the_texts_are() {
    let validator = jsonschema::validator_for(&official::schema()).unwrap();
    for text in HOSTILE.iter().chain(&["a"]) {
        let log = serde_json::to_value(sarif(&plan(text), "trailctl.yaml")).unwrap();
        assert!(validator.is_valid(&log), "{text:?}: {:?}", validator.validate(&log).err());
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        let levels: Vec<&str> = results.iter().map(|one| one["level"].as_str().unwrap()).collect();
        assert_eq!(levels, ["error", "error", "warning", "warning", "warning", "note"], "{text:?}");
        let rules: Vec<&Value> =
            run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        let is_explained = |rule: &Value| {
            codes::explained(rule["id"].as_str().unwrap())
                .is_some_and(|code| rule["shortDescription"]["text"] == code.summary)
        };
        assert!(run["tool"]["driver"]["rules"].as_array().unwrap().iter().all(is_explained));
        for result in results {
            assert!(rules.contains(&&result["ruleId"]), "{result}");
            let words = result["message"]["text"].as_str().unwrap();
            assert!(is_clean(words) && !words.replace("\\](", "").contains("]("), "{words:?}");
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(
                uri.starts_with("dir/") && !uri.contains(|c: char| c.is_whitespace() || c == '<'),
                "{uri}"
            );
            assert_eq!(
                (&place["region"]["startLine"], &place["region"]["startColumn"]),
                (&7.into(), &3.into())
            );
        }
    }
}

#[test]
fn what_has_no_place_is_at_the_start_of_the_spec() {
    let mut plan = plan("a");
    plan.refused[0].at = None;
    let log = serde_json::to_value(sarif(&plan, "b c.yaml")).unwrap();
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "b%20c.yaml");
    assert_eq!(place["region"]["startLine"], 1);
    assert!(github(&plan).starts_with("::error title=coverage-loss::role.a is refused"));
}

/// The test cases, each with what became of it.
fn cases(plan: &Plan, difference: Difference) -> Vec<String> {
    let text = junit(plan, difference).unwrap();
    assert!(is_clean(&text), "{text:?}");
    let report = Report::deserialize_from_str(&text).unwrap();
    assert_eq!(report.test_suites.len(), 1);
    let word = |status: &TestCaseStatus| match status {
        TestCaseStatus::Success { .. } => "success".to_owned(),
        TestCaseStatus::Skipped { .. } => "skipped".to_owned(),
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, ty, .. } => {
            format!("failure {}", ty.as_ref().map_or("", |ty| ty.as_str()))
        }
        TestCaseStatus::NonSuccess { .. } => "error".to_owned(),
    };
    report.test_suites[0]
        .test_cases
        .iter()
        .map(|case| format!("{}: {}", case.name.as_str(), word(&case.status)))
        .collect()
}

#[test]
fn each_resource_is_a_test_case_that_fails_where_the_exit_code_says_so() {
    let mut plan = plan("a");
    let refused = [
        "bucket.a: success",
        "kms_key.a: success",
        "log_group.a: skipped",
        "role.a: failure coverage-loss",
        "topic.a: success",
        "trail.a: success",
        "coverage: failure coverage-loss",
        "warnings: success",
    ];
    assert_eq!(cases(&plan, Difference::Wanted), refused);
    plan.refused.remove(0);
    let drift = [
        "bucket.a: failure drift",
        "kms_key.a: success",
        "log_group.a: skipped",
        "role.a: failure no-owner",
        "topic.a: failure drift",
        "trail.a: failure drift",
        "coverage: failure drift",
        "warnings: success",
    ];
    assert_eq!(cases(&plan, Difference::Drift), drift);
    let text = junit(&plan, Difference::Drift).unwrap();
    for words in [
        "changes versioning",
        "it has a grant of a",
        "trail a: a is off",
        "not recorded now: a data event of a",
        "warning[unused-bucket]: `a` is used nowhere",
    ] {
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn no_text_leaves_its_test_case() {
    for text in HOSTILE {
        let all = cases(&plan(text), Difference::Drift);
        assert_eq!(all.len(), 8, "{all:?}");
        assert!(all[0].starts_with(&visible(&format!("bucket.{}", text.trim_end()))), "{:?}", all[0]);
    }
}
