//! One value to the bytes of one attribute, and back.
//!
//! postcard stands under typed keys, JSON text under string keys. postcard under a string key
//! would misread in silence: `insert("visits", 1)` infers `i32`, and `get::<u32>` would give 2.

use std::any::type_name;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::shape::{Reader, Trace, Writer};

/// How an attribute's value is written. The numbers are frozen: see FORMAT.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Codec {
    Postcard = 0,
    Json = 1,
}

impl Codec {
    /// The bytes of `value`, or why it could not be stored so that it comes back.
    pub(crate) fn encode<T: Serialize + DeserializeOwned>(
        self,
        value: &T,
    ) -> Result<Vec<u8>, String> {
        match self {
            Codec::Postcard => prove(value),
            Codec::Json => json(value),
        }
    }

    /// The value of `bytes`; every byte has to be used.
    pub(crate) fn decode<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, String> {
        let failed = |cause: String| format!("its bytes are no `{}`: {cause}", type_name::<T>());
        match self {
            Codec::Postcard => match postcard::take_from_bytes(bytes) {
                Ok((value, [])) => Ok(value),
                Ok((_, rest)) => Err(failed(format!("{} bytes are left over", rest.len()))),
                Err(cause) => Err(failed(cause.to_string())),
            },
            Codec::Json => serde_json::from_slice(bytes).map_err(|cause| failed(kind(&cause))),
        }
    }
}

/// JSON text of `value`.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, String> {
    let trace = Trace::default();
    let mut text = Vec::new();
    let written = value.serialize(Writer::new(
        &mut serde_json::Serializer::new(&mut text),
        &trace,
    ));
    let failed = |cause| format!("`{}` has no JSON form: {cause}", type_name::<T>());
    written.map_err(|cause| failed(cause.to_string()))?;
    if trace.is_not_finite() {
        return Err(failed("a float is infinite or not a number".to_owned()));
    }
    Ok(text)
}

/// What was wrong, without the value that serde_json would quote.
fn kind(cause: &serde_json::Error) -> String {
    let what = match cause.classify() {
        serde_json::error::Category::Data => "the JSON is of another type",
        _ => "it is not JSON",
    };
    format!("{what} (column {})", cause.column())
}

/// The postcard bytes of `value`, after reading them back along the same trace.
fn prove<T: Serialize + DeserializeOwned>(value: &T) -> Result<Vec<u8>, String> {
    let name = type_name::<T>();
    let refused = |cause: &postcard::Error| {
        format!(
            "postcard cannot write `{name}`: {cause}. A type that describes itself (`flatten`, \
             `untagged`, `serde_json::Value`) needs `Attribute::json`"
        )
    };
    let (bytes, trace) = trace(value).map_err(|cause| refused(&cause))?;
    let replay = trace.replay();
    let mut source = postcard::Deserializer::from_bytes(&bytes);
    let read = T::deserialize(Reader::new(&mut source, &replay));
    let left = source.finalize().map_or(0, <[u8]>::len);
    let shifted = || {
        format!(
            "`{name}` does not read back what it writes. The usual cause is a field that is \
             written at times only (`skip_serializing_if`, `skip_serializing`, a skipped enum \
             variant); remove it, or use `Attribute::json`"
        )
    };
    let back = match read {
        _ if replay.differs() => return Err(shifted()),
        Ok(_) if left > 0 => return Err(shifted()),
        Ok(back) => back,
        Err(postcard::Error::WontImplement) => {
            return Err(refused(&postcard::Error::WontImplement));
        }
        Err(_) => return Err(shifted()),
    };
    // serde numbers variants differently for writing and reading when one is skipped, and the
    // shape of two variants may be the same.
    let written = trace.into_variants();
    if !written.is_empty() {
        let again = self::trace(&back).map(|(_, trace)| trace.into_variants());
        if again.ok().as_ref() != Some(&written) {
            return Err(shifted());
        }
    }
    Ok(bytes)
}

fn trace<T: Serialize>(value: &T) -> Result<(Vec<u8>, Trace), postcard::Error> {
    let trace = Trace::default();
    let mut target = postcard::Serializer {
        output: postcard::ser_flavors::AllocVec::new(),
    };
    value.serialize(Writer::new(&mut target, &trace))?;
    let bytes = postcard::ser_flavors::Flavor::finalize(target.output)?;
    Ok((bytes, trace))
}

#[cfg(test)]
mod tests;
