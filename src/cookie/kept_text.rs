//! What a visit keeps of the lines of a request's cookies: the lines, where they can be shared, or copies of values.
//!
//! Owns where a value is found again. It does not say which values count.

use std::ops::Range;

use smallvec::SmallVec;

use crate::head::{CookieLine, SharedLine};

/// Bytes of a touch, and some.
const TOUCH_ROOM: usize = 32;

/// What the values of a jar are cut from.
#[derive(Clone, Default)]
pub(super) struct KeptText {
    /// Nearly every request has one.
    lines: SmallVec<[KeptLine; 1]>,
}

impl KeptText {
    /// Keeps a value that stands at `at` of the line that is read.
    pub(super) fn keep<'a>(
        &mut self,
        value: &[u8],
        at: usize,
        read: &mut ReadLine<impl CookieLine<'a>>,
    ) -> Place {
        if read.number.is_none() {
            let shared = read.line.share();
            read.number = shared.map(|line| self.push(KeptLine::Shared(line)));
        }
        match read.number {
            Some(number) => (number, at),
            None => self.copy(value),
        }
    }

    /// Adds a line, and returns its number. A jar keeps fewer values than there are numbers.
    fn push(&mut self, line: KeptLine) -> u8 {
        self.lines.push(line);
        last(&self.lines)
    }

    fn copy(&mut self, value: &[u8]) -> Place {
        if let Some(KeptLine::Copied(text)) = self.lines.last_mut() {
            let start = text.len();
            text.extend_from_slice(value);
            return (last(&self.lines), start);
        }
        // A touch that follows is not to cost a second copy of the token.
        let mut text = Vec::with_capacity(value.len() + TOUCH_ROOM);
        text.extend_from_slice(value);
        (self.push(KeptLine::Copied(text)), 0)
    }

    /// Returns the text that is kept there.
    pub(super) fn get(&self, line: u8, range: Range<usize>) -> Option<&[u8]> {
        match self.lines.get(usize::from(line))? {
            KeptLine::Shared(line) => line.bytes().get(range),
            KeptLine::Copied(text) => text.get(range),
        }
    }
}

/// Where a value is kept: the number of its line, and its first byte there.
pub(super) type Place = (u8, usize);

#[derive(Clone)]
enum KeptLine {
    /// A line as it came, with all that is in it.
    Shared(SharedLine),
    /// Values of lines that cannot be shared, one after the other.
    Copied(Vec<u8>),
}

/// Returns the number of the last line.
fn last(lines: &[KeptLine]) -> u8 {
    u8::try_from(lines.len().saturating_sub(1)).unwrap_or(u8::MAX)
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
