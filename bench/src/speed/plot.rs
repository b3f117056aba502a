//! The curves of docs/speed.md, four beside and below each other.

use super::growth::{Curve, Series};
use super::svg::{Anchor, COLOURS, Svg};

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 250.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 40.0;
/// How many lines across.
const LINES: u32 = 4;

/// All curves in one picture.
pub(super) fn plot(curves: &[Curve]) -> String {
    let rows = u32::try_from(curves.len().div_ceil(2)).unwrap_or(1);
    let mut svg = Svg::new(2.0 * WIDTH, f64::from(rows) * HEIGHT);
    let (mut x, mut y) = (0.0, 0.0);
    for curve in curves {
        panel(&mut svg, curve, x, y);
        x += WIDTH;
        if x >= 2.0 * WIDTH {
            (x, y) = (0.0, y + HEIGHT);
        }
    }
    svg.finish()
}

fn panel(svg: &mut Svg, curve: &Curve, x: f64, y: f64) {
    let points = || curve.series.iter().flat_map(|series| &series.points);
    let widest = points()
        .map(|(at, _)| *at)
        .fold(f64::MIN_POSITIVE, f64::max);
    let highest = points().map(|(_, spread)| spread.median);
    let highest = round_up(highest.fold(f64::MIN_POSITIVE, f64::max));
    let (width, height) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    let place = |at: f64, value: f64| {
        let right = at / widest * width;
        (x + LEFT + right, y + TOP + height * (1.0 - value / highest))
    };
    svg.text(x + LEFT, y + 18.0, Anchor::Start, 12.0, curve.short);
    for line in 0..=LINES {
        let value = highest * f64::from(line) / f64::from(LINES);
        let (left, right) = (place(0.0, value), place(widest, value));
        svg.path(&[left, right], "#dddddd", 1.0);
        svg.text(
            left.0 - 6.0,
            left.1 + 4.0,
            Anchor::End,
            10.0,
            &number(value),
        );
    }
    let mut last = f64::NEG_INFINITY;
    for (at, _) in curve
        .series
        .first()
        .map_or(&[][..], |series| &series.points)
    {
        let (x, bottom) = place(*at, 0.0);
        // Numbers that would lie over one another are left out.
        if x - last > 34.0 {
            svg.text(x, bottom + 14.0, Anchor::Middle, 10.0, &number(*at));
            last = x;
        }
    }
    let (middle, bottom) = (x + LEFT + width / 2.0, y + HEIGHT - 10.0);
    svg.text(middle, bottom, Anchor::Middle, 11.0, curve.along);
    let mut taken = f64::NEG_INFINITY;
    for (series, colour) in curve.series.iter().zip(COLOURS) {
        taken = draw(svg, series, colour, &place, taken);
    }
}

/// Returns where the line ends, so that the next one's name can go elsewhere.
fn draw(
    svg: &mut Svg,
    series: &Series,
    colour: &str,
    place: &dyn Fn(f64, f64) -> (f64, f64),
    taken: f64,
) -> f64 {
    let points = series.points.iter();
    let places: Vec<_> = points
        .map(|(at, spread)| place(*at, spread.median))
        .collect();
    svg.path(&places, colour, 2.0);
    for (x, y) in &places {
        svg.rectangle(x - 2.5, y - 2.5, 5.0, 5.0, colour);
    }
    let Some((x, y)) = places.last() else {
        return taken;
    };
    let is_close = (y - taken).abs() < 20.0;
    let name = if is_close {
        y.max(taken) + 17.0
    } else {
        y - 7.0
    };
    svg.text(*x, name, Anchor::End, 11.0, series.name);
    *y
}

/// To one, two or five and zeros.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    steps
        .into_iter()
        .find(|step| *step >= value)
        .unwrap_or(value)
}

fn number(value: f64) -> String {
    match value.fract().abs() < 0.01 {
        true => format!("{value:.0}"),
        false => format!("{value:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_numbers() {
        assert_eq!(
            [0.7, 1.0, 3.2, 42.0, 600.0].map(round_up),
            [1.0, 1.0, 5.0, 50.0, 1_000.0]
        );
        assert_eq!([3.0, 2.5].map(number), ["3", "2.5"]);
    }
}
