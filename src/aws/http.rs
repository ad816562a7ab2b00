//! The HTTP client of the AWS SDK: plain for `http://` endpoints, TLS for the others.
//!
//! Certificates are read only when a TLS connection is made first: reading them takes longer than a plan of a small
//! stack, and an emulator on this machine needs none.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use aws_smithy_http_client::{Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::HttpRequest,
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    shared::IntoShared as _,
};

/// Returns the client. It trusts the certificates of the system, and those in `bundle`, a PEM file, if there is one.
pub(super) fn client(bundle: Option<Vec<u8>>) -> SharedHttpClient {
    BySchema { bundle: bundle.map(Arc::new), made: Arc::default() }.into_shared()
}

#[derive(Clone)]
struct BySchema {
    bundle: Option<Arc<Vec<u8>>>,
    /// The connectors, shared by all clients, so that connections are.
    made: Arc<OnceLock<SharedHttpConnector>>,
}

struct Connectors {
    plain: SharedHttpConnector,
    tls: OnceLock<Result<SharedHttpConnector, String>>,
    settings: HttpConnectorSettings,
    bundle: Option<Arc<Vec<u8>>>,
}

impl HttpClient for BySchema {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let connectors = || {
            let mut plain = Connector::builder().proxy_config(ProxyConfig::from_env());
            plain.set_connector_settings(Some(settings.clone()));
            let bundle = self.bundle.clone();
            let plain = SharedHttpConnector::new(plain.build_http());
            SharedHttpConnector::new(Connectors {
                plain,
                tls: OnceLock::new(),
                settings: settings.clone(),
                bundle,
            })
        };
        self.made.get_or_init(connectors).clone()
    }
}

impl Connectors {
    fn tls(&self) -> Result<SharedHttpConnector, String> {
        let mut store = tls::TrustStore::empty();
        let has_system = has_system_certificates();
        if has_system {
            store = store.with_native_roots(true);
        }
        match &self.bundle {
            Some(pem) => store = store.with_pem_certificate(pem.as_slice()),
            None if has_system => {}
            None => {
                return Err(
                    "this system has no CA certificates: install them, or set AWS_CA_BUNDLE".to_owned()
                );
            }
        }
        let context =
            tls::TlsContext::builder().with_trust_store(store).build().map_err(|error| error.to_string())?;
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(Some(self.settings.clone()));
        let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
        Ok(SharedHttpConnector::new(connector.tls_provider(provider).tls_context(context).build()))
    }
}

impl HttpConnector for Connectors {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if request.uri().starts_with("http://") {
            return self.plain.call(request);
        }
        match self.tls.get_or_init(|| self.tls()) {
            Ok(connector) => connector.call(request),
            Err(why) => HttpConnectorFuture::ready(Err(ConnectorError::user(why.clone().into()))),
        }
    }
}

/// Returns whether the system has certificates to trust. The SDK's client ends the process when there are none.
fn has_system_certificates() -> bool {
    !cfg!(target_os = "linux") || {
        let found = openssl_probe::probe();
        found.cert_file.is_some() || !found.cert_dir.is_empty()
    }
}

impl fmt::Debug for BySchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BySchema")
    }
}

impl fmt::Debug for Connectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connectors")
    }
}
