//! The remarks about a plan as SARIF. What only changes is no finding.

use std::collections::BTreeMap;

use serde_sarif::sarif::{
    ArtifactLocation, Location, PhysicalLocation, Region, Result as Finding, ResultLevel, Sarif,
};

use super::{Level, Remark, remarks};
use crate::{
    diagnostic::codes,
    plan::{Plan, Spot},
    report::sarif::{Columns, fingerprint, log, message, rule, uri},
};

/// Returns the log: one result a remark, and their codes as rules. What has no place of its own is at the first line of `spec`:
/// code scanning takes no result without a place.
pub fn sarif(plan: &Plan, spec: &str) -> Sarif {
    let remarks = remarks(plan);
    // The first of a code says most.
    let mut levels: BTreeMap<&str, Level> = BTreeMap::new();
    for one in &remarks {
        levels.entry(&one.code).or_insert(one.level);
    }
    let rules = levels.into_iter().map(|(code, level)| {
        let word = match level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        let (short, full) = match codes::explained(code) {
            Some(known) => {
                (known.summary.to_owned(), format!("{} Source: {}.", known.explanation, known.source))
            }
            None => (code.replace('-', " "), "What a plan says of the account.".to_owned()),
        };
        rule(code, word, short, full)
    });
    let results = remarks.iter().map(|one| result(one, spec)).collect();
    log(rules.collect(), results, Columns::Characters, None)
}

fn result(remark: &Remark, spec: &str) -> Finding {
    let Remark { level, code, address, message: words, at } = remark;
    let level = match level {
        Level::Error => ResultLevel::Error,
        Level::Warning => ResultLevel::Warning,
        Level::Note => ResultLevel::Note,
    };
    let at = at.clone().unwrap_or_else(|| Spot { file: spec.to_owned(), line: 1, column: 1 });
    let address = address.as_ref().map(ToString::to_string).unwrap_or_default();
    let first = words.lines().next().unwrap_or_default();
    Finding::builder()
        .rule_id(code)
        .level(level)
        .message(message(words))
        .locations(vec![location(&at)])
        .partial_fingerprints(BTreeMap::from([(
            "trailctl/1".to_owned(),
            fingerprint(&[code, &address, first]),
        )]))
        .build()
}

fn location(Spot { file, line, column }: &Spot) -> Location {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let region = Region::builder().start_line(number(*line)).start_column(number(*column)).build();
    let artifact = ArtifactLocation::builder().uri(uri(file)).build();
    Location::builder()
        .physical_location(PhysicalLocation::builder().artifact_location(artifact).region(region).build())
        .build()
}
