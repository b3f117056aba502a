//! The smallest Rocket application with a session: sign in, leave a note, sign out.
//!
//! `cargo run -p rocket-hello`, and open the URL that it prints. `ROCKET_PORT=8001` moves it.

#![forbid(unsafe_code)]

use rocket::form::Form;
use rocket::response::Redirect;
use rocket::response::content::RawHtml;
use rocket::{Build, Config, FromForm, Rocket, get, post, routes, uri};
use sealed_session_rocket::{
    CookieSpec, Error, Key, KeyRing, LiveSession, Session, SessionFairing, SessionManager,
};

#[derive(FromForm)]
struct SignIn<'r> {
    name: &'r str,
}

#[derive(FromForm)]
struct Note<'r> {
    text: &'r str,
}

/// Asks for a session, and here sessions begin with a sign-in. A request without one gets the next
/// route that matches.
#[get("/")]
fn home(session: LiveSession) -> Result<RawHtml<String>, Error> {
    let name = session.subject().unwrap_or_default();
    let note = session.get::<String>("note")?.unwrap_or_default();
    Ok(RawHtml(format!(
        "<p>Hello, {}.<p>Your note: {}\
         <form action=/note method=post><input name=text> <button>Write</button></form>\
         <form action=/sign-out method=post><button>Sign out</button></form>",
        escaped(&name),
        escaped(&note),
    )))
}

#[get("/", rank = 2)]
fn front_door() -> RawHtml<&'static str> {
    RawHtml(
        "<p>Who are you?\
         <form action=/sign-in method=post><input name=name required> <button>Sign in</button></form>",
    )
}

/// A real application asks for more than a name.
#[post("/sign-in", data = "<form>")]
fn sign_in(session: Session, form: Form<SignIn<'_>>) -> Result<Redirect, Error> {
    session.sign_in(form.name, &[])?;
    Ok(Redirect::to(uri!(home)))
}

#[post("/note", data = "<form>")]
fn write(session: LiveSession, form: Form<Note<'_>>) -> Result<Redirect, Error> {
    session.insert("note", form.text)?;
    Ok(Redirect::to(uri!(home)))
}

#[post("/sign-out")]
fn sign_out(session: Session) -> Result<Redirect, Error> {
    session.destroy()?;
    Ok(Redirect::to(uri!(front_door)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    app()?.launch().await?;
    Ok(())
}

fn app() -> Result<Rocket<Build>, Error> {
    // A debug build serves plain http on this machine, in Safari, too. A release build serves https.
    let cookie = match cfg!(debug_assertions) {
        true => CookieSpec::development("rocket-hello"),
        false => CookieSpec::new("rocket-hello"),
    };
    // A fresh key with every start signs everybody out. A real application reads its key, by
    // `KeyRing::from_env("SESSION_KEYS")` for instance.
    let manager = SessionManager::new(cookie, KeyRing::new(Key::generate()?))?;
    Ok(rocket::custom(Config::figment())
        .mount("/", routes![home, front_door, sign_in, write, sign_out])
        .attach(SessionFairing::new(manager)))
}
