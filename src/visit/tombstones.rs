//! Tombstones: a session that was ended or renewed in this browser does not come back by a late response.

use smallvec::SmallVec;

use super::config::Config;
use super::held::Held;
use crate::carrier::{Family, Incoming};
use crate::cookie::Role;
use crate::head::HeaderChange;
use crate::lifetime::Timestamp;
use crate::payload::SessionId;
use crate::seal::TombstoneOf;

/// Why a session is over in this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Death {
    /// The sign-in was ended, with all its renewals.
    Ended,
    /// The session goes on under another id.
    Renewed,
}

impl Death {
    fn buried(self, id: &SessionId) -> TombstoneOf {
        match self {
            Death::Ended => TombstoneOf::SignIn(*id.sign_in()),
            Death::Renewed => TombstoneOf::Renewal(id.bytes()),
        }
    }

    fn role(self) -> Role {
        match self {
            Death::Ended => Role::Tombstone,
            Death::Renewed => Role::Renewed,
        }
    }
}

/// Returns the lines that keep `dead` sessions from coming back by a response that is under way.
pub(super) fn tombstones(
    config: &Config,
    came: &Incoming,
    (death, dead): (Death, &[Held]),
    now: Timestamp,
) -> Vec<HeaderChange> {
    let afterlife = |held: &Held| config.lifetime.tombstone_age(&held.times(held.used()), now);
    let Some((max_age, jar)) = dead.iter().map(afterlife).max().zip(came.jar()) else {
        return Vec::new();
    };
    let bury = |(at, family): (usize, &Family)| {
        let came: SmallVec<[&[u8]; 1]> = jar.marks(at, death.role()).flatten().collect();
        // Each goes in front of those before it.
        let mut text = String::new();
        for held in dead {
            let earlier = std::iter::once(text.as_bytes()).chain(came.iter().copied());
            let (buried, key) = (death.buried(&held.id), held.imprint.key());
            let sealer = &config.sealer;
            text = sealer.tombstones(&buried, key, &family.binding, earlier, now);
        }
        let name = family.names.of(death.role());
        HeaderChange::cookie(family.renderer.set(name, &text, Some(max_age)))
    };
    // Under a former name, too: nodes that do not know of the rename may be about to write it.
    config.carriers.cookies().families().map(bury).collect()
}

/// Returns why a session is over in this browser, if one of the tombstones that came is its own.
pub(super) fn death(config: &Config, came: &Incoming, id: &SessionId) -> Option<Death> {
    let jar = came.jar().filter(|jar| jar.has_tombstones())?;
    let lies = |death: &Death| {
        config.carriers.cookies().families().any(|(at, family)| {
            let came = jar.marks(at, death.role()).flatten();
            config
                .sealer
                .holds_tombstone_of(came, &death.buried(id), &family.binding)
        })
    };
    [Death::Ended, Death::Renewed].into_iter().find(lies)
}
