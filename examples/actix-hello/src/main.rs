//! The smallest actix-web application with a session: sign in, look, change something, sign out.
//!
//! `cargo run -p actix-hello` starts it, and with a port behind that, on that port.

#![forbid(unsafe_code)]

use actix_web::web::{Form, Html, Redirect, get, post};
use actix_web::{App, HttpServer};
use sealed_session_actix::sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
use sealed_session_actix::{Error, Session, SessionMiddleware};
use serde::Deserialize;

async fn home(session: Session) -> Result<Html, Error> {
    let Some(user) = session.subject() else {
        return Ok(Html::new(
            "<form method=post action=/sign-in><input name=user> <button>Sign in</button></form>",
        ));
    };
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    Ok(Html::new(format!(
        "<p>Hello, {user}. You saw this page {visits} times.</p>\
         <form method=post action=/sign-out><button>Sign out</button></form>",
    )))
}

#[derive(Deserialize)]
struct SignIn {
    user: String,
}

async fn sign_in(session: Session, form: Form<SignIn>) -> Result<Redirect, Error> {
    // Here a real application checks a password. Letters only, so that pages need not escape them.
    let letters = form.user.chars().filter(|letter| letter.is_alphabetic());
    let user: String = letters.take(30).collect();
    if !user.is_empty() {
        session.sign_in_as(&user, &[])?;
    }
    Ok(Redirect::to("/").see_other())
}

async fn sign_out(session: Session) -> Result<Redirect, Error> {
    session.destroy()?;
    Ok(Redirect::to("/").see_other())
}

#[actix_web::main]
#[expect(clippy::print_stdout, reason = "whoever started it wants the address")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A new key at each start signs everybody out. A real application keeps one.
    let ring = KeyRing::new(Key::generate()?);
    // This cookie works over plain http, on this machine only. In production: no `cookie` at all.
    let manager = SessionManager::builder(ring)
        .cookie(CookieSpec::development("session"))
        .build()?;
    let sessions = SessionMiddleware::new(manager);

    let app = move || {
        App::new()
            .route("/", get().to(home))
            .route("/sign-in", post().to(sign_in))
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
