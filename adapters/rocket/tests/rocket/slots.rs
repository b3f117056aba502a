//! A slot that the fairing lacks.

use rocket::error::ErrorKind;
use rocket::local::blocking::Client;
use rocket::{Request, catch, catchers, get, routes};
use sealed_session_rocket::{LiveSession, Session, Slot};

use crate::support::{bare, client, fairing, send};

enum Prefs {}
impl Slot for Prefs {}

#[get("/guarded")]
fn guarded(_prefs: LiveSession<Prefs>) {}

#[catch(404)]
async fn asks(request: &Request<'_>) -> String {
    let (_, missing) = request.guard::<Session<Prefs>>().await.failed().unwrap();
    missing.to_string()
}

#[test]
fn rocket_does_not_launch_a_route_without_its_slot() {
    let app = bare().mount("/", routes![guarded]);
    let error = Client::untracked(app.attach(fairing())).unwrap_err();
    match error.kind() {
        ErrorKind::SentinelAborts(lacking) => assert!(!lacking.is_empty()),
        other => panic!("{other}"),
    }

    let client = client(bare().register("/", catchers![asks]).attach(fairing()));
    let told = send(&client, "GET", "/", &[]).body;
    assert!(told.contains(".with_slot::<Prefs>("), "{told}");
}
