//! The grounds of a sign-in: when the visitor last proved who they are, who acts under the name of the subject, and the
//! sign-in at another site that this one was handed over from.
//!
//! Owns what is stored of them. It does not judge how old a proof may be, and knows no clock.

use super::wire::{Cursor, put_varint, read_subject};
use crate::error::Refusal;
use crate::lifetime::Timestamp;

/// The flag of a session whose visitor confirmed who they are.
const CONFIRMED: u8 = 0b0000_0001;
/// The flag of a session in which somebody acts as the subject.
const ACTING: u8 = 0b0000_0010;
/// The flag of a session that was handed over.
const ORIGIN: u8 = 0b0000_0100;

/// The grounds of a session. Nearly every one has none, and is to be no larger for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grounds(Option<Box<Parts>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts {
    proof: Proof,
    origin: Option<[u8; 8]>,
}

/// What is proven of the visitor. Nobody confirms who they are while they act as somebody else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Proof {
    #[default]
    Nothing,
    Confirmed(Timestamp),
    Acting(Acting),
}

/// Somebody who acts as the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acting {
    /// The subject of the real person.
    pub(crate) actor: Box<str>,
    /// Since when. A revocation of the subject that was made before does not count.
    pub(crate) since: Timestamp,
}

impl Grounds {
    /// Returns those of a session that was handed over from this sign-in at another site.
    pub(crate) fn of(origin: Option<[u8; 8]>) -> Grounds {
        Grounds::made(Parts {
            proof: Proof::Nothing,
            origin,
        })
    }

    /// Returns these, and that the visitor confirmed who they are at this time.
    pub(crate) fn confirmed_at(&self, at: Timestamp) -> Grounds {
        self.with(Proof::Confirmed(at))
    }

    /// Returns these with somebody who acts, or with nobody who does. A proof is forgotten.
    pub(crate) fn acting_by(&self, acting: Option<Acting>) -> Grounds {
        self.with(acting.map_or(Proof::Nothing, Proof::Acting))
    }

    fn with(&self, proof: Proof) -> Grounds {
        Grounds::made(Parts {
            proof,
            origin: self.origin(),
        })
    }

