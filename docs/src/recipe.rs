//! Runs the recipe of the page on logs and metrics: requests to an application, and what Prometheus reads then.

#![allow(
    clippy::cast_precision_loss,
    reason = "as on the page: a session's bytes are few"
)]

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::{Router, get, post};
use metrics::{counter, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use sealed_session_axum::adapter::{Clock, RequestHead, ResponseHead, SystemClock};
use sealed_session_axum::flash::Level;
use sealed_session_axum::{Budget, Error, Guard, GuardLayer, Key, KeyRing, Session, SessionLayer};
use sealed_session_axum::{Event, SessionManager, SessionManagerBuilder};
use tower::ServiceExt;

#[rustfmt::skip]
mod page {
    use super::*;

// The page:
fn count(event: &Event, cookie: &str) {
    let mut labels = vec![("cookie", cookie.to_owned())];
    labels.extend(event.labels().map(|(name, value)| (name, value.to_owned())));
    counter!("sealed_session_events_total", &labels).increment(1);
    if let Some(bytes) = event.bytes() {
        histogram!("sealed_session_bytes", &labels).record(bytes as f64);
    }
}

pub(super) fn counted(sessions: SessionManagerBuilder) -> SessionManagerBuilder {
    sessions.on_event(count)
}

/// Its `render` is the text that Prometheus asks for; `install` in place of `install_recorder` serves it.
pub(super) fn exporter() -> Result<PrometheusHandle, BuildError> {
    let sizes = Matcher::Full("sealed_session_bytes".to_owned());
    let bounds = [512.0, 1_024.0, 2_048.0, 3_072.0, 4_096.0, 6_500.0, 12_000.0];
    PrometheusBuilder::new().set_buckets_for_metric(sizes, &bounds)?.install_recorder()
}
// The end of the page.
}

const PAGE: &str = include_str!("../observability.md");

#[test]
fn what_runs_here_is_what_the_page_says() {
    let here = include_str!("recipe.rs");
    let (_, here) = here.split_once("// The page:\n").unwrap();
    let (here, _) = here.split_once("// The end of the page.").unwrap();
    assert!(PAGE.contains(&here.replace("pub(super) ", "")));
}

async fn sign_in(session: Session) -> Result<&'static str, Error> {
    session.sign_in("user-17", &[])?;
    Ok("Welcome.")
}

async fn sign_out(session: Session) -> Result<&'static str, Error> {
    session.destroy()?;
    Ok("Goodbye.")
}

async fn notice(session: Session) -> Result<&'static str, Error> {
    session.flash(Level::Success, "Saved.")?;
    Ok("Saved.")
}

async fn too_much(session: Session) -> Result<&'static str, Error> {
    session.insert("lump", "x".repeat(100_000))?;
    Ok("Stored.")
}

fn app() -> Result<Router, Error> {
    let ring = KeyRing::new(Key::generate()?);
    let shop = SessionManager::builder("shop", ring).budget(Budget::within_8k());
    let manager = page::counted(shop).flash().build()?;
    let account = Router::new().route("/account", get(async || "Your account."));
    Ok(account
        .route_layer(GuardLayer::new(Guard::signed_in()))
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/notice", post(notice))
        .route("/too-much", post(too_much))
        .layer(SessionLayer::new(manager)))
}

/// A session that was sealed under a key that nobody has any more.
fn stale() -> Result<String, Error> {
    let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    let now = SystemClock.now();
    let session = manager.load(RequestHead::default(), now);
    session.sign_in("user-17", &[])?;
    let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    Ok(cookie(changes[0].value()))
}

fn cookie(line: &str) -> String {
    line.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn prometheus_reads_what_happened() {
    let prometheus = page::exporter().unwrap();
    let (app, stale) = (app().unwrap(), stale().unwrap());
    let mut kept = String::new();
    for (path, brings, status) in [
        ("/account", "", 401),
        ("/account", &*stale, 401),
        ("/account", "__Host-shop=garbage", 401),
        ("/sign-in", "", 200),
        ("/account", "kept", 200),
        ("/account", "kept", 200),
        ("/notice", "kept", 200),
        ("/too-much", "kept", 500),
        ("/sign-out", "kept", 200),
    ] {
        let method = if path == "/account" { "GET" } else { "POST" };
        let brings = if brings == "kept" { &kept } else { brings };
        let request = Request::builder().method(method).uri(path);
        let request = request.header("cookie", brings).body(Body::empty());
        let response = app.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(
            response.status(),
            StatusCode::from_u16(status).unwrap(),
            "{path}"
        );
        if path == "/sign-in" {
            kept = cookie(response.headers()["set-cookie"].to_str().unwrap());
        }
    }
    let text = prometheus.render();
    let (_, shown) = PAGE.split_once("```text\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let more = [
        r#"sealed_session_events_total{cookie="__Host-shop",event="refused",reason="malformed"} 1"#,
        r#"sealed_session_events_total{cookie="__Host-shop",event="opened",reason=""} 4"#,
        r#"sealed_session_events_total{cookie="__Host-shop",event="commit_failed",reason="too_large"} 1"#,
        r#"sealed_session_bytes_count{cookie="__Host-shop",event="commit_failed",reason="too_large"} 1"#,
        r#"sealed_session_events_total{cookie="__Host-shop",event="ended",reason=""} 1"#,
    ];
    for line in shown.lines().chain(more) {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
}
