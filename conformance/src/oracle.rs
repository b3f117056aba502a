//! Somebody who is asked what was revoked, and counts the questions.

use std::future::poll_fn;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use sealed_session::revocation::{Answer, AskedRevocations};

use crate::failure::{Failure, same};

/// Gives one answer to all. Each takes a while, so that an adapter has to wait for it.
#[derive(Clone)]
pub(crate) struct Oracle(Arc<Inner>);

struct Inner {
    says: Mutex<Says>,
    asked: AtomicUsize,
}

#[derive(Clone, Copy)]
pub(crate) enum Says {
    The(Answer),
    /// The closure panics in place of an answer.
    Panics,
}

impl Oracle {
    pub(crate) fn new(answer: Answer) -> Oracle {
        Oracle(Arc::new(Inner {
            says: Mutex::new(Says::The(answer)),
            asked: AtomicUsize::new(0),
        }))
    }

    pub(crate) fn says(&self, says: Says) {
        *self.0.says.lock().unwrap_or_else(PoisonError::into_inner) = says;
    }

    /// Demands that so many questions were asked since the last time.
    pub(crate) fn was_asked(&self, place: &str, times: usize) -> Result<(), Failure> {
        let asked = self.0.asked.swap(0, Ordering::SeqCst);
        same(place, "how often somebody was asked", times, asked)
    }

    pub(crate) fn revocations(&self) -> AskedRevocations {
        let oracle = self.clone();
        AskedRevocations::new(move |_| {
            oracle.0.asked.fetch_add(1, Ordering::SeqCst);
            let (oracle, mut turns) = (oracle.clone(), 3);
            poll_fn(move |context| {
                if turns > 0 {
                    turns -= 1;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                let says = *oracle.0.says.lock().unwrap_or_else(PoisonError::into_inner);
                match says {
                    Says::The(answer) => Poll::Ready(answer),
                    // Without a message on standard error.
                    Says::Panics => resume_unwind(Box::new(())),
                }
            })
        })
    }
}
