//! What somebody reads whom a guard does not let pass, or whose form was not taken.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, html};
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

/// Puts a page into the empty answer to a form that brought no good token, or that another site posted. It stands around
/// the sessions, so it knows of none.
pub(crate) async fn advise(response: Response) -> Response {
    let is_bare = !response.headers().contains_key(CONTENT_TYPE);
    if response.status() != StatusCode::FORBIDDEN || !is_bare {
        return response;
    }
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Please try again" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                main {
                    h1 { "Please try again" }
                    p.lead {
                        "Nothing was done. The page with this form is from before you signed in or out, or from another \
                         site."
                    }
                    p { a.button href="/" { "To the shop" } }
                }
            }
        }
    };
    (StatusCode::FORBIDDEN, page).into_response()
}
