//! The bars of the README: what a request's session costs, library by library.

use super::kind::Kind;
use super::results::Results;
use super::svg::{Anchor, COLOURS, Svg};
use super::workload::Workload;
use crate::Peer;

const WIDTH: f64 = 860.0;
const BAR: f64 = 13.0;
const GROUP: f64 = 5.0 * BAR + 12.0;
const TOP: f64 = 66.0;
/// Where the bars of a column begin, and how long they get.
const COLUMNS: [(f64, &str); 2] = [(60.0, "read"), (480.0, "write")];
const LONGEST: f64 = 300.0;

/// Reading on the left, writing on the right, each to its own scale.
pub(super) fn chart(results: &Results) -> String {
    let height = TOP + 3.0 * GROUP + 28.0;
    let mut svg = Svg::new(WIDTH, height);
    legend(&mut svg);
    for (left, title) in COLUMNS {
        let workload = |kind| match title {
            "read" => Workload::Read(kind),
            _ => Workload::Write(kind),
        };
        svg.text(left, TOP - 10.0, Anchor::Start, 14.0, title);
        let micros = |peer, kind| results.request(peer, workload(kind)).median / 1e3;
        let all = Kind::CORPUS
            .iter()
            .flat_map(|kind| Peer::TIMED.map(|peer| micros(peer, *kind)));
        let longest = all.fold(f64::MIN_POSITIVE, f64::max);
        let mut y = TOP;
        for kind in Kind::CORPUS {
            let middle = y + 2.5 * BAR + 4.0;
            svg.text(left - 8.0, middle, Anchor::End, 12.0, kind.name());
            for (peer, colour) in Peer::TIMED.into_iter().zip(COLOURS) {
                let value = micros(peer, kind).max(0.0);
                let length = value / longest * LONGEST;
                svg.rectangle(left, y, length, BAR - 2.0, colour);
                let (x, text) = (left + length + 5.0, format!("{value:.1}"));
                svg.text(x, y + BAR - 3.0, Anchor::Start, 11.0, &text);
                y += BAR;
            }
            y += GROUP - 5.0 * BAR;
        }
    }
    let note = format!(
        "microseconds over a bare route, medians; {}",
        results.machine
    );
    svg.text(WIDTH / 2.0, height - 10.0, Anchor::Middle, 11.0, &note);
    svg.finish()
}

fn legend(svg: &mut Svg) {
    let mut x = 20.0;
    for (peer, colour) in Peer::TIMED.into_iter().zip(COLOURS) {
        svg.rectangle(x, 14.0, 11.0, 11.0, colour);
        let name = peer.short_name();
        svg.text(x + 16.0, 24.0, Anchor::Start, 12.0, name);
        let letters = u32::try_from(name.len()).unwrap_or(0);
        x += 38.0 + f64::from(letters) * 6.3;
    }
}
