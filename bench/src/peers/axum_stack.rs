//! axum's stack: a router on a runtime of one thread.

use std::convert::Infallible;
use std::hint::black_box;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, header};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tower::Service;
use tower::util::MapRequestLayer;

use super::handler::DONE;
use super::seen::{begin_watching, end_watching};
use super::socket::{ANYWHERE, Action, CPU, SEEN, announce, cpu};
use super::stack::{FIELDS, Reply, Stack};

/// What an answer holds at most.
const PAGE_MAX: usize = 65_536;

/// A router and a request for `/`.
#[derive(Debug)]
pub(crate) struct AxumStack {
    runtime: Rc<Runtime>,
    router: Router,
    uri: Uri,
    headers: HeaderMap,
}

impl AxumStack {
    pub(crate) fn new(
        runtime: &Rc<Runtime>,
        router: Router,
        cookie: Option<&str>,
    ) -> Result<AxumStack, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in FIELDS {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        if let Some(cookie) = cookie {
            let cookie = HeaderValue::try_from(cookie).map_err(|cause| cause.to_string())?;
            headers.insert(header::COOKIE, cookie);
        }
        Ok(AxumStack {
            runtime: Rc::clone(runtime),
            // As `axum::serve` does for each connection. Without it axum puts layers around routes anew for each request.
            router: router.with_state(()),
            uri: Uri::from_static("/"),
            headers,
        })
    }

    /// Makes a stack whose route knows of no session, behind a layer that does nothing.
    pub(crate) fn bare(runtime: &Rc<Runtime>, cookie: Option<&str>) -> Result<AxumStack, String> {
        let router = Router::new()
            .route("/", get(async || DONE))
            .layer(MapRequestLayer::new(|request: Request<Body>| request));
        AxumStack::new(runtime, router, cookie)
    }

    /// Makes what any layer of sessions has to do: it looks two fields up, and hands something to the handler.
    pub(crate) fn floor(runtime: &Rc<Runtime>, cookie: Option<&str>) -> Result<AxumStack, String> {
        let shared = Arc::new(());
        let layer = MapRequestLayer::new(move |mut request: Request<Body>| {
            let headers = request.headers();
            black_box((headers.get(header::COOKIE), headers.get(header::HOST)));
            request.extensions_mut().insert(Arc::clone(&shared));
            request
        });
        let router = Router::new().route("/", get(async || DONE)).layer(layer);
        AxumStack::new(runtime, router, cookie)
    }

    fn request(uri: &Uri, headers: &HeaderMap) -> Request<Body> {
        let (mut parts, body) = Request::new(Body::empty()).into_parts();
        parts.uri = uri.clone();
        parts.headers = headers.clone();
        Request::from_parts(parts, body)
    }
}

/// Serves routers by path over a socket, on one thread.
pub(super) fn serve(routers: Vec<(&'static str, Router)>) -> Result<(), String> {
    let mut served = Router::new()
        .route(CPU, get(async || cpu()))
        .route(SEEN, get(async || end_watching().join("\n")));
    for (path, router) in routers {
        served = served.nest(path, router);
    }
    begin_watching();
    let serve = || -> io::Result<()> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind(ANYWHERE).await?;
            announce(listener.local_addr()?)?;
            axum::serve(listener, served).await
        })
    };
    serve().map_err(|cause| cause.to_string())
}

/// Answers every request without looking at a session.
pub(super) fn without_session() -> Vec<(&'static str, Router)> {
    let router = || Router::new().route("/", get(async || DONE));
    Action::ALL.map(|action| (action.path(), router())).into()
}

impl Stack for AxumStack {
    fn times(&mut self, count: u32) {
        let AxumStack {
            runtime,
            router,
            uri,
            headers,
        } = self;
        runtime.block_on(async {
            for _ in 0..count {
                let response = router.call(AxumStack::request(uri, headers)).await;
                black_box(&response);
            }
        });
    }

    fn once(&mut self) -> Result<Reply, String> {
        let request = AxumStack::request(&self.uri, &self.headers);
        let router = &mut self.router;
        self.runtime.block_on(async {
            let response: Result<_, Infallible> = router.call(request).await;
            let Ok(response) = response;
            let (head, body) = response.into_parts();
            let lines = head.headers.get_all(header::SET_COOKIE).iter();
            let lines = lines.map(|line| line.to_str().map(str::to_owned));
            let cookies: Result<_, _> = lines.collect();
            let body = to_bytes(body, PAGE_MAX).await;
            let body = body.map_err(|cause| cause.to_string())?;
            Ok(Reply {
                status: head.status,
                cookies: cookies.map_err(|cause| cause.to_string())?,
                body: String::from_utf8_lossy(&body).into_owned(),
            })
        })
    }
}
