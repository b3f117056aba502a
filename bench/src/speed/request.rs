//! A workload, prepared for one library, and proven to do what it says.

use std::sync::Arc;

use super::entry::{Entry, Subject};
use super::line::cookies;
use super::workload::Workload;
use crate::Peer;
use crate::peers::{Application, DONE, Handler, Reply, Runtimes, Stack, watch};

/// Prepares `workload` for `peer`, in an application of its own.
///
/// # Errors
///
/// If the library does not answer as the workload expects.
pub(crate) fn entry(runtimes: &Runtimes, peer: Peer, workload: Workload) -> Result<Entry, String> {
    prepare(runtimes, peer, workload)
        .map_err(|what| format!("{}, {}: {what}", peer.name(), workload.name()))
}

fn prepare(runtimes: &Runtimes, peer: Peer, workload: Workload) -> Result<Entry, String> {
    let application = peer.application(runtimes)?;
    let cookie = match workload.stored()? {
        Some(sample) => {
            let store = Handler::Store(Arc::new(sample));
            let reply = expect(&mut *application.stack(store, None)?)?;
            Some(workload.line(&cookies(&reply.cookies)))
        }
        None => None,
    };
    let mut stack = application.stack(workload.handler(), cookie.as_deref())?;
    let mut bare = application.bare(cookie.as_deref())?;
    expect(&mut *bare)?;
    let (reply, seen) = watch(|| expect(&mut *stack));
    check(&application, workload, &reply?, &seen)?;
    Ok(Entry {
        subject: Subject::Request(peer, workload),
        run: Box::new(move |count| stack.times(count)),
        bare: Some(Box::new(move |count| bare.times(count))),
    })
}

/// Sends a request that has to be answered as expected.
pub(crate) fn expect(stack: &mut dyn Stack) -> Result<Reply, String> {
    let reply = stack.once()?;
    match reply.status.is_success() && reply.body == DONE {
        true => Ok(reply),
        false => Err(format!("the answer is {} {}", reply.status, reply.body)),
    }
}

/// Checks that the handler saw what was stored, and that what it wrote comes back.
fn check(
    application: &Application,
    workload: Workload,
    reply: &Reply,
    seen: &[String],
) -> Result<(), String> {
    if workload.expected()? != seen {
        return Err(format!("the handler saw {seen:?}"));
    }
    let Some((reader, changes)) = workload.written()? else {
        return Ok(());
    };
    if reply.cookies.is_empty() {
        return Err("a write sets no cookie".to_owned());
    }
    let cookie = cookies(&reply.cookies);
    let mut again = application.stack(reader, Some(&cookie))?;
    let (reply, seen) = watch(|| expect(&mut *again));
    reply?;
    let may_be = |(value, changes): (&String, &Vec<String>)| changes.contains(value);
    match seen.len() == changes.len() && seen.iter().zip(&changes).all(may_be) {
        true => Ok(()),
        false => Err(format!("what was written reads back as {seen:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_library_does_what_it_is_timed_at() {
        let runtimes = Runtimes::new().unwrap();
        for peer in Peer::TIMED {
            for workload in Workload::ALL {
                let mut entry = entry(&runtimes, peer, workload).unwrap();
                (entry.run)(3);
                (entry.bare.unwrap())(3);
            }
        }
    }
}
