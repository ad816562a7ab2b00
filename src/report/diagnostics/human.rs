//! For people: each with the lines it points to.

use std::{fmt::Write as _, ops::Range};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};

use super::{Sources, summary};
use crate::{
    diagnostic::{Diagnostic, Place, Severity},
    report::{visible, visible_block},
    spec::document::Lines,
};

/// How many diagnostics are shown to people: nobody reads more, and each costs a look at the file.
const MOST: usize = 100;

/// Renders diagnostics one after the other, with styles, and a last line that counts them.
pub fn human(found: &[Diagnostic], sources: &Sources<'_>) -> String {
    // A snippet is shown as it is in the file; what could steer the terminal is replaced by one visible character,
    // so that the ranges still fit.
    let texts: Vec<String> = sources.files.iter().map(|file| shown(&file.text)).collect();
    let names: Vec<String> = sources.files.iter().map(|file| visible(&file.name)).collect();
    let lines: Vec<Lines> = texts.iter().map(|text| Lines::of(text)).collect();
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    let find = |place: &Place| {
        let position = sources.find(place);
        let file =
            sources.files.iter().position(|file| std::ptr::eq(file, position.file)).unwrap_or_default();
        (file, fitted(&texts[file], position.bytes))
    };
    // A snippet of the lines with these ranges in it, and where it starts: the renderer reads all that it is given.
    let snippet = |file: usize, ranges: &[&Range<usize>]| {
        let text = texts[file].as_str();
        let first = ranges.iter().map(|range| range.start).min().unwrap_or_default();
        let last = ranges.iter().map(|range| range.end).max().unwrap_or_default();
        let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = text[last..].find('\n').map_or(text.len(), |at| last + at);
        // The end of a text is shown after its last line.
        let is_end = start == text.len() && start > 0;
        let start = if is_end { text[..start - 1].rfind('\n').map_or(0, |at| at + 1) } else { start };
        let (line, _) = lines[file].position(text, start);
        (Snippet::source(&text[start..end]).path(names[file].as_str()).line_start(line), start)
    };
    let moved = |range: &Range<usize>, by: usize| range.start - by..range.end - by;
    let mut report = String::new();
    for one in found.iter().take(MOST) {
        let level = match one.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (file, range) = find(&one.place);
        let related = one.related.as_ref().map(|(place, words)| (find(place), words.as_str()));
        let beside = related.as_ref().filter(|((other, _), _)| *other != file);
        let within = related.as_ref().filter(|((other, _), _)| *other == file);
        let ranges: Vec<&Range<usize>> =
            [&range].into_iter().chain(within.map(|((_, related), _)| related)).collect();
        let (source, start) = snippet(file, &ranges);
        let mut source = source.annotation(AnnotationKind::Primary.span(moved(&range, start)));
        if let Some(((_, related), words)) = within {
            source = source.annotation(AnnotationKind::Context.span(moved(related, start)).label(*words));
        }
        let beside = beside.map(|((other, related), words)| {
            let (source, start) = snippet(*other, &[related]);
            source.annotation(AnnotationKind::Context.span(moved(related, start)).label(*words))
        });
        let mut group: Group<'_> = level.primary_title(visible(&one.message)).id(one.code).element(source);
        if let Some(related) = beside {
            group = group.element(related);
        }
        let help = one.help.as_deref().map(visible);
        if let Some(help) = &help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        report.push_str(&renderer.render(&[group]));
        report.push_str("\n\n");
    }
    if found.len() > MOST {
        let _ = writeln!(report, "… and {} more.\n", found.len() - MOST);
    }
    report + &summary(found)
}

/// Replaces each byte of a hidden character, so that the text keeps its length.
fn shown(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for c in text.chars() {
        let is_plain = c.is_ascii_graphic() || c == ' ' || c == '\n';
        if is_plain || visible_block(c.encode_utf8(&mut [0; 4])).chars().count() == 1 {
            all.push(c);
        } else {
            all.extend(std::iter::repeat_n('?', c.len_utf8()));
        }
    }
    all
}

fn fitted(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let end = text.ceil_char_boundary(range.end.clamp(start, text.len()));
    // A value that spans lines is marked on its first.
    let line_end = text[start..end].find('\n').map_or(end, |at| start + at);
    start..line_end
}
