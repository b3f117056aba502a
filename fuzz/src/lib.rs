//! What the targets share. Under `cfg(sealed_session_fuzzing)` the library checks no tags and
//! encrypts nothing, so that a token is its header, a nonce, the payload and sixteen bytes of
//! anything.

#![forbid(unsafe_code)]

#[cfg(not(sealed_session_fuzzing))]
compile_error!(
    "run `cargo xtask fuzz`, or set RUSTFLAGS='--cfg sealed_session_fuzzing' for `cargo fuzz`"
);

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::{Budget, CookieSpec, Format, Key, KeyRing, Lifetime, Session, SessionManager};
use time::OffsetDateTime;

/// Seconds since 1970 of every request here.
pub const NOW: u32 = 1_800_000_000;

pub fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW.into()).expect("in range")
}

pub fn key() -> Key {
    Key::new(&[1; 32]).expect("a good key")
}

/// Under the default name, and under one that siblings can plant.
pub static MANAGERS: LazyLock<[SessionManager; 2]> =
    LazyLock::new(|| ["__Host-session", "s"].map(manager));

/// Accepts everything that a configuration can accept.
fn manager(name: &str) -> SessionManager {
    SessionManager::builder(CookieSpec::exact(name), KeyRing::new(key()))
        .former_cookie(CookieSpec::exact("former"))
        .accept_format(Format::Signed)
        .budget(Budget::direct())
        .lifetime(
            Lifetime::new()
                .allow_idle(Duration::from_secs(60), Duration::from_secs(3_600))
                .with_remembered_up_to(Duration::from_secs(86_400)),
        )
        .build()
        .expect("a good configuration")
}

/// A cookie value that opens to `payload`.
pub fn token(payload: &[u8]) -> String {
    let id = u32::from_str_radix(&key().id().to_string(), 16).expect("eight hex digits");
    let mut token = vec![1];
    token.extend_from_slice(&id.to_be_bytes());
    token.extend_from_slice(&NOW.to_be_bytes());
    token.extend_from_slice(&[0; 24]);
    token.extend_from_slice(payload);
    token.extend_from_slice(&[0; 16]);
    URL_SAFE_NO_PAD.encode(token)
}

pub fn load(manager: &SessionManager, line: &[u8]) -> Session {
    manager.load(RequestHead::new([line]), now())
}

/// Commits, checks every line against the limits, and returns the next request's `Cookie` line;
/// `None` if the session is over its budget.
pub fn commit(manager: &SessionManager, session: &Session) -> Option<String> {
    let changes = match manager.commit(session, ResponseHead::new(200), now()) {
        Ok(changes) => changes,
        Err(error) => {
            assert!(error.is_too_large(), "{error}");
            return None;
        }
    };
    let mut pairs = Vec::new();
    for change in &changes {
        if change.name() == "set-cookie" {
            let value = change.value();
            assert!(value.len() <= 4_000, "a line of {} bytes", value.len());
            assert!(
                value.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
                "{value:?}"
            );
            // Any MAC is right here, so the tombstone of a renewal would be that of what it became.
            let pair = value.split(';').next().unwrap_or_default();
            let is_renewed = pair
                .split('=')
                .next()
                .is_some_and(|name| name.ends_with(".r"));
            if !value.ends_with("Max-Age=0") && !is_renewed {
                pairs.push(pair.to_owned());
            }
        }
    }
    Some(pairs.join("; "))
}
