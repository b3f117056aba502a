//! The text form of a key: `sealed_key_v1_` and 48 base64url characters, which are the 32 bytes
//! of the key and a 4-byte checksum.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::Error;

/// The prefix without its version. Secret scanners match `sealed_key_v1_[A-Za-z0-9_-]{48}`.
const FAMILY: &str = "sealed_key_v";
const PREFIX: &str = "sealed_key_v1_";
const CHARACTERS: usize = 48;

/// The text form of a key. It is wiped when dropped, and `Debug` shows nothing of it.
///
/// ```
/// # use sealed_session::Key;
/// let text = Key::generate()?.to_text();
/// assert!(text.expose().starts_with("sealed_key_v1_"));
/// assert_eq!(format!("{text:?}"), "KeyText(..)");
/// # Ok::<(), sealed_session::Error>(())
/// ```
pub struct KeyText(Zeroizing<String>);

impl KeyText {
    /// Returns the secret text.
    ///
    /// ```
    /// use sealed_session::Key;
    ///
    /// let key = Key::generate()?;
    /// assert_eq!(key.to_text().expose().parse::<Key>()?.id(), key.id());
    /// # Ok::<(), sealed_session::Error>(())
    /// ```
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText(..)")
    }
}

/// Computes the checksum of a key's text. It covers the prefix, and with it the version. It reveals nothing
/// that the key beside it does not.
fn checksum(master: &[u8; 32]) -> [u8; 4] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(PREFIX)
        .chain_update(master)
        .finalize()
        .into();
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

pub(super) fn write(master: &[u8; 32]) -> KeyText {
    let mut bytes = Zeroizing::new([0; 36]);
    let (key, check) = bytes.split_at_mut(master.len());
    key.copy_from_slice(master);
    check.copy_from_slice(&checksum(master));
    // Reserved in full, so that growing leaves no copy behind.
    let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + CHARACTERS));
    text.push_str(PREFIX);
    // By reference, so that no copy of the key is left on the stack.
    URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
    KeyText(text)
}

pub(super) fn read(text: &str) -> Result<Zeroizing<[u8; 32]>, Error> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
    let Some(body) = text.strip_prefix(PREFIX) else {
        return Err(Error::key(if text.is_empty() {
            "there is no text".to_owned()
        } else if text.starts_with(FAMILY) {
            format!("its version is not known here; this version reads `{PREFIX}`")
        } else {
            format!("it does not begin with `{PREFIX}`")
        }));
    };
    if body.len() != CHARACTERS {
        let fault = if body.len() < CHARACTERS {
            "was cut off"
        } else {
            "is too long"
        };
        return Err(Error::key(format!(
            "{} characters follow the prefix where {CHARACTERS} are expected; the text {fault}",
            body.len()
        )));
    }
    let mut bytes = Zeroizing::new([0; 36]);
    if URL_SAFE_NO_PAD.decode_slice(body, &mut *bytes).is_err() {
        let alphabet = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let at = body.chars().position(|c| !alphabet(c)).unwrap_or_default();
        return Err(Error::key(format!(
            "character {} is not one of A-Z a-z 0-9 - _",
            PREFIX.len() + at + 1
        )));
    }
    match bytes.split_first_chunk::<32>() {
        Some((master, check)) if checksum(master) == check => Ok(Zeroizing::new(*master)),
        _ => Err(Error::key(
            "the checksum does not match; some characters were changed",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_own_words_and_none_shows_the_key() {
        let good = write(&[7; 32]).expose().to_owned();
        let mut typo = good.clone();
        typo.replace_range(20..21, if &good[20..21] == "A" { "B" } else { "A" });
        let table = [
            ("".to_owned(), "there is no text"),
            ("   \n".to_owned(), "there is no text"),
            (
                good[1..].to_owned(),
                "it does not begin with `sealed_key_v1_`",
            ),
            (
                good.replace("_v1_", "_v2_"),
                "its version is not known here",
            ),
            (
                good[..40].to_owned(),
                "26 characters follow the prefix where 48 are expected",
            ),
            (format!("{good}x"), "49 characters follow the prefix"),
            (good.replacen(&good[24..25], "*", 60), "character"),
            (typo, "the checksum does not match"),
        ];
        for (text, wanted) in table {
            let error = read(&text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{error} / {wanted}");
            assert!(!error.contains(&good[24..40]), "{error}");
        }
        assert_eq!(*read(&format!("\t{good}\r\n")).unwrap(), [7; 32]);
    }
}
