//! Form tokens of a visit: the one that a request has to bring, and those that its page gets.
//!
//! It reads no body: an adapter hands over the beginning of one.

use std::fmt;
use std::sync::Arc;

use super::shared::Visit;
use super::state::Edit;
use crate::cross_origin::{Brought, Foreign, PEEK, TokenText};
use crate::error::Error;
use crate::flash::Flash;
use crate::hand_over::AskedHere;

/// What becomes of a request that may have to bring a form token; [`form_check`](crate::adapter::form_check) returns it.
///
/// [`CrossOrigin::with_form_tokens`](crate::CrossOrigin::with_form_tokens) has an example.
#[derive(Debug)]
#[must_use]
pub enum FormCheck {
    /// It needs none, or brought the right one.
    Passes,
    /// It brought none, or a wrong one. The answer is that to a request of another origin.
    Refused(Foreign),
    /// The token is to be looked for in the body.
    Reads(FormReader),
}

/// Looks for a form token at the beginning of a body. The body has to reach the handler as it came.
///
/// ```
/// use sealed_session::adapter::{self, FormCheck, FormReader, HeaderFields, RequestHead};
/// use sealed_session::{CrossOrigin, Key, KeyRing, SessionManager};
/// # use sealed_session::adapter::ResponseHead;
/// # use time::OffsetDateTime;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
/// # let policy = CrossOrigin::new().with_form_tokens();
/// # let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?));
/// # let manager = builder.cross_origin(policy).build()?;
/// # let session = manager.load(RequestHead::default(), now);
/// # session.sign_in("user-17", &[])?;
/// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
/// # let cookie = changes[0].value().split(';').next().unwrap_or_default().as_bytes();
/// # let token = manager.load(RequestHead::new([cookie]).method("GET"), now).form_token()?;
/// # let form: &HeaderFields<'_> =
/// #     &|name, take| if name == "content-type" { take(b"application/x-www-form-urlencoded") };
///
/// let body = format!("csrf_token={token}&amount=100");
/// let session = manager.load(RequestHead::new([cookie]).method("POST").fields(form), now);
/// let FormCheck::Reads(reader) = adapter::form_check(&session) else { panic!("the form is not read") };
///
/// let first = &body.as_bytes()[..body.len().min(FormReader::PEEK)];
/// assert_eq!(reader.check(first, first.len() == body.len()), None);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[must_use = "the request passes by `check` only"]
pub struct FormReader {
    visit: Arc<Visit>,
}

impl FormReader {
    /// The most bytes of a body that are looked at.
    pub const PEEK: usize = PEEK;

    /// Returns why the request is refused, if it is. `first` is the beginning of the body: [`PEEK`](FormReader::PEEK) bytes
    /// or more, or, if it `is_whole`, all of it. A body that ended too early is not whole.
    ///
    /// [`FormReader`] has an example.
    #[must_use]
    pub fn check(self, first: &[u8], is_whole: bool) -> Option<Foreign> {
        let Some(Brought::Form(form)) = self.visit.form.as_deref() else {
            return None;
        };
        let judged = form.token(first, is_whole);
        let judged = judged.and_then(|text| self.visit.judge_form_token(&text));
        judged.err().map(|reason| self.visit.refuse(reason))
    }

    /// Refuses the request, because the adapter cannot look into its body and hand it on.
    ///
    /// ```
    /// use sealed_session::adapter::{Foreign, FormReader};
    ///
    /// fn refuse(reader: FormReader) -> Foreign {
    ///     reader.refuse()
    /// }
    /// # let _ = refuse;
    /// ```
    #[must_use]
    pub fn refuse(self) -> Foreign {
        self.visit.refuse(Foreign::UnreadForm)
    }
}

impl fmt::Debug for FormReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormReader").finish_non_exhaustive()
    }
}

impl Visit {
    /// Returns whether the request passes without a look at its body. What has to be waited for so that it is known
    /// whether there is a session was.
    #[inline]
    pub(crate) fn form_check(self: &Arc<Self>) -> FormCheck {
        match self.form.as_deref() {
            None => FormCheck::Passes,
            Some(brought) => self.check_form(brought),
        }
    }

    #[cold]
    fn check_form(self: &Arc<Self>, brought: &Brought) -> FormCheck {
        let is_asked = self.slots.main().cross_origin.asks_without_session();
        if !is_asked && self.protected().is_none() {
            return FormCheck::Passes;
        }
        let judged = match brought {
            Brought::Token(text) => self.judge_form_token(text),
            Brought::Nothing(reason) => Err(*reason),
            Brought::Form(_) => {
                let visit = Arc::clone(self);
                return FormCheck::Reads(FormReader { visit });
            }
        };
        match judged {
            Ok(()) => FormCheck::Passes,
            Err(reason) => FormCheck::Refused(self.refuse(reason)),
        }
    }

    /// Returns what form tokens are bound to, behind the number of its slot: the sign-in and the subject of the first slot
    /// that has a session. Messages for the next page give nobody a right, and to ask for a hand-over does not either.
    fn protected(&self) -> Option<(usize, Vec<u8>)> {
        let unbound = [self.find::<Flash>(), self.find::<AskedHere>()];
        let mut slots = (0..self.len()).filter(|at| !unbound.contains(&Some(*at)));
        slots.find_map(|at| {
            self.at(at, |slot| {
                let record = slot.open().record()?;
                let subject = record.subject.as_deref().unwrap_or_default();
                Some((at, [record.id.sign_in(), subject.as_bytes()].concat()))
            })
        })
    }

    /// Decides whether a form token is one of the sign-in that it has to be bound to.
    fn judge_form_token(&self, text: &TokenText) -> Result<(), Foreign> {
        let is_right = |(at, whose): (usize, Vec<u8>)| {
            let (config, now) = (self.config(at), self.now);
            let binding = &config.form_binding;
            config
                .sealer
                .verifies_form_token(text, &whose, binding, now)
        };
        match self.protected().is_some_and(is_right) {
            true => Ok(()),
            false => Err(Foreign::WrongFormToken),
        }
    }

    /// Makes a form token; it is empty if there is no session, and none is to begin.
    pub(crate) fn form_token(&self) -> Result<String, Error> {
        let mut bound = self.protected();
        if bound.is_none() && self.slots.main().cross_origin.asks_without_session() {
            self.at(0, |slot| slot.apply("form_token", Edit::Begin))?;
            bound = self.protected();
        }
        let at = bound.as_ref().map_or(0, |(at, _)| *at);
        self.at(at, |slot| slot.slot.is_told = true);
        let config = self.config(at);
        bound.map_or(Ok(String::new()), |(_, whose)| {
            let sealer = &config.sealer;
            sealer.form_token(&whose, &config.form_binding, self.now)
        })
    }
}
