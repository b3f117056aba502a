//! The app of the list without a framework: services over `http`, served by hyper.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use conformance::sealed_session::{self as core, Session, adapter};
use conformance::{Prefs, Reply, Server, Site, guards};
use futures_util::{FutureExt, stream};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use sealed_session_tower::{GuardLayer, InHand, PassiveLayer};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt, service_fn};

/// A body of either kind: whole, or streamed.
pub type Body = BoxBody<Bytes, Infallible>;

/// A request's body, which can be put together again.
pub type Incoming = UnsyncBoxBody<Bytes, hyper::Error>;

/// A service that may fail, as middlewares do.
pub type App = BoxCloneSyncService<Request<Incoming>, Response<Body>, Failed>;

/// What a middleware of the app fails with.
#[derive(Debug)]
pub struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a middleware failed")
    }
}

impl Error for Failed {}

/// Serves what `app` makes for each connection.
///
/// # Errors
///
/// If nothing can be listened on.
pub fn serve(
    app: impl Fn() -> App + Send + 'static,
) -> Result<Server, Box<dyn Error + Send + Sync>> {
    let runtime = Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let boxed =
                |request: Request<hyper::body::Incoming>| request.map(BodyExt::boxed_unsync);
            let service = TowerToHyperService::new(app().map_request(boxed));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(Server::new(address, runtime))
}

/// The routes, each of which finds its session among the request's extensions.
#[must_use]
pub fn routes(site: Site) -> App {
    let route = service_fn(move |request| {
        let site = site.clone();
        async move { route(&site, request).await }
    });
    BoxCloneSyncService::new(route)
}

/// Makes responses of the errors of `inner`.
#[must_use]
pub fn answering(inner: App) -> App {
    let answer = service_fn(move |request| {
        let inner = inner.clone();
        async move {
            let result = inner.oneshot(request).await;
            Ok(result.unwrap_or_else(|Failed| empty(StatusCode::BAD_GATEWAY)))
        }
    });
    BoxCloneSyncService::new(answer)
}

/// Answers 500 where `inner` panics.
#[must_use]
pub fn catching(inner: App) -> App {
    let catch = service_fn(move |request| {
        let inner = inner.clone();
        async move {
            let caught = AssertUnwindSafe(inner.oneshot(request))
                .catch_unwind()
                .await;
            caught.unwrap_or_else(|_| Ok(empty(StatusCode::INTERNAL_SERVER_ERROR)))
        }
    });
    BoxCloneSyncService::new(catch)
}

/// The response that the list asks for.
///
/// # Panics
///
/// If it is none of HTTP.
#[must_use]
pub fn response(reply: Reply) -> Response<Body> {
    let mut response = Response::new(Full::from(reply.body).boxed());
    *response.status_mut() = StatusCode::from_u16(reply.status).expect("the list knows statuses");
    for (name, value) in reply.headers {
        let name = HeaderName::try_from(name).expect("the list knows names");
        let value = HeaderValue::try_from(value).expect("the list knows values");
        response.headers_mut().append(name, value);
    }
    response
}

/// A response that says nothing.
#[must_use]
pub fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.status_mut() = status;
    response
}

/// The session that a layer put there, or lent.
fn session(request: &Request<Incoming>) -> Option<&Session> {
    let extensions = request.extensions();
    let lent = || extensions.get::<Arc<Session>>().map(|session| &**session);
    InHand::find(extensions).or_else(lent)
}

/// The first segment of a path.
#[must_use]
pub fn segment(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

async fn route(site: &Site, request: Request<Incoming>) -> Result<Response<Body>, Failed> {
    match segment(request.uri().path()) {
        "plain" => return Ok(response(site.plain(request.uri().path()))),
        "body" => {
            let body = request.into_body().collect().await.map_err(|_| Failed)?;
            return Ok(response(site.received(&body.to_bytes())));
        }
        "passive" => {
            let plain =
                async |request: Request<Incoming>| Ok(response(site.plain(request.uri().path())));
            return PassiveLayer::new()
                .layer(service_fn(plain))
                .oneshot(request)
                .await;
        }
        _ => {}
    }
    let guard = match segment(request.uri().path()) {
        "members" => guards::members(),
        "admins" => guards::admins(),
        "themed" => guards::themed(),
        "fresh" => Ok(guards::fresh()),
        "confirmed" => guards::confirmed(),
        _ => return unguarded(site, request).await,
    };
    let inner = service_fn(async |request| unguarded(site, request).await);
    let guard = GuardLayer::new(guard.expect("the list's guards are some"));
    guard.layer(inner).oneshot(request).await
}

async fn unguarded(site: &Site, request: Request<Incoming>) -> Result<Response<Body>, Failed> {
    let Some(session) = session(&request) else {
        return Ok(empty(match segment(request.uri().path()) {
            "act" | "live" | "maybe" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::NOT_FOUND,
        }));
    };
    let path = request.uri().path();
    let acted = || site.act(session, path);
    Ok(match segment(path) {
        "act" | "members" | "admins" | "themed" | "fresh" | "confirmed" => replied(acted()),
        "early" => replied(acted().map(|reply| with_status(reply, 403))),
        "before" | "after" => {
            acted().map_err(|_| Failed)?;
            return Err(Failed);
        }
        "redirect" => {
            let location = ("location".to_owned(), "/plain".to_owned());
            replied(acted().map(|mut reply| {
                reply.headers.push(location);
                with_status(reply, 303)
            }))
        }
        "stream" => match acted() {
            Err(error) => replied(Err(error)),
            Ok(_) => {
                let pieces = site.pieces(session);
                let frames = pieces.map(|piece| Ok(Frame::data(Bytes::from(piece))));
                Response::new(StreamBody::new(stream::iter(frames)).boxed())
            }
        },
        "panic" => site.panic(session, path),
        "foreign" => {
            let mut response = replied(acted());
            let theirs = HeaderValue::from_static("theirs=1");
            response.headers_mut().append(header::SET_COOKIE, theirs);
            response
        }
        "maybe" => response(site.greet(session.is_live().then_some(session))),
        "live" if !session.is_live() => empty(StatusCode::UNAUTHORIZED),
        "live" => replied(acted()),
        "prefs" => replied(
            session
                .slot::<Prefs>()
                .and_then(|prefs| site.act(&prefs, path)),
        ),
        "both" => replied(
            session
                .slot::<Prefs>()
                .and_then(|prefs| site.act_both(session, &prefs, path)),
        ),
        "flashes" => replied(session.take_flashes().map(|taken| site.show(&taken, path))),
        _ if site.has_fallback() => replied(acted().map(|reply| with_status(reply, 404))),
        _ => empty(StatusCode::NOT_FOUND),
    })
}

fn with_status(mut reply: Reply, status: u16) -> Reply {
    reply.status = status;
    reply
}

/// What the handler answers.
fn replied(result: Result<Reply, core::Error>) -> Response<Body> {
    result.map(response).unwrap_or_else(|error| {
        let mut response = Response::new(Full::from(adapter::answer(&error)).boxed());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
