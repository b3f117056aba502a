//! Sign-outs of this node's own visitors, on their way to the store. No response waits for them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use sealed_session::revocation::Revocation;
use tokio::sync::mpsc::{Receiver, channel};

use crate::entry::MOST;
use crate::feed::Feed;

/// Sign-outs that wait. Those beyond are written by the task that reads, which looks for what the store has not.
const ROOM: usize = 1_000;

/// Hears of each sign-out from now on.
pub(crate) fn hear(feed: &Arc<Feed>) -> Receiver<Vec<Revocation>> {
    let (sender, receiver) = channel(ROOM);
    // The hook is a part of the table, and the table of the feed.
    let weak = Arc::downgrade(feed);
    feed.replica.table.on_sign_out(move |revocations| {
        if sender.try_send(revocations.to_vec()).is_ok() {
            return;
        }
        if let Some(feed) = weak.upgrade() {
            feed.is_behind.store(true, Ordering::Release);
        }
    });
    receiver
}

/// Writes them until it is aborted, those that wait together by one entry.
pub(crate) async fn run(feed: Arc<Feed>, mut waiting: Receiver<Vec<Revocation>>) {
    while let Some(mut together) = waiting.recv().await {
        while together.len() < MOST
            && let Ok(more) = waiting.try_recv()
        {
            together.extend(more);
        }
        // What fails is left to the task that reads, and told by it.
        feed.write(&together).await.ok();
    }
}
