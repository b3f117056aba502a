//! What Rocket's users find in their log, who have no subscriber of `tracing`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::{Mutex, mpsc};

use log::{Level, LevelFilter, Log, Metadata, Record};
use rocket::config::{Config, LogLevel};
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::local::blocking::Client;
use rocket::tokio::runtime::Runtime;
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use sealed_session_rocket::{Key, KeyRing, Session, SessionFairing, SessionManager};
use tracing_subscriber::filter::Targets;

static LINES: Mutex<Vec<Line>> = Mutex::new(Vec::new());

struct Line {
    target: String,
    level: Level,
    text: String,
}

struct Keeper;

/// Takes everything, whatever level Rocket is configured to log at.
impl Log for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        LINES.lock().unwrap().push(Line {
            target: record.target().to_owned(),
            level: record.level(),
            text: record.args().to_string(),
        });
    }

    fn flush(&self) {}
}

/// What was logged since, by this package.
fn logged() -> Vec<String> {
    let lines = std::mem::take(&mut *LINES.lock().unwrap()).into_iter();
    let own = lines.filter(|line| line.target == "sealed_session" && line.level <= Level::Warn);
    own.map(|line| line.text).collect()
}

#[get("/")]
fn greet(_session: Session) {}

#[get("/write")]
fn write(session: Session) {
    session.insert("name", "Ada").unwrap();
}

#[catch(400)]
async fn unreadable(request: &Request<'_>) {
    let session = request.guard::<Session>().await.unwrap();
    assert!(session.insert("name", "Ada").is_err());
}

fn bare() -> Rocket<Build> {
    rocket::custom(Config {
        address: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        log_level: LogLevel::Off,
        ..Config::debug_default()
    })
}

fn fairing() -> SessionFairing {
    let ring = KeyRing::new(Key::new(&[1; 32]).unwrap());
    SessionFairing::new(SessionManager::new("session", ring).unwrap())
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
    log::set_max_level(LevelFilter::Trace);

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

    rockets_lines_about_heads_hold_cookies_and_one_directive_drops_them();
}

/// What a request with `cookie` is answered, head and all.
fn converse(port: u16, cookie: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let head = "GET /write HTTP/1.1\r\nHost: localhost\r\nConnection: close";
    write!(stream, "{head}\r\nCookie: {cookie}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The directive is that of docs/rocket.md. `log_level` is off, and says nothing to a logger that is not
/// Rocket's own.
fn rockets_lines_about_heads_hold_cookies_and_one_directive_drops_them() {
    let (sender, receiver) = mpsc::channel();
    let liftoff = AdHoc::on_liftoff("Where it listens", move |rocket| {
        let told = sender.send(rocket.config().port);
        Box::pin(async move { told.unwrap() })
    });
    let app = bare().mount("/", routes![write]).attach(fairing());
    let runtime = Runtime::new().unwrap();
    runtime.spawn(app.attach(liftoff).launch());
    let answer = converse(
        receiver.recv().unwrap(),
        "__Host-session=AQ-sent-by-the-browser",
    );
    let written = answer.split("__Host-session=").nth(1).unwrap();
    let written = written.split(';').next().unwrap();
    drop(runtime);

    let lines = std::mem::take(&mut *LINES.lock().unwrap());
    let tells = |line: &&Line| {
        ["AQ-sent-by-the-browser", written]
            .iter()
            .any(|secret| line.text.contains(secret))
    };
    assert_eq!(
        lines.iter().filter(tells).count(),
        2,
        "the request and the response"
    );
    for directives in ["debug,rocket::server=info", "trace,rocket::server=info"] {
        let filter: Targets = directives.parse().unwrap();
        let kept = lines.iter().filter(|line| {
            let level = line.level.to_string().parse().unwrap();
            filter.would_enable(&line.target, &level)
        });
        let kept: Vec<_> = kept.collect();
        assert!(
            kept.iter()
                .any(|line| line.target.starts_with("rocket::server"))
        );
        assert_eq!(kept.into_iter().filter(tells).count(), 0, "{directives}");
    }
}
