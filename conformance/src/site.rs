//! What the app of a scenario is to be, and what its handlers do.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};

use sealed_session::adapter::{Clock, SystemClock};
use sealed_session::flash::Message;
use sealed_session::testing::ManualClock;
use sealed_session::{Error, Session, SessionManager, Slot};

use crate::action::{self, Hands};
use crate::pieces::Pieces;
use crate::reply::Reply;

/// The app of one scenario. A harness mounts it; a clone is the same app.
///
/// ```
/// use conformance::Site;
///
/// let site = Site::usual()?;
/// assert_eq!(site.plain("/plain/say.Hello").body, "Hello");
/// # Ok::<(), conformance::Failure>(())
/// ```
#[derive(Clone, Debug)]
pub struct Site {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) manager: SessionManager,
    /// The system's if there is none.
    pub(crate) clock: Option<Arc<ManualClock>>,
    pub(crate) layers: usize,
    pub(crate) catch: Catch,
    pub(crate) fallback: bool,
    pub(crate) page: Option<Page>,
    /// Sessions that handlers kept.
    pub(crate) shelf: Mutex<Vec<Session>>,
}

/// The slot that some scenarios have beside the main one.
///
/// ```
/// use conformance::Prefs;
/// use sealed_session::{Session, Slot};
///
/// fn has_prefs(session: &Session) -> bool {
///     session.slot::<Prefs>().is_ok()
/// }
/// # let _ = has_prefs;
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Prefs {}

impl Slot for Prefs {}

/// Where a layer catches panics, in a framework that has such layers.
///
/// ```
/// use conformance::{Catch, Site};
///
/// assert_eq!(Site::usual()?.catch(), Catch::Nowhere);
/// # Ok::<(), conformance::Failure>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Catch {
    /// Nowhere.
    Nowhere,
    /// Between the session layer and the handlers.
    Inside,
    /// Around the session layer.
    Outside,
}

/// The app's own answer to a session that does not fit.
///
/// ```
/// use conformance::Page;
///
/// fn answer(page: Page, error: &sealed_session::Error, session: &sealed_session::Session) -> u16 {
///     page.reply(error, session).status
/// }
/// # let _ = answer;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Page(pub(crate) ());

impl Page {
    /// A 413 that tells whether there were sizes, and a name that is in the session.
    ///
    /// ```
    /// # use conformance::{Page, Reply};
    /// # use sealed_session::{Error, Session};
    /// fn too_large(page: Page, error: &Error, session: &Session) -> Reply {
    ///     page.reply(error, session)
    /// }
    /// # let _ = too_large;
    /// ```
    #[must_use]
    pub fn reply(self, error: &Error, session: &Session) -> Reply {
        let name = session.get::<String>("name").ok().flatten();
        let over = error.sizes().map(|sizes| sizes.needed > sizes.allowed);
        let name = name.as_deref().unwrap_or("nobody");
        Reply {
            status: 413,
            ..Reply::text(format!("{name}: over is {over:?}"))
        }
    }
}

