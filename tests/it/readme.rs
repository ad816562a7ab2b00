//! Every block of commands that users are shown is run, in the README and in `docs`.

use std::{fs, path::Path, process::Command};

use crate::support::{Local, Workspace};

/// Blocks that are run elsewhere, or cannot be run in a test: how each begins, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "./examples/quickstart.sh",
        "builds the program first: a step of CI; its commands are the transcript `quickstart`",
    ),
    ("cargo install", "builds the program: what runs here was built"),
    ("cargo test", "runs this test"),
    ("terraform state pull", "needs Terraform: the files are read in `import`"),
];

/// Returns the blocks of shell commands of a page, without comments.
pub(crate) fn blocks(page: &str) -> Vec<String> {
    let fenced = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let command = |line: &str| line.split(" #").next().unwrap_or_default().trim_end().to_owned();
    fenced.map(|block| block.lines().map(command).collect::<Vec<_>>().join("\n")).collect()
}

#[test]
fn every_block_of_commands_does_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages =
        docs.chain([root.join("README.md")]).filter(|path| path.extension().is_some_and(|e| e == "md"));
    let mut used = Vec::new();
    let mut ran = 0;
    for page in pages {
        for block in blocks(&fs::read_to_string(&page).unwrap()) {
            let elsewhere = ELSEWHERE.iter().find(|(begin, _)| block.starts_with(begin));
            if let Some((begin, _)) = elsewhere {
                used.push(*begin);
                continue;
            }
            run(&block, &page);
            ran += 1;
        }
    }
    used.sort_unstable();
    used.dedup();
    assert_eq!(used.len(), ELSEWHERE.len(), "{used:?}");
    assert!(ran >= 3, "{ran}");
}

/// Runs a block in an account that has trails, beside a spec. Nobody is there to be asked.
fn run(block: &str, page: &Path) {
    let aws = Local::start();
    let workspace = Workspace::at(&aws.endpoint);
    let makes_spec = block.contains("--out trailctl.yaml") || block.contains("> trailctl.yaml");
    workspace.spec(include_str!("../../examples/quickstart.yaml"));
    let _ = workspace.expect("apply --yes", 0);
    if makes_spec {
        fs::remove_file(workspace.path().join("trailctl.yaml")).unwrap();
    }
    let script = block.replace("trailctl apply\n", "trailctl apply --yes\n");
    let script = if script.ends_with("trailctl apply") { format!("{script} --yes") } else { script };
    let output = Command::new("bash")
        .args(["-euc", &script])
        .env_clear()
        .envs(workspace.environment())
        .env(
            "PATH",
            format!(
                "{}:/usr/bin:/bin",
                Path::new(env!("CARGO_BIN_EXE_trailctl")).parent().unwrap().display()
            ),
        )
        .current_dir(workspace.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}:\n{block}\n{said}", page.display());
}
