//! Tombstones: what was ended or renewed in this browser does not come back by a late response.

use smallvec::SmallVec;

use super::arrival::Held;
use super::context::{Context, Family};
use crate::cookie::{Jar, Names};
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

    fn name(self, names: &Names) -> &str {
        match self {
            Death::Ended => names.tombstone(),
            Death::Renewed => names.renewed(),
        }
    }

    /// The tombstones of this kind that came along.
    fn came(self, jar: &Jar, family: usize) -> SmallVec<[&[u8]; 1]> {
        match self {
            Death::Ended => jar.tombstones(family).collect(),
            Death::Renewed => jar.renewed(family).collect(),
        }
    }
}

/// The lines that keep `dead` sessions from coming back by a response that is under way.
pub(super) fn tombstones(
    context: &Context,
    jar: &Jar,
    (death, dead): (Death, &[Held]),
    now: Timestamp,
) -> Vec<String> {
    let afterlife = |held: &Held| {
        context
            .lifetime
            .tombstone_age(&held.times(held.used()), now)
    };
    let Some(max_age) = dead.iter().map(afterlife).max() else {
        return Vec::new();
    };
    let bury = |(at, family): (usize, &Family)| {
        let came = death.came(jar, at);
        let add = |text: String, held: &Held| {
            let earlier = std::iter::once(text.as_bytes()).chain(came.iter().copied());
            let (buried, key) = (death.buried(&held.id), held.imprint.key());
            let sealer = &context.sealer;
            sealer.tombstones(&buried, key, &family.binding, earlier, now)
        };
        // Each goes in front of those before it.
        let text = dead.iter().fold(String::new(), add);
        family
            .renderer
            .set(death.name(&family.names), &text, Some(max_age))
    };
    // Under a former name, too: nodes that do not know of the rename may be about to write it.
    context.families().map(bury).collect()
}

/// Returns why a session is over in this browser, if one of the tombstones that came is its own.
pub(super) fn verdict(context: &Context, jar: &Jar, id: &SessionId) -> Option<Death> {
    if !jar.has_tombstones() {
        return None;
    }
    let lies = |death: Death| {
        context.families().any(|(at, family)| {
            let came = death.came(jar, at).into_iter();
            context
                .sealer
                .holds_tombstone_of(came, &death.buried(id), &family.binding)
        })
    };
    if lies(Death::Ended) {
        Some(Death::Ended)
    } else if lies(Death::Renewed) {
        Some(Death::Renewed)
    } else {
        None
    }
}