impl Site {
    /// An app of other sessions than the list's, under the system's clock, for tests beside the list.
    ///
    /// ```
    /// use conformance::Site;
    /// # use conformance::sealed_session::{Key, KeyRing, SessionManager};
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let site = Site::of(SessionManager::new("session", ring)?);
    /// assert!(site.clock().now().year() >= 2026);
    /// # Ok::<(), conformance::sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn of(manager: SessionManager) -> Site {
        Site {
            inner: Arc::new(Inner {
                manager,
                clock: None,
                layers: 1,
                catch: Catch::Nowhere,
                fallback: false,
                page: None,
                shelf: Mutex::default(),
            }),
        }
    }

    /// What the session layer is built of: a manager, in some scenarios with the slot [`Prefs`].
    ///
    /// ```
    /// use conformance::{Prefs, Site};
    /// use sealed_session::adapter::RequestHead;
    ///
    /// let site = Site::usual()?;
    /// let session = site.manager().load(RequestHead::default(), site.clock().now());
    /// assert!(session.slot::<Prefs>().unwrap_err().is_misuse());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn manager(&self) -> SessionManager {
        self.inner.manager.clone()
    }

    /// The clock that the session layer reads.
    ///
    /// ```
    /// let site = conformance::Site::usual()?;
    /// assert_eq!(site.clock().now().year(), 2027);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        match &self.inner.clock {
            Some(clock) => clock.clone(),
            None => Arc::new(SystemClock),
        }
    }

    /// How many session layers cover the app: one, or by a mistake none or two.
    ///
    /// ```
    /// assert_eq!(conformance::Site::usual()?.layers(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn layers(&self) -> usize {
        self.inner.layers
    }

    /// Where panics are caught.
    ///
    /// ```
    /// use conformance::{Catch, Site};
    ///
    /// assert_eq!(Site::usual()?.catch(), Catch::Nowhere);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn catch(&self) -> Catch {
        self.inner.catch
    }

    /// Whether the app has a handler of its own for paths that it does not know.
    ///
    /// ```
    /// assert!(!conformance::Site::usual()?.has_fallback());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn has_fallback(&self) -> bool {
        self.inner.fallback
    }

    /// What the layer answers a failed commit with; the adapter's default if `None`.
    ///
    /// ```
    /// assert!(conformance::Site::usual()?.page().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn page(&self) -> Option<Page> {
        self.inner.page
    }

    /// Tells how long a body is that arrived at the route `/body`, and a sum of its bytes.
    ///
    /// ```
    /// let site = conformance::Site::usual()?;
    /// assert_eq!(site.received(b"ab").body, "2,293");
    /// # Ok::<(), conformance::Failure>(())
    /// ```
    #[must_use]
    pub fn received(&self, body: &[u8]) -> Reply {
        Reply::text(receipt(body))
    }

    /// Does to the session what the path says, and tells what to reply. The path's first segment, the
    /// route, does not matter.
    ///
    /// # Errors
    ///
    /// What the session says.
    ///
    /// ```
    /// # use conformance::Site;
    /// # use sealed_session::testing;
    /// # let (site, session) = (Site::usual()?, testing::session());
    /// let reply = site.act(&session, "/act/put.name.Ada/get.name/status.404")?;
    /// assert_eq!((reply.status, reply.body.as_str()), (404, "Ada"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn act(&self, session: &Session, path: &str) -> Result<Reply, Error> {
        action::act(self.hands(Some(session), None), path)
    }

    /// The same for a handler that asks for both slots.
    ///
    /// # Errors
    ///
    /// What either session says.
    ///
    /// ```
    /// # use conformance::Site;
    /// # use sealed_session::testing;
    /// # let (site, main, prefs) = (Site::usual()?, testing::session(), testing::session());
    /// let path = "/both/put.name.Ada/prefs:put.name.Pat/get.name/prefs:get.name";
    /// assert_eq!(site.act_both(&main, &prefs, path)?.body, "Ada,Pat");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn act_both(&self, main: &Session, prefs: &Session, path: &str) -> Result<Reply, Error> {
        action::act(self.hands(Some(main), Some(prefs)), path)
    }

    /// The reply that the path asks for, without a session. A 500 if the path asks for what needs one.
    ///
    /// ```
    /// let site = conformance::Site::usual()?;
    /// assert_eq!(site.plain("/plain/say.Hello").body, "Hello");
    /// assert_eq!(site.plain("/plain/get.name").status, 500);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn plain(&self, path: &str) -> Reply {
        action::act(self.hands(None, None), path).unwrap_or_else(|error| Reply {
            status: 500,
            ..Reply::text(error.to_string())
        })
    }

    /// A page that shows these messages, with the status that the path asks for.
    ///
    /// ```
    /// use conformance::sealed_session::flash::Level;
    /// # use sealed_session::testing;
    /// # let (site, session) = (conformance::Site::usual()?, testing::session());
    /// session.flash(Level::Success, "Saved")?;
    /// let page = site.show(&session.take_flashes()?, "/flashes/status.404");
    /// assert_eq!((page.status, page.body.as_str()), (404, "success: Saved"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn show(&self, messages: &[Message], path: &str) -> Reply {
        Reply {
            body: action::shown(messages),
            ..self.plain(path)
        }
    }

    /// A reply that tells whether somebody came.
    ///
    /// ```
    /// assert_eq!(conformance::Site::usual()?.greet(None).body, "nobody");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn greet(&self, session: Option<&Session>) -> Reply {
        Reply::text(match session {
            Some(_) => "somebody",
            None => "nobody",
        })
    }

    /// The pieces of a streamed body.
    ///
    /// ```
    /// # use conformance::Site;
    /// # use sealed_session::testing;
    /// # let (site, session) = (Site::usual()?, testing::session());
    /// let body: String = site.pieces(&session).collect();
    /// // No response was committed, so nothing comes too late.
    /// assert_eq!(body, "first, second, accepted");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn pieces(&self, session: &Session) -> Pieces {
        Pieces::new(session)
    }

    /// Acts, and then panics without a message on standard error. The caller has to hold a session of
    /// its own while it does.
    ///
    /// # Panics
    ///
    /// Always.
    ///
    /// ```
    /// # use conformance::Site;
    /// # use std::panic::{AssertUnwindSafe, catch_unwind};
    /// # use sealed_session::testing;
    /// # let (site, session) = (Site::usual()?, testing::session());
    /// let handler = AssertUnwindSafe(|| site.panic(&session, "/panic/put.name.Eve"));
    /// assert!(catch_unwind(handler).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn panic(&self, session: &Session, path: &str) -> ! {
        let done = self.act(session, path).map(|_| ());
        resume_unwind(Box::new(done))
    }

    fn hands<'s>(&'s self, main: Option<&'s Session>, prefs: Option<&'s Session>) -> Hands<'s> {
        Hands {
            main,
            prefs,
            clock: self.inner.clock.as_deref(),
            shelf: &self.inner.shelf,
        }
    }

    pub(crate) fn shelf(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        let shelf = self.inner.shelf.lock();
        shelf.unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is told of a body: its length, and the sum of each byte times its place.
pub(crate) fn receipt(body: &[u8]) -> String {
    let places = (1_u64..).zip(body);
    let sum = places.fold(0, |sum: u64, (place, byte)| {
        sum.wrapping_add(place.wrapping_mul((*byte).into()))
    });
    format!("{},{sum}", body.len())
}
