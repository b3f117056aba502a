//! The state of one request, for its guards, its responders and the fairings, in Rocket's request-local
//! cache.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rocket::{Request, Route};
use sealed_session::{Sessions, Verdict};

/// The state of one request. It is the same on every way that the request takes through forwards and
/// catchers.
#[derive(Default)]
pub(crate) struct Cached(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    stage: Stage,
    passive: Passive,
    /// The verdict of a guard that said no.
    verdict: Option<Verdict>,
}

/// How far the request has come.
#[derive(Default)]
enum Stage {
    /// The fairing has not seen it. A guard gets sessions of nobody's.
    #[default]
    Unseen,
    Nobodys(Sessions),
    Running(Sessions),
    Committed(Sessions),
}

/// Who says that the request is no use of its sessions.
#[derive(Default)]
enum Passive {
    #[default]
    Nobody,
    Fairing,
    /// A route, which may forward. This is where it lies in memory, which tells it from others.
    Route(usize),
}

impl Cached {
    pub(crate) fn of<'r>(request: &'r Request<'_>) -> &'r Cached {
        request.local_cache(Cached::default)
    }

    /// Keeps the sessions that the fairing has loaded.
    pub(crate) fn announce(&self, sessions: Sessions, is_passive: bool) {
        let passive = if is_passive {
            sessions.mark_passive();
            Passive::Fairing
        } else {
            Passive::Nobody
        };
        // Clones of a local request share one cache, so there may be something of an earlier one.
        *self.lock() = Inner {
            stage: Stage::Running(sessions),
            passive,
            ..Inner::default()
        };
    }

    /// Returns the request's sessions, or those of `nobody`.
    pub(crate) fn sessions(
        &self,
        request: &Request<'_>,
        nobody: impl FnOnce() -> Sessions,
    ) -> Sessions {
        if let Some(sessions) = self.there(request) {
            return sessions;
        }
        // Not under the lock: clocks and subscribers are the application's, and may ask for a session.
        let sessions = nobody();
        self.lock().stage = Stage::Nobodys(sessions.clone());
        tracing::error!(
            target: "sealed_session",
            "a session was asked for before the session fairing saw the request, or Rocket cannot read \
             the request and runs no fairings; it is nobody's, and cannot be changed. Attach the session \
             fairing before those that ask for a session when a request comes in"
        );
        sessions
    }

    /// Marks the request as no use of its sessions, unless another route answers than the one that
    /// asks.
    pub(crate) fn mark_passive(&self, sessions: &Sessions, request: &Request<'_>) {
        sessions.mark_passive();
        let mut inner = self.lock();
        if !matches!(inner.passive, Passive::Fairing) {
            inner.passive = match request.route() {
                Some(route) => Passive::Route(place(route)),
                None => Passive::Fairing,
            };
        }
    }

    /// Returns the sessions for the commit, or none if the fairing has not seen the request.
    pub(crate) fn close(&self, request: &Request<'_>) -> Option<Sessions> {
        let sessions = self.there(request)?;
        self.lock().stage = Stage::Committed(sessions.clone());
        Some(sessions)
    }

    /// Returns the sessions, once there are some.
    pub(crate) fn there(&self, request: &Request<'_>) -> Option<Sessions> {
        let (sessions, is_use) = {
            let mut inner = self.lock();
            let sessions = inner.stage.sessions()?.clone();
            (sessions, inner.leaves_passive(request.route()))
        };
        if is_use {
            sessions.count_as_use();
        }
        Some(sessions)
    }

    /// Remembers that a guard said no.
    pub(crate) fn refuse(&self, verdict: Verdict) {
        self.lock().verdict = Some(verdict);
    }

    /// Takes the verdict of the last guard that said no.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        self.lock().verdict.take()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage {
    fn sessions(&self) -> Option<&Sessions> {
        match self {
            Stage::Unseen => None,
            Stage::Nobodys(sessions) | Stage::Running(sessions) | Stage::Committed(sessions) => {
                Some(sessions)
            }
        }
    }
}

impl Inner {
    /// Forgets what a passive route said when Rocket tries another one, and returns whether it does. A
    /// catcher has the route that was tried last.
    fn leaves_passive(&mut self, route: Option<&Route>) -> bool {
        let (Passive::Route(asked), Stage::Running(_)) = (&self.passive, &self.stage) else {
            return false;
        };
        let leaves = route.is_some_and(|route| place(route) != *asked);
        if leaves {
            self.passive = Passive::Nobody;
        }
        leaves
    }
}

/// Tells routes apart: Rocket keeps each in one place for as long as it runs.
fn place(route: &Route) -> usize {
    std::ptr::from_ref(route).addr()
}
