//! The stops of a hand-over from site A to site B, where they are two.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;
use sealed_session_axum::flash::Level;
use sealed_session_axum::hand_over::{HandOverRefusal, Passage};
use sealed_session_axum::{Error, ReturnPath, Session};

use crate::accounts;
use crate::cart::CART;
use crate::page::Page;
use crate::server::{Letter, Server};

/// At B: asks A who the visitor is.
pub(crate) async fn ask(
    session: Session,
    State(server): State<Server>,
    RawQuery(query): RawQuery,
) -> Result<Passage, Error> {
    let (_, other) = server.origins().unwrap_or_default();
    let back = query.as_deref().and_then(ReturnPath::from_query);
    session.ask_hand_over(&other, back.as_ref())
}

/// At A: gives who is signed in to B. A guard stands in front.
pub(crate) async fn give(
    page: Page,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let given = session.hand_over(&query.unwrap_or_default())?;
    Ok(given.map_or_else(|why| refused(&page, why), IntoResponse::into_response))
}

/// At B: takes the visitor. A cart that was filled here stays.
pub(crate) async fn arrive(
    page: Page,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let before = session.subject();
    let passage = match session.arrive(&query.unwrap_or_default(), &[&CART])? {
        Ok(passage) => passage,
        Err(why) => return Ok(refused(&page, why)),
    };
    let subject = session.subject();
    // The back button arrives again, and changes nothing.
    if let Some(subject) = subject.filter(|subject| before.as_ref() != Some(subject)) {
        accounts::look_up(&session)?;
        let text = format!("You are {} here, as at site A.", accounts::name(&subject));
        session.flash(Level::Success, text)?;
    }
    Ok(passage.into_response())
}

/// Says why nobody was handed over. All reasons may be told.
fn refused(page: &Page, why: HandOverRefusal) -> Response {
    let text = match why {
        HandOverRefusal::NotAsked => "This browser did not ask for it, or too long ago.",
        HandOverRefusal::Acting => "You act as somebody else, and that ends at this site.",
        HandOverRefusal::Revoked => "You were signed out meanwhile.",
        _ => "The link is too old, not whole, or meant for another browser.",
    };
    let content = html! {
        div.narrow {
            h1 { "Nobody was handed over" }
            p.lead { (text) }
            p.fine { "Label for metrics: " code { (why.label()) } "." }
            @if page.server().letter() == Letter::B {
                p.row { a.button href="/enter" { "Sign in by site A" } }
            }
        }
    };
    let page = page.render("Nobody was handed over", &content);
    (StatusCode::BAD_REQUEST, page).into_response()
}
