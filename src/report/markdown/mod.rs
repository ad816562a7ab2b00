//! Reports as Markdown, for comments of pull requests and summaries of jobs.
//!
//! The markup is ours. What comes from a spec or from AWS is never markup: it stands in code spans, in fenced blocks, or it is a
//! plain word. GitHub makes links of `@name`, `#1` and addresses everywhere else.

mod coverage;
mod diagnostics;
mod plan;
mod run;
mod status;
#[cfg(test)]
mod tests;

pub use self::{coverage::coverage, diagnostics::diagnostics, plan::plan, run::run, status::status};
use super::{problem::Problem, visible, visible_block};

/// How long a page is at most, in bytes. GitHub takes comments of up to 65,536 characters: something is left for what others
/// write around it.
pub const MOST: usize = 60_000;
/// What is kept free for the last words of a page.
const RESERVE: usize = 600;
/// How long a text in a line is at most, in bytes.
const MOST_IN_LINE: usize = 1_000;
/// How long a fenced block is at most, in bytes: one change shall not take the place of all others.
const MOST_IN_FENCE: usize = 10_000;

/// Returns why there is no result, on a page of this title.
pub fn problem(problem: &Problem, title: &str) -> String {
    let mut page = Page::new(title, None);
    page.add(
        "",
        format!("**Error:** exit code {}\n\n{}", problem.exit_code, fence("text", &problem.words())),
    );
    page.end("")
}

/// A page that grows block by block, each of them complete. From the first that does not fit on, they are only counted.
struct Page {
    text: String,
    /// The heading of the section that has begun, while nothing stands under it.
    heading: Option<&'static str>,
    /// Whether the last block is an item of a list.
    is_in_list: bool,
    /// What is not on the page: how many of each sort.
    left_out: Vec<(&'static str, usize)>,
}

impl Page {
    /// Begins a page: what it is about, and of what.
    fn new(title: &str, of: Option<&str>) -> Self {
        let of = of.map(|of| format!(": {}", code(of))).unwrap_or_default();
        Self { text: format!("### {title}{of}\n"), heading: None, is_in_list: false, left_out: Vec::new() }
    }

    /// Begins a section; one without blocks is not shown.
    fn section(&mut self, heading: &'static str) {
        self.heading = Some(heading);
    }

    /// Adds a block. `what` is the noun by which it is counted.
    fn add(&mut self, what: &'static str, block: String) {
        let heading = self.heading.map(|heading| format!("\n#### {heading}\n")).unwrap_or_default();
        let is_item = block.starts_with("- ");
        let space = if is_item && self.is_in_list && heading.is_empty() { "" } else { "\n" };
        let block = format!("{heading}{space}{}\n", block.trim_end());
        if self.left_out.is_empty() && self.text.len() + block.len() + RESERVE <= MOST {
            self.text += &block;
            self.heading = None;
            self.is_in_list = is_item;
            return;
        }
        match self.left_out.iter_mut().find(|(other, _)| *other == what) {
            Some((_, number)) => *number += 1,
            None => self.left_out.push((what, 1)),
        }
    }

