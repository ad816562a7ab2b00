//! The binary, in a folder and an environment of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::Endpoint;

/// A certificate that nobody has the key of. Without any the SDK does not start; to read those of the system takes most
/// of the time of a run.
const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/ca.pem");

/// A folder with a spec, and what the binary needs to be run there.
pub(crate) struct Workspace {
    folder: TempDir,
    env: Vec<(String, String)>,
    /// What each command gets beside its own arguments.
    always: &'static [&'static str],
}

/// What a run of the binary left.
#[must_use = "a test looks at what came out"]
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; none when it was killed.
    pub(crate) code: Option<i32>,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it said beside.
    pub(crate) stderr: String,
}

impl Workspace {
    /// Makes an empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), env: Vec::new(), always: &[] }
    }

    /// Makes a folder from which the binary reaches an endpoint.
    pub(crate) fn at(endpoint: &Endpoint) -> Self {
        let mut workspace = Self::new();
        workspace.set("AWS_ENDPOINT_URL", &endpoint.url);
        workspace.set("AWS_ACCESS_KEY_ID", &endpoint.access_key_id);
        workspace.set("AWS_SECRET_ACCESS_KEY", "secret");
        workspace.set("AWS_REGION", "us-east-1");
        workspace
    }

    /// Gives further arguments to each command.
    pub(crate) fn always(self, always: &'static [&'static str]) -> Self {
        Self { always, ..self }
    }

    /// Sets a variable of the environment.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.env.retain(|(other, _)| other != name);
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// Returns the folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and returns where it is.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Writes the spec.
    pub(crate) fn spec(&self, text: &str) {
        self.write("trailctl.yaml", text);
    }

    /// Returns the whole environment of its commands.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let usual = [
            ("HOME", self.folder.path().to_str().unwrap()),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("SSL_CERT_FILE", CERTIFICATE),
        ];
        let usual = usual.map(|(name, value)| (name.to_owned(), value.to_owned()));
        usual.into_iter().chain(self.env.iter().cloned()).collect()
    }

    /// Returns the command, with nothing of the environment that the tests run in.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailctl"));
        command
            .args(arguments.split_whitespace())
            .args(self.always)
            .env_clear()
            .envs(self.environment())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &str) -> Output {
        Self::end(&mut self.command(arguments))
    }

    /// Runs the binary to its end, with the text of a file on stdin.
    pub(crate) fn run_on(&self, file: &Path, arguments: &str) -> Output {
        Self::end(self.command(arguments).stdin(fs::File::open(file).unwrap()))
    }

    fn end(command: &mut Command) -> Output {
        let output = command.output().unwrap();
        Output {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the binary and expects an exit code.
    #[track_caller]
    pub(crate) fn expect(&self, arguments: &str, code: u8) -> Output {
        let output = self.run(arguments);
        assert_eq!(output.code, Some(i32::from(code)), "{arguments}\n{}\n{}", output.stdout, output.stderr);
        output
    }

    /// Plans, and expects that there is nothing to do.
    #[track_caller]
    pub(crate) fn expect_no_changes(&self) {
        let output = self.expect("plan --detailed-exitcode", 0);
        assert_eq!(output.stdout, "No changes. The account matches the spec.\n");
    }

    /// Plans, and returns which attributes of which resources would change, as `trail.t logging`.
    #[track_caller]
    pub(crate) fn changes(&self) -> Vec<String> {
        self.run("plan --format json").changes()
    }
}

impl Output {
    /// Returns which attributes of which resources a plan changes, as `trail.t logging`. What a policy only keeps until
    /// trails have moved is left out.
    #[track_caller]
    pub(crate) fn changes(&self) -> Vec<String> {
        let plan = self.plan();
        let mut changes = Vec::new();
        for step in plan["steps"].as_array().unwrap() {
            let address = step["address"].as_str().unwrap();
            match step["action"].as_str().unwrap() {
                "update" => changes.extend(
                    step["changes"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|change| change["path"].as_str().unwrap())
                        .filter(|path| !path.ends_with("Leaving"))
                        .map(|path| format!("{address} {path}")),
                ),
                action => changes.push(format!("{action} {address}")),
            }
        }
        changes
    }

    /// Returns what a plan refuses and why, as `protected trail.t`.
    #[track_caller]
    pub(crate) fn refusals(&self) -> Vec<String> {
        let text = |refusal: &serde_json::Value| {
            format!("{} {}", refusal["code"].as_str().unwrap(), refusal["address"].as_str().unwrap())
        };
        self.plan()["refused"].as_array().unwrap().iter().map(text).collect()
    }

    #[track_caller]
    fn plan(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:?}"))
    }
}
