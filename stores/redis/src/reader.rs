//! The task that reads: connects, waits for news, looks whether the store is whole, repairs it, and begins again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::about::About;
use crate::connection::Connection;
use crate::error::Error;
use crate::feed::Feed;
use crate::place::Loss;
use crate::read::{Finding, now, read};
use crate::repair::{Grounds, repair};
use crate::replica::{Complete, Standing};
use crate::trim::trim;

/// How long to wait for news before asking whether there is any, which proves how recent this node is.
const NEWS: Duration = Duration::from_millis(500);

/// The pause while something is not as it should be.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a node that starts waits for one that lived to vouch for a server that was started again.
const VOUCHING: Duration = Duration::from_secs(5);

/// How often the beginning of the stream is looked at.
const TRIMMING: Duration = Duration::from_secs(60);

/// The pauses between attempts to connect, before they are spread.
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);

/// Reads until it is aborted.
pub(crate) async fn run(feed: Arc<Feed>) {
    let mut pause = SHORTEST;
    let mut reader = Reader {
        feed: &feed,
        unvouched: None,
        is_believed: false,
        trimmed: None,
        is_full: false,
        refused: None,
    };
    loop {
        let error = match Connection::open(&feed.server).await {
            Ok(connection) => reader.stay(connection, &mut pause).await,
            Err(error) => error,
        };
        reader.fail(error);
        sleep(spread(pause)).await;
        pause = (pause * 2).min(LONGEST);
    }
}

struct Reader<'f> {
    feed: &'f Feed,
    /// Since when a server that was started again has nobody to vouch for it.
    unvouched: Option<Instant>,
    /// Whether this node has put up with that, and said since when the store remembers.
    is_believed: bool,
    trimmed: Option<Instant>,
    /// Whether an operator was told that the table is full.
    is_full: bool,
    /// Why the store took nothing in this step, or this node did not.
    refused: Option<Error>,
}

/// Nobody reads any more. Where that was not meant, it is told.
impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let error =
            "nobody reads the store: the tokio runtime in which `revocations` was called has ended";
        self.feed.health.send_modify(|health| {
            (health.is_connected, health.is_whole) = (false, false);
            health.error = Some(Error::configuration(error));
        });
    }
}

