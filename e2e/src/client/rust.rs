//! reqwest with its cookie store.

use std::error::Error;
use std::time::Duration;

use reqwest::{Certificate as Root, ClientBuilder, Version};

use super::Client;
use crate::certificate::Certificate;
use crate::{Failure, Protocol, Reply, trust};

/// reqwest, over TLS.
#[derive(Debug)]
pub struct Rust {
    client: reqwest::Client,
    protocol: Protocol,
    root: Root,
}

impl Rust {
    /// Starts with an empty store.
    ///
    /// # Errors
    ///
    /// If the certificate is none.
    pub fn new(protocol: Protocol, certificate: &Certificate) -> Result<Rust, Failure> {
        let root = Root::from_pem(certificate.certificate.as_bytes())?;
        let client = build(protocol, &root)?.cookie_store(true).build()?;
        Ok(Rust {
            client,
            protocol,
            root,
        })
    }

    /// Returns the versions that this is built with.
    #[must_use]
    pub fn version() -> String {
        let lock = include_str!("../../../Cargo.lock");
        let after = |name: &str| {
            let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
            rest.split('"').next()
        };
        let one = |name| format!("{name} {}", after(name).unwrap_or_default());
        [one("reqwest"), one("hyper"), one("cookie_store")].join(", ")
    }
}

/// Sets only what is needed to get through.
fn build(protocol: Protocol, root: &Root) -> Result<ClientBuilder, Failure> {
    trust::use_ring();
    let builder = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .tls_certs_only([root.clone()]);
    Ok(match protocol {
        Protocol::Http1 => builder.http1_only(),
        // Negotiated: over plain http it stays HTTP/1.1.
        Protocol::Http2 => builder,
    })
}

async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let whole = async {
        let response = request.send().await?;
        let (status, version) = (response.status().as_u16(), response.version());
        Ok::<_, reqwest::Error>((status, version, response.text().await?))
    };
    match whole.await {
        Ok((status, version, body)) => Reply {
            status: Some(status),
            protocol: match version {
                Version::HTTP_2 => "HTTP/2".to_owned(),
                other => format!("{other:?}"),
            },
            body,
        },
        Err(error) => {
            let mut text = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                text = format!("{text}: {error}");
                cause = error.source();
            }
            Reply::none(text)
        }
    }
}

impl Client for Rust {
    fn is_tls(&self) -> bool {
        true
    }

    async fn get(&mut self, url: &str) -> Result<Reply, Failure> {
        Ok(reply(self.client.get(url)).await)
    }

    async fn forget(&mut self) -> Result<(), Failure> {
        self.client = build(self.protocol, &self.root)?
            .cookie_store(true)
            .build()?;
        Ok(())
    }
}
