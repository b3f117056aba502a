//! Errors of middlewares: they are no responses yet when they pass the sessions.

use std::io;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{ErrorForbidden, ErrorRequestTimeout, InternalError};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::{ErrorHandlerResponse, ErrorHandlers, Next, from_fn};
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::web::{self, get};
use actix_web::{App, Error as ActixError, HttpResponse};
use futures_util::FutureExt;
use sealed_session_actix::{Budget, CommittedError, Error, Session, SessionMiddleware};

use crate::support::{Reply, builder, send, sessions};

type Answer = actix_web::Result<ServiceResponse>;

/// The error that `inner` ends a request with, as it leaves the sessions.
async fn failing<F, Fut>(inner: F, sessions: SessionMiddleware) -> ActixError
where
    F: Fn(Session, ServiceRequest, Next<actix_web::body::BoxBody>) -> Fut + 'static,
    Fut: Future<Output = Answer> + 'static,
{
    let app = App::new().wrap(from_fn(inner)).wrap(sessions);
    let service = init_service(app).await;
    let request = TestRequest::with_uri("/").to_request();
    try_call_service(&service, request).await.unwrap_err()
}

async fn forbids(session: Session, _: ServiceRequest, _: Next<impl MessageBody>) -> Answer {
    session.insert("name", "Ada").unwrap();
    Err(ErrorForbidden("not here"))
}

async fn is_whole(response: HttpResponse) {
    let reply = Reply::of(response).await;
    assert_eq!((reply.status, reply.body.as_str()), (403, "not here"));
    assert_eq!(reply.set_cookies().len(), 1);
    assert_eq!(reply.header(header::VARY), Some("Cookie"));
    assert_eq!(reply.header(header::CACHE_CONTROL), Some("private"));
}

#[actix_web::test]
async fn an_error_carries_the_session_whichever_way_it_becomes_a_response() {
    let error = failing(forbids, sessions()).await;
    assert_eq!(error.to_string(), "not here");
    assert_eq!(error.as_response_error().status_code(), 403);
    for _ in 0..2 {
        is_whole(error.error_response()).await;
        // What `ServiceResponse::from_err` does; it asks no response mapper.
        is_whole(error.as_response_error().error_response()).await;
    }
    let request = TestRequest::default().to_http_request();
    let response = ServiceResponse::from_err(error, request);
    assert!(response.response().error().is_some());
    is_whole(response.into()).await;
}

#[actix_web::test]
async fn a_response_that_is_handed_out_once_is_not_lost() {
    async fn page(session: Session, _: ServiceRequest, _: Next<impl MessageBody>) -> Answer {
        session.insert("name", "Ada").unwrap();
        let page = HttpResponse::Forbidden().body("not here");
        Err(InternalError::from_response("once", page).into())
    }
    is_whole(failing(page, sessions()).await.error_response()).await;
}

#[actix_web::test]
async fn what_other_middlewares_do_to_an_error_stays() {
    async fn inside(session: Session, _: ServiceRequest, _: Next<impl MessageBody>) -> Answer {
        session.insert("name", "Ada").unwrap();
        let mut error = ErrorForbidden("not here");
        error.add_response_mapper(|mut response| {
            let theirs = header::HeaderValue::from_static("theirs=1");
            response.headers_mut().append(header::SET_COOKIE, theirs);
            response
        });
        Err(error)
    }
    let mut error = failing(inside, sessions()).await;
    error.add_response_mapper(|mut response| {
        let value = header::HeaderValue::from_static("outside");
        response.headers_mut().insert(header::SERVER, value);
        response
    });
    let reply = Reply::of(error.error_response()).await;
    assert_eq!(reply.set_cookies().len(), 2);
    assert_eq!(reply.header(header::SERVER), Some("outside"));
}

#[actix_web::test]
async fn an_error_is_found_again_outside() {
    async fn breaks(_: Session, _: ServiceRequest, _: Next<impl MessageBody>) -> Answer {
        Err(io::Error::other("disk").into())
    }
    let error = failing(breaks, sessions()).await;
    let committed: &CommittedError = error.as_error().unwrap();
    let cause: &io::Error = committed.inner().as_error().unwrap();
    assert_eq!(cause.to_string(), "disk");
    assert_eq!(error.error_response().status(), 500);
}

