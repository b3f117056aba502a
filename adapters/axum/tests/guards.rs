//! Guards in front of routes.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, Request};
use axum::response::Redirect;
use axum::routing::{get, post};
use http::{Response, header};
use sealed_session_axum::sealed_session::{
    Attribute, Guard, Key, KeyRing, ReturnPath, SessionManager,
};
use sealed_session_axum::{Error, GuardLayer, Session, SessionLayer};
use support::send;
use tower::ServiceExt;

const ROLE: Attribute<String> = Attribute::new("role");

fn sessions() -> SessionLayer {
    let ring = KeyRing::new(Key::new(&[1; 32]).unwrap());
    SessionLayer::new(SessionManager::new(ring).unwrap())
}

async fn sign_in(session: Session, RawQuery(query): RawQuery) -> Result<Redirect, Error> {
    session.sign_in_as("ada", &[])?;
    let back = query.as_deref().and_then(ReturnPath::from_query);
    Ok(Redirect::to(
        back.as_ref().map_or("/home", ReturnPath::as_str),
    ))
}

async fn promote(session: Session) -> Result<(), Error> {
    Ok(session.insert(ROLE, "staff".to_owned())?)
}

fn app() -> Router {
    let members = Guard::signed_in().or_redirect("/sign-in").unwrap();
    let staff = members.clone().attribute(ROLE, |role| role == "staff");
    let office = Router::new()
        .route("/desk", get(async || "the desk"))
        .route_layer(GuardLayer::new(staff));
    let shop = Router::new()
        .route(
            "/orders/{id}",
            get(async || "an order").post(async || "changed"),
        )
        .route("/promote", post(promote))
        .route_layer(GuardLayer::new(members))
        .nest("/office", office);
    Router::new()
        .nest("/shop", shop)
        .route("/sign-in", post(sign_in))
        .layer(sessions())
}

/// The visit of a page.
async fn visit(app: &Router, method: &str, path: &str, cookie: &str) -> Response<Body> {
    let request = Request::builder().method(method).uri(path);
    let request = request.header("sec-fetch-mode", "navigate");
    let request = request.header(header::COOKIE, cookie);
    app.clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap()
}

fn location(response: &Response<Body>) -> Option<&str> {
    let location = response.headers().get(header::LOCATION);
    location.map(|location| location.to_str().unwrap())
}

#[tokio::test]
async fn a_visitor_signs_in_and_comes_back_to_a_page_of_a_nested_router() {
    let app = app();
    let response = visit(&app, "GET", "/shop/orders/17?tab=2", "a=b").await;
    assert_eq!(response.status(), 303);
    let sign_in = location(&response).unwrap().to_owned();
    assert_eq!(sign_in, "/sign-in?next=/shop/orders/17%3Ftab%3D2");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(response.headers()[header::VARY], "Cookie");

    let reply = send(&app, "POST", &sign_in, &[]).await;
    let back = reply.header(header::LOCATION).unwrap();
    assert_eq!(back, "/shop/orders/17?tab=2");
    let reply = send(&app, "GET", back, &[&reply.cookie()]).await;
    assert_eq!(
        (reply.status.as_u16(), reply.body.as_str()),
        (200, "an order")
    );
}

#[tokio::test]
async fn a_link_to_the_sign_in_page_leads_nowhere_else() {
    let app = app();
    for next in [
        "//evil.example/",
        "/%5Cevil.example",
        "/%252Fevil.example",
        "https://evil.example",
    ] {
        let reply = send(&app, "POST", &format!("/sign-in?next={next}"), &[]).await;
        assert_eq!(reply.header(header::LOCATION), Some("/home"), "{next}");
    }
}

#[tokio::test]
async fn what_was_posted_is_not_come_back_to_and_scripts_are_told() {
    let app = app();
    let response = visit(&app, "POST", "/shop/orders/17", "a=b").await;
    assert_eq!(
        (response.status().as_u16(), location(&response)),
        (303, Some("/sign-in"))
    );
    let response = visit(&app, "HEAD", "/shop/orders/17", "a=b").await;
    assert_eq!(location(&response), Some("/sign-in?next=/shop/orders/17"));
    let reply = send(&app, "GET", "/shop/orders/17", &[]).await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.header(header::CACHE_CONTROL), Some("no-store"));
    assert_eq!(reply.header(header::VARY), Some("Cookie"));
}

#[tokio::test]
async fn guards_are_of_the_routes_before_them() {
    let app = app();
    let cookie = send(&app, "POST", "/sign-in", &[]).await.cookie();
    let response = visit(&app, "GET", "/shop/office/desk", &cookie).await;
    assert_eq!(
        (response.status().as_u16(), location(&response)),
        (403, None)
    );
    let response = visit(&app, "GET", "/shop/office/desk", "a=b").await;
    assert_eq!(location(&response), Some("/sign-in?next=/shop/office/desk"));
    let cookie = send(&app, "POST", "/shop/promote", &[&cookie])
        .await
        .cookie();
    let reply = send(&app, "GET", "/shop/office/desk", &[&cookie]).await;
    assert_eq!(reply.body, "the desk");
    // `route_layer` leaves what no route matches alone.
    assert_eq!(
        visit(&app, "GET", "/shop/nothing", "a=b").await.status(),
        404
    );
}

#[tokio::test]
async fn a_guard_outside_of_the_session_layer_lets_nobody_pass() {
    let app = Router::new()
        .route("/", get(async || "secrets"))
        .layer(sessions())
        .layer(GuardLayer::new(Guard::live()));
    let reply = send(&app, "GET", "/", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (500, ""));
}
