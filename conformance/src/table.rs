//! What adapters do, side by side.

use std::fmt::Write;

use crate::report::Report;
use crate::scenario::Scenario;
use crate::support::Support;

/// A Markdown table of reports of the whole list: how many scenarios of each topic passed, and what
/// was declared.
///
/// ```
/// use conformance::table;
///
/// assert_eq!(table(&[]).lines().next(), Some("| |"));
/// ```
#[must_use]
pub fn table(reports: &[Report]) -> String {
    let mut rows = vec![row("", reports, |report| report.adapter().to_owned())];
    rows.push(format!("| --- |{}", " --- |".repeat(reports.len())));
    let mut topics: Vec<&str> = Scenario::all().map(|scenario| scenario.topic()).collect();
    topics.dedup();
    for topic in topics {
        rows.push(row(topic, reports, |report| passed(report, topic)));
    }
    for (trait_of_it, text) in Support::DECLARED {
        rows.push(row(trait_of_it, reports, |report| {
            text(report.support()).to_owned()
        }));
    }
    rows.join("\n") + "\n"
}

fn row(head: &str, reports: &[Report], cell: impl Fn(&Report) -> String) -> String {
    let mut row = match head {
        "" => "| |".to_owned(),
        _ => format!("| {head} |"),
    };
    for report in reports {
        let written = write!(row, " {} |", cell(report));
        debug_assert!(written.is_ok(), "writing to a string does not fail");
    }
    row
}

fn passed(report: &Report, topic: &str) -> String {
    let results = || {
        report
            .results()
            .filter(|(scenario, _)| scenario.topic() == topic)
    };
    let passed = results().filter(|(_, result)| result.is_ok()).count();
    format!("{passed} of {}", results().count())
}
