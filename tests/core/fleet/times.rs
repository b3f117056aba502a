//! The times of a fleet, in seconds, and the policy that they make.

use std::time::Duration;

use sealed_session::Lifetime;

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 60 * MINUTE;

/// By how much a node's clock may be off.
pub(super) const SKEW: i64 = 45;
/// By how much the policy says that clocks may differ.
pub(super) const CLOCKS: i64 = 120;
pub(super) const IDLE: i64 = 6 * HOUR;
pub(super) const ABSOLUTE: i64 = 24 * HOUR;

/// Sessions that outlast a deploy, with few requests.
pub(super) fn policy() -> Lifetime {
    let seconds = |seconds: i64| Duration::from_secs(seconds.unsigned_abs());
    Lifetime::new()
        .with_idle_timeout(seconds(IDLE))
        .with_absolute_lifetime(seconds(ABSOLUTE))
        .with_clock_skew(seconds(CLOCKS))
}
