//! Requests over sockets: how many a server of one thread answers in a second, and what each takes of its processor.

use std::path::Path;
use std::time::Instant;

use serde_json::{Value as Json, json};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::client::Client;
use super::core::Core;
use super::grid::Grid;
use super::kind::Kind;
use super::line::cookies;
use super::rounds::Plan;
use super::server::Server;
use super::spread::Spread;
use super::value::changes;
use crate::peers::{CPU, SEEN};
use crate::{Action, Served, Theme};

/// So many connections stay open, and each waits for its answers.
const CONNECTIONS: usize = 8;

/// What is timed.
const ACTIONS: [Action; 2] = [Action::Read, Action::Change];

/// What came of one subject at one action.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// What was served.
    pub served: Served,
    /// What was requested.
    pub action: Action,
    /// Answers in a second.
    pub rate: Spread,
    /// Nanoseconds of processor time of the server, for each request.
    pub processor: Spread,
}

/// Starts a process for each subject, proves that it does what it should, and sends requests to one after
/// the other, round by round. `program` is `speed`.
///
/// # Errors
///
/// If a subject does not answer, see or write what it should.
pub fn measure(program: &Path, plan: Plan) -> Result<Vec<Load>, String> {
    let runtime = Builder::new_current_thread().enable_io().build();
    let runtime = runtime.map_err(|cause| cause.to_string())?;
    let subjects = Served::ALL.into_iter();
    let subjects = subjects.map(|served| {
        let started = Subject::start(&runtime, program, served);
        started.map_err(|what| format!("{}: {what}", served.name()))
    });
    let mut subjects: Vec<Subject> = subjects.collect::<Result<_, _>>()?;
    for _ in 0..plan.sockets.0 {
        for subject in &mut subjects {
            let (runtime, requests) = (&runtime, plan.sockets.1);
            let round = ACTIONS
                .into_iter()
                .try_for_each(|action| subject.round(runtime, action, requests));
            round.map_err(|what| format!("{}: {what}", subject.served.name()))?;
        }
    }
    Ok(subjects.iter().flat_map(Subject::loads).collect())
}

/// A server, connections to it, and what was measured: rates and nanoseconds by action.
struct Subject {
    served: Served,
    cookie: String,
    clients: Vec<Client>,
    measured: [(Vec<f64>, Vec<f64>); ACTIONS.len()],
    /// Ends with this.
    _server: Server,
}

impl Subject {
    fn start(runtime: &Runtime, program: &Path, served: Served) -> Result<Subject, String> {
        let server = Server::start(program, served)?;
        runtime.block_on(async {
            let mut clients = Vec::new();
            for _ in 0..CONNECTIONS {
                clients.push(Client::connect(server.address).await?);
            }
            let first = clients.first_mut().ok_or("there is no connection")?;
            let cookie = prove(first, served).await?;
            Ok(Subject {
                served,
                cookie,
                clients,
                measured: Default::default(),
                _server: server,
            })
        })
    }

    fn round(&mut self, runtime: &Runtime, action: Action, requests: usize) -> Result<(), String> {
        let is_written = action == Action::Change && self.served.bare() != self.served;
        let before = self.processor(runtime)?;
        let begun = Instant::now();
        runtime.block_on(async {
            let mut under_way = JoinSet::new();
            for mut client in self.clients.drain(..) {
                let cookie = self.cookie.clone();
                under_way.spawn(async move {
                    for _ in 0..requests / CONNECTIONS {
                        let reply = client.expect(action.path(), &cookie).await?;
                        if reply.cookies.is_empty() == is_written {
                            return Err(format!("{} sets {:?}", action.path(), reply.cookies));
                        }
                    }
                    Ok(client)
                });
            }
            while let Some(ended) = under_way.join_next().await {
                let client = ended.map_err(|cause| cause.to_string())?;
                self.clients.push(client?);
            }
            Ok::<_, String>(())
        })?;
        let elapsed = begun.elapsed().as_secs_f64();
        let processor = self.processor(runtime)? - before;
        let requests = count(requests / CONNECTIONS * CONNECTIONS);
        let place = ACTIONS.iter().position(|other| *other == action);
        if let Some((rates, times)) = place.and_then(|place| self.measured.get_mut(place)) {
            rates.push(requests / elapsed);
            times.push(processor / requests);
        }
        Ok(())
    }

