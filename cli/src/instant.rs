//! Points in time: how they are given, and how they are shown. Always in UTC.

use std::ops::RangeInclusive;
use std::time::Duration;

use clap::Args;
use sealed_session::time::format_description::well_known::Rfc3339;
use sealed_session::time::{Duration as Span, OffsetDateTime, UtcOffset};

/// The years in which times may lie that are given. The library counts seconds up to 2106, and durations of ten years
/// are added here.
const YEARS: RangeInclusive<i32> = 1970..=2089;

/// The option `--at`.
#[derive(Args, Debug)]
pub(crate) struct At {
    /// Answer for this time instead of now, such as 2027-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse)]
    at: Option<OffsetDateTime>,
}

impl At {
    /// Returns the time to answer for.
    pub(crate) fn or(&self, now: OffsetDateTime) -> OffsetDateTime {
        self.at.unwrap_or(now)
    }
}

fn parse(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .ok()
        .and_then(|time| time.checked_to_offset(UtcOffset::UTC))
        .filter(|time| YEARS.contains(&time.year()))
        .ok_or_else(|| "write a time as in 2027-01-31T12:00:00Z, from 1970 to 2089".to_owned())
}

/// Returns the time so much later. The end of the calendar is the latest.
pub(crate) fn after(time: OffsetDateTime, by: Duration) -> OffsetDateTime {
    time.saturating_add(by.try_into().unwrap_or(Span::MAX))
}

/// Writes a time for people.
pub(crate) fn date(time: OffsetDateTime) -> String {
    let (date, clock) = (time.date(), time.time());
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    )
}

/// Writes a time for files and scripts: RFC 3339, in whole seconds.
pub(crate) fn rfc3339(time: OffsetDateTime) -> String {
    let whole = time.replace_nanosecond(0).unwrap_or(time);
    whole.format(&Rfc3339).unwrap_or_default()
}
