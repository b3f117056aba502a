//! Asking for the password again, before something that matters.
//!
//! A guard stands in front: somebody is signed in, and acts as nobody else.

use axum::Form;
use axum::extract::{RawQuery, State};
use axum::response::Redirect;
use maud::{Markup, html};
use sealed_session_axum::flash::Level;
use sealed_session_axum::{Error, ReturnPath, Session};
use serde::Deserialize;

use crate::accounts::{self, Accounts};
use crate::form::Form as PostForm;
use crate::page::Page;

#[derive(Deserialize)]
pub(crate) struct Proof {
    password: String,
}

pub(crate) async fn show(page: Page, session: Session) -> Markup {
    let subject = session.subject().unwrap_or_default();
    let name = accounts::name(&subject);
    let fields = html! {
        // Password managers look for the name.
        input type="text" name="name" value=(name) autocomplete="username" hidden;
        label for="password" { "Password" }
        input #password type="password" name="password" required autocomplete="current-password" autofocus;
        button { "Go on" }
    };
    let content = html! {
        div.narrow {
            h1 { "Is it you?" }
            p.lead { "It is a while ago that " bdi { (name) } " signed in here. Please enter the password again." }
            // Without an `action`, so that the way back stays in the address.
            (page.form(PostForm::default().class("stack"), fields))
        }
    };
    page.render("Is it you?", &content)
}

/// Redirects in any case, so that the back button leads to the form.
pub(crate) async fn confirm(
    session: Session,
    RawQuery(query): RawQuery,
    State(accounts): State<Accounts>,
    Form(Proof { password }): Form<Proof>,
) -> Result<Redirect, Error> {
    let back = query.as_deref().and_then(ReturnPath::from_query);
    let account = session.subject().unwrap_or_default();
    if !accounts.is_password(&account, password).await {
        let text = "That is not the password of this account.";
        session.flash(Level::Error, text)?;
        let again =
            back.map(|back| format!("/confirm?{}={}", ReturnPath::PARAMETER, back.encoded()));
        return Ok(Redirect::to(again.as_deref().unwrap_or("/confirm")));
    }
    session.confirm()?;
    Ok(Redirect::to(
        back.as_ref().map_or("/cart", ReturnPath::as_str),
    ))
}
