//! The order: what it costs, and the button that places it.
//!
//! A guard stands in front: somebody is signed in, proved it not long ago, and acts as nobody else.

use axum::response::Redirect;
use maud::{Markup, html};
use sealed_session_axum::flash::Level;
use sealed_session_axum::{Error, Session};

use crate::cart::CART;
use crate::figures::{count, money};
use crate::form::Form;
use crate::page::Page;

pub(crate) async fn show(page: Page, session: Session) -> Result<Markup, Error> {
    let cart = session.get(CART)?.unwrap_or_default();
    let content = html! {
        div.narrow {
            h1 { "Your order" }
            @if cart.lines.is_empty() {
                p.lead { "There is nothing to order." }
                p { a.button href="/catalogue" { "To the catalogue" } }
            } @else {
                dl.facts {
                    div { dt { "Articles" } dd { (count(cart.lines.len(), "line")) ", " (count(cart.pieces(), "piece")) } }
                    div { dt { "Total" } dd { strong { (money(cart.total())) } } }
                    @if let Some(name) = page.visitor() { div { dt { "For" } dd { bdi { (name) } } } }
                }
                div.row {
                    (page.form(Form::to("/order"), html! { button { "Place the order" } }))
                    a.button.quiet href="/cart" { "Back to the cart" }
                }
                p.fine { "This is a demo: nothing is made, sent or paid." }
            }
        }
    };
    Ok(page.render("Your order", &content))
}

/// Takes the cart, so that a form which is sent twice orders once. Copies of the cookie have the cart still: a real shop
/// gives an order a number, and lets its database take each number once.
pub(crate) async fn place(session: Session) -> Result<Redirect, Error> {
    let cart = session.take(CART)?.unwrap_or_default();
    let (level, text) = match cart.pieces() {
        0 => (Level::Warning, "There was nothing to order.".to_owned()),
        pieces => (
            Level::Success,
            format!(
                "Thank you. Your order of {} is placed.",
                count(pieces, "piece")
            ),
        ),
    };
    session.flash(level, text)?;
    Ok(Redirect::to("/cart"))
}
