//! The contract of a mirrored type.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::trace::Trace;

/// A type that reads exactly what it writes, so that a value under
/// [`Attribute::mirrored`](crate::Attribute::mirrored) needs no proof.
///
/// [`mirrored!`](crate::mirrored) makes such types. Of the standard library's these are so: numbers, also
/// those that are not zero, `bool`, `char`, `String`, `()`, `Option`, `Box`, `Vec`, `VecDeque`, `Cow<'static, str>`, arrays, tuples of
/// up to eight, `Duration` and IP addresses. So are maps and sets whose keys the standard library compares: numbers,
/// texts and what holds only these. A type's own `Ord`, `Eq` or `Hash`, or another hasher, may lose elements
/// when a map is filled again.
///
/// Do not implement it by hand. The compiler cannot see then what `Serialize` and `Deserialize` do, and a value
/// may come back as another one. Builds with debug assertions prove each value in spite of it.
///
/// ```
/// use sealed_session::Mirrored;
///
/// fn is_mirrored<T: Mirrored>() {}
/// is_mirrored::<Vec<(String, Option<u32>)>>();
/// ```
///
/// ```compile_fail,E0277
/// # use sealed_session::Mirrored;
/// # fn is_mirrored<T: Mirrored>() {}
/// is_mirrored::<Vec<serde_json::Value>>();
/// ```
#[diagnostic::on_unimplemented(
    message = "it is not known that `{Self}` reads exactly what it writes",
    label = "is not `Mirrored`",
    note = "make the type within `mirrored!`, or store it under `Attribute::new`, which proves each value"
)]
pub trait Mirrored: Serialize + DeserializeOwned {
    /// Takes the print of the value's shape: that of the calls by which it is read.
    #[doc(hidden)]
    fn trace(&self, trace: &mut Trace);
}

/// A key of mirrored maps and sets. The standard library wrote how it is compared and hashed, so that a map that is filled again
/// holds what it held.
///
/// Not exported, so that nobody implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may compare in a way of its own, and a map that is filled again may lose elements",
    label = "is no key of a mirrored map or set",
    note = "use a number or a text as the key, or store the type under `Attribute::new`, which proves each value"
)]
pub trait MapKey: Mirrored {}
