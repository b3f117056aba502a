//! Acting as a customer: the page where staff begins it, and the form that ends it.
//!
//! A guard stands in front: who begins is staff, and acts as nobody yet.

use axum::Form;
use axum::response::Redirect;
use maud::{Markup, html};
use sealed_session_axum::flash::Level;
use sealed_session_axum::{Error, Session};
use serde::Deserialize;

use super::sign_in::{NAME_MAX, fault};
use crate::accounts::{self, STAFF};
use crate::form::Form as PostForm;
use crate::page::Page;

#[derive(Deserialize)]
pub(crate) struct Customer {
    name: String,
}

pub(crate) async fn show(page: Page) -> Markup {
    let fields = html! {
        label for="name" { "Name of the customer" }
        input #name type="text" name="name" maxlength=(NAME_MAX) required autocomplete="off";
        button { "Act as this customer" }
    };
    let content = html! {
        div.narrow {
            h1 { "Support" }
            p.lead {
                "See the shop as a customer sees it. A banner says on every page who acts as whom. You cannot order, nor \
                 sign their devices out."
            }
            (page.form(PostForm::to("/support/act").class("stack"), fields))
        }
    };
    page.render("Support", &content)
}

pub(crate) async fn act(
    session: Session,
    Form(Customer { name }): Form<Customer>,
) -> Result<Redirect, Error> {
    let name = name.trim();
    let fault =
        fault(name).or_else(|| (name == STAFF).then(|| "A colleague is no customer.".to_owned()));
    if let Some(fault) = fault {
        session.flash(Level::Error, fault)?;
        return Ok(Redirect::to("/support"));
    }
    session.act_as(&accounts::subject(name), &[])?;
    accounts::look_up(&session)?;
    session.flash(Level::Info, format!("You see the shop as {name} does."))?;
    Ok(Redirect::to("/"))
}

pub(crate) async fn stop(session: Session) -> Result<Redirect, Error> {
    session.stop_acting(&[])?;
    let subject = session.subject().unwrap_or_default();
    let name = accounts::name(&subject);
    accounts::look_up(&session)?;
    session.flash(Level::Info, format!("You are {name} again."))?;
    Ok(Redirect::to("/"))
}
