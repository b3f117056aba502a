//! Finished routers with a session layer of their own, mounted under another one.

use axum::Router;
use axum::extract::Path;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use sealed_session_axum::testing::Browser;
use sealed_session_axum::{Error, Session, SessionLayer, SessionManagerBuilder, Transport};

use crate::support::{Reply, named, send};

async fn put(session: Session, Path(name): Path<String>) -> Result<(), Error> {
    session.insert("name", name)
}

async fn who(session: Session) -> String {
    let name = session.get::<String>("name").unwrap();
    name.unwrap_or_else(|| "nobody".to_owned())
}

fn pages() -> Router {
    Router::new()
        .route("/put/{name}", get(put))
        .route("/who", get(who))
}

/// Pages with a session in this cookie.
fn app(pages: Router, cookie: &'static str) -> Router {
    let manager = named(cookie).build().unwrap();
    pages.layer(SessionLayer::new(manager))
}

/// Counts the visits of the outer application, on the way in.
async fn count(session: Session, request: axum::extract::Request, next: Next) -> Response {
    session
        .update("visits", |visits: &mut u32| *visits += 1)
        .unwrap();
    next.run(request).await
}

fn nested() -> Router {
    let wiki = app(pages(), "__Host-wiki");
    let forum = app(pages().nest("/wiki", wiki), "__Host-forum");
    app(
        pages().nest("/forum", forum).layer(from_fn(count)),
        "__Host-shop",
    )
}

async fn visit(app: &Router, browser: &mut Browser, path: &str) -> Reply {
    let reply = send(app, "GET", path, &[&browser.cookie()]).await;
    browser.keep(reply.set_cookies());
    reply
}

#[tokio::test]
async fn the_inner_layer_counts_inside_and_all_commit() {
    let (app, mut browser) = (nested(), Browser::default());
    for (path, name) in [("", "Shop"), ("/forum", "Forum"), ("/forum/wiki", "Wiki")] {
        let reply = visit(&app, &mut browser, &format!("{path}/put/{name}")).await;
        assert_eq!(reply.status, 200);
        let lines = reply.set_cookies().len();
        assert_eq!(
            lines,
            if path.is_empty() { 1 } else { 2 },
            "the visits are counted"
        );
        assert_eq!(reply.headers.get_all("vary").iter().count(), 1);
    }
    for (path, name) in [("", "Shop"), ("/forum", "Forum"), ("/forum/wiki", "Wiki")] {
        assert_eq!(
            visit(&app, &mut browser, &format!("{path}/who")).await.body,
            name
        );
    }
    assert_eq!(browser.cookie().split("; ").count(), 3);
}

#[tokio::test]
async fn layers_that_collide_are_a_mistake_that_is_told() {
    let field = |builder: SessionManagerBuilder| {
        SessionLayer::new(builder.transport(Transport::bearer()).build().unwrap())
    };
    for colliding in [
        app(app(pages(), "__Host-a"), "__Host-a"),
        // Not only the next one around.
        app(app(app(pages(), "__Host-a"), "__Host-b"), "__Host-a"),
        pages()
            .layer(field(named("__Host-other")))
            .layer(field(named("__Host-a"))),
    ] {
        let reply = send(&colliding, "GET", "/put/Ada", &[]).await;
        let shows = reply.body.contains("two session layers");
        assert_eq!(
            (reply.status.as_u16(), shows),
            (500, cfg!(debug_assertions))
        );
        assert!(reply.set_cookies().is_empty());
    }
}
