//! Several sessions in one application.

use rocket::error::ErrorKind;
use rocket::local::blocking::Client;
use rocket::{Build, Request, Rocket, catch, catchers, get, post, routes};
use sealed_session_rocket::sealed_session::{self as core, Budget, CookieSpec, Slot, Slots};
use sealed_session_rocket::{Error, LiveSession, Passive, Session, SessionFairing};

use crate::guards;
use crate::support::{bare, builder, client, fairing, send};

enum Prefs {}
impl Slot for Prefs {}

#[post("/darken")]
fn darken(prefs: Session<Prefs>) -> Result<(), Error> {
    Ok(prefs.insert("theme", "dark")?)
}

#[get("/both")]
fn both(session: Session, prefs: Option<LiveSession<Prefs>>) -> String {
    let name = session.get::<String>("name").unwrap();
    let theme = prefs.and_then(|prefs| prefs.get::<String>("theme").unwrap());
    format!("{name:?} {theme:?}")
}

#[get("/guarded")]
fn guarded(_prefs: LiveSession<Prefs>) {}

#[post("/both-fail")]
fn both_fail(session: Session, prefs: Session<Prefs>) -> Result<(), Error> {
    session.insert("name", "Eve")?;
    Ok(prefs.insert("lump", "x".repeat(100_000))?)
}

#[post("/panics")]
fn panics(session: Session, prefs: Session<Prefs>) {
    session.insert("name", "Eve").unwrap();
    drop(session);
    prefs.insert("theme", "light").unwrap();
    panic!("the handler fails");
}

#[get("/poll")]
fn poll(_passive: Passive) {}

fn slots() -> Slots {
    let prefs = builder()
        .cookie(CookieSpec::new("__Host-prefs"))
        .budget(Budget::compact().total(1_500));
    let slots = Slots::new(builder().build().unwrap());
    slots.with::<Prefs>(prefs.build().unwrap()).unwrap()
}

fn routes() -> Rocket<Build> {
    let routes = routes![darken, both, guarded, both_fail, panics, poll];
    guards::app().mount("/", routes)
}

#[test]
fn each_slot_has_a_cookie_of_its_own() {
    let client = client(routes().attach(SessionFairing::new(slots())));
    let name = send(&client, "POST", "/write", &[]).cookie();
    assert!(name.starts_with("__Host-session="));
    let theme = send(&client, "POST", "/darken", &[&name]).cookie();
    assert!(theme.starts_with("__Host-prefs="), "{theme}");

    let both = send(&client, "GET", "/both", &[&name, &theme]);
    assert_eq!(both.body, "Some(\"Ada\") Some(\"dark\")");
    assert_eq!(both.all("vary"), ["Cookie"]);
    assert_eq!(
        send(&client, "GET", "/both", &[&name]).body,
        "Some(\"Ada\") None"
    );
    assert_eq!(send(&client, "GET", "/guarded", &[&name]).status, 401);
    assert_eq!(send(&client, "GET", "/guarded", &[&theme]).status, 200);
}

#[test]
fn all_are_sent_or_none_is() {
    let page = |error: &core::Error, session: &core::Session| {
        format!("{:?} {}", error.cookie(), session.contains("name"))
    };
    let fairing = SessionFairing::new(slots()).on_commit_failure(page);
    let client = client(routes().attach(fairing));
    let failed = send(&client, "POST", "/both-fail", &[]);
    assert_eq!(failed.body, "Some(\"__Host-prefs\") false");
    assert!(failed.set_cookies().is_empty());

    let panicked = send(&client, "POST", "/panics", &[]);
    assert_eq!((panicked.status, panicked.set_cookies().len()), (500, 0));
}

#[catch(404)]
async fn asks(request: &Request<'_>) -> String {
    let (_, missing) = request.guard::<Session<Prefs>>().await.failed().unwrap();
    missing.to_string()
}

#[test]
fn rocket_does_not_launch_a_route_without_its_slot() {
    let error = Client::untracked(routes().attach(fairing())).unwrap_err();
    match error.kind() {
        ErrorKind::SentinelAborts(lacking) => assert!(!lacking.is_empty()),
        other => panic!("{other}"),
    }

    let client = client(bare().register("/", catchers![asks]).attach(fairing()));
    let told = send(&client, "GET", "/", &[]).body;
    assert!(told.contains(".with::<Prefs>("), "{told}");
}

#[test]
fn a_passive_request_is_no_use_of_any() {
    let clock = std::sync::Arc::new(core::testing::ManualClock::new(
        time::OffsetDateTime::now_utc(),
    ));
    let fairing = SessionFairing::new(slots()).clock(clock.clone());
    let client = client(routes().attach(fairing));
    let name = send(&client, "POST", "/write", &[]).cookie();
    let theme = send(&client, "POST", "/darken", &[&name]).cookie();
    clock.advance(std::time::Duration::from_secs(10 * 60));
    let poll = send(&client, "GET", "/poll", &[&name, &theme]);
    assert!(poll.set_cookies().is_empty());
    assert_eq!(
        send(&client, "GET", "/nowhere", &[&name, &theme])
            .set_cookies()
            .len(),
        2
    );
}
