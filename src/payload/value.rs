//! Encodes one value into the bytes of an attribute, and decodes it, by either codec.

use std::any::type_name;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::Codec;
use super::mirrored::Mirrored;
use super::sample::checked;
use super::{json, postcard};

impl Codec {
    /// Encodes a value, or says why it would not come back as it was.
    pub(crate) fn encode<T: Serialize + DeserializeOwned>(
        self,
        value: &T,
    ) -> Result<Vec<u8>, String> {
        let encode = match self {
            Codec::Postcard => postcard::owned,
            Codec::Json => json::owned,
        };
        checked(self, encode(value), encode)
    }

    /// Decodes a value. Every byte has to be used.
    pub(crate) fn decode<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, String> {
        match self {
            Codec::Postcard => postcard::decode(bytes),
            Codec::Json => json::decode(bytes),
        }
    }
}

/// Encodes a value of a type that reads what it writes. Builds with debug assertions prove it in spite of that.
pub(crate) fn encode_mirrored<T: Mirrored>(value: &T) -> Result<Vec<u8>, String> {
    let bytes = postcard::mirrored(value)?;
    if cfg!(debug_assertions) && Codec::Postcard.encode(value)? != bytes {
        return Err(format!(
            "the print of `{}` is another one",
            type_name::<T>()
        ));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
