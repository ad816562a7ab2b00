//! `sandbox serve`: the embedded AWS for other clients.

use std::net::Ipv4Addr;

use anyhow::Context as _;
use tokio::net::TcpListener;

use super::{Outcome, interrupts::Interrupts};
use crate::{
    cli::{Global, ServeArgs},
    exit,
    sandbox::{Sandbox, serve as server},
    ui::Ui,
};

pub(super) async fn serve(ui: &Ui, global: &Global, args: &ServeArgs) -> Outcome {
    let sandbox = match &global.sandbox {
        Some(dir) => {
            Sandbox::open(dir).with_context(|| format!("cannot use the sandbox in {}", dir.display()))?
        }
        None => Sandbox::in_memory(),
    };
    let interrupts = Interrupts::catch()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port))
        .await
        .with_context(|| format!("cannot listen on port {}", args.port))?;
    let address = listener.local_addr().context("cannot tell the port")?;
    ui.result(&format!("http://{address}"))?;
    ui.note("Use it with AWS_ENDPOINT_URL and any credentials. Interrupt to stop.");
    let stopped = async move { interrupts.next().await };
    server::serve(listener, move |request| sandbox.handle(request), stopped)
        .await
        .context("the server failed")?;
    Ok(exit::DONE)
}