    /// Ends the page. Says what is not on it, and how all of it is seen.
    fn end(mut self, how: &str) -> String {
        let left_out: Vec<String> =
            self.left_out.iter().map(|(what, number)| super::count(*number, what)).collect();
        if !left_out.is_empty() {
            let more =
                format!("\n**Not shown, as the page would be too long:** {}. {how}\n", left_out.join(", "));
            self.text += &more;
        }
        self.text
    }
}

/// Returns the part of a text that is not longer than this many bytes.
fn clipped(text: &str, most: usize) -> (&str, bool) {
    let end = text.floor_char_boundary(most);
    (&text[..end], end < text.len())
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// Returns a text as code in a line.
fn code(text: &str) -> String {
    let text = visible(text);
    let (text, is_clipped) = clipped(&text, MOST_IN_LINE);
    let more = if is_clipped { "…" } else { "" };
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let ticks = "`".repeat(longest_run_of_backticks(text) + 1);
    // One space is taken away on both sides, unless all are spaces, and a backtick must not meet those around it.
    let is_open = |c: char| c == '`' || c == ' ';
    let is_padded = (text.starts_with(is_open) || text.ends_with(is_open)) && !text.trim().is_empty();
    let pad = if is_padded { " " } else { "" };
    format!("{ticks}{pad}{text}{more}{pad}{ticks}")
}

/// Returns a sentence in which plain words stay as they are, and all that could mean something else is code.
fn prose(text: &str) -> String {
    let text = visible(text);
    let (text, is_clipped) = clipped(&text, MOST_IN_LINE);
    let mut line = String::new();
    let is_paired = text.matches('`').count() % 2 == 0;
    let parts: Vec<&str> = if is_paired { text.split('`').collect() } else { vec![text] };
    for (place, part) in parts.into_iter().enumerate() {
        if place % 2 == 1 {
            add_code(&mut line, part);
            continue;
        }
        add_words(&mut line, part);
    }
    if is_clipped {
        line.push('…');
    }
    line
}

/// Words that are no plain ones and follow each other are one code span; what ends a sentence stands behind it.
fn add_words(line: &mut String, text: &str) {
    let mut run = String::new();
    for (place, word) in text.split(' ').enumerate() {
        if place > 0 && run.is_empty() {
            line.push(' ');
        }
        if word.is_empty() || is_plain(word) {
            if !run.is_empty() {
                add_code(line, &std::mem::take(&mut run));
                line.push(' ');
            }
            *line += word;
            continue;
        }
        // Braces are closed where they are opened.
        let core = if word.starts_with('{') { word } else { word.trim_end_matches(ENDS) };
        run = if run.is_empty() { core.to_owned() } else { format!("{run} {core}") };
        if core.len() < word.len() {
            add_code(line, &std::mem::take(&mut run));
            *line += &word[core.len()..];
        }
    }
    if !run.is_empty() {
        add_code(line, &run);
    }
}

/// Two code spans must not touch.
fn add_code(line: &mut String, text: &str) {
    if line.ends_with('`') {
        line.push(' ');
    }
    *line += &code(text);
}

/// What ends words and sentences, and means nothing.
const ENDS: [char; 6] = ['.', ',', ';', ':', ')', '?'];

/// Returns whether a word means nothing in Markdown, and nothing to GitHub: letters, or digits, with what ends sentences.
fn is_plain(word: &str) -> bool {
    let word = word.strip_prefix('(').unwrap_or(word).trim_end_matches(ENDS);
    let is_of_letters = word.split('-').all(|part| {
        part.bytes().all(|c| c.is_ascii_alphabetic() || c == b'\'') && (!part.is_empty() || word.is_empty())
    });
    is_of_letters || word.bytes().all(|c| c.is_ascii_digit())
}

/// Returns lines as a fenced block of a language, as many as have room. Lines of a plan are made visible before.
fn fence(language: &str, text: &str) -> String {
    let text = visible_block(text);
    let text = text.trim_end_matches('\n');
    let (shown, is_clipped) = clipped(text, MOST_IN_FENCE);
    // Only whole lines, if there is one.
    let end = if is_clipped { shown.rfind('\n').unwrap_or(shown.len()) } else { shown.len() };
    let shown = &shown[..end];
    let more = match text[end..].trim_start_matches('\n').lines().count() {
        0 => String::new(),
        more => format!("… and {} more\n", super::count(more, "line")),
    };
    let ticks = "`".repeat((longest_run_of_backticks(shown) + 1).max(3));
    format!("{ticks}{language}\n{shown}\n{more}{ticks}\n")
}

/// Returns a text inside of a tag of ours.
fn html(text: &str) -> String {
    let text = visible(text);
    let (text, is_clipped) = clipped(&text, MOST_IN_LINE);
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    if is_clipped { escaped + "…" } else { escaped }
}
