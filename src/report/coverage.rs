//! What is recorded, for people: explanations of events, comparisons, maps.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use comfy_table::{Table, presets};
use minijinja::{Environment, context};
use schemars::JsonSchema;
use serde::Serialize;

use super::visible;
use crate::{
    coverage::{Explanation, Map, Outlook, Row, Share, Shown},
    plan::{CoverageReport, coverage::Weakened},
};

const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();

/// Renders what becomes of what is recorded.
pub fn change(report: &CoverageReport) -> String {
    let CoverageReport { events, weakened, is_loss_allowed: _ } = report;
    let (style, words) = verdict(report);
    let mut text = format!("Coverage: {style}{words}{style:#}\n");
    for (list, more, style, sign, word) in [
        (&events.lost, events.more_lost, RED, "-", "no longer recorded"),
        (&events.gained, events.more_gained, GREEN, "+", "newly recorded"),
    ] {
        for shown in list {
            let _ = writeln!(text, "  {style}{sign} {word}{style:#}: {}", visible(&example(shown)));
        }
        if more {
            let _ = writeln!(text, "  {style}{sign} {word}{style:#}: {MORE}");
        }
    }
    for Weakened { resource, what } in weakened {
        let _ = writeln!(text, "  {YELLOW}! weakened{YELLOW:#}: {}: {}", visible(resource), visible(what));
    }
    text
}

/// Returns the verdict in words, with a style for it.
pub(super) fn verdict(report: &CoverageReport) -> (Style, &'static str) {
    match report.events.verdict {
        Outlook::Unchanged => (DIM, "unchanged"),
        Outlook::Extended => (GREEN, "extended"),
        Outlook::Reduced if report.is_loss_allowed => (YELLOW, "reduced, as allowed"),
        Outlook::Reduced => (RED, "reduced"),
        Outlook::Unknown => (RED, "unknown; it was not decided whether all events are still recorded"),
    }
}

/// What stands for the examples that are not shown.
pub(super) const MORE: &str = "and others, which are not like these";

/// Returns an example in words, with what records it.
pub(super) fn example(shown: &Shown) -> String {
    let Shown { words, recorded_by, .. } = shown;
    let by = recorded_by.as_ref().map(|by| format!(" (by {})", by.trail)).unwrap_or_default();
    format!("{words}{by}")
}

/// Whether events are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// They are: this one, or all that are meant.
    Yes,
    /// Some of those that are meant.
    Some,
    /// They are not.
    No,
    /// It was not decided.
    Unknown,
    /// AWS makes no such event.
    Impossible,
}

/// What becomes of an event.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Explained {
    /// What to call the event.
    pub event: String,
    /// Whether it is recorded.
    pub recorded: Answer,
    /// What each trail does with it; of several events that are meant, with the one that is shown as not recorded.
    pub trails: Vec<ByTrail>,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// Of several events that are meant, one that is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub such_as: Option<Shown>,
    /// Of several events that are meant, one that is not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub but_not: Option<Shown>,
}

/// What a trail does with an event.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ByTrail {
    /// The same as data.
    #[serde(flatten)]
    pub explanation: Explanation,
    /// In words, such as `recorded by events[1]`.
    pub words: String,
}

/// How many events a selector records.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Tally {
    /// The trail.
    pub trail: String,
    /// The selector, as a spec calls it; none for the default.
    pub selector: Option<String>,
    /// How many.
    pub events: u64,
}

/// What becomes of many events.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Explanations {
    /// The format: `trailctl.explain/1`.
    pub format: &'static str,
    /// How many events there were.
    pub events: u64,
    /// How many of them are recorded.
    pub recorded: u64,
    /// By which selectors. An event may be recorded by several trails.
    pub by: Vec<Tally>,
    /// The first events that are not recorded; a single event in any case.
    pub explained: Vec<Explained>,
}

/// Renders what becomes of events.
pub fn explanations(found: &Explanations) -> String {
    let Explanations { format: _, events, recorded, by, explained } = found;
    let mut text = String::new();
    for one in explained {
        let (style, word) = match one.recorded {
            Answer::Yes => (GREEN, "recorded"),
            Answer::Some => (YELLOW, "recorded in part"),
            Answer::No => (RED, "not recorded"),
            Answer::Unknown => (RED, "not decided"),
            Answer::Impossible => (RED, "there is no such event"),
        };
        let _ = writeln!(text, "{}: {style}{word}{style:#}", visible(&one.event));
        for (shown, word) in [(&one.such_as, "recorded"), (&one.but_not, "not recorded")] {
            if let Some(Shown { words, .. }) = shown {
                let _ = writeln!(text, "  {word}, for one: {}", visible(words));
            }
        }
        for ByTrail { explanation, words } in &one.trails {
            let _ = writeln!(text, "  {}: {}", visible(&explanation.trail), visible(words));
        }
        if let Some(why) = &one.why {
            let _ = writeln!(text, "  {}", visible(why));
        }
        if one.trails.is_empty() && one.recorded == Answer::No {
            text.push_str("  there is no trail\n");
        }
        text.push('\n');
    }
    if *events == 1 {
        return text;
    }
    for Tally { trail, selector, events } in by {
        let selector = selector.as_deref().unwrap_or("the default");
        let _ = writeln!(text, "{events} recorded by {}, {}", visible(trail), visible(selector));
    }
    let more = (events - recorded).saturating_sub(explained.len() as u64);
    if more > 0 {
        let _ = writeln!(text, "{more} more are not recorded and not shown");
    }
    let _ = writeln!(text, "{recorded} of {events} events are recorded.");
    text
}

