//! Where an account is signed in, and the forms that sign it out elsewhere.
//!
//! A guard stands in front of all of them, so somebody is signed in. Who posts from another site is refused before.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use maud::{Markup, html};
use sealed_session_axum::{Error, Session};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::accounts::Accounts;
use crate::agent::Agent;
use crate::cart::CART;
use crate::devices::Device;
use crate::figures::{ago, span};
use crate::page::{NAME, NOTICE, Page};
use crate::sessions::remember;

#[derive(Deserialize)]
pub(crate) struct Chosen {
    device: String,
}

pub(crate) async fn show(
    page: Page,
    session: Session,
    agent: Agent,
    State(accounts): State<Accounts>,
) -> Markup {
    let is_this = |device: &Device| {
        let id = session.id();
        id.is_some_and(|id| device.id.is_same_sign_in(&id))
    };
    // The process that this one signed in at may have been another one, or ended since.
    if !accounts.devices(&session).iter().any(is_this) {
        accounts.note(&session, agent);
    }
    let now = session.times().map(|times| times.loaded_at);
    let now = now.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (these, others): (Vec<Device>, Vec<Device>) =
        accounts.devices(&session).into_iter().partition(is_this);
    let content = html! {
        h1 { "Where you are signed in" }
        p.lead {
            "For this page the shop notes each sign-in in a table of its own: the device, the time, and the id. It \
             stores no session there, and lets nobody in by it."
        }
        ul.devices role="list" {
            @for device in &these { li { (words(device, now)) strong { "This device" } } }
            @for device in &others {
                li {
                    (words(device, now))
                    form method="post" action="/devices/sign-out" {
                        button.soft name="device" value=(device.id)
                            aria-label={ "Sign out: " (device.agent) ", signed in " (ago(device.since, now)) } {
                            "Sign out"
                        }
                    }
                }
            }
        }
        section aria-labelledby="all" {
            h2 #all { "All at once" }
            p {
                "Both buttons end every session of your account, also those that the list does not have. With the \
                 first one a new session begins here, in the same response."
            }
            div.row {
                form method="post" action="/devices/sign-out-others" { button { "Sign out everywhere else" } }
                form method="post" action="/devices/sign-out-all" { button.quiet { "Sign out everywhere" } }
            }
        }
        (knowledge())
    };
    page.render("Where you are signed in", &content)
}

fn words(device: &Device, now: OffsetDateTime) -> Markup {
    let left = (device.until - now).max(time::Duration::ZERO);
    html! {
        div {
            b { (device.agent) }
            small {
                "Signed in " (ago(device.since, now)) ". Over in " (span(left.unsigned_abs())) " at the latest."
            }
        }
    }
}

/// Says how servers hear of a sign-out.
fn knowledge() -> Markup {
    html! {
        section.panel aria-labelledby="knowledge" {
            h2 #knowledge { "How the servers know" }
            p {
                "The process keeps who was signed out in its memory, in 33 bytes each. Its servers look there \
                 with every request, so all of them know at once. Other processes do not hear of it, and a restart \
                 forgets it."
            }
        }
    }
}

pub(crate) async fn sign_out(
    session: Session,
    State(accounts): State<Accounts>,
    Form(Chosen { device }): Form<Chosen>,
) -> Result<Redirect, Error> {
    let Some((account, now)) = whose(&session) else {
        return Ok(Redirect::to("/sign-in"));
    };
    // Only what is in the visitor's own list: an id is no secret, and not everybody who knows one may end its session.
    let mut own = accounts.devices(&session).into_iter();
    let chosen = own.find(|own| own.id.to_string() == device);
    let notice = match chosen {
        Some(chosen) => {
            accounts.sign_out(&account, chosen.id, now)?;
            format!("{} is signed out.", chosen.agent)
        }
        None => "That device is not in your list any more.".to_owned(),
    };
    session.insert(NOTICE, notice)?;
    Ok(Redirect::to("/devices"))
}

/// A real shop asks for the password first, because the sign-in begins a session that lives for as long as any other.
pub(crate) async fn sign_out_others(
    session: Session,
    agent: Agent,
    State(accounts): State<Accounts>,
) -> Result<Redirect, Error> {
    let Some((account, now)) = whose(&session) else {
        return Ok(Redirect::to("/sign-in"));
    };
    let before = session.times();
    accounts.sign_out_everywhere(&account, now)?;
    session.sign_in(&account, &[&CART, &NAME])?;
    if let Some(before) = before.filter(|before| before.is_persistent) {
        remember(&session, before.absolute_left)?;
    }
    accounts.note(&session, agent);
    session.insert(
        NOTICE,
        "You are signed in here, and nowhere else.".to_owned(),
    )?;
    Ok(Redirect::to("/devices"))
}

pub(crate) async fn sign_out_all(
    session: Session,
    State(accounts): State<Accounts>,
) -> Result<Redirect, Error> {
    if let Some((account, now)) = whose(&session) {
        accounts.sign_out_everywhere(&account, now)?;
    }
    // This browser needs no refusal to hear of it.
    session.destroy()?;
    session.insert(NOTICE, "You are signed out everywhere.".to_owned())?;
    Ok(Redirect::to("/sign-in"))
}

/// Returns whose session it is, and the time of the request.
fn whose(session: &Session) -> Option<(String, OffsetDateTime)> {
    session
        .subject()
        .zip(session.times().map(|times| times.loaded_at))
}
