//! Guards: they decide whether a request may pass, and how it is answered if not.
//!
//! Owns the decision and the return path. It sends no answer itself, does no I/O, reads no field but those that
//! tell a visit from a script's request, and never changes a session.

mod percent;
mod reading;
mod request;
mod return_path;
mod sign_in_page;
mod verdict;

pub use request::GuardedRequest;
pub use return_path::ReturnPath;
pub use sign_in_page::SignInPage;
pub use verdict::Verdict;

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::event::Event;
use crate::head::RequestHead;
use crate::session::{ReadKey, Session};
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
    /// The page to which a visitor who is not signed in is sent.
    sign_in: Option<SignInPage>,
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
                sign_in: None,
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
    /// [`Error::is_misuse`] if there is no such slot. Nobody passes then, and the text names the fix.
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
        let (verdict, error) = self.verdict(session, &asked, &GuardedRequest::of(request));
        if let Some(status) = verdict.status() {
            asked.tell(&Event::Denied { status, error });
        }
        Ok(verdict)
    }

    /// Decides, and returns an error if a condition could not be asked.
    fn verdict(
        &self,
        session: &Session,
        asked: &Session,
        request: &GuardedRequest<'_>,
    ) -> (Verdict, Option<Error>) {
        let is_known = if self.rules.signed_in {
            asked.subject().is_some()
        } else {
            asked.is_live()
        };
        if !is_known {
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
        (Verdict::Pass, None)
    }

    /// Returns an error if a request with this session has no session of the slot that the guard asks. Nothing else
    /// is asked, and nobody is told: this is for an adapter that can look before there is a request.
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
        (self.rules.of)(session).map(drop)
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
