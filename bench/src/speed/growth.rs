//! What a request costs against what may grow: the session, the cookies of others, the ring of
//! keys, and the threads that share a manager.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use sealed_session::time::OffsetDateTime;
use sealed_session::{Budget, Error, Key, KeyRing, SessionManager};
use serde_json::{Value as Json, json};

use super::core::{Core, read, store};
use super::entry::{Entry, Subject};
use super::kind::Kind;
use super::rounds::{self, Plan, Timing};
use super::spread::Spread;
use super::stages::{Stage, times};
use super::value::Value;
use super::workload::beside;
use crate::Cart;

/// One or two lines over the same axis.
#[derive(Clone, Debug)]
pub struct Curve {
    /// What it shows, with the unit.
    pub title: &'static str,
    /// The same where there is little room.
    pub short: &'static str,
    /// What grows.
    pub along: &'static str,
    /// The lines.
    pub series: Vec<Series>,
}

/// A line.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is of.
    pub name: &'static str,
    /// Places along the axis, and what was measured there.
    pub points: Vec<(f64, Spread)>,
}

impl Curve {
    pub(crate) fn json(&self) -> Json {
        let point = |(at, spread): &(f64, Spread)| json!([at, spread.median]);
        let series = self.series.iter().map(|series| {
            let points: Vec<Json> = series.points.iter().map(point).collect();
            json!({ "name": series.name, "points": points })
        });
        json!({
            "title": self.title,
            "along": self.along,
            "series": series.collect::<Vec<_>>(),
        })
    }
}

/// Bytes of JSON, about.
const SIZES: [usize; 7] = [100, 1_000, 3_000, 6_000, 12_000, 20_000, 30_000];
const FOREIGN: [u8; 6] = [0, 10, 25, 50, 100, 150];
const KEYS: [u16; 5] = [1, 10, 100, 300, 1_000];

const READS: usize = 0;
const WRITES: usize = 1;
const BESIDE: usize = 2;
const RING: usize = 3;

/// Measures all curves.
///
/// # Errors
///
/// If a session cannot be stored or found again.
pub fn measure(plan: Plan) -> Result<Vec<Curve>, String> {
    let mut entries = Vec::new();
    for size in SIZES {
        let (core, bytes) = sized(size).map_err(|error| error.to_string())?;
        entries.push(point(READS, bytes, Stage::Read, Kind::Cart, core.clone())?);
        entries.push(point(WRITES, bytes, Stage::Commit, Kind::Cart, core)?);
    }
    for count in FOREIGN {
        let mut core = Core::new(Kind::Login).map_err(|error| error.to_string())?;
        core.line = beside(&core.line, count.into());
        entries.push(point(BESIDE, count.into(), Stage::Read, Kind::Login, core)?);
    }
    for count in KEYS {
        let core = with_ring(count).map_err(|error| error.to_string())?;
        entries.push(point(RING, count.into(), Stage::Read, Kind::Login, core)?);
    }
    let timings = rounds::measure(entries, plan);
    let series = |name, curve| Series {
        name,
        points: points(&timings, curve),
    };
    Ok(vec![
        Curve {
            title: "Microseconds against the size of the session",
            short: "microseconds, by size",
            along: "bytes of JSON",
            series: vec![series("read", READS), series("write", WRITES)],
        },
        Curve {
            title: "Microseconds to read a login, against the cookies of others",
            short: "microseconds to read a login, by other cookies",
            along: "other cookies",
            series: vec![series("read", BESIDE)],
        },
        Curve {
            title: "Microseconds to read a login, against the keys in the ring",
            short: "microseconds to read a login, by keys in the ring",
            along: "keys",
            series: vec![series("read", RING)],
        },
        threads(plan)?,
    ])
}

fn point(curve: usize, at: f64, stage: Stage, kind: Kind, core: Core) -> Result<Entry, String> {
    Ok(Entry {
        subject: Subject::Point(curve, at),
        run: times(stage, kind, core)?,
        bare: None,
    })
}

