//! What the files of other tools are read as: `tests/import` has such files, and beside each what is found in it.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use trailctl::{
    exit,
    import::{Import, Problem, cloudformation, terraform},
    kinds::kind,
};

use crate::support::Workspace;

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
    let mut files: Vec<PathBuf> = all
        .filter(|path| {
            let name = path.to_str().unwrap();
            !name.ends_with(".found.json") && !name.ends_with(".spec.yaml")
        })
        .collect();
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

#[test]
fn a_file_of_another_tool_becomes_a_spec_without_aws() {
    let files = [
        ("terraform/classic.json", "--from-terraform-state", exit::DONE),
        ("terraform/module.json", "--from-terraform-state", exit::DONE),
        ("terraform/show.json", "--from-terraform-state", exit::DONE),
        ("cloudformation/cdk.json", "--from-cloudformation", exit::ERROR),
        ("cloudformation/handwritten.yaml", "--from-cloudformation", exit::DONE),
    ];
    let workspace = Workspace::new();
    for (file, option, code) in files {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(file);
        let output = workspace.expect(&format!("export {option} {}", path.display()), code);
        let expected = path.with_extension("spec.yaml");
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            fs::write(&expected, &output.stdout).unwrap();
        }
        assert_eq!(output.stdout, fs::read_to_string(&expected).unwrap(), "{file}");
        workspace.write("trailctl.yaml", &output.stdout);
        let validated = workspace.run("validate");
        assert_eq!(validated.code == Some(0), code == exit::DONE, "{file}: {}", validated.stderr);
    }
    let workspace = Workspace::new();
    let output = workspace.expect("export --from-terraform-state missing.tfstate", exit::ERROR);
    assert!(output.stderr.contains("cannot read missing.tfstate: "), "{}", output.stderr);
    workspace.write("x.tfstate", "{}");
    let output = workspace.expect("export --from-terraform-state x.tfstate", exit::ERROR);
    assert!(output.stderr.contains("x.tfstate: ") && output.stderr.contains("help: "), "{}", output.stderr);
    let _ = workspace.expect("export --adopt --from-terraform-state x.tfstate", exit::USAGE);
}
