//! salvo, with the layers of tower through `tower-compat`.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::net::TcpListener;

use conformance::sealed_session::{Error, Session, adapter};
use conformance::{Catch, Harness, Missing, Prefs, Reply, Server, Site, Support, guards};
use futures_util::stream;
use http_body_util::BodyExt;
use salvo::catch_panic::CatchPanic;
use salvo::conn::tcp::TcpAcceptor;
use salvo::http::header::{HeaderName, HeaderValue, SET_COOKIE};
use salvo::http::{ReqBody, StatusCode, StatusError};
use salvo::prelude::{Redirect, Router, Service, TowerLayerCompat};
use salvo::{Depot, FlowCtrl, Handler, Request, Response, async_trait};
use sealed_session_tower::{GuardLayer, InHand, PassiveLayer, PeekedBody, SessionLayer};
use tokio::runtime::Runtime;

/// salvo, which has middlewares of its own and takes those of tower.
#[derive(Clone, Copy, Debug)]
pub struct Salvo;

impl Harness for Salvo {
    fn name(&self) -> &'static str {
        "salvo"
    }

    fn support(&self) -> Support {
        Support::new(Missing::Unknown)
    }

    fn start(&self, site: Site) -> Result<Server, Box<dyn StdError + Send + Sync>> {
        let runtime = Runtime::new()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        // Its listeners and layers start tasks.
        let entered = runtime.enter();
        let acceptor = TcpAcceptor::try_from(tokio::net::TcpListener::from_std(listener)?)?;
        runtime.spawn(salvo::Server::new(acceptor).serve(service(&site)));
        drop(entered);
        Ok(Server::new(address, runtime))
    }
}

fn service(site: &Site) -> Service {
    let mut service = Service::new(router(site));
    if site.catch() == Catch::Outside {
        service = service.hoop(CatchPanic::new());
    }
    for _ in 0..site.layers() {
        let layer = SessionLayer::new(site.manager())
            .clock(site.clock())
            .read_forms(whole);
        service = match site.page() {
            None => service.hoop(layer.compat::<ReqBody>()),
            Some(page) => {
                let layer = layer.on_commit_failure(move |error: &Error, session: &Session| {
                    let mut response = Response::new();
                    send(page.reply(error, session), &mut response);
                    response.strip_to_hyper()
                });
                service.hoop(layer.compat::<ReqBody>())
            }
        };
    }
    if site.catch() == Catch::Inside {
        service = service.hoop(CatchPanic::new());
    }
    service
}

/// Puts a body together again that was looked into.
fn whole(body: PeekedBody<ReqBody>) -> ReqBody {
    ReqBody::Boxed {
        inner: Box::pin(body.map_err(Into::into)),
        fuse_config: None,
    }
}

fn router(site: &Site) -> Router {
    let route = |path: &str| Router::with_path(format!("{path}/{{**steps}}"));
    let goal = |what: fn(&Session, &mut Call<'_>) -> Result<(), Error>| Acts {
        site: site.clone(),
        what,
    };
    let guarded = |path: &str, guard: Result<_, Error>| {
        let guard = GuardLayer::new(guard.expect("the list's guards are some"));
        route(path).hoop(guard.compat::<ReqBody>()).goal(goal(act))
    };
    let passive = PassiveLayer::new().compat::<ReqBody>();
    let mut router = Router::new()
        .push(route("act").goal(goal(act)))
        .push(route("plain").goal(Plain(site.clone())))
        .push(Router::with_path("body").goal(Receives(site.clone())))
        .push(route("early").goal(goal(early)))
        .push(route("before").hoop(goal(before)).goal(goal(act)))
        .push(route("after").hoop(FailsAfter).goal(goal(act)))
        .push(route("redirect").goal(goal(redirect)))
        .push(route("stream").goal(goal(streams)))
        .push(route("panic").goal(goal(panics)))
        .push(route("foreign").goal(goal(foreign)))
        .push(Router::with_path("maybe").goal(goal(maybe)))
        .push(route("live").goal(goal(live)))
        .push(route("prefs").goal(goal(prefs)))
        .push(route("both").goal(goal(both)))
        .push(route("flashes").goal(goal(flashes)))
        .push(route("passive").hoop(passive).goal(Plain(site.clone())))
        .push(guarded("members", guards::members()))
        .push(guarded("admins", guards::admins()))
        .push(guarded("themed", guards::themed()))
        .push(guarded("fresh", Ok(guards::fresh())))
        .push(guarded("confirmed", guards::confirmed()));
    if site.has_fallback() {
        router = router.push(Router::with_path("{**steps}").goal(goal(fallback)));
    }
    router
}

