//! What all requests of a fairing share.

use std::sync::Arc;

use rocket::Request;
use sealed_session::SessionManager;
use sealed_session::adapter::Clock;

use crate::failure::Failure;

/// The configuration of a fairing, which guards find as managed state.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) manager: SessionManager,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) failure: Failure,
    pub(crate) passive: Option<Arc<Passive>>,
}

/// Says whether a request is no use of its session.
type Passive = dyn Fn(&Request<'_>) -> bool + Send + Sync;
