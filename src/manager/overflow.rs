//! Overflow: where a manager puts the session that fits in no cookie.

use super::SessionManagerBuilder;
use crate::error::Error;
use crate::overflow::Overflow;
use crate::seal::Format;

impl SessionManagerBuilder {
    /// Stores sessions there that fit in no cookie; see [`overflow`](crate::overflow). Such a session is an error by
    /// default. Each of several [slots](crate::slots) says so for itself.
    ///
    /// Only encrypted sessions are stored. Whoever holds a signed one can read its key, and could write the attributes
    /// together with whoever can write to the store.
    ///
    /// The [module](crate::overflow) has an example.
    pub fn overflow(mut self, overflow: Overflow) -> SessionManagerBuilder {
        self.overflow = Some(overflow);
        self
    }

    pub(super) fn check_overflow(&self) -> Result<(), Error> {
        let Some(overflow) = &self.overflow else {
            return Ok(());
        };
        if self.format == Format::Signed {
            return Err(Error::configuration(
                "signed sessions have no overflow, because their holders could read the keys; encrypt them by \
                 `format(Format::Encrypted)`, or leave the overflow out",
            ));
        }
        overflow.check().map_err(Error::configuration)
    }
}
