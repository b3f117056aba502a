//! What a run shows: on a terminal, in documents and to machines.

use serde_json::{Value, json};

use super::entry::Subject;
use super::goals::{BESIDE, Goal, READ, REPLACE};
use super::grid::Grid;
use super::growth::Curve;
use super::kind::Kind;
use super::load::{self, Load};
use super::results::Results;
use super::rounds::Timing;
use super::spread::Spread;
use super::stage::Stage;
use super::workload::Workload;
use crate::Peer;

/// What was measured, shown.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a>(pub &'a Results);

impl Report<'_> {
    /// Writes tables for a terminal.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut text = format!("{}\n{}\n\n", self.0.machine, self.method());
        text += "Microseconds over a bare route behind a layer that does nothing, with the quartiles:\n\n";
        text += &self.requests().plain();
        text += "\nMicroseconds of the stages in this library, without a framework:\n\n";
        text += &self.stages().plain();
        text += "\nLimits:\n\n";
        text += &self.goals().plain();
        for curve in &self.0.curves {
            text += &format!("\n{}:\n\n{}", curve.title, growth(curve).plain());
        }
        if !self.0.loads.is_empty() {
            let table = load::table(&self.0.loads).plain();
            text += &format!("\nOver sockets, processor times in microseconds:\n\n{table}");
        }
        let goals = Goal::of(self.0);
        let met = goals.iter().filter(|goal| goal.is_met()).count();
        text + &format!("\n{met} of {} limits are kept.\n", goals.len())
    }

    /// Writes the section of docs/speed.md.
    #[must_use]
    pub fn document(&self) -> String {
        let mut text = format!("{}. {}\n\n", self.0.machine, self.method());
        text += "## Requests\n\nMicroseconds over a bare route, with the quartiles:\n\n";
        text += &self.requests().markdown();
        text += "\n## Stages\n\nMicroseconds in this library, without a framework:\n\n";
        text += &self.stages().markdown();
        text += "\n## Limits\n\n";
        text += &self.goals().markdown();
        if !self.0.loads.is_empty() {
            text += "\n## Over sockets\n\nRequests in a second, and microseconds of processor time for each of them:\n\n";
            text += &load::table(&self.0.loads).markdown();
        }
        if !self.0.curves.is_empty() {
            text += "\n## Growth\n\n![Cost against size, foreign cookies, keys and threads](growth.svg)\n";
        }
        for curve in &self.0.curves {
            text += &format!("\n{}:\n\n{}", curve.title, growth(curve).markdown());
        }
        text
    }

    /// Writes the section of the README: the chart, and how often faster.
    #[must_use]
    pub fn readme(&self) -> String {
        let goals = Goal::of(self.0);
        let mut grid = Grid::new([
            "time, of the fastest other cookie library's",
            "login",
            "cart",
            "oidc",
        ]);
        for (name, what) in [
            ("read", READ),
            ("read, and change a small attribute", BESIDE),
            ("replace", REPLACE),
        ] {
            let found = goals.iter().filter(|goal| goal.what == what);
            let cells = found.map(|goal| format!("{:.2}", goal.measured));
            grid.push(std::iter::once(name.to_owned()).chain(cells));
        }
        format!(
            "![Time of a request's session in five libraries](docs/speed.svg)\n\n{}\n\
             {}. Medians, over a bare route; made by `cargo xtask bench`.\n",
            grid.markdown(),
            self.0.machine
        )
    }

    /// Writes one JSON object with every median, ratio and curve.
    #[must_use]
    pub fn json(&self) -> String {
        let Results {
            machine,
            plan,
            curves,
            instructions,
            loads,
            timings,
        } = self.0;
        let goals = Goal::of(self.0);
        json!({
            "processor": machine.processor,
            "cores": machine.cores,
            "rustc": machine.rustc,
            "date": machine.date,
            "rounds": plan.rounds,
            "instructions": instructions,
            "nanoseconds": timings.iter().map(timing).collect::<Vec<_>>(),
            "goals": goals.iter().map(Goal::json).collect::<Vec<_>>(),
            "sockets": loads.iter().map(Load::json).collect::<Vec<_>>(),
            "growth": curves.iter().map(Curve::json).collect::<Vec<_>>(),
        })
        .to_string()
    }

    fn method(&self) -> String {
        format!(
            "Medians of {} interleaved rounds in one process, on one thread.",
            self.0.plan.rounds
        )
    }

    fn requests(&self) -> Grid {
        let names = Peer::TIMED.map(Peer::name);
        let mut grid = Grid::new(std::iter::once(String::new()).chain(names));
        for workload in Workload::ALL {
            let cell = |peer| shown(self.0.request(peer, workload));
            let cells = Peer::TIMED.map(cell);
            grid.push(std::iter::once(workload.name()).chain(cells));
        }
        for kind in [Kind::Login, Kind::Oidc] {
            let name = format!("the least that a layer does, {}", kind.name());
            grid.push([name, shown(self.0.floor(kind))]);
        }
        grid
    }

    fn stages(&self) -> Grid {
        let kinds = Kind::CORPUS.into_iter().chain([Kind::Large]);
        let names = kinds.clone().map(Kind::name);
        let mut grid = Grid::new(std::iter::once("").chain(names));
        for stage in Stage::ALL {
            let cell = |kind| self.0.stage(stage, kind).map_or_else(String::new, shown);
            grid.push(std::iter::once(stage.name().to_owned()).chain(kinds.clone().map(cell)));
        }
        grid
    }

    /// Puts goals of one kind beside each other.
    fn goals(&self) -> Grid {
        let kinds = Kind::CORPUS.into_iter().chain([Kind::Large]);
        let names = kinds.clone().map(Kind::name);
        let mut grid = Grid::new(std::iter::once("").chain(names));
        let goals = Goal::of(self.0);
        let mut whats: Vec<&str> = goals.iter().map(|goal| goal.what).collect();
        whats.dedup();
        for what in whats {
            let cell = |kind| {
                let mut found = goals.iter().filter(|goal| goal.what == what);
                found
                    .find(|goal| goal.kind == kind)
                    .map_or_else(String::new, Goal::shown)
            };
            grid.push(std::iter::once(what.to_owned()).chain(kinds.clone().map(cell)));
        }
        grid
    }
}

