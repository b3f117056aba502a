//! An error of serde's that keeps the name of a missing field.

use std::fmt;

use serde::de::Error;

/// An error with the name of the field that is missing.
#[derive(Debug)]
pub(super) struct FieldError<E> {
    pub(super) inner: E,
    pub(super) missing: Option<&'static str>,
}

impl<E> From<E> for FieldError<E> {
    fn from(inner: E) -> FieldError<E> {
        FieldError {
            inner,
            missing: None,
        }
    }
}

impl<E: fmt::Display> fmt::Display for FieldError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<E: Error> std::error::Error for FieldError<E> {}

impl<E: Error> Error for FieldError<E> {
    fn custom<T: fmt::Display>(message: T) -> FieldError<E> {
        E::custom(message).into()
    }

    fn missing_field(field: &'static str) -> FieldError<E> {
        FieldError {
            inner: E::missing_field(field),
            missing: Some(field),
        }
    }
}
