//! What this library is meant to reach: ratios within one run, and counts that no processor moves.

use serde_json::{Value, json};

use super::CountedPath;
use super::allocations::ALLOCATIONS;
use super::kind::Kind;
use super::results::Results;
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
    /// What would be better still.
    pub beyond: f64,
    /// A number of things instead of a ratio.
    pub is_count: bool,
}

/// What is compared with what.
pub(crate) const READ: &str = "read, of the fastest cookie peer";
pub(crate) const REPLACE: &str = "replace the attribute, of the fastest cookie peer";
pub(crate) const BESIDE: &str = "read all and change a small attribute, of the fastest cookie peer";
const MEMORY: &str = "read, of tower-sessions' MemoryStore";
const UNTOUCHED: &str = "not looked at, times the least that a layer does";
const LOOK: &str = "instructions to look, in the core";

impl Goal {
    /// Compares what `results` hold.
    #[must_use]
    pub fn of(results: &Results) -> Vec<Goal> {
        let mut goals = Vec::new();
        let limits = [(0.55, 0.45), (0.28, 0.25), (0.30, 0.25)];
        goals.extend(fastest(results, READ, Workload::Read, limits));
        let limits = [(0.95, 0.70), (0.42, 0.35), (0.42, 0.33)];
        goals.extend(fastest(results, REPLACE, Workload::Write, limits));
        let limits = [(0.70, 0.55), (0.32, 0.27), (0.29, 0.25)];
        goals.extend(fastest(results, BESIDE, Workload::Beside, limits));

        let read = Workload::Read(Kind::Login);
        let [here, there] = [Peer::Here, Peer::MemoryStore].map(|peer| results.request(peer, read));
        let measured = here.median / there.median;
        goals.push(goal(MEMORY, Kind::Login, measured, (0.85, 0.70)));

        for kind in [Kind::Login, Kind::Oidc] {
            let here = results.request(Peer::Here, Workload::Untouched(kind));
            let measured = here.median / results.floor(kind).median;
            goals.push(goal(UNTOUCHED, kind, measured, (3.3, 2.5)));
        }
        goals.extend(counts(results));
        goals
    }

    /// Returns whether the limit is kept.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.measured <= self.limit
    }

    /// Shows the figure and its limits.
    #[must_use]
    pub fn shown(&self) -> String {
        let digits = if self.is_count { 0 } else { 2 };
        let [measured, limit, beyond] =
            [self.measured, self.limit, self.beyond].map(|figure| format!("{figure:.digits$}"));
        let missed = if self.is_met() { "" } else { ", missed" };
        format!("{measured} (limit {limit}{missed}; beyond {beyond})")
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "what": self.what,
            "session": self.kind.name(),
            "against": self.against.map(Peer::name),
            "measured": self.measured,
            "limit": self.limit,
            "beyond": self.beyond,
            "met": self.is_met(),
        })
    }
}

/// Compares with the fastest library that keeps everything in the cookie, session by session.
fn fastest(
    results: &Results,
    what: &'static str,
    workload: fn(Kind) -> Workload,
    limits: [(f64, f64); 3],
) -> impl Iterator<Item = Goal> {
    let sessions = Kind::CORPUS.into_iter().zip(limits);
    sessions.map(move |(kind, limits)| {
        let (peer, there) = results.fastest_cookie_peer(workload(kind));
        let here = results.request(Peer::Here, workload(kind));
        Goal {
            against: Some(peer),
            ..goal(what, kind, here.median / there.median, limits)
        }
    })
}

/// Compares what was counted: instructions as they are committed, and allocations as they are tested.
fn counts(results: &Results) -> impl Iterator<Item = Goal> {
    let looks = CountedPath::LOOKS.into_iter().filter_map(|(path, limits)| {
        let CountedPath::Look(kind) = path else {
            return None;
        };
        let instructions = *results.instructions.get(&path.name())?;
        Some((LOOK, kind, instructions, limits))
    });
    let looks = looks.collect::<Vec<_>>().into_iter();
    let allocations = ALLOCATIONS.into_iter();
    let allocations =
        allocations.map(|(what, _, measured, limits)| (what, Kind::Login, measured, limits));
    let count = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let all = looks.chain(allocations);
    all.map(move |(what, kind, measured, (limit, beyond))| Goal {
        is_count: true,
        ..goal(what, kind, count(measured), (count(limit), count(beyond)))
    })
}

fn goal(what: &'static str, kind: Kind, measured: f64, (limit, beyond): (f64, f64)) -> Goal {
    Goal {
        what,
        kind,
        against: None,
        measured,
        limit,
        beyond,
        is_count: false,
    }
}
