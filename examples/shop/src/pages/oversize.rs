//! The answer to a cart that does not fit: the layer sends it instead of the handler's, because
//! the session could not be committed.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use sealed_session_axum::report::{Measure, Oversize};
use sealed_session_axum::{Error, Session};

use super::verbatim;
use crate::figures::grouped;
use crate::page::Page;
use crate::server::Server;

/// Answers with the session as the browser keeps it, so with the old cart.
pub(crate) fn answer(server: Server, error: &Error, session: &Session) -> Response {
    // Only forms of the cart write enough to get here.
    let Ok(page) = Page::of(server, None, "/cart", session) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match error.sizes() {
        // The request was well-formed and asks for what cannot be done, which is 422. It was not
        // itself too large, so 413 would be untrue; and nothing broke, so 500 would be, too.
        Some(sizes) => {
            let content = refusal(error, sizes);
            let page = page.render("The cart does not fit", &content);
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
        None => {
            let content = html! {
                h1 { "That did not work" }
                p.lead { "The fault is ours. Your cart is as it was before." }
                p { a.button href="/cart" { "Back to the cart" } }
            };
            let page = page.render("That did not work", &content);
            (StatusCode::INTERNAL_SERVER_ERROR, page).into_response()
        }
    }
}

fn refusal(error: &Error, sizes: &Oversize) -> Markup {
    let unit = match sizes.measure {
        Measure::Cookies => "cookies",
        Measure::Unpacked => "bytes before compression",
        _ => "bytes of cookies",
    };
    html! {
        h1 { "The cart does not fit" }
        p.lead {
            "This shop keeps your cart in your browser’s cookies, and so many lines are more than \
             they can carry. " strong { "Your cart is as it was before." }
        }
        p.row {
            a.button href="/cart" { "Back to the cart" }
            a.button.quiet href="/session" { "Look at the session" }
        }
        dl.facts {
            div { dt { "Needed" } dd { (grouped(sizes.needed)) " " (unit) } }
            div { dt { "Allowed" } dd { (grouped(sizes.allowed)) " " (unit) } }
        }
        p { "The log says how to get room for more:" }
        (verbatim::show("The error in the log", &error.to_string()))
        table {
            caption { "The largest attributes" }
            thead {
                tr { th scope="col" { "Attribute" } th.figure scope="col" { "Bytes before compression" } }
            }
            tbody {
                @for attribute in &sizes.largest {
                    tr { th scope="row" { code { (attribute.name) } } td.figure { (grouped(attribute.bytes)) } }
                }
            }
        }
    }
}
