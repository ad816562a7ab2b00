//! An account on loopback, and the binary run against it.

use std::{
    fs,
    net::Ipv4Addr,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use tokio::net::TcpListener;
use trailctl::sandbox::serve::serve;

/// Serves an AWS on a thread of its own, and returns where.
pub(crate) fn serve_on_loopback(
    handler: impl Fn(Request<Bytes>) -> Response<Bytes> + Clone + Send + Sync + 'static,
) -> String {
    let (address, bound) = std::sync::mpsc::channel();
    thread::spawn(move || {
        // Calls that wait take a thread each.
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(4).max_blocking_threads(2000).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
            address.send(listener.local_addr().expect("an address")).expect("somebody waits");
            serve(listener, handler, std::future::pending()).await
        })
    });
    format!("http://{}", bound.recv().expect("the server starts"))
}

/// Runs the binary, which must succeed, and returns the CPU time that it took.
pub(crate) fn run(folder: &Path, url: &str, arguments: &str) -> Duration {
    run_to(folder, url, arguments, 0)
}

/// Runs the binary, which must exit with a code, and returns the CPU time that it took.
pub(crate) fn run_to(folder: &Path, url: &str, arguments: &str, code: i32) -> Duration {
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailctl"))
        .args(arguments.split(' '))
        .env_clear()
        .env("AWS_ENDPOINT_URL", url)
        .env("AWS_ACCESS_KEY_ID", "111122223333")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut output = String::new();
    let stdout = child.stdout.take().expect("it is piped");
    std::io::Read::read_to_string(&mut { stdout }, &mut output).expect("it prints text");
    // The output is closed at the very end; what the process took is kept until it is waited for.
    let cpu = loop {
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks =
            |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
        if fields.first().is_none_or(|state| *state == "Z") {
            // Linux counts in hundredths of a second.
            break Duration::from_millis(10 * (ticks(11) + ticks(12)));
        }
        thread::yield_now();
    };
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(code), "{arguments}: {output:.2000}");
    cpu
}
