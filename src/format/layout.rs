//! Indentation, spaces, quotes and empty lines.

use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions, LineBreak, Quotes};

use super::read;
use crate::spec::source::{Below, Level, Source};

const INDENT: usize = 2;
/// No line is broken because it is long: a comment behind it may speak of all of it.
const WIDTH: usize = 1 << 30;

/// Lays out a text. Errors when a comment would be lost.
pub(super) fn lay_out(source: &Source<'_>) -> Result<String, String> {
    let text = source.text();
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    let options = FormatOptions {
        layout: LayoutOptions { print_width: WIDTH, indent_width: INDENT, line_break: LineBreak::Lf },
        language: LanguageOptions {
            quotes: Quotes::PreferDouble,
            brace_spacing: false,
            // Spaces at the ends of lines of a text are part of it.
            trim_trailing_whitespaces: false,
            // No comment turns the layout off.
            ignore_comment_directive: "\n".to_owned(),
            ..LanguageOptions::default()
        },
    };
    let laid = pretty_yaml::format_text(text, &options)
        .map_err(|error| format!("its syntax is too unusual to be laid out ({error})").replace('\n', " "))?;
    let laid = ended(laid, source);
    let new = read(&laid)?;
    let (before, after) = (source.comments(), new.comments());
    if before.len() != after.len() {
        return Err("a comment would be lost: move comments to lines of their own".to_owned());
    }
    // The layout puts comments between two parts at the level of either. Which one was meant, their indentation says.
    let levels = source.levels(&before).into_iter().zip(new.levels(&after));
    let mut indented = laid.clone();
    for ((old_at, new_at), levels) in before.iter().zip(&after).zip(levels).rev() {
        if let (Some(old), Some(new)) = levels {
            let line_start = line_start(&laid, new_at.start);
            let column = column(text, old_at.start);
            let indent = indentation(&old, &new, column, &text[old_at.clone()]);
            indented.replace_range(line_start..new_at.start, &" ".repeat(indent));
        }
    }
    Ok(indented)
}

/// Ends a text with one line break, unless its last value has more of them.
fn ended(text: String, source: &Source<'_>) -> String {
    let once = format!("{}\n", text.trim_end_matches([' ', '\t', '\n']));
    match Source::read(&once, 0) {
        Ok(new) if new.value() == source.value() => once,
        _ if text.ends_with('\n') => text,
        _ => text + "\n",
    }
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

fn column(text: &str, at: usize) -> usize {
    text[line_start(text, at)..at].chars().count()
}

/// Returns the indentation of a comment that stood at `column` between parts whose levels were `old` and are `new`.
fn indentation(old: &Level, new: &Level, column: usize, comment: &str) -> usize {
    let innermost = old.open.len() - 1;
    let next = old.common - 1;
    let depth = match (old.below, new.below) {
        // Above the first part of a value: as that part.
        (_, Below::Value(Some(column))) => return column,
        (Below::NoValue, _) if column > old.open[innermost] => return new.open[innermost] + INDENT,
        // A list may have the column of the keys around it; what looks like an item is taken for one.
        _ if column == old.open[next] && !(old.is_in_list && is_item(comment)) => next,
        _ => (next..=innermost).rev().find(|depth| old.open[*depth] <= column).unwrap_or(next),
    };
    new.open[depth]
}

fn is_item(comment: &str) -> bool {
    comment.trim_start_matches(['#', ' ']).starts_with("- ")
}
