//! Names what is revoked.

use std::fmt;

use smallvec::SmallVec;

use super::rule::Begun;
use crate::lifetime::Timestamp;
use crate::payload::SessionId;

/// The kind of a sign-in.
const SIGN_IN: u8 = 2;

/// What is revoked: which sessions end.
///
/// Targets belong to an [audience](crate::SessionManagerBuilder::audience): where two applications share a ring and
/// their subjects are not the same people, give them audiences of their own.
///
/// ```
/// use sealed_session::revocation::Target;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use time::OffsetDateTime;
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
///
/// let everywhere = manager.revocations_of(Target::Subject("user-17"), now);
/// let tenant = manager.revocations_of(Target::Label("tenant:7"), now);
/// assert_ne!(everywhere[0].target(), tenant[0].target());
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target<'a> {
    /// All sessions, signed in or not.
    Everything,
    /// The sessions of this [subject](crate::Session::subject): sign out everywhere. Those in which they
    /// [act](crate::Session::act_as) as somebody else end, too, and those in which somebody acts as them.
    Subject(&'a str),
    /// One sign-in with all its renewals: one device. Of the id only the half counts that lasts for the sign-in. It ends
    /// whenever it began.
    SignIn(SessionId),
    /// The sessions with this [label](crate::Session::set_labels).
    Label(&'a str),
}

impl Target<'_> {
    /// Returns the byte that tells kinds of targets apart. The numbers are frozen: see FORMAT.md.
    pub(crate) fn kind(&self) -> u8 {
        match self {
            Target::Everything => 0,
            Target::Subject(_) => 1,
            Target::SignIn(_) => SIGN_IN,
            Target::Label(_) => 3,
        }
    }

    /// Returns the bytes that name the target among those of its kind.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Target::Everything => &[],
            Target::Subject(text) | Target::Label(text) => text.as_bytes(),
            Target::SignIn(id) => id.sign_in(),
        }
    }
}

/// The name of a [`Target`] in what is kept: 16 bytes of a MAC under a key of the ring.
///
/// A reader of a store learns no subjects from it, and a writer cannot name any without the ring. Every key of the ring gives a
/// target another name; revocations are kept and looked for under all of them.
///
/// ```
/// use sealed_session::revocation::{Target, TargetId};
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # use time::OffsetDateTime;
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let now = OffsetDateTime::UNIX_EPOCH + time::Duration::weeks(2_900);
///
/// let id = manager.revocations_of(Target::Subject("user-17"), now)[0].target();
/// assert_eq!(TargetId::from_bytes(id.to_bytes()), id);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetId([u8; 16]);

impl TargetId {
    /// Reads what [`to_bytes`](TargetId::to_bytes) returns.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> TargetId {
        TargetId(bytes)
    }

    /// Returns the bytes, to be kept.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// Returns a number below `places`. It grows with the bytes, and all numbers are equally frequent, because a MAC
    /// looks random.
    pub(super) fn place(self, places: usize) -> usize {
        let [a, b, c, d, ..] = self.0;
        let start = u64::from(u32::from_be_bytes([a, b, c, d]));
        let places = u64::from(u32::try_from(places).unwrap_or(u32::MAX));
        usize::try_from((start * places) >> 32).unwrap_or_default()
    }
}

/// Shows nothing of it: what a name stands for can be tried out by whoever has the key.
impl fmt::Debug for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TargetId(..)")
    }
}

/// What one session is part of. Each target has a name under each key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct SessionTargets {
    /// Its sign-in, which is over if it is revoked at all.
    pub(crate) sign_in: SmallVec<[TargetId; 2]>,
    /// Everything, whoever signed in, and its labels: what began by the revocation is over.
    pub(crate) wider: SmallVec<[TargetId; 6]>,
    /// Whom somebody acts as, if somebody does.
    pub(crate) mask: Option<Box<MaskTargets>>,
}

/// The subject whom somebody acts as. It was theirs before, and so the time of the sign-in says nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MaskTargets {
    pub(crate) names: SmallVec<[TargetId; 2]>,
    pub(crate) since: Timestamp,
}

impl SessionTargets {
    /// Adds the name of a target of this kind.
    pub(crate) fn put(&mut self, kind: u8, name: TargetId) {
        match kind {
            SIGN_IN => self.sign_in.push(name),
            _ => self.wider.push(name),
        }
    }

    /// Returns whether a revocation of whom somebody acts as ends the session. `find` looks one up by its name.
    pub(super) fn is_unmasked(
        &self,
        skew: u64,
        find: impl Fn(&TargetId) -> Option<Timestamp>,
    ) -> bool {
        self.mask.as_deref().is_some_and(|mask| {
            let begun = Begun {
                at: mask.since,
                skew,
            };
            mask.names
                .iter()
                .filter_map(find)
                .any(|at| begun.is_hit(at))
        })
    }
}
