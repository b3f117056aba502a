//! Numbers as people read them: money, sizes, spans of time.

use std::time::Duration;

use time::OffsetDateTime;

/// `6500` as `6,500`.
pub(crate) fn grouped(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `123456` cents as `€1,234.56`.
pub(crate) fn money(cents: impl Into<u64>) -> String {
    let cents = cents.into();
    format!("€{}.{:02}", grouped(cents / 100), cents % 100)
}

/// `1 line`, `2 lines`.
pub(crate) fn count(number: impl TryInto<u64>, singular: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{} {}", grouped(number), plural(number, singular))
}

/// `line` for one, `lines` for any other number.
pub(crate) fn plural(number: u64, singular: &str) -> String {
    format!("{singular}{}", if number == 1 { "" } else { "s" })
}

/// `26` for 1,700 of 6,500: per cent, rounded.
pub(crate) fn percent(part: usize, whole: usize) -> usize {
    (part * 100 + whole / 2).checked_div(whole).unwrap_or(0)
}

/// The two largest units of a span.
pub(crate) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes, seconds) {
        (0, 0, 0, s) => format!("{s} s"),
        (0, 0, m, 0) => format!("{m} min"),
        (0, 0, m, s) => format!("{m} min {s} s"),
        (0, h, 0, _) => format!("{h} h"),
        (0, h, m, _) => format!("{h} h {m} min"),
        (d, 0, _, _) => format!("{d} d"),
        (d, h, _, _) => format!("{d} d {h} h"),
    }
}

/// How long before `now` something happened; a clock that is ahead counts as none.
pub(crate) fn ago(time: OffsetDateTime, now: OffsetDateTime) -> String {
    let age = (now - time).max(time::Duration::ZERO);
    format!("{} ago", span(age.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures() {
        assert_eq!(
            [0_usize, 999, 1_000, 6_500, 1_234_567].map(grouped),
            ["0", "999", "1,000", "6,500", "1,234,567"]
        );
        assert_eq!(
            [0, 32, 33, 1_700, 6_500].map(|part| percent(part, 6_500)),
            [0, 0, 1, 26, 100]
        );
        assert_eq!(money(5_u32), "€0.05");
        assert_eq!(money(123_456_u32), "€1,234.56");
        assert_eq!(
            [count(1_u8, "line"), count(200_u8, "line")],
            ["1 line", "200 lines"]
        );
        assert_eq!(
            [0, 59, 60, 61, 3_600, 43_199, 604_799, 2_592_000]
                .map(|s| span(Duration::from_secs(s))),
            [
                "0 s",
                "59 s",
                "1 min",
                "1 min 1 s",
                "1 h",
                "11 h 59 min",
                "6 d 23 h",
                "30 d"
            ]
        );
    }
}
