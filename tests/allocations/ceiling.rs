//! Hostile requests allocate within bounds, and untouched ones next to nothing.

use std::time::Duration;

use allocation_counter::measure;
use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::ticket::Purpose;

use crate::common::{BASE, Browser, at, manager, noise};

#[test]
fn no_request_allocates_beyond_the_ceiling() {
    let manager = manager();
    let token = "A".repeat(4_093);
    let set = format!("{BASE}=9wxyzA{}", "A".repeat(4_000));
    let chunks: String = (1..9)
        .flat_map(|i| [1, 2, 3].map(|n| format!("; {BASE}.{i}=wxyz{n}{}wxyz", "A".repeat(4_000))))
        .collect();
    // What came, and the most bytes that looking at it may allocate in all. What grows counts again,
    // with its whole length.
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
            3_400,
        ),
        (
            "1,000 of ours, as long as can be",
            format!("{BASE}={token}; ").repeat(1_000),
            300_000,
        ),
        ("three of every chunk", format!("{set}{chunks}"), 700_000),
    ];
    for (case, line, most) in table {
        let info = measure(|| {
            let session = manager.load(RequestHead::new([line.as_bytes()]), at(0));
            assert!(session.refusal().is_some(), "{case}");
            let changes = manager.commit(&session, ResponseHead::new(200), at(0));
            assert!(changes.is_ok());
        });
        let allocated = info.bytes_total;
        assert!(
            allocated <= most,
            "{case}: {allocated} bytes, and {most} are allowed"
        );
    }

    // A request that touches nothing pays for no opening until a touch is due.
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.insert("a", noise(1_000, 1)).unwrap()
    });
    let untouched = |browser: &Browser, now| {
        let line = browser.line();
        let mut sends = false;
        let info = measure(|| {
            let session = manager.load(RequestHead::new([line.as_bytes()]), at(now));
            let changes = manager.commit(&session, ResponseHead::new(200), at(now));
            sends = !changes.unwrap().is_empty();
        });
        (sends, info.bytes_total.saturating_sub(line.len() as u64))
    };
    // What is allocated beyond a copy of the cookies.
    let (sends, quiet) = untouched(&browser, 179);
    assert!(!sends && quiet < 5_000, "{quiet} bytes");
    let (sends, due) = untouched(&browser, 180);
    assert!(sends && due > quiet + 2_000, "{due} bytes, and {quiet}");
    browser.visit(&manager, at(180), |_| {});
    let (sends, after) = untouched(&browser, 359);
    assert!(!sends && after <= quiet + 100, "{after} bytes, and {quiet}");
}

#[test]
fn no_text_of_a_ticket_allocates_beyond_its_ceiling() {
    const RESET: Purpose<Vec<String>> = Purpose::new("reset", Duration::from_secs(60));
    let manager = manager();
    let good = manager.seal_ticket(RESET, &Vec::new(), at(0)).unwrap();
    let tampered = format!("{}{}", &good[..40], "A".repeat(2_008));
    for (text, most) in [
        ("A".repeat(1 << 20), 0),
        ("B".repeat(2_048), 1_600),
        (tampered, 4_000),
    ] {
        let info = measure(|| assert!(manager.open_ticket(RESET, &text, at(0)).is_err()));
        let allocated = info.bytes_total;
        assert!(
            allocated <= most,
            "{allocated} bytes, and {most} are allowed"
        );
    }
}
