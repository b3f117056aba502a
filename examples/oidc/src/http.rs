//! The HTTP client by which the provider is asked: a bound on time and on bytes, no redirects. It knows nothing of OpenID.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// How long an answer may take.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(5);

/// The most bytes of an answer.
const BYTES_MAX: usize = 1 << 20;

/// The client. A clone is the same one.
#[derive(Clone)]
pub(crate) struct Http(reqwest::Client);

/// Why there is no answer. Nothing of a URL or an answer is in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoAnswer(pub(crate) &'static str);

impl NoAnswer {
    pub(crate) const LATE: NoAnswer = NoAnswer("no answer in time");
}

impl Http {
    /// Makes a client, and chooses what TLS is made of in this process, if nobody has.
    pub(crate) fn new() -> Result<Http, reqwest::Error> {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        // A provider that redirects could have the application ask whom it likes.
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Ok(Http(client.timeout(TIMEOUT).build()?))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let mut response = self.0.execute(request.try_into()?).await?;
        let mut answer = HttpResponse::default();
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        while let Some(chunk) = response.chunk().await? {
            if answer.body().len() + chunk.len() > BYTES_MAX {
                return Err(NoAnswer("the answer is too long"));
            }
            answer.body_mut().extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> NoAnswer {
        match error {
            error if error.is_timeout() => NoAnswer::LATE,
            error if error.is_connect() => NoAnswer("no connection"),
            _ => NoAnswer("the answer broke off"),
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NoAnswer {}
