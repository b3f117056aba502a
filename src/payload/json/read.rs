//! Reads JSON text with a few rules beyond serde_json's.
//!
//! - Numbers come as numbers. Built with `arbitrary_precision`, serde_json hands a float as a map with a
//!   secret key to a type that takes anything. An enum that is told by its content passes that map on to a
//!   field that expects a float.
//! - A missing field is named. Its name belongs to the type, so it holds nothing of the data.
//! - The type that each list and object is read into is noted, for the proof on insert.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, DeserializeOwned};
use serde_json::error::Category;

use super::field_error::FieldError;
use super::observed::{Borrowing, Observed};
use super::reader::JsonReader;
use crate::payload::form::Containers;

/// The reason for which a text is not the value that was asked for. It holds nothing of the text.
#[derive(Debug)]
pub(super) enum JsonFailure {
    Missing {
        field: &'static str,
    },
    Type {
        column: usize,
    },
    Syntax {
        column: usize,
    },
    /// More texts are borrowed than there are places for.
    Crowded,
}

impl fmt::Display for JsonFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonFailure::Missing { field } => write!(
                f,
                "it was written without the field `{field}`; a field that is added later needs \
                 `#[serde(default)]`, or a new schema number and a migration"
            ),
            JsonFailure::Type { column } => {
                write!(f, "the JSON is of another type (column {column})")
            }
            JsonFailure::Syntax { column } => write!(f, "it is not JSON (column {column})"),
            JsonFailure::Crowded => f.write_str("it borrows too much"),
        }
    }
}

/// Reads a value from a whole text.
pub(super) fn read<T: DeserializeOwned>(
    text: &[u8],
) -> Result<(T, Observed<'static>), JsonFailure> {
    all(serde_json::Deserializer::from_slice(text), Borrowing::Never)
}

/// Reads a type that may borrow for good from a whole text.
pub(super) fn read_borrowing<'p, T: Deserialize<'static>>(
    text: &[u8],
    borrowing: Borrowing<'p>,
) -> Result<(T, Observed<'p>), JsonFailure> {
    all(serde_json::Deserializer::from_reader(text), borrowing)
}

fn all<'de, 'p, T: Deserialize<'de>>(
    mut source: serde_json::Deserializer<impl serde_json::de::Read<'de>>,
    borrowing: Borrowing<'p>,
) -> Result<(T, Observed<'p>), JsonFailure> {
    let observed = Observed {
        containers: Containers::default(),
        missing: Cell::new(None),
        borrowing,
    };
    let read = T::deserialize(JsonReader {
        inner: &mut source,
        observed: &observed,
    });
    let ended = read.and_then(|value| {
        source.end()?;
        Ok(value)
    });
    match ended {
        Ok(value) => Ok((value, observed)),
        Err(FieldError { inner, missing }) => {
            let column = inner.column();
            Err(
                match (missing.or(observed.missing.get()), inner.classify()) {
                    (Some(field), Category::Data) => JsonFailure::Missing { field },
                    (None, Category::Data) => JsonFailure::Type { column },
                    _ => JsonFailure::Syntax { column },
                },
            )
        }
    }
}
