//! A shell in a folder, as a runner of jobs starts one.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::{Command, Stdio},
};

use crate::support::{Local, Output, Workspace};

/// A job: a folder with a spec, an AWS that it reaches, and `trailctl` on its PATH.
pub(super) struct Job {
    pub(super) aws: Local,
    pub(super) workspace: Workspace,
}

impl Job {
    /// Makes a job whose spec is this one.
    pub(super) fn with(spec: &str) -> Self {
        let aws = Local::start();
        let mut workspace = Workspace::at(&aws.endpoint);
        workspace.spec(spec);
        for folder in ["bin", "temp"] {
            fs::create_dir(workspace.path().join(folder)).unwrap();
        }
        symlink(env!("CARGO_BIN_EXE_trailctl"), workspace.path().join("bin/trailctl")).unwrap();
        let path = workspace.path().join("bin");
        let path = format!("{}:{}", path.display(), std::env::var("PATH").unwrap());
        workspace.set("PATH", &path);
        Self { aws, workspace }
    }

    /// Puts a program on PATH.
    pub(super) fn program(&self, name: &str, script: &str) {
        let path = self.workspace.write(&format!("bin/{name}"), &format!("#!/bin/sh\nset -eu\n{script}\n"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Takes `trailctl` off PATH. (Where it is installed too, that one is found.)
    pub(super) fn without_trailctl(&self) {
        fs::remove_file(self.workspace.path().join("bin/trailctl")).unwrap();
    }

    /// Runs a script by a shell, such as `bash -e`.
    pub(super) fn run(&self, shell: &str, script: &str, env: &[(&str, &str)]) -> Output {
        let path = self.workspace.write("temp/script", script);
        let mut words = shell.split(' ');
        // The environment and the folder are those of the workspace; the program is another one.
        let like = self.workspace.command("");
        let mut command = Command::new(words.next().unwrap());
        command.args(words).arg(path).env_clear().current_dir(self.workspace.path()).stdin(Stdio::null());
        command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("TMPDIR", self.workspace.path().join("temp"));
        let output = command.envs(env.iter().copied()).output().unwrap();
        Output {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Reads a file of the job; nothing if there is none.
    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.workspace.path().join(name)).unwrap_or_default()
    }

    /// Does what somebody does who is not in the repository: stops the trail.
    pub(super) async fn stop_logging(&self) {
        self.aws.endpoint.cloudtrail("us-east-1").stop_logging().name("audit").send().await.unwrap();
    }
}

/// Returns what a shell says against a script that it only reads.
pub(super) fn complaint(shell: &str, script: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script");
    fs::write(&path, script).unwrap();
    complaint_about(shell, &path)
}

/// Returns what a shell says against the script in a file.
pub(super) fn complaint_about(shell: &str, path: &Path) -> Option<String> {
    let output = Command::new(shell).arg("-n").arg(path).output().unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}
