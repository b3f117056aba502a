//! The state of one request, for its guards, its responders and the fairings, in Rocket's request-local
//! cache.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rocket::{Request, Route};
use sealed_session::Session;
use sealed_session::adapter::{self, Verdict};
use sealed_session::flash::Message;

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
    /// The messages that some route took.
    taken: Vec<Message>,
}

/// How far the request has come.
#[derive(Default)]
enum Stage {
    /// The fairing has not seen it. A guard gets nobody's session.
    #[default]
    Unseen,
    Nobodys(Session),
    Running(Session),
    Committed(Session),
}

/// Who says that the request is no use of its session.
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

    /// Keeps the session that the fairing has loaded.
    pub(crate) fn announce(&self, session: Session, is_passive: bool) {
        let passive = if is_passive {
            adapter::mark_passive(&session);
            Passive::Fairing
        } else {
            Passive::Nobody
        };
        // Clones of a local request share one cache, so there may be something of an earlier one.
        *self.lock() = Inner {
            stage: Stage::Running(session),
            passive,
            ..Inner::default()
        };
    }

    /// Returns the request's session, or that of `nobody`.
    pub(crate) fn session(
        &self,
        request: &Request<'_>,
        nobody: impl FnOnce() -> Session,
    ) -> Session {
        if let Some(session) = self.there(request) {
            return session;
        }
        // Not under the lock: clocks and subscribers are the application's, and may ask for a session.
        let session = nobody();
        self.lock().stage = Stage::Nobodys(session.clone());
        let mistake = adapter::mistake(
            &session,
            "a session was asked for before the session fairing saw the request, or Rocket cannot read \
             the request and runs no fairings; it is nobody's, and cannot be changed. Attach the session \
             fairing before those that ask for a session when a request comes in",
        );
        drop(adapter::tell_mistake(&mistake));
        session
    }

    /// Marks the request as no use of its session, unless another route answers than the one that
    /// asks.
    pub(crate) fn mark_passive(&self, session: &Session, request: &Request<'_>) {
        adapter::mark_passive(session);
        let mut inner = self.lock();
        if !matches!(inner.passive, Passive::Fairing) {
            inner.passive = match request.route() {
                Some(route) => Passive::Route(place(route)),
                None => Passive::Fairing,
            };
        }
    }

    /// Returns the session for the commit, or none if the fairing has not seen the request.
    pub(crate) fn close(&self, request: &Request<'_>) -> Option<Session> {
        let session = self.there(request)?;
        self.lock().stage = Stage::Committed(session.clone());
        Some(session)
    }

    /// Returns the session, once there is one.
    pub(crate) fn there(&self, request: &Request<'_>) -> Option<Session> {
        let (session, is_use) = {
            let mut inner = self.lock();
            let session = inner.stage.session()?.clone();
            (session, inner.leaves_passive(request.route()))
        };
        if is_use {
            adapter::count_as_use(&session);
        }
        Some(session)
    }

    /// Remembers that a guard said no.
    pub(crate) fn refuse(&self, verdict: Verdict) {
        self.lock().verdict = Some(verdict);
    }

    /// Takes the verdict of the last guard that said no.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        self.lock().verdict.take()
    }

    /// Returns all messages that routes of this request took, those of this call last.
    pub(crate) fn with_taken(&self, taken: Vec<Message>) -> Vec<Message> {
        let mut inner = self.lock();
        inner.taken.extend(taken);
        inner.taken.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage {
    fn session(&self) -> Option<&Session> {
        match self {
            Stage::Unseen => None,
            Stage::Nobodys(session) | Stage::Running(session) | Stage::Committed(session) => {
                Some(session)
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
