//! What handlers saw, for the check that every library does what it is timed at.

use std::cell::RefCell;
use std::hint::black_box;

use serde::Serialize;

thread_local! {
    /// While somebody watches. Handlers run on the thread that sends the request, or serves it.
    static SEEN: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Uses a value that a handler read. Costs next to nothing while nobody watches.
pub(crate) fn seen<T: Serialize>(value: &T) {
    black_box(value);
    SEEN.with_borrow_mut(|all| {
        if let Some(all) = all {
            let text = serde_json::to_string(value).unwrap_or_else(|cause| cause.to_string());
            all.push(text);
        }
    });
}

/// Runs `request`, and returns what its handler saw, as JSON.
pub(crate) fn watch<R>(request: impl FnOnce() -> R) -> (R, Vec<String>) {
    begin_watching();
    let result = request();
    (result, end_watching())
}

/// Notes what handlers see on this thread from now on.
pub(super) fn begin_watching() {
    SEEN.set(Some(Vec::new()));
}

/// Returns what handlers saw on this thread, and notes no more.
pub(super) fn end_watching() -> Vec<String> {
    SEEN.take().unwrap_or_default()
}
