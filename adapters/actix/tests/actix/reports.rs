//! What the log says of an application that is put together wrongly.

use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Mutex};

use actix_web::dev::Service;
use actix_web::test::init_service;
use actix_web::web::{self, get};
use actix_web::{App, HttpMessage, HttpRequest};
use sealed_session_actix::{LiveSession, NotLive, PassiveMiddleware, Session};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::support::{send, sessions};

/// The log of this thread, which serves its requests itself.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn start(&self) -> tracing::subscriber::DefaultGuard {
        let log = tracing_subscriber::fmt().with_ansi(false);
        tracing::subscriber::set_default(log.with_writer(self.clone()).finish())
    }

    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

#[actix_web::test]
async fn a_missing_middleware_is_reported_once_with_the_fix() {
    let app = App::new()
        .route("/session", get().to(async |_: Session| "never"))
        .route("/live", get().to(async |_: LiveSession| "never"))
        .route(
            "/maybe",
            get().to(async |live: Option<LiveSession>| live.is_some().to_string()),
        )
        .route(
            "/result",
            get().to(async |live: Result<LiveSession, NotLive>| live.unwrap_err().to_string()),
        );
    let app = init_service(app).await;
    let log = Log::default();
    let _guard = log.start();
    // actix-web makes `None` of every failure, and 200 of what the handler makes of that.
    for (path, status) in [
        ("/session", 500),
        ("/live", 500),
        ("/maybe", 200),
        ("/result", 200),
    ] {
        let reply = send(&app, "GET", path, &[]).await;
        assert_eq!(reply.status, status, "{path}");
        let log = log.take();
        let fix = ".wrap(SessionMiddleware::new(manager))";
        assert_eq!(log.matches(fix).count(), 1, "{path}: {log}");
        assert!(log.contains("ERROR"), "{log}");
        if status == 500 {
            assert_eq!(reply.body.contains(fix), cfg!(debug_assertions), "{path}");
        }
    }
}

#[actix_web::test]
async fn nobody_is_no_news() {
    let app = App::new()
        .route("/live", get().to(async |_: LiveSession| "never"))
        .wrap(sessions());
    let app = init_service(app).await;
    let log = Log::default();
    let _guard = log.start();
    assert_eq!(send(&app, "GET", "/live", &[]).await.status, 401);
    assert_eq!(log.take(), "");
}

#[actix_web::test]
async fn two_middlewares_and_a_passive_one_alone_are_reported() {
    let twice = App::new()
        .route("/", get().to(async || "never"))
        .service(web::resource("/passive").wrap(PassiveMiddleware::new()))
        .wrap(sessions())
        .wrap(sessions());
    let twice = init_service(twice).await;
    let log = Log::default();
    let _guard = log.start();
    let reply = send(&twice, "GET", "/", &[]).await;
    let says = reply.body.contains("two session layers");
    assert_eq!((reply.status, says), (500, cfg!(debug_assertions)));
    let text = log.take();
    assert!(
        text.contains("two session layers cover one request"),
        "{text}"
    );

    let alone = web::resource("/")
        .get(async || "x")
        .wrap(PassiveMiddleware::new());
    let alone = init_service(App::new().service(alone)).await;
    assert_eq!(send(&alone, "GET", "/", &[]).await.status, 200);
    let text = log.take();
    assert!(text.contains("a passive middleware without"), "{text}");
}

thread_local! {
    /// The request that this thread handles, as a log of an application knows it.
    static CURRENT: RefCell<Option<HttpRequest>> = const { RefCell::new(None) };
}

/// Counts the lines of each request in its extensions.
struct LinesOfEachRequest;

#[derive(Clone, Copy, Default, PartialEq, Debug)]
struct Lines(usize);

impl<S: tracing::Subscriber> Layer<S> for LinesOfEachRequest {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        if let Some(request) = CURRENT.with_borrow(Option::clone) {
            let Lines(before) = request.extensions_mut().remove().unwrap_or_default();
            request.extensions_mut().insert(Lines(before + 1));
        }
    }
}

#[actix_web::test]
async fn a_log_may_use_the_extensions_of_the_request() {
    let told = async |request: HttpRequest| {
        let lines = request.extensions().get::<Lines>().copied();
        format!("{}", lines.unwrap_or_default().0)
    };
    let session = web::resource("/session").get(async |_: Session| "never");
    let passive = web::resource("/passive")
        .get(told)
        .wrap(PassiveMiddleware::new());
    // Behind the router, which takes a request only as long as nobody else has it.
    let session = session.wrap_fn(|request, inner| {
        CURRENT.set(Some(request.request().clone()));
        inner.call(request)
    });
    let passive = passive.wrap_fn(|request, inner| {
        CURRENT.set(Some(request.request().clone()));
        inner.call(request)
    });
    let app = App::new().service(session).service(passive);
    let app = init_service(app).await;
    let subscriber = tracing_subscriber::registry().with(LinesOfEachRequest);
    let _guard = tracing::subscriber::set_default(subscriber);
    assert_eq!(send(&app, "GET", "/session", &[]).await.status, 500);
    CURRENT.set(None);
    assert_eq!(send(&app, "GET", "/passive", &[]).await.body, "1");
    CURRENT.set(None);
}
