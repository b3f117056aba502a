//! Everything that was timed in one run.

use serde_json::{Value, json};

use super::Machine;
use super::entry::{Entry, Subject};
use super::goals::{self, Goal};
use super::growth::Curve;
use super::kind::Kind;
use super::peers::{Peer, Runtimes};
use super::rounds::{self, Plan, Timing};
use super::spread::Spread;
use super::stage::Stage;
use super::workload::Workload;
use super::{floor, request, stages};

/// The figures, and where they are from.
#[derive(Clone, Debug)]
pub struct Results {
    /// Where they are from.
    pub machine: Machine,
    /// How long it was measured.
    pub plan: Plan,
    /// The curves of growth, if they were asked for.
    pub curves: Vec<Curve>,
    timings: Vec<Timing>,
}

impl Results {
    /// Proves that every library does what it is to be timed at, and times all of it.
    ///
    /// # Errors
    ///
    /// If one does not.
    pub fn measure(plan: Plan) -> Result<Results, String> {
        let runtimes = Runtimes::new()?;
        let sets: Result<Vec<_>, String> = (0..plan.copies).map(|_| entries(&runtimes)).collect();
        Ok(Results {
            machine: Machine::here(),
            plan,
            curves: Vec::new(),
            timings: rounds::measure(sets?, plan),
        })
    }

    /// How many subjects there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.timings.len()
    }

    /// What `workload` adds in `peer` to the bare route.
    #[must_use]
    pub fn request(&self, peer: Peer, workload: Workload) -> Spread {
        self.over(Subject::Request(peer, workload))
    }

    /// The fastest of those that keep everything in the cookie.
    #[must_use]
    pub fn fastest_cookie_peer(&self, workload: Workload) -> (Peer, Spread) {
        let mut fastest = (Peer::AxumExtra, self.request(Peer::AxumExtra, workload));
        for peer in Peer::COOKIE_PEERS {
            let spread = self.request(peer, workload);
            if spread.median < fastest.1.median {
                fastest = (peer, spread);
            }
        }
        fastest
    }

    /// The stages up to this one in this library.
    #[must_use]
    pub fn stage(&self, stage: Stage, kind: Kind) -> Option<Spread> {
        let subject = Subject::Stage(stage, kind);
        let timing = self.timings.iter().find(|timing| timing.subject == subject);
        timing.map(|timing| timing.over)
    }

    /// What the raw floor takes.
    #[must_use]
    pub fn floor(&self, kind: Kind) -> Spread {
        self.over(Subject::Floor(kind))
    }

    /// What was wanted, and whether it is so.
    #[must_use]
    pub fn goals(&self) -> Vec<Goal> {
        goals::of(self)
    }

    fn over(&self, subject: Subject) -> Spread {
        let timing = self.timings.iter().find(|timing| timing.subject == subject);
        timing.map(|timing| timing.over).unwrap_or_default()
    }

    /// For machines: every median and ratio.
    #[must_use]
    pub fn json(&self) -> String {
        let timings: Vec<Value> = self.timings.iter().map(timing).collect();
        let goals: Vec<Value> = self.goals().iter().map(Goal::json).collect();
        let curves: Vec<Value> = self.curves.iter().map(Curve::json).collect();
        json!({
            "processor": self.machine.processor,
            "cores": self.machine.cores,
            "rustc": self.machine.rustc,
            "date": self.machine.date,
            "rounds": self.plan.rounds,
            "nanoseconds": timings,
            "goals": goals,
            "growth": curves,
        })
        .to_string()
    }
}

fn entries(runtimes: &Runtimes) -> Result<Vec<Entry>, String> {
    let mut entries = floor::entries()?;
    entries.extend(stages::entries()?);
    for peer in Peer::ALL {
        for workload in Workload::ALL {
            entries.push(request::entry(runtimes, peer, workload)?);
        }
    }
    Ok(entries)
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
        Subject::Floor(kind) => json!({ "stage": "raw floor", "session": kind.name() }),
        Subject::Point(curve, at) => json!({ "curve": curve, "at": at }),
    };
    if let Some(object) = object.as_object_mut() {
        object.insert("median".to_owned(), json!(timing.over.median));
        object.insert("lower_quartile".to_owned(), json!(timing.over.lower));
        object.insert("upper_quartile".to_owned(), json!(timing.over.upper));
    }
    object
}
