//! What the sessions of the corpus may cost here.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use sealed_session_bench::{Figure, Peer, Sample};

/// In the order of the corpus: sign-in, cart, tokens.
fn assert_within(peer: Peer, limits: [usize; 3]) {
    let mut over = Vec::new();
    for (sample, limit) in Sample::corpus().unwrap().iter().zip(limits) {
        let figure = Figure::measure(peer, sample);
        if figure.bytes().is_none_or(|bytes| bytes > limit) {
            over.push(format!("{}: {figure} of {limit}", sample.name()));
        }
    }
    assert!(over.is_empty(), "{}: {}", peer.name(), over.join("; "));
}

#[test]
fn the_default_configuration_stays_within_its_limits() {
    assert_within(Peer::Here, [236, 620, 1_986]);
}

#[test]
fn the_smallest_configuration_stays_within_its_limits() {
    assert_within(Peer::Smallest, [236, 578, 1_986]);
}

#[test]
fn the_signed_configuration_stays_within_its_limits() {
    assert_within(Peer::Signed, [174, 574, 1_954]);
}

/// The table in the documentation of `Compression`.
#[test]
fn what_is_documented_of_the_policies_is_what_they_do() {
    let documented = include_str!("../../src/payload/compression.rs");
    for (policy, peer) in [
        ("Off", Peer::Uncompressed),
        ("Auto", Peer::Here),
        ("Smallest", Peer::Smallest),
    ] {
        let start = format!("/// | [`{policy}`]");
        let row = documented.lines().find(|line| line.starts_with(&start));
        let cells: Vec<&str> = row.unwrap().split('|').skip(2).map(str::trim).collect();
        for (sample, cell) in Sample::corpus().unwrap().iter().zip(cells) {
            let figure = Figure::measure(peer, sample).to_string();
            let cell = cell.trim_end_matches(", two cookies, `within_8k`");
            assert_eq!(cell, figure, "{policy}, {}", sample.name());
        }
    }
}
