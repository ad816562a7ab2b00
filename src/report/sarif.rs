//! SARIF 2.1.0, which code scanning reads (OASIS, "Static Analysis Results Interchange Format"): what all logs share.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::json;
use serde_sarif::sarif::{
    Invocation, Message, MultiformatMessageString, ReportingConfiguration, ReportingDescriptor,
    Result as Finding, Run, Sarif, Tool, ToolComponent,
};

use super::{in_repository, visible};

/// In what columns are counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Columns {
    /// As most editors count.
    Utf16,
    /// In characters.
    Characters,
}

/// Returns a log of one run of trailctl. An invocation says what went wrong with it, if something did.
pub(super) fn log(
    rules: Vec<ReportingDescriptor>,
    results: Vec<Finding>,
    columns: Columns,
    invocation: Option<Invocation>,
) -> Sarif {
    let driver = ToolComponent::builder()
        .name("trailctl")
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(rules)
        .build();
    let columns = match columns {
        Columns::Utf16 => "utf16CodeUnits",
        Columns::Characters => "unicodeCodePoints",
    };
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind(json!(columns))
        .results(results)
        .build();
    run.invocations = invocation.map(|one| vec![one]);
    Sarif::builder()
        .schema("https://json.schemastore.org/sarif-2.1.0.json")
        .version(json!("2.1.0"))
        .runs(vec![run])
        .build()
}

/// Returns the rule of a code. `level` is `error`, `warning` or `note`.
pub(super) fn rule(id: &str, level: &str, short: String, full: String) -> ReportingDescriptor {
    let text = |text: String| MultiformatMessageString::builder().text(text).build();
    ReportingDescriptor::builder()
        .id(id)
        .short_description(text(short))
        .full_description(text(full))
        .default_configuration(ReportingConfiguration::builder().level(json!(level)).build())
        .build()
}

/// Returns a message. In the text of one, `[words](place)` would be a link.
pub(super) fn message(text: &str) -> Message {
    let lines: Vec<String> = text.split('\n').map(|line| visible(line).replace("](", "\\](")).collect();
    Message::builder().text(lines.join("\n")).build()
}

/// Returns what makes a result the same one as before, of these parts.
pub(super) fn fingerprint(parts: &[&str]) -> String {
    hex::encode(&digest(&SHA256, parts.join("\0").as_bytes()).as_ref()[..16])
}

/// Returns the name of a file as a relative reference (RFC 3986).
pub(super) fn uri(name: &str) -> String {
    const PATH: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(&in_repository(name), PATH).to_string()
}
