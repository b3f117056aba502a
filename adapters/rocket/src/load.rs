//! The sessions of a request, and those of nobody's.

use rocket::Request;
use sealed_session::{RequestHead, Sessions};

use crate::convert;
use crate::fairing::Shared;

pub(crate) fn load(shared: &Shared, request: &Request<'_>) -> Sessions {
    let lines = convert::cookie_lines(request);
    let host = convert::host(request);
    let fields = convert::look_up(request);
    let lines = lines.iter().map(|line| line.as_bytes());
    let mut head = RequestHead::new(lines)
        .method(convert::method(request))
        .path(request.uri().path().as_str())
        .fields(&fields);
    if let Some(host) = host.as_deref() {
        head = head.host(host);
    }
    if let Some(query) = request.uri().query() {
        head = head.query(query.as_str());
    }
    shared.slots.load(head, shared.clock.now())
}

/// Sessions that hold nothing and cannot be changed.
pub(crate) fn nobody(shared: &Shared) -> Sessions {
    let sessions = shared
        .slots
        .load(RequestHead::default(), shared.clock.now());
    // Nobody has looked at them, so they close.
    let _ = sessions.close_unused();
    sessions
}
