//! Things that count once: the first one who asks, on all nodes, is told so.

use std::fmt;
use std::sync::Arc;

use redis::{Pipeline, Value};
use sealed_session::once::OnceOnly;
use time::OffsetDateTime;

use crate::entry::bytes;
use crate::error::Error;
use crate::hex::hex;
use crate::memory::{Beginning, Course, Memory};
use crate::read::now;
use crate::wire::Wire;

/// Says of things that count once whether they were used. A clone is the same.
///
/// [`RedisStore::once`](crate::RedisStore::once) makes it, and [`sealed_session::once`] says what a thing is.
///
/// ```no_run
/// use sealed_session::SessionManager;
/// use sealed_session_redis::Once;
/// use time::{Duration, OffsetDateTime};
///
/// /// Whether a link may sign somebody in. Its signature was checked before.
/// async fn may_sign_in(
///     once: &Once, manager: &SessionManager, link: &str, issued: OffsetDateTime,
/// ) -> Result<bool, sealed_session_redis::Error> {
///     let good = issued..issued + Duration::minutes(15);
///     let link = manager.once_only("sign-in link", link, good, OffsetDateTime::now_utc());
///     Ok(once.claim(&link).await?.is_first())
/// }
/// ```
#[derive(Clone)]
pub struct Once(Arc<Marks>);

struct Marks {
    wire: Wire,
    /// The key that says since when the store remembers, and what the key of each name begins with.
    memory: String,
}

/// What became of a claim to be the first who uses a thing. Nobody but [`First`](Claim::First) may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "whoever does not look lets a thing count again"]
#[non_exhaustive]
pub enum Claim {
    /// This call is the first one on all nodes, and no other will be.
    First,
    /// Another call came before.
    Again,
    /// Nobody knows whether another one came before: the store may have lost that, because the thing was issued before the
    /// store [remembers](Once::remember). Ask the visitor to request a new one.
    NotKnown,
    /// The thing is [not good](OnceOnly::is_good) by itself: its time is over, or has not come.
    NotGood,
}

impl Claim {
    /// Returns whether the thing may be used.
    ///
    /// ```
    /// use sealed_session_redis::Claim;
    ///
    /// assert!(Claim::First.is_first());
    /// assert!(!Claim::NotKnown.is_first());
    /// ```
    #[must_use]
    pub fn is_first(self) -> bool {
        self == Claim::First
    }
}

impl Once {
    pub(crate) fn new(wire: Wire, prefix: &str) -> Once {
        Once(Arc::new(Marks {
            wire,
            memory: format!("{{{prefix}}}:once"),
        }))
    }

    /// Claims to be the first to use a thing. Of all calls on all nodes, at whatever time, one at most gets
    /// [`Claim::First`].
    ///
    /// If the answer is lost because a connection breaks, this call asks again, and recognises its own claim. Beyond that it
    /// is an error, and nobody knows whether the claim counts: a later call may get [`Claim::Again`] though nobody
    /// was the first. The same holds for a call that is dropped half-way, and for a process that ends before it has done
    /// what the thing is for. So a thing may be used up in vain, and never twice.
    ///
    /// # Errors
    ///
    /// [`Error::is_unreachable`] within the [limit](crate::RedisStore::with_limit), and [`Error::is_refused`] if the store
    /// takes nothing: it is full, or its user may not. Refuse, and let the visitor try again. [`Error::is_configuration`] outside of a
    /// tokio runtime.
    pub async fn claim(&self, thing: &OnceOnly) -> Result<Claim, Error> {
        if !thing.is_good() {
            return Ok(Claim::NotGood);
        }
        let own = random()?;
        let mut commands = self.0.ask();
        for name in thing.names() {
            let set = commands.cmd("SET");
            set.arg(format!("{}:{}", self.0.memory, hex(*name)))
                .arg(&own);
            set.arg("EX").arg(thing.kept_for().as_secs());
            set.arg("NX").arg("GET");
        }
        let answers = self.0.wire.all(&commands).await?;
        let [kept, info, former @ ..] = answers.as_slice() else {
            return Err(self.0.unreadable());
        };
        let memory = self.0.remember(kept, info).await?;
        // Each name was there before, by this call or another one, or was not.
        let is_own = |former: &Value| *former == Value::Nil || bytes(former) == Some(&own);
        Ok(
            if former.len() != thing.names().len() || former.is_empty() {
                return Err(self.0.unreadable());
            } else if !former.iter().all(is_own) {
                Claim::Again
            } else if memory.since > thing.known_since() {
                Claim::NotKnown
            } else {
                Claim::First
            },
        )
    }

    /// Makes the store remember from now on, unless it does, and returns since when it does. Call it when the application
    /// starts: of what is issued before, nobody knows whether it was used.
    ///
    /// A memory begins anew when the store is emptied, when its server is started again (see
    /// [`with_durable_restarts`](crate::RedisStore::with_durable_restarts)), when another server takes its place, and when the server evicts
    /// keys, whichever. The log has a line then, at `WARN`. For the skew after it, two minutes by default, new things are not
    /// known either: clocks may differ, and they may have been issued and used before.
    ///
    /// # Errors
    ///
    /// As [`claim`](Once::claim).
    pub async fn remember(&self) -> Result<OffsetDateTime, Error> {
        let answers = self.0.wire.all(&self.0.ask()).await?;
        let [kept, info] = answers.as_slice() else {
            return Err(self.0.unreadable());
        };
        Ok(self.0.remember(kept, info).await?.since)
    }
}

impl Marks {
    /// Asks what is needed to know since when the store remembers.
    fn ask(&self) -> Pipeline {
        let mut commands = Pipeline::new();
        commands.cmd("GET").arg(&self.memory);
        commands.cmd("INFO").arg("server").arg("stats");
        commands
    }

    /// Finds since when the store remembers, and writes it if that is from now on.
    async fn remember(&self, kept: &Value, info: &Value) -> Result<Memory, Error> {
        let server = self.wire.server();
        let course = Course::read(info).ok_or_else(|| self.unreadable())?;
        let memory = Memory::check(kept, &course, server.is_durable);
        let memory = memory.unwrap_or_else(|beginning| {
            self.tell(beginning);
            Memory::begin(now(), course)
        });
        if !memory.is_kept_as(kept) {
            let set = redis::Cmd::set(&self.memory, memory.to_text());
            self.wire.command(&set).await?;
        }
        Ok(memory)
    }

    fn tell(&self, beginning: Beginning) {
        tracing::warn!(
            target: "sealed_session",
            event = "store_remembers",
            "the store at {} remembers from now on what counts once: {}",
            self.wire.server().address,
            beginning.reason(),
        );
    }

    fn unreadable(&self) -> Error {
        Error::unreadable(&self.wire.server().address)
    }
}

/// What a call recognises its own claim by.
fn random() -> Result<[u8; 16], Error> {
    let mut own = [0; 16];
    getrandom::fill(&mut own)
        .map_err(|cause| Error::configuration(format!("no random bytes: {cause}")))?;
    Ok(own)
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once")
            .field("address", &self.0.wire.server().address)
            .field("key", &self.0.memory)
            .finish()
    }
}
