//! Who may pass, and where they are sent who may not.

mod cases;
mod foreign;
mod form_tokens;
mod redirects;
mod return_paths;
mod verdicts;
mod withheld;

use crate::common::{at, manager};
use sealed_session::adapter::Verdict;
use sealed_session::adapter::{HeaderFields, RequestHead};
use sealed_session::{Guard, Session};

/// The sessions of somebody new.
fn nobody() -> Session {
    manager().load(RequestHead::default(), at(0))
}

/// The sessions of Ada, who is signed in.
fn ada() -> Session {
    let session = nobody();
    session.sign_in("ada", &[]).unwrap();
    session
}

/// The verdict on a request with these fields.
fn asked(
    guard: &Guard,
    session: &Session,
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
    guard.check(session, &request).unwrap()
}

/// The verdict on the visit of a page.
fn visit(guard: &Guard, session: &Session, target: &str) -> Verdict {
    let fields = [("sec-fetch-mode", "navigate")];
    asked(guard, session, ("GET", target), &fields)
}
