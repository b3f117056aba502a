//! The pictures of a run: bars for the README, curves for docs/speed.md.

use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::growth::Curve;
use super::kind::Kind;
use super::results::Results;
use super::workload::Workload;
use crate::Peer;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<T> = Result<T, Box<dyn Error>>;

/// The colours of libraries and lines; the first is ours.
const COLOURS: [RGBColor; 5] = [
    RGBColor(0x0b, 0x6e, 0x4f),
    RGBColor(0xe0, 0x8e, 0x45),
    RGBColor(0x6c, 0x8e, 0xbf),
    RGBColor(0x94, 0x67, 0xbd),
    RGBColor(0x9e, 0x9e, 0x9e),
];
const FONT: &str = "sans-serif";
const WIDTH: u32 = 860;

/// Draws what a request's session costs, library by library: reading on the left, writing on the
/// right, each to its own scale.
pub(super) fn bars(results: &Results) -> Drawn<String> {
    picture(330, |page| {
        let machine = &results.machine;
        let note = format!("microseconds over a bare route, medians; {machine}");
        let (legend, page) = page.titled(&note, (FONT, 12))?.split_vertically(24);
        let places = (12..).step_by(170);
        for ((peer, colour), x) in Peer::TIMED.into_iter().zip(COLOURS).zip(places) {
            legend.draw(&Rectangle::new([(x, 6), (x + 11, 17)], colour.filled()))?;
            legend.draw(&Text::new(peer.short_name(), (x + 16, 6), (FONT, 12)))?;
        }
        let (left, right) = page.split_horizontally(WIDTH / 2);
        column(&left, results, "read", Workload::Read)?;
        column(&right, results, "write", Workload::Write)
    })
}

/// Draws the bars of one workload, each with its figure.
fn column(
    area: &Area<'_>,
    results: &Results,
    title: &str,
    workload: fn(Kind) -> Workload,
) -> Drawn<()> {
    let micros = |peer, kind| (results.request(peer, workload(kind)).median / 1e3).max(0.0);
    let all = Kind::CORPUS
        .into_iter()
        .flat_map(|kind| Peer::TIMED.map(|peer| micros(peer, kind)));
    let longest = all.fold(f64::MIN_POSITIVE, f64::max);
    let area = area.titled(title, (FONT, 14))?;
    // Names stand left of zero, and a gap below each session's five bars.
    let (names, figures) = (-0.15 * longest, 1.2 * longest);
    let chart = ChartBuilder::on(&area).build_cartesian_2d(names..figures, -18.0..0.0)?;
    let plot = chart.plotting_area();
    let anchored = |at| {
        let style = TextStyle::from((FONT, 11));
        style.pos(Pos::new(at, VPos::Center))
    };
    let mut top = 0.0;
    for kind in Kind::CORPUS {
        let place = (-0.02 * longest, top - 2.5);
        plot.draw(&Text::new(kind.name(), place, anchored(HPos::Right)))?;
        for (peer, colour) in Peer::TIMED.into_iter().zip(COLOURS) {
            let value = micros(peer, kind);
            let corners = [(0.0, top), (value, top - 0.85)];
            plot.draw(&Rectangle::new(corners, colour.filled()))?;
            let place = (value + 0.015 * longest, top - 0.4);
            let figure = format!("{value:.1}");
            plot.draw(&Text::new(figure, place, anchored(HPos::Left)))?;
            top -= 1.0;
        }
        top -= 1.0;
    }
    Ok(())
}

/// Draws all curves, two beside each other.
pub(super) fn curves(curves: &[Curve]) -> Drawn<String> {
    let rows = curves.len().div_ceil(2);
    picture(250 * u32::try_from(rows)?, |page| {
        let panels = page.split_evenly((rows, 2));
        panels
            .iter()
            .zip(curves)
            .try_for_each(|(area, curve)| panel(area, curve))
    })
}

fn panel(area: &Area<'_>, curve: &Curve) -> Drawn<()> {
    let points = || curve.series.iter().flat_map(|series| &series.points);
    let widest = points().map(|(at, _)| *at).fold(0.0, f64::max);
    let highest = points().map(|(_, spread)| spread.median);
    let highest = 1.1 * highest.fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(curve.short, (FONT, 13))
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(40)
        .build_cartesian_2d(0.0..widest, 0.0..highest)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(6)
        .y_labels(6)
        .x_desc(curve.along)
        .x_label_formatter(&f64::to_string)
        .y_label_formatter(&f64::to_string)
        .draw()?;
    for (series, colour) in curve.series.iter().zip(COLOURS) {
        let points = series.points.iter();
        let places = points.map(|(at, spread)| (*at, spread.median));
        let line = LineSeries::new(places, colour.stroke_width(2));
        chart
            .draw_series(line.point_size(2))?
            .label(series.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    if curve.series.len() > 1 {
        let mut names = chart.configure_series_labels();
        names.position(SeriesLabelPosition::UpperLeft).draw()?;
    }
    Ok(())
}

/// Draws on white, so that it is readable on dark pages, too.
fn picture(height: u32, draw: impl FnOnce(&Area<'_>) -> Drawn<()>) -> Drawn<String> {
    let mut text = String::new();
    let page = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
    page.fill(&WHITE)?;
    draw(&page)?;
    page.present()?;
    drop(page);
    Ok(text)
}
