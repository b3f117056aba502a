//! Whole response heads through a stock nginx, which takes 4,096 bytes and answers 502 above.

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use e2e::{Certificate, Client, Failure, Nginx, Protocol, Rust};
use sealed_session::{Budget, Error, Key, KeyRing, SessionManager};
use sealed_session_axum::{Session, SessionLayer};
use serde_bytes::ByteBuf;
use tokio::net::TcpListener;

/// What a stock nginx takes.
const HEAD: usize = 4_096;

/// What the server adds here, to the byte: the line of the status, two fields of the body, the date,
/// and the empty line.
const SERVER: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
     content-length: 2\r\ndate: Sat, 28 Nov 2026 08:00:00 GMT\r\n\r\n";

/// Builds managers of one ring of four keys, before a rename and after it.
fn managers() -> Result<[SessionManager; 2], Error> {
    let mut ring = KeyRing::new(Key::generate()?);
    for _ in 0..3 {
        ring = ring.accept(Key::generate()?)?;
    }
    let builder = |name| SessionManager::builder(name, ring.clone()).budget(Budget::portable());
    Ok([
        builder("former").build()?,
        builder("session").former_cookie("former").build()?,
    ])
}

/// Signs in over what is there, and stores as much as fits.
async fn sign_in(session: Session) -> Result<(), Error> {
    session.sign_in("Ada", &[])?;
    let mut length = session.size()?.room;
    let bytes = |length| ByteBuf::from((0..length).map(noise).collect::<Vec<u8>>());
    while session.insert("noise", bytes(length)).is_err() || session.size().is_err() {
        length -= 1;
    }
    Ok(())
}

/// Returns a byte that no compression foresees.
fn noise(at: usize) -> u8 {
    let mixed = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29))
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        .to_be_bytes()[0]
}

/// Answers a page with so many bytes of its own in the head.
fn page(bytes: usize) -> impl IntoResponse {
    let around = "x-page: \r\n".len() + SERVER.len();
    let text = "x".repeat(bytes.saturating_sub(around));
    ([(header::HeaderName::from_static("x-page"), text)], "ok")
}

fn app() -> Result<Router, Failure> {
    let [before, after] = managers()?;
    let start = async |session: Session| {
        session.insert("name", "Ada")?;
        Ok::<_, Error>("ok")
    };
    let full = async |session: Session, Path(own): Path<usize>| {
        sign_in(session).await?;
        Ok::<_, Error>(page(own))
    };
    Ok(Router::new()
        .merge(
            Router::new()
                .route("/start", get(start))
                .layer(SessionLayer::new(before)),
        )
        .merge(
            Router::new()
                .route("/full/{own}", get(full))
                .layer(SessionLayer::new(after)),
        ))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_sign_in_passes_with_a_kilobyte_of_the_applications_own() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let upstream = listener.local_addr()?;
    let app = app()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    let nginx = Nginx::start(upstream, &certificate, "")?;
    let client = &mut Rust::new(Protocol::Http2, &certificate)?;
    let url = |path: &str| nginx.site().url(true, path);
    let own = HEAD - Budget::portable().head_limit().unwrap_or_default();

    // A session under the former name is ended, and removed; four keys bury it under both names.
    client.get(&url("/start")).await?;
    let first = client.get(&url(&format!("/full/{own}"))).await?;
    assert_eq!(first.status, Some(200), "{first:?}");
    // The tombstones of the first are carried along by the second.
    let second = client.get(&url(&format!("/full/{own}"))).await?;
    assert_eq!(second.status, Some(200), "{second:?}");
    // That it is the head which nginx counts: far above it does not pass.
    let over = client.get(&url(&format!("/full/{HEAD}"))).await?;
    assert_eq!(over.status, Some(502), "{over:?}");
    Ok(())
}
