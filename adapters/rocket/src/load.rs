//! The session of a request.

use rocket::Request;
use sealed_session::{RequestHead, Session};

use crate::convert;
use crate::fairing::Shared;

pub(crate) fn load(shared: &Shared, request: &Request<'_>) -> Session {
    let lines = convert::cookie_lines(request);
    let head = RequestHead::new(lines.iter().map(|line| line.as_bytes()));
    let host = convert::host(request);
    let head = match host.as_deref() {
        Some(host) => head.host(host),
        None => head,
    };
    shared.manager.load(head, shared.clock.now())
}