fn growth(curve: &Curve) -> Grid {
    let names = curve.series.iter().map(|series| series.name.to_owned());
    let mut grid = Grid::new(std::iter::once(curve.along.to_owned()).chain(names));
    let Some(first) = curve.series.first() else {
        return grid;
    };
    for (i, (at, _)) in first.points.iter().enumerate() {
        let cell = |points: &[(f64, Spread)]| {
            let point = points.get(i);
            point.map_or_else(String::new, |(_, spread)| format!("{:.2}", spread.median))
        };
        let cells = curve.series.iter().map(|series| cell(&series.points));
        grid.push(std::iter::once(format!("{at:.0}")).chain(cells));
    }
    grid
}

/// Shows a spread in microseconds.
fn shown(spread: Spread) -> String {
    let micros = |nanos: f64| format!("{:.2}", nanos / 1e3);
    format!(
        "{} ({} to {})",
        micros(spread.median),
        micros(spread.lower),
        micros(spread.upper)
    )
}

fn timing(timing: &Timing) -> Value {
    let mut object = match timing.subject {
        Subject::Request(peer, workload) => json!({
            "library": peer.name(),
            "workload": workload.name(),
            "with_bare_route": timing.whole.median,
            "bare_route": timing.bare.median,
        }),
        Subject::Stage(stage, kind) => json!({ "stage": stage.name(), "session": kind.name() }),
        Subject::Floor(kind) => {
            json!({ "stage": "the least that a layer does", "session": kind.name() })
        }
        Subject::Point(curve, at) => json!({ "curve": curve, "at": at }),
    };
    if let Some(object) = object.as_object_mut() {
        object.insert("median".to_owned(), json!(timing.over.median));
        object.insert("lower_quartile".to_owned(), json!(timing.over.lower));
        object.insert("upper_quartile".to_owned(), json!(timing.over.upper));
    }
    object
}
