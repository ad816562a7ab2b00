//! Warnings that are left out, or taken for errors: by comments in the spec, `# trailctl: allow(CODE) REASON`, and by the
//! command line.
//!
//! A comment behind something holds for its line. One on a line of its own holds for all of the key or the item below it.

use std::collections::BTreeSet;

use super::{
    document::{Content, Document, Node},
    parse::File,
};
use crate::diagnostic::{Diagnostic, Severity, Span, codes};

/// What the command line says about warnings, by code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// Those that are left out.
    pub allowed: BTreeSet<String>,
    /// Those that are errors.
    pub denied: BTreeSet<String>,
}

const MARK: &str = "# trailctl:";

/// A comment that allows a code.
struct Allowance<'a> {
    code: &'a str,
    /// The code in the text.
    span: Span,
    /// The part of the file that it holds for.
    reach: Span,
    used: bool,
}

/// Takes out what is allowed, and makes errors of what is denied. What is wrong about the comments is added.
/// `values` are the trees of the last files, those of variables.
pub(super) fn apply(
    files: &[File],
    document: &Document,
    values: &[Document],
    consent: &Consent,
    found: &mut Vec<Diagnostic>,
) {
    let mut problems = Vec::new();
    let mut allowances = Vec::new();
    let specs = files.len() - values.len();
    for (place, file) in files.iter().enumerate() {
        let tree = place.checked_sub(specs).and_then(|place| values.get(place)).unwrap_or(document);
        if file.text.contains(MARK) {
            read(place, &file.text, tree, &mut allowances, &mut problems);
        }
    }
    let asks = |code: &str| allowances.iter().any(|this| this.code == code) || consent.allowed.contains(code);
    let asked: BTreeSet<&str> = found.iter().map(|one| one.code).filter(|code| asks(code)).collect();
    found.retain(|one| {
        if !asked.contains(one.code) {
            return true;
        }
        let at = document.locate(&one.place);
        let reaches = |reach: &Span| {
            reach.file == at.file && (reach.start..reach.end.max(reach.start + 1)).contains(&at.start)
        };
        let mut is_allowed = consent.allowed.contains(one.code);
        for allowance in allowances.iter_mut().filter(|this| this.code == one.code && reaches(&this.reach)) {
            allowance.used = true;
            is_allowed = true;
        }
        // Who denies on the command line has the last word: a spec must not let itself through.
        !is_allowed || one.severity == Severity::Error || consent.denied.contains(one.code)
    });
    for allowance in allowances.iter().filter(|allowance| !allowance.used) {
        let message = format!("`{}` is not found here", allowance.code);
        problems
            .push(Diagnostic::at_text("unused-allow", allowance.span, message).help("remove the comment"));
    }
    found.append(&mut problems);
    for one in found.iter_mut().filter(|one| consent.denied.contains(one.code)) {
        one.severity = Severity::Error;
    }
}

fn read<'a>(
    file: usize,
    text: &'a str,
    document: &Document,
    allowances: &mut Vec<Allowance<'a>>,
    problems: &mut Vec<Diagnostic>,
) {
    let mut texts = Vec::new();
    scalars(document.root(), file, &mut texts);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let line_start = start;
        start += line.len();
        let Some(place) = line.find(MARK) else { continue };
        let before = &line[..place];
        let at = line_start + place;
        let is_comment = before.is_empty() || before.ends_with([' ', '\t']);
        if !is_comment || texts.iter().any(|span| span.start < at && at < span.end) {
            continue;
        }
        let words = line[place + MARK.len()..].trim_end();
        let words_start = at + MARK.len() + (words.len() - words.trim_start().len());
        let words = words.trim_start();
        let span = Span { file, start: words_start, end: words_start + words.len() };
        let Some((code, reason)) = words.strip_prefix("allow(").and_then(|rest| rest.split_once(')')) else {
            let message = "this comment is not understood";
            problems.push(
                Diagnostic::at_text("invalid-allow", span, message)
                    .help("write `# trailctl: allow(CODE) REASON`"),
            );
            continue;
        };
        let code_start = words_start + "allow(".len();
        let span = Span { file, start: code_start, end: code_start + code.len() };
        problems.extend(problem(code, reason, span));
        let reach = if before.trim().is_empty() {
            below(document, text, file, start)
        } else {
            Span { file, start: line_start, end: start }
        };
        if codes::find(code).is_some_and(|known| known.severity == Severity::Warning) {
            allowances.push(Allowance { code, span, reach, used: false });
        }
    }
}

/// Returns what is wrong about a comment.
fn problem(code: &str, reason: &str, span: Span) -> Option<Diagnostic> {
    let (id, message, help) = match codes::find(code) {
        None if codes::explained(code).is_some() => {
            let help = format!("`trailctl validate --explain {code}` says what to do");
            ("unknown-code", format!("`{code}` is said of plans, not of specs"), help)
        }
        None => {
            let help = match codes::likely(code, codes::all()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "`trailctl validate` shows the code of each warning".to_owned(),
            };
            ("unknown-code", format!("there is no diagnostic `{code}`"), help)
        }
        Some(known) if known.severity == Severity::Error => {
            ("allow-of-error", format!("`{code}` is an error, which cannot be allowed"), "mend it".to_owned())
        }
        Some(_) if reason.trim().is_empty() => {
            let help = "say why behind it: the next reader will ask".to_owned();
            ("allow-without-reason", format!("`{code}` is allowed without a reason"), help)
        }
        Some(_) => return None,
    };
    Some(Diagnostic::at_text(id, span, message).help(help))
}

