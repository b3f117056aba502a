//! A picture, written by hand: rectangles, lines and words.

use std::fmt::Write;

/// A picture on white, readable on dark pages, too.
#[derive(Clone, Debug)]
pub(crate) struct Svg {
    body: String,
    width: f64,
    height: f64,
}

/// The colours of libraries and lines; the first is ours.
pub(crate) const COLOURS: [&str; 5] = ["#0b6e4f", "#e08e45", "#6c8ebf", "#9467bd", "#9e9e9e"];

/// Where a word stands at its place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    pub(crate) fn new(width: f64, height: f64) -> Svg {
        let mut svg = Svg {
            body: String::new(),
            width,
            height,
        };
        svg.rectangle(0.0, 0.0, width, height, "#ffffff");
        svg
    }

    pub(crate) fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, colour: &str) {
        self.line(format_args!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{colour}"/>"#
        ));
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, size: f64, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        self.line(format_args!(
            r##"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" font-size="{size:.0}" fill="#222222">{text}</text>"##
        ));
    }

    pub(crate) fn path(&mut self, points: &[(f64, f64)], colour: &str, width: f64) {
        let pairs: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        self.line(format_args!(
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="{width:.1}"/>"#,
            pairs.join(" ")
        ));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.body, "{line}");
    }

    /// The file.
    pub(crate) fn finish(self) -> String {
        let Svg {
            body,
            width,
            height,
        } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             width=\"{width:.0}\" height=\"{height:.0}\" font-family=\"sans-serif\">\n{body}</svg>\n"
        )
    }
}
