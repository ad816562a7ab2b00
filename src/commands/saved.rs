//! Saved plans: the file, and why it is not applied.

use std::{fs::File, io::Read as _, path::Path};

use aws_lc_rs::digest::{SHA256, digest};

use super::Failure;
use crate::{
    cli::{DEFAULT_FILE, Global},
    plan::{Plan, file::MAX_BYTES, seal::Stale},
    report::visible,
};

/// Reads a plan. Its file must have this SHA-256, if one is given. Behind `--sandbox`, who wrote a directory may have left out the `=`.
pub(super) fn read(path: &Path, sha256: Option<&str>, is_sandbox: bool) -> Result<Plan, Failure> {
    let name = path.display();
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|error| {
        Failure::error(format!("cannot read the plan {name}: {error}"))
            .help(match is_sandbox {
                true => format!("save one with `trailctl plan -o FILE`; the sandbox's directory is named by `--sandbox={name}`"),
                false => "save one with `trailctl plan -o FILE`".to_owned(),
            })
    })?;
    if let Some(wanted) = sha256 {
        let found = hex::encode(digest(&SHA256, &bytes));
        if !found.eq_ignore_ascii_case(wanted.trim()) {
            let message = format!(
                "the plan {name} has the SHA-256 {found}, which is not the required one; nothing was changed"
            );
            return Err(Failure::refused(message, "apply the file that was looked at"));
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    Plan::read(&text).map_err(|error| {
        Failure::error(format!(
            "{} is no saved plan: {error}\n  nothing was changed",
            visible(&name.to_string())
        ))
        .help("save one with this version's `trailctl plan -o FILE`")
    })
}

/// Returns the command that applies a saved plan, with the options that must be the same again.
pub(super) fn command(path: &Path, global: &Global) -> String {
    let Global { file, var, var_file, profile, region, endpoint_url, sandbox, .. } = global;
    let mut words = vec!["trailctl".to_owned(), "apply".to_owned(), path.display().to_string()];
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    for path in file.iter().filter(|_| file.as_slice() != [Path::new(DEFAULT_FILE)]) {
        option("--file", path.display().to_string());
    }
    for (name, value) in var {
        option("--var", format!("{name}={value}"));
    }
    for path in var_file {
        option("--var-file", path.display().to_string());
    }
    for (name, value) in [("--profile", profile), ("--region", region), ("--endpoint-url", endpoint_url)] {
        if let Some(value) = value {
            option(name, value.clone());
        }
    }
    if let Some(dir) = sandbox {
        words.push(format!("--sandbox={}", dir.display()));
    }
    visible(&shell_words::join(words))
}

/// Refuses a plan that is not the plan of now. `may_differ` says whether the account might have changed, had it changed nothing.
pub(super) fn refused(stale: &[Stale], may_differ: bool) -> Failure {
    let reasons: Vec<String> = stale.iter().map(|one| format!("\n  {}", visible(&one.to_string()))).collect();
    let message = format!("the saved plan is not applied; nothing was changed:{}", reasons.concat());
    let help = match stale.iter().all(Stale::is_of_account) && !may_differ {
        true => "plan again, and look at the new plan; `--replan-if-identical` goes on if it does the same",
        false => "plan again, and look at the new plan",
    };
    Failure::refused(message, help)
}
