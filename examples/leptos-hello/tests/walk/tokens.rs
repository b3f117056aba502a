//! Form tokens in front of server functions.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, extract};
use sealed_session::testing::Browser;
use sealed_session_axum::{CrossOrigin, Key, KeyRing, Session, SessionLayer, SessionManager};
use tower::ServiceExt;

/// The argument is the field's name, and the first: the layer has looked at it.
#[server(prefix = "", endpoint = "/move")]
async fn moves(csrf_token: String, city: String) -> Result<(), ServerFnError> {
    let _ = csrf_token;
    let session: Session = extract().await?;
    Ok(session.insert("city", city)?)
}

#[tokio::test]
async fn an_argument_named_csrf_token_is_the_form_token() {
    let ring = KeyRing::new(Key::generate().unwrap());
    let policy = CrossOrigin::new().with_form_tokens();
    let manager = SessionManager::builder("hello", ring).cross_origin(policy);
    let manager = manager.build().unwrap();
    let options = LeptosOptions::builder().output_name("hello").build();
    let app = Router::new()
        .leptos_routes(&options, Vec::new(), || ())
        .with_state(options)
        .layer(SessionLayer::new(manager.clone()));
    let mut browser = Browser::default().signed_in(&manager, "ada").unwrap();
    let token = browser.session(&manager).form_token().unwrap();
    for (token, wanted) in [("x", StatusCode::FORBIDDEN), (&token, StatusCode::OK)] {
        let request = Request::post("/move")
            .header(header::COOKIE, browser.cookie())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf_token={token}&city=Cork")));
        let response = app.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), wanted);
        browser.keep(response.headers().get_all(header::SET_COOKIE));
    }
    let city = browser.session(&manager).get::<String>("city").unwrap();
    assert_eq!(city.as_deref(), Some("Cork"));
}
