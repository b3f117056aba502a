//! The sessions of a request, before anything else sees the request.

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use sealed_session::{Error, Sessions};

use crate::head;
use crate::middleware::Shared;

/// Why a request gets no sessions: it has them.
pub(crate) struct Covered {
    pub(crate) error: Error,
    pub(crate) outer: Sessions,
}

/// Puts the sessions into the request's extensions, where the extractors find them.
pub(crate) fn load(shared: &Shared, request: &ServiceRequest) -> Result<Sessions, Covered> {
    let mut extensions = request.extensions_mut();
    if let Some(outer) = extensions.get::<Sessions>() {
        // Which of the two an extractor means cannot be known.
        let error = Error::misuse("two session middlewares cover one request; remove one of them");
        tracing::error!(target: "sealed_session", %error);
        let outer = outer.clone();
        return Err(Covered { error, outer });
    }
    let sessions = head::load(&shared.slots, request.head(), shared.clock.now());
    extensions.insert(sessions.in_hand());
    Ok(sessions)
}
