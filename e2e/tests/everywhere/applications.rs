//! The smallest applications of frameworks on top of axum, beside the servers of the list and with the same ring.
//!
//! Each has a page that says "Hello" and a note, and forms to sign in, to write the note and to sign out.

use axum::Router;
use conformance::Server;
use e2e::{Certificate, Client, Curl, Failure, Protocol};
use sealed_session::SessionManager;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::servers::{Servers, manager, ring};
use crate::walk::ask;

/// Makes an application with these sessions.
type Make = fn(SessionManager) -> Router;

/// Each of them: the framework, and what makes the application of a manager.
const ALL: [(&str, Make); 1] = [("leptos", leptos_hello::app)];

fn start(app: Make, manager: SessionManager) -> Result<Server, Failure> {
    let runtime = Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    runtime.spawn(async move { axum::serve(listener, app(manager)).await });
    Ok(Server::new(address, runtime))
}

/// Signs in at one server, changes the session at the application, and goes on at every server; then the other way round.
async fn round(curl: &mut Curl, servers: &Servers, home: &str) -> Result<(), Failure> {
    let first = servers.places.first().ok_or("no server")?;
    let sign_in = "/both/put.note.milk/sign-in.ada.note";
    ask(curl, first, "signing in", sign_in, "").await?;
    reads(curl, home, &["Hello, ada.", "Your note: milk"]).await?;
    posts(curl, home, "note", "text=books")?;
    for place in &servers.places {
        ask(
            curl,
            place,
            "reading",
            "/both/subject/get.note",
            "ada,books",
        )
        .await?;
    }
    posts(curl, home, "sign-out", "")?;
    for place in &servers.places {
        ask(curl, place, "being signed out", "/maybe", "nobody").await?;
    }
    posts(curl, home, "sign-in", "name=eve")?;
    for place in &servers.places {
        ask(curl, place, "being signed in", "/live/subject", "eve").await?;
    }
    ask(curl, first, "signing out", "/both/destroy", "").await?;
    reads(curl, home, &["Who are you?"]).await
}

async fn reads(curl: &mut Curl, home: &str, wanted: &[&str]) -> Result<(), Failure> {
    let reply = curl.get(home).await?;
    if reply.status != Some(200) || !wanted.iter().all(|text| reply.body.contains(text)) {
        return Err(format!("{wanted:?} was expected: {reply:?}").into());
    }
    Ok(())
}

fn posts(curl: &mut Curl, home: &str, action: &str, form: &str) -> Result<(), Failure> {
    let reply = curl.post(&format!("{home}{action}"), form)?;
    if !matches!(reply.status, Some(302 | 303)) {
        return Err(format!("{action}: {reply:?}").into());
    }
    Ok(())
}

#[test]
fn a_session_goes_on_in_the_applications_of_other_frameworks() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let ring = ring()?;
    let servers = Servers::with_rings(&certificate, |_| Ok(ring.clone()))?;
    for (name, app) in ALL {
        let server = start(app, manager(&ring)?)?;
        let home = format!("http://localhost:{}/", server.address().port());
        let curl = &mut Curl::new(Protocol::Http1, &certificate)?;
        let done = Runtime::new()?.block_on(round(curl, &servers, &home));
        done.map_err(|cause| format!("{name}: {cause}"))?;
    }
    servers.stop()
}
