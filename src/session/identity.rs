//! The identity of a session: its id, its subject, and their changes.

use super::Session;
use super::key::AttributeName;
use crate::carrier::Source;
use crate::error::{Error, Refusal};
use crate::event::Event;
use crate::keys::KeyId;
use crate::payload::{LogId, SUBJECT_MAX, SessionId};
use crate::visit::{Edit, SessionState};

impl Session {
    /// Returns the session's id; `None` as long as there is no session.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.id(), None);
    /// session.insert("visits", 1)?;
    /// assert_eq!(session.id().unwrap().to_string().len(), 32);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("session_id"))]
    #[must_use]
    pub fn id(&self) -> Option<SessionId> {
        self.read(SessionState::id)
    }

    /// Returns the name of the session in logs, which lasts for a sign-in; `None` as long as there is no session.
    ///
    /// It opens nothing, and no id can be told from it. [`record_log_id`] puts it on the span of each request.
    ///
    /// [`record_log_id`]: crate::SessionManagerBuilder::record_log_id
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.sign_in("user-17", &[])?;
    /// let before = session.log_id();
    /// session.renew()?;
    /// assert!(before.is_some() && session.log_id() == before);
    ///
    /// session.sign_in("user-18", &[])?;
    /// assert_ne!(session.log_id(), before);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn log_id(&self) -> Option<LogId> {
        Some(self.id()?.log_id())
    }

    /// Returns whether there is a session: one that came with the request, or one begun since.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert!(!session.is_live());
    /// session.insert("visits", 1)?;
    /// assert!(session.is_live());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.read(|state| state.record().is_some())
    }

    /// Returns how the session came with the request; `None` if none did that counts.
    ///
    /// A request that brings its session in a header field was not caused by another site, so it is
    /// exempt from rules against such requests (CSRF). One with a cookie is not, nor one with a cookie
    /// beside a field that gave no session, nor one in a link, which anybody may have given away: ask for
    /// `Some(Source::Field)`.
    ///
    /// ```
    /// use sealed_session::Session;
    /// use sealed_session::report::Source;
    /// # let session = sealed_session::testing::session();
    ///
    /// // No page of another site can send the field, so a script may skip what a form may not.
    /// fn is_from_a_script(session: &Session) -> bool {
    ///     session.opened_from() == Some(Source::Field)
    /// }
    ///
    /// assert_eq!(session.opened_from(), None);
    /// assert!(!is_from_a_script(&session));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn opened_from(&self) -> Option<Source> {
        self.visit.at(self.at, |slot| {
            let source = slot.source();
            slot.open().held().map(|_| source)
        })
    }

    /// Returns whether the browser does not know this session yet: no live one came with the request, or
    /// it was started over since.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("visits", 1)?;
    /// assert!(session.is_new());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.read(|state| state.unbroken().is_none())
    }

    /// Returns who is signed in: the subject given to [`sign_in`](Session::sign_in). This, and not
    /// that a session is there, is what a guard has to ask for.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.sign_in("user-17", &[])?;
    /// assert_eq!(session.subject().as_deref(), Some("user-17"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("current_user", "identity", "is_authenticated", "user_id"))]
    #[must_use]
    pub fn subject(&self) -> Option<String> {
        self.read(|state| state.record()?.subject.as_deref().map(str::to_owned))
    }

    /// Returns why the request brought no session; `None` if it brought one.
    ///
    /// For logs and for a developer's page. See [`Refusal`].
    ///
    /// ```
    /// # use sealed_session::Refusal;
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.refusal(), Some(Refusal::Absent));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.read(SessionState::refusal)
    }

    /// Returns the id of the key that sealed the session that came with the request.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert_eq!(session.sealed_under(), None);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn sealed_under(&self) -> Option<KeyId> {
        self.read(|state| Some(state.held()?.imprint.key()))
    }

    /// Gives the session a new id and changes nothing else. Every request keeps a session alive;
    /// this does not. The half of the id that stands for the sign-in stays; see [`SessionId`].
    /// Without a session this does nothing.
    ///
    /// Call it where somebody's rights change *within* a sign-in, up or down. A response that is under
    /// way holds the session as it was, with its old rights, and may arrive last. So a tombstone of the
    /// old id stays in this browser, and the session as it was is refused with
    /// [`Refusal::Superseded`]: the visitor then signs in again. A copy of the cookie that somebody
    /// took stays valid until it expires. Of two requests that renew at once the one that arrives last
    /// counts, and in header fields and links there are no tombstones. Where somebody signs in, use
    /// [`sign_in`](Session::sign_in).
    ///
    /// # Errors
    ///
    /// [`Error::is_too_late`] after the response head has been sent, [`Error::is_poisoned`] after a
    /// panic with the session in hand, and [`Error::is_randomness`].
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// let before = session.id();
    /// session.renew()?;
    /// assert_ne!(session.id(), before);
    /// assert!(session.contains("name"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("cycle_id", "regenerate_id"))]
    pub fn renew(&self) -> Result<(), Error> {
        self.change("renew", Edit::Renew).map(drop)
    }

    /// Signs somebody in: starts over with a new id and a new beginning, notes `subject`, an account's
    /// id of 1 to 255 bytes, and keeps of all attributes only those in `keep`: `&[&CART, &"theme"]`, or `&[]` for none.
    ///
    /// Call it whenever somebody signs in. An attacker can plant a valid session of their own in a
    /// victim's browser, and what they put there must not become the victim's. Lifetimes that the session
    /// had of its own go, too; those that this request asked for, as by [`remember`](Session::remember), stay.
    /// What is to be kept and is not there is
    /// told at level DEBUG: it is usual, and it may be a name with a typo. A response that is under
    /// way cannot bring back the session that was there: it leaves a tombstone, as
    /// [`destroy`](Session::destroy) does.
    ///
    /// # Errors
    ///
    /// As [`renew`](Session::renew), [`Error::is_not_representable`] if the subject is empty or too long, and
    /// [`Error::is_not_permitted`] if this request set an idle timeout that is longer than the new session
    /// lives in total.
    ///
    /// ```
    /// use sealed_session::Attribute;
    /// # let session = sealed_session::testing::session();
    /// const CART: Attribute<Vec<u32>> = Attribute::json("cart");
    ///
    /// session.insert("cart", [4711])?;
    /// session.insert("return_to", "https://evil.example")?;
    /// session.insert("theme", "dark")?;
    /// session.sign_in("user-17", &[&CART, &"theme"])?;
    /// assert_eq!(session.names(), ["cart", "theme"]);
    /// assert_eq!(session.subject().as_deref(), Some("user-17"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias(
        "authenticate",
        "cycle_id",
        "log_in",
        "login",
        "regenerate",
        "regenerate_id"
    ))]
    pub fn sign_in(&self, subject: &str, keep: &[&dyn AttributeName]) -> Result<(), Error> {
        self.check_subject(subject)?;
        self.begin_anew("sign_in", Some(subject), keep)
    }

    /// Starts over as [`sign_in`](Session::sign_in) does, and names nobody: no
    /// [`subject`](Session::subject) is there afterwards, and no guard that asks for one lets the visitor pass.
    ///
    /// Call it where a visitor becomes somebody else without an account of yours, or in the middle of a
    /// sign-in of several steps.
    ///
    /// # Errors
    ///
    /// As [`sign_in`](Session::sign_in).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.sign_in("user-17", &[])?;
    /// let before = session.id();
    /// session.start_over(&[])?;
    /// assert_ne!(session.id(), before);
    /// assert_eq!(session.subject(), None);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("cycle_id", "reset_session"))]
    pub fn start_over(&self, keep: &[&dyn AttributeName]) -> Result<(), Error> {
        self.begin_anew("start_over", None, keep)
    }

    /// Refuses a subject that is empty or too long.
    pub(super) fn check_subject(&self, subject: &str) -> Result<(), Error> {
        if (1..=SUBJECT_MAX).contains(&subject.len()) {
            return Ok(());
        }
        let what = format!(
            "a subject has 1 to {SUBJECT_MAX} bytes and this one {}",
            subject.len()
        );
        Err(self.owned(Error::not_representable("subject", what)))
    }

    /// Returns the names of what is to be kept, and tells of what is not there.
    pub(crate) fn kept<'a>(&self, keep: &'a [&'a dyn AttributeName]) -> Vec<&'a str> {
        let keep: Vec<&str> = keep.iter().copied().map(AttributeName::name).collect();
        for name in keep.iter().filter(|name| !self.contains(**name)) {
            // No more than that: most visitors who sign in have no cart yet.
            let attribute = (*name).to_owned();
            self.tell(&Event::NothingToKeep { attribute });
        }
        keep
    }

    fn begin_anew(
        &self,
        verb: &str,
        subject: Option<&str>,
        keep: &[&dyn AttributeName],
    ) -> Result<(), Error> {
        let edit = Edit::StartOver {
            subject,
            handed: None,
            keep: &self.kept(keep),
        };
        self.change(verb, edit).map(drop)
    }

    /// Ends the session, as a sign-out does: the response removes the cookies that it came in, and
    /// those of former scopes. What is stored afterwards begins another session. A request that
    /// brought none of the session's cookies removes nothing: another site may have caused it, and the
    /// browser may have kept them back.
    ///
    /// Another response that is under way may still bring the session back. So a tombstone stays
    /// in this browser for as long as it could live then, and the session is refused with
    /// [`Refusal::Destroyed`]. A copy of the cookie that somebody else took stays valid until it
    /// expires, unless the manager keeps [revocations](crate::revocation) in a table. Then the sign-in is revoked
    /// there, as soon as the commit has succeeded, with every copy. Sessions without a subject are not: anybody can begin
    /// and end as many as they please.
    ///
    /// # Errors
    ///
    /// As [`renew`](Session::renew).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.insert("name", "Ada")?;
    /// session.destroy()?;
    /// assert!(!session.is_live());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias(
        "flush",
        "invalidate",
        "log_out",
        "logout",
        "purge",
        "revoke",
        "sign_out"
    ))]
    pub fn destroy(&self) -> Result<(), Error> {
        self.change("destroy", Edit::Destroy).map(drop)
    }
}
