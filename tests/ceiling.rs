//! Hostile requests allocate within bounds.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::alloc::System;

use common::{BASE, at, manager};
use sealed_session::{RequestHead, ResponseHead};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

// One test, so that nothing else allocates meanwhile.
#[test]
fn no_request_allocates_beyond_the_ceiling() {
    let manager = manager();
    let token = "A".repeat(4_093);
    let set = format!("{BASE}=9wxyzA{}", "A".repeat(4_000));
    let chunks: String = (1..9)
        .flat_map(|i| [1, 2, 3].map(|n| format!("; {BASE}.{i}=wxyz{n}{}wxyz", "A".repeat(4_000))))
        .collect();
    // What came, and the most bytes that looking at it may allocate in all.
    let table = [
        (
            "1 MB in one cookie",
            format!("{BASE}={}", "A".repeat(1 << 20)),
            2_000,
        ),
        (
            "1 MB of foreign cookies",
            "theme=dark; ".repeat(90_000),
            2_000,
        ),
        (
            "100,000 of ours, empty",
            format!("{BASE}=; ").repeat(100_000),
            3_000,
        ),
        (
            "1,000 of ours, as long as can be",
            format!("{BASE}={token}; ").repeat(1_000),
            200_000,
        ),
        ("three of every chunk", format!("{set}{chunks}"), 700_000),
    ];
    for (case, line, most) in table {
        let region = Region::new(ALLOCATOR);
        let session = manager.load(RequestHead::new([line.as_bytes()]), at(0));
        assert!(session.refusal().is_some(), "{case}");
        assert!(
            manager
                .commit(&session, ResponseHead::new(200), at(0))
                .is_ok()
        );
        drop(session);
        let allocated = region.change().bytes_allocated;
        assert!(
            allocated <= most,
            "{case}: {allocated} bytes, and {most} are allowed"
        );
    }
}
