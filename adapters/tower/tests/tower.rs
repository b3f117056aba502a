//! The layer around plain services, without a framework.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, header};
use sealed_session_tower::SessionLayer;
use sealed_session_tower::sealed_session::testing::ManualClock;
use sealed_session_tower::sealed_session::{
    Clock, CookieSpec, Error, Key, KeyRing, Lifetime, Session, SessionManager, Sessions, Transport,
};
use time::OffsetDateTime;
use tower::{Layer, Service, ServiceExt, service_fn};

fn ring() -> KeyRing {
    KeyRing::new(Key::new(&[1; 32]).unwrap())
}

fn layer() -> SessionLayer {
    SessionLayer::new(SessionManager::new(ring()).unwrap())
}

fn session<B>(request: &Request<B>) -> Session {
    request
        .extensions()
        .get::<Sessions>()
        .unwrap()
        .main()
        .clone()
}

async fn count(request: Request<()>) -> Result<Response<String>, Error> {
    let visits = session(&request).update("visits", |n: &mut u32| {
        *n += 1;
        *n
    })?;
    Ok(Response::new(visits.to_string()))
}

/// The `Cookie` line that a browser would send next.
fn cookie<B>(response: &Response<B>) -> Option<String> {
    let line = response
        .headers()
        .get(header::SET_COOKIE)?
        .to_str()
        .unwrap();
    line.split(';').next().map(str::to_owned)
}

fn with_cookie(line: &str) -> Request<()> {
    Request::builder()
        .header(header::COOKIE, line)
        .body(())
        .unwrap()
}

#[tokio::test]
async fn a_service_counts_visits_under_the_layers_clock() {
    let start = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let clock = Arc::new(ManualClock::new(start));
    let layer = layer().clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let service = layer.layer(service_fn(count));
    let send = async |request| service.clone().oneshot(request).await.unwrap();

    let first = send(Request::new(())).await;
    let line = cookie(&first).unwrap();
    clock.advance(Duration::from_secs(29 * 60));
    assert_eq!(send(with_cookie(&line)).await.body(), "2");
    clock.advance(Duration::from_secs(31 * 60));
    assert_eq!(send(with_cookie(&line)).await.body(), "1");
}

#[tokio::test]
async fn cookie_fields_are_read_raw_and_all_of_them() {
    let service = layer().layer(service_fn(count));
    let first = service.clone().oneshot(Request::new(())).await.unwrap();
    let line = cookie(&first).unwrap();
    let request = Request::builder()
        .header(
            header::COOKIE,
            header::HeaderValue::from_bytes(b"a=\xff\xfe").unwrap(),
        )
        .header(header::COOKIE, "b=c")
        .header(header::COOKIE, line)
        .body(())
        .unwrap();
    assert_eq!(service.oneshot(request).await.unwrap().body(), "2");
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
            () = std::future::ready(()) => Ok(Response::new("too slow".to_owned())),
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
    let manager = SessionManager::builder(ring())
        .cookie(cookie_spec)
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

#[tokio::test]
async fn a_session_in_a_header_field_goes_in_and_out() {
    let start = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let clock = Arc::new(ManualClock::new(start));
    let manager = SessionManager::builder(ring())
        .transport(Transport::bearer().answered_in("X-Shop").or_cookie())
        .build()
        .unwrap();
    let layer = SessionLayer::new(manager).clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let service = layer.layer(service_fn(async |request: Request<()>| {
        if request.uri().path() == "/count" {
            return count(request).await;
        }
        Ok(Response::new("unseen".to_owned()))
    }));
    let send = async |path: &str, fields: &[(&str, String)]| {
        let request = Request::builder().uri(path);
        let add = |request: http::request::Builder, (name, value): &(&str, String)| {
            request.header(*name, value)
        };
        let request = fields.iter().fold(request, add).body(()).unwrap();
        service.clone().oneshot(request).await.unwrap()
    };
    let field = |response: &Response<String>, name: &str| {
        let value = response.headers().get(name)?;
        assert!(value.is_sensitive(), "{name}");
        Some(value.to_str().unwrap().to_owned())
    };

    let first = send("/count", &[("authorization", "Bearer".to_owned())]).await;
    let token = field(&first, "x-shop").unwrap();
    assert_eq!(first.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(first.headers()[header::VARY], "authorization, Cookie");
    assert!(cookie(&first).is_none());

    clock.advance(Duration::from_secs(20 * 60));
    let bearer = ("authorization", format!("Bearer {token}"));
    let second = send("/", std::slice::from_ref(&bearer)).await;
    let touch = ("x-shop-touch", field(&second, "x-shop-touch").unwrap());

    clock.advance(Duration::from_secs(20 * 60));
    let alive = [bearer.clone(), touch];
    assert_eq!(send("/count", &alive).await.body(), "2");
    assert_eq!(
        send("/count", std::slice::from_ref(&bearer)).await.body(),
        "1"
    );
    // Another scheme is somebody else's.
    let basic = ("authorization", "Basic QWRhOmFkYQ==".to_owned());
    assert!(cookie(&send("/count", &[basic]).await).is_some());
    assert!(cookie(&send("/count", &[]).await).is_some());
}

#[tokio::test]
async fn a_session_in_links_goes_in_by_the_query_and_out_of_no_header() {
    let policy = Lifetime::new().idle(Duration::from_secs(900));
    let manager = SessionManager::builder(ring())
        .lifetime(policy)
        .transport(Transport::cookie().or_url_that_leaks("s"))
        .build()
        .unwrap();
    let service = SessionLayer::new(manager).layer(service_fn(async |request: Request<()>| {
        let session = session(&request);
        session.update("visits", |n: &mut u32| *n += 1)?;
        let visits = session.get::<u32>("visits")?.unwrap_or_default();
        let link = session.encode_url("https://shop.example/next#top")?;
        let mut response = Response::new(format!("{visits} {link}"));
        let said = header::HeaderValue::from_static("unsafe-url");
        response.headers_mut().insert(header::REFERRER_POLICY, said);
        Ok::<_, Error>(response)
    }));
    let send = async |uri: &str| {
        let request = Request::builder()
            .uri(uri)
            .header("sec-fetch-site", "same-origin")
            .header(header::HOST, "shop.example");
        service
            .clone()
            .oneshot(request.body(()).unwrap())
            .await
            .unwrap()
    };
    let mut uri = "/?s=".to_owned();
    for visit in 1..4 {
        let response = send(&uri).await;
        assert!(cookie(&response).is_none());
        for (name, value) in [
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
        ] {
            let all: Vec<_> = response.headers().get_all(&name).iter().collect();
            assert_eq!(all, [value], "{name}");
        }
        let (visits, link) = response.body().split_once(' ').unwrap();
        assert_eq!(visits, visit.to_string());
        let path = link.strip_prefix("https://shop.example").unwrap();
        uri = path.strip_suffix("#top").unwrap().to_owned();
        assert!(uri.starts_with("/next?s=A"));
    }
    // Who does not ask gets a cookie, and links as they were.
    let response = send("/").await;
    assert!(cookie(&response).is_some());
    assert_eq!(response.body(), "1 https://shop.example/next#top");
    assert_eq!(response.headers()[header::REFERRER_POLICY], "unsafe-url");
}

#[test]
fn the_layer_and_its_futures_cross_threads() {
    fn is_send<T: Send + 'static>(_: &T) {}
    let layer = layer();
    is_send(&layer);
    let mut service = layer.layer(service_fn(count));
    is_send(&service);
    is_send(&service.call(Request::new(())));
}
