//! Who may pass, and where they are sent who may not.
//!
//! Owns the decision and the return path. It answers nothing by itself, does no I/O, reads no field but
//! the two that tell a visit from a script, and never changes a session.

mod percent;
mod reading;
mod request;
mod return_path;
mod verdict;

pub use request::GuardedRequest;
pub use return_path::ReturnPath;
pub use verdict::Verdict;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::session::{ReadKey, Session};
use crate::slots::{Main, Slot};

/// What a request has to bring to pass.
///
/// A guard asks whether there is a session, [whether somebody is signed in](Guard::signed_in), what is
/// in an [attribute](Guard::attribute), or [who it is](Guard::subject). Whoever is not signed in is
/// answered 401 or [redirected](Guard::or_redirect), and whoever is, but may not pass, 403: to sign in
/// once more would not help. Adapters carry that out; a clone is the same guard.
///
/// A guard looks at the session, which the response then says to caches, and changes nothing in it. It
/// is synchronous: what takes a database to decide belongs into the handler behind it.
///
/// ```
/// use sealed_session::{Attribute, Guard, GuardedRequest, Verdict};
/// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
/// # let sessions = slots.load(RequestHead::default(), now);
///
/// const ROLE: Attribute<String> = Attribute::new("role");
/// let editors = Guard::signed_in().attribute(ROLE, |role| role == "editor");
///
/// let request = GuardedRequest::new("GET", "/drafts");
/// assert_eq!(editors.check(&sessions, &request)?, Verdict::Unauthorized);
/// sessions.main().sign_in_as("user-17", &[])?;
/// assert_eq!(editors.check(&sessions, &request)?, Verdict::Forbidden);
/// sessions.main().insert(ROLE, "editor".to_owned())?;
/// assert_eq!(editors.check(&sessions, &request)?, Verdict::Pass);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone)]
pub struct Guard {
    rules: Arc<Rules>,
}

#[derive(Clone)]
struct Rules {
    of: fn(&Session) -> Result<Session, Error>,
    /// Whether somebody has to be signed in; a session with nobody in it is not enough then.
    signed_in: bool,
    conditions: Vec<Condition>,
    /// Where whoever is not signed in is sent.
    sign_in: Option<String>,
}

type Condition = Arc<dyn Fn(&Session) -> Result<bool, Error> + Send + Sync>;

