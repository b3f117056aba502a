//! Guards: they decide whether a request may pass, and how it is answered if not.
//!
//! Owns the decision and the return path. It sends no answer itself, does no I/O, reads no field but those that
//! tell a visit from a script's request, and never changes a session.

mod confirming;
mod percent;
mod reading;
mod request;
mod return_path;
mod sign_in_page;
mod verdict;

pub(crate) use percent::only;
pub use request::GuardedRequest;
pub use return_path::ReturnPath;
pub use sign_in_page::SignInPage;
pub use verdict::Verdict;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Refusal};
use crate::event::Event;
use crate::head::RequestHead;
use crate::revocation::Answer;
use crate::session::{Pending, ReadKey, Session};
use crate::slot::{Main, Slot};

/// The conditions under which a request may pass.
///
/// A guard asks whether there is a session, [whether somebody is signed in](Guard::signed_in), what an
/// [attribute](Guard::attribute) holds, or [who the visitor is](Guard::subject). A visitor who is not signed
/// in is answered 401 or [redirected](Guard::or_redirect). One who is signed in and may not pass is answered
/// 403, because signing in once more would not help. Adapters carry that out. A clone is the same guard.
///
/// A guard looks at the session, so the response varies by it, and changes nothing in it. It is synchronous:
/// decisions that take a database belong in the handler behind it.
///
/// ```
/// use sealed_session::{Attribute, Guard};
/// use sealed_session::adapter::Verdict;
/// use sealed_session::adapter::RequestHead;
/// # let session = sealed_session::testing::session();
///
/// const ROLE: Attribute<String> = Attribute::new("role");
/// let editors = Guard::signed_in().attribute(ROLE, |role| role == "editor");
///
/// let request = RequestHead::default().method("GET").path("/drafts");
/// assert_eq!(editors.check(&session, &request)?, Verdict::Unauthorized);
/// session.sign_in("user-17", &[])?;
/// assert_eq!(editors.check(&session, &request)?, Verdict::Forbidden);
/// session.insert(ROLE, "editor".to_owned())?;
/// assert_eq!(editors.check(&session, &request)?, Verdict::Pass);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[doc(alias("authorize", "login_required", "permission_required"))]
#[derive(Clone)]
pub struct Guard {
    rules: Arc<Rules>,
}

#[derive(Clone)]
struct Rules {
    of: fn(&Session) -> Result<Session, Error>,
    /// Whether somebody has to be signed in. A session with nobody in it is not enough then.
    signed_in: bool,
    conditions: Vec<Condition>,
    /// How old the knowledge may be that the session was not revoked, if the guard asks.
    within: Option<Duration>,
    /// The page to which a visitor who is not signed in is sent.
    sign_in: Option<SignInPage>,
    /// How long ago the visitor may have confirmed who they are, if the guard asks.
    confirmed_within: Option<Duration>,
    /// The page to which a visitor is sent who did not within that time.
    confirm: Option<SignInPage>,
}

type Condition = Arc<dyn Fn(&Session) -> Result<bool, Error> + Send + Sync>;

