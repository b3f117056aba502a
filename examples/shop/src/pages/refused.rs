//! What somebody reads whom a guard does not let pass.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use sealed_session_axum::Session;

use crate::accounts;
use crate::page::Page;

/// Puts a page into the empty answer of a guard.
pub(crate) async fn explain(
    page: Page,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    if response.status() != StatusCode::FORBIDDEN {
        return response;
    }
    let mask = session.actor().and(session.subject());
    let content = html! {
        h1 { "Not for you" }
        @match mask {
            Some(mask) => p.lead {
                "You act as " bdi { (accounts::name(&mask)) } ". Only they can order, and see where they are signed in."
            }
            None => p.lead { "This page is for the staff." }
        }
        p { a.button href="/" { "To the first page" } }
    };
    (StatusCode::FORBIDDEN, page.render("Not for you", &content)).into_response()
}
