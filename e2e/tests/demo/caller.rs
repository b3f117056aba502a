//! What calls the demo without a browser: cookies, forms and redirects.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use e2e::Failure;
use reqwest::cookie::Jar;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Url};

/// A client with cookies, which it keeps for every port of this machine.
#[derive(Debug)]
pub(crate) struct Caller {
    client: Client,
    /// With the same cookies, and stops at each redirect.
    stops: Client,
    pub(crate) jar: Arc<Jar>,
    /// The form token of the page that it got last, if that has a form.
    token: Mutex<Option<String>>,
}

impl Caller {
    pub(crate) fn new() -> Result<Caller, Failure> {
        e2e::use_ring();
        let jar = Arc::new(Jar::default());
        let client = || {
            let client = Client::builder()
                .no_proxy()
                .cookie_provider(Arc::clone(&jar));
            client.timeout(Duration::from_secs(20))
        };
        Ok(Caller {
            client: client().build()?,
            stops: client().redirect(Policy::none()).build()?,
            jar,
            token: Mutex::default(),
        })
    }

    /// Gets a page.
    pub(crate) async fn get(&self, url: &str) -> Result<String, String> {
        self.page(self.client.get(url)).await
    }

    /// Gets where a page redirects to.
    pub(crate) async fn location(&self, url: &str) -> Result<String, Failure> {
        let request = self.stops.get(url).header("accept", "text/html");
        let response = request.send().await?;
        let location = response.headers().get("location");
        Ok(location.ok_or("no redirect")?.to_str()?.to_owned())
    }

    /// Sends a form with the token of the page before, or of the sign-in page, and gets the page that it leads to.
    pub(crate) async fn post(&self, url: &str, form: String) -> Result<String, String> {
        let mut token = self.token();
        if token.is_none() {
            let page = Url::parse(url).and_then(|url| url.join("/sign-in"));
            self.get(page.map_err(|error| error.to_string())?.as_str())
                .await?;
            token = self.token();
        }
        let request = self.client.post(url);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let token = token.ok_or("the sign-in page has no token")?;
        self.page(request.body(format!("csrf_token={token}&{form}")))
            .await
    }

    fn token(&self) -> Option<String> {
        self.token.lock().unwrap().clone()
    }

    /// Sends a request and returns its page. Everything else is lost, and nothing may be.
    async fn page(&self, request: RequestBuilder) -> Result<String, String> {
        let response = request.send().await.map_err(|error| format!("{error:?}"))?;
        let status = response.status();
        let text = response.text().await;
        let text = text.map_err(|error| format!("{error:?}"))?;
        status
            .is_success()
            .then_some(())
            .ok_or_else(|| format!("{status}: {text}"))?;
        let token = text.split_once(r#"name="csrf_token" value=""#);
        let token = token.and_then(|(_, rest)| Some(rest.split_once('"')?.0.to_owned()));
        *self.token.lock().unwrap() = token;
        Ok(text)
    }
}
