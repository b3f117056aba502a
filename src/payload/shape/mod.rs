//! The shape of a value: the calls by which serde was asked to write it, and to read it back.
//!
//! postcard writes no field names. So a type that writes other fields than it reads (`skip_serializing_if`
//! and its like) shifts every byte behind them, and one value comes back as another. Comparing re-encoded
//! bytes is no cure: that refuses a `HashMap` for its order, and accepts crafted values. So the calls of both
//! directions are compared: the kind of each call, and the names of each struct's fields. The session keeps
//! the [`Print`] of a shape, by which a reader of another type knows that the value is not its own.

mod call;
mod print;
mod read;
mod recorder;
mod repeater;
mod replayer;
mod write;
mod written;

pub(super) use call::{Call, NameList};
pub(super) use print::{Print, folded, mix, mix_name, sum};
pub(super) use read::{DEEPEST, ShapeReader};
pub(super) use recorder::Recorder;
pub(super) use replayer::Replayer;
pub(super) use write::ShapeWriter;
pub(super) use written::Shape;

#[cfg(test)]
mod tests;
