//! A guard in front of a plain service.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Request, Response, Uri};
use sealed_session_tower::sealed_session::{
    Error, Guard, Key, KeyRing, SessionManager, Sessions, Slot,
};
use sealed_session_tower::{GuardLayer, SessionLayer};
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt, service_fn};

type App = BoxCloneSyncService<Request<()>, Response<String>, Error>;

fn sessions() -> SessionLayer {
    let ring = KeyRing::new(Key::new(&[1; 32]).unwrap());
    SessionLayer::new(SessionManager::new(ring).unwrap())
}

/// Signs in, or tells how often it was called by others.
fn inner(calls: &Arc<AtomicUsize>) -> App {
    let calls = Arc::clone(calls);
    BoxCloneSyncService::new(service_fn(move |_| {
        let calls = calls.fetch_add(1, Ordering::Relaxed) + 1;
        async move { Ok(Response::new(format!("call {calls}"))) }
    }))
}

/// `inner` behind a guard, and a sign-in beside it.
fn app(guard: GuardLayer, inner: App) -> App {
    let guarded = guard.layer(inner);
    let service = service_fn(move |request: Request<()>| {
        let guarded = guarded.clone();
        async move {
            if request.uri().path() != "/sign-in" {
                return guarded.oneshot(request).await;
            }
            let sessions: &Sessions = request.extensions().get().unwrap();
            sessions.main().sign_in_as("ada", &[])?;
            Ok(Response::new(String::new()))
        }
    });
    BoxCloneSyncService::new(sessions().layer(service))
}

fn visit(uri: &str, cookie: &str) -> Request<()> {
    let request = Request::get(uri).header("sec-fetch-mode", "navigate");
    request.header("cookie", cookie).body(()).unwrap()
}

async fn signed_in(app: &App) -> String {
    let response = app.clone().oneshot(visit("/sign-in", "a=b")).await.unwrap();
    let line = response.headers()["set-cookie"].to_str().unwrap();
    line.split(';').next().unwrap().to_owned()
}

fn field<'r>(response: &'r Response<String>, name: &str) -> Option<&'r str> {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn only_who_may_pass_gets_through() {
    let calls = Arc::default();
    let guard = Guard::signed_in().or_redirect("/sign-in").unwrap();
    let app = app(GuardLayer::new(guard), inner(&calls));

    let response = app.clone().oneshot(visit("/a?b=c&d", "a=b")).await.unwrap();
    assert_eq!(response.status(), 303);
    assert_eq!(
        field(&response, "location"),
        Some("/sign-in?next=/a%3Fb%3Dc%26d")
    );
    assert_eq!(field(&response, "cache-control"), Some("no-store"));
    assert_eq!(field(&response, "vary"), Some("Cookie"));
    assert_eq!(field(&response, "set-cookie"), None);
    assert_eq!(response.body(), "");
    assert_eq!(
        calls.load(Ordering::Relaxed),
        0,
        "the service is not called"
    );

    let script = Request::get("/a")
        .header("sec-fetch-mode", "cors")
        .body(())
        .unwrap();
    let response = app.clone().oneshot(script).await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(field(&response, "location"), None);

    let cookie = signed_in(&app).await;
    let response = app.clone().oneshot(visit("/a", &cookie)).await.unwrap();
    assert_eq!(response.body(), "call 1");
    assert_eq!(field(&response, "vary"), Some("Cookie"));
    assert_eq!(field(&response, "cache-control"), Some("private"));
}

#[tokio::test]
async fn who_is_somebody_else_is_answered_403() {
    let calls = Arc::default();
    let guard = Guard::signed_in().subject(|who| who == "grace");
    let app = app(
        GuardLayer::new(guard.or_redirect("/sign-in").unwrap()),
        inner(&calls),
    );
    let cookie = signed_in(&app).await;
    let response = app.clone().oneshot(visit("/a", &cookie)).await.unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(field(&response, "cache-control"), Some("no-store"));
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

enum Staff {}
impl Slot for Staff {}

#[tokio::test]
async fn what_is_put_together_wrongly_lets_nobody_pass() {
    let calls = Arc::default();
    let alone = GuardLayer::new(Guard::live()).layer(inner(&calls));
    let response = alone.oneshot(visit("/a", "a=b")).await.unwrap();
    assert_eq!(response.status(), 500);

    let app = app(
        GuardLayer::new(Guard::signed_in().of::<Staff>()),
        inner(&calls),
    );
    let cookie = signed_in(&app).await;
    let response = app.oneshot(visit("/a", &cookie)).await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[derive(Clone)]
struct Whole(Uri);

#[tokio::test]
async fn the_path_to_come_back_to_is_the_whole_one() {
    let guard = Guard::signed_in().or_redirect("/sign-in").unwrap();
    let guard = GuardLayer::new(guard).whole_uri(|extensions| {
        let whole = extensions.get::<Whole>();
        whole.map(|Whole(uri)| uri)
    });
    let app = app(guard, inner(&Arc::default()));
    for (whole, location) in [
        (Some("/shop/a?b"), "/sign-in?next=/shop/a%3Fb"),
        (Some("http://evil.example/shop/a"), "/sign-in?next=/shop/a"),
        (None, "/sign-in?next=/a"),
    ] {
        let mut request = visit("/a", "a=b");
        if let Some(whole) = whole {
            request
                .extensions_mut()
                .insert(Whole(whole.parse().unwrap()));
        }
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(field(&response, "location"), Some(location));
    }
}
