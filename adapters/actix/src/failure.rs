//! The answer to a commit that fails.

use std::sync::Arc;

use actix_web::HttpResponse;
use sealed_session::{Error, Session, adapter};

type Page = dyn Fn(&Error, &Session) -> HttpResponse + Send + Sync;

/// The page for a session that could not be sent: the application's, or an empty one. The sizes are in
/// the log, and are nothing to a visitor.
#[derive(Clone)]
pub(crate) struct Failure(Arc<Page>);

impl Default for Failure {
    fn default() -> Failure {
        Failure::new(|_, _| HttpResponse::InternalServerError().finish())
    }
}

impl Failure {
    pub(crate) fn new(
        respond: impl Fn(&Error, &Session) -> HttpResponse + Send + Sync + 'static,
    ) -> Failure {
        Failure(Arc::new(respond))
    }

    /// Makes the page. It sees the session that `error` speaks of.
    pub(crate) fn respond(&self, error: &Error, session: &Session) -> HttpResponse {
        (self.0)(error, &adapter::failed(session, error))
    }
}
