//! All that a key is while it is used: derived keys, round keys, states of HMAC.
//!
//! Reckoned here by the specifications, and cut into pieces of eight bytes, the size of a register:
//! what a compiler has put aside is seldom more at a time.

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes256Enc, Block};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use sha2::{Sha256, block_api::compress256};

use super::work::PURPOSE;

/// Bytes of a piece.
pub(crate) const PIECE: usize = 8;

/// Something that nobody may find.
pub(crate) struct Secret {
    pub(crate) name: String,
    pub(crate) pieces: Vec<[u8; PIECE]>,
}

impl Secret {
    fn new(name: String, bytes: &[u8]) -> Secret {
        let mut pieces = Vec::new();
        for piece in bytes.as_chunks::<PIECE>().0 {
            let [a, b, c, d, e, f, g, h] = *piece;
            // As it is, as two words of the other byte order, as one, and with its words swapped.
            pieces.push([a, b, c, d, e, f, g, h]);
            pieces.push([d, c, b, a, h, g, f, e]);
            pieces.push([h, g, f, e, d, c, b, a]);
            pieces.push([e, f, g, h, a, b, c, d]);
        }
        pieces.sort_unstable();
        pieces.dedup();
        Secret { name, pieces }
    }
}

/// The 32 bytes of a key's text.
pub(crate) fn decode(text: &str) -> [u8; 32] {
    let body = text.strip_prefix("sealed_key_v1_").unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(body).unwrap();
    *bytes.first_chunk().unwrap()
}

/// All of a key of the ring, which is called `name`.
pub(crate) fn of_ring(name: &str, master: &[u8; 32], text: &str) -> Vec<Secret> {
    let named = |what: &str| format!("{name}: {what}");
    let (prk, hkdf) = Hkdf::<Sha256>::extract(None, master);
    let mut all = vec![
        Secret::new(named("text"), &text.as_bytes()["sealed_key_v1_".len()..]),
        Secret::new(named("master"), master),
        Secret::new(named("extracted"), &prk),
    ];
    all.extend(states(&named("extracted"), &prk.into()));
    let purpose = PURPOSE.name();
    for (kind, application, what) in [
        (1, "", "encryption"),
        (2, "", "mac"),
        (3, "", "touch"),
        (4, "", "tombstone"),
        (6, purpose, "ticket"),
        (7, "", "target"),
        (8, "", "once"),
        (9, "", "form token"),
        (10, purpose, "state of a ticket"),
    ] {
        let mut key = [0; 32];
        let length = u8::try_from(application.len()).unwrap();
        let info: [&[u8]; 4] = [
            b"sealed-session v1",
            &[kind],
            &[0, length],
            application.as_bytes(),
        ];
        hkdf.expand_multi_info(&info, &mut key).unwrap();
        if kind == 1 || kind == 6 {
            all.extend(of_cipher(&named(what), &key));
            all.push(Secret::new(
                named(&format!("{what}, XAES subkey")),
                &subkey(&key),
            ));
        } else {
            all.push(Secret::new(named(what), &key));
            all.extend(states(&named(what), &key));
        }
    }
    all
}

/// All of the key of one message; none if the token is signed.
pub(crate) fn of_message(master: &[u8; 32], token: &str) -> Vec<Secret> {
    let token = URL_SAFE_NO_PAD.decode(token).unwrap();
    if token[0] != 1 {
        return Vec::new();
    }
    let mut encryption = [0; 32];
    let info: [&[u8]; 3] = [b"sealed-session v1", &[1], &[0, 0]];
    let (_, hkdf) = Hkdf::<Sha256>::extract(None, master);
    hkdf.expand_multi_info(&info, &mut encryption).unwrap();
    let half = |counter: u8| {
        let input = [0, counter, b'X', 0]
            .into_iter()
            .chain(token[9..21].iter().copied());
        let mut block: Vec<u8> = input.zip(subkey(&encryption)).map(|(a, b)| a ^ b).collect();
        let block: &mut [u8; 16] = block.as_mut_slice().try_into().unwrap();
        encrypt(&encryption, *block)
    };
    let key: Vec<u8> = [half(1), half(2)].concat();
    of_cipher("message", &key.try_into().unwrap())
}

