//! Encodes one value into the bytes of an attribute, and decodes it, by either codec.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::Codec;
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

#[cfg(test)]
mod tests;
