//! Signing in, under any name, and signing out.

use axum::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sealed_session_axum::{Error, Session};
use serde::Deserialize;

use crate::cart::CART;
use crate::page::{NAME, NOTICE, Page};

/// The longest name, in characters. At four bytes each it fits a subject, prefix included.
const NAME_MAX: usize = 60;

#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
}

pub(crate) async fn show(page: Page) -> Markup {
    form(&page, "", None)
}

pub(crate) async fn sign_in(
    page: Page,
    session: Session,
    Form(credentials): Form<Credentials>,
) -> Result<Response, Error> {
    let name = credentials.name.trim();
    let fault = match name.chars().count() {
        0 => Some("Please enter a name.".to_owned()),
        1..=NAME_MAX => None,
        many => Some(format!(
            "A name has up to {NAME_MAX} characters, and this one {many}."
        )),
    };
    if let Some(fault) = fault {
        let page = form(&page, name, Some(&fault));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    // A real shop's subject is the account's id. Everything but the cart is left behind: whoever
    // planted this session must not come along.
    session.sign_in_as(&format!("demo:{name}"), &[CART.name()])?;
    session.insert(NAME, name)?;
    session.insert(NOTICE, format!("You are signed in as {name}."))?;
    Ok(Redirect::to("/").into_response())
}

pub(crate) async fn sign_out(session: Session) -> Result<Redirect, Error> {
    session.destroy()?;
    Ok(Redirect::to("/"))
}

fn form(page: &Page, name: &str, fault: Option<&str>) -> Markup {
    let content = html! {
        div.narrow {
            h1 { "Sign in" }
            p.lead { "This is a demo: any name will do, and there is no password." }
            @if let Some(visitor) = page.visitor() {
                p { "You are signed in as " bdi { (visitor) } ". Another name takes over your cart." }
            }
            form.stack method="post" action="/sign-in" {
                label for="name" { "Name" }
                input #name type="text" name="name" value=(name) maxlength=(NAME_MAX) required
                    autocomplete="nickname" aria-invalid=[fault.map(|_| "true")]
                    aria-describedby=[fault.map(|_| "fault")];
                @if let Some(fault) = fault { p.fault #fault role="alert" { (fault) } }
                button { "Sign in" }
            }
        }
    };
    page.render("Sign in", &content)
}
