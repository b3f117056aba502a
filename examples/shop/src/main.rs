//! The demo: one shop on two servers that share a key and no sessions, or two sites of which one hands its visitors over.
//!
//! `cargo run -p shop`, and open the URL that it prints; `-- --two-sites` starts the sites, `-- --help` lists the rest. Starts
//! servers; the shop is the library beside it.

#![forbid(unsafe_code)]

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use sealed_session_axum::adapter::SystemClock;
use sealed_session_axum::revocation::RevocationTable;
use sealed_session_axum::{Error, Key, KeyRing};
use shop::{
    Accounts, Command, Devices, HELP, Letter, Listener, Options, Passwords, Revoked, app, bind,
    sessions,
};
use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;

/// How many sign-outs are kept at most, for a month under each key of the ring: 3.3 MB.
const ROOM: usize = 100_000;

/// For how long a server that starts waits for the store.
const PATIENCE: Duration = Duration::from_secs(3);

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks to its terminal"
)]
async fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os().skip(1)) {
        Ok(Command::Run(options)) => options,
        Ok(Command::Help) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("shop: {error}\nTry --help.");
            return ExitCode::from(2);
        }
    };
    let level = std::env::var("RUST_LOG")
        .ok()
        .filter(|level| !level.is_empty());
    let filter = EnvFilter::new(level.as_deref().unwrap_or("sealed_session=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shop: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "read at the terminal")]
async fn run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let listeners = bind(options).await?;
    let ring = ring(options)?;
    if options.a.ip() != options.b.ip() && !options.two_sites {
        println!(
            "A and B have different addresses, between which browsers share no cookies; open both \
             as http://localhost:PORT"
        );
    }
    println!("Open one of these in a browser: its first page says what to try. Ctrl-C stops them.");
    // Beside the sessions, which are in cookies: what a shop has in its database.
    let (devices, passwords) = (Devices::default(), Passwords::default());
    let here = RevocationTable::new(ROOM);
    let (mut servers, mut watchers) = (JoinSet::new(), Vec::new());
    for Listener {
        server,
        address,
        socket,
    } in listeners
    {
        // Each server has a manager of its own, as if it were on a machine of its own.
        let revoked = revoked(options, server.letter(), &here).await?;
        let manager = sessions(server, ring.clone(), options.idle, revoked.clone())?;
        if options.keys.is_some() {
            watchers.push(manager.watch_keys_every(options.poll)?);
        }
        let accounts = Accounts::new(revoked, devices.clone(), passwords.clone());
        let router = app(
            server,
            manager,
            Arc::new(SystemClock),
            accounts,
            options.confirm,
        )?;
        match server.origins() {
            Some((own, _)) => println!("Site {}: {own}/", server.letter()),
            None => println!("Server {}: http://{address}/", server.letter()),
        }
        servers.spawn(async move { axum::serve(socket, router).await });
    }
    // Neither is meant to end.
    while let Some(ended) = servers.join_next().await {
        ended??;
    }
    Ok(())
}

/// Returns where a server looks for who was signed out: all of this process in one table, or each in its own copy of the
/// store.
///
/// A store that is not there is no reason to stay away. It is the same as an outage: sessions are accepted, as
/// `Staleness` has it by default, and what was signed out is refused once the store is back.
#[expect(clippy::print_stdout, reason = "read at the terminal")]
async fn revoked(
    options: &Options,
    letter: Letter,
    here: &RevocationTable,
) -> Result<Revoked, sealed_session_redis::Error> {
    let Some(url) = &options.revocation else {
        return Ok(Revoked::Here(here.clone()));
    };
    let shared = url.open()?.revocations(ROOM)?;
    if let Err(error) = shared.caught_up(PATIENCE).await {
        println!(
            "Server {letter} starts without the store, and lets in who was signed out until it is back: {error}"
        );
    }
    Ok(Revoked::Shared(shared))
}

#[expect(clippy::print_stdout, reason = "read at the terminal")]
fn ring(options: &Options) -> Result<KeyRing, Error> {
    match &options.keys {
        Some(file) => KeyRing::from_file(file),
        None => {
            println!(
                "A fresh key, kept in memory only: restarting signs everybody out and empties \
                 every cart. To keep sessions, make a ring by `cargo run -p sealed-session-cli -- \
                 keygen --ring FILE`, and start with --keys FILE."
            );
            Ok(KeyRing::new(Key::generate()?))
        }
    }
}
