//! What a visit keeps of the lines of a request's cookies: the lines, where they can be shared, or copies of values.
//!
//! Owns where a value is found again. It does not say which values count.

use std::ops::Range;

use smallvec::SmallVec;

use crate::head::{CookieLine, SharedLine};

/// What the values of a jar are cut from.
#[derive(Clone, Default)]
pub(super) struct KeptText {
    /// Lines as they came, with all that is in them. Nearly every request has one.
    lines: SmallVec<[SharedLine; 1]>,
    /// Values of lines that cannot be shared, one after the other.
    copies: Vec<u8>,
}

/// What a value is cut from.
#[derive(Clone, Copy)]
pub(super) enum KeptIn {
    /// The line of this number.
    Line(u8),
    Copies,
}

/// Bytes of a touch, and some.
const TOUCH_ROOM: usize = 32;

impl KeptText {
    /// Keeps a value that stands at `at` of the line that is read. Returns where it is kept, and its first byte there.
    pub(super) fn keep<'a>(
        &mut self,
        value: &[u8],
        at: usize,
        read: &mut ReadLine<impl CookieLine<'a>>,
    ) -> (KeptIn, usize) {
        if read.number.is_none() {
            read.number = self.share(read.line);
        }
        match read.number {
            Some(number) => (KeptIn::Line(number), at),
            None => (KeptIn::Copies, self.copy(value)),
        }
    }

    /// Keeps a whole line, if that takes no copy. Returns its number.
    fn share<'a>(&mut self, line: impl CookieLine<'a>) -> Option<u8> {
        // A jar keeps fewer values than that.
        let number = u8::try_from(self.lines.len()).ok()?;
        self.lines.push(line.share()?);
        Some(number)
    }

    /// Copies a value. Returns where it begins.
    fn copy(&mut self, value: &[u8]) -> usize {
        let text = &mut self.copies;
        let start = text.len();
        // A touch that follows is not to cost a second copy of the token.
        if text.capacity() - start < value.len() {
            text.reserve(value.len() + TOUCH_ROOM);
        }
        text.extend_from_slice(value);
        start
    }

    /// Returns the text that is kept there.
    pub(super) fn get(&self, kept: KeptIn, range: Range<usize>) -> Option<&[u8]> {
        match kept {
            KeptIn::Line(number) => self.lines.get(usize::from(number))?.bytes().get(range),
            KeptIn::Copies => self.copies.get(range),
        }
    }
}

/// A line of the request that is read.
pub(super) struct ReadLine<L> {
    line: L,
    /// Its number, once it is kept.
    number: Option<u8>,
}

impl<L> ReadLine<L> {
    pub(super) fn new(line: L) -> ReadLine<L> {
        ReadLine { line, number: None }
    }
}
