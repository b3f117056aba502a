//! The layer around plain services, without a framework.

use std::convert::Infallible;
use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::request::Builder;
use http::{Request, Response, header};
use sealed_session_tower::adapter::{Clock, RequestHead};
use sealed_session_tower::testing::{Browser, ManualClock};
use sealed_session_tower::{
    CookieSpec, Error, InHand, Key, KeyRing, PassiveLayer, Session, SessionLayer, SessionManager,
    Transport,
};
use time::OffsetDateTime;
use tower::util::MapRequest;
use tower::{Layer, Service, ServiceExt, service_fn};

fn ring() -> KeyRing {
    KeyRing::new(Key::new(&[1; 32]).unwrap())
}

fn layer() -> SessionLayer {
    SessionLayer::new(SessionManager::new("session", ring()).unwrap())
}

fn session<B>(request: &Request<B>) -> Session {
    InHand::find(request.extensions()).unwrap().clone()
}

async fn write(request: Request<()>) -> Result<Response<String>, Error> {
    session(&request).insert("name", "Ada")?;
    Ok(Response::default())
}

/// The `Cookie` line that a browser without other cookies would send next.
fn cookie<B>(response: &Response<B>) -> Option<String> {
    let mut browser = Browser::default();
    browser.keep(response.headers().get_all(header::SET_COOKIE));
    Some(browser.cookie()).filter(|line| !line.is_empty())
}

#[tokio::test]
async fn an_inner_error_passes_and_sends_nothing() {
    let failing = service_fn(async |request: Request<()>| {
        session(&request).insert("a", 1).unwrap();
        Err::<Response<String>, &str>("the inner service failed")
    });
    let result = layer().layer(failing).oneshot(Request::new(())).await;
    assert_eq!(result.unwrap_err(), "the inner service failed");
}

#[tokio::test]
async fn a_panic_with_a_clone_of_the_request_sends_nothing() {
    // A layer between clones the request on its way, as retries do, and catches what unwinds.
    let handler = service_fn(async |request: Request<()>| {
        let handed_on = request.clone();
        let unwinds = catch_unwind(AssertUnwindSafe(move || {
            let session = handed_on.extensions().get::<InHand>().unwrap();
            session.insert("admin", true).unwrap();
            panic!("in the handler");
        }));
        assert!(unwinds.is_err());
        Ok::<_, Infallible>(Response::<String>::default())
    });
    let response = layer().layer(handler).oneshot(Request::new(())).await;
    let response = response.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(cookie(&response), None);
}

#[tokio::test]
async fn the_session_of_the_innermost_layer_counts_whoever_put_it_there() {
    /// An adapter of somebody's own, which puts a plain session there.
    fn plain(mut request: Request<()>) -> Request<()> {
        let manager = SessionManager::new("plain", ring()).unwrap();
        let session = manager.load(RequestHead::default(), OffsetDateTime::now_utc());
        session.insert("is_plain", true).unwrap();
        request.extensions_mut().insert(session);
        request
    }
    let is_plain = |request: Request<()>| {
        let found = InHand::find(request.extensions()).map(|session| session.contains("is_plain"));
        ready(Ok::<_, Infallible>(Response::new(found)))
    };
    let answer = |response: Response<Option<bool>>| response.into_body();

    let inside = layer().layer(MapRequest::new(service_fn(is_plain), plain));
    let response = inside.oneshot(Request::new(())).await.unwrap();
    assert_eq!(answer(response), Some(true));

    let outside = MapRequest::new(layer().layer(service_fn(is_plain)), plain);
    let response = outside.oneshot(Request::new(())).await.unwrap();
    assert_eq!(answer(response), Some(false));
}

#[tokio::test]
async fn a_layer_is_not_around_what_another_adapter_keeps_under_its_cookie() {
    let manager = SessionManager::new("shop", ring()).unwrap();
    let layer = SessionLayer::new(manager.clone());
    let plain = move |mut request: Request<()>| {
        let session = manager.load(RequestHead::default(), OffsetDateTime::now_utc());
        request.extensions_mut().insert(session);
        request
    };
    let service = MapRequest::new(layer.layer(service_fn(write)), plain);
    let response = service.oneshot(Request::new(())).await.unwrap();
    assert_eq!((response.status().as_u16(), cookie(&response)), (500, None));
}

#[tokio::test]
async fn a_service_that_is_cut_off_sends_its_changes_only_within_the_layer() {
    async fn slow(request: Request<()>) -> Result<Response<String>, Infallible> {
        session(&request).insert("name", "Eve").unwrap();
        std::future::pending().await
    }
    /// A time limit that is over as soon as the service waits.
    async fn cut_off<S>(mut inner: S, request: Request<()>) -> Result<Response<String>, Infallible>
    where
        S: Service<Request<()>, Response = Response<String>, Error = Infallible>,
    {
        tokio::select! {
            biased;
            response = inner.call(request) => response,
            () = ready(()) => Ok(Response::new("too slow".to_owned())),
        }
    }
    let within = service_fn(|request| cut_off(service_fn(slow), request));
    let response = layer()
        .layer(within)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(
        (response.body().as_str(), cookie(&response).is_some()),
        ("too slow", true)
    );
    let outside = cut_off(layer().layer(service_fn(slow)), Request::new(()));
    let response = outside.await.unwrap();
    assert_eq!(
        (response.body().as_str(), cookie(&response)),
        ("too slow", None)
    );
}

