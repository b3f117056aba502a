//! The page for paths that lead nowhere.

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
        p { a.button href="/" { "To the catalogue" } }
    };
    (StatusCode::NOT_FOUND, page.render("Nothing here", &content)).into_response()
}
