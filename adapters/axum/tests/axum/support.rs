//! Requests to a router, and what comes back.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use sealed_session_axum::testing::Browser;
use sealed_session_axum::{Key, KeyRing, SessionLayer, SessionManager, SessionManagerBuilder};
use tower::ServiceExt;

pub(crate) fn builder() -> SessionManagerBuilder {
    named("session")
}

pub(crate) fn named(application: &str) -> SessionManagerBuilder {
    SessionManager::builder(application, KeyRing::new(Key::new(&[1; 32]).unwrap()))
}

pub(crate) fn layer() -> SessionLayer {
    SessionLayer::new(builder().build().unwrap())
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all(header::SET_COOKIE);
        all.iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The `Cookie` line that a browser without other cookies would send next.
    pub(crate) fn cookie(&self) -> String {
        let mut browser = Browser::default();
        browser.keep(self.set_cookies());
        browser.cookie()
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub(crate) async fn send(app: &Router, method: &str, path: &str, cookies: &[&str]) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for line in cookies {
        request = request.header(header::COOKIE, *line);
    }
    let request = request.body(Body::empty()).unwrap();
    let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Reply {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}
