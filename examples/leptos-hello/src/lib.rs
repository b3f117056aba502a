//! The smallest leptos application with a session: sign in, leave a note, sign out. `cargo run -p leptos-hello` starts it.
//!
//! The page is streamed, and reads the session before its head leaves. Server functions write it. Their forms work
//! without a script, so this is all that runs on the server. What a browser would need besides is in docs/leptos.md.

#![forbid(unsafe_code)]

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, ResponseOptions, extract, generate_route_list, redirect};
use leptos_router::components::{Route, Router as Pages, Routes};
use leptos_router::path;
use sealed_session_axum::{Error, LiveSession, Session, SessionLayer, SessionManager};

/// Returns the name of the visitor who is signed in, and their note.
#[server]
async fn visitor() -> Result<Option<(String, String)>, ServerFnError> {
    let session: Session = extract().await?;
    let Some(name) = session.subject() else {
        return Ok(None);
    };
    let note = session.get::<String>("note").map_err(failed)?;
    Ok(Some((name.to_string(), note.unwrap_or_default())))
}

/// A real application asks for more than a name.
#[server(prefix = "", endpoint = "/sign-in")]
async fn sign_in(name: String) -> Result<(), ServerFnError> {
    let session: Session = extract().await?;
    session.sign_in(&name, &[]).map_err(failed)?;
    redirect("/");
    Ok(())
}

/// Asks for a session, and here sessions begin with a sign-in. A request without one gets a 401.
#[server(prefix = "", endpoint = "/note")]
async fn write(text: String) -> Result<(), ServerFnError> {
    let Some(session) = extract::<Option<LiveSession>>().await? else {
        expect_context::<ResponseOptions>().set_status(StatusCode::UNAUTHORIZED);
        return Err(ServerFnError::new("Please sign in."));
    };
    session.insert("note", text).map_err(failed)?;
    redirect("/");
    Ok(())
}

#[server(prefix = "", endpoint = "/sign-out")]
async fn sign_out() -> Result<(), ServerFnError> {
    let session: Session = extract().await?;
    session.destroy().map_err(failed)?;
    redirect("/");
    Ok(())
}

/// Answers as a handler of axum does: the text goes to the log and not to the browser, and a 500 sends no change.
fn failed(error: Error) -> ServerFnError {
    let answer = error.into_response();
    expect_context::<ResponseOptions>().set_status(answer.status());
    ServerFnError::new("That did not work.")
}

#[component]
fn Home() -> impl IntoView {
    // The head waits for a blocking resource, so what it says of caching and cookies is said in time.
    let visitor = Resource::new_blocking(|| (), |()| visitor());
    let (signing_in, writing, signing_out) = (
        ServerAction::<SignIn>::new(),
        ServerAction::<Write>::new(),
        ServerAction::<SignOut>::new(),
    );
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match visitor.await {
                    Ok(Some((name, note))) => {
                        view! {
                            <p>{format!("Hello, {name}.")}</p>
                            <p>{format!("Your note: {note}")}</p>
                            <ActionForm action=writing>
                                <input name="text"/> <button>"Write"</button>
                            </ActionForm>
                            <ActionForm action=signing_out>
                                <button>"Sign out"</button>
                            </ActionForm>
                        }.into_any()
                    }
                    Ok(None) => {
                        view! {
                            <p>"Who are you?"</p>
                            <ActionForm action=signing_in>
                                <input name="name" required/> <button>"Sign in"</button>
                            </ActionForm>
                        }.into_any()
                    }
                    Err(error) => error.to_string().into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn App() -> impl IntoView {
    view! {
        <Pages>
            <Routes fallback=|| ()>
                <Route path=path!("/") view=Home/>
            </Routes>
        </Pages>
    }
}

fn document() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head><title>"Hello"</title></head>
            <body><App/></body>
        </html>
    }
}

/// Makes the application of a manager: its page and its server functions.
pub fn app(manager: SessionManager) -> Router {
    let options = LeptosOptions::builder().output_name("leptos-hello").build();
    Router::new()
        .leptos_routes(&options, generate_route_list(App), document)
        .with_state(options)
        .layer(SessionLayer::new(manager))
}
