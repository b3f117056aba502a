//! A node that answers in every setting at once, from what one reader of the store knows.

use std::time::Duration;

use sealed_session::adapter::{self, RequestHead, Verdict};
use sealed_session::revocation::{Revocations, Staleness, Target};
use sealed_session::{Guard, Refusal, SessionManager};
use sealed_session_redis::{Error, RedisStore, SharedRevocations};
use time::OffsetDateTime;

use crate::node::{now, ring, sign_in};

/// How long the store may take for anything.
pub(crate) const LIMIT: Duration = Duration::from_millis(300);

/// How old knowledge may be where it is a replica's.
pub(crate) const BOUND: Duration = Duration::from_secs(2);

/// What an operator has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// A replica; beyond the bound sessions are accepted.
    Accept,
    /// A replica; beyond the bound sessions are refused.
    Refuse,
    /// Each request asks the store; without an answer sessions are refused.
    Ask,
    /// As `Accept`, and a guard that asks stands before this route.
    Guard,
}

impl Setting {
    pub(crate) const ALL: [Setting; 4] = [
        Setting::Accept,
        Setting::Refuse,
        Setting::Ask,
        Setting::Guard,
    ];

    /// After which time what was revoked elsewhere is never accepted. Times are whole seconds, so that a bound is
    /// up to a second longer. `None`: for as long as the store is away.
    pub(crate) fn strict_after(self) -> Option<Duration> {
        match self {
            Setting::Accept => None,
            Setting::Refuse => Some(BOUND + Duration::from_secs(1)),
            Setting::Ask | Setting::Guard => Some(Duration::ZERO),
        }
    }

    /// The times of a replica are those of the machine. To a node whose own clock is ahead they are as much older.
    fn staleness(self, ahead: time::Duration) -> Staleness {
        let bound = BOUND + Duration::try_from(ahead).unwrap_or_default();
        match self {
            Setting::Accept | Setting::Guard => Staleness::within(bound),
            Setting::Refuse => Staleness::within(bound).or_refuse(),
            Setting::Ask => Staleness::within(Duration::ZERO).or_refuse(),
        }
    }
}

/// What a visitor is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted,
    Revoked,
    NotKnown,
}

pub(crate) struct Station {
    pub(crate) shared: SharedRevocations,
    managers: [SessionManager; 4],
    guard: Guard,
    /// How far its clock is ahead of the others.
    ahead: time::Duration,
}

impl Station {
    pub(crate) fn start(store: &RedisStore, ahead: time::Duration) -> Station {
        let shared = store.revocations(10_000).unwrap();
        let managers = Setting::ALL.map(|setting| {
            let revocations = match setting {
                Setting::Accept | Setting::Refuse => Revocations::from(&shared),
                Setting::Ask | Setting::Guard => shared.asking(LIMIT),
            };
            SessionManager::builder("shop", ring())
                .revocations(revocations)
                .staleness(setting.staleness(ahead))
                .build()
                .unwrap()
        });
        Station {
            shared,
            managers,
            guard: Guard::signed_in().known_within(Duration::ZERO),
            ahead,
        }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        now() + self.ahead
    }

    pub(crate) fn sign_in(&self, subject: &str) -> String {
        sign_in(&self.managers[0], subject, self.now())
    }

    pub(crate) async fn revoke(&self, subject: &str) -> Result<(), Error> {
        let now = self.now();
        let all = self.managers[0].revocations_of(Target::Subject(subject), now);
        self.shared.revoke(all, now).await
    }

    /// Does what an adapter does with a request.
    pub(crate) async fn look_up(&self, setting: Setting, cookie: &str) -> Outcome {
        let manager = &self.managers[setting as usize];
        let session = manager.load(RequestHead::new([cookie.as_bytes()]), self.now());
        if let Some(pending) = adapter::pending(&session) {
            pending.await;
        }
        if setting == Setting::Guard {
            if let Some(pending) = self.guard.pending(&session).unwrap() {
                pending.await;
            }
            let request = RequestHead::default().method("GET").path("/transfers");
            return match self.guard.check(&session, &request).unwrap() {
                Verdict::Pass => Outcome::Accepted,
                Verdict::Unavailable => Outcome::NotKnown,
                _ => Outcome::Revoked,
            };
        }
        match session.refusal() {
            None => Outcome::Accepted,
            Some(Refusal::Revoked) => Outcome::Revoked,
            Some(Refusal::NotKnown) => Outcome::NotKnown,
            Some(other) => panic!("refused: {other}"),
        }
    }
}
