//! Two clients that look up ten thousand sessions a second each, while others are revoked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sealed_session::KeyRing;
use sealed_session::revocation::{Revocations, Staleness, Target};
use sealed_session::time::OffsetDateTime;
use sealed_session_paths::grid::Grid;
use sealed_session_redis::SharedRevocations;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::node::{Node, request, runtime, sign_in};
use crate::outcome::Outcome;
use crate::server::Server;

const CLIENTS: usize = 2;
const PER_MILLISECOND: usize = 10;
const TIME: Duration = Duration::from_secs(5);

/// Between two revocations.
const PAUSE: Duration = Duration::from_millis(10);

type Looks = fn(&SharedRevocations) -> Revocations;

pub(crate) fn table(server: &Server, ring: &KeyRing) -> Outcome<Grid> {
    let mut grid = Grid::new([
        "10,000 a second from each of two clients, for 5 s",
        "done",
        "in",
        "p50",
        "p99",
        "longest",
        "rounds",
        "revoked meanwhile",
    ]);
    let strict = |bound| Staleness::within(bound).or_refuse();
    let rows: [(&str, Looks, Staleness); 2] = [
        (
            "a replica",
            |shared| shared.into(),
            strict(Duration::from_secs(5)),
        ),
        (
            "each request asks the store",
            |shared| shared.asking(Duration::from_secs(1)),
            strict(Duration::ZERO),
        ),
    ];
    for (what, looks, staleness) in rows {
        let before = server.rounds()?;
        let is_over = AtomicBool::new(false);
        let (revoked, clients) = thread::scope(|scope| {
            let revoking = scope.spawn(|| revoke(server, ring, &is_over));
            let client = || client(server, ring, looks, staleness);
            let clients = [(); CLIENTS].map(|()| scope.spawn(client));
            let clients = clients.map(|client| client.join().map_err(|_| "a client failed"));
            is_over.store(true, Ordering::SeqCst);
            (revoking.join().map_err(|_| "revoking failed"), clients)
        });
        let (mut all, mut longest) = (Vec::new(), Duration::ZERO);
        for client in clients {
            let (times, took) = client??;
            all.extend(times);
            longest = longest.max(took);
        }
        all.sort_unstable();
        let at = |percent: usize| {
            let time = all.get(all.len().saturating_sub(1) * percent / 100);
            format!("{} µs", time.copied().unwrap_or_default().as_micros())
        };
        grid.push([
            what.to_owned(),
            all.len().to_string(),
            format!("{:.1} s", longest.as_secs_f64()),
            at(50),
            at(99),
            at(100),
            (server.rounds()? - before).to_string(),
            revoked??.to_string(),
        ]);
    }
    Ok(grid)
}

/// Revokes a hundred a second.
fn revoke(server: &Server, ring: &KeyRing, is_over: &AtomicBool) -> Outcome<usize> {
    runtime()?.block_on(async {
        let node = Node::start(server, ring, |shared| shared.into(), Staleness::default()).await?;
        let mut count = 0;
        while !is_over.load(Ordering::SeqCst) {
            let (now, name) = (OffsetDateTime::now_utc(), format!("gone-{count}"));
            let all = node.manager.revocations_of(Target::Subject(&name), now);
            node.shared.revoke(all, now).await?;
            count += 1;
            sleep(PAUSE).await;
        }
        Ok(count)
    })
}

/// Looks up sessions at that pace, each from its beginning to its answer. Returns how long each took, and all together.
fn client(
    server: &Server,
    ring: &KeyRing,
    looks: Looks,
    staleness: Staleness,
) -> Outcome<(Vec<Duration>, Duration)> {
    runtime()?.block_on(async {
        let node = Node::start(server, ring, looks, staleness).await?;
        let cookies = (0..1_000).map(|number| sign_in(&node.manager, &format!("user-{number}")));
        let cookies = Arc::new(cookies.collect::<Outcome<Vec<String>>>()?);
        let mut under_way: JoinSet<Outcome<Duration>> = JoinSet::new();
        let mut times = Vec::new();
        let (start, mut begun) = (Instant::now(), 0);
        while start.elapsed() < TIME {
            let due = usize::try_from(start.elapsed().as_millis())? * PER_MILLISECOND;
            for number in begun..due {
                let (manager, cookies) = (node.manager.clone(), Arc::clone(&cookies));
                under_way.spawn(async move {
                    let cookie = cookies
                        .get(number % cookies.len())
                        .map_or("", String::as_str);
                    let begun = Instant::now();
                    match request(&manager, cookie).await? {
                        true => Ok(begun.elapsed()),
                        false => Err("a session is over that nobody ended".into()),
                    }
                });
            }
            begun = due.max(begun);
            sleep(Duration::from_millis(1)).await;
            while let Some(ended) = under_way.try_join_next() {
                times.push(ended??);
            }
        }
        while let Some(ended) = under_way.join_next().await {
            times.push(ended??);
        }
        Ok((times, start.elapsed()))
    })
}
