//! Times as tokens carry them: whole seconds in 32 bits.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Timestamp(pub(crate) u32);

impl Timestamp {
    /// Returns the nearest second that can be represented.
    pub(crate) fn of(time: OffsetDateTime) -> Timestamp {
        let seconds = time.unix_timestamp().clamp(0, i64::from(u32::MAX));
        Timestamp(u32::try_from(seconds).unwrap_or(u32::MAX))
    }

    pub(crate) fn to_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(i64::from(self.0)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Returns the seconds from `earlier` to this time; zero if `earlier` is not earlier.
    pub(crate) fn since(self, earlier: Timestamp) -> u32 {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns the time `seconds` later, or the last second that there is.
    pub(crate) fn after(self, seconds: u64) -> Timestamp {
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        Timestamp(self.0.saturating_add(seconds))
    }

    /// Returns the time `seconds` earlier, or the first second that there is.
    pub(crate) fn before(self, seconds: u64) -> Timestamp {
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        Timestamp(self.0.saturating_sub(seconds))
    }

    /// Returns whether this is the last second, which stands for every later one too: ages measured here
    /// would stop growing.
    pub(crate) fn is_the_last(self) -> bool {
        self.0 == u32::MAX
    }
}

/// Writes the time as RFC 3339 has it.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_time().format(&Rfc3339).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_outside_the_32_bits_saturate() {
        let before = OffsetDateTime::from_unix_timestamp(-5).unwrap();
        let after = OffsetDateTime::from_unix_timestamp(i64::from(u32::MAX) + 7).unwrap();
        assert_eq!(Timestamp::of(before), Timestamp(0));
        assert_eq!(Timestamp::of(after), Timestamp(u32::MAX));
        assert_eq!(Timestamp(u32::MAX).to_time().year(), 2106);
        assert_eq!(Timestamp(5).since(Timestamp(9)), 0);
        assert_eq!(Timestamp(5).after(1 << 40), Timestamp(u32::MAX));
        assert_eq!(Timestamp(5).before(2), Timestamp(3));
        assert_eq!(Timestamp(5).before(1 << 40), Timestamp(0));
        assert!(Timestamp::of(after).is_the_last() && !Timestamp(u32::MAX - 1).is_the_last());
    }
}
