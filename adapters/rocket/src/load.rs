//! The session of a request, and that of nobody.

use rocket::{Data, Ignite, Request, Rocket};
use sealed_session::adapter::{self, FormCheck, FormReader, RequestHead, ResponseHead};
use sealed_session::{Error, Session};

use crate::cached::Cached;
use crate::head;
use crate::missing::MissingFairing;
use crate::shared::Shared;

/// Loads the session, waits until it is known whether it was revoked, looks for a form token, and puts the session into the
/// request's cache, where guards find it.
pub(crate) async fn load(shared: &Shared, request: &Request<'_>, data: &mut Data<'_>) {
    let session = head::load(&shared.manager, request, shared.clock.now());
    if let Some(pending) = adapter::pending(&session) {
        pending.await;
    }
    if let FormCheck::Reads(reader) = adapter::form_check(&session) {
        let first = data.peek(FormReader::PEEK).await.to_vec();
        // The session is closed if it is refused, and `refused` answers.
        let _ = reader.check(&first, data.peek_complete());
    }
    let passive = shared.passive.as_ref();
    let is_passive = passive.is_some_and(|wanted| wanted(request));
    Cached::of(request).announce(session, is_passive);
}

/// Returns the session of a request, that of the main slot.
pub(crate) fn main_session(request: &Request<'_>) -> Result<Session, MissingFairing> {
    let shared = request.rocket().state::<Shared>();
    let shared = shared.ok_or_else(MissingFairing::everything)?;
    Ok(Cached::of(request).session(request, || nobody(shared)))
}

/// Returns whether Rocket has to give up launching, because a route asks for what is not there.
pub(crate) fn is_lacking(
    rocket: &Rocket<Ignite>,
    find: impl FnOnce(&Session) -> Result<(), Error>,
) -> bool {
    let nobody = rocket.state::<Shared>().map(nobody);
    let found = match &nobody {
        None => Err(MissingFairing::everything()),
        Some(session) => find(session).map_err(MissingFairing::slot),
    };
    found.inspect_err(MissingFairing::report).is_err()
}

/// Makes a session that holds nothing and cannot be changed: it is committed already.
pub(crate) fn nobody(shared: &Shared) -> Session {
    let Shared { manager, clock, .. } = shared;
    let now = clock.now();
    let session = manager.load(RequestHead::default(), now);
    // Nothing was changed, so there is nothing to send.
    let _ = manager.commit(&session, ResponseHead::new(200), now);
    session
}
