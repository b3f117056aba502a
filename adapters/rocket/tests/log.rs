//! What Rocket's users find in their log, who have no subscriber of `tracing`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Mutex;

use log::{LevelFilter, Log, Metadata, Record};
use rocket::config::{Config, LogLevel};
use rocket::error::ErrorKind;
use rocket::local::blocking::Client;
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use sealed_session_rocket::sealed_session::{Key, KeyRing, SessionManager};
use sealed_session_rocket::{Session, SessionFairing};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Keeper;

impl Log for Keeper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sealed_session"
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            LINES.lock().unwrap().push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

fn logged() -> Vec<String> {
    std::mem::take(&mut *LINES.lock().unwrap())
}

#[get("/")]
fn greet(_session: Session) {}

#[catch(400)]
async fn unreadable(request: &Request<'_>) {
    let session = request.guard::<Session>().await.unwrap();
    assert!(session.insert("name", "Ada").is_err());
}

fn bare() -> Rocket<Build> {
    rocket::custom(Config {
        log_level: LogLevel::Off,
        ..Config::debug_default()
    })
}

fn fairing() -> SessionFairing {
    let ring = KeyRing::new(Key::new(&[1; 32]).unwrap());
    SessionFairing::new(SessionManager::new(ring).unwrap())
}

/// Rocket's errors panic unless somebody looks.
fn launches(rocket: Rocket<Build>) -> bool {
    match Client::untracked(rocket) {
        Ok(_) => true,
        Err(error) => !matches!(
            error.kind(),
            ErrorKind::SentinelAborts(_) | ErrorKind::FailedFairings(_)
        ),
    }
}

/// One test, because there is one log.
#[test]
fn the_log_names_what_is_wrong_and_the_fix() {
    log::set_logger(&Keeper).unwrap();
    log::set_max_level(LevelFilter::Warn);

    assert!(!launches(bare().mount("/", routes![greet])));
    let lines = logged();
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].contains(".attach(SessionFairing::new(manager))"),
        "{lines:?}"
    );

    assert!(!launches(bare().attach(fairing()).attach(fairing())));
    let lines = logged();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("remove one `.attach(..)`"), "{lines:?}");

    // Rocket hands a bad URI to a catcher, and runs no fairings.
    let app = bare()
        .mount("/", routes![greet])
        .register("/", catchers![unreadable])
        .attach(fairing());
    let client = Client::untracked(app).unwrap();
    assert_eq!(client.get("/").dispatch().status().code, 200);
    assert!(logged().is_empty());
    assert_eq!(client.get("bad uri").dispatch().status().code, 400);
    drop(client);
    let lines = logged();
    assert_eq!(lines.len(), 2, "the change is reported, too");
    assert!(
        lines[0].contains("it is nobody's, and cannot be changed"),
        "{lines:?}"
    );
}
