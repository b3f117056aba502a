//! The shop's own table of sign-ins, as a shop with a database has one.
//!
//! It is there to be shown. No request is let in or kept out by it, and it may forget: who is signed in stands in
//! the cookies, and who was signed out in the revocations.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealed_session_axum::report::SessionId;
use time::OffsetDateTime;

use crate::agent::Agent;

/// The most sign-ins of one account. One more takes the place of the oldest.
const PER_ACCOUNT: usize = 10;

/// The most sign-ins in total, likewise. So few are searched one by one; a database has an index.
const IN_TOTAL: usize = 1_000;

/// A sign-in.
#[derive(Clone, Debug)]
pub struct Device {
    /// The subject of its sessions.
    pub account: String,
    /// The id of its session, when it was noted. The half that counts lasts for the sign-in.
    pub id: SessionId,
    /// What it calls itself.
    pub agent: Agent,
    /// When it signed in.
    pub since: OffsetDateTime,
    /// When its session is over at the latest. Idle ones are over before, which nobody tells this table: that would be
    /// a write for each request.
    pub until: OffsetDateTime,
}

/// Sign-ins, in the order in which they were noted. A clone is the same table.
///
/// ```
/// use sealed_session_axum::{testing, time};
/// use shop::{Agent, Device, Devices};
///
/// let session = testing::session();
/// session.sign_in("user-17", &[])?;
/// let now = time::OffsetDateTime::now_utc();
///
/// let devices = Devices::default();
/// devices.note(Device {
///     account: "user-17".to_owned(),
///     id: session.id().unwrap(),
///     agent: Agent::of("curl/8.14.1"),
///     since: now,
///     until: now + time::Duration::HOUR,
/// });
/// assert_eq!(devices.of("user-17", now).len(), 1);
/// assert!(devices.of("user-17", now + time::Duration::HOUR).is_empty());
/// assert!(devices.of("user-18", now).is_empty());
/// # Ok::<(), sealed_session_axum::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Devices(Arc<Mutex<VecDeque<Device>>>);

impl Devices {
    /// Returns the sign-ins of an account that may live, the latest first.
    #[must_use]
    pub fn of(&self, account: &str, now: OffsetDateTime) -> Vec<Device> {
        let all = self.lock();
        let may_live = |device: &&Device| device.account == account && now < device.until;
        all.iter().rev().filter(may_live).cloned().collect()
    }

    /// Adds a sign-in.
    pub fn note(&self, device: Device) {
        let mut all = self.lock();
        all.retain(|other| device.since < other.until);
        let own = all.iter().filter(|other| other.account == device.account);
        let oldest = match own.count() {
            PER_ACCOUNT.. => all.iter().position(|other| other.account == device.account),
            _ => (all.len() >= IN_TOTAL).then_some(0),
        };
        if let Some(oldest) = oldest {
            all.remove(oldest);
        }
        all.push_back(device);
    }

    /// Takes a sign-in out that is over.
    pub fn forget(&self, account: &str, id: SessionId) {
        self.lock()
            .retain(|device| device.account != account || !device.id.is_same_sign_in(&id));
    }

    /// Takes all sign-ins of an account out.
    pub fn forget_all(&self, account: &str) {
        self.lock().retain(|device| device.account != account);
    }

    /// A panic under the lock leaves a whole table: each change is one call of the queue.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Device>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn device(account: &str, number: u64) -> Device {
        Device {
            account: account.to_owned(),
            id: format!("{number:016x}{number:016x}").parse().unwrap(),
            agent: Agent::of(""),
            since: START,
            until: START + time::Duration::HOUR,
        }
    }

    #[test]
    fn many_sign_ins_take_no_more_room_and_push_out_the_oldest() {
        let devices = Devices::default();
        devices.note(device("first", 0));
        for number in 1..=30 {
            devices.note(device("busy", number));
        }
        assert_eq!(devices.of("first", START).len(), 1, "others keep theirs");
        let busy = devices.of("busy", START);
        assert_eq!(busy.len(), PER_ACCOUNT);
        assert!(busy[0].id.is_same_sign_in(&device("", 30).id));

        for number in 0..2_000 {
            devices.note(device(&number.to_string(), number));
        }
        assert_eq!(devices.lock().len(), IN_TOTAL);
        assert!(devices.of("first", START).is_empty());
        assert_eq!(devices.of("1999", START).len(), 1);
    }

    #[test]
    fn a_sign_in_goes_with_its_time_or_by_name() {
        let devices = Devices::default();
        for number in 1..=3 {
            devices.note(device("ada", number));
            devices.note(device("grace", number));
        }
        devices.forget("ada", device("", 2).id);
        assert_eq!(devices.of("ada", START).len(), 2);
        assert_eq!(devices.of("grace", START).len(), 3, "of another account");
        devices.forget_all("ada");
        assert!(devices.of("ada", START).is_empty());

        let later = START + time::Duration::HOUR;
        assert!(devices.of("grace", later).is_empty());
        let since = later;
        let until = later + time::Duration::HOUR;
        devices.note(Device {
            since,
            until,
            ..device("ada", 4)
        });
        assert_eq!(devices.lock().len(), 1, "what is over takes no room");
    }
}
