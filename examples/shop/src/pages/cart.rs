//! The cart's page and its forms. Each form changes the session and redirects.

use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sealed_session_axum::flash::Level;
use sealed_session_axum::report::Size;
use sealed_session_axum::{Error, Session};
use serde::Deserialize;

use super::{gauge, shelf};
use crate::cart::{CART, Cart, Line, QUANTITY_MAX};
use crate::catalogue::article;
use crate::figures::{count, money};
use crate::form::Form as PostForm;
use crate::page::Page;

/// The most articles that one form adds.
const FILL_MAX: usize = 5_000;

#[derive(Deserialize)]
pub(crate) struct Chosen {
    article: u32,
}

#[derive(Deserialize)]
pub(crate) struct Changed {
    article: u32,
    quantity: u16,
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    count: usize,
}

pub(crate) async fn show(page: Page, session: Session) -> Result<Markup, Error> {
    let cart = session.get(CART)?.unwrap_or_default();
    let size = session.size()?;
    let content = html! {
        h1 { "Your cart" }
        @if cart.lines.is_empty() {
            p.lead {
                "There is nothing in it yet. Choose something from the " a href="/catalogue" { "catalogue" }
                ", or add many articles at once."
            }
        }
        // Above the lines, so that who has just added 400 of them sees what they take.
        (growth(&page, &size))
        @if !cart.lines.is_empty() { (lines(&page, &cart)) }
    };
    Ok(page.render("Cart", &content))
}

fn lines(page: &Page, cart: &Cart) -> Markup {
    html! {
        table.cart {
            caption.unseen { "Lines of the cart" }
            thead {
                tr {
                    th scope="col" { "Article" }
                    th scope="col" { "Quantity" }
                    th.figure scope="col" { "Price" }
                }
            }
            tbody { @for line in &cart.lines { (row(page, line)) } }
            tfoot {
                tr {
                    th scope="row" { "Total" }
                    td { (count(cart.lines.len(), "line")) ", " (count(cart.pieces(), "piece")) }
                    td.figure { strong { (money(cart.total())) } }
                }
            }
        }
        div.row.end {
            (page.form(PostForm::to("/cart/empty"), html! { button.quiet { "Empty the cart" } }))
            a.button href="/order" { "Order" }
        }
    }
}

fn row(page: &Page, line: &Line) -> Markup {
    let (field, form) = (
        format!("quantity-{}", line.article),
        format!("line-{}", line.article),
    );
    let set = PostForm {
        id: Some(&form),
        ..PostForm::to("/cart/set").class("quantity")
    };
    html! {
        tr {
            th scope="row" {
                (line.name)
                small {
                    (money(line.cents)) " each "
                    // An invalid quantity is no reason to keep the line.
                    button.plain form=(form) formaction="/cart/remove" formnovalidate
                        aria-label={ "Remove " (line.name) } { "Remove" }
                }
            }
            td {
                (page.form(set, html! {
                    input type="hidden" name="article" value=(line.article);
                    label.unseen for=(field) { "Quantity of " (line.name) }
                    input id=(field) type="number" name="quantity" value=(line.quantity)
                        min="0" max=(QUANTITY_MAX) required;
                    button.quiet { "Update" }
                }))
            }
            td.figure { (money(line.total())) }
        }
    }
}

fn growth(page: &Page, size: &Size) -> Markup {
    html! {
        section.panel aria-labelledby="growth" {
            h2 #growth { "Watch the session grow" }
            (gauge::show(size))
            (page.form(PostForm::to("/cart/fill").class("inline"), html! {
                label for="count" { "Different articles to add at once" }
                div {
                    input #count type="number" name="count" value="400" min="1" max=(FILL_MAX) required
                        aria-describedby="growth-note";
                    button { "Add them" }
                }
            }))
            p.fine.after #growth-note {
                "About 400 lines take two cookies. A cart that does not fit is refused, and the old one stays."
            }
        }
    }
}

pub(crate) async fn add(session: Session, Form(form): Form<Chosen>) -> Result<Response, Error> {
    let Some(article) = article(form.article) else {
        return Ok(Redirect::to("/catalogue").into_response());
    };
    let back = shelf::place(article.id);
    session.update(CART, |cart| cart.add(article.clone()))?;
    session.flash(Level::Success, format!("{} is in the cart.", article.name))?;
    Ok(Redirect::to(&back).into_response())
}

pub(crate) async fn set(session: Session, Form(form): Form<Changed>) -> Result<Redirect, Error> {
    session.update(CART, |cart| cart.set(form.article, form.quantity))?;
    Ok(Redirect::to("/cart"))
}

pub(crate) async fn remove(session: Session, Form(form): Form<Chosen>) -> Result<Redirect, Error> {
    session.update(CART, |cart| cart.set(form.article, 0))?;
    Ok(Redirect::to("/cart"))
}

pub(crate) async fn fill(session: Session, Form(form): Form<Wanted>) -> Result<Redirect, Error> {
    let wanted = form.count.min(FILL_MAX);
    let added = session.update(CART, |cart| cart.fill(wanted))?;
    let text = format!("{} added to the cart.", count(added, "article"));
    session.flash(Level::Success, text)?;
    Ok(Redirect::to("/cart"))
}

pub(crate) async fn empty(session: Session) -> Result<Redirect, Error> {
    session.remove(CART)?;
    Ok(Redirect::to("/cart"))
}
