//! Writes a value as postcard, and reads it back.
//!
//! Each value is read again along the shape that was written, and compared. A print of the shape stands before
//! its bytes.

use std::any::type_name;

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::form::{FormOptions, form};
use super::mirrored::{Mirrored, Trace};
use super::shape::{DEEPEST, Print, Recorder, Replayer, Shape, ShapeReader, ShapeWriter};
use super::unstorable::Unstorable;

/// Reads the value behind a print. Every byte has to be used.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    read(bytes).ok_or_else(changed::<T>)
}

/// Reads the value behind a print; `None` if the print is that of another type.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (stored, bytes) = bytes.split_first_chunk()?;
    let print = Print::default();
    let mut source = postcard::Deserializer::from_bytes(bytes);
    let value = T::deserialize(ShapeReader::new(&mut source, &print)).ok()?;
    let whole = source.finalize().is_ok_and(<[u8]>::is_empty);
    (whole && print.bytes() == *stored).then_some(value)
}

fn changed<T>() -> String {
    format!(
        "it was written by another type than `{}` under the same schema number. If the type has \
         changed, give it a new number (`schema`), and name the old type in `migrate`",
        type_name::<T>()
    )
}

/// Writes a print and the postcard bytes of `value`, which is known to come back as it is.
pub(super) fn mirrored<T: Mirrored>(value: &T) -> Result<Vec<u8>, Unstorable> {
    let mut trace = Trace::begin();
    value.trace(&mut trace);
    let stored = trace.bytes().ok_or_else(nested::<T>)?;
    let mut target = sink();
    let written = value.serialize(&mut target);
    written.map_err(|cause| refused::<T>(&cause))?;
    let Growing(mut bytes) = target.output;
    if let Some(print) = bytes.first_chunk_mut() {
        *print = stored;
    }
    Ok(bytes)
}

/// Writes a print and the postcard bytes of `value`, if it comes back as it is.
pub(super) fn owned<T: Serialize + DeserializeOwned>(value: &T) -> Result<Vec<u8>, Unstorable> {
    // Write, and read back along the shape that was written.
    let (mut bytes, shape) = traced(value)?;
    let replay = shape.replay();
    let back = match read_along(bytes.get(PRINT..).unwrap_or_default(), &replay) {
        Ok(back) => back,
        Err(Some(postcard::Error::WontImplement)) if replay.agrees() => {
            return Err(refused::<T>(&postcard::Error::WontImplement));
        }
        Err(_) => return Err(shifted::<T>()),
    };
    // Equal shapes may still be read into other places: serde numbers variants differently for
    // writing and reading when one is skipped, and an alias or a tuple has no other name to tell.
    let written = bytes.get(PRINT..).unwrap_or_default();
    if !is_repeated(&back, written, &shape) && !is_reordered(value, &replay, &back) {
        return Err(shifted::<T>());
    }
    if let Some(print) = bytes.first_chunk_mut() {
        *print = replay.print();
    }
    Ok(bytes)
}

/// Reads all bytes along a shape. Returns `Err(None)` if bytes or calls are left over.
fn read_along<T: DeserializeOwned>(
    bytes: &[u8],
    replay: &Replayer<'_>,
) -> Result<T, Option<postcard::Error>> {
    let mut source = postcard::Deserializer::from_bytes(bytes);
    let read = T::deserialize(ShapeReader::new(&mut source, replay))?;
    let whole = source.finalize().is_ok_and(<[u8]>::is_empty);
    match whole && replay.is_done() {
        true => Ok(read),
        false => Err(None),
    }
}

