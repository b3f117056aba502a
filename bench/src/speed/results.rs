//! Everything that was timed in one run.

use std::collections::BTreeMap;

use super::entry::{Entry, Subject};
use super::growth::Curve;
use super::kind::Kind;
use super::load::Load;
use super::rounds::{self, Plan, Timing};
use super::spread::Spread;
use super::stage::Stage;
use super::workload::Workload;
use super::{Baseline, Machine};
use super::{floor, request, stages};
use crate::Peer;
use crate::peers::Runtimes;

/// The figures, and where they are from.
#[derive(Clone, Debug)]
pub struct Results {
    /// Where they are from.
    pub machine: Machine,
    /// How long it was measured.
    pub plan: Plan,
    /// The curves of growth, if they were asked for.
    pub curves: Vec<Curve>,
    /// What came of the load over sockets, if it was asked for.
    pub loads: Vec<Load>,
    /// The committed instructions of our own paths, by name.
    pub instructions: BTreeMap<String, u64>,
    /// Every subject's times.
    pub timings: Vec<Timing>,
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
            loads: Vec::new(),
            instructions: Baseline::committed()?.instructions,
            timings: rounds::measure(sets?, plan),
        })
    }

    /// Returns what `workload` adds in `peer` to the bare route.
    #[must_use]
    pub fn request(&self, peer: Peer, workload: Workload) -> Spread {
        self.over(Subject::Request(peer, workload))
    }

    /// Returns the fastest of those that keep everything in the cookie.
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

    /// Returns what the stages up to this one take in this library.
    #[must_use]
    pub fn stage(&self, stage: Stage, kind: Kind) -> Option<Spread> {
        let subject = Subject::Stage(stage, kind);
        let timing = self.timings.iter().find(|timing| timing.subject == subject);
        timing.map(|timing| timing.over)
    }

    /// Returns what the least that a layer does adds to the bare route.
    #[must_use]
    pub fn floor(&self, kind: Kind) -> Spread {
        self.over(Subject::Floor(kind))
    }

    fn over(&self, subject: Subject) -> Spread {
        let timing = self.timings.iter().find(|timing| timing.subject == subject);
        timing.map(|timing| timing.over).unwrap_or_default()
    }
}

fn entries(runtimes: &Runtimes) -> Result<Vec<Entry>, String> {
    let mut entries = floor::entries(runtimes)?;
    entries.extend(stages::entries()?);
    for peer in Peer::TIMED {
        for workload in Workload::ALL {
            entries.push(request::entry(runtimes, peer, workload)?);
        }
    }
    Ok(entries)
}
