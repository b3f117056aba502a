//! What a store says of itself: which one it is, since when it remembers, and when somebody last looked after it.

use redis::{Pipeline, Value};
use time::OffsetDateTime;

use crate::entry::text;
use crate::error::Error;
use crate::hex::hex;
use crate::keys::Keys;

const EPOCH: &str = "epoch";
const SINCE: &str = "since";
const RUN: &str = "run";

/// The hash beside the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About {
    /// Random, and another one whenever the stream begins anew.
    pub(crate) epoch: String,
    /// What was revoked before this may be missing. 1970: nothing is.
    pub(crate) since: OffsetDateTime,
    /// The run of the server that a node has last found to be whole.
    pub(crate) run: Option<String>,
}

impl About {
    /// Names a store that begins now.
    pub(crate) fn new(since: OffsetDateTime, run: Option<&str>) -> Result<About, Error> {
        let mut random = [0u8; 16];
        getrandom::fill(&mut random)
            .map_err(|cause| Error::configuration(format!("no random bytes: {cause}")))?;
        Ok(About {
            epoch: hex(random),
            since,
            run: run.map(str::to_owned),
        })
    }

    pub(crate) fn ask(commands: &mut Pipeline, keys: &Keys) {
        let command = commands.cmd("HMGET").arg(&*keys.about);
        command.arg(EPOCH).arg(SINCE).arg(RUN);
    }

    /// Reads the answer. `None` if the hash is not there, or not whole.
    pub(crate) fn read(answer: &[Value]) -> Option<About> {
        let [epoch, since, run] = answer else {
            return None;
        };
        let since = text(since)?.parse().ok()?;
        Some(About {
            epoch: text(epoch)?.to_owned(),
            since: OffsetDateTime::from_unix_timestamp(since).ok()?,
            run: text(run).map(str::to_owned),
        })
    }

    /// Writes it in the place of what is there.
    pub(crate) fn write(&self, commands: &mut Pipeline, keys: &Keys) {
        commands.cmd("DEL").arg(&*keys.about);
        let command = commands.cmd("HSET").arg(&*keys.about);
        let since = self.since.unix_timestamp();
        command.arg(EPOCH).arg(&self.epoch).arg(SINCE).arg(since);
        if let Some(run) = &self.run {
            command.arg(RUN).arg(run);
        }
    }

    /// Changes what somebody who knows vouches for, of the store that is there.
    pub(crate) fn vouch(
        commands: &mut Pipeline,
        keys: &Keys,
        since: OffsetDateTime,
        run: Option<&str>,
    ) {
        let command = commands.cmd("HSET").arg(&*keys.about);
        command.arg(SINCE).arg(since.unix_timestamp());
        if let Some(run) = run {
            command.arg(RUN).arg(run);
        }
    }
}
