//! Who may pass, and where they are sent who may not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod cases;
#[path = "../common/mod.rs"]
mod common;
mod foreign;
mod redirects;
mod return_paths;
mod verdicts;
mod withheld;

use common::{at, manager};
use sealed_session::{Guard, HeaderFields, RequestHead, Sessions, Slots, Verdict};

/// The sessions of somebody new.
fn nobody() -> Sessions {
    Slots::new(manager()).load(RequestHead::default(), at(0))
}

/// The sessions of Ada, who is signed in.
fn ada() -> Sessions {
    let sessions = nobody();
    sessions.main().sign_in_as("ada", &[]).unwrap();
    sessions
}

/// The verdict on a request with these fields.
fn asked(
    guard: &Guard,
    sessions: &Sessions,
    (method, target): (&str, &str),
    fields: &[(&str, &str)],
) -> Verdict {
    let look_up: &HeaderFields<'_> = &|wanted, take| {
        let found = fields.iter().filter(|(name, _)| *name == wanted);
        found.for_each(|(_, value)| take(value.as_bytes()));
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request = RequestHead::default().method(method).path(path);
    let request = request.query(query).fields(look_up);
    guard.check(sessions, &request).unwrap()
}

/// The verdict on the visit of a page.
fn visit(guard: &Guard, sessions: &Sessions, target: &str) -> Verdict {
    let fields = [("sec-fetch-mode", "navigate")];
    asked(guard, sessions, ("GET", target), &fields)
}
