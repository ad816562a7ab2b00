//! A peer as a process of its own, on a loopback port.

use std::{
    io::{BufRead as _, BufReader, PipeReader, pipe},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};
use tempfile::TempDir;

use super::install::Environment;
use crate::{lifecycle::in_runtime, support::Endpoint};

/// How long a server may take until it says its port.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody else's AWS.
#[derive(Clone, Copy, Debug)]
pub(super) enum Peer {
    Ministack,
    Moto,
}

/// A server that runs; it ends when this is dropped.
pub(super) struct Server {
    peer: Peer,
    url: String,
    _process: Process,
}

/// A process that is ended when this is dropped, and the folder that it has for its files.
struct Process {
    child: Child,
    _folder: TempDir,
}

impl Server {
    /// Starts a peer on a free port, with nothing of the environment that the tests run in.
    pub(super) fn start(environment: &Environment, peer: Peer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (output, writer) = pipe().unwrap();
        let mut command = match peer {
            Peer::Moto => {
                let mut command = Command::new(environment.program("python"));
                command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/peers/moto_server.py"));
                command
            }
            Peer::Ministack => Command::new(environment.program("ministack")),
        };
        command
            .env_clear()
            .envs([("BIND_HOST", "127.0.0.1"), ("GATEWAY_PORT", "0"), ("IOT_MTLS_ENABLED", "0")])
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .env("PYTHONUNBUFFERED", "1")
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(writer.try_clone().unwrap())
            .stderr(writer);
        let process = Process { child: command.spawn().unwrap(), _folder: folder };
        // The command holds the writing end: without it, the output ends with the process.
        drop(command);
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || forward(output, &sender));
        let mut said = String::new();
        let url = loop {
            match lines.recv_timeout(PATIENCE) {
                Ok(line) => match url_in(&line) {
                    Some(url) => break url,
                    None => said = said + "\n" + &line,
                },
                Err(RecvTimeoutError::Timeout) => panic!("{peer:?} does not say its port:{said}"),
                Err(RecvTimeoutError::Disconnected) => panic!("{peer:?} ended:{said}"),
            }
        };
        Self { peer, url, _process: process }
    }

    /// Returns where it answers, for somebody in an account of their own, one for each number.
    pub(super) fn endpoint(&self, number: usize) -> Endpoint {
        let endpoint = Endpoint::in_account(&self.url, number);
        match self.peer {
            Peer::Ministack => endpoint,
            Peer::Moto => assume_role(endpoint),
        }
    }
}

/// Returns the endpoint with an access key of a role in its account: moto knows the account from nothing else.
fn assume_role(endpoint: Endpoint) -> Endpoint {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&endpoint.url)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "secret", None, None, "test"));
    let role = format!("arn:aws:iam::{}:role/test", endpoint.account);
    let sts = aws_sdk_sts::Client::from_conf(config.build());
    let assumed = in_runtime(sts.assume_role().role_arn(role).role_session_name("test").send());
    Endpoint { access_key_id: assumed.unwrap().credentials.unwrap().access_key_id, ..endpoint }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads to the end, also when nobody listens any more: a server must never wait for its output to be read.
fn forward(output: PipeReader, lines: &Sender<String>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        let _ = lines.send(line);
    }
}

/// Returns the URL of a line such as `Running on http://127.0.0.1:40001 (CTRL + C to quit)`.
fn url_in(line: &str) -> Option<String> {
    let (_, after) = line.split_once("Running on ")?;
    after.split_whitespace().next().map(str::to_owned)
}

#[test]
fn finds_the_url_in_what_a_server_says() {
    let url = Some("http://127.0.0.1:40001".to_owned());
    assert_eq!(url_in(" * Running on http://127.0.0.1:40001"), url);
    assert_eq!(url_in("[INFO] Running on http://127.0.0.1:40001 (CTRL + C to quit)"), url);
    assert_eq!(url_in("Ready: 91 services available on port 0."), None);
}
