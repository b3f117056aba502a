//! The text form of a key: `sealed_key_v1_` and 48 base64url characters, which are the 32 bytes
//! of the key and a 4-byte checksum.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::Error;

/// The prefix without its version. Secret scanners match `sealed_key_v1_[A-Za-z0-9_-]{48}`.
pub(super) const FAMILY: &str = "sealed_key_v";
pub(super) const PREFIX: &str = "sealed_key_v1_";
const CHARACTERS: usize = 48;

/// How to make a key.
pub(super) const MAKE_ONE: &str = "make one by `sealed-session keygen`, which `cargo install \
     sealed-session-cli` brings, or print `Key::generate()?.to_text().expose()`";

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

/// Returns a text without what editors and shells leave around it: white space, a byte-order mark, and a pair of
/// quotes.
pub(super) fn bare(text: &str) -> &str {
    let is_around = |c: char| c.is_ascii_whitespace() || c == '\u{feff}';
    let text = text.trim_matches(is_around);
    let unquoted = |quote: char| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then(|| inner.trim_matches(is_around))
    };
    unquoted('"').or_else(|| unquoted('\'')).unwrap_or(text)
}

pub(super) fn read(text: &str) -> Result<Zeroizing<[u8; 32]>, Error> {
    let text = bare(text);
    let Some(body) = text.strip_prefix(PREFIX) else {
        return Err(Error::key(describe(text)));
    };
    if body.contains(FAMILY) {
        return Err(Error::key(
            "two keys run together; put a comma or a line break between them",
        ));
    }
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

/// Returns whether a key stands in `text`, whole or cut.
pub(super) fn holds_key(text: &str) -> bool {
    let is_of_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    // A name such as `sealed_key_v1.txt` is not one.
    let mut bodies = text.split(FAMILY).skip(1);
    bodies.any(|body| body.bytes().take_while(|byte| is_of_key(byte)).count() > CHARACTERS / 2)
}

/// Describes a text that does not begin as a key does: its kind, and no character of it. It may be a secret all
/// the same.
pub(super) fn describe(text: &str) -> String {
    if text.is_empty() {
        return format!("there is no text; {MAKE_ONE}");
    }
    if text.starts_with(FAMILY) {
        return format!("its version is not known here; this version reads `{PREFIX}`");
    }
    let hint = match kind(text) {
        Kind::Assigned => {
            "; a name and `=` stand in front of it: only what follows them is the key".to_owned()
        }
        Kind::Led => "; something stands in front of it".to_owned(),
        Kind::OtherCase => "; its letters changed their case, so copy it once more".to_owned(),
        Kind::Path => "; it looks like a path, which `KeyRing::from_file` takes".to_owned(),
        Kind::Hex => format!(
            "; it looks like the output of `openssl rand -hex 32`, which has no checksum: {MAKE_ONE}"
        ),
        Kind::Base64 => format!(
            "; it looks like the output of `openssl rand -base64 32`, which has no checksum: {MAKE_ONE}"
        ),
        Kind::Other => format!("; {MAKE_ONE}"),
    };
    format!("it does not begin with `{PREFIX}`{hint}")
}

/// What a text may be that is no key.
enum Kind {
    /// A line of a shell or of an environment file, name and all.
    Assigned,
    /// A key with something in front of it.
    Led,
    OtherCase,
    Path,
    /// 32 bytes as hex digits.
    Hex,
    /// 32 bytes in base64, with or without padding, of either alphabet.
    Base64,
    Other,
}

fn kind(text: &str) -> Kind {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    let digits = text.strip_suffix('=').unwrap_or(text);
    match text.split_once(FAMILY) {
        Some((front, _)) if front.trim_end_matches(['"', '\'', ' ']).ends_with('=') => {
            return Kind::Assigned;
        }
        Some(_) => return Kind::Led,
        None => {}
    }
    let front = text.get(..FAMILY.len()).unwrap_or_default();
    if front.eq_ignore_ascii_case(FAMILY) {
        Kind::OtherCase
    } else if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Kind::Hex
    } else if digits.len() == 43 && digits.bytes().all(is_base64) {
        Kind::Base64
    } else if text.starts_with(['/', '.', '~']) {
        Kind::Path
    } else {
        Kind::Other
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
            (format!("{good}{good}"), "two keys run together"),
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
