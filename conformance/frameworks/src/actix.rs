//! actix-web.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::io;
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::body::MessageBody;
use actix_web::dev::{HttpServiceFactory, ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::error::{ErrorBadGateway, ErrorForbidden};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::rt::System;
use actix_web::web::{Bytes, Data, PayloadConfig, Redirect, ServiceConfig, resource, scope, to};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use conformance::{
    Harness, Missing, Optional, Panics, Prefs, Reply, Server, Site, Support, guards,
};
use futures_util::stream;
use sealed_session_actix::{
    Error, Flashes, Guard, GuardMiddleware, LiveSession, PassiveMiddleware, Session,
    SessionMiddleware,
};

/// actix-web, with the middleware and the extractors.
#[derive(Clone, Copy, Debug)]
pub struct Actix;

impl Harness for Actix {
    fn name(&self) -> &'static str {
        "actix-web"
    }

    fn support(&self) -> Support {
        Support::new(Missing::Logs(".wrap(SessionMiddleware::new(manager))"))
            .optional(Optional::IsNone)
            .panics(Panics::CloseConnection)
    }

    fn start(&self, site: Site) -> Result<Server, Box<dyn StdError + Send + Sync>> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (sender, receiver) = mpsc::channel();
        let app = move || {
            let layer = middleware(&site);
            App::new()
                .configure(|config| pages(config, &site))
                .wrap(Condition::new(site.layers() > 0, layer.clone()))
                .wrap(Condition::new(site.layers() > 1, layer))
        };
        let thread = thread::spawn(move || {
            System::new().block_on(async move {
                let server = HttpServer::new(app).workers(2).disable_signals();
                let server = server.listen(listener)?.run();
                sender.send(server.handle()).map_err(io::Error::other)?;
                server.await
            })
        });
        let handle = receiver.recv()?;
        let thread = Some(thread);
        Ok(Server::new(address, Running { handle, thread }))
    }
}

/// A server that is told to stop when it is dropped.
struct Running {
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // The order is given here; what it returns only tells when it is carried out.
        drop(self.handle.stop(false));
        // Afterwards nobody listens there, as under the other frameworks.
        drop(self.thread.take().map(JoinHandle::join));
    }
}

fn middleware(site: &Site) -> SessionMiddleware {
    let layer = SessionMiddleware::new(site.manager()).clock(site.clock());
    match site.page() {
        None => layer,
        Some(page) => {
            layer.on_commit_failure(move |error, session| response(page.reply(error, session)))
        }
    }
}

fn pages(config: &mut ServiceConfig, site: &Site) {
    config
        .app_data(Data::new(site.clone()))
        .app_data(PayloadConfig::new(2 << 20))
        .service(resource("/act/{steps:.*}").to(act))
        .service(resource(["/plain", "/plain/{steps:.*}"]).to(plain))
        .service(resource("/body").to(received))
        .service(resource("/early/{steps:.*}").to(early))
        .service(resource("/before/{steps:.*}").to(act).wrap(from_fn(before)))
        .service(resource("/after/{steps:.*}").to(act).wrap(from_fn(after)))
        .service(resource("/redirect/{steps:.*}").to(redirect))
        .service(resource("/stream/{steps:.*}").to(streams))
        .service(resource("/panic/{steps:.*}").to(panics))
        .service(resource("/foreign/{steps:.*}").to(foreign))
        .service(resource("/maybe").to(maybe))
        .service(resource("/live/{steps:.*}").to(live))
        .service(resource("/prefs/{steps:.*}").to(prefs))
        .service(resource("/both/{steps:.*}").to(both))
        .service(resource("/flashes/{steps:.*}").to(flashes))
        .service(
            resource("/passive/{steps:.*}")
                .to(plain)
                .wrap(PassiveMiddleware::new()),
        )
        .service(guarded("/members", guards::members()))
        .service(guarded("/admins", guards::admins()))
        .service(guarded("/themed", guards::themed()))
        .service(guarded("/fresh", Ok(guards::fresh())))
        .service(guarded("/confirmed", guards::confirmed()));
    if site.has_fallback() {
        config.default_service(to(fallback));
    }
}

fn guarded(path: &str, guard: Result<Guard, Error>) -> impl HttpServiceFactory + use<> {
    let guard = guard.expect("the list's guards are some");
    let steps = resource("/{steps:.*}").to(act);
    scope(path).service(steps).wrap(GuardMiddleware::new(guard))
}

fn response(reply: Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).expect("the list knows statuses");
    let mut response = HttpResponse::build(status);
    for field in reply.headers {
        response.append_header(field);
    }
    response.body(reply.body)
}

async fn act(
    site: Data<Site>,
    session: Session,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Ok(response(site.act(&session, request.path())?))
}

async fn plain(site: Data<Site>, request: HttpRequest) -> HttpResponse {
    response(site.plain(request.path()))
}

async fn received(site: Data<Site>, body: Bytes) -> HttpResponse {
    response(site.received(&body))
}

async fn early(
    site: Data<Site>,
    session: Session,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    site.act(&session, request.path())?;
    Err(ErrorForbidden("early"))
}

async fn before(
    site: Data<Site>,
    session: Session,
    request: ServiceRequest,
    _: Next<impl MessageBody>,
) -> actix_web::Result<ServiceResponse> {
    site.act(&session, request.path())?;
    Err(ErrorBadGateway("before"))
}

async fn after(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> actix_web::Result<ServiceResponse> {
    next.call(request).await?;
    Err(ErrorBadGateway("after"))
}

async fn redirect(
    site: Data<Site>,
    session: Session,
    request: HttpRequest,
) -> Result<Redirect, Error> {
    site.act(&session, request.path())?;
    Ok(Redirect::to("/plain").see_other())
}

async fn streams(
    site: Data<Site>,
    session: Session,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    site.act(&session, request.path())?;
    let pieces = site.pieces(&session).map(Bytes::from);
    Ok(HttpResponse::Ok().streaming(stream::iter(pieces.map(Ok::<_, Infallible>))))
}

async fn panics(site: Data<Site>, session: Session, request: HttpRequest) -> HttpResponse {
    site.panic(&session, request.path())
}

async fn foreign(
    site: Data<Site>,
    session: Session,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut response = response(site.act(&session, request.path())?);
    let theirs = header::HeaderValue::from_static("theirs=1");
    response.headers_mut().append(header::SET_COOKIE, theirs);
    Ok(response)
}

async fn maybe(site: Data<Site>, session: Option<LiveSession>) -> HttpResponse {
    response(site.greet(session.as_deref()))
}

async fn live(
    site: Data<Site>,
    session: LiveSession,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Ok(response(site.act(&session, request.path())?))
}

async fn prefs(
    site: Data<Site>,
    session: Session<Prefs>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Ok(response(site.act(&session, request.path())?))
}

async fn both(
    site: Data<Site>,
    main: Session,
    prefs: Session<Prefs>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let reply = site.act_both(&main, &prefs, request.path())?;
    Ok(response(reply))
}

async fn flashes(site: Data<Site>, flashes: Flashes, request: HttpRequest) -> HttpResponse {
    response(site.show(&flashes, request.path()))
}

async fn fallback(
    site: Data<Site>,
    session: Session,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut response = response(site.act(&session, request.path())?);
    *response.status_mut() = StatusCode::NOT_FOUND;
    Ok(response)
}
