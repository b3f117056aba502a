//! The session of a request, before anything else sees the request.

use http::Request;
use sealed_session::{Session, adapter};

use crate::head;
use crate::in_hand::InHand;
use crate::refused::Refused;
use crate::shared::Shared;

/// Loads the session and puts it into the request's extensions, where the inner service finds it.
// It has one caller, which moves the request into the future that it makes.
#[inline]
pub(crate) fn load<F, P, B>(
    shared: &Shared<F, P>,
    request: &mut Request<B>,
) -> Result<Session, Refused> {
    let outer = InHand::take(request.extensions_mut());
    if let Some(outer) = &outer {
        outer.admit(&shared.manager).map_err(Refused::Covered)?;
    }
    let session = head::load(&shared.manager, request, shared.clock.now());
    if let Some(foreign) = adapter::foreign(&session) {
        return Err(Refused::Foreign(foreign));
    }
    InHand::put(request.extensions_mut(), &session, outer);
    Ok(session)
}