    /// Asks the server for the nanoseconds that it has had of the processor.
    fn processor(&mut self, runtime: &Runtime) -> Result<f64, String> {
        let client = self.clients.first_mut().ok_or("there is no connection")?;
        let reply = runtime.block_on(client.ask(CPU, ""))?;
        reply
            .body
            .parse()
            .map_err(|_| "there is no clock".to_owned())
    }

    fn loads(&self) -> impl Iterator<Item = Load> {
        let measured = ACTIONS.into_iter().zip(&self.measured);
        measured.map(|(action, (rates, times))| Load {
            served: self.served,
            action,
            rate: Spread::of(rates.clone()),
            processor: Spread::of(times.clone()),
        })
    }
}

fn count(requests: usize) -> f64 {
    u32::try_from(requests).unwrap_or(u32::MAX).into()
}

/// Has a session stored, read, changed and read again, and compares what the handlers saw. Returns the cookie
/// that the requests are to bring: what was stored first, so that every change changes something.
async fn prove(client: &mut Client, served: Served) -> Result<String, String> {
    let is_bare = served.bare() == served;
    let (mut stored, mut cookie) = (String::new(), String::new());
    for action in [Action::Store, Action::Read, Action::Change, Action::Read] {
        let reply = client.expect(action.path(), &cookie).await?;
        if !reply.cookies.is_empty() {
            cookie = cookies(&reply.cookies);
        } else if action != Action::Read && !is_bare {
            return Err(format!("{} sets no cookie", action.path()));
        }
        if action == Action::Store {
            stored.clone_from(&cookie);
        }
    }
    let seen = client.ask(SEEN, "").await?.body;
    let seen: Vec<&str> = seen.lines().collect();
    if is_bare {
        let core = Core::new(Kind::Login).map_err(|error| error.to_string())?;
        return match seen.is_empty() {
            true => Ok(core.line),
            false => Err("there is a session".to_owned()),
        };
    }
    check(&seen)?;
    Ok(stored)
}

/// Compares what handlers saw before and after the change.
fn check(seen: &[&str]) -> Result<(), String> {
    let (login, themes) = (Kind::Login.values()?, changes::<Theme>()?);
    let theme = Kind::Large.values()?.split_off(1);
    let changed = themes.first().map(serde_json::to_string);
    let changed = changed.transpose().map_err(|cause| cause.to_string())?;
    let before = [login.clone(), theme].concat();
    let after = [login, changed.into_iter().collect()].concat();
    match seen == [before.clone(), before, after].concat() {
        true => Ok(()),
        false => Err(format!("handlers saw {seen:?}")),
    }
}

/// Shows what was measured, and what of the processor time is the session's.
pub(crate) fn table(loads: &[Load]) -> Grid {
    let mut grid = Grid::new([
        "",
        "requests a second, read",
        "processor, read",
        "of it the session",
        "requests a second, read and change",
        "processor, read and change",
        "of it the session",
    ]);
    for served in Served::ALL {
        let mut row = vec![served.name()];
        for action in ACTIONS {
            let of = |served| {
                let mut all = loads.iter();
                all.find(|load| (load.served, load.action) == (served, action))
            };
            if let (Some(load), Some(bare)) = (of(served), of(served.bare())) {
                let micros = |nanos: f64| format!("{:.1}", nanos / 1e3);
                row.push(format!("{:.0}", load.rate.median));
                row.push(micros(load.processor.median));
                row.push(match served == served.bare() {
                    true => String::new(),
                    false => micros(load.processor.median - bare.processor.median),
                });
            }
        }
        grid.push(row);
    }
    grid
}

impl Load {
    pub(crate) fn json(&self) -> Json {
        json!({
            "served": self.served.name(),
            "path": self.action.path(),
            "requests_a_second": self.rate.median,
            "processor_nanoseconds": self.processor.median,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_sees_something_else_is_found_out() {
        let login = Kind::Login.values().unwrap().concat();
        let (login, dark) = (login.as_str(), "\"dark\"");
        let right = [login, dark, login, dark, login, "\"dark-1\""];
        assert_eq!(check(&right), Ok(()));
        for wrong in 0..right.len() {
            let mut seen = right;
            seen[wrong] = "null";
            assert!(check(&seen).is_err(), "{wrong}");
        }
        assert!(check(&right[..5]).is_err());
        assert!(check(&[login, dark, login, dark, login, dark]).is_err());
    }
}
