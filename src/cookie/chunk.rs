//! Cuts a token's text into the values of cookies, and counts what they cost.
//!
//! A text that fits one cookie stands there bare. It begins with `A`, because the first six bits of every
//! format number are zero. A longer text is cut into chunks. The first begins with their number, a digit,
//! so it cannot be taken for a bare text. Each carries the tag of its set: the last characters of the text,
//! which belong to the authentication tag, so that two writes differ in them.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::{SmallVec, smallvec};

use super::budget::Budget;
use super::name::Names;

/// Characters of the set's tag in each chunk.
pub(super) const SET_TAG: usize = 4;

/// Characters of the count at the front of the first chunk.
pub(super) const COUNT: usize = 1;

/// The pieces of a text that is within the budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunks {
    cuts: SmallVec<[Range<usize>; 1]>,
    /// Bytes of each line: of each `Set-Cookie` value, or of the one header field or link.
    lines: SmallVec<[usize; 1]>,
}

/// A text that is not within the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OverBudget {
    /// It would need this many bytes in total.
    Total(usize),
    /// It would need this many cookies.
    Cookies(usize),
}

impl Chunks {
    /// Cuts a text of `length` ASCII characters into cookies. Each line has `attributes` bytes after its value.
    pub(crate) fn of(
        length: usize,
        names: &Names,
        attributes: usize,
        budget: &Budget,
    ) -> Result<Chunks, OverBudget> {
        let overhead = |index: usize| names.chunk(index).len() + "=".len() + attributes;
        let bare = budget.line_limit().min(budget.total_limit());
        if let Ok(whole) = Chunks::whole(length, overhead(0), bare) {
            return Ok(whole);
        }
        let (mut cuts, mut lines, mut at) = (SmallVec::new(), SmallVec::new(), 0);
        while at < length || cuts.len() < 2 {
            let fixed = overhead(cuts.len()) + SET_TAG + if cuts.is_empty() { COUNT } else { 0 };
            // `Budget::check` left room; the 1 only guards against an endless loop.
            let room = budget.line_limit().saturating_sub(fixed).max(1);
            let end = (at + room).min(length);
            lines.push(fixed + (end - at));
            cuts.push(at..end);
            at = end;
        }
        let chunks = Chunks { cuts, lines };
        if chunks.bytes() > budget.total_limit() {
            Err(OverBudget::Total(chunks.bytes()))
        } else if chunks.count() > budget.cookie_limit() {
            Err(OverBudget::Cookies(chunks.count()))
        } else {
            Ok(chunks)
        }
    }

    /// Keeps a text of `length` ASCII characters in one piece, behind `before` bytes, if both are within
    /// `limit`.
    pub(crate) fn whole(length: usize, before: usize, limit: usize) -> Result<Chunks, OverBudget> {
        let bytes = before + length;
        if bytes > limit {
            return Err(OverBudget::Total(bytes));
        }
        Ok(Chunks {
            cuts: std::iter::once(0..length).collect(),
            lines: smallvec![bytes],
        })
    }

    /// Returns the bytes of all lines together.
    pub(crate) fn bytes(&self) -> usize {
        self.lines.iter().sum()
    }

    /// Returns the bytes of each line, in order.
    pub(crate) fn lines(&self) -> &[usize] {
        &self.lines
    }

    /// Returns how many pieces there are.
    pub(crate) fn count(&self) -> usize {
        self.cuts.len()
    }
}

/// Splits a text into the values of its cookies, in order. `chunks` was made for a text of this length.
pub(crate) fn split<'a>(
    text: &'a str,
    chunks: &'a Chunks,
) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
    let tag = text
        .get(text.len().saturating_sub(SET_TAG)..)
        .unwrap_or_default();
    chunks.cuts.iter().enumerate().map(move |(index, range)| {
        let part = text.get(range.clone()).unwrap_or_default();
        match (index, chunks.count()) {
            (_, 1) => part.into(),
            (0, count) => format!("{count}{tag}{part}").into(),
            _ => [tag, part].concat().into(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTRIBUTES: usize = 43;

    fn cut(length: usize, budget: &Budget) -> Result<Vec<usize>, OverBudget> {
        let names = Names::new("__Host-session");
        let chunks = Chunks::of(length, &names, ATTRIBUTES, budget)?;
        let text = "x".repeat(length);
        let lines: Vec<usize> = split(&text, &chunks)
            .enumerate()
            .map(|(index, value)| names.chunk(index).len() + 1 + value.len() + ATTRIBUTES)
            .collect();
        assert_eq!(lines, chunks.lines());
        Ok(lines)
    }

    #[test]
    fn lines_at_their_limits_to_the_byte() {
        let portable = Budget::within_8k();
        // 4,000 less `__Host-session=` and the attributes.
        assert_eq!(cut(3_942, &portable), Ok(vec![4_000]));
        // One more needs a count, two tags and a second name: 5 + 3,937, then 4 + 6.
        assert_eq!(cut(3_943, &portable), Ok(vec![4_000, 70]));
        assert_eq!(cut(6_373, &portable), Ok(vec![4_000, 2_500]));
        assert_eq!(cut(6_374, &portable), Err(OverBudget::Total(6_501)));

        let compact = Budget::portable();
        assert_eq!(cut(3_014, &compact), Ok(vec![3_072]));
        assert!(matches!(cut(3_015, &compact), Err(OverBudget::Total(_))));

        let narrow = Budget::direct().with_cookie_limit(2);
        assert_eq!(cut(9_000, &narrow), Err(OverBudget::Cookies(3)));
        assert_eq!(cut(34_000, &Budget::direct()).unwrap().len(), 9);
    }
}
