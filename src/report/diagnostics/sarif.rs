//! SARIF 2.1.0, which code scanning reads (OASIS, "Static Analysis Results Interchange Format").

use std::collections::{BTreeMap, BTreeSet};

use hex::encode;
use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, Location, Message, MultiformatMessageString, PhysicalLocation, Region,
    ReportingConfiguration, ReportingDescriptor, Result as Finding, ResultLevel, Run, Sarif, Tool,
    ToolComponent,
};

use super::{Position, Sources};
use crate::{
    diagnostic::{
        Diagnostic, Place, Severity,
        codes::{self, Code},
    },
    report::visible,
};

/// Returns the log: one run, one result a finding, and the codes that were found as its rules.
pub fn sarif(found: &[Diagnostic], sources: &Sources<'_>) -> Sarif {
    let ids: BTreeSet<&str> = found.iter().map(|one| one.code).collect();
    let rules: Vec<ReportingDescriptor> = ids.iter().filter_map(|id| codes::find(id)).map(rule).collect();
    let driver = ToolComponent::builder()
        .name("trailctl")
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(rules)
        .build();
    let results: Vec<Finding> = found.iter().map(|one| result(one, sources)).collect();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind(json!("utf16CodeUnits"))
        .results(results)
        .build();
    Sarif::builder()
        .schema("https://json.schemastore.org/sarif-2.1.0.json")
        .version(json!("2.1.0"))
        .runs(vec![run])
        .build()
}

fn rule(code: &Code) -> ReportingDescriptor {
    let Code { id, severity, summary, explanation, source } = code;
    let text = |text: String| MultiformatMessageString::builder().text(text).build();
    ReportingDescriptor::builder()
        .id(*id)
        .short_description(text((*summary).to_owned()))
        .full_description(text(format!("{explanation} Source: {source}.")))
        .default_configuration(ReportingConfiguration::builder().level(json!(severity.word())).build())
        .build()
}

fn result(found: &Diagnostic, sources: &Sources<'_>) -> Finding {
    let Diagnostic { severity, code, place, message, help, related } = found;
    let help = help.as_ref().map(|help| format!("\nhelp: {}", visible(help))).unwrap_or_default();
    let level = match severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
    };
    let words = Message::builder().text(format!("{}{help}", visible(message))).build();
    let beside = related.iter().map(|(place, words)| {
        let mut location = location(place, sources);
        location.message = Some(Message::builder().text(visible(words)).build());
        location
    });
    Finding::builder()
        .rule_id(*code)
        .level(level)
        .message(words)
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
    let text = [found.code, &path, &found.message].join("\0");
    encode(&aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()).as_ref()[..16])
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

/// Returns the name of a file as a relative reference (RFC 3986).
fn uri(name: &str) -> String {
    const PATH: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(name, PATH).to_string()
}
