//! XAES-256-GCM (C2SP, `c2sp.org/XAES-256-GCM`): AES-256-GCM with a key for each message.
//!
//! Half of a 192-bit nonce derives the key, the other half is the nonce of AES-GCM. Both kinds of keys are
//! wiped when dropped. To a forger a message's key is worth as much as the ring's: it seals anything under
//! the half of the nonce that derived it, and that half stands in the clear.
//!
//! This file derives the key over the `aes` and `aes-gcm` crates because GCM only ever encrypts blocks:
//! without the round keys of decryption there is half as much to derive and to wipe.

use std::mem::MaybeUninit;

use aes::cipher::consts::U12;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes256Enc, Block};
use aes_gcm::AesGcm;
use aes_gcm::aead::AeadInOut;
use zeroize::Zeroizing;

use super::token::{NONCE, TAG};

/// Bytes of a nonce that derive the key.
const DERIVING: usize = NONCE / 2;

/// Bytes of a block of AES.
const BLOCK: usize = 16;

/// The cipher of one message, with its hash key. It borrows the round keys: to move them into it would leave another copy behind.
type MessageCipher<'k> = AesGcm<&'k Aes256Enc, U12>;

/// Room for what is wiped after one message. `zeroize` writes over what may be uninitialized as a whole, in wide words. The keys
/// within would wipe themselves byte by byte, and are not dropped.
type Room<T> = Zeroizing<MaybeUninit<T>>;

/// A key that seals and opens; wiped when dropped.
pub(super) struct Xaes {
    aes: Aes256Enc,
    /// The first subkey of CMAC (SP 800-38B section 6.1). Its bytes in memory are those of the block.
    subkey: Zeroizing<u128>,
}

impl Xaes {
    pub(super) fn new(key: &[u8; 32]) -> Xaes {
        let aes = Aes256Enc::new(key.into());
        let mut block = Block::default();
        aes.encrypt_block(&mut block);
        let doubled = double(u128::from_be_bytes(block.into()));
        Xaes {
            aes,
            subkey: Zeroizing::new(doubled.to_be()),
        }
    }

    /// Derives the round keys of one message.
    fn message<'r>(
        &self,
        deriving: &[u8; DERIVING],
        keys: &'r mut Room<Aes256Enc>,
    ) -> &'r Aes256Enc {
        let mut key = room();
        let key = key.write([0; 32]);
        let (halves, _) = key.as_chunks_mut();
        for (half, counter) in halves.iter_mut().zip([1, 2]) {
            let (start, rest) = half.split_at_mut(BLOCK - DERIVING);
            start.copy_from_slice(&[0, counter, b'X', 0]);
            rest.copy_from_slice(deriving);
            *half = (u128::from_ne_bytes(*half) ^ *self.subkey).to_ne_bytes();
        }
        self.aes
            .encrypt_blocks(Block::cast_slice_from_core_mut(halves));
        keys.write(Aes256Enc::new((&*key).into()))
    }

    /// Encrypts `plain` in place and returns the tag.
    pub(super) fn encrypt(&self, nonce: &[u8; NONCE], bound: &[u8], plain: &mut [u8]) -> [u8; TAG] {
        let (deriving, nonce) = halves(nonce);
        let (mut keys, mut cipher) = (room(), room());
        let keys = self.message(deriving, &mut keys);
        cipher
            .write(MessageCipher::from(keys))
            .encrypt_inout_detached(nonce.into(), bound, plain.into())
            .unwrap_or_else(|_| unreachable!("a token is far below the cipher's limit of 64 GiB"))
            .into()
    }

    /// Verifies the tag, and then decrypts `body` in place. Returns `None`, with `body` as it was, if the tag
    /// is wrong.
    pub(super) fn decrypt(
        &self,
        nonce: &[u8; NONCE],
        bound: &[u8],
        body: &mut [u8],
        tag: &[u8; TAG],
    ) -> Option<()> {
        let (deriving, nonce) = halves(nonce);
        let (mut keys, mut cipher) = (room(), room());
        let keys = self.message(deriving, &mut keys);
        cipher
            .write(MessageCipher::from(keys))
            .decrypt_inout_detached(nonce.into(), bound, body.into(), tag.into())
            .ok()
    }
}

