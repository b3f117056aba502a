//! What all requests of a layer share.

use std::sync::Arc;

use sealed_session::SessionManager;
use sealed_session::adapter::Clock;

/// The configuration of a layer. `F` answers a failed commit, and `P` reads forms.
#[derive(Clone)]
pub(crate) struct Shared<F, P> {
    pub(crate) manager: SessionManager,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) failure: F,
    pub(crate) forms: P,
}
