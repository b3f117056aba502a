//! The sessions of a request, before anything else sees the request.

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use sealed_session::{Error, Sessions};

use crate::head;
use crate::middleware::Shared;

/// Why a request gets no sessions: it has them.
pub(crate) struct Covered;

/// Puts the sessions into the request's extensions, where the extractors find them.
pub(crate) fn load(shared: &Shared, request: &ServiceRequest) -> Result<Sessions, Covered> {
    // Nothing is borrowed meanwhile: the clock and what hears of events are the application's.
    if request.extensions().contains::<Sessions>() {
        // Which of the two an extractor means cannot be known.
        let error = Error::misuse("two session middlewares cover one request; remove one of them");
        tracing::error!(target: "sealed_session", %error);
        return Err(Covered);
    }
    let sessions = head::load(&shared.slots, request.head(), shared.clock.now());
    request.extensions_mut().insert(sessions.in_hand());
    Ok(sessions)
}
