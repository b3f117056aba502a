//! Guards around scopes.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Redirect, ServiceConfig};
use actix_web::{App, HttpRequest};
use sealed_session_actix::sealed_session::{Attribute, Guard, ReturnPath, Slot};
use sealed_session_actix::{Error, GuardMiddleware, Session};
use support::{call, sessions};

const ROLE: Attribute<String> = Attribute::new("role");

enum Staff {}
impl Slot for Staff {}

async fn sign_in(session: Session, request: HttpRequest) -> Result<Redirect, Error> {
    session.sign_in_as("ada", &[])?;
    let back = ReturnPath::from_query(request.query_string());
    let back = back.map_or_else(|| "/home".to_owned(), String::from);
    Ok(Redirect::to(back).see_other())
}

async fn promote(session: Session) -> Result<&'static str, Error> {
    session.insert(ROLE, "staff".to_owned())?;
    Ok("promoted")
}

fn pages(config: &mut ServiceConfig) {
    let members = Guard::signed_in().or_redirect("/sign-in").unwrap();
    let staff = members.clone().attribute(ROLE, |role| role == "staff");
    let office = web::scope("/office")
        .route("/desk", web::get().to(async || "the desk"))
        .wrap(GuardMiddleware::new(staff));
    let shop = web::scope("/shop")
        .service(office)
        .route("/orders/{id}", web::get().to(async || "an order"))
        .route("/orders/{id}", web::post().to(async || "changed"))
        .route("/promote", web::get().to(promote))
        .wrap(GuardMiddleware::new(members));
    let lacking = GuardMiddleware::new(Guard::signed_in().of::<Staff>());
    config
        .service(shop)
        .service(web::scope("/lacking").wrap(lacking))
        .route("/sign-in", web::get().to(sign_in));
}

fn visit(method: &str, path: &str, cookie: &str) -> TestRequest {
    let request = TestRequest::default()
        .method(method.parse().unwrap())
        .uri(path);
    let request = request.insert_header(("sec-fetch-mode", "navigate"));
    request.insert_header(("cookie", cookie))
}

fn script(path: &str) -> TestRequest {
    TestRequest::get()
        .uri(path)
        .insert_header(("accept", "*/*"))
}

#[actix_web::test]
async fn a_visitor_signs_in_and_comes_back_to_a_page_of_a_scope() {
    let service = init_service(App::new().configure(pages).wrap(sessions())).await;
    let reply = call(&service, visit("GET", "/shop/orders/17?tab=2", "a=b")).await;
    assert_eq!((reply.status, reply.body.as_str()), (303, ""));
    let sign_in = reply.header("location").unwrap().to_owned();
    assert_eq!(sign_in, "/sign-in?next=/shop/orders/17%3Ftab%3D2");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("vary"), Some("Cookie"));
    assert!(reply.set_cookies().is_empty());

    let reply = call(&service, visit("GET", &sign_in, "a=b")).await;
    let back = reply.header("location").unwrap();
    assert_eq!(back, "/shop/orders/17?tab=2");
    let reply = call(&service, visit("GET", back, &reply.cookie())).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "an order"));

    for next in ["//evil.example/", "/%5Cevil.example", "/%252Fevil.example"] {
        let reply = call(
            &service,
            visit("GET", &format!("/sign-in?next={next}"), "a=b"),
        )
        .await;
        assert_eq!(reply.header("location"), Some("/home"), "{next}");
    }
}

#[actix_web::test]
async fn answers_depend_on_who_asks_and_how() {
    let service = init_service(App::new().configure(pages).wrap(sessions())).await;
    let reply = call(&service, script("/shop/orders/17")).await;
    assert_eq!((reply.status, reply.header("location")), (401, None));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("vary"), Some("Cookie"));
    let reply = call(&service, visit("POST", "/shop/orders/17", "a=b")).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some("/sign-in"))
    );

    let cookie = call(&service, visit("GET", "/sign-in", "a=b"))
        .await
        .cookie();
    let reply = call(&service, visit("GET", "/shop/office/desk", &cookie)).await;
    assert_eq!((reply.status, reply.header("location")), (403, None));
    let cookie = call(&service, visit("GET", "/shop/promote", &cookie))
        .await
        .cookie();
    let reply = call(&service, visit("GET", "/shop/office/desk", &cookie)).await;
    assert_eq!(reply.body, "the desk");
}

#[actix_web::test]
async fn what_is_put_together_wrongly_lets_nobody_pass() {
    let service = init_service(App::new().configure(pages)).await;
    let reply = call(&service, visit("GET", "/shop/orders/17", "a=b")).await;
    assert_eq!((reply.status, reply.body.as_str()), (500, ""));
    let service = init_service(App::new().configure(pages).wrap(sessions())).await;
    let reply = call(&service, visit("GET", "/lacking", "a=b")).await;
    assert_eq!((reply.status, reply.body.as_str()), (500, ""));
}
