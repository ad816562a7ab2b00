//! A plan as JUnit XML: a test case a resource, and one for what is recorded.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{Changed, LOSS, Level, Remark, changed, of_spec, remarks};
use crate::{
    plan::Plan,
    report::{coverage::verdict, visible, visible_block},
    resource::Address,
};

/// How many attributes of a resource are named.
const MOST_ATTRIBUTES: usize = 100;

/// What it means that a resource differs from the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It will be changed: the test case succeeds, and says how.
    Wanted,
    /// It should not differ: the test case fails.
    Drift,
}

/// Returns the report. A resource that is refused fails, one that is left alone is skipped, and one that is as it should be succeeds;
/// what `difference` says becomes of one that differs. The test case `coverage` fails if less is recorded than before and that
/// is not allowed, and where nothing should differ also if less is recorded than the spec wants. What the spec is warned of is said by the test case `warnings`, which succeeds.
///
/// # Errors
///
/// When the XML cannot be written.
pub fn junit(plan: &Plan, difference: Difference) -> Result<String, SerializeError> {
    let remarks = remarks(plan);
    let changed = changed(plan);
    let mut cases: BTreeMap<String, TestCase> = BTreeMap::new();
    for address in addresses(plan, &remarks, &changed) {
        let own: Vec<&Remark> = remarks.iter().filter(|one| one.address.as_ref() == Some(address)).collect();
        let change = changed.iter().find(|one| one.address == address);
        cases.insert(address.to_string(), test_case(address, &own, change, difference));
    }
    let mut suite = TestSuite::new(visible(&format!("stack {}", plan.stack)));
    suite.add_test_cases(cases.into_values());
    suite.add_test_case(coverage(plan, &remarks, difference));
    if !plan.warnings.is_empty() {
        suite.add_test_case(warnings(plan));
    }
    let mut report = Report::new("trailctl plan");
    report.add_test_suite(suite);
    report.to_string()
}

fn addresses<'a>(plan: &'a Plan, remarks: &'a [Remark], changed: &[Changed<'a>]) -> Vec<&'a Address> {
    let known = plan.unchanged.iter().chain(remarks.iter().filter_map(|one| one.address.as_ref()));
    known.chain(changed.iter().map(|one| one.address)).collect()
}

fn test_case(
    address: &Address,
    remarks: &[&Remark],
    change: Option<&Changed<'_>>,
    difference: Difference,
) -> TestCase {
    let errors: Vec<&&Remark> = remarks.iter().filter(|one| one.level == Level::Error).collect();
    let words = change.map(|change| visible_block(&change.words(MOST_ATTRIBUTES)));
    let left_alone = remarks.iter().find(|one| one.level == Level::Note);
    let status = match (errors.first(), &words, left_alone) {
        (Some(first), ..) => failure(&first.code, &errors),
        (None, Some(words), _) if difference == Difference::Drift => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("drift").set_message("the account differs from the spec").set_description(words);
            status
        }
        (None, None, Some(note)) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(visible(&note.message));
            status
        }
        _ => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(visible(&address.to_string()), status);
    case.set_classname(visible(&address.kind));
    let beside =
        remarks.iter().filter(|one| one.level != Level::Error).map(|one| visible_block(&one.message));
    let said: Vec<String> = words.into_iter().chain(beside).collect();
    if !said.is_empty() {
        case.set_system_out(said.join("\n"));
    }
    case
}

fn failure(code: &str, errors: &[&&Remark]) -> TestCaseStatus {
    let words: Vec<String> = errors.iter().map(|one| visible_block(&one.message)).collect();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let first = errors.first().and_then(|one| one.message.lines().next()).unwrap_or_default();
    status.set_type(visible(code)).set_message(visible(first)).set_description(words.join("\n"));
    status
}

/// Warnings of the spec are no failure.
fn warnings(plan: &Plan) -> TestCase {
    let mut case = TestCase::new("warnings", TestCaseStatus::success());
    case.set_classname("spec");
    let words = plan
        .warnings
        .iter()
        .map(|one| visible_block(&format!("{}: warning[{}]: {}", one.at, one.code, of_spec(one).message)));
    case.set_system_out(words.collect::<Vec<_>>().join("\n"));
    case
}

fn coverage(plan: &Plan, remarks: &[Remark], difference: Difference) -> TestCase {
    let (_, words) = verdict(&plan.coverage);
    let of_loss: Vec<&Remark> = remarks.iter().filter(|one| one.code == LOSS).collect();
    let refused: Vec<&&Remark> = of_loss.iter().filter(|one| one.level == Level::Error).collect();
    let gained = &plan.coverage.events.gained;
    let status = match refused.is_empty() {
        false => failure(LOSS, &refused),
        true if difference == Difference::Drift && !gained.is_empty() => {
            let missing = gained.iter().map(|one| visible_block(&format!("not recorded now: {}", one.words)));
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("drift").set_message("the account records less than the spec wants");
            status.set_description(missing.collect::<Vec<_>>().join("\n"));
            status
        }
        true => TestCaseStatus::success(),
    };
    let mut case = TestCase::new("coverage", status);
    case.set_classname("coverage");
    let allowed =
        of_loss.iter().filter(|one| one.level != Level::Error).map(|one| visible_block(&one.message));
    let said: Vec<String> = [words.to_owned()].into_iter().chain(allowed).collect();
    case.set_system_out(said.join("\n"));
    case
}
