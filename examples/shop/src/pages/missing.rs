//! The page for paths that lead nowhere, and the one for those that only take a form.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use crate::page::Page;

pub(crate) async fn show(page: Page) -> Response {
    answer(&page)
}

pub(crate) fn answer(page: &Page) -> Response {
    let content = html! {
        h1 { "Nothing here" }
        p.lead { "There is no page at this address." }
        p { a.button href="/catalogue" { "To the catalogue" } }
    };
    (StatusCode::NOT_FOUND, page.render("Nothing here", &content)).into_response()
}

/// Whoever reloads a refused form by its address asks for it by `GET`.
pub(crate) async fn wrong_method(page: Page) -> Response {
    let content = html! {
        h1 { "There is no page here" }
        p.lead { "This address takes what a form sends, and nothing was sent." }
        p { a.button href="/cart" { "To the cart" } }
    };
    (
        StatusCode::METHOD_NOT_ALLOWED,
        page.render("There is no page here", &content),
    )
        .into_response()
}
