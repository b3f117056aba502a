//! What all requests of a layer share.

use std::sync::Arc;

use sealed_session::SessionManager;
use sealed_session::adapter::Clock;

/// The configuration of a layer. `F` answers a failed commit, and `P` reads forms.
pub(crate) struct Shared<F, P> {
    pub(crate) manager: SessionManager,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) failure: Arc<F>,
    pub(crate) forms: Arc<P>,
}

/// By hand, so that neither `F` nor `P` has to be a `Clone`.
impl<F, P> Clone for Shared<F, P> {
    fn clone(&self) -> Shared<F, P> {
        Shared {
            manager: self.manager.clone(),
            clock: Arc::clone(&self.clock),
            failure: Arc::clone(&self.failure),
            forms: Arc::clone(&self.forms),
        }
    }
}
