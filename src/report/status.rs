//! The estate, for people: a table of the trails, then each by itself, then what concerns several.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};
use jiff::Timestamp;

use super::{count, visible};
use crate::{
    estate::{Delivery, Duplicate, Estate, Finding, InRegion, Kind, Places, Seen, Settings, What},
    resource::region::Region,
};

const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// How wide a table is at most.
const WIDTH: u16 = 80;
/// From how many places on a Region is told of that is home to no trail: one is left.
const NEARLY_FULL: usize = 4;
/// How many Regions are named one by one.
const MOST_NAMED: usize = 3;
/// What is less than a minute.
const JUST_NOW: &str = "just now";

/// Renders the estate.
pub fn estate(estate: &Estate) -> String {
    let Estate { format: _, at, account, stack: _, trails, absent, places, duplicates, findings } = estate;
    let sum = match findings.len() {
        0 => format!("{}; nothing needs attention.", count(trails.len(), "trail")),
        1 => format!("{}; {RED}1 finding{RED:#} needs attention.", count(trails.len(), "trail")),
        some => format!("{}; {RED}{some} findings{RED:#} need attention.", count(trails.len(), "trail")),
    };
    let sum = format!("{BOLD}Status:{BOLD:#} {sum}");
    if trails.is_empty() {
        let mut text = format!("The account {} has no trails.\n", visible(account));
        absent.iter().for_each(|address| missing(&mut text, &address.to_string()));
        return if findings.is_empty() { text } else { text + &sum };
    }
    let mut text = table(trails, *at) + "\n\n";
    for trail in trails {
        render(&mut text, estate, trail);
        text.push('\n');
    }
    text += &taken(places);
    text += &copies(duplicates.as_deref());
    absent.iter().for_each(|address| missing(&mut text, &address.to_string()));
    text + &sum
}

fn missing(text: &mut String, address: &str) {
    let _ = writeln!(text, "{RED}missing{RED:#}: the account does not have {} of the spec", visible(address));
}

fn table(trails: &[Seen], now: Timestamp) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(["trail", "home", "kind", "logging", "log files"]);
    for trail in trails {
        let kind = match trail.kind {
            Kind::Own => "own",
            Kind::Organization => "organization",
            Kind::Delegated => "delegated",
        };
        let logging = match (trail.logging, trail.since) {
            (Some(is_on), since) => {
                let since = since.map(|since| format!(", {}", long(since, now)));
                format!("{}{}", if is_on { "on" } else { "off" }, since.unwrap_or_default())
            }
            (None, _) => "unknown".to_owned(),
        };
        let files =
            at_home(trail).and_then(|home| home.deliveries.iter().find(|one| one.what == What::LogFiles));
        let files = files.map_or("-".to_owned(), |delivery| state(delivery, now));
        table.add_row([
            visible(&trail.label),
            visible(trail.home.as_str()),
            kind.to_owned(),
            logging,
            visible(&files),
        ]);
    }
    let lines: Vec<String> =
        table.lines().map(|line| line.trim_end().trim_start_matches(' ').to_owned()).collect();
    lines.join("\n")
}

fn at_home(trail: &Seen) -> Option<&InRegion> {
    trail.regions.iter().find(|one| one.region == trail.home)
}

/// Says when a delivery succeeded last, or by which error it fails.
fn state(delivery: &Delivery, now: Timestamp) -> String {
    match (delivery, delivery.latest) {
        (Delivery { is_failing: true, error: Some(error), .. }, _) => format!("fail ({error})"),
        (_, Some(latest)) => ago(latest, now),
        (_, None) => "none yet".to_owned(),
    }
}

