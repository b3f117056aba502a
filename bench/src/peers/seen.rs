//! What handlers saw, for the check that every library does what it is timed at.

use std::hint::black_box;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

static WATCHED: AtomicBool = AtomicBool::new(false);
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Uses a value that a handler read. Costs next to nothing while nobody watches.
pub(crate) fn seen<T: Serialize>(value: &T) {
    black_box(value);
    if WATCHED.load(Ordering::Relaxed) {
        let text = serde_json::to_string(value).unwrap_or_else(|cause| cause.to_string());
        SEEN.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(text);
    }
}

/// Runs `request`, and returns what its handler saw, as JSON.
pub(crate) fn watch<R>(request: impl FnOnce() -> R) -> (R, Vec<String>) {
    WATCHED.store(true, Ordering::Relaxed);
    let result = request();
    WATCHED.store(false, Ordering::Relaxed);
    let seen = mem::take(&mut *SEEN.lock().unwrap_or_else(PoisonError::into_inner));
    (result, seen)
}
