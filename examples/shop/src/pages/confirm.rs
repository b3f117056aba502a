//! Asking for the password again, before something that matters.
//!
//! A guard stands in front: somebody is signed in, and acts as nobody else.

use axum::Form;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
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
    form(&page, &session, None)
}

fn form(page: &Page, session: &Session, fault: Option<&str>) -> Markup {
    let subject = session.subject().unwrap_or_default();
    let name = accounts::name(&subject);
    let fields = html! {
        // Password managers look for the name.
        input type="text" name="name" value=(name) autocomplete="username" hidden;
        label for="password" { "Password" }
        input #password type="password" name="password" required autocomplete="current-password"
            autofocus aria-invalid=[fault.map(|_| "true")] aria-describedby=[fault.map(|_| "fault")];
        @if let Some(fault) = fault { p.fault #fault { (fault) } }
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

pub(crate) async fn confirm(
    page: Page,
    session: Session,
    RawQuery(query): RawQuery,
    State(accounts): State<Accounts>,
    Form(Proof { password }): Form<Proof>,
) -> Result<Response, Error> {
    let account = session.subject().unwrap_or_default();
    if !accounts.is_password(&account, password).await {
        let fault = "That is not the password of this account.";
        let page = form(&page, &session, Some(fault));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    session.confirm()?;
    let back = query.as_deref().and_then(ReturnPath::from_query);
    let back = back.as_ref().map_or("/cart", ReturnPath::as_str);
    Ok(Redirect::to(back).into_response())
}
