//! What a request costs against what may grow: the session, the cookies of others, the ring of
//! keys, and the threads that share a manager.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use sealed_session::revocation::{RevocationTable, Target};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Budget, Error, Key, KeyRing, SessionManager};
use serde_json::{Value as Json, json};

use super::core::{Core, read, store};
use super::entry::{Entry, Subject};
use super::kind::Kind;
use super::line::beside;
use super::rounds::{self, Plan, Timing};
use super::spread::Spread;
use super::stage::{Stage, times, writes};
use super::value::{Changes, Value};
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
const REVOKING: usize = 4;

/// So many accounts are revoked in the table that is asked.
const REVOKED: usize = 10_000;

/// Measures all curves.
///
/// # Errors
///
/// If a session cannot be stored or found again.
pub fn measure(plan: Plan) -> Result<Vec<Curve>, String> {
    let sets: Result<Vec<_>, String> = (0..plan.copies).map(|_| entries()).collect();
    let timings = rounds::measure(sets?, plan);
    let series = |name, curve| Series {
        name,
        points: points(&timings, curve),
    };
    Ok(vec![
        Curve {
            title: "Microseconds against the size of the session",
            short: "microseconds, by size",
            along: "bytes of JSON",
            series: vec![
                series("read", READS),
                series("write", WRITES),
                series("read, with 10,000 revocations", REVOKING),
            ],
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

fn entries() -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    let table = revocations().map_err(|error| error.to_string())?;
    for size in SIZES {
        let (core, cart, bytes) = sized(size).map_err(|error| error.to_string())?;
        let revoking = revoking(&cart, &table).map_err(|error| error.to_string())?;
        entries.push(point(REVOKING, bytes, Stage::Read, Kind::Cart, revoking)?);
        entries.push(point(READS, bytes, Stage::Read, Kind::Cart, core.clone())?);
        entries.push(Entry {
            subject: Subject::Point(WRITES, bytes),
            run: writes(Stage::Commit, core, Changes::of_one(cart.changed(1))),
            bare: None,
        });
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
    Ok(entries)
}

fn point(curve: usize, at: f64, stage: Stage, kind: Kind, core: Core) -> Result<Entry, String> {
    Ok(Entry {
        subject: Subject::Point(curve, at),
        run: times(stage, kind, core)?,
        bare: None,
    })
}

/// Collects the points of one curve in their order, in microseconds.
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

/// Makes a cart of about so many bytes, and counts them.
fn sized(bytes: usize) -> Result<(Core, Cart, f64), Error> {
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
    let manager = SessionManager::builder("session", KeyRing::new(Key::generate()?));
    let manager = manager.budget(Budget::direct()).build()?;
    let now = OffsetDateTime::now_utc();
    let core = Core::of(manager, now, |session| {
        session.insert(Cart::KEY, cart.clone())
    })?;
    let length = u32::try_from(length(&cart)).unwrap_or(u32::MAX);
    Ok((core, cart, length.into()))
}

/// Stores the cart of an account that nobody revoked, where every request asks the table.
fn revoking(cart: &Cart, table: &RevocationTable) -> Result<Core, Error> {
    let manager = SessionManager::builder("session", KeyRing::new(Key::generate()?))
        .budget(Budget::direct())
        .revocations(table.clone())
        .build()?;
    Core::of(manager, OffsetDateTime::now_utc(), |session| {
        session.sign_in("user-17", &[])?;
        session.insert(Cart::KEY, cart.clone())
    })
}

/// Fills a table with the revocations of other accounts.
fn revocations() -> Result<RevocationTable, Error> {
    let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    let (now, table) = (OffsetDateTime::now_utc(), RevocationTable::new(2 * REVOKED));
    for number in 0..REVOKED {
        let account = format!("gone-{number}");
        table.add(manager.revocations_of(Target::Subject(&account), now), now)?;
    }
    Ok(table)
}

/// Stores a login under the last of so many keys.
fn with_ring(keys: u16) -> Result<Core, Error> {
    let oldest = Key::generate()?;
    let sealing = SessionManager::new("session", KeyRing::new(oldest.clone()))?;
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
    core.manager = SessionManager::new("session", ring)?;
    Ok(core)
}

/// So many reads of each thread in each round.
const CALLS: u32 = 4_000;

/// Counts requests in a second by threads, as multiples of what one does: with a manager that they share,
/// and with one for each, which shows what the machine has to give.
fn threads(plan: Plan) -> Result<Curve, String> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let counts = [1, 2, 4, 8, 16, 32].into_iter();
    let counts: Vec<usize> = counts.filter(|count| *count <= 2 * cores).collect();
    let most = counts.last().copied().unwrap_or(1);
    let own: Result<Vec<Core>, Error> = (0..most).map(|_| Core::new(Kind::Login)).collect();
    let own = own.map_err(|error| error.to_string())?;
    let shared = vec![own.first().ok_or("there is no thread")?.clone(); most];
    let mut rates: Vec<[Vec<f64>; 2]> = vec![Default::default(); counts.len()];
    for _ in 0..plan.rounds {
        let mut alone = None;
        for (count, rates) in counts.iter().zip(&mut rates) {
            for (cores, rates) in [&shared, &own].into_iter().zip(rates) {
                let rate = rate(cores.get(..*count).unwrap_or_default());
                rates.push(rate / *alone.get_or_insert(rate));
            }
        }
    }
    let mut series = ["one shared manager", "a manager each"].map(|name| Series {
        name,
        points: Vec::new(),
    });
    for (count, rates) in counts.iter().zip(rates) {
        let count = f64::from(u32::try_from(*count).unwrap_or(u32::MAX));
        for (series, rates) in series.iter_mut().zip(rates) {
            series.points.push((count, Spread::of(rates)));
        }
    }
    Ok(Curve {
        title: "Requests in a second that read a login, in multiples of one thread's",
        short: "requests a second, in multiples of one thread's",
        along: "threads",
        series: series.into(),
    })
}

/// Returns the reads in a second with a thread for each core.
fn rate(cores: &[Core]) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for core in cores {
            scope.spawn(|| {
                for _ in 0..CALLS {
                    black_box(read(&core.load(), Kind::Login));
                }
            });
        }
    });
    let threads = u32::try_from(cores.len()).unwrap_or(u32::MAX);
    f64::from(threads.saturating_mul(CALLS)) / start.elapsed().as_secs_f64()
}
