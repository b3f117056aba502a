//! The values that came of one name.

use crate::error::Refusal;

/// The values of one header field, or of one parameter. One counts; two contradict each other.
#[derive(Default)]
pub(crate) struct Values {
    count: usize,
    text: Vec<u8>,
    too_long: bool,
}

impl Values {
    /// Takes one value; the text of one that is longer than `longest` is not kept.
    pub(crate) fn add(&mut self, value: &[u8], longest: usize) {
        self.count += 1;
        if self.count == 1 {
            self.too_long = value.len() > longest;
            self.text
                .extend_from_slice(if self.too_long { b"" } else { value });
        }
    }

    /// Returns the only value, or why there is none; `None` if nothing came.
    pub(crate) fn only(self) -> Option<Result<Vec<u8>, Refusal>> {
        match self.count {
            0 => None,
            1 if self.too_long => Some(Err(Refusal::OverCeiling)),
            1 => Some(Ok(self.text)),
            _ => Some(Err(Refusal::Conflict)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Verdict = Option<Result<Vec<u8>, Refusal>>;

    #[test]
    fn one_value_counts() {
        let table: &[(&[&[u8]], Verdict)] = &[
            (&[], None),
            (&[b""], Some(Ok(vec![]))),
            (&[b"abc"], Some(Ok(b"abc".to_vec()))),
            (&[b"abcd"], Some(Err(Refusal::OverCeiling))),
            (&[b"a", b"a"], Some(Err(Refusal::Conflict))),
            (&[b"", b"a"], Some(Err(Refusal::Conflict))),
            (&[b"abcd", b"a"], Some(Err(Refusal::Conflict))),
        ];
        for (came, wanted) in table {
            let mut values = Values::default();
            came.iter().for_each(|value| values.add(value, 3));
            assert_eq!(values.only(), *wanted, "{came:?}");
        }
    }
}
