//! axum.

use std::convert::Infallible;
use std::error::Error as StdError;

use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::any;
use axum::{Router, serve};
use conformance::{Catch, Harness, Missing, Prefs, Reply, Server, Site, Support, guards};
use futures_util::stream;
use sealed_session_axum::{
    Error, Flashes, Guard, GuardLayer, LiveSession, PassiveLayer, Session, SessionLayer,
};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower_http::catch_panic::CatchPanicLayer;

/// axum, with the layer and the extractors.
#[derive(Clone, Copy, Debug)]
pub struct Axum;

impl Harness for Axum {
    fn name(&self) -> &'static str {
        "axum"
    }

    fn support(&self) -> Support {
        Support::new(Missing::Logs(".layer(SessionLayer::new(manager))"))
    }

    fn start(&self, site: Site) -> Result<Server, Box<dyn StdError + Send + Sync>> {
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        runtime.spawn(serve(listener, app(site)).into_future());
        Ok(Server::new(address, runtime))
    }
}

fn app(site: Site) -> Router {
    let mut app = pages(&site).with_state(site.clone());
    if site.catch() == Catch::Inside {
        app = app.layer(CatchPanicLayer::new());
    }
    layered(app, &site)
}

/// The routes of the list.
pub(crate) fn pages(site: &Site) -> Router<Site> {
    let app = Router::new()
        .route("/act/{*steps}", any(act))
        .route("/plain", any(plain))
        .route("/plain/{*steps}", any(plain))
        .route("/body", any(received))
        .route("/early/{*steps}", any(early))
        .route(
            "/before/{*steps}",
            any(act).layer(from_fn_with_state(site.clone(), before)),
        )
        .route("/after/{*steps}", any(act).layer(from_fn(after)))
        .route("/redirect/{*steps}", any(redirect))
        .route("/stream/{*steps}", any(streams))
        .route("/panic/{*steps}", any(panics))
        .route("/foreign/{*steps}", any(foreign))
        .route("/maybe", any(maybe))
        .route("/live/{*steps}", any(live))
        .route("/prefs/{*steps}", any(prefs))
        .route("/both/{*steps}", any(both))
        .route("/flashes/", any(flashes))
        .route("/flashes/{*steps}", any(flashes))
        .route("/passive/{*steps}", any(plain).layer(PassiveLayer::new()))
        // Nested, so that a part of the path is cut off before the guard is asked.
        .nest("/members", guarded(guards::members()))
        .nest("/admins", guarded(guards::admins()))
        .nest("/themed", guarded(guards::themed()))
        .nest("/fresh", guarded(Ok(guards::fresh())))
        .nest("/confirmed", guarded(guards::confirmed()));
    match site.has_fallback() {
        true => app.fallback(fallback),
        false => app,
    }
}

/// Puts the session layers around an app, and around them what catches panics outside.
pub(crate) fn layered(mut app: Router, site: &Site) -> Router {
    for _ in 0..site.layers() {
        let layer = SessionLayer::new(site.manager()).clock(site.clock());
        app = match site.page() {
            None => app.layer(layer),
            Some(page) => app.layer(
                layer.on_commit_failure(move |error, session| response(page.reply(error, session))),
            ),
        };
    }
    match site.catch() {
        Catch::Outside => app.layer(CatchPanicLayer::new()),
        Catch::Inside | Catch::Nowhere => app,
    }
}

fn guarded(guard: Result<Guard, Error>) -> Router<Site> {
    let guard = guard.expect("the list's guards are some");
    let routes = Router::new().route("/{*steps}", any(whole));
    routes.route_layer(GuardLayer::new(guard))
}

async fn whole(
    State(site): State<Site>,
    session: Session,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Error> {
    Ok(response(site.act(&session, uri.path())?))
}

fn response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).expect("the list knows statuses");
    for (name, value) in reply.headers {
        let name = HeaderName::try_from(name).expect("the list knows names");
        let value = HeaderValue::try_from(value).expect("the list knows values");
        response.headers_mut().append(name, value);
    }
    response
}

async fn act(State(site): State<Site>, session: Session, uri: Uri) -> Result<Response, Error> {
    Ok(response(site.act(&session, uri.path())?))
}

async fn plain(State(site): State<Site>, uri: Uri) -> Response {
    response(site.plain(uri.path()))
}

async fn received(State(site): State<Site>, body: Bytes) -> Response {
    response(site.received(&body))
}

async fn early(State(site): State<Site>, session: Session, uri: Uri) -> Result<(), Response> {
    let done = site.act(&session, uri.path());
    done.map_err(IntoResponse::into_response)?;
    Err(StatusCode::FORBIDDEN.into_response())
}

async fn before(
    State(site): State<Site>,
    session: Session,
    request: Request,
    _: Next,
) -> Result<Response, StatusCode> {
    let done = site.act(&session, request.uri().path());
    done.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Err(StatusCode::BAD_GATEWAY)
}

async fn after(request: Request, next: Next) -> Result<Response, StatusCode> {
    next.run(request).await;
    Err(StatusCode::BAD_GATEWAY)
}

async fn redirect(State(site): State<Site>, session: Session, uri: Uri) -> Result<Redirect, Error> {
    site.act(&session, uri.path())?;
    Ok(Redirect::to("/plain"))
}

async fn streams(State(site): State<Site>, session: Session, uri: Uri) -> Result<Body, Error> {
    site.act(&session, uri.path())?;
    let pieces = site.pieces(&session).map(Ok::<_, Infallible>);
    Ok(Body::from_stream(stream::iter(pieces)))
}

async fn panics(State(site): State<Site>, session: Session, uri: Uri) {
    site.panic(&session, uri.path())
}

async fn foreign(
    State(site): State<Site>,
    session: Session,
    uri: Uri,
) -> Result<impl IntoResponse, Error> {
    let reply = site.act(&session, uri.path())?;
    Ok(([(header::SET_COOKIE, "theirs=1")], response(reply)))
}

async fn maybe(State(site): State<Site>, session: Option<LiveSession>) -> Response {
    response(site.greet(session.as_deref()))
}

async fn live(State(site): State<Site>, session: LiveSession, uri: Uri) -> Result<Response, Error> {
    Ok(response(site.act(&session, uri.path())?))
}

async fn prefs(
    State(site): State<Site>,
    session: Session<Prefs>,
    uri: Uri,
) -> Result<Response, Error> {
    Ok(response(site.act(&session, uri.path())?))
}

async fn both(
    State(site): State<Site>,
    main: Session,
    prefs: Session<Prefs>,
    uri: Uri,
) -> Result<Response, Error> {
    Ok(response(site.act_both(&main, &prefs, uri.path())?))
}

async fn flashes(State(site): State<Site>, flashes: Flashes, uri: Uri) -> Response {
    response(site.show(&flashes, uri.path()))
}

async fn fallback(
    State(site): State<Site>,
    session: Session,
    uri: Uri,
) -> Result<(StatusCode, Response), Error> {
    let reply = site.act(&session, uri.path())?;
    Ok((StatusCode::NOT_FOUND, response(reply)))
}
