//! The floor of a request that does not look at its session: the least that any layer of sessions does.

use super::core::Core;
use super::entry::{Entry, Subject};
use super::kind::Kind;
use super::request::expect;
use crate::peers::{Runtimes, Stack as _};

/// Makes one for each session that is not looked at.
pub(crate) fn entries(runtimes: &Runtimes) -> Result<Vec<Entry>, String> {
    let kinds = [Kind::Login, Kind::Oidc].into_iter();
    kinds.map(|kind| entry(runtimes, kind)).collect()
}

fn entry(runtimes: &Runtimes, kind: Kind) -> Result<Entry, String> {
    let core = Core::new(kind).map_err(|error| error.to_string())?;
    let (mut floor, mut bare) = runtimes.floor(&core.line)?;
    expect(&mut floor)?;
    expect(&mut bare)?;
    Ok(Entry {
        subject: Subject::Floor(kind),
        run: Box::new(move |count| floor.times(count)),
        bare: Some(Box::new(move |count| bare.times(count))),
    })
}
