//! poem, with the layers of tower around its endpoints.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use conformance::sealed_session::{Error, Session, adapter};
use conformance::{Catch, Harness, Missing, Prefs, Reply, Server, Site, Support, guards};
use futures_util::stream;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::Bytes;
use poem::endpoint::BoxEndpoint;
use poem::error::ResponseError;
use poem::http::header::{HeaderName, HeaderValue, SET_COOKIE};
use poem::http::{Request as HttpRequest, Response as HttpResponse, StatusCode};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::middleware::CatchPanic;
use poem::web::{Data, Redirect};
use poem::{
    Body, Endpoint, EndpointExt, FromRequest, IntoResponse, Request, RequestBody, RequestParts,
    Response, Route,
};
use sealed_session_tower::{GuardLayer, InHand, PassiveLayer, PeekedBody, SessionLayer};
use tokio::runtime::Runtime;
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, ServiceExt, service_fn};

/// poem, whose endpoints are no services of tower.
#[derive(Clone, Copy, Debug)]
pub struct Poem;

impl Harness for Poem {
    fn name(&self) -> &'static str {
        "poem"
    }

    fn support(&self) -> Support {
        Support::new(Missing::Unknown)
    }

    fn start(&self, site: Site) -> Result<Server, Box<dyn StdError + Send + Sync>> {
        let runtime = Runtime::new()?;
        let acceptor = runtime.block_on(TcpListener::bind("127.0.0.1:0").into_acceptor())?;
        let addresses = acceptor.local_addr();
        let address = addresses
            .first()
            .and_then(|address| address.as_socket_addr());
        let address = *address.ok_or("it listens nowhere")?;
        runtime.spawn(poem::Server::new_with_acceptor(acceptor).run(app(site)));
        Ok(Server::new(address, runtime))
    }
}

type App = BoxEndpoint<'static, Response>;

/// The body of a request and of a response on their way through a layer.
type Sent = BoxBody<Bytes, io::Error>;

/// An endpoint as a service.
type Inner = BoxCloneSyncService<HttpRequest<Sent>, HttpResponse<Sent>, Infallible>;

/// Puts a layer around an endpoint. poem's own `compat()` hands the layer poem's requests, and not those of `http`.
fn layered<L, S>(app: impl Endpoint + 'static, layer: L) -> App
where
    L: Layer<Inner, Service = S> + Clone + Send + Sync + 'static,
    S: Service<HttpRequest<Sent>, Response = HttpResponse<Sent>, Error = Infallible, Future: Send>
        + Send
        + 'static,
{
    let around = move |app, request| {
        let service = layer.layer(service(app, &request));
        async move {
            let Ok(response) = service.oneshot(request.into()).await;
            Ok(Response::from(response))
        }
    };
    app.around(around).boxed()
}

/// Makes a service of an endpoint, for one request, whose addresses a request of `http` has no place for.
fn service(app: Arc<impl Endpoint + 'static>, request: &Request) -> Inner {
    let local = request.local_addr().clone();
    let remote = request.remote_addr().clone();
    let scheme = request.scheme().clone();
    BoxCloneSyncService::new(service_fn(move |request: HttpRequest<Sent>| {
        let (parts, body) = request.into_parts();
        let parts = (parts, local.clone(), remote.clone(), scheme.clone());
        let request = Request::from_parts(RequestParts::from(parts), Body::from(body));
        let app = Arc::clone(&app);
        async move { Ok(HttpResponse::from(app.get_response(request).await)) }
    }))
}

fn app(site: Site) -> App {
    let mut app: App = routes(&site).map_to_response().boxed();
    if site.catch() == Catch::Inside {
        app = app.with(CatchPanic::new()).map_to_response().boxed();
    }
    for _ in 0..site.layers() {
        let layer = SessionLayer::new(site.manager())
            .clock(site.clock())
            .read_forms(|body: PeekedBody<Sent>| BodyExt::boxed(body));
        app = match site.page() {
            None => layered(app, layer),
            Some(page) => {
                let failed = move |error: &Error, session: &Session| {
                    HttpResponse::from(response(page.reply(error, session)))
                };
                layered(app, layer.on_commit_failure(failed))
            }
        };
    }
    match site.catch() {
        Catch::Outside => app.with(CatchPanic::new()).map_to_response().boxed(),
        Catch::Inside | Catch::Nowhere => app,
    }
}

fn routes(site: &Site) -> Route {
    let acts = |what| Acts {
        site: site.clone(),
        what,
    };
    let plain = || Plain(site.clone());
    let act = || acts(act);
    let guarded = |guard: Result<_, Error>| {
        layered(
            act(),
            GuardLayer::new(guard.expect("the list's guards are some")),
        )
    };
    let before = acts(before);
    let before = act().around(move |_, request| before.clone().into_call(request));
    let routes = Route::new()
        .at("/act/*steps", act())
        .at("/plain", plain())
        .at("/plain/*steps", plain())
        .at("/body", Receives(site.clone()))
        .at("/early/*steps", acts(early))
        .at("/before/*steps", before)
        .at("/after/*steps", act().around(after))
        .at("/redirect/*steps", acts(redirect))
        .at("/stream/*steps", acts(streams))
        .at("/panic/*steps", acts(panics))
        .at("/foreign/*steps", acts(foreign))
        .at("/maybe", acts(maybe))
        .at("/live/*steps", acts(live))
        .at("/prefs/*steps", acts(prefs))
        .at("/both/*steps", acts(both))
        .at("/flashes/", acts(flashes))
        .at("/flashes/*steps", acts(flashes))
        .at("/passive/*steps", layered(plain(), PassiveLayer::new()))
        .at("/members/*steps", guarded(guards::members()))
        .at("/admins/*steps", guarded(guards::admins()))
        .at("/themed/*steps", guarded(guards::themed()))
        .at("/fresh/*steps", guarded(Ok(guards::fresh())))
        .at("/confirmed/*steps", guarded(guards::confirmed()));
    match site.has_fallback() {
        true => routes.at("/*steps", acts(fallback)),
        false => routes,
    }
}

/// What a handler does with its session and the request's path.
type What = fn(&Site, &Session, &str) -> Result<Response, poem::Error>;

/// A handler that asks for the session.
#[derive(Clone)]
struct Acts {
    site: Site,
    what: What,
}

impl Acts {
    async fn into_call(self, request: Request) -> poem::Result<Response> {
        self.call(request).await
    }
}

impl Endpoint for Acts {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let none = &mut RequestBody::default();
        let session = Data::<&InHand>::from_request(&request, none).await?;
        (self.what)(&self.site, &session, request.uri().path())
    }
}