impl Guard {
    /// Lets every session pass, whether or not anybody is signed in: for the later pages of a form, for
    /// instance. **For pages that only users may see, take [`signed_in`](Guard::signed_in).**
    ///
    /// A session that does not meet the other conditions is answered 403, signed in or not, and not
    /// [redirected](Guard::or_redirect).
    ///
    /// ```
    /// use sealed_session::Guard;
    /// use sealed_session::adapter::Verdict;
    /// use sealed_session::adapter::RequestHead;
    /// # let session = sealed_session::testing::session();
    ///
    /// let checkout = Guard::live().attribute("cart", |cart: &Vec<u32>| !cart.is_empty());
    /// session.insert("cart", [4711])?;
    /// let request = RequestHead::default().method("GET").path("/checkout");
    /// assert_eq!(checkout.check(&session, &request)?, Verdict::Pass);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn live() -> Guard {
        Guard::new(false)
    }

    /// Lets visitors pass who are signed in: whose session has a [subject](Session::subject). A
    /// session begun by [`Session::start_over`], or by storing a value, has none.
    ///
    /// ```
    /// use sealed_session::Guard;
    /// use sealed_session::adapter::Verdict;
    /// use sealed_session::adapter::RequestHead;
    /// # let session = sealed_session::testing::session();
    ///
    /// session.insert("cart", [4711])?; // a session, and nobody in it
    /// let request = RequestHead::default().method("GET").path("/account");
    /// assert_eq!(Guard::signed_in().check(&session, &request)?, Verdict::Unauthorized);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("login_required", "require_login"))]
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
                within: None,
                sign_in: None,
                confirmed_within: None,
                confirm: None,
            }),
        }
    }

    /// Asks the session of the slot `S` in place of the main one.
    ///
    /// ```
    /// use sealed_session::{Guard, Slot};
    /// use sealed_session::adapter::RequestHead;
    /// # let session = sealed_session::testing::session();
    ///
    /// enum Staff {}
    /// impl Slot for Staff {}
    ///
    /// let guard = Guard::signed_in().of::<Staff>();
    /// let error = guard.check(&session, &RequestHead::default().method("GET").path("/office")).unwrap_err();
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
    /// use sealed_session::{Attribute, Guard};
    /// use sealed_session::adapter::Verdict;
    /// use sealed_session::adapter::RequestHead;
    /// # let session = sealed_session::testing::session();
    /// # let request = RequestHead::default().method("GET").path("/prices");
    ///
    /// const LEVEL: Attribute<u8> = Attribute::new("level");
    /// let guard = Guard::signed_in().attribute(LEVEL, |level| *level >= 3);
    ///
    /// session.sign_in("user-17", &[])?;
    /// session.insert(LEVEL, 2)?;
    /// assert_eq!(guard.check(&session, &request)?, Verdict::Forbidden);
    ///
    /// const NEWER: Attribute<u32> = Attribute::new("level").schema(2);
    /// session.replace(NEWER, 300)?;
    /// assert_eq!(guard.check(&session, &request)?, Verdict::Forbidden);
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

    /// Demands that somebody is signed in, and that `is_welcome` accepts the subject.
    ///
    /// ```
    /// use sealed_session::Guard;
    /// use sealed_session::adapter::Verdict;
    /// use sealed_session::adapter::RequestHead;
    /// # let session = sealed_session::testing::session();
    ///
    /// let staff = Guard::signed_in().subject(|who| who.ends_with("@shop.example"));
    /// session.sign_in("ada@mail.example", &[])?;
    /// let request = RequestHead::default().method("GET").path("/office");
    /// assert_eq!(staff.check(&session, &request)?, Verdict::Forbidden);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn subject(self, is_welcome: impl Fn(&str) -> bool + Send + Sync + 'static) -> Guard {
        self.when(move |session| Ok(session.subject().as_deref().is_some_and(&is_welcome)))
            .with(|rules| rules.signed_in = true)
    }

    /// Demands that it is known, and not for longer than this, that the session was not
    /// [revoked](crate::revocation): where money moves, or a password changes. Zero asks for an answer of this request:
    /// it takes [somebody who is asked](crate::revocation::AskedRevocations), unless the table is fed by nobody else.
    ///
    /// Where nobody knows so recently the answer is 503, because signing in would not help. A
    /// [table](crate::revocation::RevocationTable) that nobody else feeds always knows.
    ///
    /// ```
    /// use sealed_session::revocation::RevocationTable;
    /// use sealed_session::{Guard, SessionManager};
    /// use sealed_session::adapter::{RequestHead, Verdict};
    /// use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::ResponseHead;
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let table = RevocationTable::new(10_000);
    /// let manager = SessionManager::builder("shop", ring).revocations(table.clone()).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// # session.sign_in("user-17", &[])?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let cookie = changes[0].value().split(';').next().unwrap_or_default().as_bytes();
    /// let guard = Guard::signed_in().known_within(Duration::from_secs(2));
    ///
    /// # let request = RequestHead::default().method("POST").path("/transfers");
    /// // The store was read a second ago, and then it went away.
    /// table.confirm(now - Duration::from_secs(1));
    /// let session = manager.load(RequestHead::new([cookie]), now);
    /// assert_eq!(guard.check(&session, &request)?, Verdict::Pass);
    ///
    /// let session = manager.load(RequestHead::new([cookie]), now + Duration::from_secs(2));
    /// assert_eq!(guard.check(&session, &request)?, Verdict::Unavailable);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn known_within(self, age: Duration) -> Guard {
        self.with(|rules| rules.within = Some(age))
    }

    /// Redirects visitors who are not signed in to this page, with the [path to come back to](ReturnPath) in the
    /// parameter `next`. A [`SignInPage`] says more: [`or_redirect_to`](Guard::or_redirect_to) takes it.
    ///
    /// The redirect is a 303, so that a form is not posted to the sign-in page once more. Only GET and HEAD have
    /// a path to come back to, because no other request can be repeated by going there. A request for the
    /// sign-in page itself is answered 401: a guard in front of that page would redirect for ever.
    ///
    /// A script is answered 401, too. It would follow a redirect and take the sign-in page for its data, and it
    /// can do something about a 401. [`GuardedRequest::is_visit`] says how it is told from a visitor.
    ///
    /// # Errors
    ///
    /// [`Error::is_configuration`] if `sign_in` is not a path on this site, as a [`ReturnPath`] is, or if it has
    /// a parameter `next`. To send visitors to another site, of an identity provider for instance, redirect
    /// from the handler of a path on this site.
    ///
    /// ```
    /// use sealed_session::Guard;
    /// use sealed_session::adapter::Verdict;
    /// use sealed_session::adapter::{HeaderFields, RequestHead};
    /// # let session = sealed_session::testing::session();
    ///
    /// let guard = Guard::signed_in().or_redirect("/sign-in")?;
    /// let visit: &HeaderFields<'_> = &|name, take| {
    ///     if name == "sec-fetch-mode" {
    ///         take(b"navigate");
    ///     }
    /// };
    /// let request = RequestHead::default().method("GET").path("/orders").query("page=2").fields(visit);
    /// let Verdict::Redirect(location) = guard.check(&session, &request)? else { unreachable!() };
    /// assert_eq!(location, "/sign-in?next=/orders%3Fpage%3D2");
    ///
    /// assert!(Guard::signed_in().or_redirect("https://id.example/").is_err());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("login_url"))]
    pub fn or_redirect(self, sign_in: &str) -> Result<Guard, Error> {
        Ok(self.or_redirect_to(SignInPage::new(sign_in)?))
    }

    /// Does what [`or_redirect`](Guard::or_redirect) does, with a page of which more is said: the prefix that a
    /// proxy cuts off, paths that are no page to come back to, the longest way back, and what is a visit.
    ///
    /// ```
    /// use sealed_session::{Guard, SignInPage};
    ///
    /// let page = SignInPage::new("/sign-in")?.never_back_to("/sign-out")?;
    /// let guard = Guard::signed_in().or_redirect_to(page.clone());
    /// let staff = Guard::signed_in().subject(|who| who == "ada").or_redirect_to(page);
    /// # let _ = (guard, staff);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn or_redirect_to(self, page: SignInPage) -> Guard {
        self.with(|rules| rules.sign_in = Some(page))
    }

    /// Returns what has to be awaited before [`check`](Guard::check); `None` if there is nothing to wait for. An adapter
    /// asks after [`adapter::pending`](crate::adapter::pending), and only where a guard stands.
    ///
    /// ```
    /// use sealed_session::Guard;
    /// # let session = sealed_session::testing::session();
    /// assert!(Guard::signed_in().pending(&session)?.is_none());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::is_misuse`] if there is no such slot.
    pub fn pending(&self, session: &Session) -> Result<Option<Pending>, Error> {
        let Some(within) = self.rules.within else {
            return Ok(None);
        };
        Ok((self.rules.of)(session)?.pending_within(within))
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

    /// Decides whether a request with these sessions may pass, and [tells](crate::Event::Denied) if it may not. An
    /// adapter carries the verdict out. Of the
    /// request only the method, the path, the query and the fields count: give the whole path and query as they
    /// came, also where a router hands on only a part of them.
    ///
    /// # Errors
    ///
    /// [`Error::is_misuse`] if there is no such slot, and if the guard asks what was
    /// [revoked](Guard::known_within) where the manager does not. Nobody passes then, and the text names the fix.
    ///
    /// ```
    /// use sealed_session::Guard;
    /// use sealed_session::adapter::Verdict;
    /// use sealed_session::adapter::RequestHead;
    ///
    /// let session = sealed_session::testing::session();
    /// let request = RequestHead::default().method("GET").path("/account");
    /// assert_eq!(Guard::live().check(&session, &request)?, Verdict::Unauthorized);
    /// assert!(!session.is_live(), "a guard begins no session");
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn check<I>(
        &self,
        session: &Session,
        request: &RequestHead<'_, I>,
    ) -> Result<Verdict, Error> {
        let asked = (self.rules.of)(session)?;
        let known = self.known(&asked)?;
        let request = GuardedRequest::of(request);
        let (verdict, error) = self.verdict(session, (&asked, known), &request);
        if let Some(status) = verdict.status() {
            asked.tell(&Event::Denied { status, error });
        }
        Ok(verdict)
    }

    /// Returns whether the session is known not to be revoked, as recently as the guard asks.
    fn known(&self, asked: &Session) -> Result<Answer, Error> {
        match self.rules.within {
            Some(within) => asked.known_within(within),
            None if asked.refusal().is_some_and(Refusal::may_be_known_later)
                && !asked.is_live() =>
            {
                Ok(Answer::NotKnown)
            }
            None => Ok(Answer::Clear),
        }
    }

    /// Decides, and returns an error if a condition could not be asked.
    fn verdict(
        &self,
        session: &Session,
        (asked, known): (&Session, Answer),
        request: &GuardedRequest<'_>,
    ) -> (Verdict, Option<Error>) {
        // To sign in would not help.
        if known == Answer::NotKnown {
            return (Verdict::Unavailable, None);
        }
        let is_there = if self.rules.signed_in {
            asked.subject().is_some()
        } else {
            asked.is_live()
        };
        if !is_there || known == Answer::Revoked {
            let page = self.rules.sign_in.as_ref();
            let verdict = page.map(|page| page.answer(session, request));
            return (verdict.unwrap_or(Verdict::Unauthorized), None);
        }
        for condition in &self.rules.conditions {
            match condition(asked) {
                Ok(true) => {}
                Ok(false) => return (Verdict::Forbidden, None),
                Err(error) => return (Verdict::Forbidden, Some(error)),
            }
        }
        (self.confirmed(session, asked, request), None)
    }

    /// Returns an error if a request with this session has no session of the slot that the guard asks, or does not know
    /// what it asks. Nothing else is asked, and nobody is told: this is for an adapter that can look before there is a request.
    ///
    /// # Errors
    ///
    /// As [`check`](Guard::check).
    ///
    /// ```
    /// use sealed_session::{Guard, Slot};
    /// # let session = sealed_session::testing::session();
    ///
    /// enum Prefs {}
    /// impl Slot for Prefs {}
    ///
    /// assert!(Guard::live().check_slot(&session).is_ok());
    /// assert!(Guard::live().of::<Prefs>().check_slot(&session).is_err());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn check_slot(&self, session: &Session) -> Result<(), Error> {
        self.known(&(self.rules.of)(session)?).map(drop)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("signed_in", &self.rules.signed_in)
            .field("conditions", &self.rules.conditions.len())
            .field("sign_in", &self.rules.sign_in)
            .field("confirmed_within", &self.rules.confirmed_within)
            .field("confirm", &self.rules.confirm)
            .finish_non_exhaustive()
    }
}