/// What a handler is asked for.
struct Call<'c> {
    site: &'c Site,
    path: &'c str,
    response: &'c mut Response,
}

/// A handler that asks for the session.
struct Acts {
    site: Site,
    what: fn(&Session, &mut Call<'_>) -> Result<(), Error>,
}

#[async_trait]
impl Handler for Acts {
    async fn handle(
        &self,
        request: &mut Request,
        _: &mut Depot,
        response: &mut Response,
        _: &mut FlowCtrl,
    ) {
        // The request outlives a panic that is caught, so the handler takes a handle that does not.
        let session = request.extensions().get::<InHand>();
        let Some(session) = session.cloned() else {
            response.status_code(StatusCode::INTERNAL_SERVER_ERROR);
            return;
        };
        let mut call = Call {
            site: &self.site,
            path: request.uri().path(),
            response,
        };
        if let Err(error) = (self.what)(&session, &mut call) {
            response.status_code(StatusCode::INTERNAL_SERVER_ERROR);
            response.body(adapter::answer(&error));
        }
    }
}

struct Plain(Site);

#[async_trait]
impl Handler for Plain {
    async fn handle(
        &self,
        request: &mut Request,
        _: &mut Depot,
        response: &mut Response,
        _: &mut FlowCtrl,
    ) {
        send(self.0.plain(request.uri().path()), response);
    }
}

struct Receives(Site);

#[async_trait]
impl Handler for Receives {
    async fn handle(
        &self,
        request: &mut Request,
        _: &mut Depot,
        response: &mut Response,
        _: &mut FlowCtrl,
    ) {
        match request.payload_with_max_size(2 << 20).await {
            Ok(body) => send(self.0.received(body), response),
            Err(_) => response.render(StatusError::bad_request()),
        }
    }
}

struct FailsAfter;

#[async_trait]
impl Handler for FailsAfter {
    async fn handle(
        &self,
        request: &mut Request,
        depot: &mut Depot,
        response: &mut Response,
        flow: &mut FlowCtrl,
    ) {
        flow.call_next(request, depot, response).await;
        *response = Response::new();
        response.render(StatusError::bad_gateway());
    }
}

fn send(reply: Reply, response: &mut Response) {
    response.status_code(StatusCode::from_u16(reply.status).expect("the list knows statuses"));
    for (name, value) in reply.headers {
        let name = HeaderName::try_from(name).expect("the list knows names");
        let value = HeaderValue::try_from(value).expect("the list knows values");
        response.headers_mut().append(name, value);
    }
    response.body(reply.body);
}

fn act(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    send(call.site.act(session, call.path)?, call.response);
    Ok(())
}

fn early(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    call.site.act(session, call.path)?;
    call.response.render(StatusError::forbidden());
    Ok(())
}

/// A response of this status ends the flow, so that no handler runs.
fn before(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    call.site.act(session, call.path)?;
    call.response.render(StatusError::bad_gateway());
    Ok(())
}

fn redirect(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    call.site.act(session, call.path)?;
    call.response.render(Redirect::other("/plain"));
    Ok(())
}

fn streams(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    call.site.act(session, call.path)?;
    let pieces = call.site.pieces(session).map(Ok::<_, Infallible>);
    call.response.stream(stream::iter(pieces));
    Ok(())
}

fn panics(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    call.site.panic(session, call.path)
}

fn foreign(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    act(session, call)?;
    let theirs = HeaderValue::from_static("theirs=1");
    call.response.headers_mut().append(SET_COOKIE, theirs);
    Ok(())
}

fn maybe(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    let live = session.is_live().then_some(session);
    send(call.site.greet(live), call.response);
    Ok(())
}

fn live(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    if session.is_live() {
        return act(session, call);
    }
    call.response.status_code(StatusCode::UNAUTHORIZED);
    Ok(())
}

fn prefs(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    act(&session.slot::<Prefs>()?, call)
}

fn both(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    let prefs = session.slot::<Prefs>()?;
    let reply = call.site.act_both(session, &prefs, call.path)?;
    send(reply, call.response);
    Ok(())
}

fn flashes(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    let taken = session.take_flashes()?;
    send(call.site.show(&taken, call.path), call.response);
    Ok(())
}

fn fallback(session: &Session, call: &mut Call<'_>) -> Result<(), Error> {
    act(session, call)?;
    call.response.status_code(StatusCode::NOT_FOUND);
    Ok(())
}