/// In microseconds, in their order.
fn points(timings: &[Timing], wanted: usize) -> Vec<(f64, Spread)> {
    let mut points = Vec::new();
    for timing in timings {
        if let Subject::Point(curve, at) = timing.subject
            && curve == wanted
        {
            let Spread {
                lower,
                median,
                upper,
            } = timing.whole;
            let micros = Spread {
                lower: lower / 1e3,
                median: median / 1e3,
                upper: upper / 1e3,
            };
            points.push((at, micros));
        }
    }
    points.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    points
}

/// A cart of about so many bytes, and of how many.
fn sized(bytes: usize) -> Result<(Core, f64), Error> {
    let corpus = Cart::original().map_err(|_| Error::misuse("the corpus does not parse"))?;
    let mut cart = Cart {
        items: Vec::new(),
        ..corpus.clone()
    };
    let length = |cart: &Cart| serde_json::to_string(cart).map_or(0, |text| text.len());
    let mut numbers = 0_u32..;
    for item in corpus.items.iter().cycle() {
        let mut item = item.clone();
        let number = numbers.next().unwrap_or_default();
        item.sku = format!("SKU-{:05}", number * 7_919 % 100_000);
        cart.items.push(item);
        if length(&cart) > bytes {
            cart.items.pop();
            break;
        }
    }
    let manager = SessionManager::builder(KeyRing::new(Key::generate()?));
    let manager = manager.budget(Budget::direct()).build()?;
    let now = OffsetDateTime::now_utc();
    let core = Core::of(manager, now, |session| session.insert(Cart::KEY, &cart))?;
    let length = u32::try_from(length(&cart)).unwrap_or(u32::MAX);
    Ok((core, length.into()))
}

/// A login under the last of so many keys.
fn with_ring(keys: u16) -> Result<Core, Error> {
    let oldest = Key::generate()?;
    let sealing = SessionManager::new(KeyRing::new(oldest.clone()))?;
    let now = OffsetDateTime::now_utc();
    let mut core = Core::of(sealing, now, |session| store(session, Kind::Login))?;
    let mut ring = None;
    for _ in 1..keys {
        let key = Key::generate()?;
        ring = Some(match ring {
            None => KeyRing::new(key),
            Some(ring) => KeyRing::accept(ring, key)?,
        });
    }
    let ring = match ring {
        None => KeyRing::new(oldest),
        Some(ring) => ring.accept(oldest)?,
    };
    core.manager = SessionManager::new(ring)?;
    Ok(core)
}

/// So many reads of each thread in each round.
const CALLS: u32 = 4_000;

/// Requests in a second by threads that share a manager, as multiples of what one does.
fn threads(plan: Plan) -> Result<Curve, String> {
    let core = Core::new(Kind::Login).map_err(|error| error.to_string())?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let counts: Vec<usize> = [1, 2, 4, 8, 16, 32]
        .into_iter()
        .filter(|n| *n <= 2 * cores)
        .collect();
    let mut rates: Vec<Vec<f64>> = vec![Vec::new(); counts.len()];
    for _ in 0..plan.rounds {
        let mut alone = None;
        for (count, rates) in counts.iter().zip(&mut rates) {
            let rate = rate(&core, *count);
            rates.push(rate / *alone.get_or_insert(rate));
        }
    }
    let count = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let points = counts.iter().zip(rates);
    let points = points
        .map(|(n, rates)| (count(*n), Spread::of(rates)))
        .collect();
    Ok(Curve {
        title: "Requests in a second that read a login with one shared manager, in multiples of one thread's",
        short: "requests a second with one manager, in one thread's",
        along: "threads",
        series: vec![Series {
            name: "requests",
            points,
        }],
    })
}

fn rate(core: &Core, threads: usize) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..CALLS {
                    black_box(read(&core.load(), Kind::Login));
                }
            });
        }
    });
    let requests = u32::try_from(threads)
        .unwrap_or(u32::MAX)
        .saturating_mul(CALLS);
    f64::from(requests) / start.elapsed().as_secs_f64()
}
