//! The order of the sections.

use super::{Formatted, canonical, laid};
use crate::{format::order::ORDER, spec::schema::spec_schema};

#[track_caller]
fn kept(text: &str, why: &str) {
    let Formatted { text: laid, notes } = canonical(text, 0).unwrap();
    assert_eq!(laid, text);
    assert!(notes.len() == 1 && notes[0].contains(why), "{notes:?}");
}

#[test]
fn every_section_has_its_place() {
    let schema = spec_schema();
    let sections = schema["properties"].as_object().unwrap().keys();
    assert_eq!(sections.filter(|key| !ORDER.contains(&key.as_str())).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn keys_move_with_their_comments() {
    let text = "# About the file.\n\nbuckets: # behind\n  logs: {}\n  # inside\n# of buckets\n\n# About the trails.\n\n# more\ntrails:\n  a: {bucket: logs}\nstack: s # name\n# about the version\nversion: 1\n\n# the end\n";
    let want = "# About the file.\n\n# about the version\nversion: 1\nstack: s # name\n\n# About the trails.\n\n# more\ntrails:\n  a: {bucket: logs}\n\nbuckets: # behind\n  logs: {}\n  # inside\n# of buckets\n\n# the end\n";
    assert_eq!(laid(text), want);
    assert_eq!(laid("---\nstack: s\nversion: 1\n...\n"), "---\nversion: 1\nstack: s\n...\n");
    let line = "# yaml-language-server: $schema=x\n# About the file.\n";
    assert_eq!(laid(&format!("{line}stack: s\nversion: 1\n")), format!("{line}version: 1\nstack: s\n"));
    let own = "# a\n\n# b\nstack: s\n# c\nversion: 1\n";
    assert_eq!(laid(own), "# a\n\n# c\nversion: 1\n\n# b\nstack: s\n");
}

#[test]
fn keys_stay_where_moving_them_could_be_wrong() {
    kept("# About what?\nstack: s\nversion: 1\n", "the comment above `stack` may be about all of the file");
    kept("{stack: s, version: 1}\n", "no lines of their own");
    kept("buckets: &x {}\nstack: s\nversion: 1\ntrails: *x\n", "an alias would stand before what it names");
    let unknown = "stack: s\nversion: 1\ncolour: red\n";
    assert_eq!(canonical(unknown, 0), Ok(Formatted { text: unknown.to_owned(), notes: Vec::new() }));
}
