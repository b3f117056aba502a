//! Serves the smallest leptos application with a session: sign in, leave a note, sign out.
//!
//! `cargo run -p leptos-hello`, and open the URL that it prints. A port behind that moves it.

#![forbid(unsafe_code)]

use sealed_session_axum::{CookieSpec, Key, KeyRing, SessionManager};
use tokio::net::TcpListener;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "read at the terminal")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // On standard error: the URL goes to standard output.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    // A debug build serves plain http on this machine, in Safari, too. A release build serves https.
    let cookie = match cfg!(debug_assertions) {
        true => CookieSpec::development("leptos-hello"),
        false => CookieSpec::new("leptos-hello"),
    };
    // A fresh key with every start signs everybody out. A real application reads its key, by
    // `KeyRing::from_env("SESSION_KEYS")` for instance.
    let manager = SessionManager::new(cookie, KeyRing::new(Key::generate()?))?;
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    println!("http://{}/", listener.local_addr()?);
    Ok(axum::serve(listener, leptos_hello::app(manager)).await?)
}
