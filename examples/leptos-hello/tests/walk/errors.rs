//! What a visitor gets where the session cannot do what the application asks of it.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, header};
use http_body_util::BodyExt;
use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, extract};
use sealed_session::testing::Browser;
use sealed_session_axum::{Key, KeyRing, Session, SessionLayer, SessionManager};
use tower::ServiceExt;

/// Somebody whose note is a number, as another deploy stored it. Here it is a text.
fn visitor() -> (SessionManager, Browser) {
    let ring = KeyRing::new(Key::generate().unwrap());
    let manager = SessionManager::new("hello", ring).unwrap();
    let mut browser = Browser::default().signed_in(&manager, "ada").unwrap();
    let stored = browser.visit(&manager, |session| session.insert("note", 17));
    stored.unwrap();
    (manager, browser)
}

/// Asks as a browser does that runs no script.
async fn send(
    app: Router,
    browser: &Browser,
    method: Method,
    path: &str,
    form: String,
) -> Response<Body> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost")
        .header(header::ACCEPT, "text/html")
        .header(header::REFERER, "http://localhost/")
        .header(header::COOKIE, browser.cookie())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form));
    app.oneshot(request.unwrap()).await.unwrap()
}

#[tokio::test]
async fn an_error_is_a_500_that_says_nothing_of_the_session_and_sends_nothing() {
    let (manager, browser) = visitor();
    let too_long = format!("text={}", "x".repeat(70_000));
    for (method, path, form, said) in [
        (Method::GET, "/", String::new(), "That did not work."),
        (Method::POST, "/note", too_long, ""),
    ] {
        let app = leptos_hello::app(manager.clone());
        let response = send(app, &browser, method, path, form).await;
        assert_eq!(response.status(), 500);
        assert!(!response.headers().contains_key(header::SET_COOKIE));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains(said) && !body.contains("`note`"), "{body}");
    }
}

/// Hands the error to leptos as it is.
#[server(prefix = "", endpoint = "/careless")]
async fn careless() -> Result<(), ServerFnError> {
    let session: Session = extract().await?;
    session.insert("begun", true)?;
    session.get::<String>("note")?;
    Ok(())
}

/// What docs/leptos.md warns of.
#[tokio::test]
async fn an_error_that_leptos_gets_as_it_is_moves_to_the_address_and_changes_are_sent() {
    let (manager, browser) = visitor();
    let options = LeptosOptions::builder().output_name("hello").build();
    let app = Router::new()
        .leptos_routes(&options, Vec::new(), || ())
        .with_state(options)
        .layer(SessionLayer::new(manager));
    let response = send(app, &browser, Method::POST, "/careless", String::new()).await;
    assert_eq!(response.status(), 302);
    assert!(response.headers().contains_key(header::SET_COOKIE));
    let location = response.headers()[header::LOCATION].to_str().unwrap();
    assert!(location.contains("__err="), "{location}");
}
