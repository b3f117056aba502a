//! What the sessions of the corpus may cost here.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use sealed_session_bench::{Library, Sample};

/// In the order of the corpus: sign-in, cart, tokens.
fn assert_within(library: &Library, limits: [usize; 3]) {
    let mut over = Vec::new();
    for (sample, limit) in Sample::corpus().unwrap().iter().zip(limits) {
        let figure = library.measure(sample);
        if figure.bytes().is_none_or(|bytes| bytes > limit) {
            over.push(format!("{}: {figure} of {limit}", sample.name()));
        }
    }
    assert!(over.is_empty(), "{}: {}", library.name(), over.join("; "));
}

#[test]
fn the_default_configuration_stays_within_its_limits() {
    assert_within(&Library::here(), [240, 625, 2_048]);
}

#[test]
fn the_smallest_configuration_stays_within_its_limits() {
    assert_within(&Library::smallest(), [240, 586, 2_000]);
}
