//! Puts a function from request to response on a socket, as an HTTP/1.1 server.
//!
//! The caller binds the listener, and binds it to the loopback address: nothing here asks who calls.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The longest body that is read; a longer one is answered with 413.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// How long requests that have begun may go on after the shutdown.
const GRACE: Duration = Duration::from_secs(1);

/// Serves connections until `shutdown` is ready, then ends them; a request that has begun is answered first.
///
/// # Errors
///
/// If the listener fails.
pub async fn serve<H>(listener: TcpListener, handler: H, shutdown: impl Future<Output = ()>) -> io::Result<()>
where
    H: Fn(Request<Bytes>) -> Response<Bytes> + Clone + Send + Sync + 'static,
{
    let mut shutdown = pin!(shutdown);
    let (ending, ended) = watch::channel(());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, handler.clone(), ended.clone()));
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => return Err(error),
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(ending);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all_ended).await.is_err() {
        connections.shutdown().await;
    }
    Ok(())
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

/// Answers the requests of one connection; `ended` changes, by being closed, at the shutdown.
async fn connection<H>(stream: TcpStream, handler: H, mut ended: watch::Receiver<()>)
where
    H: Fn(Request<Bytes>) -> Response<Bytes> + Clone + Send + Sync + 'static,
{
    let service = service_fn(move |request| {
        let handler = handler.clone();
        async move { Ok::<_, Infallible>(exchange(request, handler).await.map(Full::new)) }
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // A connection that breaks is the other side's affair: there is nobody here to tell.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ended.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn exchange<H>(request: Request<Incoming>, handler: H) -> Response<Bytes>
where
    H: Fn(Request<Bytes>) -> Response<Bytes>,
{
    let (parts, body) = request.into_parts();
    // Judged before the body is asked for, so that a client that waits for leave to send it is spared.
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return refused(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => handler(Request::from_parts(parts, body.to_bytes())),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            refused(StatusCode::PAYLOAD_TOO_LARGE)
        }
        Err(_) => refused(StatusCode::BAD_REQUEST),
    }
}

fn refused(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
