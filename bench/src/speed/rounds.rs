//! Interleaved rounds: everything is timed for a moment, in another order each time, again and
//! again, so that what disturbs the machine disturbs all alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::entry::{Entry, Subject};
use super::spread::Spread;
use super::stage::Times;

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often everything has its turn.
    pub rounds: usize,
    /// How often everything is made anew.
    pub copies: usize,
    /// How long a turn lasts, about.
    pub turn: Duration,
    /// How often each has its turn over sockets, and the requests of such a turn.
    pub sockets: (usize, usize),
}

impl Plan {
    /// For figures that are shown.
    pub const FULL: Plan = Plan {
        rounds: 105,
        copies: 5,
        turn: Duration::from_millis(3),
        sockets: (21, 4_000),
    };

    /// Only to see that everything runs.
    pub const QUICK: Plan = Plan {
        rounds: 3,
        copies: 1,
        turn: Duration::from_micros(200),
        sockets: (1, 64),
    };
}

/// What came of one subject, for one call.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// What was timed.
    pub subject: Subject,
    /// With what is subtracted.
    pub whole: Spread,
    /// What is subtracted; zero if nothing is.
    pub bare: Spread,
    /// The difference of both in each round.
    pub over: Spread,
}

/// Something with as many calls as fit into a turn.
struct Calibrated {
    run: Times,
    calls: u32,
}

impl Calibrated {
    /// Doubles the calls until they fill a turn, which warms up, too.
    fn new(mut run: Times, turn: Duration) -> Calibrated {
        let mut calls = 1;
        loop {
            let elapsed = elapsed(&mut run, calls);
            if elapsed >= turn || calls >= CALLS_MAX {
                let fitting = f64::from(calls) * turn.as_secs_f64() / elapsed.as_secs_f64();
                let calls = (1..=calls).rev().find(|&n| f64::from(n) <= fitting);
                return Calibrated {
                    run,
                    calls: calls.unwrap_or(1),
                };
            }
            calls *= 2;
        }
    }

    /// Nanoseconds for each call. What was timed before had the caches for itself.
    fn turn(&mut self) -> f64 {
        (self.run)(self.calls / WARM_UP + 1);
        elapsed(&mut self.run, self.calls).as_secs_f64() * 1e9 / f64::from(self.calls)
    }
}

/// No turn has more calls; keeps a broken clock from counting for ever.
const CALLS_MAX: u32 = 1 << 24;

/// Such a part of a turn goes first and is not timed.
const WARM_UP: u32 = 16;

fn elapsed(run: &mut Times, calls: u32) -> Duration {
    let start = Instant::now();
    run(black_box(calls));
    start.elapsed()
}

/// Times everything. `sets` holds the same subjects several times over, each time made anew: where
/// the memory of one lies can cost it a third, for as long as it lives. They take turns.
#[must_use]
pub(crate) fn measure(sets: Vec<Vec<Entry>>, plan: Plan) -> Vec<Timing> {
    let mut subjects: Vec<Timed> = Vec::new();
    for entry in sets.into_iter().flatten() {
        let run = Calibrated::new(entry.run, plan.turn);
        let bare = entry.bare.map(|bare| Calibrated::new(bare, plan.turn));
        let known = subjects
            .iter_mut()
            .find(|timed| timed.subject == entry.subject);
        match known {
            Some(timed) => timed.copies.push((run, bare)),
            None => subjects.push(Timed {
                subject: entry.subject,
                copies: vec![(run, bare)],
                turns: Vec::new(),
            }),
        }
    }
    let mut order = Order(0x9e37_79b9_7f4a_7c15);
    for round in 0..plan.rounds {
        order.shuffle(&mut subjects);
        for timed in &mut subjects {
            let copy = round % timed.copies.len().max(1);
            if let Some((run, bare)) = timed.copies.get_mut(copy) {
                let turn = pair(run, bare.as_mut(), order.next() & 1 == 0);
                timed.turns.push(turn);
            }
        }
    }
    subjects.iter().map(Timed::timing).collect()
}

/// A subject, what runs it, and nanoseconds of each round, over what is subtracted.
struct Timed {
    subject: Subject,
    copies: Vec<(Calibrated, Option<Calibrated>)>,
    turns: Vec<(f64, f64)>,
}

impl Timed {
    fn timing(&self) -> Timing {
        let turns = self.turns.iter();
        Timing {
            subject: self.subject,
            whole: Spread::of(turns.clone().map(|(whole, _)| *whole).collect()),
            bare: Spread::of(turns.clone().map(|(_, bare)| *bare).collect()),
            over: Spread::of(turns.map(|(whole, bare)| whole - bare).collect()),
        }
    }
}

/// Times both right after one another.
fn pair(run: &mut Calibrated, bare: Option<&mut Calibrated>, is_first: bool) -> (f64, f64) {
    match bare {
        None => (run.turn(), 0.0),
        Some(bare) if is_first => {
            let whole = run.turn();
            (whole, bare.turn())
        }
        Some(bare) => {
            let bare = bare.turn();
            (run.turn(), bare)
        }
    }
}

/// A xorshift generator: the same orders in every run.
struct Order(u64);

impl Order {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let bound = u64::try_from(end + 1).unwrap_or(u64::MAX);
            let place = usize::try_from(self.next() % bound).unwrap_or(0);
            items.swap(end, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_its_turn() {
        let entry = |subject, bare: Option<Times>| Entry {
            subject,
            run: Box::new(|calls| std::thread::sleep(Duration::from_micros(200) * calls)),
            bare,
        };
        let bare: Times = Box::new(|calls| std::thread::sleep(Duration::from_micros(50) * calls));
        let entries = vec![
            entry(Subject::Point(0, 0.0), None),
            entry(Subject::Point(1, 0.0), Some(bare)),
        ];
        for timing in measure(vec![entries], Plan::QUICK) {
            assert!(timing.whole.median >= 200_000.0);
            let is_bare = timing.subject == Subject::Point(1, 0.0);
            assert_eq!(timing.bare.median > 0.0, is_bare);
            assert_eq!(timing.over.median < timing.whole.median, is_bare);
        }
    }

    #[test]
    fn orders_lose_nothing() {
        let mut items: Vec<u32> = (0..20).collect();
        Order(1).shuffle(&mut items);
        assert_ne!(items, (0..20).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..20).collect::<Vec<_>>());
    }
}
