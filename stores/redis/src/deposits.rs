//! Sessions that fit in no cookie, one key each: sealed bytes, and until when they are kept.

use redis::Value;
use sealed_session::overflow::{BoxError, OverflowStore};
use time::OffsetDateTime;

use crate::error::Error;
use crate::hex::hex;
use crate::read::now;
use crate::wire::Wire;

/// The deposits of a prefix.
pub(crate) struct Deposits {
    wire: Wire,
    /// What the key of each begins with.
    start: String,
}

impl Deposits {
    pub(crate) fn new(wire: Wire, prefix: &str) -> Deposits {
        Deposits {
            wire,
            start: format!("{{{prefix}}}:overflow:"),
        }
    }

    fn key(&self, name: [u8; 16]) -> String {
        format!("{}{}", self.start, hex(name))
    }
}

/// Each call can be made twice: a name is put once, and always with the same bytes.
impl OverflowStore for Deposits {
    async fn put(
        &self,
        name: [u8; 16],
        sealed: Vec<u8>,
        until: OffsetDateTime,
    ) -> Result<(), BoxError> {
        let mut set = redis::cmd("SET");
        set.arg(self.key(name)).arg(sealed);
        set.arg("EX").arg(seconds_to(until));
        self.wire.command(&set).await?;
        Ok(())
    }

    async fn get(&self, name: [u8; 16]) -> Result<Option<Vec<u8>>, BoxError> {
        let get = redis::Cmd::get(self.key(name));
        match self.wire.command(&get).await? {
            Value::Nil => Ok(None),
            Value::BulkString(sealed) => Ok(Some(sealed)),
            _ => Err(Error::unreadable(&self.wire.server().address).into()),
        }
    }

    async fn expire(&self, name: [u8; 16], at: OffsetDateTime) -> Result<(), BoxError> {
        let command = if at <= now() {
            redis::Cmd::del(self.key(name))
        } else {
            let mut sooner = redis::cmd("EXPIRE");
            sooner.arg(self.key(name)).arg(seconds_to(at)).arg("LT");
            sooner
        };
        self.wire.command(&command).await?;
        Ok(())
    }
}

/// Returns how many seconds are left, at least one. The server's clock may be ahead or late, and does not count.
fn seconds_to(time: OffsetDateTime) -> i64 {
    (time - now()).whole_seconds().max(1)
}
