//! The smallest loco application with a session: sign in, leave a note, sign out.
//!
//! `cd examples/loco-hello && cargo run`, and open the URL that it prints. `PORT=8001` moves it. loco reads `config/` in
//! the folder where it is started. The session's part is in `sessions.rs`.

#![forbid(unsafe_code)]

mod sessions;

use axum::Router;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use loco_rs::app::{AppContext, Hooks, Initializer};
use loco_rs::boot::{BootResult, ServeParams, StartMode, create_app, start};
use loco_rs::config::Config;
use loco_rs::controller::{AppRoutes, Routes};
use loco_rs::environment::{Environment, resolve_from_env};
use loco_rs::prelude::{Form, Queue, async_trait};
use loco_rs::task::Tasks;
use sealed_session_axum::{Error, LiveSession, Session};
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

struct App;

#[async_trait]
impl Hooks for App {
    fn app_name() -> &'static str {
        env!("CARGO_CRATE_NAME")
    }

    async fn initializers(_: &AppContext) -> loco_rs::Result<Vec<Box<dyn Initializer>>> {
        Ok(vec![Box::new(sessions::Sessions)])
    }

    fn routes(_: &AppContext) -> AppRoutes {
        let routes = Routes::new()
            .add("/", get(home))
            .add("/sign-in", post(sign_in))
            .add("/note", post(write))
            .add("/sign-out", post(sign_out));
        AppRoutes::with_default_routes().add_route(routes)
    }

    async fn boot(
        mode: StartMode,
        environment: &Environment,
        config: Config,
    ) -> loco_rs::Result<BootResult> {
        create_app::<Self>(mode, environment, config).await
    }

    /// As loco does it, and says which port it is if the configuration leaves that open.
    #[expect(clippy::print_stdout, reason = "read at the terminal")]
    async fn serve(app: Router, _: &AppContext, params: &ServeParams) -> loco_rs::Result<()> {
        let address = format!("{}:{}", params.binding, params.port);
        let listener = TcpListener::bind(address).await?;
        println!("http://{}/", listener.local_addr()?);
        Ok(axum::serve(listener, app).await?)
    }

    async fn connect_workers(_: &AppContext, _: &Queue) -> loco_rs::Result<()> {
        Ok(())
    }

    fn register_tasks(_: &mut Tasks) {}
}

/// Starts as `cargo loco start` does. An application with the feature `cli` has `loco_rs::cli::main::<App>()` here.
#[tokio::main]
async fn main() -> loco_rs::Result<()> {
    let environment = resolve_from_env().into();
    let config = App::load_config(&environment).await?;
    loco_rs::logger::init::<App>(&config.logger)?;
    let (port, binding) = (config.server.port, config.server.binding.clone());
    let boot = App::boot(StartMode::ServerOnly, &environment, config).await?;
    start::<App>(boot, ServeParams { port, binding }, true).await
}
