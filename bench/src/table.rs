//! The figures of every library for every sample, for people and for machines.

use serde_json::{Map, Value};

use crate::{Figure, Library, Sample};

/// What stands under the table.
pub(crate) const NOTE: &str = "Bytes of the values of all cookies; made by `cargo xtask sizes`.";

/// What stands over the libraries.
const HEAD: &str = "library";

/// So many columns fit beside each other on a terminal.
const COLUMNS: usize = 3;

/// Libraries by samples.
#[derive(Clone, Debug)]
pub struct Table {
    samples: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    library: Library,
    figures: Vec<Figure>,
}

impl Table {
    /// Measures everything.
    #[must_use]
    pub fn measure(libraries: &[Library], samples: &[Sample]) -> Table {
        let row = |library: &Library| Row {
            library: library.clone(),
            figures: samples
                .iter()
                .map(|sample| library.measure(sample))
                .collect(),
        };
        Table {
            samples: samples.iter().map(|s| s.name().to_owned()).collect(),
            rows: libraries.iter().map(row).collect(),
        }
    }

    /// For a terminal: a few samples beside each other, the next ones below, and why some failed.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut text = String::new();
        for first in (0..self.samples.len()).step_by(COLUMNS) {
            let cells = self.cells(first);
            let widths = widths(&cells);
            for row in &cells {
                let cells = row.iter().zip(&widths);
                let line: String = cells
                    .map(|(cell, width)| format!("{cell:<width$}  "))
                    .collect();
                text.push_str(line.trim_end());
                text.push('\n');
            }
            for note in self.failures(first) {
                text.push_str(&note);
                text.push('\n');
            }
            text.push('\n');
        }
        text.push_str(NOTE);
        text.push('\n');
        text
    }

    /// The lines of a Markdown table of all samples, each with whether its figures may differ a
    /// little from run to run.
    pub(crate) fn markdown_lines(&self) -> Vec<(String, bool)> {
        let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
        let mut head = vec![HEAD.to_owned()];
        head.extend(self.samples.iter().cloned());
        let rule = vec!["---".to_owned(); head.len()];
        let mut lines = vec![(line(&head), false), (line(&rule), false)];
        lines.extend(self.rows.iter().map(|row| {
            let mut cells = vec![row.library.name().to_owned()];
            cells.extend(row.figures.iter().map(ToString::to_string));
            (line(&cells), !row.library.is_ours())
        }));
        lines
    }

    /// Why samples have no figure, a line for each.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let parts = (0..self.samples.len()).step_by(COLUMNS);
        parts.flat_map(|first| self.failures(first)).collect()
    }

    /// For a document: a Markdown table of all samples, and the note.
    #[must_use]
    pub fn markdown(&self) -> String {
        let lines = self.markdown_lines();
        let table: String = lines.iter().map(|(line, _)| format!("{line}\n")).collect();
        format!("{table}\n{NOTE}\n")
    }

    /// For machines: an object of sample to bytes, from the first library; `null` where it fails.
    #[must_use]
    pub fn json(&self) -> String {
        let figures = self.rows.first().map(|row| row.figures.as_slice());
        let members = self.samples.iter().zip(figures.unwrap_or_default());
        let member = |(name, figure): (&String, &Figure)| {
            let bytes = figure.bytes().map_or(Value::Null, Value::from);
            (name.clone(), bytes)
        };
        Value::Object(members.map(member).collect::<Map<_, _>>()).to_string()
    }

    /// The head and every row, for the samples from `first` on that fit.
    fn cells(&self, first: usize) -> Vec<Vec<String>> {
        let mut head = vec![HEAD.to_owned()];
        head.extend(self.samples.iter().skip(first).take(COLUMNS).cloned());
        let mut cells = vec![head];
        for row in &self.rows {
            let mut line = vec![row.library.name().to_owned()];
            let figures = row.figures.iter().skip(first).take(COLUMNS);
            line.extend(figures.map(ToString::to_string));
            cells.push(line);
        }
        cells
    }

    /// Who failed at which of these samples, and why.
    fn failures(&self, first: usize) -> Vec<String> {
        let mut notes = Vec::new();
        for row in &self.rows {
            let named = self.samples.iter().zip(&row.figures);
            for (sample, figure) in named.skip(first).take(COLUMNS) {
                if let Figure::Failed(what) = figure {
                    notes.push(format!("  {sample}, {}: {what}", row.library.name()));
                }
            }
        }
        notes
    }
}

/// The widest cell of each column.
fn widths(cells: &[Vec<String>]) -> Vec<usize> {
    let mut widths = Vec::new();
    for row in cells {
        widths.resize(row.len().max(widths.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    widths
}