#[actix_web::test]
async fn what_does_not_fit_is_one_page_also_where_a_middleware_finds_it() {
    async fn lump(session: Session, _: ServiceRequest, _: Next<impl MessageBody>) -> Answer {
        session.sign_in("mallory", &[])?;
        let lump = "x".repeat(100_000);
        session.insert("lump", lump)?;
        unreachable!("it does not fit");
    }
    async fn noise(session: Session, _: ServiceRequest, _: Next<impl MessageBody>) -> Answer {
        let noise = |seed: u64| -> Vec<u64> {
            (seed..seed + 170)
                .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
                .collect()
        };
        session.insert("noise", noise(1)).unwrap();
        session.insert("more noise", noise(1_000)).unwrap();
        Err(ErrorForbidden("not here"))
    }
    let sessions = || {
        let manager = builder().budget(Budget::portable()).build().unwrap();
        let page = |error: &Error, _: &sealed_session::Session| {
            HttpResponse::PayloadTooLarge().body(error.is_too_large().to_string())
        };
        SessionMiddleware::new(manager).on_commit_failure(page)
    };
    for error in [
        failing(lump, sessions()).await,
        failing(noise, sessions()).await,
    ] {
        assert_eq!(error.as_response_error().status_code(), 413);
        for _ in 0..2 {
            let reply = Reply::of(error.error_response()).await;
            assert_eq!((reply.status, reply.body.as_str()), (413, "true"));
            assert!(reply.set_cookies().is_empty());
            assert_eq!(reply.header(header::VARY), Some("Cookie"));
        }
    }
}

#[actix_web::test]
async fn a_panic_that_a_middleware_catches_commits_nothing() {
    async fn catches(request: ServiceRequest, next: Next<impl MessageBody>) -> Answer {
        let done = AssertUnwindSafe(next.call(request)).catch_unwind().await;
        assert!(done.is_err());
        Err(ErrorForbidden("caught"))
    }
    let panics = async |session: Session| -> HttpResponse {
        session.insert("name", "Eve").unwrap();
        // Without a message on standard error.
        resume_unwind(Box::new(()))
    };
    let app = App::new()
        .route("/", get().to(panics))
        .wrap(from_fn(catches))
        .wrap(sessions());
    let reply = send(&init_service(app).await, "GET", "/", &[]).await;
    // A page that does not say that something went wrong is replaced.
    assert_eq!((reply.status, reply.set_cookies().len()), (500, 0));
}

#[actix_web::test]
async fn an_error_of_a_nested_scope_reaches_the_sessions_around_the_app() {
    let guarded = web::scope("/a").service(
        web::scope("/b")
            .route("", get().to(async || "never"))
            .wrap(from_fn(forbids)),
    );
    let app = App::new().service(guarded).wrap(sessions());
    let reply = send(&init_service(app).await, "GET", "/a/b", &[]).await;
    assert_eq!((reply.status, reply.set_cookies().len()), (403, 1));
}

/// An error type of an application's own, around the adapter's.
#[derive(Debug)]
struct Wrapped(Error);

impl std::fmt::Display for Wrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "wrapped: {}", self.0)
    }
}

impl actix_web::ResponseError for Wrapped {
    fn error_response(&self) -> HttpResponse {
        self.0.error_response()
    }
}

#[actix_web::test]
async fn an_error_type_that_wraps_the_adapters_is_understood() {
    let lump = async |session: Session| -> Result<&'static str, Wrapped> {
        session.insert("name", "Eve").unwrap();
        let lump = session.insert("lump", "x".repeat(100_000));
        lump.map_err(Wrapped)?;
        Ok("stored")
    };
    let sessions = sessions().on_commit_failure(|_, _| HttpResponse::PayloadTooLarge().finish());
    let app = App::new().route("/", get().to(lump)).wrap(sessions);
    let reply = send(&init_service(app).await, "GET", "/", &[]).await;
    assert_eq!((reply.status, reply.set_cookies().len()), (413, 0));
}

/// A handler that stores what fits, and then what never does. `map` is the application's own error.
async fn stores<E>(session: Session, map: impl FnOnce(Error) -> E) -> Result<&'static str, E> {
    session.insert("name", "Eve").unwrap();
    session.insert("lump", "x".repeat(100_000)).map_err(map)?;
    Ok("stored")
}

fn reporting() -> SessionMiddleware {
    sessions().on_commit_failure(|error, session| {
        assert!(error.is_too_large() && !session.contains("name"));
        HttpResponse::PayloadTooLarge().body("too much")
    })
}

