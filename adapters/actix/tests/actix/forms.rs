//! Form tokens in payloads that break off, and under a middleware within another one.

use std::io;

use actix_web::App;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{Bytes, get, post, scope};
use futures_util::stream;
use sealed_session_actix::{CrossOrigin, Error, Session, SessionManagerBuilder, SessionMiddleware};

use crate::nested::count;
use crate::support::{call, named};

fn asking(application: &str) -> SessionManagerBuilder {
    named(application).cross_origin(CrossOrigin::new().with_form_tokens())
}

fn sessions(application: &str) -> SessionMiddleware {
    SessionMiddleware::new(asking(application).build().unwrap())
}

async fn token(session: Session) -> Result<String, Error> {
    session.insert("name", "Ada")?;
    session.form_token()
}

async fn received(body: Bytes) -> String {
    body.len().to_string()
}

/// A request with this payload, in pieces, of a browser with these cookies.
fn posted(
    path: &str,
    cookie: &str,
    pieces: Vec<Result<Bytes, PayloadError>>,
) -> (TestRequest, Payload) {
    let request = TestRequest::post()
        .uri(path)
        .insert_header((header::COOKIE, cookie))
        .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"));
    let payload = Box::pin(stream::iter(pieces));
    (request, Payload::Stream { payload })
}

#[actix_web::test]
async fn a_payload_arrives_as_it_came() {
    use actix_web::dev::Service;

    let app = App::new()
        .route("/token", get().to(token))
        .route("/", post().to(received))
        .wrap(sessions("session"));
    let app = init_service(app).await;
    let page = call(&app, TestRequest::with_uri("/token")).await;
    let text = format!("csrf_token={}&name=Ada", page.body);
    let broken = || Err(PayloadError::Io(io::Error::other("it broke off")));
    let whole = || Ok(Bytes::from(text.clone()));
    let single = text.bytes().map(|byte| Ok(Bytes::from(vec![byte])));
    let mut empty: Vec<_> = (0..10_000).map(|_| Ok(Bytes::new())).collect();
    empty.push(whole());
    for (pieces, wanted) in [
        (vec![whole()], 200),
        (single.collect(), 200),
        (empty, 200),
        // The token had ended; what the handler reads then breaks off there.
        (vec![whole(), broken()], 400),
        (vec![Ok(Bytes::from_static(b"csrf_tok")), broken()], 403),
        (vec![broken()], 403),
        (Vec::new(), 403),
    ] {
        let (request, payload) = posted("/", &page.cookie(), pieces);
        let (request, _) = request.to_request().replace_payload(payload);
        let status = match app.call(request).await {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        assert_eq!(status, wanted);
    }
}

#[actix_web::test]
async fn a_form_that_an_inner_middleware_refuses_leaves_the_outer_session_in_place() {
    let forum = scope("/forum")
        .route("/token", get().to(token))
        .route("/", post().to(received))
        .wrap(sessions("__Host-forum"));
    // The outer one asks for nothing.
    let outer = SessionMiddleware::new(named("session").build().unwrap());
    let app = App::new().service(forum).wrap(from_fn(count)).wrap(outer);
    let app = init_service(app).await;
    let page = call(&app, TestRequest::with_uri("/forum/token")).await;
    let request = TestRequest::post()
        .uri("/forum/")
        .insert_header((header::COOKIE, page.cookie()))
        .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
        .set_payload("name=Eve");
    let refused = call(&app, request).await;
    assert_eq!(refused.status, 403);
    let set = refused.set_cookies();
    assert!(
        set.len() == 1 && set[0].starts_with("__Host-session="),
        "{set:?}"
    );
}