impl Guard {
    /// Lets pass who has a session, whether or not anybody is signed in: for the later pages of a form,
    /// say. **For what only users may see, take [`signed_in`](Guard::signed_in).**
    ///
    /// Whoever has a session that lacks what else is asked for is answered 403, signed in or not, and is
    /// not [redirected](Guard::or_redirect).
    ///
    /// ```
    /// use sealed_session::{Guard, GuardedRequest, Verdict};
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// # let sessions = slots.load(RequestHead::default(), now);
    ///
    /// let checkout = Guard::live().attribute("cart", |cart: &Vec<u32>| !cart.is_empty());
    /// sessions.main().insert("cart", [4711])?;
    /// let request = GuardedRequest::new("GET", "/checkout");
    /// assert_eq!(checkout.check(&sessions, &request)?, Verdict::Pass);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn live() -> Guard {
        Guard::new(false)
    }

    /// Lets pass who is signed in: whose session has a [subject](Session::subject). A session begun by
    /// [`Session::sign_in`], without a name, has none.
    ///
    /// ```
    /// use sealed_session::{Guard, GuardedRequest, Verdict};
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// # let sessions = slots.load(RequestHead::default(), now);
    ///
    /// sessions.main().insert("cart", [4711])?; // a session, and nobody in it
    /// let request = GuardedRequest::new("GET", "/account");
    /// assert_eq!(Guard::signed_in().check(&sessions, &request)?, Verdict::Unauthorized);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn signed_in() -> Guard {
        Guard::new(true)
    }

    fn new(signed_in: bool) -> Guard {
        Guard {
            rules: Arc::new(Rules {
                of: Session::slot::<Main>,
                signed_in,
                conditions: Vec::new(),
                sign_in: None,
            }),
        }
    }

    /// Asks the session of the slot `S`, and not the main one.
    ///
    /// ```
    /// use sealed_session::{Guard, GuardedRequest, Slot};
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// # let sessions = slots.load(RequestHead::default(), now);
    ///
    /// enum Staff {}
    /// impl Slot for Staff {}
    ///
    /// let guard = Guard::signed_in().of::<Staff>();
    /// let error = guard.check(&sessions, &GuardedRequest::new("GET", "/office")).unwrap_err();
    /// assert!(error.is_misuse(), "nobody configured that slot");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn of<S: Slot>(self) -> Guard {
        self.with(|rules| rules.of = Session::slot::<S>)
    }

    /// Demands that an attribute is there, and that `is_enough` says yes to it. That it is there alone
    /// would let `admin = false` pass; where that is all you ask, write `|_| true`.
    ///
    /// An attribute that `key` cannot read, because it has another schema for instance, lets nobody
    /// pass, and the log says so.
    ///
    /// ```
    /// use sealed_session::{Attribute, Guard, GuardedRequest, Verdict};
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// # let sessions = slots.load(RequestHead::default(), now);
    /// # let request = GuardedRequest::new("GET", "/prices");
    ///
    /// const LEVEL: Attribute<u8> = Attribute::new("level");
    /// let guard = Guard::signed_in().attribute(LEVEL, |level| *level >= 3);
    ///
    /// sessions.main().sign_in_as("user-17", &[])?;
    /// sessions.main().insert(LEVEL, 2)?;
    /// assert_eq!(guard.check(&sessions, &request)?, Verdict::Forbidden);
    ///
    /// const NEWER: Attribute<u32> = Attribute::new("level").schema(2);
    /// sessions.main().replace(NEWER, 300)?;
    /// assert_eq!(guard.check(&sessions, &request)?, Verdict::Forbidden);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn attribute<T: 'static>(
        self,
        key: impl ReadKey<T> + Send + Sync + 'static,
        is_enough: impl Fn(&T) -> bool + Send + Sync + 'static,
    ) -> Guard {
        self.when(move |session| Ok(session.get(&key)?.as_ref().is_some_and(&is_enough)))
    }

    /// Demands that somebody is signed in, and that `is_welcome` says yes to who it is.
    ///
    /// ```
    /// use sealed_session::{Guard, GuardedRequest, Verdict};
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// # let sessions = slots.load(RequestHead::default(), now);
    ///
    /// let staff = Guard::signed_in().subject(|who| who.ends_with("@shop.example"));
    /// sessions.main().sign_in_as("ada@mail.example", &[])?;
    /// let request = GuardedRequest::new("GET", "/office");
    /// assert_eq!(staff.check(&sessions, &request)?, Verdict::Forbidden);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn subject(self, is_welcome: impl Fn(&str) -> bool + Send + Sync + 'static) -> Guard {
        self.when(move |session| Ok(session.subject().as_deref().is_some_and(&is_welcome)))
            .with(|rules| rules.signed_in = true)
    }

    /// Sends who is not signed in to this page, with the [path to come back to](ReturnPath) in the
    /// parameter `next`, and not a 401.
    ///
    /// The redirect is a 303, so that what was posted is not posted to the sign-in page once more. Only
    /// GET and HEAD have a path to come back to: nothing else can be repeated by going there. What is
    /// no [visit of a page](GuardedRequest::fields) is answered 401 all the same, and so is a request
    /// for the sign-in page itself: a guard in front of that would redirect for ever.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`] if `sign_in` is no path on this site, as a [`ReturnPath`] is, or has
    /// a parameter `next`. A page elsewhere, of an identity provider for instance, is what the handler
    /// of a path on this site redirects to.
    ///
    /// ```
    /// use sealed_session::{Guard, GuardedRequest, HeaderFields, Verdict};
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    /// # let sessions = slots.load(RequestHead::default(), now);
    ///
    /// let guard = Guard::signed_in().or_redirect("/sign-in")?;
    /// let visit: &HeaderFields<'_> = &|name, take| {
    ///     if name == "sec-fetch-mode" {
    ///         take(b"navigate");
    ///     }
    /// };
    /// let request = GuardedRequest::new("GET", "/orders?page=2").fields(visit);
    /// let Verdict::Redirect(location) = guard.check(&sessions, &request)? else { unreachable!() };
    /// assert_eq!(location, "/sign-in?next=/orders%3Fpage%3D2");
    ///
    /// assert!(Guard::signed_in().or_redirect("https://id.example/").is_err());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn or_redirect(self, sign_in: &str) -> Result<Guard, Error> {
        let path = ReturnPath::parse(sign_in);
        let path = path.filter(|path| !percent::has(path.query(), ReturnPath::PARAMETER));
        let path = path.ok_or_else(|| {
            Error::configuration(format!(
                "`{sign_in}` is no sign-in page that a guard can redirect to: it takes a path on \
                 this site, such as `/sign-in`, without the parameter `{}`",
                ReturnPath::PARAMETER
            ))
        })?;
        Ok(self.with(|rules| rules.sign_in = Some(path.into())))
    }

    fn when(
        self,
        condition: impl Fn(&Session) -> Result<bool, Error> + Send + Sync + 'static,
    ) -> Guard {
        self.with(|rules| rules.conditions.push(Arc::new(condition)))
    }

    fn with(self, change: impl FnOnce(&mut Rules)) -> Guard {
        let mut rules = Arc::unwrap_or_clone(self.rules);
        change(&mut rules);
        Guard {
            rules: Arc::new(rules),
        }
    }

    /// What becomes of a request with these sessions. An adapter carries it out.
    ///
    /// # Errors
    ///
    /// [`Error::is_misuse`] if there is no such slot; nobody passes then, and the text names the fix.
    ///
    /// ```
    /// use sealed_session::{Guard, GuardedRequest, Verdict};
    /// # use sealed_session::{Key, KeyRing, RequestHead, SessionManager, Slots};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let slots = Slots::new(SessionManager::new(KeyRing::new(Key::generate()?))?);
    ///
    /// let sessions = slots.load(RequestHead::default(), now);
    /// let request = GuardedRequest::new("GET", "/account");
    /// assert_eq!(Guard::live().check(&sessions, &request)?, Verdict::Unauthorized);
    /// assert!(!sessions.main().is_live(), "a guard begins no session");
    /// assert!(!sessions.close_unused(), "it looked, and caches have to know");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn check(&self, session: &Session, request: &GuardedRequest<'_>) -> Result<Verdict, Error> {
        let asked = (self.rules.of)(session)?;
        let is_known = match self.rules.signed_in {
            true => asked.subject().is_some(),
            false => asked.is_live(),
        };
        if !is_known {
            return Ok(self.unknown(session, request));
        }
        let holds = |condition: &Condition| {
            condition(&asked).unwrap_or_else(|error| {
                tracing::warn!(target: "sealed_session", %error, "a guard could not read what it asks for; the visitor does not pass");
                false
            })
        };
        Ok(match self.rules.conditions.iter().all(holds) {
            true => Verdict::Pass,
            false => Verdict::Forbidden,
        })
    }

    /// What becomes of somebody who is not signed in.
    fn unknown(&self, session: &Session, request: &GuardedRequest<'_>) -> Verdict {
        let Some(sign_in) = self.rules.sign_in.as_deref() else {
            return Verdict::Unauthorized;
        };
        if request.path() == percent::split(sign_in).0 {
            tracing::error!(target: "sealed_session", path = request.path(), "a guard is in front of the sign-in page that it redirects to; nobody can sign in");
            return Verdict::Unauthorized;
        }
        if !request.is_visit() {
            return Verdict::Unauthorized;
        }
        // A token in the request's own link is no part of where it went.
        let target = request.target().to_owned();
        let all = session.all();
        let target = all.fold(target, |target, session| session.without_token(target));
        let back = ReturnPath::parse(&target).filter(|_| request.is_repeatable());
        let whole = back.map(|back| {
            let mark = if sign_in.contains('?') { '&' } else { '?' };
            let encoded = back.encoded();
            format!("{sign_in}{mark}{}={encoded}", ReturnPath::PARAMETER)
        });
        // A client whose session is in links has it in this one, too.
        let carry = |location: String| {
            session.all().try_fold(location, |location, session| {
                session.encode_url(&location).map(Cow::into_owned)
            })
        };
        let bare = || carry(sign_in.to_owned()).unwrap_or_else(|_| sign_in.to_owned());
        let location = whole.and_then(|whole| carry(whole).ok());
        Verdict::Redirect(location.unwrap_or_else(bare))
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("signed_in", &self.rules.signed_in)
            .field("conditions", &self.rules.conditions.len())
            .field("sign_in", &self.rules.sign_in)
            .finish_non_exhaustive()
    }
}
