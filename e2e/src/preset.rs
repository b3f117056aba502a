//! The budgets by name, and sessions that fill them to the byte.

use sealed_session::adapter::RequestHead;
use sealed_session::{Attribute, Budget, CookieSpec, Error, Key, KeyRing, SessionManager};
use serde_bytes::ByteBuf;

use crate::Failure;

/// What the sessions hold.
pub(crate) const NOISE: Attribute<ByteBuf> = Attribute::new("noise");

/// Makes data that no compression shortens.
pub(crate) fn noise(length: usize) -> ByteBuf {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    ByteBuf::from(
        std::iter::repeat_with(byte)
            .take(length)
            .collect::<Vec<u8>>(),
    )
}

/// A budget with its name.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// As the method of [`Budget`] is called.
    pub name: &'static str,
    /// The budget itself.
    pub budget: Budget,
}

impl Preset {
    /// Returns all of them, the smallest first.
    #[must_use]
    pub fn all() -> [Preset; 4] {
        [
            ("portable", Budget::portable()),
            ("within_8k", Budget::within_8k()),
            ("within_16k", Budget::within_16k()),
            ("direct", Budget::direct()),
        ]
        .map(|(name, budget)| Preset { name, budget })
    }

    /// Returns what a session may take one of whose cookies has this name: a budget that limits the whole head counts
    /// the other lines of the name, too.
    ///
    /// # Errors
    ///
    /// If there is no such name.
    pub fn total(&self, cookie: &str) -> Result<usize, Failure> {
        let ring = KeyRing::new(Key::generate()?);
        // The chunks of a session are numbered.
        let numbered = cookie.strip_suffix(|last: char| last.is_ascii_digit());
        let base = numbered.and_then(|cookie| cookie.strip_suffix('.'));
        limit(&manager(&ring, base.unwrap_or(cookie), self.budget)?)
    }

    /// Makes a session whose `Set-Cookie` values come to exactly the preset's total.
    pub(crate) fn exact(&self, ring: &KeyRing) -> Result<Filling, Failure> {
        Filling::of(ring, self.budget)
    }

    /// Makes a session that is one byte longer than the longest that fits.
    pub(crate) fn over(&self, ring: &KeyRing) -> Result<Filling, Failure> {
        let (line, total) = (self.budget.line_limit() + 1, self.budget.total_limit() + 1);
        let longer = self.budget.with_line_limit(line).with_total_limit(total);
        let head = self.budget.head_limit();
        Filling::of(
            ring,
            head.map_or(longer, |bytes| longer.with_head_limit(bytes + 1)),
        )
    }
}

/// A cookie's name, and the length of noise that together make a session of a wanted size.
#[derive(Clone, Debug)]
pub(crate) struct Filling {
    pub(crate) cookie: String,
    pub(crate) length: usize,
}

impl Filling {
    /// Searches for the session that takes the whole budget. Padding makes sizes jump by 42 or 43
    /// bytes, so the last byte is tuned by the name's length.
    fn of(ring: &KeyRing, budget: Budget) -> Result<Filling, Failure> {
        for filler in 0..57 {
            let cookie = format!("__Host-{}", "s".repeat(filler + 1));
            let manager = manager(ring, &cookie, budget)?;
            let bytes = limit(&manager)?;
            let needs = |length| needed(&manager, length);
            let (mut low, mut high) = (0, bytes);
            while low < high {
                let middle = usize::midpoint(low, high);
                if needs(middle)? < bytes {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            if needs(low)? == bytes {
                return Ok(Filling {
                    cookie,
                    length: low,
                });
            }
        }
        Err(format!("no name makes a session that fills {budget:?}").into())
    }
}

/// Builds a manager whose cookie has this name.
pub(crate) fn manager(
    ring: &KeyRing,
    cookie: &str,
    budget: Budget,
) -> Result<SessionManager, Error> {
    SessionManager::builder(CookieSpec::exact(cookie), ring.clone())
        .budget(budget)
        .build()
}

/// Returns what a session may take.
fn limit(manager: &SessionManager) -> Result<usize, Failure> {
    let session = manager.load(RequestHead::default(), std::time::SystemTime::now().into());
    Ok(session.size()?.budget.total_limit())
}

/// Counts the bytes of `Set-Cookie` of a session with this much noise; the most there are if it does not
/// fit.
fn needed(manager: &SessionManager, length: usize) -> Result<usize, Failure> {
    let session = manager.load(RequestHead::default(), std::time::SystemTime::now().into());
    let stored = session.insert(NOISE, noise(length));
    match stored.and_then(|()| session.size()) {
        Ok(size) => Ok(size.bytes),
        Err(error) if error.is_too_large() => Ok(usize::MAX),
        Err(error) => Err(error.into()),
    }
}
