//! What the log says of an application that is put together wrongly.

use std::io;
use std::sync::{Arc, Mutex};

use actix_web::App;
use actix_web::test::init_service;
use actix_web::web::{self, get};
use sealed_session_actix::{LiveSession, NotLive, PassiveMiddleware, Session};
use tracing_subscriber::fmt::MakeWriter;

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
