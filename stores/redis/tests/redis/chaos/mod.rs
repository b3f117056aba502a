//! Two nodes under load, everything that can happen to their store, and every setting.
//!
//! Whatever happens: no request hangs, no sign-out is forgotten by the node that was told of it, none passes elsewhere
//! in a strict setting, and afterwards both nodes know everything and say how old that is.

mod disturbance;
mod load;
mod log;
mod station;

use std::sync::Arc;
use std::time::{Duration, Instant};

use sealed_session_redis::RedisStore;
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::detour::Detour;
use crate::node::{SOON, now, until};
use disturbance::{Arena, Disturbance};
use load::{Load, MORTALS, name};
use station::{BOUND, LIMIT, Outcome, Setting, Station};

/// What follows from a disturbance, beyond what holds for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// Nobody notices.
    Nothing,
    /// Only those who ask the store notice.
    Slow,
    /// It lasts longer than the bound, so that strict settings refuse meanwhile.
    Stale,
    /// The store has lost something, and living nodes write it again.
    Healed,
    /// Both.
    StaleAndHealed,
}

impl Then {
    fn is_healed(self) -> bool {
        matches!(self, Then::Healed | Then::StaleAndHealed)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_to_a_store_no_request_hangs_and_no_sign_out_is_forgotten() {
    use Disturbance as D;
    let table = [
        (D::KillWithLog, Then::Stale),
        (D::KillWithOldSnapshot, Then::StaleAndHealed),
        (D::KillWithNothing, Then::StaleAndHealed),
        (D::Freeze, Then::Stale),
        (D::Full, Then::Nothing),
        (D::Evict, Then::Healed),
        (D::Pauses, Then::Slow),
        (D::Flush, Then::Healed),
        (D::Delete("{shop}:revocations"), Then::Healed),
        (D::Delete("{shop}:about"), Then::Healed),
        (D::FailOverToEmpty, Then::Healed),
        (D::FailOverToLagging, Then::Healed),
        (D::Cuts, Then::Slow),
        (D::Late(LIMIT / 3), Then::Slow),
        (D::Late(2 * LIMIT), Then::Stale),
        (D::Skew(119), Then::Nothing),
        (D::Skew(-119), Then::Nothing),
    ];
    let mut cases = JoinSet::new();
    for (disturbance, then) in table {
        cases.spawn(case(disturbance, then));
    }
    let mut failures = Vec::new();
    while let Some(ended) = cases.join_next().await {
        failures.extend(ended.unwrap());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Runs a disturbance from the first sign-in to the last look, and returns what must not have happened.
async fn case(disturbance: Disturbance, then: Then) -> Vec<String> {
    let server = disturbance.server();
    let detour = Detour::start(server.port()).await;
    let url = format!("redis://shop:password@127.0.0.1:{}/0", detour.port());
    let store = RedisStore::open(&url, "shop").unwrap().with_limit(LIMIT);
    let stations: Vec<Arc<Station>> = disturbance
        .clocks()
        .map(|ahead| Arc::new(Station::start(&store, ahead)))
        .into();
    for station in &stations {
        station.shared.caught_up(SOON).await.unwrap();
    }
    let first = &stations[0].shared;
    first.trust_since(OffsetDateTime::UNIX_EPOCH).await.unwrap();
    until("trust", || {
        let since = |station: &Arc<Station>| station.shared.status().remembers_since;
        stations
            .iter()
            .all(|station| since(station) == OffsetDateTime::UNIX_EPOCH)
    })
    .await;

    let load = Load::new(&stations);
    let mut running = load.start(&stations);
    sleep(Duration::from_millis(500)).await;
    let struck = Instant::now();
    // What was told just before may be lost before another node has read it.
    let calm = struck - Duration::from_millis(200);
    let mut arena = Arena::new(server, detour);
    arena.strike(disturbance, &stations).await;
    let over = Instant::now();
    sleep(Duration::from_millis(500)).await;
    let told = load.stop_revoking(&mut running).await;

    // Everything that was revoked anywhere is known everywhere, those included of which the store was not told.
    let mut failures = Vec::new();
    let is_back = |station: &Arc<Station>| {
        let status = station.shared.status();
        let is_recent = status.as_of.is_some_and(|as_of| now() - as_of < BOUND);
        is_recent
            && status.is_connected
            && !status.is_behind
            && status.error.is_none()
            && status.len == told
    };
    while !stations.iter().all(is_back) {
        if over.elapsed() > SOON {
            let all = stations.iter().map(|station| station.shared.status());
            failures.push(format!(
                "{told} were told, and not known: {:?}",
                all.collect::<Vec<_>>()
            ));
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }

    running.stop().await;

    failures.extend(
        load.log
            .violations(MORTALS, then.is_healed().then_some((calm, over))),
    );
    let repairs: u64 = stations
        .iter()
        .map(|station| station.shared.status().repairs)
        .sum();
    if (repairs > 0) != then.is_healed() {
        failures.push(format!("{repairs} repairs"));
    }
    let count = |setting, outcome| load.log.count(setting, outcome, struck);
    for setting in [Setting::Refuse, Setting::Ask, Setting::Guard] {
        let refused = count(setting, Outcome::NotKnown);
        let accepted = count(setting, Outcome::Accepted);
        let is_asked = setting != Setting::Refuse;
        let is_as_wanted = match then {
            // A busy machine may hold up a few.
            Then::Nothing => refused <= accepted / 10,
            Then::Slow => is_asked || refused <= accepted / 10,
            Then::Stale | Then::StaleAndHealed => refused > 0,
            Then::Healed => true,
        };
        if !is_as_wanted {
            failures.push(format!(
                "{refused} not known and {accepted} accepted in {setting:?}"
            ));
        }
    }
    let third = Station::start(&store, time::Duration::ZERO);
    third.shared.caught_up(SOON).await.unwrap();
    failures.extend(last_look(&load, &stations[0], told).await);
    failures.extend(last_look(&load, &stations[1], told).await);
    failures.extend(last_look(&load, &third, told).await);
    let named = |failure: String| format!("{disturbance:?}: {failure}");
    failures.into_iter().map(named).collect()
}

/// Afterwards everybody is what they should be.
async fn last_look(load: &Load, station: &Station, told: usize) -> Vec<String> {
    let mut failures = Vec::new();
    for (who, cookie) in load.cookies.iter().enumerate() {
        let is_gone = who < told;
        let wanted = if is_gone {
            Outcome::Revoked
        } else {
            Outcome::Accepted
        };
        let settings = if who % 20 == 0 {
            &Setting::ALL[..]
        } else {
            &Setting::ALL[1..2]
        };
        for setting in settings {
            let outcome = station.look_up(*setting, cookie).await;
            if outcome != wanted {
                failures.push(format!(
                    "{} is {outcome:?} in {setting:?} at the end",
                    name(who)
                ));
            }
        }
    }
    failures
}
