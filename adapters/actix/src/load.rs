//! The session of a request, before anything else sees the request.

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use sealed_session::{Error, Session};

use crate::head;
use crate::middleware::Shared;

/// Why a request gets no session: it has one.
pub(crate) struct Covered {
    pub(crate) error: Error,
    pub(crate) outer: Session,
}

/// Puts the session into the request's extensions, where the extractors find it.
pub(crate) fn load(shared: &Shared, request: &ServiceRequest) -> Result<Session, Covered> {
    let mut extensions = request.extensions_mut();
    if let Some(outer) = extensions.get::<Session>() {
        // Which of the two an extractor means cannot be known.
        let error = Error::misuse("two session middlewares cover one request; remove one of them");
        tracing::error!(target: "sealed_session", %error);
        let outer = outer.clone();
        return Err(Covered { error, outer });
    }
    let head = head::of_request(request.head());
    let session = shared.manager.load(head, shared.clock.now());
    extensions.insert(session.clone());
    Ok(session)
}
