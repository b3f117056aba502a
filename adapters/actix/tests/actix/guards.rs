//! Guards around scopes.

use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Redirect, ServiceConfig};
use actix_web::{App, HttpRequest};
use sealed_session_actix::{Attribute, Error, Guard, GuardMiddleware, ReturnPath, Session};

use crate::support::{call, sessions};

const ROLE: Attribute<String> = Attribute::new("role");

async fn sign_in(session: Session, request: HttpRequest) -> Result<Redirect, Error> {
    session.sign_in("ada", &[])?;
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
        .route("/promote", web::get().to(promote))
        .wrap(GuardMiddleware::new(members));
    config
        .service(shop)
        .route("/sign-in", web::get().to(sign_in));
}

fn visit(path: &str, cookie: &str) -> TestRequest {
    let request = TestRequest::get().uri(path);
    let request = request.insert_header(("sec-fetch-mode", "navigate"));
    request.insert_header(("cookie", cookie))
}

#[actix_web::test]
async fn a_visitor_signs_in_and_comes_back_to_a_page_of_a_scope() {
    let service = init_service(App::new().configure(pages).wrap(sessions())).await;
    let reply = call(&service, visit("/shop/orders/17?tab=2", "a=b")).await;
    assert_eq!((reply.status, reply.body.as_str()), (303, ""));
    let sign_in = reply.header("location").unwrap().to_owned();
    assert_eq!(sign_in, "/sign-in?next=/shop/orders/17%3Ftab%3D2");

    let reply = call(&service, visit(&sign_in, "a=b")).await;
    let back = reply.header("location").unwrap();
    assert_eq!(back, "/shop/orders/17?tab=2");
    let reply = call(&service, visit(back, &reply.cookie())).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "an order"));
}

#[actix_web::test]
async fn guards_of_scopes_within_each_other_are_all_asked() {
    let service = init_service(App::new().configure(pages).wrap(sessions())).await;
    let reply = call(&service, visit("/shop/office/desk", "a=b")).await;
    let location = "/sign-in?next=/shop/office/desk";
    assert_eq!(reply.header("location"), Some(location));
    let cookie = call(&service, visit("/sign-in", "a=b")).await.cookie();
    let reply = call(&service, visit("/shop/office/desk", &cookie)).await;
    assert_eq!((reply.status, reply.header("location")), (403, None));
    let cookie = call(&service, visit("/shop/promote", &cookie))
        .await
        .cookie();
    let reply = call(&service, visit("/shop/office/desk", &cookie)).await;
    assert_eq!(reply.body, "the desk");
}

#[actix_web::test]
async fn a_guard_without_a_session_middleware_lets_nobody_pass() {
    let service = init_service(App::new().configure(pages)).await;
    let reply = call(&service, visit("/shop/orders/17", "a=b")).await;
    let says = reply
        .body
        .contains(".wrap(SessionMiddleware::new(manager))");
    assert_eq!((reply.status, says), (500, cfg!(debug_assertions)));
}