impl Reader<'_> {
    /// Reads by one connection until it fails.
    async fn stay(&mut self, mut connection: Connection, pause: &mut Duration) -> Error {
        self.is_believed = false;
        loop {
            if let Err(error) = self.step(&mut connection).await {
                return error;
            }
            // Who can read and cannot wait for news is not well, and would come back at once each time.
            if let Err(error) = self.news(&mut connection).await {
                return error;
            }
            *pause = SHORTEST;
            self.succeed();
        }
    }

    /// Waits until there is something to read, or until it is time to ask.
    async fn news(&self, connection: &mut Connection) -> Result<(), Error> {
        let place = match self.feed.replica.standing().0 {
            Standing::Whole(place) if !self.is_full => place,
            Standing::Repaired(_) => return Ok(()),
            // A full table reads the same again each time, so it does so less often. Nodes that found a loss together wait
            // for each other's lock, in which most of them have nothing to write.
            standing => {
                sleep(match standing {
                    _ if self.is_full => 10 * PAUSE,
                    Standing::Bereft(_) => spread(PAUSE / 5),
                    _ => PAUSE,
                })
                .await;
                return Ok(());
            }
        };
        let mut wait = redis::cmd("XREAD");
        wait.arg("COUNT").arg(1).arg("BLOCK").arg(NEWS.as_millis());
        wait.arg("STREAMS").arg(&*self.feed.keys.stream);
        wait.arg(place.head.last.to_string());
        connection.wait(&wait, NEWS).await.map(drop)
    }

    /// Reads what is new, and sees to what is wrong.
    async fn step(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let (feed, replica) = (self.feed, &self.feed.replica);
        if let Standing::Bereft(_) = replica.standing().0 {
            self.repair(connection, Grounds::Whole).await?;
            return Ok(());
        }
        match read(connection, &feed.keys, replica).await? {
            Finding::Complete(complete) => self.complete(connection, complete).await,
            Finding::Lost(loss, turn) => self.lost(connection, loss, turn).await,
            Finding::Full(why) => {
                replica.doubt();
                self.refused = Some(Error::full(why.clone()));
                if !std::mem::replace(&mut self.is_full, true) {
                    tracing::error!(
                        target: "sealed_session",
                        event = "store_full",
                        "this node has no room for what is revoked, and is in doubt: {why}",
                    );
                }
                feed.health.send_modify(|health| health.is_whole = false);
                Ok(())
            }
        }
    }

    /// Everything was read: it counts, if the store is one that can be believed.
    async fn complete(
        &mut self,
        connection: &mut Connection,
        complete: Complete,
    ) -> Result<(), Error> {
        let (feed, replica) = (self.feed, &self.feed.replica);
        let is_cold = replica.standing().0 == Standing::Cold;
        if is_cold && !complete.is_vouched && !self.is_believed {
            return self.put_up(connection).await;
        }
        if !replica.confirm(&complete) {
            return Ok(());
        }
        self.unvouched = None;
        self.is_full = false;
        let became_whole = feed
            .health
            .send_if_modified(|health| !std::mem::replace(&mut health.is_whole, true));
        if became_whole {
            tracing::info!(
                target: "sealed_session",
                event = "store_read",
                revocations = replica.table.len(),
                "this node knows everything that is in the store at {}",
                feed.server.address,
            );
        }
        match self.look_after(connection, &complete).await {
            // A store that takes nothing, as for want of memory, is read all the same.
            Err(error) if error.is_refused() => self.refused = Some(error),
            looked_after => looked_after?,
        }
        Ok(())
    }

    /// Waits for a node that lived through, and puts up with a store that nobody vouches for if there is none.
    async fn put_up(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let since = *self.unvouched.get_or_insert_with(Instant::now);
        if since.elapsed() < VOUCHING {
            return Ok(());
        }
        let why = match &connection.run {
            Some(_) => "was started again, and no node lived to see whether it is whole",
            None => {
                "does not tell whether it was started again, because its user may not ask for INFO"
            }
        };
        tracing::warn!(
            target: "sealed_session",
            event = "store_unvouched",
            "the store at {} {why}: sessions that began before now are not known",
            self.feed.server.address,
        );
        self.is_believed = self.repair(connection, Grounds::Nobody).await?;
        Ok(())
    }

    /// Writes what is due, vouches for a store that others may doubt, and removes what is over.
    async fn look_after(
        &mut self,
        connection: &mut Connection,
        complete: &Complete,
    ) -> Result<(), Error> {
        let feed = self.feed;
        if feed.is_behind.load(Ordering::Acquire) {
            self.repair(connection, Grounds::Whole).await?;
        }
        let own = feed.replica.table.remembers_since();
        let run = connection.run.clone();
        let is_new_run = run.is_some() && complete.about.run != run;
        if is_new_run || own < complete.about.since {
            let mut commands = redis::Pipeline::new();
            About::vouch(&mut commands, &feed.keys, own, run.as_deref());
            connection.all(&commands).await?;
        }
        if self
            .trimmed
            .is_none_or(|trimmed| trimmed.elapsed() >= TRIMMING)
        {
            self.trimmed = Some(Instant::now());
            // A minute's sign-outs may be more than one look removes.
            if trim(connection, &feed.keys, now()).await? {
                self.trimmed = None;
            }
        }
        Ok(())
    }

    /// The store does not hold what it held, or nothing yet.
    async fn lost(
        &mut self,
        connection: &mut Connection,
        loss: Loss,
        turn: u64,
    ) -> Result<(), Error> {
        if self.feed.replica.standing().0 == Standing::Cold {
            return self.repair(connection, Grounds::Cold).await.map(drop);
        }
        self.feed.lose(loss, turn);
        self.repair(connection, Grounds::Whole).await.map(drop)
    }

    async fn repair(
        &mut self,
        connection: &mut Connection,
        grounds: Grounds,
    ) -> Result<bool, Error> {
        let (feed, replica) = (self.feed, &self.feed.replica);
        let was_behind = feed.is_behind.swap(false, Ordering::AcqRel);
        let repaired = repair(connection, &feed.keys, replica, grounds).await;
        // A table that was compared in part is compared again.
        if repaired.is_err() || was_behind && !matches!(repaired, Ok(Some(_))) {
            feed.is_behind.store(true, Ordering::Release);
        }
        let Some(repaired) = repaired? else {
            return Ok(false);
        };
        let (address, written) = (&feed.server.address, repaired.written);
        if replica.repaired() {
            feed.repairs.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(
                target: "sealed_session",
                event = "store_repaired",
                written,
                "the store at {address} has what this node knows, which is read again",
            );
        } else if repaired.is_new {
            tracing::warn!(
                target: "sealed_session",
                event = "store_new",
                written,
                "the store at {address} begins now: sessions that began before are not known",
            );
        } else if written > 0 {
            tracing::info!(
                target: "sealed_session",
                event = "store_written",
                written,
                "the store at {address} has what this node could not write before",
            );
        }
        Ok(true)
    }

    fn succeed(&mut self) {
        let refused = self.refused.take();
        if let Some(error) = refused.as_ref().filter(|error| error.is_refused())
            && self.feed.health.borrow().error.is_none()
        {
            tracing::warn!(
                target: "sealed_session",
                event = "store_refused",
                "{error}; this node reads what others revoke, and goes on trying to write",
            );
        }
        let connected = self.feed.health.send_if_modified(|health| {
            health.error = refused;
            !std::mem::replace(&mut health.is_connected, true)
        });
        if connected {
            tracing::info!(
                target: "sealed_session",
                event = "store_connected",
                "the store at {} answers",
                self.feed.server.address,
            );
        }
    }

    fn fail(&self, error: Error) {
        let told = self.feed.health.send_if_modified(|health| {
            let is_news = health.is_connected || health.error.is_none();
            health.is_connected = false;
            health.error = Some(error.clone());
            is_news
        });
        if told {
            tracing::warn!(
                target: "sealed_session",
                event = "store_unreachable",
                "{error}; this node goes on with what it knows, and goes on trying",
            );
        }
    }
}

/// A pause of between half and all of this, so that nodes do not come back all at once.
fn spread(pause: Duration) -> Duration {
    let mut random = [0u8; 1];
    // Without randomness it is the longest one.
    match getrandom::fill(&mut random) {
        Ok(()) => pause / 2 + (pause / 2) * u32::from(u8::from_be_bytes(random)) / 255,
        Err(_) => pause,
    }
}
