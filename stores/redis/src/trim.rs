//! Removes from the beginning of the stream what can end no session any more.

use sealed_session::revocation::Revocation;
use time::OffsetDateTime;

use crate::connection::Connection;
use crate::entry::{Entry, array};
use crate::error::Error;
use crate::keys::Keys;

/// Entries that are looked at in one call.
const COUNT: usize = 1_000;

/// Removes entries up to the first one that may still end a session, or up to the last one that was looked at. Returns
/// whether more of them may be over.
pub(crate) async fn trim(
    connection: &mut Connection,
    keys: &Keys,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let mut range = redis::cmd("XRANGE");
    range.arg(&*keys.stream).arg("-").arg("+");
    let answer = connection.command(range.arg("COUNT").arg(COUNT)).await?;
    let entries = array(&answer).unwrap_or_default();
    let entries: Vec<Entry> = entries.iter().filter_map(Entry::read).collect();
    let first = first_alive(&entries, now);
    let kept = entries.get(first).or(entries.last());
    if let Some(kept) = kept.filter(|_| first > 0) {
        let mut command = redis::cmd("XTRIM");
        command
            .arg(&*keys.stream)
            .arg("MINID")
            .arg(kept.id.to_string());
        connection.command(&command).await?;
    }
    Ok(first == COUNT)
}

/// Returns the number of the first entry that has to be kept.
fn first_alive(entries: &[Entry], now: OffsetDateTime) -> usize {
    let is_alive = |revocation: &Revocation| now < revocation.until();
    let lives = |entry: &Entry| entry.revocations.iter().flatten().any(is_alive);
    entries.iter().position(lives).unwrap_or(entries.len())
}
