//! The fairing, which loads each request's session, and a second one behind all others, which commits
//! it.

use std::fmt;
use std::sync::Arc;

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::response::Responder;
use rocket::{Build, Data, Request, Response, Rocket};
use sealed_session::adapter::{self, Clock, SystemClock};
use sealed_session::{Error, Session, SessionManager};

use crate::cached::Cached;
use crate::commit::commit;
use crate::failure::Failure;
use crate::load::{load, nobody};
use crate::refused;
use crate::shared::Shared;

/// Gives every request of an application its session.
///
/// Attach it before fairings that ask for a session when a request comes in: in front of it they get
/// nobody's session, and the log says so. The order does not matter to a response. All fairings
/// that are attached before the launch see it before its session is committed, and may use the session
/// and speak of caching. Two session fairings are reported, and Rocket does not launch.
///
/// A request that may change something, and that a page of another origin caused, is answered with an
/// empty 403; see [`CrossOrigin`](sealed_session::CrossOrigin). So is one without the
/// [form token](sealed_session::CrossOrigin::with_form_tokens) that an application asks for. A fairing cannot answer by itself, so
/// this one mounts routes in front of all others that do, and that let all other requests pass.
///
/// ```
/// use sealed_session_rocket::{Key, KeyRing, SessionFairing, SessionManager};
///
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let rocket = rocket::build().attach(SessionFairing::new(manager));
/// # Ok::<(), sealed_session_rocket::Error>(())
/// ```
#[doc(alias("session_middleware"))]
pub struct SessionFairing {
    shared: Shared,
}

impl SessionFairing {
    /// Makes a fairing that reads the system's clock and answers a failed commit with an empty 500. An
    /// application with several sessions gives it a manager with [slots](SessionManager::with_slot).
    ///
    /// ```
    /// use rocket::local::blocking::Client;
    /// use sealed_session_rocket::{Key, KeyRing, SessionFairing, SessionManager};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// let client = Client::untracked(rocket::build().attach(SessionFairing::new(manager)))?;
    ///
    /// // Nobody asks for the session, so the response says nothing of it.
    /// let response = client.get("/").dispatch();
    /// assert!(!response.headers().contains("set-cookie"));
    /// assert!(!response.headers().contains("vary"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn new(manager: SessionManager) -> SessionFairing {
        SessionFairing {
            shared: Shared {
                manager,
                clock: Arc::new(SystemClock),
                failure: Failure::default(),
                passive: None,
            },
        }
    }

    /// Reads another clock, for tests.
    ///
    /// ```
    /// use std::time::Duration;
    /// use std::sync::Arc;
    /// use sealed_session_rocket::SessionFairing;
    /// use sealed_session_rocket::testing::ManualClock;
    /// use sealed_session_rocket::time::OffsetDateTime;
    /// # use sealed_session_rocket::{Key, KeyRing, SessionManager};
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    ///
    /// let clock = Arc::new(ManualClock::new(OffsetDateTime::now_utc()));
    /// let fairing = SessionFairing::new(manager).clock(clock.clone());
    /// clock.advance(Duration::from_secs(31 * 60)); // and every session is idle-expired
    /// # Ok::<(), sealed_session_rocket::Error>(())
    /// ```
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> SessionFairing {
        self.shared.clock = clock;
        self
    }

    /// Answers a failed commit with a page of the application's own, anything that is a
    /// [`Responder`]. The visitor's old session is whole; the handler's response is dropped, because
    /// it speaks of changes that did not happen. The session is the one that could not be sent, of
    /// any slot; it reads as the browser keeps it, and cannot be changed any more.
    ///
    /// A handler learns already at its insert of a value that can never fit. If it answers with this
    /// crate's [`Error`], then nothing is committed, and this page answers, too.
    ///
    /// ```
    /// use rocket::http::Status;
    /// use sealed_session_rocket::{Error, Key, KeyRing, SessionFairing, SessionManager};
    ///
    /// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// let fairing = SessionFairing::new(manager).on_commit_failure(|error, _| {
    ///     let text = match error.sizes() {
    ///         Some(sizes) => format!("Too large: {} of {}", sizes.needed, sizes.allowed),
    ///         None => String::new(),
    ///     };
    ///     (Status::UnprocessableEntity, text)
    /// });
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn on_commit_failure<R>(
        mut self,
        respond: impl Fn(&Error, &Session) -> R + Send + Sync + 'static,
    ) -> SessionFairing
    where
        R: for<'r> Responder<'r, 'static>,
    {
        self.shared.failure = Failure::new(respond);
        self
    }

    /// Marks the requests for which `wanted` returns true as
    /// [passive](sealed_session::Session::mark_passive): they do not keep their session from idling
    /// out, in any slot. Single routes say so by the guard [`Passive`](crate::Passive).
    ///
    /// ```
    /// use rocket::Request;
    /// use sealed_session_rocket::SessionFairing;
    /// # use sealed_session_rocket::{Key, KeyRing, SessionManager};
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    ///
    /// // Browsers fetch pages before anybody asks for them.
    /// fn is_prefetch(request: &Request<'_>) -> bool {
    ///     let purpose = request.headers().get_one("sec-purpose");
    ///     purpose.is_some_and(|purpose| purpose.starts_with("prefetch"))
    /// }
    ///
    /// let fairing = SessionFairing::new(manager).passive_when(is_prefetch);
    /// # Ok::<(), sealed_session_rocket::Error>(())
    /// ```
    #[must_use]
    pub fn passive_when(
        mut self,
        wanted: impl Fn(&Request<'_>) -> bool + Send + Sync + 'static,
    ) -> SessionFairing {
        self.shared.passive = Some(Arc::new(wanted));
        self
    }
}

#[rocket::async_trait]
impl Fairing for SessionFairing {
    fn info(&self) -> Info {
        Info {
            name: "Sealed sessions",
            // No singleton: Rocket would drop one of two without a word.
            kind: Kind::Ignite | Kind::Request,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        if rocket.state::<Shared>().is_some() {
            // Which of the two a guard means cannot be known.
            let session = nobody(&self.shared);
            let two = "two session fairings are attached; remove one `.attach(..)`";
            drop(adapter::tell_mistake(&adapter::mistake(&session, two)));
            return Err(rocket);
        }
        let shared = self.shared.clone();
        let rocket = rocket.mount("/", refused::routes());
        // What is attached while Rocket ignites comes behind all that was attached before.
        Ok(rocket.manage(shared.clone()).attach(Closing { shared }))
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        load(&self.shared, request, data).await;
    }
}

/// Commits the session of each request, when other fairings are through with its response.
struct Closing {
    shared: Shared,
}

#[rocket::async_trait]
impl Fairing for Closing {
    fn info(&self) -> Info {
        Info {
            name: "Sealed sessions, the commit",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if refused::is_refused(request) {
            // Nothing of it is committed.
            let _ = Cached::of(request).close(request);
            return;
        }
        commit(&self.shared, request, response).await;
    }
}

impl fmt::Debug for SessionFairing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionFairing")
            .field("slots", &self.shared.manager)
            .finish_non_exhaustive()
    }
}
