//! Rows of text, for a terminal and for a document.

/// A head and rows of as many cells.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// Begins with the head.
    pub fn new<S: Into<String>>(head: impl IntoIterator<Item = S>) -> Grid {
        let mut grid = Grid::default();
        grid.push(head);
        grid
    }

    /// Adds a row.
    pub fn push<S: Into<String>>(&mut self, row: impl IntoIterator<Item = S>) {
        self.rows.push(row.into_iter().map(Into::into).collect());
    }

    /// Writes columns, for a terminal.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            widths.resize(row.len().max(widths.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths);
            let line: String = cells
                .map(|(cell, width)| format!("{cell:<width$}  "))
                .collect();
            format!("{}\n", line.trim_end())
        };
        self.rows.iter().map(line).collect()
    }

    /// Writes a Markdown table.
    #[must_use]
    pub fn markdown(&self) -> String {
        let line = |row: &[String]| format!("| {} |\n", row.join(" | "));
        let mut text = String::new();
        for (i, row) in self.rows.iter().enumerate() {
            text += &line(row);
            if i == 0 {
                text += &line(&vec!["---".to_owned(); row.len()]);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms() {
        let mut grid = Grid::new(["a", "b"]);
        grid.push(["long", "c"]);
        assert_eq!(grid.plain(), "a     b\nlong  c\n");
        assert_eq!(grid.markdown(), "| a | b |\n| --- | --- |\n| long | c |\n");
    }
}
