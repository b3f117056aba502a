//! The stages of a request in this library, to be timed.

use super::core::Core;
use super::entry::{Entry, Subject};
use super::kind::Kind;
use super::stage::{Stage, times};

/// Prepares every stage for every session of the corpus, and reading from the large one.
pub(crate) fn entries() -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    for kind in Kind::CORPUS {
        for stage in Stage::ALL {
            entries.push(entry(stage, kind)?);
        }
    }
    for stage in [Stage::Load, Stage::Open, Stage::Read] {
        entries.push(entry(stage, Kind::Large)?);
    }
    Ok(entries)
}

fn entry(stage: Stage, kind: Kind) -> Result<Entry, String> {
    let core = Core::new(kind).map_err(|error| error.to_string())?;
    Ok(Entry {
        subject: Subject::Stage(stage, kind),
        run: times(stage, kind, core)?,
        bare: None,
    })
}
