//! Rounds for those who ask and wait: the replica is brought up to date now.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use crate::keys::Keys;
use crate::place::Loss;
use crate::read::{Finding, read};
use crate::replica::{Replica, Standing};
use crate::wire::Wire;

/// Rounds that those share who ask together.
#[derive(Default)]
pub(crate) struct Asking {
    turns: Mutex<Turns>,
    /// The rounds that were begun.
    begun: AtomicU64,
}

#[derive(Default)]
struct Turns {
    /// The last round that came to an end, and how.
    ended: u64,
    last: Refreshed,
}

/// What came of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Refreshed {
    Current,
    /// The store has lost something, which was found in this turn.
    Lost(Loss, u64),
    #[default]
    Failed,
}

impl Asking {
    /// Brings a replica up to date, if it is whole. Those who ask together share a round, which begins after each of them
    /// has asked.
    pub(crate) async fn refresh(&self, wire: &Wire, keys: &Keys, replica: &Replica) -> Refreshed {
        let mine = self.begun.load(Ordering::SeqCst) + 1;
        let mut turns = self.turns.lock().await;
        if turns.ended < mine {
            let round = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
            turns.last = refresh(wire, keys, replica).await;
            turns.ended = round;
        }
        turns.last
    }
}

async fn refresh(wire: &Wire, keys: &Keys, replica: &Replica) -> Refreshed {
    // To begin and to repair are the reader's.
    if !matches!(replica.standing().0, Standing::Whole(_)) {
        return Refreshed::Failed;
    }
    let read = |mut connection| async move { read(&mut connection, keys, replica).await };
    match wire.run(read).await {
        Ok(Finding::Complete(complete)) if replica.confirm(&complete) => Refreshed::Current,
        Ok(Finding::Lost(loss, turn)) => Refreshed::Lost(loss, turn),
        _ => Refreshed::Failed,
    }
}
