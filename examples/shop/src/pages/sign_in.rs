//! Signing in, under any name with its password, and signing out.

use std::time::Duration;

use axum::Form;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sealed_session_axum::flash::Level;
use sealed_session_axum::{Error, Refusal, ReturnPath, Session};
use serde::Deserialize;

use crate::accounts::{self, Accounts, STAFF};
use crate::agent::Agent;
use crate::cart::CART;
use crate::figures::count;
use crate::form::Form as PostForm;
use crate::page::Page;
use crate::passwords::DEMO;
use crate::sessions::{REMEMBERED, REMEMBERED_IDLE, remember};

/// The longest name, in characters. At four bytes each it fits a subject, prefix included.
pub(crate) const NAME_MAX: usize = 60;

#[derive(Default, Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
    /// Only a checked box is sent.
    remember: Option<String>,
}

pub(crate) async fn show(page: Page, session: Session) -> Markup {
    form(&page, &Credentials::default(), None, session.refusal())
}

pub(crate) async fn sign_in(
    page: Page,
    session: Session,
    agent: Agent,
    RawQuery(query): RawQuery,
    State(accounts): State<Accounts>,
    Form(credentials): Form<Credentials>,
) -> Result<Response, Error> {
    let name = credentials.name.trim();
    let account = accounts::subject(name);
    let password = credentials.password.clone();
    let fault = match fault(name) {
        None if accounts.is_password(&account, password).await => None,
        None => Some("That is not the password of this account.".to_owned()),
        fault => fault,
    };
    if let Some(fault) = fault {
        let page = form(&page, &credentials, Some(&fault), None);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    // Everything but the cart is left behind: whoever planted this session must not come along.
    session.sign_in(&account, &[&CART])?;
    session.confirm()?;
    if credentials.remember.is_some() {
        remember(&session, REMEMBERED)?;
    }
    accounts.note(&session, agent);
    accounts::look_up(&session)?;
    session.flash(Level::Success, format!("You are signed in as {name}."))?;
    let back = query.as_deref().and_then(ReturnPath::from_query);
    let back = back.as_ref().map_or("/", ReturnPath::as_str);
    Ok(Redirect::to(back).into_response())
}

pub(crate) async fn sign_out(
    session: Session,
    State(accounts): State<Accounts>,
) -> Result<Redirect, Error> {
    accounts.forget(&session);
    session.destroy()?;
    session.flash(Level::Info, "You are signed out.")?;
    Ok(Redirect::to("/"))
}

/// Returns what is wrong with a name.
pub(crate) fn fault(name: &str) -> Option<String> {
    match name.chars().count() {
        0 => Some("Please enter a name.".to_owned()),
        1..=NAME_MAX => None,
        many => Some(format!(
            "A name has up to {NAME_MAX} characters, and this one {many}."
        )),
    }
}

fn form(
    page: &Page,
    filled_in: &Credentials,
    fault: Option<&str>,
    refusal: Option<Refusal>,
) -> Markup {
    let fields = html! {
        label for="name" { "Name" }
        input #name type="text" name="name" value=(filled_in.name.trim()) maxlength=(NAME_MAX) required
            autocomplete="username" autofocus[fault.is_some()] aria-invalid=[fault.map(|_| "true")]
            aria-describedby=[fault.map(|_| "fault")];
        div.beside {
            label for="password" { "Password" }
            a href="/forgot" { "Forgot it?" }
        }
        input #password type="password" name="password" required autocomplete="current-password";
        @if let Some(fault) = fault { p.fault #fault { (fault) } }
        div.check {
            input #remember type="checkbox" name="remember" aria-describedby="remember-note"
                checked[filled_in.remember.is_some()];
            label for="remember" { "Remember me for " (days(REMEMBERED)) }
            p.fine #remember-note {
                "Even when the browser is closed, unless you stay away for "
                (days(REMEMBERED_IDLE)) "."
            }
        }
        button { "Sign in" }
    };
    let content = html! {
        div.narrow {
            h1 { "Sign in" }
            @if let Some(why) = refusal.and_then(why) { p.warning role="status" { (why) } }
            p.lead {
                "This is a demo: any name will do, and the password is " code { (DEMO) } ", until you reset it."
            }
            @if let Some(visitor) = page.visitor() {
                p { "You are signed in as " bdi { (visitor) } ". Another name takes over your cart." }
            }
            // Without an `action`, so that the way back stays in the address.
            (page.form(PostForm::default().class("stack"), fields))
            p.fine.after { "As " code { (STAFF) } " you can act as a customer." }
        }
    };
    page.render("Sign in", &content)
}

/// Says to a visitor why they are not signed in any more. Of a revocation the page's frame tells, and reasons that are for
/// developers stay on the session's page.
fn why(refusal: Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::IdleExpired => Some("You were away for too long, so your session is over."),
        Refusal::AbsoluteExpired => Some("Your session has reached its longest time and is over."),
        _ => None,
    }
}

fn days(duration: Duration) -> String {
    count(duration.as_secs() / 86_400, "day")
}