/// How much is recorded, in a word.
fn word(share: Share) -> &'static str {
    match share {
        Share::Full => "full",
        Share::Partial => "partial",
        Share::None => "none",
        Share::Unknown => "unknown",
        Share::Impossible => "",
    }
}

fn sort(row: &Row) -> String {
    let of = row.of.as_ref().map(|of| format!(" {of}")).unwrap_or_default();
    format!("{}{of}", row.category)
}

/// Renders a map as a table.
pub fn table(map: &Map) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    let head = ["events".to_owned(), String::new()].into_iter().chain(map.places.iter().cloned());
    table.set_header(head.map(|text| visible(&text)));
    for row in &map.rows {
        let about = [visible(&sort(row)), if row.reads { "read" } else { "write" }.to_owned()];
        table.add_row(about.into_iter().chain(row.shares.iter().map(|share| word(*share).to_owned())));
    }
    let lines: Vec<String> =
        table.lines().map(|line| line.trim_end().trim_start_matches(' ').to_owned()).collect();
    lines.join("\n")
}

/// Renders a map as a page of HTML.
///
/// # Errors
///
/// When the template is wrong, which a test would have found.
pub fn html(map: &Map, title: &str) -> Result<String, minijinja::Error> {
    picture(map, title, "map.html", include_str!("map.html"))
}

/// Renders a map as an SVG picture.
///
/// # Errors
///
/// When the template is wrong, which a test would have found.
pub fn svg(map: &Map, title: &str) -> Result<String, minijinja::Error> {
    // What is escaped in HTML is what is escaped in SVG.
    picture(map, title, "map.svg.html", include_str!("map.svg"))
}

fn picture(map: &Map, title: &str, name: &str, template: &str) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.add_template(name, template)?;
    let table = html_table(map)?;
    environment.get_template(name)?.render(context! { title => visible(title), table, ..cells(map) })
}

/// Renders a map as an SVG picture inside of a page.
pub(super) fn inner_svg(map: &Map) -> Result<minijinja::Value, minijinja::Error> {
    Ok(minijinja::Value::from_safe_string(svg(map, "What is recorded, by sort of events and Region")?))
}

/// Renders a map as a table of HTML, for a page.
pub(super) fn html_table(map: &Map) -> Result<minijinja::Value, minijinja::Error> {
    let mut environment = Environment::new();
    environment.add_template("map.table.html", include_str!("map.table.html"))?;
    let table = environment.get_template("map.table.html")?.render(cells(map))?;
    Ok(minijinja::Value::from_safe_string(table))
}

/// Returns what is to be seen of a map.
fn cells(map: &Map) -> minijinja::Value {
    let rows: Vec<_> = map
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row.shares.iter().map(|share| word(*share)).collect();
            context! { sort => visible(&sort(row)), does => if row.reads { "read" } else { "write" }, cells }
        })
        .collect();
    let places: Vec<String> = map.places.iter().map(|place| visible(place)).collect();
    // As wide as the longest names: about 7.5 units a character.
    let longest = |names: &mut dyn Iterator<Item = usize>| 15 * names.max().unwrap_or_default() / 2;
    let left = 84 + longest(&mut map.rows.iter().map(|row| visible(&sort(row)).chars().count()));
    let column = 24 + longest(&mut places.iter().map(|place| place.chars().count().max(7)));
    let (width, height) = (left + column * places.len() + 12, 84 + 28 * map.rows.len());
    context! { places, rows, left, column, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Map {
        let row = |of: Option<&str>, reads, shares: &[Share]| Row {
            category: "Data".to_owned(),
            of: of.map(str::to_owned),
            reads,
            shares: shares.to_vec(),
        };
        Map {
            places: vec!["eu-west-1".to_owned(), "<b>\u{1b}[31m".to_owned()],
            rows: vec![
                row(Some("AWS::S3::Object"), true, &[Share::Full, Share::None]),
                row(None, false, &[Share::Partial, Share::Impossible]),
            ],
        }
    }

    #[test]
    fn a_table_has_a_word_in_each_cell() {
        let text = table(&sample());
        let words: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words[1], ["Data", "AWS::S3::Object", "read", "full", "none"]);
        assert_eq!(words[2], ["Data", "write", "partial"]);
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }

    #[test]
    fn pictures_escape_what_they_show() {
        for text in
            [html(&sample(), "</title><script>").unwrap(), svg(&sample(), "</title><script>").unwrap()]
        {
            assert!(
                !text.contains("<script>") && !text.contains("<b>") && !text.contains('\u{1b}'),
                "{text}"
            );
            assert!(
                text.contains("full") && text.contains("partial") && text.contains("AWS::S3::Object"),
                "{text}"
            );
            let mut reader = quick_xml::Reader::from_str(&text);
            while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
        }
    }
}
