//! Broken specs: `tests/specs` holds files, and folders of files that are one spec. A line on which something must be found
//! ends in `# ! CODE`, or in several codes; where a mark would change the line, `# !next CODE` stands above it. What is found
//! and what is marked is compared both ways.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use trailctl::{
    diagnostic::codes,
    report::diagnostics::{Sources, findings},
    spec::parse::{File, Input, read},
};

/// The codes that no file here can show, each with the test that does.
const ELSEWHERE: &[(&str, &str)] = &[
    ("yaml-limit", "spec::document::tests::refuses_what_a_spec_must_not_hold"),
    ("expectation-undecided", "rules::expect::tests::what_is_not_proved_does_not_hold"),
];
const MARK: &str = "# ! ";
const MARK_OF_NEXT: &str = "# !next ";
/// How many different rules are hit at least.
const LEAST_RULES: usize = 300;

/// How the names of files with values of variables end: they are the last ones of their spec.
const VALUES: &str = ".vars.yaml";

/// A place and what is found there: file, line, code.
type Hit = (String, usize, String);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Returns the specs, each with its files.
fn specs() -> Vec<Vec<File>> {
    let file = |path: &Path| File {
        name: path.strip_prefix(folder()).unwrap().display().to_string(),
        text: fs::read_to_string(path).unwrap(),
    };
    let all = entries(&folder()).into_iter();
    all.map(|path| {
        if path.is_dir() { entries(&path).iter().map(|path| file(path)).collect() } else { vec![file(&path)] }
    })
    .collect()
}

fn marked(files: &[File]) -> BTreeSet<Hit> {
    let mut hits = BTreeSet::new();
    for file in files {
        for (place, line) in file.text.lines().enumerate() {
            let (number, codes) = match (line.split_once(MARK_OF_NEXT), line.split_once(MARK)) {
                (Some((_, codes)), _) => (place + 2, codes),
                (None, Some((_, codes))) => (place + 1, codes),
                (None, None) => continue,
            };
            for code in codes.split([',', ' ']).filter(|code| !code.is_empty()) {
                hits.insert((file.name.clone(), number, code.to_owned()));
            }
        }
    }
    hits
}

fn found(files: &[File]) -> BTreeSet<Hit> {
    let variables_files = files.iter().filter(|file| file.name.ends_with(VALUES)).count();
    let input = Input { files: files.to_vec(), variables_files, ..Input::default() };
    let parsed = read(&input);
    let sources = Sources::new(files, parsed.document.as_ref());
    let all = findings(&parsed.diagnostics, &sources).diagnostics;
    assert!(
        all.iter().all(|one| one.help.is_some() || one.code == "yaml-syntax" || one.code == "wrong-type"),
        "{all:?}"
    );
    all.into_iter().map(|one| (one.file, one.line, one.code.to_owned())).collect()
}

#[test]
fn what_is_marked_is_found_and_nothing_else() {
    let mut wrong = Vec::new();
    for files in specs() {
        let (marked, found) = (marked(&files), found(&files));
        wrong.extend(marked.difference(&found).map(|hit| format!("missed: {hit:?}")));
        wrong.extend(found.difference(&marked).map(|hit| format!("unexpected: {hit:?}")));
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_code_is_shown_by_a_spec() {
    let shown: BTreeSet<String> =
        specs().iter().flat_map(|files| marked(files)).map(|(_, _, code)| code).collect();
    let known: BTreeSet<String> = codes::all().map(|code| code.id.to_owned()).collect();
    let elsewhere: BTreeSet<String> = ELSEWHERE.iter().map(|(code, _)| (*code).to_owned()).collect();
    let unshown: Vec<&String> =
        known.iter().filter(|code| !shown.contains(*code) && !elsewhere.contains(*code)).collect();
    assert_eq!(unshown, [""; 0]);
    assert!(shown.is_subset(&known) && elsewhere.is_subset(&known), "{:?}", shown.difference(&known));
    assert!(shown.len() >= LEAST_RULES, "{}", shown.len());
}
