//! The part of a family's cookies that can be read in the clear, without joining or opening anything.

use super::chunk::{COUNT, SET_TAG};
use super::jar::Jar;

/// Enough to tell whether a token may be due for a touch. Nothing of it is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClearView<'a> {
    /// No cookie that could begin a token.
    Nothing,
    /// One token, whose text begins like this, and at most one touch.
    One {
        head: &'a [u8],
        touch: Option<&'a [u8]>,
    },
    /// Several tokens or touches. Which one counts cannot be told without opening them.
    Several,
}

impl<'a> ClearView<'a> {
    /// Looks at the one text and the touches that came elsewhere than in cookies.
    pub(crate) fn of_one(
        text: &'a [u8],
        mut touches: impl Iterator<Item = Option<&'a [u8]>>,
    ) -> ClearView<'a> {
        let touch = touches.next().map(Option::unwrap_or_default);
        match text {
            [b'A', ..] if touches.next().is_some() => ClearView::Several,
            [b'A', ..] => ClearView::One { head: text, touch },
            _ => ClearView::Nothing,
        }
    }

    /// Looks at the cookies of one family.
    pub(crate) fn at(jar: &'a Jar, family: usize) -> ClearView<'a> {
        let mut bases = jar.chunks(family).filter(|found| found.index == 0);
        let Some(base) = bases.next() else {
            return ClearView::Nothing;
        };
        let mut touches = jar.touches(family);
        let touch = touches.next().map(Option::unwrap_or_default);
        if bases.next().is_some() || touches.next().is_some() {
            return ClearView::Several;
        }
        let head = match base.value {
            Some(text @ [b'A', ..]) => Some(text),
            Some(first @ [b'2'..=b'9', ..]) => first.get(COUNT + SET_TAG..),
            _ => None,
        };
        match head {
            Some(head) => ClearView::One { head, touch },
            None => ClearView::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::Names;

    #[test]
    fn what_is_seen_without_opening() {
        let one = |head: &'static [u8], touch| ClearView::One { head, touch };
        let table: &[(&str, ClearView<'_>)] = &[
            ("", ClearView::Nothing),
            ("s.1=x; s.t=Aw", ClearView::Nothing),
            ("s=x", ClearView::Nothing),
            ("s=1wxyzA", ClearView::Nothing),
            ("s=2wx", ClearView::Nothing),
            ("s=AQID", one(b"AQID", None)),
            ("s=AQID; s.t=Aw", one(b"AQID", Some(b"Aw"))),
            ("s=2wxyzAQ; s.1=wxyzID; s.t=Aw", one(b"AQ", Some(b"Aw"))),
            ("s=AQID; s.t=Aw; s.t=Aw", ClearView::Several),
            ("s=AQID; s=AQID", ClearView::Several),
            ("s=AQID; s=x", ClearView::Several),
        ];
        for (line, wanted) in table {
            let jar = Jar::read([line.as_bytes()], &Names::new("s"), None);
            assert_eq!(ClearView::at(&jar, 0), *wanted, "{line}");
        }
    }
}
