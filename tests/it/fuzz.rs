//! Any text: the kept corpus of the fuzz targets, the examples, the broken specs, and seeded mutations of all of them.
//! Nothing panics, nothing hangs, and limits keep memory small.

use std::{fs, path::Path};

#[path = "../../fuzz/checks.rs"]
mod checks;

/// How many mutations are tried, together.
const SPECS: usize = 25_000;
const POLICIES: usize = 45_000;
const PLANS: usize = 30_000;
const RECORDS: usize = 25_000;
const IMPORTS: usize = 20_000;
/// How long a mutated text may be: longer ones take their time and show nothing more.
const MOST_BYTES: usize = 4_000;
/// What is put into texts: what means something to one of the readers.
const WORDS: &[&str] = &[
    "\n",
    "  ",
    "\t",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "#",
    "&a ",
    "*a",
    "<<: ",
    "|\n",
    ">\n",
    "---\n",
    "!tag ",
    "~",
    "null",
    "true",
    "1e400",
    "-0",
    "0x1F",
    "012345678901",
    "${",
    "${account}",
    "${var.x}",
    "}",
    "\\u0000",
    "\u{0}",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{feff}",
    "::error::",
    "`",
    "%0A",
    "*",
    "arn:aws:s3:::",
    "trails:\n",
    "events:\n",
    "where:",
    "existing: ",
    "# trailctl: allow(x) y",
    "Statement",
    "\"Effect\":\"Allow\",",
    "Principal",
    "AWS",
    "9007199254740993",
    "\"after\":[9]",
    "\"id\":0",
    "ü",
    "𐍈",
];

/// A small generator of numbers, the same for a seed (Marsaglia, "Xorshift RNGs").
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap()
    }
}

fn texts(folders: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                paths.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                paths.push(path);
            }
        }
    }
    paths.retain(|path| path.is_file());
    paths.sort();
    let texts: Vec<String> = paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    assert!(texts.len() >= 4, "{folders:?}");
    texts
}

/// Changes a text in one to four places: parts go, come twice, are exchanged for a word or for a part of another text.
fn mutated(text: &str, other: &str, numbers: &mut Numbers) -> String {
    let mut text = text.to_owned();
    for _ in 0..=numbers.below(4) {
        let (one, two) = (numbers.below(text.len() + 1), numbers.below(text.len() + 1));
        let start = text.floor_char_boundary(one.min(two));
        let end = text.floor_char_boundary(one.max(two).min(start + 40)).max(start);
        let part = text[start..end].to_owned();
        let from = other.floor_char_boundary(numbers.below(other.len() + 1));
        let to = other.floor_char_boundary((from + numbers.below(60)).min(other.len())).max(from);
        match numbers.below(5) {
            0 => text.replace_range(start..end, ""),
            1 => text.insert_str(end, &part),
            2 => text.insert_str(start, WORDS[numbers.below(WORDS.len())]),
            3 => text.replace_range(start..end, WORDS[numbers.below(WORDS.len())]),
            _ => text.replace_range(start..end, &other[from..to]),
        }
    }
    text.truncate(text.floor_char_boundary(MOST_BYTES));
    text
}

fn try_all(texts: &[String], count: usize, seed: u64, check: fn(&str)) {
    for text in texts {
        check(text);
    }
    let short: Vec<&String> = texts.iter().filter(|text| text.len() <= MOST_BYTES).collect();
    let mut numbers = Numbers(seed);
    for _ in 0..count {
        let (text, other) = (short[numbers.below(short.len())], short[numbers.below(short.len())]);
        let text = mutated(text, other, &mut numbers);
        let outcome = std::panic::catch_unwind(|| check(&text));
        assert!(outcome.is_ok(), "this text makes it panic:\n{text}\n");
    }
}

#[test]
fn any_spec_is_read_to_its_end() {
    try_all(&texts(&["fuzz/corpus/spec", "examples", "tests/specs"]), SPECS, 0x5eed_0001, checks::spec);
}

#[test]
fn any_policy_has_a_stable_form() {
    try_all(&texts(&["fuzz/corpus/policy"]), POLICIES, 0x5eed_0002, checks::policy);
}

#[test]
fn any_plan_is_read_or_refused() {
    try_all(&texts(&["fuzz/corpus/plan"]), PLANS, 0x5eed_0003, checks::plan);
}

#[test]
fn any_records_are_read_or_refused() {
    try_all(&texts(&["fuzz/corpus/records"]), RECORDS, 0x5eed_0004, checks::records);
}

#[test]
fn any_file_of_another_tool_is_read_or_refused() {
    try_all(&texts(&["fuzz/corpus/import", "tests/import"]), IMPORTS, 0x5eed_0005, checks::import);
}
