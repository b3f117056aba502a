//! What a family's cookies say in the clear, without joining or opening anything.

use super::chunk::{COUNT, SET_TAG};
use super::jar::Jar;

/// Enough to tell whether a token may be due for a touch. Nothing of it is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glance<'a> {
    /// No cookie that could begin a token.
    Nothing,
    /// One token, whose text begins like this, and at most one touch.
    One {
        head: &'a [u8],
        touch: Option<&'a [u8]>,
    },
    /// Several tokens or touches; which of them count is not to be seen.
    Several,
}

impl<'a> Glance<'a> {
    pub(crate) fn at(jar: &'a Jar, family: usize) -> Glance<'a> {
        let mut bases = jar.chunks(family).filter(|found| found.index == 0);
        let Some(base) = bases.next() else {
            return Glance::Nothing;
        };
        let mut touches = jar.touches(family);
        let touch = touches.next().map(Option::unwrap_or_default);
        if bases.next().is_some() || touches.next().is_some() {
            return Glance::Several;
        }
        let head = match base.value {
            Some(text @ [b'A', ..]) => Some(text),
            Some(first @ [b'2'..=b'9', ..]) => first.get(COUNT + SET_TAG..),
            _ => None,
        };
        match head {
            Some(head) => Glance::One { head, touch },
            None => Glance::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::Names;

    #[test]
    fn what_is_seen_without_opening() {
        let one = |head: &'static [u8], touch| Glance::One { head, touch };
        let table: &[(&str, Glance<'_>)] = &[
            ("", Glance::Nothing),
            ("s.1=x; s.t=Aw", Glance::Nothing),
            ("s=x", Glance::Nothing),
            ("s=1wxyzA", Glance::Nothing),
            ("s=2wx", Glance::Nothing),
            ("s=AQID", one(b"AQID", None)),
            ("s=AQID; s.t=Aw", one(b"AQID", Some(b"Aw"))),
            ("s=2wxyzAQ; s.1=wxyzID; s.t=Aw", one(b"AQ", Some(b"Aw"))),
            ("s=AQID; s.t=Aw; s.t=Aw", Glance::Several),
            ("s=AQID; s=AQID", Glance::Several),
            ("s=AQID; s=x", Glance::Several),
        ];
        for (line, wanted) in table {
            let jar = Jar::read([line.as_bytes()], [Names::new("s")].iter(), || false);
            assert_eq!(Glance::at(&jar, 0), *wanted, "{line}");
        }
    }
}
