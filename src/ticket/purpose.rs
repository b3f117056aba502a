//! What a ticket is for.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, TicketRefusal};
use crate::lifetime::Timestamp;
use crate::payload::Codec;
use crate::seal::PART_MAX;

/// The longest time for which a ticket is good, in seconds: 400 days, as for everything else here. Its key has to be kept for
/// as long.
const LONGEST: u64 = 400 * 86_400;

/// Marks purposes whose tickets are bound to nothing but their time.
#[derive(Clone, Copy, Debug)]
pub enum Free {}

/// Marks purposes whose tickets are bound to a state, too.
#[derive(Clone, Copy, Debug)]
pub enum Bound {}

/// What tickets are for, usually a `const`: a name, for how long they are good, and the type of their value.
///
/// Tickets of one purpose open for no other: each has a key of its own. The lifetime is judged when a ticket is opened, so a deploy that shortens
/// it counts for those that are out. A ticket that holds another type does not open. Two bytes before each value tell
/// types apart, as for an [`Attribute`](crate::Attribute); a purpose whose type changes is best given another name.
///
/// ```
/// use sealed_session::ticket::{Bound, Purpose};
/// use std::time::Duration;
///
/// const INVITATION: Purpose<u64> = Purpose::new("invitation", Duration::from_secs(7 * 86_400));
/// const RESET: Purpose<u64, Bound> = Purpose::new("reset-password", Duration::from_secs(1_800)).bound();
/// assert_eq!((INVITATION.name(), RESET.lifetime().as_secs()), ("invitation", 1_800));
/// ```
#[doc(alias("itsdangerous", "signed_id", "MessageVerifier", "TimestampSigner"))]
pub struct Purpose<T, B = Free> {
    name: &'static str,
    seconds: u64,
    codec: Codec,
    value: PhantomData<fn() -> (T, B)>,
}

impl<T> Purpose<T> {
    /// Makes a purpose whose values are written as postcard, small, and proven to read back as they were written. Types that
    /// describe themselves need [`json`](Purpose::json).
    ///
    /// # Panics
    ///
    /// If the name is empty or longer than 255 bytes, or the lifetime is no whole number of seconds from one second to 400 days; in a
    /// `const`, that is a compile error:
    ///
    /// ```compile_fail,E0080
    /// use sealed_session::ticket::Purpose;
    /// use std::time::Duration;
    ///
    /// const NEVER: Purpose<u64> = Purpose::new("never", Duration::ZERO);
    /// # let _ = NEVER;
    /// ```
    #[must_use]
    pub const fn new(name: &'static str, lifetime: Duration) -> Purpose<T> {
        Purpose::with(name, lifetime, Codec::Postcard)
    }

    /// Makes a purpose whose values are written as JSON: for types that describe themselves, such as `serde_json::Value` or
    /// an enum with `tag` or `untagged`.
    ///
    /// # Panics
    ///
    /// As [`new`](Purpose::new).
    ///
    /// ```
    /// use sealed_session::ticket::Purpose;
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const EXPORT: Purpose<serde_json::Value> = Purpose::json("export", Duration::from_secs(900));
    ///
    /// let text = manager.seal_ticket(EXPORT, &serde_json::json!({ "year": 2026 }), now)?;
    /// let ticket = manager.open_ticket(EXPORT, text, now).expect("a good ticket");
    /// assert_eq!(ticket.value()["year"], 2026);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn json(name: &'static str, lifetime: Duration) -> Purpose<T> {
        Purpose::with(name, lifetime, Codec::Json)
    }

    const fn with(name: &'static str, lifetime: Duration, codec: Codec) -> Purpose<T> {
        assert!(
            !name.is_empty() && name.len() <= PART_MAX,
            "a name has 1 to 255 bytes"
        );
        let seconds = lifetime.as_secs();
        assert!(
            seconds >= 1 && seconds <= LONGEST && lifetime.subsec_nanos() == 0,
            "a ticket is good for 1 s to 400 days, in whole seconds"
        );
        Purpose {
            name,
            seconds,
            codec,
            value: PhantomData,
        }
    }

    /// Binds each ticket to a state that is named when it is sealed, and has to be the same when it is used: the hash of a password that is to be reset, the
    /// address that is to be confirmed, the version of a document. The ticket holds a MAC of it.
    ///
    /// ```
    /// use sealed_session::ticket::{Bound, Purpose, TicketRefusal};
    /// # use std::time::Duration;
    /// # use sealed_session::{Key, KeyRing, SessionManager};
    /// # let now = sealed_session::time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
    /// const RESET: Purpose<u64, Bound> = Purpose::new("reset-password", Duration::from_secs(1_800)).bound();
    ///
    /// let text = manager.seal_bound_ticket(RESET, &17, "$argon2id$old", now)?;
    /// let used = manager.open_bound_ticket(RESET, text, now).and_then(|t| t.bound_to("$argon2id$new"));
    /// assert_eq!(used.unwrap_err(), TicketRefusal::OtherState);
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub const fn bound(self) -> Purpose<T, Bound> {
        Purpose {
            name: self.name,
            seconds: self.seconds,
            codec: self.codec,
            value: PhantomData,
        }
    }
}

