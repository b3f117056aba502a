//! Guards in front of routes.

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, Request};
use axum::response::Redirect;
use axum::routing::{get, post};
use http::{Response, header};
use sealed_session_axum::{Attribute, Error, Guard, GuardLayer, ReturnPath, Session};
use tower::ServiceExt;

use crate::support::{layer, send};

const ROLE: Attribute<String> = Attribute::new("role");

async fn sign_in(session: Session, RawQuery(query): RawQuery) -> Result<Redirect, Error> {
    session.sign_in("ada", &[])?;
    let back = query.as_deref().and_then(ReturnPath::from_query);
    Ok(Redirect::to(
        back.as_ref().map_or("/home", ReturnPath::as_str),
    ))
}

async fn promote(session: Session) -> Result<(), Error> {
    session.insert(ROLE, "staff".to_owned())
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
        .layer(layer())
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
