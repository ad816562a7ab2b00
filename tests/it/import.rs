//! What the files of other tools are read as: `tests/import` has such files, and beside each what is found in it.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use trailctl::{
    import::{Import, Problem, cloudformation, terraform},
    kinds::kind,
};

fn shown(import: &Import) -> Value {
    let found = import.found.iter().map(|one| {
        json!({
            "id": one.id.to_string(), "owner": one.owner, "outputs": one.outputs, "notes": one.notes, "attrs": one.attrs,
        })
    });
    json!({"account": import.account, "notes": import.notes, "found": found.collect::<Vec<_>>()})
}

/// Reads all files of a folder, and compares what is found, or writes it anew when told to.
fn reads(folder: &str, read: fn(&str) -> Result<Import, Problem>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(folder);
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        all.filter(|path| !path.to_str().unwrap().ends_with(".found.json")).collect();
    files.sort();
    assert!(files.len() >= 2);
    for file in files {
        let import = read(&fs::read_to_string(&file).unwrap()).unwrap();
        for one in &import.found {
            // Each is a tree of its kind, in its one spelling.
            assert_eq!(kind(&one.id.kind).unwrap().parse(&one.attrs).unwrap(), one.attrs, "{}", one.id);
        }
        let text = format!("{:#}\n", shown(&import));
        assert!(!text.contains("s3cr3t"), "{}", file.display());
        let expected = file.with_extension("found.json");
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            fs::write(&expected, &text).unwrap();
        }
        let want: Value = serde_json::from_str(&fs::read_to_string(&expected).unwrap()).unwrap();
        assert_eq!(shown(&import), want, "{}", file.display());
    }
}

#[test]
fn states_of_terraform_tell_the_trails_and_what_they_use() {
    reads("terraform", terraform);
}

#[test]
fn templates_of_cloudformation_tell_the_trails_and_what_they_use() {
    reads("cloudformation", cloudformation);
}
