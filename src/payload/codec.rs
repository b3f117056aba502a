//! One value to the bytes of one attribute, and back.
//!
//! postcard stands under typed keys, JSON text under string keys. postcard under a string key
//! would misread in silence: `insert("visits", 1)` infers `i32`, and `get::<u32>` would give 2.

use std::any::type_name;

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::shape::{Reader, Shape, Trace, Writer};

/// How an attribute's value is written. The numbers are frozen: see FORMAT.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Codec {
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
            Codec::Postcard => postcard_proven(value),
            Codec::Json => json_proven(value),
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

/// JSON text of a value whose type need not be readable: for string keys. It is JSON that can be
/// read at all; whether it is the same value is not proven.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, String> {
    let (text, _) = json_traced(value)?;
    match serde_json::from_slice::<Value>(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(no_json::<T>(
            "it cannot be read again, as when it is nested more than 127 levels deep",
        )),
    }
}

/// JSON text of `value`, after reading it back and writing it again along the same shape.
fn json_proven<T: Serialize + DeserializeOwned>(value: &T) -> Result<Vec<u8>, String> {
    let (text, shape) = json_traced(value)?;
    let back: T = serde_json::from_slice(&text).map_err(|_| shifted::<T>())?;
    match json_traced(&back) {
        Ok((again, like)) if like.is_like(&shape) && is_same_json(&again, &text) => Ok(text),
        _ => Err(shifted::<T>()),
    }
}

/// Whether two texts hold the same JSON; sets may have changed their order.
fn is_same_json(one: &[u8], other: &[u8]) -> bool {
    fn ordered(mut value: Value) -> Value {
        match &mut value {
            Value::Array(items) => {
                *items = items.drain(..).map(ordered).collect();
                items.sort_by_cached_key(Value::to_string);
            }
            Value::Object(fields) => {
                fields
                    .values_mut()
                    .for_each(|field| *field = ordered(field.take()));
            }
            _ => {}
        }
        value
    }
    let read = |text| serde_json::from_slice::<Value>(text).map(ordered).ok();
    one == other || read(one).is_some_and(|value| Some(value) == read(other))
}

fn json_traced<T: Serialize + ?Sized>(value: &T) -> Result<(Vec<u8>, Shape), String> {
    let trace = Trace::default();
    let mut text = Vec::new();
    let mut target = serde_json::Serializer::new(&mut text);
    // What the type says of itself here may hold a value, and is left out.
    value
        .serialize(Writer::new(&mut target, &trace))
        .map_err(|_| no_json::<T>("its `Serialize` fails, or the key of a map is no text"))?;
    let shape = trace.finish();
    if !shape.is_finite() {
        return Err(no_json::<T>("a float is infinite or not a number"));
    }
    Ok((text, shape))
}

fn no_json<T: ?Sized>(cause: &str) -> String {
    format!("this `{}` has no JSON form: {cause}", type_name::<T>())
}

fn shifted<T: ?Sized>() -> String {
    format!(
        "`{}` does not read back what it writes. The usual causes are a field that is written at \
         times only or under another name than it is read (`skip_serializing_if`, \
         `skip_serializing`, `rename`), a skipped or tagged enum variant, and an option within an \
         option in JSON; remove it, or try `Attribute::json`",
        type_name::<T>()
    )
}

/// What was wrong, without the value that serde_json would quote.
fn kind(cause: &serde_json::Error) -> String {
    let what = match cause.classify() {
        serde_json::error::Category::Data => "the JSON is of another type",
        _ => "it is not JSON",
    };
    format!("{what} (column {})", cause.column())
}

/// The postcard bytes of `value`, after reading them back along the same shape.
fn postcard_proven<T: Serialize + DeserializeOwned>(value: &T) -> Result<Vec<u8>, String> {
    let refused = |cause: &postcard::Error| {
        format!(
            "postcard cannot write `{}`: {cause}. A type that describes itself (`flatten`, \
             `untagged`, `serde_json::Value`) needs `Attribute::json`",
            type_name::<T>()
        )
    };
    let (bytes, shape) = postcard_traced(value).map_err(|cause| refused(&cause))?;
    let replay = shape.replay();
    let mut source = postcard::Deserializer::from_bytes(&bytes);
    let read = T::deserialize(Reader::new(&mut source, &replay));
    let left = source.finalize().map_or(0, <[u8]>::len);
    let back = match read {
        Ok(back) if left == 0 && replay.is_done() => back,
        Err(postcard::Error::WontImplement) if replay.agrees() => {
            return Err(refused(&postcard::Error::WontImplement));
        }
        _ => return Err(shifted::<T>()),
    };
    // Equal shapes may still be read into other places: serde numbers variants differently for
    // writing and reading when one is skipped, and an alias or a tuple has no other name to tell.
    if is_repeated(&back, &bytes, &shape) {
        return Ok(bytes);
    }
    // In another order, perhaps.
    match postcard_traced(&back) {
        Ok((again, like)) if like.is_like(&shape) && shape.is_same(&again, &bytes) => Ok(bytes),
        _ => Err(shifted::<T>()),
    }
}

/// Whether `value` writes these bytes by these calls.
fn is_repeated<T: Serialize>(value: &T, bytes: &[u8], shape: &Shape) -> bool {
    let trace = Trace::expecting(shape);
    let mut target = postcard::Serializer {
        output: Repeated(Some(bytes)),
    };
    let written = value.serialize(Writer::new(&mut target, &trace));
    written.is_ok() && target.output.0 == Some(&[]) && trace.is_repeated()
}

/// Takes bytes as long as they are these; nothing from the first other one on, although a type may
/// pass over an error.
struct Repeated<'a>(Option<&'a [u8]>);

impl Flavor for Repeated<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0 = self.0.and_then(|rest| rest.strip_prefix(bytes));
        self.0.map(drop).ok_or(postcard::Error::SerializeBufferFull)
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Calls of a small value.
const FEW: usize = 32;

/// Bytes of one.
const SHORT: usize = 256;

/// Takes all bytes; as postcard's own, but with room to begin with.
struct Written(Vec<u8>);

impl Flavor for Written {
    type Output = Vec<u8>;

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Vec<u8>> {
        Ok(self.0)
    }
}

/// The bytes and the shape of `value`.
fn postcard_traced<T: Serialize>(value: &T) -> Result<(Vec<u8>, Shape), postcard::Error> {
    let trace = Trace::of_about(FEW);
    let mut target = postcard::Serializer {
        output: Written(Vec::with_capacity(SHORT)),
    };
    value.serialize(Writer::new(&mut target, &trace))?;
    Ok((target.output.finalize()?, trace.finish()))
}

#[cfg(test)]
mod tests;
