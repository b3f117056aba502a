//! The figures of every library for every sample, for people and for machines.

use sealed_session_paths::grid::Grid;
use serde_json::{Map, Value};

use crate::{Figure, Peer, Sample};

/// What stands under the table.
const NOTE: &str = "Bytes of the values of all cookies; made by `cargo xtask sizes`.";

/// So many columns fit beside each other on a terminal.
const COLUMNS: usize = 3;

/// Libraries by samples.
#[derive(Clone, Debug)]
pub struct Table {
    samples: Vec<String>,
    rows: Vec<(Peer, Vec<Figure>)>,
}

impl Table {
    /// Measures everything.
    #[must_use]
    pub fn measure(peers: &[Peer], samples: &[Sample]) -> Table {
        let figures = |peer| {
            let figures = samples.iter().map(|sample| Figure::measure(peer, sample));
            figures.collect()
        };
        Table {
            samples: samples.iter().map(|s| s.name().to_owned()).collect(),
            rows: peers.iter().map(|peer| (*peer, figures(*peer))).collect(),
        }
    }

    /// Shows a few samples beside each other, the next ones below, and why some failed.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut text = String::new();
        for first in (0..self.samples.len()).step_by(COLUMNS) {
            text += &self.grid(first, COLUMNS).plain();
            for reason in self.reasons(first, COLUMNS) {
                text += &format!("  {reason}\n");
            }
            text.push('\n');
        }
        format!("{text}{NOTE}\n")
    }

    /// Shows all samples as a Markdown table, and the note.
    #[must_use]
    pub fn markdown(&self) -> String {
        let table = self.grid(0, self.samples.len()).markdown();
        format!("{table}\n{NOTE}\n")
    }

    /// Returns whether the figures in this line of the Markdown may differ a little from run to run.
    pub(crate) fn is_tolerant(&self, line: usize) -> bool {
        // The head and the rule come first.
        let row = line.checked_sub(2).and_then(|row| self.rows.get(row));
        row.is_some_and(|(peer, _)| !peer.is_ours())
    }

    /// Writes an object of sample to bytes, from the first library; `null` where it fails.
    #[must_use]
    pub fn json(&self) -> String {
        let figures = self.rows.first().map(|(_, figures)| figures.as_slice());
        let members = self.samples.iter().zip(figures.unwrap_or_default());
        let member = |(name, figure): (&String, &Figure)| {
            let bytes = figure.bytes().map_or(Value::Null, Value::from);
            (name.clone(), bytes)
        };
        Value::Object(members.map(member).collect::<Map<_, _>>()).to_string()
    }

    /// Says why samples have no figure, a line for each.
    #[must_use]
    pub fn failures(&self) -> Vec<String> {
        self.reasons(0, self.samples.len())
    }

    /// Puts `count` samples from `first` on into columns.
    fn grid(&self, first: usize, count: usize) -> Grid {
        let samples = self.samples.iter().skip(first).take(count).cloned();
        let mut grid = Grid::new(std::iter::once("library".to_owned()).chain(samples));
        for (peer, figures) in &self.rows {
            let figures = figures.iter().skip(first).take(count);
            grid.push(std::iter::once(peer.name()).chain(figures.map(Figure::to_string)));
        }
        grid
    }

    /// Says who failed at which of these samples, and why.
    fn reasons(&self, first: usize, count: usize) -> Vec<String> {
        let mut reasons = Vec::new();
        for (peer, figures) in &self.rows {
            let named = self.samples.iter().zip(figures);
            for (sample, figure) in named.skip(first).take(count) {
                if let Figure::Failed(what) = figure {
                    reasons.push(format!("{sample}, {}: {what}", peer.name()));
                }
            }
        }
        reasons
    }
}
