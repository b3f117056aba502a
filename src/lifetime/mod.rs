//! The lifetimes of sessions: pure functions of authenticated times, a policy and `now`.
//!
//! Nothing here reads a clock or a cookie. Times are whole seconds since 1970 in 32 bits. Differences
//! saturate. The 32 bits end on 2106-02-07, and from then on no session lives.

mod bounds;
mod judge;
mod own_lifetimes;
mod policy;
mod timestamp;

pub(crate) use judge::{MAX_AGE_MAX, SessionTimes};
pub(crate) use own_lifetimes::{Idle, OwnLifetimes};
pub use policy::{Lifetime, Persistence};
pub(crate) use timestamp::Timestamp;
