//! The values of variables that are given beside the spec: in files, and on the command line.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    document::{Content, Document, Entry},
    parse::File,
    variables::{is_name, nested, wrong_name},
};
use crate::diagnostic::{Diagnostic, Place, Span, nearest};

/// What is wrong with the values of files, by the names of the variables: of those that the spec does not ask for, it does not matter.
pub(super) type Wrong = Vec<(String, Diagnostic)>;

/// Returns the values that count, each by its name: of several, the last file's, and the command line's before them all. `texts`
/// are all files of the spec.
pub(super) fn given(
    files: &[Document],
    texts: &[File],
    line: &BTreeMap<String, String>,
    found: &mut Vec<Diagnostic>,
) -> (BTreeMap<String, String>, Wrong) {
    let (mut given, mut wrong) = (BTreeMap::new(), Wrong::new());
    for file in files {
        for Entry { key: name, key_span, value } in entries(file, found) {
            if !is_name(name) {
                wrong.push((name.clone(), wrong_name(Place::Text(*key_span), name)));
            }
            match &value.content {
                Content::Scalar(Value::String(text)) if text.contains("${") => {
                    wrong.push((name.clone(), nested(Place::Text(value.span))));
                }
                Content::Scalar(Value::String(text)) => drop(given.insert(name.clone(), text.clone())),
                _ => {
                    let message = format!("the value of the variable `{name}` is not a text");
                    let written = texts
                        .get(value.span.file)
                        .and_then(|file| file.text.get(value.span.start..value.span.end));
                    let help = match (&value.content, written) {
                        (Content::Scalar(_), Some(written)) if !written.is_empty() => {
                            format!("put it in quotes: \"{written}\"")
                        }
                        _ => "write a text".to_owned(),
                    };
                    let diagnostic = Diagnostic::at_text("wrong-type", value.span, message).help(help);
                    wrong.push((name.clone(), diagnostic));
                }
            }
        }
    }
    given.extend(line.iter().map(|(name, value)| (name.clone(), value.clone())));
    (given, wrong)
}

/// Says which values of files are for no variable that the spec has.
pub(super) fn unknown(files: &[Document], known: &BTreeSet<String>, found: &mut Vec<Diagnostic>) {
    let all = files.iter().flat_map(|file| file.root().entries().unwrap_or_default());
    for Entry { key: name, key_span, .. } in all.filter(|entry| !known.contains(&entry.key)) {
        let help = match nearest(name, known.iter().map(String::as_str)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "remove it, if the file is for this spec alone".to_owned(),
        };
        let message = format!("the spec has no variable `{name}`");
        found.push(Diagnostic::at_text("undeclared-variable", *key_span, message).help(help));
    }
}

/// Returns the values of a file. An empty file has none.
fn entries<'a>(file: &'a Document, found: &mut Vec<Diagnostic>) -> &'a [Entry] {
    let root = file.root();
    if root.entries().is_none() && !root.is_null() {
        let start = Span { end: root.span.start, ..root.span };
        let message = "a file of variables is a mapping from names to texts";
        found.push(
            Diagnostic::at_text("wrong-type", start, message).help("write lines such as `team: security`"),
        );
    }
    root.entries().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::spec::parse::{File, Input, read};

    const SPEC: &str = "version: 1\nstack: s\nvars: {team: red, site: x}\nregion: ${var.home}\ntags: {t: \"${var.team}-${var.site}\"}\n";

    fn read_with(values: &[&str], line: &[(&str, &str)]) -> (Vec<String>, Option<String>) {
        let texts = [SPEC].into_iter().chain(values.iter().copied()).enumerate();
        let files = texts.map(|(place, text)| File { name: format!("f{place}"), text: text.to_owned() });
        let variables = line.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let input =
            Input { files: files.collect(), variables_files: values.len(), variables, ..Input::default() };
        let parsed = read(&input);
        let codes = parsed.diagnostics.iter().map(|one| one.code.to_owned()).collect();
        (codes, parsed.spec.map(|spec| format!("{:?} {:?}", spec.head.region.unwrap().0, spec.head.tags)))
    }

    #[test]
    fn the_last_file_wins_over_the_first_and_the_command_line_over_both() {
        let files = ["home: eu-west-1\nteam: blue\nsite: a\n", "team: green\nsite: b\n"];
        let (found, spec) = read_with(&files, &[("site", "c")]);
        assert_eq!(found, [""; 0]);
        let spec = spec.unwrap();
        assert!(spec.contains("eu-west-1") && spec.contains("green-c"), "{spec}");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_found() {
        let cases: [(&str, &[&str]); 7] = [
            ("home: eu-west-1\n", &[]),
            ("home: eu-west-1\nteem: blue\n", &["undeclared-variable"]),
            ("home: eu-west-1\nteam: 7\n", &["wrong-type"]),
            ("home: eu-west-1\nteam: ${account}\n", &["nested-variable"]),
            ("home: eu-west-1\n\"te am\": x\nport: 7\n", &["undeclared-variable", "undeclared-variable"]),
            ("- home\n", &["unset-variable", "wrong-type"]),
            ("", &["unset-variable"]),
        ];
        for (text, want) in cases {
            let (mut found, spec) = read_with(&[text], &[]);
            found.sort();
            assert_eq!(found, want, "{text}");
            assert_eq!(spec.is_some(), want.iter().all(|code| *code == "undeclared-variable"), "{text}");
        }
        assert_eq!(read_with(&["home: [\n"], &[]), (vec!["yaml-syntax".to_owned()], None));
    }
}
