//! Deposits: attributes that are kept apart from their token, under a key of their own that the token holds.
//!
//! Each deposit has a fresh name and a fresh key, and neither is used again. So whoever keeps it learns a length and a
//! time, and nobody can bring an older one back under the same name.

use zeroize::Zeroizing;

use super::binding::Binding;
use super::token::{NONCE, TAG};
use super::xaes::Xaes;
use crate::error::Error;

/// Random bytes by which a deposit is found.
pub(crate) type DepositName = [u8; 16];

/// A name and a key: what a session keeps of attributes that are not in its token.
#[derive(Clone)]
pub(crate) struct Deposit {
    name: DepositName,
    key: Zeroizing<[u8; 32]>,
}

/// What was in a deposit. [`Deposit::open`] is the only way to get it, so its bytes are authentic.
pub(crate) struct Contents(Vec<u8>);

/// The beginning of the associated data.
const CONSTANT: &[u8] = b"sealed-session deposit v1";

/// One key seals one message, so any nonce is unique under it (SP 800-38D section 8).
const ONLY: [u8; NONCE] = [0; NONCE];

impl Deposit {
    /// Bytes beside what is sealed.
    pub(crate) const OVERHEAD: usize = TAG;

    /// Makes a deposit of a fresh name and a fresh key.
    ///
    /// # Errors
    ///
    /// If the operating system gives no random bytes.
    pub(crate) fn draw() -> Result<Deposit, Error> {
        let mut drawn = Deposit::new([0; 16], [0; 32]);
        getrandom::fill(&mut drawn.name).map_err(Error::randomness)?;
        getrandom::fill(&mut *drawn.key).map_err(Error::randomness)?;
        Ok(drawn)
    }

    pub(crate) fn new(name: DepositName, key: [u8; 32]) -> Deposit {
        Deposit {
            name,
            key: Zeroizing::new(key),
        }
    }

    pub(crate) fn name(&self) -> &DepositName {
        &self.name
    }

    /// Returns the key, for the token to hold.
    pub(crate) fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// Seals what is to be kept. To be called once.
    pub(crate) fn seal(&self, binding: &Binding, mut plain: Vec<u8>) -> Vec<u8> {
        let tag = Xaes::new(&self.key).encrypt(&ONLY, &self.bound(binding), &mut plain);
        plain.extend_from_slice(&tag);
        plain
    }

    /// Opens what was kept; `None` if it is not what was sealed for this deposit and this binding.
    pub(crate) fn open(&self, binding: &Binding, sealed: &[u8]) -> Option<Contents> {
        let (body, tag) = sealed.split_last_chunk::<TAG>()?;
        let mut plain = body.to_vec();
        if !cfg!(sealed_session_fuzzing) {
            Xaes::new(&self.key).decrypt(&ONLY, &self.bound(binding), &mut plain, tag)?;
        }
        Some(Contents(plain))
    }

    /// Returns the associated data. The name has a fixed length, and the context carries those of its parts.
    fn bound(&self, binding: &Binding) -> Vec<u8> {
        [CONSTANT, &self.name, binding.context()].concat()
    }
}

impl Contents {
    pub(crate) fn plain(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deposit_opens_for_its_name_its_key_and_its_binding_only() {
        let session = |name| Binding::new("session", name, "");
        let (here, there) = (session("shop"), session("forum"));
        let (one, other) = (Deposit::draw().unwrap(), Deposit::draw().unwrap());
        let sealed = one.seal(&here, b"attributes".to_vec());
        let opened = |deposit: &Deposit, binding, sealed: &[u8]| {
            let contents = deposit.open(binding, sealed)?;
            Some(contents.plain().to_vec())
        };
        assert_eq!(
            opened(&one, &here, &sealed).as_deref(),
            Some(&b"attributes"[..])
        );

        assert!(opened(&one, &there, &sealed).is_none());
        assert!(opened(&other, &here, &sealed).is_none());
        for swapped in [
            Deposit::new(other.name, *one.key),
            Deposit::new(one.name, *other.key),
        ] {
            assert!(opened(&swapped, &here, &sealed).is_none());
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(opened(&one, &here, &changed).is_none(), "byte {at}");
            assert!(opened(&one, &here, &sealed[..at]).is_none(), "{at} bytes");
        }
    }
}
