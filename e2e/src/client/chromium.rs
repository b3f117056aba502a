//! Chromium as a client: it opens pages as a visitor does.

use super::Client;
use crate::browser::Browser;
use crate::{Failure, Protocol, Reply};

/// A browser, which speaks plain http for HTTP/1.1 and TLS for HTTP/2.
#[derive(Debug)]
pub struct Chromium {
    browser: Browser,
    protocol: Protocol,
}

impl Chromium {
    /// Starts one with an empty profile.
    ///
    /// # Errors
    ///
    /// As [`Browser::start`].
    pub async fn new(protocol: Protocol) -> Result<Chromium, Failure> {
        Ok(Chromium {
            browser: Browser::start().await?,
            protocol,
        })
    }

    /// Changes the protocol, and keeps browser and cookies.
    pub fn speak(&mut self, protocol: Protocol) {
        self.protocol = protocol;
    }
}

/// What the browser knows of the page it shows.
const ENTRY: &str = "const page = performance.getEntriesByType('navigation')[0]; \
     return [page.responseStatus, page.nextHopProtocol, \
     document.body ? document.body.innerText : '']";

impl Client for Chromium {
    fn is_tls(&self) -> bool {
        self.protocol == Protocol::Http2
    }

    async fn get(&mut self, url: &str) -> Result<Reply, Failure> {
        // A failed navigation must not leave the page before it to be read.
        self.browser.open("about:blank").await?;
        if let Err(failure) = self.browser.open(url).await {
            let text = failure.to_string();
            return match text.contains("net::ERR_") {
                true => Ok(Reply::none(text)),
                false => Err(failure),
            };
        }
        let said = self.browser.run(ENTRY).await?;
        let (status, protocol, body): (u16, String, String) = serde_json::from_value(said)?;
        Ok(Reply {
            status: (status != 0).then_some(status),
            protocol: match protocol.as_str() {
                "h2" => "HTTP/2".to_owned(),
                other => other.to_uppercase(),
            },
            body,
        })
    }

    async fn forget(&mut self) -> Result<(), Failure> {
        self.browser.forget().await
    }
}
