//! What a visit keeps of the lines of a request's cookies: the lines, where they can be shared, or copies of values.
//!
//! Owns where a value is found again. It does not say which values count.

use std::ops::Range;

use smallvec::{SmallVec, smallvec};

use crate::head::{CookieLine, SharedLine};

/// What the values of a jar are cut from, one thing after the other.
#[derive(Clone)]
pub(super) enum KeptText {
    /// The values themselves.
    Copied(Vec<u8>),
    /// The lines that they came in. Nearly every request has one.
    Shared(SmallVec<[SharedLine; 1]>),
}

/// Bytes of a touch, and some.
const TOUCH_ROOM: usize = 32;

impl KeptText {
    /// Keeps a value that stands at `at` of its line. Returns where it is kept.
    pub(super) fn keep<'a>(
        &mut self,
        value: &[u8],
        at: usize,
        read: &mut ReadLine<impl CookieLine<'a>>,
    ) -> usize {
        if read.begin.is_none() {
            read.begin = read.line.share().map(|line| self.share(line));
        }
        match (read.begin, self) {
            (Some(begin), _) => begin + at,
            (None, KeptText::Copied(text)) => {
                let start = text.len();
                // A touch that follows is not to cost a second copy of the token.
                if text.capacity() - start < value.len() {
                    text.reserve(value.len() + TOUCH_ROOM);
                }
                text.extend_from_slice(value);
                start
            }
            // All lines of a request are of one type.
            (None, KeptText::Shared(_)) => usize::MAX - value.len(),
        }
    }

    /// Adds a whole line. Returns where it begins.
    fn share(&mut self, line: SharedLine) -> usize {
        match self {
            KeptText::Shared(lines) => {
                let begin = lines.iter().map(|line| line.bytes().len()).sum();
                lines.push(line);
                begin
            }
            KeptText::Copied(_) => {
                *self = KeptText::Shared(smallvec![line]);
                0
            }
        }
    }

    /// Returns the text that is kept there.
    pub(super) fn get(&self, range: Range<usize>) -> Option<&[u8]> {
        let lines = match self {
            KeptText::Copied(text) => return text.get(range),
            KeptText::Shared(lines) => lines,
        };
        let mut begin = 0;
        for line in lines {
            let (bytes, end) = (line.bytes(), begin + line.bytes().len());
            if range.end <= end {
                return bytes.get(range.start.checked_sub(begin)?..range.end - begin);
            }
            begin = end;
        }
        None
    }
}

impl Default for KeptText {
    fn default() -> KeptText {
        KeptText::Copied(Vec::new())
    }
}

/// A line of the request that is read.
pub(super) struct ReadLine<L> {
    line: L,
    /// Where it begins among the text, once it is shared.
    begin: Option<usize>,
}

impl<L> ReadLine<L> {
    pub(super) fn new(line: L) -> ReadLine<L> {
        ReadLine { line, begin: None }
    }
}