fn room<T>() -> Room<T> {
    Room::new(MaybeUninit::uninit())
}

/// Multiplies by x in GF(2^128), in constant time.
fn double(element: u128) -> u128 {
    const REDUCTION: u128 = 0x87;
    (element << 1) ^ ((element >> 127) * REDUCTION)
}

fn halves(nonce: &[u8; NONCE]) -> (&[u8; DERIVING], &[u8; NONCE - DERIVING]) {
    match (nonce.first_chunk(), nonce.last_chunk()) {
        (Some(deriving), Some(rest)) => (deriving, rest),
        _ => unreachable!("both are half as long"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use xaes_256_gcm::Xaes256Gcm;
    use xaes_256_gcm::aead::{AeadInOut, KeyInit};
    use zeroize::ZeroizeOnDrop;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The specification's two test vectors: the top bit of the first subkey is clear in one and set in
    /// the other.
    #[test]
    fn the_specifications_vectors() {
        let nonce = b"ABCDEFGHIJKLMNOPQRSTUVWX";
        for (key, bound, sealed) in [
            (
                [1; 32],
                &b""[..],
                "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271",
            ),
            (
                [3; 32],
                b"c2sp.org/XAES-256-GCM",
                "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d",
            ),
        ] {
            let cipher = Xaes::new(&key);
            let mut text = *b"XAES-256-GCM";
            let tag = cipher.encrypt(nonce, bound, &mut text);
            assert_eq!(hex(&text) + &hex(&tag), sealed);
            assert!(cipher.decrypt(nonce, bound, &mut text, &tag).is_some());
            assert_eq!(&text, b"XAES-256-GCM");
        }
    }

    fn wiped<T: ZeroizeOnDrop>(key: T) -> T {
        key
    }

    #[test]
    fn the_key_of_one_message_seals_any_other_and_is_wiped() {
        let ring = Xaes::new(&[1; 32]);
        let nonce = b"ABCDEFGHIJKLMNOPQRSTUVWX";
        let (deriving, _) = halves(nonce);
        let mut keys: Room<Aes256Enc> = wiped(room());
        let _: fn(Room<MessageCipher<'static>>) -> _ = wiped;
        let message = ring.message(deriving, &mut keys);

        let (mut forged, bound) = (*b"root", b"another header");
        let nonce = [&deriving[..], &[7; NONCE - DERIVING]].concat();
        let nonce: &[u8; NONCE] = nonce.as_slice().try_into().unwrap();
        let (_, rest) = halves(nonce);
        let tag = MessageCipher::from(message)
            .encrypt_inout_detached(rest.into(), bound, forged.as_mut_slice().into())
            .unwrap();
        assert!(
            ring.decrypt(nonce, bound, &mut forged, &tag.into())
                .is_some()
        );
        assert_eq!(&forged, b"root");
    }

    proptest! {
        #[test]
        fn another_implementation_agrees(
            key: [u8; 32],
            nonce: [u8; NONCE],
            bound in proptest::collection::vec(any::<u8>(), 0..80),
            plain in proptest::collection::vec(any::<u8>(), 0..200),
            flip in 0..128usize,
        ) {
            let (here, there) = (Xaes::new(&key), Xaes256Gcm::new(&key.into()));
            let (mut one, mut other) = (plain.clone(), plain.clone());
            let mut tag = here.encrypt(&nonce, &bound, &mut one);
            let expected = there
                .encrypt_inout_detached(&nonce.into(), &bound, other.as_mut_slice().into())
                .unwrap();
            prop_assert_eq!((&one, &tag[..]), (&other, &expected[..]));

            tag[flip / 8] ^= 1 << (flip % 8);
            prop_assert!(here.decrypt(&nonce, &bound, &mut one, &tag).is_none());
            prop_assert_eq!(&one, &other);
            prop_assert!(here.decrypt(&nonce, &bound, &mut one, &expected.into()).is_some());
            prop_assert_eq!(one, plain);
        }
    }
}
