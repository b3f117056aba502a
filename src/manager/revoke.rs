//! Revocations: where a manager looks for them, and what an application keeps when it signs somebody out.

use time::OffsetDateTime;

use super::{SessionManager, SessionManagerBuilder};
use crate::lifetime::Timestamp;
use crate::revocation::{Revocation, Revocations, Staleness, Target};

impl SessionManagerBuilder {
    /// Looks for [revocations] there: whoever was signed out at the server is out everywhere. Nothing is looked for by
    /// default. Each of several [slots](crate::slots) says so for itself.
    ///
    /// [revocations]: crate::revocation
    ///
    /// ```
    /// use sealed_session::revocation::{RevocationTable, Target};
    /// use sealed_session::{Refusal, SessionManager};
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let table = RevocationTable::new(10_000);
    /// let manager = SessionManager::builder("shop", ring).revocations(table.clone()).build()?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in("user-17", &[])?;
    /// # let id = session.id().unwrap();
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let cookie = changes[0].value().split(';').next().unwrap_or_default().as_bytes();
    ///
    /// // One device: its `id` came from `session.id()`, at the sign-in.
    /// table.add(manager.revocations_of(Target::SignIn(id), now), now)?;
    /// let session = manager.load(RequestHead::new([cookie]), now);
    /// assert_eq!(session.refusal(), Some(Refusal::Revoked));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn revocations(mut self, revocations: impl Into<Revocations>) -> SessionManagerBuilder {
        self.revocations = Some(revocations.into());
        self
    }

    /// Sets how recently this node has to know what was revoked, and what happens beyond; see [`Staleness`]. Without
    /// [`revocations`](SessionManagerBuilder::revocations) it says nothing.
    ///
    /// ```
    /// use sealed_session::revocation::{RevocationTable, Staleness};
    /// use sealed_session::SessionManager;
    /// use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing};
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let manager = SessionManager::builder("shop", ring)
    ///     .revocations(RevocationTable::new(10_000))
    ///     .staleness(Staleness::within(Duration::from_secs(5)).or_refuse())
    ///     .build()?;
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    pub fn staleness(mut self, staleness: Staleness) -> SessionManagerBuilder {
        self.staleness = staleness;
        self
    }
}

impl SessionManager {
    /// Returns what has to be kept so that the sessions of `target` end which began by `now`, the time of this call. Give
    /// it to the [table](crate::revocation::RevocationTable::add) or the store in which this manager, and those of other
    /// nodes, look.
    ///
    /// It goes for all [slots](crate::slots), and is several revocations if the ring has several keys: it names the target
    /// under each of them. A request that comes afterwards begins sessions that it does not end, even in this second, if
    /// its node knows of the revocation. One that is under way does not, unless it revokes by its own
    /// [`Session::revocations_of`](crate::Session::revocations_of).
    ///
    /// Two revocations of one target have different times, and the later one ends what began between them. Revocations of
    /// two targets may have the same time, and a session that began between them, within one second, outlives both.
    ///
    /// Where somebody else orders the sign-out, give the time of the order as `now`. If the order may come twice, look
    /// first whether the target is [revoked](crate::revocation::RevocationTable::latest) as of that time.
    ///
    /// ```
    /// use sealed_session::revocation::{RevocationTable, Target};
    /// use sealed_session::SessionManager;
    /// # use sealed_session::{Key, KeyRing};
    /// # use sealed_session::adapter::{RequestHead, ResponseHead};
    /// # use time::OffsetDateTime;
    /// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
    /// # let ring = KeyRing::new(Key::generate()?);
    ///
    /// let table = RevocationTable::new(10_000);
    /// let manager = SessionManager::builder("shop", ring).revocations(table.clone()).build()?;
    ///
    /// // An operator signs somebody out, who signs in again.
    /// table.add(manager.revocations_of(Target::Subject("user-17"), now), now)?;
    /// # let session = manager.load(RequestHead::default(), now);
    /// session.sign_in("user-17", &[])?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let cookie = changes[0].value().split(';').next().unwrap_or_default().as_bytes();
    /// # let session = manager.load(RequestHead::new([cookie]), now);
    /// assert_eq!(session.subject().as_deref(), Some("user-17"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("logout_everywhere", "revoke", "sign_out_everywhere"))]
    #[must_use = "nothing is revoked until it is kept"]
    pub fn revocations_of(&self, target: Target<'_>, now: OffsetDateTime) -> Vec<Revocation> {
        self.slots.revocations_of(target, Timestamp::of(now))
    }
}
