//! What a developer wants to see of the session.

use std::time::Duration;

use axum::http::HeaderMap;
use maud::{Markup, html};
use sealed_session_axum::report::{Renewal, Size};
use sealed_session_axum::{Error, Refusal, Session};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{cookies, gauge, verbatim};
use crate::accounts::NAME;
use crate::cart::CART;
use crate::figures::{ago, count, grouped, span};
use crate::page::Page;

pub(crate) async fn show(
    page: Page,
    session: Session,
    headers: HeaderMap,
) -> Result<Markup, Error> {
    let base = page.server().cookie();
    let (size, sent) = (session.size()?, cookies::sent(&headers, base));
    let refusal = session.refusal();
    let content = html! {
        h1 { "Your session" }
        @if let Some(refusal) = refusal.filter(|refusal| *refusal != Refusal::Absent) {
            (refused(refusal))
        }
        @if session.is_live() {
            section { h2 { "Budget" } (gauge::show(&size)) (rest(&size)) }
            div.columns {
                section { h2 { "What is in it" } (values(&session, &size)?) }
                section { h2 { "What your browser sent" } (cookies::show(base, &sent, &size)) }
            }
            div.columns {
                section { h2 { "Identity" } (identity(&session)) }
                section { h2 { "Time" } (times(&session)) }
            }
        } @else {
            p.lead {
                "There is no session. It begins with the first value stored in it: put something from the "
                a href="/catalogue" { "catalogue" } " into your cart, or " a href="/sign-in" { "sign in" } "."
            }
            @if !sent.is_empty() {
                section { h2 { "What your browser sent" } (cookies::show(base, &sent, &size)) }
            }
        }
    };
    Ok(page.render("Session", &content))
}

fn refused(refusal: Refusal) -> Markup {
    let text = refusal.to_string();
    html! {
        section.warning aria-labelledby="refused" {
            h2 #refused {
                @match refusal {
                    Refusal::OffLoopback => "This host name is not served",
                    _ => "Your browser sent a cookie that was refused",
                }
            }
            p { "Reason: " (text) "." }
            p.fine {
                "Label for metrics: " code { (refusal.label()) } ". "
                @if refusal == Refusal::OffLoopback {
                    "No cookie was looked at."
                } @else if refusal.may_live_elsewhere() {
                    "It may be a live session to another server, so it stays in the browser."
                } @else if refusal == Refusal::Destroyed {
                    "Beside it lies a tombstone, so it is over on every server."
                } @else if refusal == Refusal::Revoked {
                    "It was signed out at a server, and so was every copy of it."
                } @else {
                    "Its time is over. It stays until another takes its place or the browser drops it."
                }
            }
        }
    }
}

/// What is left, and what the browser sends along with the session.
fn rest(size: &Size) -> Markup {
    let (sent, limit) = (size.request_bytes, size.budget.request_warning_limit());
    html! {
        p.fine.after {
            "The shop uses " code { "Budget::within_8k" } ", for servers that take 8 KiB of headers. A \
             stock nginx in front needs " code { "proxy_buffer_size 8k" } "."
        }
        dl.facts {
            div {
                dt { "Left" }
                dd { "about " (grouped(size.room)) " bytes of data that do not compress" }
            }
            div {
                dt { "Next request" }
                dd {
                    (grouped(sent)) " of " (grouped(limit)) " bytes of cookies that common servers take"
                    @if sent > limit { strong { ", which is too many" } }
                }
            }
            div {
                dt { "Other cookies" }
                dd {
                    (count(size.other_cookies, "cookie")) " beside the session, with "
                    (count(size.other_bytes, "byte"))
                }
            }
        }
    }
}

fn identity(session: &Session) -> Markup {
    html! {
        dl.facts {
            div {
                dt { "Id" }
                dd { @if let Some(id) = session.id() { code { (id) } } }
            }
            div {
                dt { "Subject" }
                dd {
                    @if let Some(subject) = session.subject() { code { bdi { (subject) } } }
                    @else { "nobody; " a href="/sign-in" { "sign in" } }
                }
            }
            @if let Some(actor) = session.actor() {
                div { dt { "Acting person" } dd { code { bdi { (actor) } } } }
            }
            @if let Some(origin) = session.origin() {
                div { dt { "Handed over from" } dd { code { (origin) } } }
            }
            div {
                dt { "Sealed under key" }
                dd {
                    @if let Some(key) = session.sealed_under() { code { (key) } }
                    @else { "not sealed yet" }
                }
            }
        }
    }
}

fn times(session: &Session) -> Markup {
    let Some(times) = session.times() else {
        return html! { p { "There is no session." } };
    };
    let now = times.loaded_at;
    let left = |left: Duration, of: Duration| html! { (span(left)) " left of " (span(of)) };
    html! {
        dl.facts {
            div { dt { "Created" } dd { (moment(times.created_at, now)) } }
            @if let Some(confirmed) = session.confirmed_at() {
                div { dt { "Confirmed" } dd { (moment(confirmed, now)) } }
            }
            div { dt { "Last seen" } dd { (moment(times.last_seen_at, now)) } }
            div {
                dt { "Renewed by" }
                dd {
                    @match times.renewed_by {
                        Some(Renewal::Touch) => "a touch cookie",
                        Some(Renewal::Write) => "the session itself, when it was last written",
                        _ => "nothing yet",
                    }
                }
            }
            div { dt { "Next touch" } dd { (next_touch(times.next_touch_at, now)) } }
            div {
                dt { "Idle timeout" }
                dd {
                    @match times.idle_left.zip(times.idle_timeout) {
                        Some((rest, whole)) => (left(rest, whole)),
                        None => "never idles out",
                    }
                }
            }
            div {
                dt { "Absolute lifetime" }
                dd { (left(times.absolute_left, times.absolute_lifetime)) }
            }
            div {
                dt { "Remembered" }
                dd {
                    @if times.is_persistent { "yes, it outlives the browser" }
                    @else { "no, it goes with the browser" }
                }
            }
        }
    }
}

fn next_touch(due: OffsetDateTime, now: OffsetDateTime) -> Markup {
    html! {
        @if due > now { "in " (span((due - now).unsigned_abs())) ", if a request only reads" }
        @else { "now, if this request only reads" }
    }
}

fn moment(time: OffsetDateTime, now: OffsetDateTime) -> Markup {
    let text = time.format(&Rfc3339).unwrap_or_default();
    html! { time datetime=(text) title=(text) { (ago(time, now)) } }
}

/// The attributes, as the handlers of this shop get them.
fn values(session: &Session, size: &Size) -> Result<Markup, Error> {
    let (cart, name) = (session.get(CART)?, session.get::<String>(NAME)?);
    let value = |attribute: &str| match attribute {
        NAME => name.as_ref().map(|name| format!("{name:?}")),
        _ if attribute == CART.name() => cart.as_ref().map(|cart| format!("{cart:?}")),
        _ => None,
    };
    Ok(html! {
        @if size.attributes.is_empty() {
            p { "Nothing but its id. Choose something from the " a href="/catalogue" { "catalogue" } "." }
        }
        dl.contents {
            @for attribute in &size.attributes {
                div {
                    dt {
                        code { (attribute.name) }
                        small { (count(attribute.bytes, "byte")) " before compression" }
                    }
                    dd {
                        @if let Some(value) = value(&attribute.name) {
                            (verbatim::show(&attribute.name, &value))
                        }
                    }
                }
            }
        }
    })
}
