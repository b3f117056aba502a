//! The session of a request, before anything else sees the request.

use http::Request;
use sealed_session::{Error, Session, adapter};

use crate::head;
use crate::refused::Refused;
use crate::shared::Shared;

/// Loads the session and puts it into the request's extensions, where the inner service finds it.
pub(crate) fn load<F, B>(shared: &Shared<F>, request: &mut Request<B>) -> Result<Session, Refused> {
    if request.extensions().get::<Session>().is_some() {
        // Which of the two an extractor means cannot be known.
        let error = Error::misuse("two session layers cover one request; remove one of them");
        tracing::error!(target: "sealed_session", %error);
        return Err(Refused::Covered);
    }
    let session = head::load(&shared.manager, request, shared.clock.now());
    if let Some(foreign) = adapter::foreign(&session) {
        return Err(Refused::Foreign(foreign));
    }
    let extensions = request.extensions_mut();
    extensions.insert(InHand(adapter::in_hand(&session)));
    extensions.insert(session.clone());
    Ok(session)
}

/// The handler's own handle, beside the session that it borrows. What a layer lends a handler is often
/// cloned on its way, and a clone of the request is in hand as well.
struct InHand(Session);

impl Clone for InHand {
    fn clone(&self) -> InHand {
        InHand(adapter::in_hand(&self.0))
    }
}
