//! Sessions with grounds: when the visitor confirmed who they are, who acts as whom, and where they came from.

use sealed_session::report::SessionId;
use sealed_session::{Session, inspect};
use serde_json::Value;

use crate::check::same;
use crate::entry::moment;

pub(super) const GROUNDS: &str = include_str!("grounds.json");

/// What the API shows of the grounds, against what a vector says.
pub(super) fn check_grounds(session: &Session, entry: &Value) -> Result<(), String> {
    let record = &entry["record"];
    let time = |field| record[field].as_u64().map(moment);
    let counts = entry["is_confirmed"] != false;
    let confirmed = time("confirmed").filter(|_| counts);
    same("confirmed", session.confirmed_at(), confirmed)?;
    let actor = record["actor"].as_str();
    same("actor", session.actor().as_deref(), actor)?;

    let id = session.id();
    let candidates = inspect::candidates(session);
    let mut contents = candidates.iter().filter_map(|one| one.content.as_ref());
    let Some(content) = contents.find(|content| Some(content.id) == id) else {
        return Err("it is not among the candidates".to_owned());
    };
    same("stored confirmed", content.confirmed_at, time("confirmed"))?;
    same("stored actor", content.actor.as_deref(), actor)?;
    same("since", content.acting_since, time("acting_since"))?;
    let half = record["origin"].as_str();
    let origin = half.map(|half| format!("{half}{:016}", 0).parse::<SessionId>().unwrap());
    same("origin", content.origin, origin)
}
