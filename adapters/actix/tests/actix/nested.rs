//! Scopes with a session middleware of their own, inside another one.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{Path, ServiceConfig, get, scope};
use actix_web::{App, HttpMessage};
use sealed_session as core;
use sealed_session_actix::testing::Browser;
use sealed_session_actix::{Error, Session, SessionMiddleware};

use crate::support::{call, named};

async fn put(session: Session, name: Path<String>) -> Result<String, Error> {
    session.insert("name", name.as_str())?;
    Ok(String::new())
}

async fn who(session: Session) -> String {
    let name = session.get::<String>("name").unwrap();
    name.unwrap_or_else(|| "nobody".to_owned())
}

fn pages(config: &mut ServiceConfig) {
    config
        .route("/put/{name}", get().to(put))
        .route("/who", get().to(who));
}

fn sessions(cookie: &'static str) -> SessionMiddleware {
    SessionMiddleware::new(named(cookie).build().unwrap())
}

/// Counts the visits of the outer application, on the way out.
pub(crate) async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> actix_web::Result<ServiceResponse<impl MessageBody>> {
    let response = next.call(request).await?;
    let session = response
        .request()
        .extensions()
        .get::<core::Session>()
        .cloned();
    session
        .unwrap()
        .update("visits", |visits: &mut u32| *visits += 1)
        .unwrap();
    Ok(response)
}

#[actix_web::test]
async fn the_inner_middleware_counts_inside_and_all_commit() {
    let wiki = scope("/wiki")
        .configure(pages)
        .wrap(sessions("__Host-wiki"));
    let forum = scope("/forum")
        .configure(pages)
        .service(wiki)
        .wrap(sessions("__Host-forum"));
    let shop = App::new()
        .configure(pages)
        .service(forum)
        .wrap(from_fn(count));
    let app = init_service(shop.wrap(sessions("__Host-shop"))).await;
    let mut browser = Browser::default();
    let apps = [("", "Shop"), ("/forum", "Forum"), ("/forum/wiki", "Wiki")];
    for (path, name) in apps {
        let request = TestRequest::get().uri(&format!("{path}/put/{name}"));
        let reply = call(&app, request.insert_header(("cookie", browser.cookie()))).await;
        assert_eq!(reply.status, 200);
        let wanted = if path.is_empty() { 1 } else { 2 };
        assert_eq!(reply.set_cookies().len(), wanted, "the visits are counted");
        browser.keep(reply.set_cookies());
    }
    for (path, name) in apps {
        let request = TestRequest::get().uri(&format!("{path}/who"));
        let reply = call(&app, request.insert_header(("cookie", browser.cookie()))).await;
        assert_eq!(reply.body, name);
    }
    assert_eq!(browser.cookie().split("; ").count(), 3);
}

#[actix_web::test]
async fn middlewares_that_collide_are_a_mistake_that_is_told() {
    for [outer, between, inner] in [
        ["__Host-b", "__Host-a", "__Host-a"],
        ["__Host-a", "__Host-b", "__Host-a"],
    ] {
        let inside = scope("/inside").configure(pages).wrap(sessions(inner));
        let around = scope("").service(inside).wrap(sessions(between));
        let app = App::new()
            .service(around)
            .wrap(from_fn(count))
            .wrap(sessions(outer));
        let app = init_service(app).await;
        let reply = call(&app, TestRequest::get().uri("/inside/put/Ada")).await;
        let shows = reply.body.contains("two session layers");
        assert_eq!((reply.status, shows), (500, cfg!(debug_assertions)));
    }
}
