//! What calls the demo without a browser: cookies, forms and redirects.

use std::sync::Arc;
use std::time::Duration;

use e2e::Failure;
use reqwest::cookie::Jar;
use reqwest::{Client, RequestBuilder};

/// A client with cookies, which it keeps for every port of this machine.
#[derive(Debug)]
pub(crate) struct Caller {
    client: Client,
    pub(crate) jar: Arc<Jar>,
}

impl Caller {
    pub(crate) fn new() -> Result<Caller, Failure> {
        e2e::use_ring();
        let jar = Arc::new(Jar::default());
        let client = Client::builder()
            .no_proxy()
            .cookie_provider(Arc::clone(&jar))
            .timeout(Duration::from_secs(20))
            .build()?;
        Ok(Caller { client, jar })
    }

    /// Gets a page.
    pub(crate) async fn get(&self, url: &str) -> Result<String, String> {
        page(self.client.get(url)).await
    }

    /// Sends a form, and gets the page that it leads to.
    pub(crate) async fn post(&self, url: &str, form: String) -> Result<String, String> {
        let request = self.client.post(url);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        page(request.body(form)).await
    }
}

/// Sends a request and returns its page. Everything else is lost, and nothing may be.
async fn page(request: RequestBuilder) -> Result<String, String> {
    let response = request.send().await.map_err(|error| format!("{error:?}"))?;
    let status = response.status();
    let text = response
        .text()
        .await
        .map_err(|error| format!("{error:?}"))?;
    status
        .is_success()
        .then_some(())
        .ok_or_else(|| format!("{status}: {text}"))?;
    Ok(text)
}
