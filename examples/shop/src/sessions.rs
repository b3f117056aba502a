//! How long sessions live, and in which cookies.

use std::time::Duration;

use sealed_session_axum::hand_over::HandOver;
use sealed_session_axum::revocation::Revocations;
use sealed_session_axum::{
    Budget, CookieSpec, CrossOrigin, Error, KeyRing, Lifetime, Session, SessionManager,
};

use crate::server::{Letter, Server};

/// Whose accounts they are, at both sites.
const AUDIENCE: &str = "kiln-and-lathe";

const DAY: Duration = Duration::from_secs(86_400);

/// For how long a visitor is remembered who asks for it.
pub(crate) const REMEMBERED: Duration = DAY.saturating_mul(30);

/// After how long without a visit such a visitor is forgotten.
pub(crate) const REMEMBERED_IDLE: Duration = DAY.saturating_mul(7);

/// The sessions of one server, with a manager of their own. They end when they are not used for
/// `idle`, of at most seven days, and when they were revoked.
///
/// # Errors
///
/// If `idle` is under a second or too long; as
/// [`build`](sealed_session_axum::SessionManagerBuilder::build).
///
/// ```
/// use sealed_session_axum::revocation::RevocationTable;
/// use sealed_session_axum::{Key, KeyRing};
/// use shop::{Letter, Server, sessions};
/// use std::time::Duration;
///
/// let ring = KeyRing::new(Key::generate()?);
/// let (revoked, b) = (RevocationTable::new(10_000), ([127, 0, 0, 1], 3002).into());
/// let server = Server::new(Letter::A, b);
/// assert!(sessions(server, ring.clone(), Duration::from_secs(20), revoked.clone()).is_ok());
/// assert!(sessions(server, ring, Duration::ZERO, revoked).unwrap_err().is_configuration());
/// # Ok::<(), sealed_session_axum::Error>(())
/// ```
pub fn sessions(
    server: Server,
    ring: KeyRing,
    idle: Duration,
    revoked: impl Into<Revocations>,
) -> Result<SessionManager, Error> {
    // Plain http: the servers listen on this machine only.
    let builder = SessionManager::builder(CookieSpec::development(server.cookie()), ring)
        // Every form brings a token, that of the sign-in, too.
        .cross_origin(CrossOrigin::new().with_form_tokens().also_without_session())
        .flash()
        .lifetime(lifetime(idle))
        // No proxy is in front. A stock nginx would need `proxy_buffer_size 8k`.
        .budget(Budget::within_8k())
        .revocations(revoked);
    let Some((own, other)) = server.origins() else {
        return builder.build();
    };
    let there = match server.letter() {
        Letter::A => "/arrive",
        Letter::B => "/give",
    };
    let sites = HandOver::new(&own)?.with_partner(&other, there)?;
    builder.audience(AUDIENCE).hand_over(sites).build()
}

/// Remembers who has just signed in for so long, of at most [`REMEMBERED`].
pub(crate) fn remember(session: &Session, lifetime: Duration) -> Result<(), Error> {
    session.remember(lifetime)?;
    if lifetime > REMEMBERED_IDLE {
        session.set_idle_timeout(REMEMBERED_IDLE)?;
    }
    Ok(())
}

/// Nobody has a shorter idle timeout than `idle`, so it sets how often a touch is sent.
fn lifetime(idle: Duration) -> Lifetime {
    let policy = Lifetime::new();
    policy
        .with_idle_timeout(idle)
        .with_absolute_lifetime(policy.absolute_lifetime().max(idle))
        .allow_idle(idle, REMEMBERED_IDLE)
        .with_remembered_up_to(REMEMBERED)
}

#[cfg(test)]
mod tests {
    use sealed_session_axum::Key;
    use sealed_session_axum::revocation::RevocationTable;

    use super::*;

    #[test]
    fn every_idle_timeout_of_the_command_line_makes_a_policy_and_sets_how_often_it_touches() {
        let ring = KeyRing::new(Key::generate().unwrap());
        for (idle, interval) in [(1, 1), (6, 3), (20, 10), (1_800, 180), (86_400, 8_640)] {
            let idle = Duration::from_secs(idle);
            assert_eq!(lifetime(idle).touch_interval().as_secs(), interval);
            let revoked = RevocationTable::new(1);
            let server = Server::new(Letter::A, ([127, 0, 0, 1], 3002).into());
            assert!(
                sessions(server, ring.clone(), idle, revoked).is_ok(),
                "{idle:?}"
            );
        }
    }
}