/// Returns whether `back`, which was read from the bytes of `value`, is the same except for the order of
/// maps and sets that have none.
fn is_reordered<T>(value: &T, replay: &Replayer<'_>, back: &T) -> bool
where
    T: Serialize + DeserializeOwned,
{
    let options = FormOptions::of_bytes();
    let Ok((again, shape)) = traced(back) else {
        return false;
    };
    let replayed = shape.replay();
    let again = again.get(PRINT..).unwrap_or_default();
    let form_of =
        |value, replay: &Replayer<'_>| form(value, options.forgiving(replay.containers()));
    let written = form_of(value, replay);
    // The value read here is dropped: only the kind of each container counts.
    read_along::<T>(again, &replayed).is_ok()
        && written.is_ok()
        && written == form_of(back, &replayed)
}

fn refused<T>(cause: &postcard::Error) -> Unstorable {
    Unstorable::NoForm(format!(
        "postcard cannot write `{}`: {cause}. A type that describes itself (an enum with `tag` \
         or `untagged`, `flatten`, `serde_json::Value`) needs `Attribute::json`",
        type_name::<T>()
    ))
}

fn nested<T>() -> Unstorable {
    Unstorable::NoForm(format!(
        "`{}` is nested more than {DEEPEST} levels deep, and reading it could exhaust the stack; \
         store it as a list whose elements refer to each other by number",
        type_name::<T>()
    ))
}

fn shifted<T: ?Sized>() -> Unstorable {
    Unstorable::Lost(format!(
        "`{}` does not read back what it writes. The usual causes are a field that is written at \
         times only or under another name than it is read (`skip_serializing_if`, \
         `skip_serializing`, `rename`, `alias`), a skipped enum variant or one with an alias, and a \
         list that is written in another order each time; remove it, or try `Attribute::json`",
        type_name::<T>()
    ))
}

/// Returns whether `value` writes exactly these bytes by exactly these calls.
fn is_repeated<T: Serialize>(value: &T, bytes: &[u8], shape: &Shape) -> bool {
    let repeater = shape.repeat();
    let mut target = postcard::Serializer {
        output: Expecting(Some(bytes)),
    };
    let written = value.serialize(ShapeWriter::new(&mut target, &repeater));
    written.is_ok() && target.output.0 == Some(&[]) && repeater.is_done()
}

/// A sink that compares what it takes with expected bytes. After the first difference it takes nothing more,
/// even if a type ignores the error.
struct Expecting<'a>(Option<&'a [u8]>);

impl Flavor for Expecting<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0 = match self.0 {
            Some([next, rest @ ..]) if *next == byte => Some(rest),
            _ => None,
        };
        self.0.map(drop).ok_or(postcard::Error::SerializeBufferFull)
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        if let [byte] = bytes {
            return self.try_push(*byte);
        }
        self.0 = self.0.and_then(|rest| rest.strip_prefix(bytes));
        self.0.map(drop).ok_or(postcard::Error::SerializeBufferFull)
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// How many calls of serde a small value makes.
const FEW: usize = 32;

/// How many bytes a small value has.
const SHORT: usize = 256;

/// A sink that keeps all bytes. Unlike postcard's own it has room from the start.
struct Growing(Vec<u8>);

impl Flavor for Growing {
    type Output = Vec<u8>;

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    /// Numbers and lengths are most of what comes, and nearly all have one byte.
    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        match bytes {
            [byte] => self.0.push(*byte),
            _ => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Vec<u8>> {
        Ok(self.0)
    }
}

/// Bytes of a print.
const PRINT: usize = 2;

/// Makes a serializer that writes behind room for a print.
fn sink() -> postcard::Serializer<Growing> {
    let mut output = Vec::with_capacity(SHORT);
    output.extend_from_slice(&[0; PRINT]);
    postcard::Serializer {
        output: Growing(output),
    }
}

/// Writes `value` behind room for a print, and returns its shape as well.
fn traced<T: Serialize>(value: &T) -> Result<(Vec<u8>, Shape), Unstorable> {
    let recorder = Recorder::of_about(FEW);
    let mut target = sink();
    let written = value.serialize(ShapeWriter::new(&mut target, &recorder));
    let shape = recorder.finish();
    // A type may ignore the error.
    if shape.is_too_deep {
        return Err(nested::<T>());
    }
    written.map_err(|cause| refused::<T>(&cause))?;
    Ok((target.output.0, shape))
}
