//! Writes a value as JSON text, and reads it back.
//!
//! Each text is read again, written once more and compared. The features with which serde_json is built do
//! not matter: no value of its own types is compared, and [`mod@read`] deals with its numbers.

mod field_error;
mod observed;
mod read;
mod reader;

use std::any::type_name;
use std::cell::RefCell;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use self::observed::Borrowing;
use self::read::{JsonFailure, read, read_borrowing};
use super::codec::Codec;
use super::form::{Containers, FormFailure, FormOptions, form};
use super::places::Places;
use super::sample::checked;
use super::unstorable::Unstorable;

const NESTED: &str = "it cannot be read again, as when it is nested more than 127 levels deep";

/// Writes `value`, if it comes back as it is.
pub(super) fn owned<T: Serialize + DeserializeOwned>(value: &T) -> Result<Vec<u8>, Unstorable> {
    proven(value, back::<T>)
}

/// Writes a type that may borrow text, although it can never borrow any from a session.
pub(crate) fn encode_borrowing<T>(value: &T) -> Result<Vec<u8>, String>
where
    T: Serialize + Deserialize<'static>,
{
    let encode = |value: &T| proven::<T, T>(value, back_borrowing);
    checked(Codec::Json, encode(value), encode)
}

fn back<T: DeserializeOwned>(text: &[u8]) -> Result<ReadBack<T>, JsonFailure> {
    let (value, observed) = read(text)?;
    Ok(ReadBack {
        value,
        containers: observed.containers,
        places: Places::default(),
    })
}

fn back_borrowing<T: Deserialize<'static>>(text: &[u8]) -> Result<ReadBack<T>, JsonFailure> {
    let (mut value, mut observed) = read_borrowing(text, Borrowing::Collect(RefCell::default()))?;
    let places = Places::of(observed.borrowed()).ok_or(JsonFailure::Crowded)?;
    if places.len() > 1 {
        (value, observed) = read_borrowing(text, Borrowing::From(&places))?;
    }
    Ok(ReadBack {
        value,
        containers: observed.containers,
        places,
    })
}

/// Reads a value. The text has to end with it.
pub(super) fn decode<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    match read(text) {
        Ok((value, _)) => Ok(value),
        Err(cause) => Err(format!("its bytes are no `{}`: {cause}", type_name::<T>())),
    }
}

/// A value that was read back, with what was noted on the way.
struct ReadBack<T> {
    value: T,
    containers: Containers,
    places: Places,
}

/// Writes `value`, and proves by `read` that it comes back as it is.
fn proven<V: Serialize + ?Sized, T: Serialize>(
    value: &V,
    read: impl Fn(&[u8]) -> Result<ReadBack<T>, JsonFailure>,
) -> Result<Vec<u8>, Unstorable> {
    // The text of an error of the type's own may hold a value, and is dropped.
    let refused = || no_json::<V>("its `Serialize` fails, or the key of a map is no text");
    // First, because serde_json goes as deep as the value does, and the form does not.
    let options = FormOptions::of_text();
    let written = form(value, options).map_err(|failure| match failure {
        FormFailure::Refused => refused(),
        FormFailure::TooDeep => no_json::<V>(NESTED),
    })?;
    let text = serde_json::to_vec(value).map_err(|_| refused())?;
    if !written.is_finite {
        return Err(no_json::<V>("a float is infinite or not a number"));
    }
    let back = read(&text).map_err(|cause| match cause {
        JsonFailure::Syntax { .. } => no_json::<V>(NESTED),
        JsonFailure::Crowded => no_json::<V>("it borrows more than 4,096 different texts"),
        _ => shifted::<V>(),
    })?;
    let options = options.with_places(&back.places);
    if form(&back.value, options) == Ok(written) {
        return Ok(text);
    }
    // Not the same as it stands: perhaps only the order of a map or set is another.
    let again = serde_json::to_vec(&back.value).ok();
    let again = again.and_then(|again| read(&again).ok());
    let same = again.is_some_and(|again| {
        let written = form(value, FormOptions::of_text().forgiving(&back.containers));
        let rewritten = form(&back.value, options.forgiving(&again.containers));
        written.is_ok() && written == rewritten
    });
    if same { Ok(text) } else { Err(shifted::<V>()) }
}

fn no_json<T: ?Sized>(cause: &str) -> Unstorable {
    let name = type_name::<T>();
    Unstorable::NoForm(format!("this `{name}` has no JSON form: {cause}"))
}

fn shifted<T: ?Sized>() -> Unstorable {
    Unstorable::Lost(format!(
        "`{}` does not read back what it writes as JSON. The usual causes are a field that is \
         written under another name than it is read, or never read (`rename`, `alias`, \
         `skip_deserializing`), variants of an untagged enum that look alike, an option within an \
         option, a list that is written in another order each time, and bytes that are borrowed",
        type_name::<T>()
    ))
}

#[cfg(test)]
mod tests;
