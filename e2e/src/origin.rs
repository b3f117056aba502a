//! The server that sets sessions of exact sizes, and says what comes back.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use axum_server::tls_rustls::RustlsConfig;
use sealed_session::{Error, Key, KeyRing};
use sealed_session_axum::{Session, SessionLayer};

use crate::answer::{Answer, Holds, Refused};
use crate::certificate::Certificate;
use crate::preset::{Filling, NOISE, Preset, manager, noise};
use crate::site::Site;
use crate::{Failure, trust};

/// Bytes of noise in a small session.
const SMALL: usize = 100;

/// An axum server, as it is without settings, that ends with the test.
///
/// | path | what it does |
/// | --- | --- |
/// | `/PRESET/exact/fill` | a session that takes the preset's total to the byte |
/// | `/PRESET/over/fill` | tries one that is a byte longer |
/// | `/PRESET/WHICH/small` | a small session under the same name |
/// | `/PRESET/WHICH/read` | says what came |
/// | `/cookie/NAME/BYTES` | a cookie that the library knows nothing of, with that many bytes of name and value |
/// | `/read` | says which cookies came |
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// Where it listens.
    pub site: Site,
    /// The same application, told to take 64 KiB of header fields over HTTP/2.
    pub wide: Site,
}

impl Origin {
    /// Starts it, over plain http and over TLS.
    ///
    /// # Errors
    ///
    /// If no session comes to the exact size, or nothing can be listened on.
    pub async fn start(certificate: &Certificate) -> Result<Origin, Failure> {
        trust::use_ring();
        let app = app()?;
        let pem = |text: &str| text.as_bytes().to_vec();
        let (chain, key) = (pem(&certificate.certificate), pem(&certificate.key));
        let config = RustlsConfig::from_pem(chain, key).await?;
        let (plain, listener) = listen()?;
        let stock = axum_server::from_tcp(listener)?;
        tokio::spawn(stock.serve(app.clone().into_make_service()));
        let (tls, listener) = listen()?;
        let stock = axum_server::from_tcp_rustls(listener, config.clone())?;
        tokio::spawn(stock.serve(app.clone().into_make_service()));
        let (wide, listener) = listen()?;
        let mut told = axum_server::from_tcp_rustls(listener, config)?;
        told.http_builder().http2().max_header_list_size(65_536);
        tokio::spawn(told.serve(app.into_make_service()));
        Ok(Origin {
            site: Site { plain, tls },
            wide: Site { plain, tls: wide },
        })
    }
}

fn listen() -> Result<(SocketAddr, TcpListener), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    Ok((listener.local_addr()?, listener))
}

fn app() -> Result<Router, Failure> {
    let ring = KeyRing::new(Key::generate()?);
    let mut app = Router::new()
        .route("/cookie/{name}/{bytes}", get(foreign))
        .route(
            "/read",
            get(async |request: Request| Json(answer(None, 0, &request))),
        );
    for preset in Preset::all() {
        for (which, filling) in [
            ("exact", preset.exact(&ring)?),
            ("over", preset.over(&ring)?),
        ] {
            let manager = manager(&ring, &filling.cookie, preset.budget)?;
            let layer = SessionLayer::new(manager);
            let layer = layer.on_commit_failure(|error: &Error, _: &_| refused(error));
            let sessions = Router::new()
                .route("/fill", get(fill))
                .route("/small", get(small))
                .route("/read", get(read))
                .layer(layer)
                .with_state(filling);
            app = app.nest(&format!("/{}/{which}", preset.name), sessions);
        }
    }
    Ok(app)
}

async fn fill(filling: State<Filling>, session: Session, request: Request) -> Response {
    put(filling.length, &filling, &session, &request)
}

async fn small(filling: State<Filling>, session: Session, request: Request) -> Response {
    put(SMALL, &filling, &session, &request)
}

async fn read(filling: State<Filling>, session: Session, request: Request) -> Response {
    Json(answer(Some(&session), filling.length, &request)).into_response()
}

/// Stores noise. A session that is too large is refused here, or when it is committed.
fn put(length: usize, filling: &Filling, session: &Session, request: &Request) -> Response {
    let before = answer(Some(session), filling.length, request);
    match session.insert(NOISE, noise(length)) {
        Ok(()) => Json(before).into_response(),
        Err(error) => refused(&error),
    }
}

fn refused(error: &Error) -> Response {
    let text = error.to_string();
    let Some(sizes) = error.sizes() else {
        return (StatusCode::INTERNAL_SERVER_ERROR, text).into_response();
    };
    let (needed, allowed) = (sizes.needed, sizes.allowed);
    let refused = Refused {
        needed,
        allowed,
        text,
    };
    (StatusCode::UNPROCESSABLE_ENTITY, Json(refused)).into_response()
}

async fn foreign(Path((name, bytes)): Path<(String, usize)>, request: Request) -> Response {
    let value = "v".repeat(bytes.saturating_sub(name.len()));
    let line = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax");
    let line = AppendHeaders([(header::SET_COOKIE, line)]);
    (line, Json(answer(None, 0, &request))).into_response()
}

fn answer(session: Option<&Session>, full: usize, request: &Request) -> Answer {
    let fields = request.headers().get_all(header::COOKIE);
    let values: Vec<&str> = fields
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let pairs = values.iter().flat_map(|value| value.split("; "));
    let size = |(name, value): (&str, &str)| (name.to_owned(), name.len() + value.len());
    let held = session.map(|session| session.get(NOISE));
    Answer {
        protocol: format!("{:?}", request.version()),
        fields: values.len(),
        bytes: values.iter().map(|value| value.len()).sum(),
        cookies: pairs
            .filter_map(|pair| pair.split_once('='))
            .map(size)
            .collect(),
        holds: match held {
            None | Some(Ok(None)) => Holds::Nothing,
            Some(Ok(Some(held))) if held == noise(full) => Holds::Full,
            Some(Ok(Some(held))) if held == noise(SMALL) => Holds::Small,
            Some(_) => Holds::Other,
        },
        refusal: session
            .and_then(|session| session.refusal())
            .map(|refusal| refusal.label().to_owned()),
    }
}
