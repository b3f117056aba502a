//! What one request keeps for its guards, its responders and the fairing, in Rocket's request-local
//! cache.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rocket::Request;
use sealed_session::{Sessions, Verdict};

/// The place of one request. All who ask, on whatever way the request takes through forwards and
/// catchers, get the same.
#[derive(Default)]
pub(crate) struct Cached(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    sessions: Option<Sessions>,
    /// Whether the fairing has seen the request, and so will see its response.
    announced: bool,
    committed: bool,
    /// What a guard said no with.
    verdict: Option<Verdict>,
}

impl Cached {
    pub(crate) fn of<'r>(request: &'r Request<'_>) -> &'r Cached {
        request.local_cache(Cached::default)
    }

    /// The fairing sees the request. Fairings that were attached before it may have asked for
    /// sessions already.
    pub(crate) fn announce(&self, load: impl FnOnce() -> Sessions) -> Sessions {
        {
            let mut inner = self.lock();
            if inner.committed {
                // Clones of a local request share one cache, so this is the next of them.
                *inner = Inner::default();
            }
            inner.announced = true;
        }
        self.sessions(load)
    }

    /// The request's sessions; the first who asks loads them.
    pub(crate) fn sessions(&self, load: impl FnOnce() -> Sessions) -> Sessions {
        if let Some(there) = &self.lock().sessions {
            return there.clone();
        }
        // Without the lock: the clock is the application's.
        let loaded = load();
        self.lock().sessions.get_or_insert(loaded).clone()
    }

    /// The sessions, to be committed.
    pub(crate) fn close(&self, load: impl FnOnce() -> Sessions) -> Sessions {
        self.lock().committed = true;
        self.sessions(load)
    }

    /// Remembers that a guard said no.
    pub(crate) fn refuse(&self, verdict: Verdict) {
        self.lock().verdict = Some(verdict);
    }

    /// What the last guard that said no said, once.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        self.lock().verdict.take()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rocket hands a request that it cannot read, one with an unknown method for instance, to a
/// catcher, and runs no fairings.
impl Drop for Cached {
    fn drop(&mut self) {
        let lost = {
            let inner = self.lock();
            inner.sessions.is_some() && !inner.announced
        };
        if lost {
            tracing::warn!(
                target: "sealed_session",
                "a session was asked for by a request that Rocket ran no fairings for; what was \
                 changed in it is lost"
            );
        }
    }
}