    fn made(parts: Parts) -> Grounds {
        Grounds((parts != Parts::default()).then(|| Box::new(parts)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns when the visitor last confirmed who they are.
    pub(crate) fn confirmed(&self) -> Option<Timestamp> {
        match self.0.as_ref()?.proof {
            Proof::Confirmed(at) => Some(at),
            Proof::Nothing | Proof::Acting(_) => None,
        }
    }

    /// Returns who acts as the subject.
    pub(crate) fn acting(&self) -> Option<&Acting> {
        match &self.0.as_ref()?.proof {
            Proof::Acting(acting) => Some(acting),
            Proof::Nothing | Proof::Confirmed(_) => None,
        }
    }

    /// Returns the half of an id that stands for the sign-in at another site.
    pub(crate) fn origin(&self) -> Option<[u8; 8]> {
        self.0.as_ref()?.origin
    }

    /// Appends the grounds of a session that has some.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let Some(Parts { proof, origin }) = self.0.as_deref() else {
            return;
        };
        let of_origin = if origin.is_some() { ORIGIN } else { 0 };
        match proof {
            Proof::Nothing => out.push(of_origin),
            Proof::Confirmed(at) => {
                out.push(of_origin | CONFIRMED);
                out.extend_from_slice(&at.0.to_be_bytes());
            }
            Proof::Acting(Acting { actor, since }) => {
                out.push(of_origin | ACTING);
                out.extend_from_slice(&since.0.to_be_bytes());
                put_varint(out, actor.len());
                out.extend_from_slice(actor.as_bytes());
            }
        }
        out.extend_from_slice(origin.as_ref().map_or(&[], |half| &half[..]));
    }

    /// Reads what [`put`](Grounds::put) wrote of a session of this subject. Without a subject there is nothing to have
    /// grounds for, and nobody acts as themselves.
    #[cold]
    pub(super) fn read(cursor: &mut Cursor<'_>, subject: Option<&str>) -> Result<Grounds, Refusal> {
        let flags = cursor.byte()?;
        if flags & !(CONFIRMED | ACTING | ORIGIN) != 0 {
            return Err(Refusal::RecordTooNew);
        }
        let subject = subject.ok_or(Refusal::Malformed)?;
        let mut time = || Ok(Timestamp(u32::from_be_bytes(cursor.array()?)));
        let proof = match flags & (CONFIRMED | ACTING) {
            0 => Proof::Nothing,
            CONFIRMED => Proof::Confirmed(time()?),
            ACTING => {
                let since = time()?;
                let actor = read_subject(cursor)?;
                if *actor == *subject {
                    return Err(Refusal::Malformed);
                }
                Proof::Acting(Acting { actor, since })
            }
            _ => return Err(Refusal::Malformed),
        };
        let origin = match flags & ORIGIN {
            0 => None,
            _ => Some(cursor.array()?),
        };
        // A session without grounds has no flag for them.
        let grounds = Grounds::made(Parts { proof, origin });
        match grounds.is_empty() {
            true => Err(Refusal::Malformed),
            false => Ok(grounds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grounds_have_one_form() {
        let none = Grounds::default();
        let origin = Grounds::of(Some([7; 8]));
        let acting = |since| {
            Some(Acting {
                actor: "ada".into(),
                since: Timestamp(since),
            })
        };
        let table: &[(Grounds, &[u8])] = &[
            (none.confirmed_at(Timestamp(258)), &[1, 0, 0, 1, 2]),
            (
                none.acting_by(acting(3)),
                &[2, 0, 0, 0, 3, 3, b'a', b'd', b'a'],
            ),
            (origin.clone(), &[4, 7, 7, 7, 7, 7, 7, 7, 7]),
            (
                origin.confirmed_at(Timestamp(1)),
                &[5, 0, 0, 0, 1, 7, 7, 7, 7, 7, 7, 7, 7],
            ),
            (
                origin.acting_by(acting(1)),
                &[6, 0, 0, 0, 1, 3, b'a', b'd', b'a', 7, 7, 7, 7, 7, 7, 7, 7],
            ),
        ];
        for (grounds, bytes) in table {
            let mut out = Vec::new();
            grounds.put(&mut out);
            assert_eq!(out, *bytes);
            let read = Grounds::read(&mut Cursor::new(bytes, 0), Some("user-17"));
            assert_eq!(read, Ok(grounds.clone()));
            for cut in 0..bytes.len() {
                let read = Grounds::read(&mut Cursor::new(&bytes[..cut], 0), Some("user-17"));
                assert_eq!(read, Err(Refusal::Malformed), "{bytes:?}, {cut}");
            }
            let read = Grounds::read(&mut Cursor::new(bytes, 0), None);
            assert_eq!(read, Err(Refusal::Malformed), "nobody is signed in");
        }
        let acting = table[1].0.clone();
        assert_eq!(acting.acting_by(None), none, "it is no larger than before");
        assert_eq!(acting.confirmed(), None);
        let refused: &[(&[u8], Refusal)] = &[
            (&[0], Refusal::Malformed),
            (&[3, 0, 0, 0, 1, 0, 0, 0, 1, 1, b'a'], Refusal::Malformed),
            (&[2, 0, 0, 0, 1, 0], Refusal::Malformed),
            (&[2, 0, 0, 0, 1, 1, 0xff], Refusal::Malformed),
            (&[2, 0, 0, 0, 1, 1, b'u'], Refusal::Malformed),
            (&[8], Refusal::RecordTooNew),
            (&[0x81, 0, 0, 0, 1], Refusal::RecordTooNew),
        ];
        for (bytes, refusal) in refused {
            let read = Grounds::read(&mut Cursor::new(bytes, 0), Some("u"));
            assert_eq!(read, Err(*refusal), "{bytes:?}");
        }
    }
}
