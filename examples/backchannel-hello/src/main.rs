//! Serves the application and the provider on two ports of this machine.
//!
//! `cargo run -p backchannel-hello`, and open the URL that it prints. A port behind that moves the application; the provider
//! has the next one.

#![forbid(unsafe_code)]

use std::future::IntoFuture;

use backchannel_hello::{Application, Provider, Registration};
use tokio::net::TcpListener;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "read at the terminal")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // On standard error: the URL goes to standard output.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let port: u16 = std::env::args()
        .nth(1)
        .as_deref()
        .unwrap_or("8080")
        .parse()?;
    let application = TcpListener::bind(("127.0.0.1", port)).await?;
    let next = if port == 0 { 0 } else { port + 1 };
    let provider = TcpListener::bind(("127.0.0.1", next)).await?;
    let url = format!("http://{}", application.local_addr()?);
    let registration = Registration {
        issuer: format!("http://{}", provider.local_addr()?),
        client_id: "hello".to_owned(),
        backchannel_logout_uri: format!("{url}/backchannel-logout"),
    };
    println!("{url}/");
    tokio::try_join!(
        axum::serve(provider, Provider::new(registration.clone())?.router()).into_future(),
        axum::serve(application, Application::new(registration)?.router()).into_future(),
    )?;
    Ok(())
}
