//! The commands, the script and the socket of docs/clients-without-cookies.md, and the configurations of
//! docs/forward-auth.md, run as they stand there; and what docs/guards.md says of a prefix.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod api;
mod forward_auth;
mod gate;
mod page;
mod prefix;
mod server;
mod socket;
mod transcript;

use std::process::Command;
use std::time::Duration;

use e2e::Failure;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use crate::api::Api;
use crate::page::{block, blocks, code_of, page};
use crate::transcript::Keeper;

#[test]
fn the_page_shows_the_code_that_runs_here() {
    for source in [include_str!("server.rs"), include_str!("socket.rs")] {
        assert!(page().contains(&code_of(source)), "{source}");
    }
}

#[test]
fn the_commands_answer_what_the_page_says() -> Result<(), Failure> {
    let api = Api::start()?;
    let mut keeper = Keeper::default();
    for transcript in blocks(page(), "console") {
        keeper.run(transcript, &api)?;
    }
    assert_eq!(keeper.asked(), 7);
    Ok(())
}

#[test]
fn the_script_prints_what_the_page_says() -> Result<(), Failure> {
    let api = Api::start()?;
    let script = Command::new("python3")
        .args(["-I", "-c", block(page(), "python"), &api.url()])
        .env("no_proxy", "*")
        .output()?;
    let errors = String::from_utf8(script.stderr)?;
    assert!(script.status.success() && errors.is_empty(), "{errors}");
    let printed = String::from_utf8(script.stdout)?;
    let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
    assert_eq!(lines, block(page(), "text").lines().collect::<Vec<_>>());
    Ok(())
}

#[test]
fn a_socket_reads_its_session_and_its_handshake_keeps_it_alive() -> Result<(), Failure> {
    let api = Api::start()?;
    let mut keeper = Keeper::default();
    let sign_in = "$ curl -i -H 'Authorization: Bearer' -d Ada http://127.0.0.1:8080/sign-in";
    keeper.run(sign_in, &api)?;
    api.advance(Duration::from_secs(20 * 60));

    let url = format!("ws://{}/socket", api.address());
    let echo = api.block_on(async {
        let (mut socket, header) = socket::open(&url, keeper.session()).await?;
        assert_eq!(header["x-session-touch"].len(), 28);
        assert!(!header.contains_key("x-session") && !header.contains_key("set-cookie"));
        socket.send(Message::text("hello")).await?;
        let echo = socket.next().await.ok_or("the socket is closed")??;
        socket.close(None).await?;
        Ok::<_, Failure>(echo)
    })?;
    assert_eq!(echo.to_text()?, "Ada says: hello");

    let nobody = api.block_on(socket::open(&url, "garbage"));
    let refused = nobody.err().unwrap().to_string();
    assert!(refused.contains("401"), "{refused}");
    Ok(())
}

#[test]
fn a_transcript_that_is_wrong_is_noticed() -> Result<(), Failure> {
    let api = Api::start()?;
    let url = "http://127.0.0.1:8080/account";
    let fails = |transcript: &str| Keeper::default().run(transcript, &api).is_err();
    assert!(!fails(&format!(
        "$ curl -i {url}\nHTTP/1.1 401 Unauthorized"
    )));
    assert!(fails(&format!("$ curl -i {url}\nHTTP/1.1 200 OK")));
    assert!(fails(&format!("$ curl -i {url}\nx-session: A..")));
    assert!(fails(&format!("$ curl -i {url} | sh")));
    Ok(())
}
