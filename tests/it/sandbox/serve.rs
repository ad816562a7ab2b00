//! The sandbox on a socket.

use std::net::SocketAddr;

use aws_sdk_cloudtrail::config::http::HttpResponse;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use trailctl::sandbox::serve::{BODY_LIMIT, serve};

use super::*;

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

async fn start(sandbox: Sandbox) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let handler = move |request| sandbox.handle(request);
    let task = tokio::spawn(serve(listener, handler, async { drop(stopped.await) }));
    Server { address, stop, task }
}

impl Server {
    async fn end(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

/// Sends bytes and returns all that comes back until `enough` is in it.
async fn exchange(stream: &mut TcpStream, sent: &str, enough: &str) -> String {
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut seen = String::new();
    while !seen.contains(enough) {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.unwrap();
        assert_ne!(count, 0, "the connection ended after {seen}");
        seen.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    seen
}

fn head(length: usize, extra: &str) -> String {
    let authorization = authorization(ACCOUNT, REGION, "sts");
    format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nauthorization: {authorization}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n{extra}\r\n"
    )
}

const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

#[tokio::test]
async fn serves_sdk_clients_over_http() {
    let server = start(empty()).await;
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(OTHER_REGION))
        .credentials_provider(Credentials::new(ACCOUNT, "secret", None, None, "test"))
        .endpoint_url(format!("http://{}", server.address))
        .force_path_style(true)
        .build();
    let client = aws_sdk_s3::Client::from_conf(config);
    client.create_bucket().bucket("abc").send().await.unwrap();
    let body = aws_sdk_s3::primitives::ByteStream::from_static(b"hello");
    client.put_object().bucket("abc").key("key").body(body).send().await.unwrap();
    let object = client.get_object().bucket("abc").key("key").send().await.unwrap();
    assert_eq!(object.body.collect().await.unwrap().into_bytes(), "hello");
    let absent = client.head_object().bucket("abc").key("absent").send().await.unwrap_err();
    assert_eq!(absent.raw_response().map(HttpResponse::status).unwrap().as_u16(), 404);
    server.end().await;
}

#[tokio::test]
async fn keeps_a_connection_open_for_further_requests() {
    let server = start(empty()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    for _ in 0..2 {
        let sent = head(IDENTITY.len(), "") + IDENTITY;
        let answer = exchange(&mut stream, &sent, "</GetCallerIdentityResponse>").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.contains("x-amzn-requestid: "), "{answer}");
        assert!(answer.contains("date: Wed, 01 Apr 2026 12:00:00 GMT"), "{answer}");
    }
    // The shutdown does not wait for the idle connection.
    server.end().await;
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
}

#[tokio::test]
async fn gives_leave_to_send_a_body() {
    let server = start(empty()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let sent = head(IDENTITY.len(), "expect: 100-continue\r\n");
    exchange(&mut stream, &sent, "HTTP/1.1 100 Continue").await;
    exchange(&mut stream, IDENTITY, "HTTP/1.1 200 OK").await;
    server.end().await;
}

#[tokio::test]
async fn refuses_a_body_that_is_too_long() {
    let server = start(empty()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let sent = head(BODY_LIMIT + 1, "expect: 100-continue\r\n");
    let answer = exchange(&mut stream, &sent, "\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let chunked = head(0, "").replace("content-length: 0", "transfer-encoding: chunked");
    let sent = format!("{chunked}{:x}\r\n{}", BODY_LIMIT + 1, "x".repeat(BODY_LIMIT + 1));
    let answer = exchange(&mut stream, &sent, "\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    server.end().await;
}
