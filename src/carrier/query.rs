//! A session in a request's query.

use super::values::Values;
use crate::error::Refusal;

/// Splits a query into its pairs. Names are compared byte by byte; percent signs stay.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|pair| !pair.is_empty())
}

/// Returns whether a pair is one of this parameter.
pub(super) fn is_of(pair: &str, parameter: &str) -> bool {
    pair.split('=').next() == Some(parameter)
}

/// Returns the value of `parameter`, or why there is none; `None` if it is not there. Nothing is
/// kept of a value longer than `longest`.
pub(crate) fn in_query(
    query: &str,
    parameter: &str,
    longest: usize,
) -> Option<Result<Vec<u8>, Refusal>> {
    let mut values = Values::default();
    for pair in pairs(query).filter(|pair| is_of(pair, parameter)) {
        let value = pair.split_once('=').map_or("", |(_, value)| value);
        values.add(value.as_bytes(), longest);
    }
    values.only()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_read_to_the_byte() {
        let ok = |text: &str| Some(Ok(text.as_bytes().to_vec()));
        let table = [
            ("", None),
            ("s", ok("")),
            ("s=", ok("")),
            ("s=A", ok("A")),
            ("a=b&s=A&c", ok("A")),
            ("s=A=B", ok("A=B")),
            ("s=A%42", ok("A%42")),
            ("S=A&ss=B&%73=C&;s=D", None),
            ("a=s=A", None),
            ("s=A&s=A", Some(Err(Refusal::Conflict))),
            ("s&s=A", Some(Err(Refusal::Conflict))),
            ("s=AAAAAA", Some(Err(Refusal::OverCeiling))),
        ];
        for (query, wanted) in table {
            assert_eq!(in_query(query, "s", 5), wanted, "{query}");
        }
    }
}
