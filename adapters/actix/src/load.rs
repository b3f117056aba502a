//! The session of a request, before anything else sees the request.

use actix_web::dev::{Extensions, ServiceRequest};
use actix_web::{HttpMessage, HttpRequest};
use sealed_session::{Session, SessionManager, adapter};

use crate::head;
use crate::refused::Refused;
use crate::shared::Shared;

/// Loads the session and puts it into the request's extensions, where the inner service finds it. A session
/// that is there already, of a middleware around this one, is kept aside until [`leave`].
pub(crate) fn load(shared: &Shared, request: &ServiceRequest) -> Result<Loaded, Refused> {
    // Nothing is borrowed meanwhile: the clock and what hears of events are the application's.
    let session = request.extensions_mut().remove::<Session>();
    let outer = match session {
        Some(session) => Some(outer(session, &shared.manager, request)?),
        None => None,
    };
    let is_nested = outer.is_some();
    let session = head::load(&shared.manager, request.head(), shared.clock.now());
    let mut extensions = request.extensions_mut();
    if let Some(foreign) = adapter::foreign(&session) {
        if let Some(outer) = outer {
            restore(&mut extensions, outer);
        }
        return Err(Refused::Foreign(foreign));
    }
    extensions.insert(adapter::in_hand(&session));
    if let Some(outer) = outer {
        extensions.insert(outer);
    }
    Ok(Loaded { session, is_nested })
}

/// The session of a request, and whether a middleware around has another one.
pub(crate) struct Loaded {
    pub(crate) session: Session,
    pub(crate) is_nested: bool,
}

/// The sessions of the middlewares around, the next one first.
struct Outer {
    session: Session,
    before: Option<Box<Outer>>,
}

/// Keeps the `session` of the next middleware around, unless one around collides with what `manager` loads.
fn outer(
    session: Session,
    manager: &SessionManager,
    request: &ServiceRequest,
) -> Result<Outer, Refused> {
    let before = request.extensions_mut().remove::<Outer>().map(Box::new);
    let outer = Outer { session, before };
    let mut around = Some(&outer);
    while let Some(Outer { session, before }) = around {
        if let Err(error) = adapter::nested(session, manager) {
            // What is around finds its own again.
            restore(&mut request.extensions_mut(), outer);
            return Err(Refused::Covered(error));
        }
        around = before.as_deref();
    }
    Ok(outer)
}

/// Gives the middlewares around a nested one their session back, once there is a response.
pub(crate) fn leave(request: &HttpRequest) {
    let mut extensions = request.extensions_mut();
    if let Some(outer) = extensions.remove::<Outer>() {
        restore(&mut extensions, outer);
    }
}

fn restore(extensions: &mut Extensions, outer: Outer) {
    extensions.insert(outer.session);
    if let Some(before) = outer.before {
        extensions.insert(*before);
    }
}
