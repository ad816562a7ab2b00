//! Puts the peers into a Python environment of their own, once for all tests.

use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use aws_lc_rs::digest::{SHA256, digest};

const REQUIREMENTS: &str = include_str!("requirements.txt");
/// The folder under `target` that cargo gives to integration tests.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
/// The file that says that an environment is complete. It is written last.
const MARKER: &str = "complete";

/// A Python environment with the peers in it.
pub(super) struct Environment {
    path: PathBuf,
}

impl Environment {
    /// Returns a program of the environment.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.path.join(if cfg!(windows) { "Scripts" } else { "bin" }).join(name)
    }
}

/// Returns the environment, which is made if it is not there or not complete. Errors with the reason, in words.
///
/// Each test runs in a process of its own: the first one installs, the others wait at the lock.
pub(super) fn installed() -> Result<Environment, String> {
    let python = run(Command::new("python3").arg("--version"), "python3 --version")?;
    let key = digest(&SHA256, &[REQUIREMENTS.as_bytes(), &python.stdout].concat());
    let path = Path::new(FOLDER).join(format!("peers-{}", &hex::encode(key)[..16]));
    let lock = File::create(path.with_extension("lock")).map_err(|error| failed(&path, &error))?;
    lock.lock().map_err(|error| failed(&path, &error))?;
    if !path.join(MARKER).exists() {
        make(&path)?;
    }
    Ok(Environment { path })
}

fn make(path: &Path) -> Result<(), String> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(path, &error)),
        _ => {}
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(path), "python3 -m venv")?;
    let requirements = path.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS).map_err(|error| failed(path, &error))?;
    let environment = Environment { path: path.to_owned() };
    let mut pip = Command::new(environment.program("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]);
    pip.args(["--timeout", "30", "--retries", "1", "--requirement"]).arg(requirements);
    // It needs the host's proxy and mirror, and nothing of AWS.
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        pip.env_remove(name);
    }
    run(&mut pip, "pip install")?;
    fs::write(path.join(MARKER), "").map_err(|error| failed(path, &error))
}

/// Runs a command to its end. Errors when it cannot be started or fails, with what it said last.
fn run(command: &mut Command, name: &str) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    Err(format!("{name} failed: {}", last.unwrap_or("it said nothing")))
}

fn failed(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}
