//! Several sessions in one application, each in a slot of its own.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use actix_web::test::init_service;
use actix_web::web::{ServiceConfig, get};
use actix_web::{App, HttpResponse};
use sealed_session_actix::sealed_session::{
    self as core, Budget, CookieSpec, Key, KeyRing, SessionManager, Slot, Slots,
};
use sealed_session_actix::{Error, LiveSession, Session, SessionMiddleware};
use support::{builder, send, sessions};

enum Prefs {}
impl Slot for Prefs {}

/// Preferences under a ring of their own.
fn slots() -> Slots {
    let prefs = SessionManager::builder(KeyRing::new(Key::new(&[2; 32]).unwrap()))
        .cookie(CookieSpec::new("__Host-prefs"))
        .budget(Budget::compact().total(600));
    let main = Slots::new(builder().build().unwrap());
    main.with::<Prefs>(prefs.build().unwrap()).unwrap()
}

async fn sign_in(session: Session) -> Result<&'static str, Error> {
    session.sign_in_as("ada", &[])?;
    Ok("welcome")
}

async fn darken(prefs: Session<Prefs>) -> Result<&'static str, Error> {
    prefs.insert("theme", "dark")?;
    Ok("dark")
}

async fn page(session: Session, prefs: Option<LiveSession<Prefs>>) -> Result<String, Error> {
    let user = session.subject().unwrap_or_else(|| "nobody".to_owned());
    let theme = prefs.map(|prefs| prefs.get::<String>("theme"));
    let theme = theme.transpose()?.flatten();
    Ok(format!("{user}, {}", theme.as_deref().unwrap_or("light")))
}

async fn crowd(session: Session, prefs: Session<Prefs>) -> Result<&'static str, Error> {
    session.sign_in_as("eve", &[])?;
    prefs.insert("name", "Eve")?;
    // Numbers that no compressor makes smaller, and that fit by themselves.
    let noise: Vec<u64> = (0..36_u64)
        .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .collect();
    let (noise, more) = noise.split_at(18);
    prefs.insert("noise", noise)?;
    prefs.insert("more noise", more)?;
    Ok("stored")
}

fn pages(config: &mut ServiceConfig) {
    config
        .route("/", get().to(page))
        .route("/sign-in", get().to(sign_in))
        .route("/darken", get().to(darken))
        .route("/crowd", get().to(crowd));
}

#[actix_web::test]
async fn two_requests_that_write_two_slots_at_once_lose_nothing() {
    let app = App::new()
        .configure(pages)
        .wrap(SessionMiddleware::new(slots()));
    let app = init_service(app).await;
    let sent = [
        send(&app, "GET", "/sign-in", &[]).await,
        send(&app, "GET", "/darken", &[]).await,
    ];
    let [session, prefs] = sent.map(|reply| reply.cookie());
    assert!(session.starts_with("__Host-session=") && prefs.starts_with("__Host-prefs="));
    let both = send(&app, "GET", "/", &[&session, &prefs]).await;
    assert_eq!(both.body, "ada, dark");
    assert_eq!(send(&app, "GET", "/", &[&session]).await.body, "ada, light");
}

#[actix_web::test]
async fn one_that_does_not_fit_keeps_all_of_them_back() {
    let page = |error: &core::Error, session: &core::Session| {
        // It sees what the browser keeps.
        assert!(error.cookie() == Some("__Host-prefs") && !session.contains("noise"));
        HttpResponse::PayloadTooLarge().finish()
    };
    let sessions = SessionMiddleware::new(slots()).on_commit_failure(page);
    let app = init_service(App::new().configure(pages).wrap(sessions)).await;
    let reply = send(&app, "GET", "/crowd", &[]).await;
    assert_eq!((reply.status, reply.set_cookies().len()), (413, 0));
}

#[actix_web::test]
async fn a_slot_that_is_not_there_answers_an_empty_500() {
    let app = init_service(App::new().configure(pages).wrap(sessions())).await;
    let reply = send(&app, "GET", "/darken", &[]).await;
    assert_eq!((reply.status, reply.body.as_str()), (500, ""));
    assert_eq!(send(&app, "GET", "/sign-in", &[]).await.status, 200);
}
