//! The session of a request, before anything else sees the request.

use http::Request;
use sealed_session::{Session, SessionManager, adapter};

use crate::head;
use crate::refused::Refused;
use crate::shared::Shared;

/// Loads the session and puts it into the request's extensions, where the inner service finds it.
// It has one caller, which moves the request into the future that it makes.
#[inline]
pub(crate) fn load<F, P, B>(
    shared: &Shared<F, P>,
    request: &mut Request<B>,
) -> Result<Session, Refused> {
    let outer = request.extensions_mut().remove::<InHand>();
    if let Some(outer) = &outer {
        outer.admit(&shared.manager)?;
    }
    let session = head::load(&shared.manager, request, shared.clock.now());
    if let Some(foreign) = adapter::foreign(&session) {
        return Err(Refused::Foreign(foreign));
    }
    let extensions = request.extensions_mut();
    extensions.insert(InHand {
        session: adapter::in_hand(&session),
        outer: outer.map(Box::new),
    });
    extensions.insert(session.clone());
    Ok(session)
}

/// The handler's own handle, beside the session that it borrows, and those of the layers around. What a layer
/// lends a handler is often cloned on its way, and a clone of the request is in hand as well.
struct InHand {
    session: Session,
    outer: Option<Box<InHand>>,
}

impl InHand {
    /// Lets a layer inside load sessions of its own, unless they collide with one of these.
    fn admit(&self, manager: &SessionManager) -> Result<(), Refused> {
        let mut around = Some(self);
        while let Some(InHand { session, outer }) = around {
            adapter::nested(session, manager).map_err(Refused::Covered)?;
            around = outer.as_deref();
        }
        Ok(())
    }
}

impl Clone for InHand {
    fn clone(&self) -> InHand {
        InHand {
            session: adapter::in_hand(&self.session),
            outer: self.outer.clone(),
        }
    }
}
