//! What all requests of a middleware share.

use std::sync::Arc;

use sealed_session::SessionManager;
use sealed_session::adapter::Clock;

use crate::failure::Failure;

/// The configuration of a middleware.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) manager: SessionManager,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) failure: Failure,
}
