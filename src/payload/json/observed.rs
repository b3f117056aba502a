//! What is noted of a value while its text is read.

use std::cell::{Cell, RefCell};

use serde::de::Error;

use super::field_error::FieldError;
use crate::payload::form::Containers;
use crate::payload::places::Places;

/// The source of text that a type borrows for good.
pub(super) enum Borrowing<'p> {
    /// No text can be borrowed.
    Never,
    /// One place stands for all texts, and the texts are collected.
    Collect(RefCell<Vec<String>>),
    /// Each text has its place.
    From(&'p Places),
}

/// Notes that were taken while a text was read.
pub(super) struct Observed<'p> {
    pub(super) containers: Containers,
    pub(super) missing: Cell<Option<&'static str>>,
    pub(super) borrowing: Borrowing<'p>,
}

impl Observed<'_> {
    /// Keeps the name of a missing field, and returns the error that carried it.
    pub(super) fn keep<E>(&self, error: FieldError<E>) -> E {
        self.missing.set(error.missing.or(self.missing.get()));
        error.inner
    }

    /// Returns the texts that were collected.
    pub(super) fn borrowed(&self) -> Vec<String> {
        match &self.borrowing {
            Borrowing::Collect(texts) => texts.take(),
            _ => Vec::new(),
        }
    }

    pub(super) fn place<E: Error>(&self, text: String) -> Result<&'static str, E> {
        match &self.borrowing {
            Borrowing::Collect(texts) => {
                texts.borrow_mut().push(text);
                Ok(Places::first())
            }
            Borrowing::From(places) => places
                .place(&text)
                .ok_or_else(|| E::custom("a text that was not there before")),
            Borrowing::Never => Err(E::custom("nothing is borrowed")),
        }
    }
}