#[actix_web::test]
async fn an_error_page_made_inside_the_sessions_does_not_hide_a_refused_value() {
    fn replaced<B>(response: ServiceResponse<B>) -> actix_web::Result<ErrorHandlerResponse<B>> {
        let (request, _) = response.into_parts();
        let page = HttpResponse::build(StatusCode::INTERNAL_SERVER_ERROR).body("sorry");
        let page = ServiceResponse::new(request, page).map_into_right_body();
        Ok(ErrorHandlerResponse::Response(page))
    }
    let handler = async |session: Session| stores(session, |error| error).await;
    let pages = ErrorHandlers::new().handler(StatusCode::INTERNAL_SERVER_ERROR, replaced);
    let app = App::new().route("/", get().to(handler)).wrap(pages);
    let app = init_service(app.wrap(reporting())).await;
    let reply = send(&app, "GET", "/", &[]).await;
    assert_eq!((reply.status, reply.body.as_str()), (413, "too much"));
    assert!(reply.set_cookies().is_empty());
}

/// An application's error that knows nothing of ours.
#[derive(Debug)]
struct Opaque(Error);

impl std::fmt::Display for Opaque {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "opaque: {}", self.0)
    }
}

impl actix_web::ResponseError for Opaque {}

/// One that answers for itself.
#[derive(Debug)]
struct Answering(Error);

impl std::fmt::Display for Answering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "answering: {}", self.0)
    }
}

impl actix_web::ResponseError for Answering {
    fn status_code(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }

    fn error_response(&self) -> HttpResponse {
        self.0.hold_back();
        HttpResponse::build(self.status_code()).finish()
    }
}

#[actix_web::test]
async fn error_types_of_an_application_hold_back_by_a_500_or_by_a_call() {
    let opaque = async |session: Session| stores(session, Opaque).await;
    let boxed = async |session: Session| {
        let erased = |error: Error| Box::<dyn std::error::Error>::from(error);
        stores(session, erased).await
    };
    let answering = async |session: Session| stores(session, Answering).await;
    let app = App::new()
        .route("/opaque", get().to(opaque))
        .route("/boxed", get().to(boxed))
        .route("/answering", get().to(answering))
        .wrap(reporting());
    let app = init_service(app).await;
    for path in ["/opaque", "/boxed", "/answering"] {
        let reply = send(&app, "GET", path, &[]).await;
        assert_eq!(
            (reply.status, reply.body.as_str()),
            (413, "too much"),
            "{path}"
        );
        assert!(reply.set_cookies().is_empty(), "{path}");
    }
}

#[actix_web::test]
async fn a_page_made_outside_the_sessions_has_to_keep_their_head() {
    fn replaced<B>(response: ServiceResponse<B>) -> actix_web::Result<ErrorHandlerResponse<B>> {
        let (request, response) = response.into_parts();
        let (head, _) = response.into_parts();
        let page = head.set_body("sorry").map_into_boxed_body();
        let page = ServiceResponse::new(request, page).map_into_right_body();
        Ok(ErrorHandlerResponse::Response(page))
    }
    let denies = async |session: Session| -> actix_web::Result<&'static str> {
        session.insert("name", "Ada")?;
        Err(ErrorForbidden("denied"))
    };
    let pages = ErrorHandlers::new().handler(StatusCode::FORBIDDEN, replaced);
    let app = App::new()
        .route("/", get().to(denies))
        .wrap(sessions())
        .wrap(pages);
    let reply = send(&init_service(app).await, "GET", "/", &[]).await;
    assert_eq!((reply.status, reply.body.as_str()), (403, "sorry"));
    assert_eq!(reply.set_cookies().len(), 1);
    assert_eq!(reply.header(header::VARY), Some("Cookie"));
    assert_eq!(reply.header(header::CACHE_CONTROL), Some("private"));
}

#[actix_web::test]
async fn a_time_limit_outside_of_the_sessions_sends_nothing_of_a_cut_off_handler() {
    async fn limit(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Answer {
        let limited = tokio::time::timeout(Duration::from_millis(20), next.call(request)).await;
        let answer = limited.map_err(|_| ErrorRequestTimeout("too slow"))?;
        answer.map(ServiceResponse::map_into_boxed_body)
    }
    let slow = async |session: Session| -> &'static str {
        session.insert("name", "Eve").unwrap();
        std::future::pending().await
    };
    let app = || App::new().route("/", get().to(slow));
    let outside = init_service(app().wrap(sessions()).wrap(from_fn(limit))).await;
    let reply = send(&outside, "GET", "/", &[]).await;
    assert_eq!((reply.status, reply.set_cookies().len()), (408, 0));
    // Within, its answer is one as any other below 500. A handle that is dropped says nothing of the rest.
    let inside = init_service(app().wrap(from_fn(limit)).wrap(sessions())).await;
    let reply = send(&inside, "GET", "/", &[]).await;
    assert_eq!((reply.status, reply.set_cookies().len()), (408, 1));
}
