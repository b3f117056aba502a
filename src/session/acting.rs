//! On what a sign-in rests: when the visitor proved who they are, and who acts as whom.

use std::time::Duration;

use time::OffsetDateTime;

use super::Session;
use super::key::AttributeName;
use crate::error::Error;
use crate::lifetime::Timestamp;
use crate::payload::SessionId;
use crate::visit::SessionState;

impl Session {
    /// Notes that the visitor just proved who they are: typed the password, or used a passkey. The time is that of the
    /// request. A [guard](crate::Guard::confirmed_within) asks for it where money moves.
    ///
    /// [`sign_in`](Session::sign_in) does not do it, because a cookie of "remember me" is no
    /// proof: call both where a password was checked. The next sign-in forgets it; renewals keep it. It holds for this
    /// session, and for copies of its cookie that are made from now on: one that was made before has no such mark. A
    /// slower response that brings the session back as it was only loses the mark, and the visitor confirms again.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_permitted`] if nobody is signed in, and while somebody [acts](Session::act_as) as somebody else;
    /// and as [`renew`](Session::renew). Nothing is changed then.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// assert!(session.confirm().unwrap_err().is_not_permitted(), "nobody is signed in");
    /// session.sign_in("user-17", &[])?;
    /// assert_eq!(session.confirmed_at(), None);
    ///
    /// session.confirm()?; // the password was right
    /// assert!(session.confirmed_at().is_some());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("reauthenticate", "step_up", "sudo"))]
    pub fn confirm(&self) -> Result<(), Error> {
        self.visit.at(self.at, |slot| {
            slot.confirm().map_err(|error| self.owned(error))
        })
    }

    /// Returns when the visitor last [confirmed](Session::confirm) who they are; `None` if not since the sign-in.
    ///
    /// A time that is further ahead of this server's clock than [clocks may
    /// differ](crate::Lifetime::clock_skew) counts as none.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.sign_in("user-17", &[])?;
    /// session.confirm()?;
    /// assert_eq!(session.confirmed_at(), session.times().map(|times| times.loaded_at));
    /// session.sign_in("user-17", &[])?;
    /// assert_eq!(session.confirmed_at(), None);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("auth_time"))]
    #[must_use]
    pub fn confirmed_at(&self) -> Option<OffsetDateTime> {
        self.confirmed().map(Timestamp::to_time)
    }

    fn confirmed(&self) -> Option<Timestamp> {
        let skew = self.visit.config(self.at).lifetime.clock_skew().as_secs();
        self.read(|state| state.confirmed(self.visit.now(), skew))
    }

    /// Returns whether the visitor confirmed who they are, and no longer ago than this.
    pub(crate) fn is_confirmed_within(&self, age: Duration) -> bool {
        let now = self.visit.now();
        self.confirmed()
            .is_some_and(|at| u64::from(now.since(at)) <= age.as_secs())
    }

    /// Lets whoever is signed in act as `subject`, an account's id of 1 to 255 bytes: support that looks at a customer's
    /// orders. From now on [`subject`](Session::subject) is the mask, for guards, too, and [`actor`](Session::actor) the
    /// real person. **Whether they may is for the application to decide before.**
    ///
    /// Of all attributes only those in `keep` stay, as in [`sign_in`](Session::sign_in): a role of the person's is none of
    /// the mask's. The sign-in goes on: its [`log_id`](Session::log_id), its beginning, its lifetimes and its labels stay. A
    /// [confirmation](Session::confirm) is forgotten. As with [`renew`](Session::renew), a tombstone in this browser keeps
    /// responses that are under way from bringing the session back as it was.
    ///
    /// [`stop_acting`](Session::stop_acting), a sign-in, [`start_over`](Session::start_over) and
    /// [`destroy`](Session::destroy) end it. A [revocation](crate::revocation) of the person ends the session, and so does one
    /// of the mask that is made from now on.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_permitted`] if nobody is signed in, if `subject` is who is, and if somebody acts already;
    /// [`Error::is_not_representable`] if it is empty or too long; and as [`renew`](Session::renew). Nothing is changed then.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.sign_in("support-3", &[])?;
    /// session.insert("role", "support")?;
    /// session.act_as("user-17", &[])?;
    /// assert_eq!(session.subject().as_deref(), Some("user-17"));
    /// assert_eq!(session.actor().as_deref(), Some("support-3"));
    /// assert!(!session.contains("role"));
    /// assert!(session.act_as("user-18", &[]).unwrap_err().is_not_permitted());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("hijack", "impersonate", "login_as", "masquerade", "switch_user"))]
    pub fn act_as(&self, subject: &str, keep: &[&dyn AttributeName]) -> Result<(), Error> {
        self.check_subject(subject)?;
        let keep = self.kept(keep);
        let acted = self.visit.at(self.at, |slot| slot.act_as(subject, &keep));
        acted.map_err(|error| self.owned(error))
    }

    /// Gives the real person back, as [`act_as`](Session::act_as) takes them away: with those attributes that are in
    /// `keep`, because what the mask's pages stored is not theirs, under another renewal of the same sign-in. Whoever acts as
    /// nobody stays who they are, so a form may be sent twice.
    ///
    /// # Errors
    ///
    /// As [`renew`](Session::renew).
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.sign_in("support-3", &[])?;
    /// session.act_as("user-17", &[])?;
    /// session.insert("cart", [4711])?;
    /// session.stop_acting(&[])?;
    /// assert_eq!(session.subject().as_deref(), Some("support-3"));
    /// assert_eq!(session.actor(), None);
    /// assert!(!session.contains("cart"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("exit_user", "release", "unimpersonate"))]
    pub fn stop_acting(&self, keep: &[&dyn AttributeName]) -> Result<(), Error> {
        let keep = match self.actor() {
            Some(_) => self.kept(keep),
            None => Vec::new(),
        };
        let stopped = self.visit.at(self.at, |slot| slot.stop_acting(&keep));
        stopped.map_err(|error| self.owned(error))
    }

    /// Returns the sign-in at another site that this session was [handed over](crate::hand_over) from; `None` if it began
    /// here.
    ///
    /// Only the half of the id counts that stands for the sign-in. To sign somebody out at both sites, revoke it:
    /// `session.revocations_of(Target::SignIn(origin), now)`.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.sign_in("user-17", &[])?;
    /// assert_eq!(session.origin(), None);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn origin(&self) -> Option<SessionId> {
        let origin = self.read(|state| state.record()?.grounds.origin());
        origin.map(SessionId::of_sign_in)
    }

    /// Returns the subject of the real person, while somebody [acts](Session::act_as) as the
    /// [`subject`](Session::subject); `None` if nobody does.
    ///
    /// ```
    /// # let session = sealed_session::testing::session();
    /// session.sign_in("support-3", &[])?;
    /// assert_eq!(session.actor(), None);
    /// session.act_as("user-17", &[])?;
    /// assert_eq!(session.actor().as_deref(), Some("support-3"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("impersonator", "real_user"))]
    #[must_use]
    pub fn actor(&self) -> Option<String> {
        self.read(|state| SessionState::actor(state).map(str::to_owned))
    }
}
