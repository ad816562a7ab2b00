//! For people: each with the lines it points to.

use std::{fmt::Write as _, ops::Range};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};

use super::{Sources, summary};
use crate::{
    diagnostic::{Diagnostic, Place, Severity},
    report::{visible, visible_block},
};

/// How many diagnostics are shown to people: nobody reads more, and each costs a look at the file.
const MOST: usize = 100;

/// Renders diagnostics one after the other, with styles, and a last line that counts them.
pub fn human(found: &[Diagnostic], sources: &Sources<'_>) -> String {
    // A snippet is shown as it is in the file; what could steer the terminal is replaced by one visible character,
    // so that the ranges still fit.
    let texts: Vec<String> = sources.files.iter().map(|file| shown(&file.text)).collect();
    let names: Vec<String> = sources.files.iter().map(|file| visible(&file.name)).collect();
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    // A snippet of the file of a place, with the range in it.
    let snippet = |place: &Place| {
        let position = sources.find(place);
        let file = sources.files.iter().position(|file| file == position.file).unwrap_or_default();
        let range = fitted(&texts[file], position.bytes);
        (file, Snippet::source(texts[file].as_str()).path(names[file].as_str()), range)
    };
    let mut report = String::new();
    for one in found.iter().take(MOST) {
        let level = match one.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (file, source, range) = snippet(&one.place);
        let mut source = source.annotation(AnnotationKind::Primary.span(range));
        let mut beside = None;
        if let Some((place, words)) = &one.related {
            let (other, related, range) = snippet(place);
            let annotation = AnnotationKind::Context.span(range).label(words.as_str());
            if other == file {
                source = source.annotation(annotation);
            } else {
                beside = Some(related.annotation(annotation));
            }
        }
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