impl<T, B> Purpose<T, B> {
    /// Returns the name.
    ///
    /// ```
    /// use sealed_session::ticket::Purpose;
    /// # use std::time::Duration;
    /// const INVITATION: Purpose<u64> = Purpose::new("invitation", Duration::from_secs(3_600));
    /// assert_eq!(INVITATION.name(), "invitation");
    /// ```
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns for how long a ticket is good.
    ///
    /// ```
    /// use sealed_session::ticket::Purpose;
    /// # use std::time::Duration;
    /// const INVITATION: Purpose<u64> = Purpose::new("invitation", Duration::from_secs(3_600));
    /// assert_eq!(INVITATION.lifetime(), Duration::from_secs(3_600));
    /// ```
    #[must_use]
    pub const fn lifetime(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// Judges when an authentic ticket was issued, and returns the first second at which it is no good any more.
    pub(super) fn judge(
        &self,
        issued: Timestamp,
        now: Timestamp,
        skew: u64,
    ) -> Result<Timestamp, TicketRefusal> {
        // No end is after the last second, so nothing is good then.
        let end = issued.after(self.seconds);
        if u64::from(issued.since(now)) > skew {
            return Err(TicketRefusal::FromTheFuture);
        }
        match now < end {
            true => Ok(end),
            false => Err(TicketRefusal::Expired),
        }
    }
}

impl<T: Serialize + DeserializeOwned, B> Purpose<T, B> {
    /// Writes a value behind the number of its codec.
    pub(crate) fn write(&self, value: &T) -> Result<Vec<u8>, Error> {
        let bytes = self.codec.encode(value).map_err(|what| {
            // It is written for attributes.
            Error::unsealed(self.name, what.replace("Attribute::json", "Purpose::json"))
        })?;
        Ok([&[self.codec as u8], bytes.as_slice()].concat())
    }
}

impl<T: DeserializeOwned, B> Purpose<T, B> {
    pub(super) fn read(&self, contents: &[u8]) -> Result<T, TicketRefusal> {
        let value = match contents.split_first() {
            Some((&codec, value)) if codec == self.codec as u8 => self.codec.decode(value).ok(),
            _ => None,
        };
        value.ok_or(TicketRefusal::OtherType)
    }
}

// Derives would ask the same of `T`.
impl<T, B> Clone for Purpose<T, B> {
    fn clone(&self) -> Purpose<T, B> {
        *self
    }
}
impl<T, B> Copy for Purpose<T, B> {}

impl<T, B> fmt::Debug for Purpose<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purpose")
            .field("name", &self.name)
            .field("lifetime", &self.lifetime())
            .field("codec", &self.codec)
            .finish_non_exhaustive()
    }
}
