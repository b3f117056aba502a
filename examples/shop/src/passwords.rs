//! The passwords of the accounts, as a shop with a database keeps them: only their hashes.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};

/// What every account has for a password until it is reset.
pub(crate) const DEMO: &str = "clay";

/// The most accounts that have a password of their own.
const ROOM: usize = 10_000;

/// The fewest and the most bytes of a new password. The upper bound keeps hashing short.
pub(crate) const LENGTHS: std::ops::RangeInclusive<usize> = 8..=128;

/// Hashes of passwords. A clone is the same table.
///
/// ```
/// let passwords = shop::Passwords::default();
/// assert!(passwords.is_of("demo:Ada", "clay"), "that of every account");
///
/// let before = passwords.state("demo:Ada");
/// assert!(passwords.replace("demo:Ada", &before, "porcelain"));
/// assert!(passwords.is_of("demo:Ada", "porcelain"));
/// assert!(!passwords.is_of("demo:Ada", "clay"));
/// assert!(!passwords.replace("demo:Ada", &before, "earthenware"), "it is another state by now");
/// ```
#[derive(Clone, Default)]
pub struct Passwords(Arc<Mutex<HashMap<String, String>>>);

impl Passwords {
    /// Returns whether this is the account's password. It takes as long as hashing does, so ask on a thread that may
    /// block. A real shop limits the attempts.
    #[must_use]
    pub fn is_of(&self, account: &str, password: &str) -> bool {
        if password.len() > *LENGTHS.end() {
            return false;
        }
        match phc::PasswordHash::new(&self.state(account)) {
            Ok(hash) => {
                let verified = Argon2::default().verify_password(password.as_bytes(), &hash);
                verified.is_ok()
            }
            // No secret: the sign-in page shows it.
            Err(_) => password == DEMO,
        }
    }

    /// Returns what is another text with each password: its hash, or none for that of every account.
    #[must_use]
    pub fn state(&self, account: &str) -> String {
        self.lock().get(account).cloned().unwrap_or_default()
    }

    /// Sets a password if its state still is `before`: two requests with one link do not both come through. Returns
    /// whether it did; it does not if there is no room either. It takes as long as hashing does.
    #[must_use]
    pub fn replace(&self, account: &str, before: &str, password: &str) -> bool {
        let Ok(hash) = Argon2::default().hash_password(password.as_bytes()) else {
            return false;
        };
        let mut all = self.lock();
        let present = all.get(account).map_or("", String::as_str);
        let has_room = all.contains_key(account) || all.len() < ROOM;
        let may = present == before && has_room;
        if may {
            all.insert(account.to_owned(), hash.to_string());
        }
        may
    }

    /// A panic under the lock leaves a whole table: each change is one call of the map.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}