fn encrypt(key: &[u8; 32], block: [u8; 16]) -> [u8; 16] {
    let mut block = Block::from(block);
    Aes256Enc::new(key.into()).encrypt_block(&mut block);
    block.into()
}

/// CMAC's first subkey.
fn subkey(key: &[u8; 32]) -> [u8; 16] {
    let element = u128::from_be_bytes(encrypt(key, [0; 16]));
    ((element << 1) ^ ((element >> 127) * 0x87)).to_be_bytes()
}

/// A key of AES-256, its round keys, and what it makes of the empty block, which is the key of GHASH.
fn of_cipher(name: &str, key: &[u8; 32]) -> Vec<Secret> {
    vec![
        Secret::new(name.to_owned(), key),
        Secret::new(format!("{name}, round keys"), &round_keys(key)[32..]),
        Secret::new(format!("{name}, GHASH"), &encrypt(key, [0; 16])),
    ]
}

/// FIPS 197 section 5.2.
fn round_keys(key: &[u8; 32]) -> Vec<u8> {
    let mut words: Vec<[u8; 4]> = key.as_chunks::<4>().0.to_vec();
    let mut constant = 1_u8;
    for at in 8..60 {
        let mut word = words[at - 1];
        if at % 8 == 0 {
            word.rotate_left(1);
            word = word.map(substitute);
            word[0] ^= constant;
            constant = double(constant);
        } else if at % 8 == 4 {
            word = word.map(substitute);
        }
        let before = words[at - 8];
        words.push(std::array::from_fn(|byte| word[byte] ^ before[byte]));
    }
    words.concat()
}

fn double(element: u8) -> u8 {
    (element << 1) ^ ((element >> 7) * 0x1b)
}

fn multiply(one: u8, other: u8) -> u8 {
    let bits = (0..8).rev().map(|bit| (other >> bit) & 1);
    bits.fold(0, |sum, bit| double(sum) ^ (bit * one))
}

/// FIPS 197 section 5.1.1: the inverse, which is the 254th power, and an affine map.
fn substitute(byte: u8) -> u8 {
    let inverse = (0..254).fold(1, |power, _| multiply(power, byte));
    let turned = (0..5).map(|by| inverse.rotate_left(by));
    turned.fold(0x63, |sum, turned| sum ^ turned)
}

/// What HMAC makes of a key, and keeps (RFC 2104 section 4): it forges as well as the key does.
fn states(name: &str, key: &[u8; 32]) -> Vec<Secret> {
    let mut all = Vec::new();
    for (pad, what) in [(0x36, "inner"), (0x5c, "outer")] {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(to, byte)| *to ^= byte);
        all.push(Secret::new(format!("{name}, {what} block"), &block[..32]));
        let mut state = [
            0x6a09_e667,
            0xbb67_ae85,
            0x3c6e_f372,
            0xa54f_f53a,
            0x510e_527f,
            0x9b05_688c,
            0x1f83_d9ab,
            0x5be0_cd19,
        ];
        compress256(&mut state, &[block]);
        let [a, b, c, d, e, f, g, h] = state;
        // In order, and as SHA-NI holds it.
        for order in [[a, b, c, d, e, f, g, h], [f, e, b, a, h, g, d, c]] {
            let bytes: Vec<u8> = order
                .iter()
                .flat_map(|word: &u32| word.to_le_bytes())
                .collect();
            all.push(Secret::new(format!("{name}, {what} state"), &bytes));
        }
    }
    all
}

#[test]
fn round_keys_are_those_of_the_standard() {
    // FIPS 197, appendix A.3: the last word.
    let key: [u8; 32] = [
        0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77,
        0x81, 0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14,
        0xdf, 0xf4,
    ];
    assert_eq!(round_keys(&key)[236..], [0x70, 0x6c, 0x63, 0x1e]);
}
