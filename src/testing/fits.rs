//! Sizes of an application's values, asserted before visitors find them out.

use time::OffsetDateTime;

use crate::cookie::Budget;
use crate::error::Error;
use crate::head::RequestHead;
use crate::keys::{Key, KeyRing};
use crate::manager::SessionManager;
use crate::session::{Size, WriteKey};

/// Asserts, in a test of an application, that a session with `value` and nothing else stays within
/// `budget`, and returns its size. All other configuration is the default.
///
/// Take the largest value that the application allows, with content like the real one: the size is
/// that after compression, and a name of 40 times `x` costs next to nothing.
///
/// # Panics
///
/// If it does not fit, with a message that says by how much; and if the value cannot be stored at
/// all.
///
/// ```
/// use sealed_session::testing::assert_fits;
/// use sealed_session::{Attribute, Budget};
///
/// const CART: Attribute<Vec<(u32, u16)>> = Attribute::new("cart");
///
/// // In a test:
/// let largest: Vec<(u32, u16)> = (0..200).map(|n| (n * 7_919, 1)).collect();
/// let size = assert_fits(Budget::within_8k(), CART, largest);
/// assert!(size.room > 1_000, "and leaves room for the rest: {size:?}");
/// ```
///
/// For a whole session under an application's own configuration, do the same with its manager:
///
/// ```
/// # use sealed_session::testing::Browser;
/// # use sealed_session::{Key, KeyRing, SessionManager};
/// # let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// let session = Browser::default().session(&manager);
/// session.sign_in("user-17", &[])?;
/// session.insert("theme", "dark")?;
/// assert!(session.size()?.room > 1_500);
/// # Ok::<(), sealed_session::Error>(())
/// ```
#[track_caller]
pub fn assert_fits<V>(budget: Budget, key: impl WriteKey<V>, value: V) -> Size {
    match size(budget, key, value) {
        Ok(size) => size,
        Err(error) => panic!("{error}"),
    }
}

fn size<V>(budget: Budget, key: impl WriteKey<V>, value: V) -> Result<Size, Error> {
    let builder = SessionManager::builder("shop", KeyRing::new(Key::generate()?));
    let manager = builder.budget(budget).build()?;
    // No size depends on the time.
    let session = manager.load(RequestHead::default(), OffsetDateTime::UNIX_EPOCH);
    session.insert(key, value)?;
    session.size()
}
