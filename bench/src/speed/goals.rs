//! What this library is meant to reach, as ratios within one run.

use serde_json::{Value, json};

use super::kind::Kind;
use super::results::Results;
use super::stage::Stage;
use super::workload::Workload;
use crate::Peer;

/// One figure with a limit.
#[derive(Clone, Debug)]
pub struct Goal {
    /// What is compared with what.
    pub what: &'static str,
    /// For which session.
    pub kind: Kind,
    /// What it is compared with in this run, if that is chosen by the run.
    pub against: Option<Peer>,
    /// What came of it.
    pub measured: f64,
    /// What it may be at most.
    pub limit: f64,
    /// Nanoseconds instead of a ratio.
    pub is_time: bool,
}

/// What is compared with what.
pub(crate) const READ: &str = "read, against the fastest cookie peer";
pub(crate) const WRITE: &str = "write, against the fastest cookie peer";
const MEMORY: &str = "read, against tower-sessions' MemoryStore";
const FLOOR: &str = "load and look without decoding, against the raw floor";
const SMALL: &str = "load and read one small attribute, against the raw floor";
const UNTOUCHED: &str = "a request that does not look, ns over the layer that does nothing";
const REFUSED: &str = "a refused cookie, against an accepted one";

impl Goal {
    /// Compares what `results` hold.
    #[must_use]
    pub fn of(results: &Results) -> Vec<Goal> {
        let mut goals = Vec::new();
        for (kind, limit) in Kind::CORPUS.into_iter().zip([1.0 / 3.0, 0.25, 0.25]) {
            goals.push(fastest(results, READ, Workload::Read(kind), kind, limit));
        }
        for (kind, limit) in Kind::CORPUS.into_iter().zip([0.4, 0.25, 0.25]) {
            goals.push(fastest(results, WRITE, Workload::Write(kind), kind, limit));
        }
        for (kind, limit) in Kind::CORPUS.into_iter().zip([0.5, 0.25, 1.2]) {
            let here = results.request(Peer::Here, Workload::Read(kind)).median;
            let there = results.request(Peer::MemoryStore, Workload::Read(kind));
            goals.push(ratio(MEMORY, kind, here / there.median, limit));
        }
        for (kind, limit) in Kind::CORPUS.into_iter().zip([6.0, 6.0, 5.0]) {
            let here = results.stage(Stage::Open, kind).unwrap_or_default().median;
            let floor = results.floor(kind).median;
            goals.push(ratio(FLOOR, kind, here / floor, limit));
        }
        let small = results.stage(Stage::Read, Kind::Large).unwrap_or_default();
        let floor = results.floor(Kind::Large);
        goals.push(ratio(SMALL, Kind::Large, small.median / floor.median, 5.0));
        for kind in [Kind::Login, Kind::Oidc] {
            let refused = results.request(Peer::Here, Workload::Refused(kind)).median;
            let accepted = results.request(Peer::Here, Workload::Read(kind)).median;
            goals.push(ratio(REFUSED, kind, refused / accepted, 1.0));
        }
        for kind in [Kind::Login, Kind::Oidc] {
            let workload = Workload::Untouched(kind);
            let measured = results.request(Peer::Here, workload).median;
            goals.push(Goal {
                is_time: true,
                ..ratio(UNTOUCHED, kind, measured, 200.0)
            });
        }
        goals
    }

    /// Returns whether it is reached.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.measured <= self.limit
    }

    /// Shows the figure and its limit.
    #[must_use]
    pub fn shown(&self) -> String {
        let missed = if self.is_met() { "" } else { ", missed" };
        match self.is_time {
            true => format!("{:.0} (limit {:.0}{missed})", self.measured, self.limit),
            false => format!("{:.2} (limit {:.2}{missed})", self.measured, self.limit),
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "what": self.what,
            "session": self.kind.name(),
            "against": self.against.map(Peer::name),
            "measured": self.measured,
            "limit": self.limit,
            "met": self.is_met(),
        })
    }
}

fn fastest(
    results: &Results,
    what: &'static str,
    workload: Workload,
    kind: Kind,
    limit: f64,
) -> Goal {
    let (peer, there) = results.fastest_cookie_peer(workload);
    let here = results.request(Peer::Here, workload);
    Goal {
        against: Some(peer),
        ..ratio(what, kind, here.median / there.median, limit)
    }
}

fn ratio(what: &'static str, kind: Kind, measured: f64, limit: f64) -> Goal {
    Goal {
        what,
        kind,
        against: None,
        measured,
        limit,
        is_time: false,
    }
}
