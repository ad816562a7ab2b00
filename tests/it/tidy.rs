//! The house rules that a compiler does not check.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use trailctl::{commands::DOCUMENTS, diagnostic::codes, permissions, spec::schema::spec_schema};

use crate::support::Workspace;

/// The rooms that do nothing but turn data into data.
const PURE: &[&str] = &[
    "coverage",
    "diff",
    "estate",
    "export",
    "format",
    "graph",
    "import",
    "diagnostic",
    "events",
    "path.rs",
    "align.rs",
    "kinds/bucket/calls.rs",
    "kinds/bucket/leaving.rs",
    "kinds/bucket/name.rs",
    "kinds/bucket/policy.rs",
    "kinds/kms_key/calls.rs",
    "kinds/kms_key/leaving.rs",
    "kinds/kms_key/name.rs",
    "kinds/kms_key/policy.rs",
    "kinds/kms_key/settings.rs",
    "kinds/log_group/calls.rs",
    "kinds/log_group/name.rs",
    "kinds/role/calls.rs",
    "kinds/role/leaving.rs",
    "kinds/role/name.rs",
    "kinds/role/policy.rs",
    "kinds/topic/calls.rs",
    "kinds/topic/leaving.rs",
    "kinds/topic/name.rs",
    "kinds/topic/policy.rs",
    "kinds/trail/calls.rs",
    "kinds/trail/name.rs",
    "kinds/trail/recorded.rs",
    "kinds/trail/selectors.rs",
    "lock/body.rs",
    "lock/refusal.rs",
    "lock/seen.rs",
    "permissions",
    "plan",
    "policy",
    "preflight",
    "records/mod.rs",
    "records/text.rs",
    "report",
    "resolve",
    "resource",
    "rules",
    "spec",
];
/// What such a room must not use.
const IMPURE: &[&str] = &[
    "tokio",
    "aws_sdk_",
    "aws_config",
    "aws_smithy",
    "std::env",
    "std::fs",
    "std::process",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "async fn",
];
/// Modules of the standard library that such a room must not import, also not in a group.
const IMPURE_IN_STD: &[&str] =
    &["TcpListener", "TcpStream", "UdpSocket", "env", "fs", "io", "process", "thread", "time"];
const MOST_LINES: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(under: &Path) -> Vec<PathBuf> {
    if under.is_file() {
        return vec![under.to_owned()];
    }
    let mut all: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(under).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push(path);
        }
    }
    all
}

#[test]
fn pure_rooms_use_no_world() {
    let mut found = Vec::new();
    for room in PURE {
        for path in sources(&root().join("src").join(room)) {
            let text = fs::read_to_string(&path).unwrap();
            for import in text.split("\nuse ").skip(1).filter_map(|rest| rest.split(';').next()) {
                let names = import.split(|c: char| !c.is_alphanumeric() && c != '_');
                let is_of_std = import.starts_with("std::");
                for name in names.filter(|name| is_of_std && IMPURE_IN_STD.contains(name)) {
                    found.push(format!("{}: std {name}", path.display()));
                }
            }
            for (number, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                for word in IMPURE.iter().filter(|word| code.contains(**word)) {
                    found.push(format!("{}:{}: {word}", path.display(), number + 1));
                }
            }
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn files_stay_small() {
    let mut long = Vec::new();
    for folder in ["src", "tests"] {
        for path in sources(&root().join(folder)) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            if lines > MOST_LINES {
                long.push(format!("{} has {lines} lines", path.display()));
            }
        }
    }
    assert_eq!(long, [""; 0]);
}

#[test]
fn the_map_names_every_room() {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let missing: Vec<&str> = map
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .filter(|room| !map.contains(&format!("[`{room}`]")))
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<PathBuf> = sources(&root().join("src"))
        .into_iter()
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//!"))
        .collect();
    assert_eq!(silent, Vec::<PathBuf>::new());
}

#[test]
fn schemas_are_the_ones_of_the_code() {
    for (name, schema) in DOCUMENTS {
        is_fresh(&format!("schemas/{name}.schema.json"), &format!("{:#}\n", schema()));
    }
    assert_eq!(fs::read_dir(root().join("schemas")).unwrap().count(), DOCUMENTS.len());
}

#[test]
fn the_page_of_diagnostics_is_the_one_of_the_code() {
    is_fresh("docs/diagnostics.md", &codes::page());
}

#[test]
fn the_page_of_permissions_is_the_one_of_the_code() {
    is_fresh("docs/permissions.md", &permissions::page());
}

/// Compares a generated file with what the code makes of it, or writes it anew when it is told to.
#[track_caller]
pub(crate) fn is_fresh(name: &str, want: &str) {
    let path = root().join(name);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, want).unwrap();
    }
    let have = fs::read_to_string(&path).unwrap_or_default();
    assert!(have == want, "{name} is out of date: run the tests once with UPDATE_GENERATED=1");
}

#[test]
fn examples_are_valid_for_the_schema_and_for_validate() {
    let validator = jsonschema::validator_for(&spec_schema()).unwrap();
    let mut count = 0;
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let value: Value = serde_yaml::from_str(&text).unwrap();
        assert!(validator.is_valid(&value), "{}: {:?}", path.display(), validator.validate(&value).err());
        let output = Workspace::new().expect(&format!("validate -f {}", path.display()), 0);
        assert_eq!(output.stdout, "The spec is valid.\n");
        let _ = Workspace::new().expect(&format!("fmt --check -f {}", path.display()), 0);
        count += 1;
    }
    assert!(count > 0);
}
