//! Labels of a session: short texts by which sessions are revoked together.

use super::wire::{Cursor, put_varint};
use crate::error::{Error, Refusal};

/// The most labels of a session.
const LABELS_MAX: usize = 4;

/// The most bytes of a label. An identity provider's `sid` is a UUID almost always.
const LABEL_MAX: usize = 64;

/// Up to four labels, in ascending order, each there once. Nearly every session has none, and is to be no larger for
/// them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::box_collection, reason = "a third of a vector's size")]
pub(crate) struct Labels(Option<Box<Vec<Box<str>>>>);

impl Labels {
    /// Takes labels in any order. One that is there twice counts once.
    pub(crate) fn new(labels: &[&str]) -> Result<Labels, Error> {
        let length = |label: &str| (1..=LABEL_MAX).contains(&label.len());
        if let Some(label) = labels.iter().find(|label| !length(label)) {
            let what = format!(
                "a label has 1 to {LABEL_MAX} bytes and this one {}",
                label.len()
            );
            return Err(Error::not_representable("labels", what));
        }
        let mut all: Vec<Box<str>> = labels.iter().map(|&label| label.into()).collect();
        all.sort_unstable();
        all.dedup();
        if all.len() > LABELS_MAX {
            let what = format!(
                "a session has at most {LABELS_MAX} and these are {}",
                all.len()
            );
            return Err(Error::not_representable("labels", what));
        }
        Ok(Labels::of(all))
    }

    fn of(all: Vec<Box<str>>) -> Labels {
        Labels((!all.is_empty()).then(|| Box::new(all)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .flat_map(|all| all.iter())
            .map(|label| &**label)
    }

    /// Appends the labels of a session that has some.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.iter().count());
        for label in self.iter() {
            put_varint(out, label.len());
            out.extend_from_slice(label.as_bytes());
        }
    }

    /// Reads what [`put`](Labels::put) wrote. A session without labels leaves the list out.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Labels, Refusal> {
        let count = cursor.varint()?;
        if !(1..=LABELS_MAX).contains(&count) {
            return Err(Refusal::Malformed);
        }
        let mut labels: Vec<Box<str>> = Vec::with_capacity(count);
        for _ in 0..count {
            let label = cursor.string()?;
            let label = std::str::from_utf8(label).map_err(|_| Refusal::Malformed)?;
            let ascends = labels.last().is_none_or(|last| **last < *label);
            if !(1..=LABEL_MAX).contains(&label.len()) || !ascends {
                return Err(Refusal::Malformed);
            }
            labels.push(label.into());
        }
        Ok(Labels::of(labels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_one_form() {
        let labels = |texts: &[&str]| Labels::new(texts).unwrap();
        let long = "l".repeat(64);
        let table: &[(Labels, &[u8])] = &[
            (labels(&["a"]), &[1, 1, b'a']),
            (labels(&["b", "a", "b"]), &[2, 1, b'a', 1, b'b']),
            (labels(&["ab", "a"]), &[2, 1, b'a', 2, b'a', b'b']),
            (labels(&["\u{e9}", "z"]), &[2, 1, b'z', 2, 0xc3, 0xa9]),
            (labels(&[&long]), &[&[1, 64], long.as_bytes()].concat()),
        ];
        for (labels, bytes) in table {
            let mut out = Vec::new();
            labels.put(&mut out);
            assert_eq!(out, *bytes);
            assert_eq!(Labels::read(&mut Cursor::new(bytes, 0)), Ok(labels.clone()));
        }
        let bad: &[&[u8]] = &[
            &[],
            &[0],
            &[1],
            &[1, 0],
            &[1, 2, b'a'],
            &[2, 1, b'a', 1, b'a'],
            &[2, 1, b'b', 1, b'a'],
            &[1, 1, 0xff],
            &[0x81, 0, 1, b'a'],
            &[5, 1, b'a', 1, b'b', 1, b'c', 1, b'd', 1, b'e'],
            &[&[1, 65], &[b'l'; 65][..]].concat(),
        ];
        for bytes in bad {
            let read = Labels::read(&mut Cursor::new(bytes, 0));
            assert_eq!(read, Err(Refusal::Malformed), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_label_is_an_error() {
        let long = "l".repeat(65);
        for bad in [&[""][..], &[&long], &["a", "b", "c", "d", "e"]] {
            let error = Labels::new(bad).unwrap_err();
            assert!(error.is_not_representable(), "{error}");
            assert!(!error.to_string().contains("lll"));
        }
        assert!(Labels::new(&["a", "b", "c", "d", "a"]).is_ok());
    }
}
