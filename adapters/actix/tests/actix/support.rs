//! Requests to an application, and what comes back.

use actix_http::Request;
use actix_web::HttpResponse;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{self, AsHeaderName, HeaderMap};
use actix_web::test::{TestRequest, try_call_service};
use sealed_session_actix::testing::{Browser, ManualClock};
use sealed_session_actix::{
    Key, KeyRing, SessionManager, SessionManagerBuilder, SessionMiddleware,
};
use time::OffsetDateTime;

pub(crate) fn builder() -> SessionManagerBuilder {
    named("session")
}

pub(crate) fn named(application: &str) -> SessionManagerBuilder {
    SessionManager::builder(application, KeyRing::new(Key::new(&[1; 32]).unwrap()))
}

pub(crate) fn sessions() -> SessionMiddleware {
    SessionMiddleware::new(builder().build().unwrap())
}

pub(crate) fn clock() -> ManualClock {
    ManualClock::new(OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap())
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) async fn of<B: MessageBody>(response: HttpResponse<B>) -> Reply {
        let (response, body) = response.into_parts();
        let Ok(body) = to_bytes(body).await else {
            panic!("the body broke off");
        };
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all(header::SET_COOKIE);
        all.map(|value| value.to_str().unwrap()).collect()
    }

    /// The `Cookie` line that a browser without other cookies would send next.
    pub(crate) fn cookie(&self) -> String {
        let mut browser = Browser::default();
        browser.keep(self.set_cookies());
        browser.cookie()
    }

    pub(crate) fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// What a server would answer: an error that reaches the end becomes a response there.
pub(crate) async fn call<S, B>(app: &S, request: TestRequest) -> Reply
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    match try_call_service(app, request.to_request()).await {
        Ok(response) => Reply::of(response.into()).await,
        Err(error) => Reply::of(error.error_response()).await,
    }
}

pub(crate) async fn send<S, B>(app: &S, method: &str, path: &str, cookies: &[&str]) -> Reply
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let method = method.parse().unwrap();
    let mut request = TestRequest::with_uri(path).method(method);
    for line in cookies {
        request = request.append_header((header::COOKIE, *line));
    }
    call(app, request).await
}