/// Returns the extent of what starts on the first line from `from` on that holds more than a comment.
fn below(document: &Document, text: &str, file: usize, from: usize) -> Span {
    let mut start = from;
    for line in text[from..].split_inclusive('\n') {
        let words = line.trim();
        if !words.is_empty() && !words.starts_with('#') {
            let line = Span { file, start, end: start + line.len() };
            return outermost(document.root(), line).unwrap_or(line);
        }
        start += line.len();
    }
    Span { file, start, end: start }
}

/// Returns the largest key with its value, or item, that starts inside of `line`.
fn outermost(node: &Node, line: Span) -> Option<Span> {
    let starts_here = |span: Span| span.file == line.file && (line.start..line.end).contains(&span.start);
    let parts: Vec<(Span, &Node)> = match &node.content {
        Content::Scalar(_) => Vec::new(),
        Content::Sequence(items) => items.iter().map(|item| (item.span, &**item)).collect(),
        Content::Mapping(entries) => entries.iter().map(|entry| (entry.key_span, &*entry.value)).collect(),
    };
    let here = parts.iter().filter(|(start, _)| starts_here(*start)).map(|(start, value)| {
        let is_after = value.span.file == start.file && value.span.end > start.end;
        Span { end: if is_after { value.span.end } else { start.end }, ..*start }
    });
    // Several may start on one line: together they are what the line begins.
    here.reduce(|one, other| Span { end: one.end.max(other.end), ..one })
        .or_else(|| parts.iter().find_map(|(_, value)| outermost(value, line)))
}

/// Collects the extents of all texts of a file, in which a `#` starts no comment.
fn scalars(node: &Node, file: usize, texts: &mut Vec<Span>) {
    match &node.content {
        Content::Scalar(_) if node.span.file == file => texts.push(node.span),
        Content::Scalar(_) => {}
        Content::Sequence(items) => items.iter().for_each(|item| scalars(item, file, texts)),
        Content::Mapping(entries) => entries.iter().for_each(|entry| scalars(&entry.value, file, texts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse::{Input, read};

    /// A spec with one warning: an unknown Region.
    fn codes_of(region_line: &str, above: &str) -> Vec<String> {
        let text = format!("version: 1\nstack: s\n{above}region: us-east-9 {region_line}\n");
        found(&text, &Consent::default())
    }

    fn found(text: &str, consent: &Consent) -> Vec<String> {
        let files = vec![File { name: "f".to_owned(), text: text.to_owned() }];
        let parsed = read(&Input { files, consent: consent.clone(), ..Input::default() });
        parsed.diagnostics.iter().map(|one| format!("{:?} {}", one.severity, one.code)).collect()
    }

    #[test]
    fn a_comment_allows_a_warning_on_its_line_or_below() {
        assert_eq!(codes_of("", ""), ["Warning unknown-region"]);
        assert_eq!(codes_of("# trailctl: allow(unknown-region) it is new", ""), [""; 0]);
        assert_eq!(codes_of("", "# trailctl: allow(unknown-region) it is new\n\n# more\n"), [""; 0]);
        let inside = "# trailctl: allow(unknown-region) all are new\nbuckets:\n  a-b-c: {region: us-east-8}\n  d-e-f: {region: us-east-9}\n";
        assert_eq!(found(&format!("version: 1\nstack: s\n{inside}"), &Consent::default()), [""; 0]);
    }

    #[test]
    fn comments_that_do_nothing_or_say_nothing_are_found() {
        for (comment, want) in [
            ("# trailctl: allow(unknown-region)", "Warning allow-without-reason"),
            ("# trailctl: allow(unused-variable) why", "Warning unused-allow"),
            ("# trailctl: allow(unknown-regoin) why", "Warning unknown-code"),
            ("# trailctl: allow(wrong-type) why", "Warning allow-of-error"),
            ("# trailctl: ignore this", "Warning invalid-allow"),
        ] {
            let text = format!("version: 1\nstack: s\nregion: us-east-1 {comment}\n");
            let mut all = found(&text, &Consent::default());
            all.retain(|one| one != "Warning unused-allow" || want == one);
            assert_eq!(all, [want], "{comment}");
        }
        let in_text = "version: 1\nstack: s\nregion: us-east-1\nvars: {a: 'x # trailctl: nothing'}\n";
        assert_eq!(found(in_text, &Consent::default()), ["Warning unused-variable"]);
    }

    #[test]
    fn the_command_line_allows_and_denies() {
        let text = "version: 1\nstack: s\nregion: us-east-9\n";
        let set = |code: &str| BTreeSet::from([code.to_owned()]);
        let allowed = Consent { allowed: set("unknown-region"), ..Consent::default() };
        assert_eq!(found(text, &allowed), [""; 0]);
        let denied = Consent { denied: set("unknown-region"), ..Consent::default() };
        assert_eq!(found(text, &denied), ["Error unknown-region"]);
    }
}
