//! Durations as people write and read them.

use std::time::Duration;

/// Ten years.
const LONGEST: Duration = Duration::from_secs(3_650 * 86_400);

/// Reads a duration such as `90s`, `30m`, `12h`, `30d` or `1h 30m`.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text.trim())
        .ok()
        .filter(|duration| *duration <= LONGEST)
        .ok_or_else(|| "write a duration as in 90s, 30m, 12h or 30d, up to 3650d".to_owned())
}

/// Writes a duration in its two largest units, in which the command's own are exact: `30 days`,
/// `12 hours 2 minutes`. `humantime` counts in months of 30.44 days.
pub(crate) fn words(duration: Duration) -> String {
    let mut rest = duration.as_secs();
    let mut parts = Vec::new();
    for (unit, seconds) in [
        ("day", 86_400),
        ("hour", 3_600),
        ("minute", 60),
        ("second", 1),
    ] {
        let count = rest / seconds;
        rest %= seconds;
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            parts.push(format!("{count} {unit}{plural}"));
        }
    }
    parts.truncate(2);
    if parts.is_empty() {
        return "no time".to_owned();
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, seconds, written) in [
            ("90s", 90, "1 minute 30 seconds"),
            ("30m", 1_800, "30 minutes"),
            (" 12h ", 43_200, "12 hours"),
            ("90d", 7_776_000, "90 days"),
            ("1h 30m", 5_400, "1 hour 30 minutes"),
            ("0s", 0, "no time"),
            ("1d 1s", 86_401, "1 day 1 second"),
        ] {
            let read = parse(text);
            assert_eq!(read, Ok(Duration::from_secs(seconds)), "{text}");
            assert_eq!(read.map(words), Ok(written.to_owned()));
        }
        for bad in [
            "",
            "30",
            "m",
            "-1h",
            "1 fortnight",
            "99999999999999999999s",
            "3651d",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