fn render(text: &mut String, estate: &Estate, trail: &Seen) {
    let now = estate.at;
    let stack = match (&trail.stack, &trail.tags_unread) {
        (Some(stack), _) => format!("of stack {}", visible(stack)),
        (None, None) => "of no stack".to_owned(),
        (None, Some(_)) => "of unknown stack".to_owned(),
    };
    let scope = trail.settings.as_ref().map(|settings| match settings.multi_region {
        true => ", multi-Region",
        false => ", one Region",
    });
    let entry = match &trail.entry {
        Some(address) => format!(", {} of the spec", visible(&address.to_string())),
        None if estate.stack.is_some() => ", not in the spec".to_owned(),
        None => String::new(),
    };
    let (label, scope) = (visible(&trail.label), scope.unwrap_or_default());
    let _ = writeln!(text, "{BOLD}{label}{BOLD:#} {DIM}{stack}{entry}{scope}{DIM:#}");
    if let Some(why) = &trail.tags_unread {
        let _ = writeln!(text, "  its tags cannot be read: {}", visible(why));
    }
    if let Some(settings) = &trail.settings {
        let Settings { multi_region: _, records, bucket, prefix, log_file_validation: _, log_group, topic } =
            settings;
        let _ = writeln!(text, "  records {}", visible(records));
        let prefix = prefix.as_ref().map(|prefix| format!("/{prefix}")).unwrap_or_default();
        let places = [
            (Some(format!("bucket {bucket}{prefix}")), [What::LogFiles, What::DigestFiles].as_slice()),
            (log_group.as_ref().map(|arn| format!("log group {arn}")), &[What::CloudwatchLogs]),
            (topic.as_ref().map(|arn| format!("topic {arn}")), &[What::Notifications]),
        ];
        for (place, kinds) in places {
            let Some(place) = place else { continue };
            let all = at_home(trail).into_iter().flat_map(|home| &home.deliveries);
            let last: Vec<String> = all
                .filter(|one| kinds.contains(&one.what))
                .map(|one| format!("{} {}", noun(one.what), state(one, now)))
                .collect();
            let last = if last.is_empty() { String::new() } else { format!(": {}", last.join(", ")) };
            let _ = writeln!(text, "  {}", visible(&(place + &last)));
        }
    }
    let of_it = estate.findings.iter().filter(|finding| finding.trail == trail.label);
    for Finding { code: _, trail: _, regions, message } in of_it {
        let _ = writeln!(text, "  {RED}!{RED:#} {}: {}", named(regions, &trail.home), visible(message));
    }
}

fn noun(what: What) -> &'static str {
    match what {
        What::LogFiles => "log files",
        What::DigestFiles => "digest files",
        What::CloudwatchLogs => "events",
        What::Notifications => "messages",
    }
}

/// Names Regions, the home Region first; of many some.
fn named(regions: &[Region], home: &Region) -> String {
    let first = regions.iter().filter(|region| *region == home);
    let all: Vec<String> = first
        .chain(regions.iter().filter(|region| *region != home))
        .map(|region| visible(region.as_str()))
        .collect();
    match all.len() {
        ..=MOST_NAMED => all.join(", "),
        many => format!("{} and {}", all[0], count(many - 1, "other Region")),
    }
}

/// Says how many places for trails are taken.
fn taken(places: &[Places]) -> String {
    let is_told = |one: &&Places| one.region.is_some() || one.used >= NEARLY_FULL;
    let told = places.iter().filter(is_told).map(|Places { region, used, most }| {
        let region =
            region.as_ref().map_or("each other Region".to_owned(), |region| visible(region.as_str()));
        let full = if used >= most { format!(" {YELLOW}(full){YELLOW:#}") } else { String::new() };
        format!("{used} of {most} in {region}{full}")
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { String::new() } else { format!("Places for trails: {}.\n", told.join(", ")) }
}

/// Tells of management events that are recorded more than once.
fn copies(duplicates: Option<&[Duplicate]>) -> String {
    let Some(duplicates) = duplicates else {
        return format!(
            "{YELLOW}note{YELLOW:#}: whether several trails record the same management events was not decided\n"
        );
    };
    let mut pairs: BTreeMap<&[String; 2], Vec<&Duplicate>> = BTreeMap::new();
    for one in duplicates {
        pairs.entry(&one.trails).or_default().push(one);
    }
    // What is the same of several pairs is said once.
    let mut said: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for (trails, all) in pairs {
        said.entry(events(&all)).or_default().extend(trails);
    }
    let mut text = String::new();
    for (events, trails) in said {
        let names: Vec<String> = trails.into_iter().map(|name| visible(name)).collect();
        let names = names.join(", ");
        let _ = writeln!(
            text,
            "{YELLOW}note{YELLOW:#}: {events} are recorded more than once: {names}; from the second on, copies are billed"
        );
    }
    text
}

/// Says which management events a pair of trails both records.
fn events(duplicates: &[&Duplicate]) -> String {
    let regional = || duplicates.iter().filter(|one| !one.is_global);
    let does = match (duplicates.iter().any(|one| one.reads), duplicates.iter().any(|one| one.writes)) {
        (true, false) => " that read",
        (false, true) => " that write",
        _ => "",
    };
    let regions: Vec<String> = regional().filter_map(|one| one.region.as_deref().map(visible)).collect();
    let place = match regional().count() {
        0 => " of global services".to_owned(),
        all if all == regions.len() => format!(" in {}", regions.join(", ")),
        _ => " in every Region".to_owned(),
    };
    format!("management events{does}{place}")
}

/// Returns how long ago something was.
fn ago(then: Timestamp, now: Timestamp) -> String {
    let long = long(then, now);
    if long == JUST_NOW { long } else { long + " ago" }
}

/// Returns how long something lasts, in its largest unit.
fn long(since: Timestamp, now: Timestamp) -> String {
    match now.duration_since(since).as_mins() {
        ..1 => JUST_NOW.to_owned(),
        minutes @ 1..120 => format!("{minutes} min"),
        minutes @ 120..2880 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 1440),
    }
}
