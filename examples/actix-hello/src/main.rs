//! The smallest actix-web application with a session: sign in, leave a note, sign out.
//!
//! `cargo run -p actix-hello`, and open the URL that it prints. A port behind that moves it.

#![forbid(unsafe_code)]

use actix_web::web::{Form, Html, Redirect, get, post};
use actix_web::{App, HttpServer};
use sealed_session_actix::{
    CookieSpec, Error, Key, KeyRing, LiveSession, Session, SessionManager, SessionMiddleware,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct SignIn {
    name: String,
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

async fn home(session: Session) -> Result<Html, Error> {
    let Some(name) = session.subject() else {
        return Ok(Html::new(
            "<p>Who are you?\
             <form action=/sign-in method=post><input name=name required> <button>Sign in</button></form>",
        ));
    };
    let note = session.get::<String>("note")?.unwrap_or_default();
    Ok(Html::new(format!(
        "<p>Hello, {}.<p>Your note: {}\
         <form action=/note method=post><input name=text> <button>Write</button></form>\
         <form action=/sign-out method=post><button>Sign out</button></form>",
        escaped(&name),
        escaped(&note),
    )))
}

/// A real application asks for more than a name.
async fn sign_in(session: Session, form: Form<SignIn>) -> Result<Redirect, Error> {
    session.sign_in(&form.name, &[])?;
    Ok(Redirect::to("/").see_other())
}

/// Asks for a session, and here sessions begin with a sign-in. A request without one gets a 401.
async fn write(session: LiveSession, form: Form<Note>) -> Result<Redirect, Error> {
    session.insert("note", form.into_inner().text)?;
    Ok(Redirect::to("/").see_other())
}

async fn sign_out(session: Session) -> Result<Redirect, Error> {
    session.destroy()?;
    Ok(Redirect::to("/").see_other())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn sessions() -> Result<SessionMiddleware, Error> {
    // A debug build serves plain http on this machine, in Safari, too. A release build serves https.
    let cookie = match cfg!(debug_assertions) {
        true => CookieSpec::development("actix-hello"),
        false => CookieSpec::new("actix-hello"),
    };
    // A fresh key with every start signs everybody out. A real application reads its key, by
    // `KeyRing::from_env("SESSION_KEYS")` for instance.
    let manager = SessionManager::new(cookie, KeyRing::new(Key::generate()?))?;
    Ok(SessionMiddleware::new(manager))
}

#[actix_web::main]
#[expect(clippy::print_stdout, reason = "read at the terminal")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // On standard error: the URL goes to standard output.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    // Once, and not in the closure, which runs for each worker.
    let sessions = sessions()?;
    let app = move || {
        App::new()
            .route("/", get().to(home))
            .route("/sign-in", post().to(sign_in))
            .route("/note", post().to(write))
            .route("/sign-out", post().to(sign_out))
            .wrap(sessions.clone())
    };
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let server = HttpServer::new(app).bind(("127.0.0.1", port.parse()?))?;
    for address in server.addrs() {
        println!("http://{address}/");
    }
    Ok(server.run().await?)
}
