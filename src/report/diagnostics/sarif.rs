//! The findings as SARIF.

use std::collections::{BTreeMap, BTreeSet};

use serde_sarif::sarif::{
    ArtifactLocation, Location, Message, PhysicalLocation, Region, ReportingDescriptor, Result as Finding,
    ResultLevel, Sarif,
};

use super::{Position, Sources};
use crate::{
    diagnostic::{
        Diagnostic, Place, Severity,
        codes::{self, Code},
    },
    report::{
        sarif::{Columns, log, message, uri},
        visible,
    },
};

/// Returns the log: one run, one result a finding, and the codes that were found as its rules.
pub fn sarif(found: &[Diagnostic], sources: &Sources<'_>) -> Sarif {
    let ids: BTreeSet<&str> = found.iter().map(|one| one.code).collect();
    let rules: Vec<ReportingDescriptor> = ids.iter().filter_map(|id| codes::find(id)).map(rule).collect();
    let results: Vec<Finding> = found.iter().map(|one| result(one, sources)).collect();
    log(rules, results, Columns::Utf16, None)
}

fn rule(code: &Code) -> ReportingDescriptor {
    let Code { id, severity, summary, explanation, source } = code;
    let full = format!("{explanation} Source: {source}.");
    crate::report::sarif::rule(id, severity.word(), (*summary).to_owned(), full)
}

fn result(found: &Diagnostic, sources: &Sources<'_>) -> Finding {
    let Diagnostic { severity, code, place, message: words, help, related } = found;
    let help = help.as_ref().map(|help| format!("\nhelp: {}", visible(help))).unwrap_or_default();
    let level = match severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
    };
    let beside = related.iter().map(|(place, words)| {
        let mut location = location(place, sources);
        location.message = Some(Message::builder().text(visible(words)).build());
        location
    });
    Finding::builder()
        .rule_id(*code)
        .level(level)
        .message(message(&format!("{}{help}", visible(words))))
        .locations(vec![location(place, sources)])
        .related_locations(beside.collect::<Vec<_>>())
        .partial_fingerprints(BTreeMap::from([("trailctl/1".to_owned(), fingerprint(found))]))
        .build()
}

/// A finding is the same one as before when its code, its path and its words are: lines come and go.
fn fingerprint(found: &Diagnostic) -> String {
    let path = match &found.place {
        Place::Value(path) | Place::Key(path) => path.to_string(),
        Place::Text(_) => String::new(),
    };
    crate::report::sarif::fingerprint(&[found.code, &path, &found.message])
}

fn location(place: &Place, sources: &Sources<'_>) -> Location {
    let Position { file, bytes, start: (line, _), end: (end_line, _) } = sources.find(place);
    let column = |byte: usize| {
        let line_start = file.text[..byte].rfind('\n').map_or(0, |at| at + 1);
        1 + file.text[line_start..byte].encode_utf16().count()
    };
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let region = Region::builder()
        .start_line(number(line))
        .start_column(number(column(bytes.start)))
        .end_line(number(end_line))
        .end_column(number(column(bytes.end)))
        .build();
    let artifact = ArtifactLocation::builder().uri(uri(&file.name)).build();
    Location::builder()
        .physical_location(PhysicalLocation::builder().artifact_location(artifact).region(region).build())
        .build()
}
