//! What happens to a store.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::block_in_place;
use tokio::time::sleep;

use super::station::{BOUND, Station};
use crate::detour::{Detour, Manner};
use crate::node::{now, until};
use crate::server::Server;

/// Longer than every limit and bound.
const LONG: Duration = Duration::from_millis(3_500);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Disturbance {
    /// `kill -9`; it comes back with all that it had written to its log, once a second.
    KillWithLog,
    /// `kill -9`; it comes back with an older snapshot.
    KillWithOldSnapshot,
    /// `kill -9`; it comes back empty.
    KillWithNothing,
    /// SIGSTOP: connections stay open, and nobody answers.
    Freeze,
    /// `maxmemory` is reached, and nothing is evicted.
    Full,
    /// `maxmemory` is reached, and everything is evicted.
    Evict,
    /// The server stops for half of the limit again and again.
    Pauses,
    Flush,
    Delete(&'static str),
    FailOverToEmpty,
    /// To a replica that has not heard of everything.
    FailOverToLagging,
    /// Connections end in the middle of answers.
    Cuts,
    /// Each answer is so late.
    Late(Duration),
    /// The clock of the second node is so many seconds ahead.
    Skew(i64),
}

/// The servers, and the way to them.
pub(crate) struct Arena {
    server: Server,
    detour: Detour,
    replica: Option<Server>,
}

impl Disturbance {
    /// Starts a server that it can happen to.
    pub(crate) fn server(self) -> Server {
        block_in_place(|| match self {
            Disturbance::KillWithLog => {
                Server::start_with(&["appendonly yes", "appendfsync everysec"])
            }
            Disturbance::Evict => Server::start_with(&["maxmemory-policy allkeys-lru"]),
            _ => Server::start(),
        })
    }

    /// Returns how far each node's clock is ahead.
    pub(crate) fn clocks(self) -> [time::Duration; 2] {
        let ahead = match self {
            Disturbance::Skew(seconds) => time::Duration::seconds(seconds),
            _ => time::Duration::ZERO,
        };
        [time::Duration::ZERO, ahead]
    }
}

impl Arena {
    pub(crate) fn new(server: Server, detour: Detour) -> Arena {
        Arena {
            server,
            detour,
            replica: None,
        }
    }

    /// Lets it happen, and end.
    pub(crate) async fn strike(&mut self, disturbance: Disturbance, stations: &[Arc<Station>]) {
        match disturbance {
            Disturbance::KillWithLog | Disturbance::KillWithNothing => {
                self.kill(stations).await;
            }
            Disturbance::KillWithOldSnapshot => {
                self.run(&["SAVE"]);
                sleep(Duration::from_secs(1)).await;
                self.kill(stations).await;
            }
            Disturbance::Freeze => {
                self.server.freeze();
                sleep(LONG).await;
                is_old(stations);
                self.server.thaw();
            }
            Disturbance::Full => {
                self.run(&["CONFIG", "SET", "maxmemory", "1"]);
                sleep(LONG).await;
                // What can be read is read.
                assert!(
                    stations
                        .iter()
                        .any(|station| station.shared.status().is_behind)
                );
                self.run(&["CONFIG", "SET", "maxmemory", "0"]);
            }
            Disturbance::Evict => {
                self.run(&["CONFIG", "SET", "maxmemory", "1"]);
                sleep(Duration::from_millis(300)).await;
                self.run(&["CONFIG", "SET", "maxmemory", "0"]);
            }
            Disturbance::Pauses => {
                for _ in 0..10 {
                    self.run(&["CLIENT", "PAUSE", "150", "ALL"]);
                    sleep(Duration::from_millis(300)).await;
                }
            }
            Disturbance::Flush => self.run(&["FLUSHALL"]),
            Disturbance::Delete(key) => self.run(&["DEL", key]),
            Disturbance::FailOverToEmpty => self.fail_over(false).await,
            Disturbance::FailOverToLagging => self.fail_over(true).await,
            Disturbance::Cuts => {
                self.detour.set(Manner::Cut);
                until("cuts", || self.detour.cuts() >= 20).await;
                self.detour.set(Manner::Pass);
            }
            Disturbance::Late(late) => {
                self.detour.set(Manner::Late(late));
                sleep(LONG).await;
                self.detour.set(Manner::Pass);
            }
            Disturbance::Skew(_) => sleep(Duration::from_secs(2)).await,
        }
    }

    async fn kill(&mut self, stations: &[Arc<Station>]) {
        block_in_place(|| self.server.kill());
        sleep(LONG).await;
        is_old(stations);
        block_in_place(|| self.server.restart());
    }

    /// Leads to another server, which has something of the first one or nothing.
    async fn fail_over(&mut self, has_something: bool) {
        let next = block_in_place(Server::start);
        if has_something {
            let port = self.server.port().to_string();
            block_in_place(|| next.run::<()>(&["REPLICAOF", "127.0.0.1", &port]));
            until("the replica", || {
                let info: String = block_in_place(|| next.run(&["INFO", "replication"]));
                info.contains("master_link_status:up")
            })
            .await;
            block_in_place(|| next.run::<()>(&["REPLICAOF", "NO", "ONE"]));
            sleep(Duration::from_secs(1)).await;
        }
        block_in_place(|| self.server.kill());
        self.detour.lead_to(next.port());
        self.replica = Some(next);
    }

    fn run(&self, command: &[&str]) {
        block_in_place(|| self.server.run::<()>(command));
    }
}

/// While nobody answers, nodes say so, and how old it is what they know.
fn is_old(stations: &[Arc<Station>]) {
    for station in stations {
        let status = station.shared.status();
        assert!(!status.is_connected && status.error.is_some(), "{status:?}");
        let age = now() - status.as_of.unwrap();
        assert!(age > BOUND && age < LONG + 2 * BOUND, "{age}");
    }
}
