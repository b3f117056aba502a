//! What a request costs with revocations, against one without.

use std::time::{Duration, Instant};

use sealed_session::revocation::{RevocationTable, Staleness};
use sealed_session::{KeyRing, SessionManager};
use sealed_session_paths::grid::Grid;
use tokio::runtime::Runtime;

use crate::node::{Node, request, sign_in};
use crate::outcome::Outcome;
use crate::server::Server;

/// Each is short, and begins with another row: whoever is first after a pause has the processor to itself.
const ROUNDS: usize = 400;

/// Takes turns, so that what else the machine does is the same for all.
pub(crate) fn table(
    server: &Server,
    ring: &KeyRing,
    first: &Node,
    runtime: &Runtime,
) -> Outcome<Grid> {
    let builder = || SessionManager::builder("session", ring.clone());
    let without = builder().build()?;
    let empty = builder().revocations(RevocationTable::new(1_000)).build()?;
    let asking = runtime.block_on(Node::start(
        server,
        ring,
        |shared| shared.asking(Duration::from_secs(1)),
        Staleness::within(Duration::ZERO).or_refuse(),
    ))?;
    let cookie = sign_in(&without, "user-17")?;
    let rows = [
        ("without revocations", &without, 500),
        ("with an empty table", &empty, 500),
        ("with a replica of 100,000", &first.manager, 500),
        ("that asks the store, one at a time", &asking.manager, 10),
    ];
    let mut best = [Duration::MAX; 4];
    for round in 0..ROUNDS {
        let turns = rows.iter().zip(&mut best);
        let mut turns: Vec<_> = turns.collect();
        turns.rotate_left(round % rows.len());
        for ((_, manager, times), best) in turns {
            let took = runtime.block_on(async {
                let start = Instant::now();
                for _ in 0..*times {
                    if !request(manager, &cookie).await? {
                        return Err("a session is over that nobody ended".into());
                    }
                }
                Outcome::Ok(start.elapsed())
            })?;
            *best = (took / *times).min(*best);
        }
    }
    let mut grid = Grid::new(["a request", "time", "against one without"]);
    let [base, ..] = best.map(|best| best.as_secs_f64());
    for ((what, ..), best) in rows.iter().zip(best) {
        let time = format!("{} ns", best.as_nanos());
        let ratio = format!("{:.2}", best.as_secs_f64() / base);
        grid.push([(*what).to_owned(), time, ratio]);
    }
    Ok(grid)
}