struct Plain(Site);

impl Endpoint for Plain {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        Ok(response(self.0.plain(request.uri().path())))
    }
}

struct Receives(Site);

impl Endpoint for Receives {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let body = request.into_body().into_bytes_limit(2 << 20).await?;
        Ok(response(self.0.received(&body)))
    }
}

async fn after(app: Arc<Acts>, request: Request) -> poem::Result<Response> {
    app.call(request).await?;
    Err(StatusCode::BAD_GATEWAY.into())
}

fn response(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).expect("the list knows statuses");
    let mut response = Response::builder().status(status).body(reply.body);
    for (name, value) in reply.headers {
        let name = HeaderName::try_from(name).expect("the list knows names");
        let value = HeaderValue::try_from(value).expect("the list knows values");
        response.headers_mut().append(name, value);
    }
    response
}

/// An error of a session as poem wants it.
#[derive(Debug)]
struct Failed(Error);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Failed {}

impl ResponseError for Failed {
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn as_response(&self) -> Response {
        let answer = Response::builder().status(self.status());
        answer.body(adapter::answer(&self.0))
    }
}

fn act(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    Ok(response(site.act(session, path).map_err(Failed)?))
}

fn early(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    act(site, session, path)?;
    Err(StatusCode::FORBIDDEN.into())
}

fn before(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    act(site, session, path)?;
    Err(StatusCode::BAD_GATEWAY.into())
}

fn redirect(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    act(site, session, path)?;
    Ok(Redirect::see_other("/plain").into_response())
}

fn streams(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    act(site, session, path)?;
    let pieces = site.pieces(session).map(Ok::<_, io::Error>);
    let body = Body::from_bytes_stream(stream::iter(pieces));
    Ok(Response::builder().body(body))
}

fn panics(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    site.panic(session, path)
}

fn foreign(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    let mut response = act(site, session, path)?;
    let theirs = HeaderValue::from_static("theirs=1");
    response.headers_mut().append(SET_COOKIE, theirs);
    Ok(response)
}

fn maybe(site: &Site, session: &Session, _: &str) -> poem::Result<Response> {
    Ok(response(site.greet(session.is_live().then_some(session))))
}

fn live(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    match session.is_live() {
        true => act(site, session, path),
        false => Err(StatusCode::UNAUTHORIZED.into()),
    }
}

fn prefs(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    act(site, &session.slot::<Prefs>().map_err(Failed)?, path)
}

fn both(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    let prefs = session.slot::<Prefs>().map_err(Failed)?;
    let reply = site.act_both(session, &prefs, path).map_err(Failed)?;
    Ok(response(reply))
}

fn flashes(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    let taken = session.take_flashes().map_err(Failed)?;
    Ok(response(site.show(&taken, path)))
}

fn fallback(site: &Site, session: &Session, path: &str) -> poem::Result<Response> {
    let mut response = act(site, session, path)?;
    response.set_status(StatusCode::NOT_FOUND);
    Ok(response)
}
