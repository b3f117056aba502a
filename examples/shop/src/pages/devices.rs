//! Where an account is signed in, and the forms that sign it out elsewhere.
//!
//! A guard stands in front of all of them, so somebody is signed in. Who posts from another site is refused before.

use axum::Form;
use axum::extract::State;
use axum::response::{Redirect, Result};
use maud::{Markup, html};
use sealed_session_axum::Session;
use sealed_session_axum::flash::Level;
use serde::Deserialize;
use time::OffsetDateTime;

use super::verbatim;
use crate::accounts::{Accounts, NAME, ROLE};
use crate::agent::Agent;
use crate::cart::CART;
use crate::devices::Device;
use crate::figures::{ago, span};
use crate::form::Form as PostForm;
use crate::page::Page;
use crate::revoked::Reach;
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
        (list(&page, &these, &others, now))
        (all_at_once(&page))
        (knowledge(accounts.freshness(OffsetDateTime::now_utc())))
    };
    page.render("Where you are signed in", &content)
}

fn list(page: &Page, these: &[Device], others: &[Device], now: OffsetDateTime) -> Markup {
    html! {
        ul.devices role="list" {
            @for device in these { li { (words(device, now)) strong { "This device" } } }
            @for device in others {
                li {
                    (words(device, now))
                    (page.form(PostForm::to("/devices/sign-out"), html! {
                        button.soft name="device" value=(device.id)
                            aria-label={ "Sign out: " (device.agent) ", signed in " (ago(device.since, now)) } {
                            "Sign out"
                        }
                    }))
                }
            }
        }
    }
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

fn all_at_once(page: &Page) -> Markup {
    html! {
        section aria-labelledby="all" {
            h2 #all { "All at once" }
            p {
                "Both buttons end every session of your account, also those that the list does not have. With the \
                 first one a new session begins here, in the same response."
            }
            div.row {
                (page.form(PostForm::to("/devices/sign-out-others"), html! { button { "Sign out everywhere else" } }))
                (page.form(PostForm::to("/devices/sign-out-all"), html! { button.quiet { "Sign out everywhere" } }))
            }
        }
    }
}

const TWO_PROCESSES: &str = "\
redis-server --save ''
cargo run -p shop -- --only a --keys shop.keys \\
    --revocation redis://127.0.0.1
cargo run -p shop -- --only b --keys shop.keys \\
    --revocation redis://127.0.0.1";

/// Says how servers hear of a sign-out.
fn knowledge(freshness: Option<String>) -> Markup {
    html! {
        section.panel aria-labelledby="knowledge" {
            h2 #knowledge { "How the servers know" }
            @if let Some(freshness) = freshness {
                p {
                    "The servers share a store, which holds who was signed out: 24 bytes each, and no names. Each \
                     server has a copy, so no request waits for the store. The list above belongs to this process; \
                     a real shop keeps it in its database."
                }
                p { "Revocations of this server: " (freshness) "." }
            } @else {
                p {
                    "The process keeps who was signed out in its memory, in 38 bytes each. Its servers look there \
                     with every request, so all of them know at once. A restart forgets it, and other processes do \
                     not hear of it, unless they share a store. With a key ring in " code { "shop.keys" } ", start \
                     each of these in a terminal:"
                }
                (verbatim::show("Two processes with a store", TWO_PROCESSES))
            }
        }
    }
}

pub(crate) async fn sign_out(
    session: Session,
    State(accounts): State<Accounts>,
    Form(Chosen { device }): Form<Chosen>,
) -> Result<Redirect> {
    let Some((account, now)) = whose(&session) else {
        return Ok(Redirect::to("/sign-in"));
    };
    // Only what is in the visitor's own list: an id is no secret, and not everybody who knows one may end its session.
    let mut own = accounts.devices(&session).into_iter();
    let chosen = own.find(|own| own.id.to_string() == device);
    let (level, text) = match chosen {
        Some(chosen) => {
            let reach = accounts
                .sign_out(&session, (&account, chosen.id), now)
                .await?;
            let text = format!("{} is signed out.{}", chosen.agent, so_far(reach));
            (Level::Success, text)
        }
        None => (
            Level::Warning,
            "That device is not in your list any more.".to_owned(),
        ),
    };
    session.flash(level, text)?;
    Ok(Redirect::to("/devices"))
}

/// A real shop asks for the password first, because the sign-in begins a session that lives for as long as any other.
pub(crate) async fn sign_out_others(
    session: Session,
    agent: Agent,
    State(accounts): State<Accounts>,
) -> Result<Redirect> {
    let Some((account, now)) = whose(&session) else {
        return Ok(Redirect::to("/sign-in"));
    };
    let before = session.times();
    let reach = accounts
        .sign_out_everywhere(&session, &account, now)
        .await?;
    session.sign_in(&account, &[&CART, &NAME, &ROLE])?;
    if let Some(before) = before.filter(|before| before.is_persistent) {
        remember(&session, before.absolute_left)?;
    }
    accounts.note(&session, agent);
    let text = format!("You are signed in here, and nowhere else.{}", so_far(reach));
    session.flash(Level::Success, text)?;
    Ok(Redirect::to("/devices"))
}

pub(crate) async fn sign_out_all(
    session: Session,
    State(accounts): State<Accounts>,
) -> Result<Redirect> {
    let Some((account, now)) = whose(&session) else {
        return Ok(Redirect::to("/sign-in"));
    };
    let reach = accounts
        .sign_out_everywhere(&session, &account, now)
        .await?;
    // This browser needs no refusal to hear of it.
    session.destroy()?;
    let text = format!("You are signed out everywhere.{}", so_far(reach));
    session.flash(Level::Success, text)?;
    Ok(Redirect::to("/sign-in"))
}

/// Says what a sign-out has to wait for.
fn so_far(reach: Reach) -> &'static str {
    match reach {
        Reach::Everybody => "",
        Reach::ThisServer => {
            " The store does not answer: other servers hear of it as soon as it does."
        }
    }
}

/// Returns whose session it is, and the time of the request.
fn whose(session: &Session) -> Option<(String, OffsetDateTime)> {
    session
        .subject()
        .zip(session.times().map(|times| times.loaded_at))
}