#[tokio::test]
async fn a_development_profile_asks_for_the_host() {
    let cookie_spec = CookieSpec::development("s");
    let manager = SessionManager::builder(cookie_spec, ring())
        .build()
        .unwrap();
    let live = service_fn(async |request: Request<()>| {
        let written = session(&request).insert("a", 1).is_ok();
        Ok::<_, Infallible>(Response::new(written))
    });
    let service = SessionLayer::new(manager).layer(live);
    let by_field = |host: &str| {
        Request::builder()
            .header(header::HOST, host)
            .body(())
            .unwrap()
    };
    // HTTP/2 names the host in the URI.
    let by_uri = |uri: &str| Request::builder().uri(uri).body(()).unwrap();
    for (request, served) in [
        (by_field("localhost:3000"), true),
        (by_uri("http://127.0.0.1:3000/"), true),
        (by_field("example.com"), false),
        (by_uri("https://example.com/"), false),
        (Request::new(()), false),
    ] {
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!(*response.body(), served);
        assert_eq!(cookie(&response).is_some(), served);
    }
}

#[test]
fn the_layer_and_its_futures_cross_threads() {
    fn is_send<T: Send + 'static>(_: &T) {}
    let layer = layer();
    is_send(&layer);
    let mut service = layer.layer(service_fn(write));
    is_send(&service);
    is_send(&service.call(Request::new(())));
}

#[tokio::test]
async fn what_holds_a_session_is_marked_as_secret() {
    let manager = SessionManager::builder("session", ring())
        .transport(Transport::header("x-session").or_cookie())
        .build()
        .unwrap();
    let service = SessionLayer::new(manager).layer(service_fn(write));
    let by_field = || Request::builder().header("x-session", "");
    for (request, secret) in [
        (Request::builder(), "set-cookie"),
        (by_field(), "x-session"),
    ] {
        let request = request.body(()).unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        for (name, value) in response.headers() {
            assert_eq!(value.is_sensitive(), name == secret, "{name}");
        }
        assert!(response.headers().contains_key(secret));
    }
}

#[tokio::test]
async fn a_passive_layer_marks_the_requests_that_it_is_told_to() {
    let start = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let clock = Arc::new(ManualClock::new(start));
    let inner = service_fn(async |request: Request<()>| match request.uri().path() {
        "/write" => write(request).await,
        _ => Ok(Response::default()),
    });
    let passive = PassiveLayer::when(|headers| headers.contains_key("sec-purpose"));
    let layer = layer().clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let service = layer.layer(passive.layer(inner));
    let send = async |request: Builder| {
        let request = request.body(()).unwrap();
        service.clone().oneshot(request).await.unwrap()
    };
    let line = cookie(&send(Request::get("/write")).await).unwrap();
    clock.advance(Duration::from_secs(20 * 60));
    let page = || Request::get("/").header(header::COOKIE, &line);
    let prefetch = page().header("sec-purpose", "prefetch");
    assert_eq!(cookie(&send(prefetch).await), None);
    assert!(cookie(&send(page()).await).unwrap().contains(".t="));
}

/// A clock that counts how often it is read.
struct Counted(AtomicU32);

impl Clock for Counted {
    fn now(&self) -> OffsetDateTime {
        self.0.fetch_add(1, Ordering::Relaxed);
        OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
    }
}

#[tokio::test]
async fn the_clock_is_read_once_for_a_request_that_nobody_looks_at() {
    let clock = Arc::new(Counted(AtomicU32::new(0)));
    let inner = service_fn(async |request: Request<()>| match request.uri().path() {
        "/write" => write(request).await,
        _ => Ok(Response::default()),
    });
    let layer = layer().clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let mut service = layer.layer(inner);
    let mut read = async |request: Builder| {
        let request = request.body(()).unwrap();
        let response = service.call(request).await.unwrap();
        (clock.0.swap(0, Ordering::Relaxed), cookie(&response))
    };
    let (readings, line) = read(Request::get("/write")).await;
    assert_eq!(readings, 2);
    let untouched = Request::get("/").header(header::COOKIE, line.unwrap());
    assert_eq!(read(untouched).await, (1, None));
}

#[tokio::test]
async fn what_answers_a_failure_need_not_be_a_clone() {
    struct Page(&'static str);

    let page = Page("too large");
    let layer = layer()
        .on_commit_failure(move |_: &Error, _: &Session| Response::new(page.0.to_owned()))
        .clock(Arc::new(ManualClock::new(OffsetDateTime::now_utc())));
    let service = layer
        .clone()
        .layer(service_fn(async |request: Request<()>| {
            let error = session(&request).insert("noise", "x".repeat(100_000));
            error.unwrap_err().hold_back();
            Ok::<_, Infallible>(Response::<String>::default())
        }));

    for service in [service.clone(), service] {
        let response = service.oneshot(Request::new(())).await.unwrap();
        assert_eq!(response.body(), "too large");
    }
}
