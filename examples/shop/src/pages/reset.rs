//! A forgotten password: the form that asks for a link, the mail, and the page that the link opens.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Redirect, Response, Result};
use maud::{Markup, html};
use sealed_session_axum::flash::Level;
use sealed_session_axum::ticket::{TicketPage, TicketRefusal};
use sealed_session_axum::{Error, Session};
use serde::Deserialize;

use super::sign_in::{NAME_MAX, fault};
use crate::accounts::{self, Accounts};
use crate::figures::span;
use crate::form::Form as PostForm;
use crate::page::Page;
use crate::passwords::LENGTHS;
use crate::resets::{LIFETIME, Reset, Resets};

#[derive(Deserialize)]
pub(crate) struct Forgotten {
    name: String,
}

/// What the link holds, and what the page that it opens posts.
#[derive(Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    password: String,
}

pub(crate) async fn ask(page: Page) -> Markup {
    form(&page, "", None)
}

fn form(page: &Page, name: &str, fault: Option<&str>) -> Markup {
    let fields = html! {
        label for="name" { "Name" }
        input #name type="text" name="name" value=(name) maxlength=(NAME_MAX) required
            autocomplete="username" autofocus[fault.is_some()] aria-invalid=[fault.map(|_| "true")]
            aria-describedby=[fault.map(|_| "fault")];
        @if let Some(fault) = fault { p.fault #fault { (fault) } }
        button { "Send me a link" }
    };
    let content = html! {
        div.narrow {
            h1 { "Forgot your password?" }
            p.lead { "We send a link that sets a new one." }
            (page.form(PostForm::to("/forgot").class("stack"), fields))
            p.fine.after { "This demo sends no mail. It shows you the one that it would have sent." }
        }
    };
    page.render("Forgot your password?", &content)
}

/// Shows the mail. A real shop sends it, with the origin of its configuration in front of the link and never that of
/// `Host`, and answers the same whether or not there is such an account.
pub(crate) async fn send(
    page: Page,
    State(resets): State<Resets>,
    State(accounts): State<Accounts>,
    Form(Forgotten { name }): Form<Forgotten>,
) -> Result<Response, Error> {
    let name = name.trim();
    if let Some(fault) = fault(name) {
        let page = form(&page, name, Some(&fault));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let ticket = resets.seal(&accounts, &accounts::subject(name))?;
    let content = html! {
        div.narrow {
            h1 { "The mail" }
            p.lead { "This is what " bdi { (name) } " would have got by now." }
            div.panel.mail {
                p { "Hello " bdi { (name) } "," }
                p { "somebody, hopefully you, has forgotten your password. This link sets a new one:" }
                p { a href={ "/reset?ticket=" (ticket) } { "/reset?ticket=" (ticket) } }
                p { "It is good for " (span(LIFETIME)) ", and once. If you did not ask for it, do nothing." }
            }
            p.fine {
                "Whatever follows a link before you do, such as a mail scanner, uses nothing up: only the form on the \
                 page behind it does."
            }
        }
    };
    // Whoever reads it can set the password.
    let page = page.render("The mail", &content);
    Ok(([(CACHE_CONTROL, "no-store")], page).into_response())
}

/// Opens a link. Nothing is used up, because mail scanners open it as well.
pub(crate) async fn show(
    page: Page,
    State(resets): State<Resets>,
    State(accounts): State<Accounts>,
    Query(link): Query<Link>,
) -> Response {
    match resets.open(&accounts, &link.ticket) {
        Ok(reset) => confirm(&page, &reset.account, &link.ticket, None).into_response(),
        Err(refusal) => dead(&page, refusal),
    }
}

fn confirm(page: &Page, account: &str, ticket: &str, fault: Option<&str>) -> TicketPage {
    let inputs = html! {
        @if let Some(fault) = fault { p.fault role="alert" { (fault) } }
        p { "For the account of " bdi { (accounts::name(account)) } ", which is signed out everywhere then." }
        p {
            label for="password" { "New password, " (LENGTHS.start()) " characters or more" } " "
            input #password type="password" name="password" required minlength=(LENGTHS.start())
                autocomplete="new-password";
        }
    };
    TicketPage::new("Set a new password", "Save", "/reset", ticket)
        .with_style_sheet("/style.css")
        .with_first(page.token())
        .with_inputs(inputs.into_string())
}

/// Says why a link is dead. All reasons may be told.
fn dead(page: &Page, refusal: TicketRefusal) -> Response {
    let text = match refusal {
        TicketRefusal::OtherState => {
            "It was used already, or the password was changed in another way."
        }
        TicketRefusal::Expired => "It is too old.",
        TicketRefusal::RetiredKey | TicketRefusal::UnknownKey => {
            "The shop has other keys than when it was made."
        }
        _ => "It is not whole, or no link of this kind. Copy all of it from the mail.",
    };
    let content = html! {
        div.narrow {
            h1 { "This link does not work" }
            p.lead { (text) }
            p.fine { "Label for metrics: " code { (refusal.label()) } "." }
            p.row { a.button href="/forgot" { "Ask for another link" } }
        }
    };
    let page = page.render("This link does not work", &content);
    (StatusCode::GONE, page).into_response()
}

/// Sets the password, signs the account out everywhere, and makes the link dead.
pub(crate) async fn set(
    page: Page,
    session: Session,
    State(resets): State<Resets>,
    State(accounts): State<Accounts>,
    Form(Link { ticket, password }): Form<Link>,
) -> Result<Response> {
    let Reset { account, before } = match resets.open(&accounts, &ticket) {
        Ok(reset) => reset,
        Err(refusal) => return Ok(dead(&page, refusal)),
    };
    if !LENGTHS.contains(&password.len()) {
        let (least, most) = (LENGTHS.start(), LENGTHS.end());
        let fault = format!("A password has {least} to {most} bytes.");
        let page = confirm(&page, &account, &ticket, Some(&fault));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    if !accounts.replace_password(&account, before, password).await {
        // Another request with the same link was faster, unless there is no room.
        return match resets.open(&accounts, &ticket) {
            Ok(_) => Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()),
            Err(refusal) => Ok(dead(&page, refusal)),
        };
    }
    accounts
        .sign_out_everywhere(&session, &account, resets.now())
        .await?;
    // This browser needs no refusal to hear of it.
    if session.subject().as_ref() == Some(&account) {
        session.destroy()?;
    }
    let text = "Your password is set. You are signed out everywhere, so sign in with it.";
    session.flash(Level::Success, text)?;
    Ok(Redirect::to("/sign-in").into_response())
}
