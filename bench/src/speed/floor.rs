//! The raw floor: what opening a token's bytes takes, with nothing around it.

use std::hint::black_box;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64_simd::{Out, URL_SAFE_NO_PAD};

use super::core::Core;
use super::entry::{Entry, Subject};
use super::kind::Kind;

/// What stands before the ciphertext of a token: header and nonce, in the clear (FORMAT.md, section 2).
const CLEAR: usize = 33;
const TAG: usize = 16;

/// Makes one for every session.
pub(crate) fn entries() -> Result<Vec<Entry>, String> {
    let kinds = Kind::CORPUS.into_iter().chain([Kind::Large]);
    kinds.map(entry).collect()
}

fn entry(kind: Kind) -> Result<Entry, String> {
    let token = Core::new(kind).map_err(|error| error.to_string())?.token();
    let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).map_err(|_| "no key")?;
    let key = LessSafeKey::new(key);
    let text = sealed(&key, &token)?;
    let mut buffer = vec![0; text.len()];
    let open = move |count| {
        for _ in 0..count {
            let is_open = open(&key, black_box(&text), &mut buffer);
            assert!(is_open, "the floor opens what it sealed");
        }
    };
    Ok(Entry {
        subject: Subject::Floor(kind),
        run: Box::new(open),
        bare: None,
    })
}

/// Seals as many bytes as `token` has.
fn sealed(key: &LessSafeKey, token: &str) -> Result<String, String> {
    let decoded = URL_SAFE_NO_PAD.decoded_length(token.as_bytes());
    let length = decoded.map_err(|cause| cause.to_string())?;
    let mut bytes = vec![0; length];
    let tag = bytes
        .get_mut(CLEAR..length - TAG)
        .and_then(|payload| {
            key.seal_in_place_separate_tag(nonce(), Aad::empty(), payload)
                .ok()
        })
        .ok_or("the floor cannot be sealed")?;
    if let Some(place) = bytes.get_mut(length - TAG..) {
        place.copy_from_slice(tag.as_ref());
    }
    Ok(URL_SAFE_NO_PAD.encode_to_string(&bytes))
}

fn open(key: &LessSafeKey, text: &str, buffer: &mut [u8]) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text.as_bytes(), Out::from_slice(buffer)) else {
        return false;
    };
    let sealed = bytes.get_mut(CLEAR..);
    let opened = sealed.and_then(|sealed| key.open_in_place(nonce(), Aad::empty(), sealed).ok());
    black_box(opened).is_some()
}

/// Returns a fixed one: nothing here is a secret.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}
