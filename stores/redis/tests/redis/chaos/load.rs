//! Visitors who are signed out one after the other, and requests of theirs at every node in every setting meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::log::{Log, LookUp, Told};
use super::station::{Setting, Station};

/// Those who are signed out at some time, before the others.
pub(crate) const MORTALS: usize = 300;

/// Those who are not.
const IMMORTALS: usize = 20;

/// Between two sign-outs, and between two requests at one node in one setting.
const PAUSES: (Duration, Duration) = (Duration::from_millis(40), Duration::from_millis(40));

pub(crate) struct Load {
    pub(crate) cookies: Vec<String>,
    pub(crate) log: Log,
    /// How many sign-outs have begun.
    begun: AtomicUsize,
    is_revoking: AtomicBool,
}

/// Requests and sign-outs that are under way.
pub(crate) struct Running {
    requests: JoinSet<()>,
    sign_outs: JoinSet<()>,
}

pub(crate) fn name(who: usize) -> String {
    format!("user-{who}")
}

impl Load {
    /// Signs everybody in, at one node or the other.
    pub(crate) fn new(stations: &[Arc<Station>]) -> Arc<Load> {
        let sign_in = |who: usize| stations[who / 2 % stations.len()].sign_in(&name(who));
        Arc::new(Load {
            cookies: (0..MORTALS + IMMORTALS).map(sign_in).collect(),
            log: Log::default(),
            begun: AtomicUsize::new(0),
            is_revoking: AtomicBool::new(true),
        })
    }

    pub(crate) fn start(self: &Arc<Load>, stations: &[Arc<Station>]) -> Running {
        let mut requests = JoinSet::new();
        for (node, station) in stations.iter().enumerate() {
            for setting in Setting::ALL {
                let (load, station) = (Arc::clone(self), Arc::clone(station));
                requests.spawn(async move { load.look(node, &station, setting).await });
            }
        }
        let mut sign_outs = JoinSet::new();
        let (load, stations) = (Arc::clone(self), stations.to_vec());
        sign_outs.spawn(async move { load.revoke(&stations).await });
        Running {
            requests,
            sign_outs,
        }
    }

    /// Looks at somebody who was signed out just now, at somebody who was before, and at somebody who is not, in turn.
    async fn look(&self, node: usize, station: &Station, setting: Setting) {
        for number in node.. {
            let gone = self.begun.load(Ordering::SeqCst);
            let who = match number % 3 {
                0 => gone.saturating_sub(1 + number / 3 % 4),
                1 => number * 7 % gone.max(1),
                _ => MORTALS + number * 7 % IMMORTALS,
            };
            let begun = Instant::now();
            let outcome = station.look_up(setting, &self.cookies[who]).await;
            self.log.look_ups.lock().unwrap().push(LookUp {
                node,
                setting,
                who,
                begun,
                ended: Instant::now(),
                outcome,
            });
            sleep(PAUSES.1).await;
        }
    }

    async fn revoke(self: Arc<Load>, stations: &[Arc<Station>]) {
        let mut all = JoinSet::new();
        while self.is_revoking.load(Ordering::SeqCst) {
            let who = self.begun.load(Ordering::SeqCst);
            if who == MORTALS {
                break;
            }
            let (load, node) = (Arc::clone(&self), who % stations.len());
            let station = Arc::clone(&stations[node]);
            all.spawn(async move {
                let begun = Instant::now();
                let result = station.revoke(&name(who)).await;
                load.log.told.lock().unwrap().push(Told {
                    node,
                    who,
                    begun,
                    ended: Instant::now(),
                    is_written: result.is_ok(),
                });
            });
            self.begun.store(who + 1, Ordering::SeqCst);
            sleep(PAUSES.0).await;
        }
        while let Some(ended) = all.join_next().await {
            ended.unwrap();
        }
    }

    /// Signs nobody out any more. Requests go on. Returns how many were.
    pub(crate) async fn stop_revoking(&self, running: &mut Running) -> usize {
        self.is_revoking.store(false, Ordering::SeqCst);
        while let Some(ended) = running.sign_outs.join_next().await {
            ended.unwrap();
        }
        self.log.told.lock().unwrap().len()
    }
}

impl Running {
    /// Ends the requests.
    pub(crate) async fn stop(mut self) {
        // One that failed has ended before.
        while let Some(ended) = self.requests.try_join_next() {
            ended.unwrap();
        }
        self.requests.shutdown().await;
    }
}
