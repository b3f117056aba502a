//! What a request revokes.

use time::OffsetDateTime;

use super::Session;
use crate::lifetime::Timestamp;
use crate::revocation::{Revocation, Target};

impl Session {
    /// Returns what has to be kept so that the sessions of `target` end, as
    /// [`SessionManager::revocations_of`](crate::SessionManager::revocations_of) does. A session that begins later in this
    /// request, by a sign-in for instance, is not among them. `now` is the time of this call.
    ///
    /// Take this one in a handler. What others revoke while the request runs does end a session that begins in it: a
    /// password that was right a moment ago may be right no more. Keep what it returns at once: what others revoke of the same
    /// target in between, at that time or before, is not told apart from it.
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
    /// # let session = manager.load(RequestHead::default(), now);
    ///
    /// // The password was changed: all others are signed out, and whoever changed it is not.
    /// table.add(session.revocations_of(Target::Subject("user-17"), now), now)?;
    /// session.sign_in("user-17", &[])?;
    /// # let changes = manager.commit(&session, ResponseHead::new(200), now)?;
    /// # let cookie = changes[0].value().split(';').next().unwrap_or_default().as_bytes();
    /// # let session = manager.load(RequestHead::new([cookie]), now);
    /// # assert_eq!(session.subject().as_deref(), Some("user-17"));
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[doc(alias("logout_everywhere", "revoke", "sign_out_everywhere"))]
    #[must_use = "nothing is revoked until it is kept"]
    pub fn revocations_of(&self, target: Target<'_>, now: OffsetDateTime) -> Vec<Revocation> {
        self.visit.revocations_of(target, Timestamp::of(now))
    }
}
