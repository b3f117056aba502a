//! actix-web's stack: an application as its own tests start it.

use std::fmt;
use std::hint::black_box;
use std::rc::Rc;

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header;
use actix_web::rt::SystemRunner;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::ServiceConfig;
use actix_web::{App, Error, HttpServer, web};
use axum::http::StatusCode;

use super::handler::DONE;
use super::seen::{begin_watching, end_watching};
use super::socket::{ANYWHERE, Action, CPU, SEEN, announce, cpu};
use super::stack::{FIELDS, Reply, Stack};

/// An application and a request for `/`.
pub(crate) struct ActixStack<S> {
    system: Rc<SystemRunner>,
    service: S,
    cookie: Option<header::HeaderValue>,
}

impl<S> ActixStack<S> {
    pub(crate) fn new(
        system: &Rc<SystemRunner>,
        service: S,
        cookie: Option<&str>,
    ) -> Result<ActixStack<S>, String> {
        let cookie = cookie.map(header::HeaderValue::try_from).transpose();
        Ok(ActixStack {
            system: Rc::clone(system),
            service,
            cookie: cookie.map_err(|cause| cause.to_string())?,
        })
    }
}

/// Makes a stack whose route knows of no session, behind a middleware that does nothing.
pub(crate) fn bare(
    system: &Rc<SystemRunner>,
    cookie: Option<&str>,
) -> Result<Box<dyn Stack>, String> {
    let app = App::new()
        .wrap_fn(|request, service| service.call(request))
        .route("/", web::get().to(async || DONE));
    let service = system.block_on(init_service(app));
    Ok(Box::new(ActixStack::new(system, service, cookie)?))
}

/// Serves what `configure` says over a socket, on one thread.
pub(super) fn serve(
    system: &SystemRunner,
    configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Result<(), String> {
    // Runs on the thread that serves.
    let app = move || {
        begin_watching();
        App::new()
            .configure(configure.clone())
            .route(CPU, web::get().to(async || cpu()))
            .route(SEEN, web::get().to(async || end_watching().join("\n")))
    };
    let served = system.block_on(async {
        let server = HttpServer::new(app).workers(1).disable_signals();
        let server = server.bind(ANYWHERE)?;
        for address in server.addrs() {
            announce(address)?;
        }
        server.run().await
    });
    served.map_err(|cause| cause.to_string())
}

/// Answers every request without looking at a session.
pub(super) fn without_session(config: &mut ServiceConfig) {
    for action in Action::ALL {
        config.route(action.path(), web::get().to(async || DONE));
    }
}

fn request(cookie: Option<&header::HeaderValue>) -> actix_http::Request {
    let mut request = TestRequest::default();
    for field in FIELDS {
        request = request.insert_header(field);
    }
    if let Some(cookie) = cookie {
        request = request.insert_header((header::COOKIE, cookie.clone()));
    }
    request.to_request()
}

impl<S> Stack for ActixStack<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    fn times(&mut self, count: u32) {
        let (service, cookie) = (&self.service, self.cookie.as_ref());
        self.system.block_on(async {
            for _ in 0..count {
                let response = service.call(request(cookie)).await;
                black_box(response.is_ok());
            }
        });
    }

    fn once(&mut self) -> Result<Reply, String> {
        let (service, cookie) = (&self.service, self.cookie.as_ref());
        self.system.block_on(async {
            let response = service.call(request(cookie)).await;
            let response = response.map_err(|cause| cause.to_string())?;
            let status = StatusCode::from_u16(response.status().as_u16());
            let lines = response.headers().get_all(header::SET_COOKIE);
            let lines = lines.map(|line| line.to_str().map(str::to_owned));
            let cookies: Result<_, _> = lines.collect();
            let body = to_bytes(response.into_body()).await;
            let body = body.map_err(|cause| cause.to_string())?;
            Ok(Reply {
                status: status.map_err(|cause| cause.to_string())?,
                cookies: cookies.map_err(|cause| cause.to_string())?,
                body: String::from_utf8_lossy(&body).into_owned(),
            })
        })
    }
}

impl<S> fmt::Debug for ActixStack<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixStack").finish_non_exhaustive()
    }
}
