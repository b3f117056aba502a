//! The smallest axum application with a session: sign in, leave a note, sign out.
//!
//! `cargo run -p axum-hello`, and open the URL that it prints. A port behind that moves it.

#![forbid(unsafe_code)]

use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use sealed_session_axum::{
    CookieSpec, Error, Key, KeyRing, LiveSession, Session, SessionLayer, SessionManager,
};
use serde::Deserialize;
use tokio::net::TcpListener;

#[derive(Deserialize)]
struct SignIn {
    name: String,
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

async fn home(session: Session) -> Result<Html<String>, Error> {
    let Some(name) = session.subject() else {
        return Ok(Html(
            "<p>Who are you?\
             <form action=/sign-in method=post><input name=name required> <button>Sign in</button></form>"
                .to_owned(),
        ));
    };
    let note = session.get::<String>("note")?.unwrap_or_default();
    Ok(Html(format!(
        "<p>Hello, {}.<p>Your note: {}\
         <form action=/note method=post><input name=text> <button>Write</button></form>\
         <form action=/sign-out method=post><button>Sign out</button></form>",
        escaped(&name),
        escaped(&note),
    )))
}

/// A real application asks for more than a name.
async fn sign_in(session: Session, Form(form): Form<SignIn>) -> Result<Redirect, Error> {
    session.sign_in(&form.name, &[])?;
    Ok(Redirect::to("/"))
}

/// Asks for a session, and here sessions begin with a sign-in. A request without one gets a 401.
async fn write(session: LiveSession, Form(form): Form<Note>) -> Result<Redirect, Error> {
    session.insert("note", form.text)?;
    Ok(Redirect::to("/"))
}

async fn sign_out(session: Session) -> Result<Redirect, Error> {
    session.destroy()?;
    Ok(Redirect::to("/"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn app() -> Result<Router, Error> {
    // A debug build serves plain http on this machine, in Safari, too. A release build serves https.
    let cookie = match cfg!(debug_assertions) {
        true => CookieSpec::development("axum-hello"),
        false => CookieSpec::new("axum-hello"),
    };
    // A fresh key with every start signs everybody out. A real application reads its key, by
    // `KeyRing::from_env("SESSION_KEYS")` for instance.
    let manager = SessionManager::new(cookie, KeyRing::new(Key::generate()?))?;
    Ok(Router::new()
        .route("/", get(home))
        .route("/sign-in", post(sign_in))
        .route("/note", post(write))
        .route("/sign-out", post(sign_out))
        .layer(SessionLayer::new(manager)))
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "read at the terminal")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // On standard error: the URL goes to standard output.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    println!("http://{}/", listener.local_addr()?);
    Ok(axum::serve(listener, app()?).await?)
}
