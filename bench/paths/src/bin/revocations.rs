//! `revocations`: what a table of a million revocations costs, as `cargo xtask revocations` shows it.
//!
//! The tables of `docs/revocation.md` are from here. Times are the best of several rounds, for comparison within one run: what
//! else the machine does takes the caches away, and is not meant.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a command line tool")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use sealed_session::adapter::{HeaderChange, RequestHead, ResponseHead};
use sealed_session::revocation::{Revocation, RevocationTable, TargetId};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Key, KeyRing, SessionManager};
use sealed_session_paths::grid::Grid;

const MILLION: usize = 1_000_000;
const ROUNDS: usize = 25;

fn main() -> Result<(), Box<dyn Error>> {
    let now = OffsetDateTime::now_utc();
    let all: Vec<Revocation> = (0..MILLION).map(revocation).collect::<Result<_, _>>()?;
    let mut grid = Grid::new(["of a million revocations", "time"]);

    let mut table = RevocationTable::new(MILLION);
    let filling = best(3, || {
        table = RevocationTable::new(MILLION);
        let start = Instant::now();
        table.add(all.iter().copied(), now)?;
        Ok(start.elapsed())
    })?;
    grid.push(["adding one".to_owned(), nanoseconds(filling, MILLION)]);
    let there: Vec<TargetId> = targets(0)?;
    let elsewhere: Vec<TargetId> = targets(MILLION)?;
    for (what, targets) in [
        ("a look-up that finds one", there),
        ("a look-up that finds none", elsewhere),
    ] {
        let time = best(ROUNDS, || {
            let start = Instant::now();
            for target in &targets {
                black_box(table.latest(*target));
            }
            Ok(start.elapsed())
        })?;
        grid.push([what.to_owned(), nanoseconds(time, targets.len())]);
    }

    let path = std::env::temp_dir().join(format!("revocations-bench-{}", std::process::id()));
    let saving = best(3, || timed(|| Ok(table.save(&path, now)?)))?;
    let reading = best(3, || {
        timed(|| {
            black_box(RevocationTable::from_file(&path, MILLION)?);
            Ok(())
        })
    })?;
    std::fs::remove_file(&path)?;
    grid.push(["saving all of them".to_owned(), milliseconds(saving)]);
    grid.push(["reading all of them".to_owned(), milliseconds(reading)]);
    println!("{}", grid.markdown());
    print!("{}", requests(&table, now)?.markdown());
    Ok(())
}

/// A request that looks at its session and answers, with and without the table.
fn requests(table: &RevocationTable, now: OffsetDateTime) -> Result<Grid, Box<dyn Error>> {
    let ring = KeyRing::new(Key::generate()?);
    let without = SessionManager::new("session", ring.clone())?;
    let with = SessionManager::builder("session", ring.clone())
        .revocations(table.clone())
        .build()?;
    let two_keys = SessionManager::builder("session", ring.accept(Key::generate()?)?)
        .revocations(table.clone())
        .build()?;
    let mut grid = Grid::new([
        "a request that looks at a session",
        "without",
        "with",
        "with two keys",
    ]);
    for (what, labels) in [
        ("of a subject", &[][..]),
        ("and with two labels", &["sid:1", "tenant:7"]),
    ] {
        let session = without.load(RequestHead::default(), now);
        session.sign_in("user-17", &[])?;
        session.set_labels(labels)?;
        let changes = without.commit(&session, ResponseHead::new(200), now)?;
        let value = changes.first().map(HeaderChange::value).unwrap_or_default();
        let cookie = value.split(';').next().unwrap_or_default();
        let mut row = vec![what.to_owned()];
        for manager in [&without, &with, &two_keys] {
            let time = best(ROUNDS, || {
                let start = Instant::now();
                for _ in 0..10_000 {
                    let session = manager.load(RequestHead::new([cookie.as_bytes()]), now);
                    assert!(black_box(session.is_live()));
                    black_box(manager.commit(&session, ResponseHead::new(200), now)?);
                }
                Ok(start.elapsed())
            })?;
            row.push(nanoseconds(time, 10_000));
        }
        grid.push(row);
    }
    Ok(grid)
}

/// A revocation whose target looks as random as a MAC does.
fn revocation(number: usize) -> Result<Revocation, sealed_session::Error> {
    let mix = |seed: u64| {
        // SplitMix64.
        let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let number = 2 * number as u64;
    let times = u64::from(u32::MAX);
    let parts = [mix(number + 1), mix(number + 2), times].map(u64::to_be_bytes);
    Revocation::from_bytes(parts.as_flattened())
}

/// A hundred thousand targets from `first` on, in another order than that of the table.
fn targets(first: usize) -> Result<Vec<TargetId>, sealed_session::Error> {
    (0..100_000)
        .map(|number| Ok(revocation(first + number * 7_919 % MILLION)?.target()))
        .collect()
}

fn timed(work: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn best(
    rounds: usize,
    mut round: impl FnMut() -> Result<Duration, Box<dyn Error>>,
) -> Result<Duration, Box<dyn Error>> {
    let times: Result<Vec<Duration>, _> = (0..rounds).map(|_| round()).collect();
    Ok(times?.into_iter().min().unwrap_or_default())
}

fn nanoseconds(time: Duration, times: usize) -> String {
    format!("{:.0} ns", time.as_secs_f64() * 1e9 / times as f64)
}

fn milliseconds(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1e3)
}
