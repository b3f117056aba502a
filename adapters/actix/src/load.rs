//! The session of a request, before anything else sees the request.

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use sealed_session::{Error, Session, adapter};

use crate::head;
use crate::refused::Refused;
use crate::shared::Shared;

/// Loads the session and puts it into the request's extensions, where the inner service finds it.
pub(crate) fn load(shared: &Shared, request: &ServiceRequest) -> Result<Session, Refused> {
    // Nothing is borrowed meanwhile: the clock and what hears of events are the application's.
    if request.extensions().contains::<Session>() {
        // Which of the two an extractor means cannot be known.
        let error = Error::misuse("two session middlewares cover one request; remove one of them");
        tracing::error!(target: "sealed_session", %error);
        return Err(Refused::Covered);
    }
    let session = head::load(&shared.manager, request.head(), shared.clock.now());
    if let Some(foreign) = adapter::foreign(&session) {
        return Err(Refused::Foreign(foreign));
    }
    request.extensions_mut().insert(adapter::in_hand(&session));
    Ok(session)
}
