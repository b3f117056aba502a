//! A small application for axum whose sessions are large, and a browser.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Path;
use axum::http::{Request, StatusCode, header};
use axum::routing::{get, post};
use sealed_session_axum::{Error, Event, KeyRing, Session, SessionLayer, SessionManager};
use sealed_session_redis::RedisStore;
use tower::ServiceExt;

/// The bytes of a draft whose number is 100 or above.
pub(crate) const LARGE: usize = 300_000;

/// The bytes of any other: more than cookies take.
pub(crate) const MUCH: usize = 30_000;

/// A node.
#[derive(Clone)]
pub(crate) struct Shop {
    routes: Router,
    failures: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    pub(crate) fn new(store: &RedisStore, ring: KeyRing) -> Shop {
        let failures = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&failures);
        let manager = SessionManager::builder("shop", ring)
            .overflow(store.overflow())
            .on_event(move |event, _| {
                if let Event::StoreFailed { call, cause, .. } = event {
                    noted.lock().unwrap().push(format!("{call}: {cause}"));
                }
            })
            .build()
            .unwrap();
        let routes = Router::new()
            .route("/draft", get(show))
            .route("/draft/{seed}", post(write))
            .route("/small", post(shrink))
            .route("/sign-in", post(sign_in))
            .route("/sign-out", post(sign_out))
            .layer(SessionLayer::new(manager));
        Shop { routes, failures }
    }

    /// Sends a request, and returns the status and the body. The browser keeps the cookies of the response.
    pub(crate) async fn send(
        &self,
        browser: &Browser,
        method: &str,
        path: &str,
    ) -> (StatusCode, String) {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::COOKIE, browser.cookies());
        let request = request.body(Body::empty()).unwrap();
        let response = self.routes.clone().oneshot(request).await.unwrap();
        for line in response.headers().get_all(header::SET_COOKIE) {
            browser.keep(line.to_str().unwrap());
        }
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// What an operator was told of the store since the last time.
    pub(crate) fn failures(&self) -> Vec<String> {
        std::mem::take(&mut self.failures.lock().unwrap())
    }

    /// Does something that works.
    pub(crate) async fn post(&self, browser: &Browser, path: &str) {
        let (status, body) = self.send(browser, "POST", path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
    }

    /// What the visitor sees: who is signed in, and the number of the draft; or why there is no session.
    pub(crate) async fn look(&self, browser: &Browser) -> String {
        self.send(browser, "GET", "/draft").await.1
    }
}

async fn show(session: Session) -> Result<String, Error> {
    if let Some(refusal) = session.refusal() {
        return Ok(refusal.label().to_owned());
    }
    let draft: Option<String> = session.get("draft")?;
    let number = draft.map(|draft| {
        let (number, _) = draft.split_once(' ').unwrap();
        assert_eq!(
            draft,
            text(number.parse().unwrap()),
            "a draft comes back whole"
        );
        number.to_owned()
    });
    let subject = session.subject();
    Ok(format!(
        "{} {}",
        subject.as_deref().unwrap_or("guest"),
        number.as_deref().unwrap_or("none")
    ))
}

async fn write(session: Session, Path(number): Path<u64>) -> Result<(), Error> {
    session.insert("draft", text(number))
}

async fn shrink(session: Session) -> Result<(), Error> {
    session.remove("draft").map(drop)
}

async fn sign_in(session: Session) -> Result<(), Error> {
    session.sign_in("alice-the-subject", &[&"draft"])
}

async fn sign_out(session: Session) -> Result<(), Error> {
    session.destroy()
}

/// A draft with a number, which is no shorter if it is compressed.
pub(crate) fn text(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draft = format!("{number} draft-in-plain-text ");
    let length = if number >= 100 { LARGE } else { MUCH };
    while draft.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        draft.push(char::from(b'0' + u8::try_from(state >> 32 & 63).unwrap()));
    }
    draft
}

/// The cookies of one browser.
#[derive(Debug, Default)]
pub(crate) struct Browser(Mutex<BTreeMap<String, String>>);

impl Clone for Browser {
    fn clone(&self) -> Browser {
        Browser(Mutex::new(self.0.lock().unwrap().clone()))
    }
}

impl Browser {
    pub(crate) fn cookies(&self) -> String {
        let cookies = self.0.lock().unwrap();
        let pairs: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep(&self, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let mut cookies = self.0.lock().unwrap();
        if attributes.split(';').any(|one| one.trim() == "Max-Age=0") {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
