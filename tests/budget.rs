//! Sizes: what fits, what does not, what is said of it, and that the old session stays.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::{BASE, Browser, at, manager, noise, ring};
use sealed_session::{Attribute, Budget, Event, SessionManager};

#[test]
fn a_large_session_takes_two_cookies_and_gives_one_back() {
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.insert("a", noise(1_500, 7)).unwrap()
    });
    let chunk = format!("{BASE}.1");
    assert_eq!(browser.names(), [BASE, &chunk]);
    assert!(browser.value(BASE).unwrap().starts_with('2'));
    browser.visit(&manager, at(1), |session| {
        assert_eq!(session.get::<Vec<u8>>("a").unwrap(), Some(noise(1_500, 7)));
        session.insert("a", 1).unwrap();
    });
    assert_eq!(browser.names(), [BASE]);
    assert!(browser.value(BASE).unwrap().starts_with('A'));
}

#[test]
fn over_budget_is_an_error_with_sizes_and_the_old_session_stays() {
    let events = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = std::sync::Arc::clone(&events);
    let manager = SessionManager::builder(ring())
        .on_event(move |event| log.lock().unwrap().push(format!("{event:?}")))
        .build()
        .unwrap();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| session.insert("a", 1).unwrap());
    let before = browser.line();

    let session = browser.open(&manager, at(1));
    for (name, size) in [
        ("big", 1_900),
        ("small", 10),
        ("middle", 700),
        ("less", 300),
    ] {
        session.insert(name, noise(size, 9)).unwrap();
    }
    assert!(session.size().unwrap_err().is_too_large());
    let error = browser.close(&manager, &session, at(1)).unwrap_err();
    let sizes = error.sizes().unwrap();
    assert!(
        sizes.needed() > 6_500 && sizes.allowed() == 6_500,
        "{error}"
    );
    let largest: Vec<&str> = sizes
        .largest()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(largest, ["big", "middle", "less"]);
    let text = error.to_string();
    for wanted in [&sizes.needed().to_string(), "6500", "`big`", "Budget"] {
        assert!(text.contains(wanted), "{text}");
    }
    assert_eq!(browser.line(), before);
    assert!(
        events
            .lock()
            .unwrap()
            .iter()
            .any(|event| event.starts_with("CommitFailed"))
    );

    // What is over the ceiling even when packed is refused likewise.
    let session = browser.open(&manager, at(2));
    session.insert("zeros", vec![0u8; 70_000]).unwrap();
    let error = browser.close(&manager, &session, at(2)).unwrap_err();
    assert_eq!(error.sizes().unwrap().allowed(), 65_536);

    // Leaving is possible at any size.
    let session = browser.open(&manager, at(3));
    session.insert("big", noise(9_000, 9)).unwrap();
    session.destroy().unwrap();
    browser.close(&manager, &session, at(3)).unwrap();
    assert_eq!(browser.names(), [common::TOMBSTONE]);
}

#[test]
fn a_large_session_within_budget_is_warned_of_to_the_byte() {
    // The size of what is written does not depend on the warning.
    let bytes = {
        let manager = manager();
        let session = Browser::default().open(&manager, at(0));
        session.insert("a", noise(1_000, 3)).unwrap();
        session.size().unwrap().bytes()
    };
    for (warn_above, wanted) in [(bytes - 1, true), (bytes, false)] {
        let warned = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let log = std::sync::Arc::clone(&warned);
        let manager = SessionManager::builder(ring())
            .budget(Budget::portable().warn_above(warn_above))
            .on_event(move |event| {
                if let Event::NearBudget {
                    bytes, warn_above, ..
                } = event
                {
                    log.lock().unwrap().push((*bytes, *warn_above));
                }
            })
            .build()
            .unwrap();
        let mut browser = Browser::default();
        browser.visit(&manager, at(1), |session| {
            session.insert("a", noise(1_000, 3)).unwrap()
        });
        let wanted = wanted.then_some((bytes, warn_above));
        assert_eq!(warned.lock().unwrap().first().copied(), wanted);
    }
    assert_eq!(Budget::portable().warning_limit(), 3_072);
}

#[test]
fn every_preset_is_filled_to_its_last_byte() {
    for budget in [
        Budget::compact(),
        Budget::portable(),
        Budget::roomy(),
        Budget::direct(),
    ] {
        let manager = SessionManager::builder(ring())
            .budget(budget)
            .build()
            .unwrap();
        let fits = |length: usize| {
            let session = Browser::default().open(&manager, at(0));
            session
                .insert(Attribute::<String>::new("a"), text(length))
                .unwrap();
            session.size().is_ok()
        };
        let most = (1..30_000)
            .collect::<Vec<_>>()
            .partition_point(|length| fits(*length));
        assert!(fits(most) && !fits(most + 1));
        let mut browser = Browser::default();
        let session = browser.open(&manager, at(0));
        session
            .insert(Attribute::<String>::new("a"), text(most))
            .unwrap();
        let lines = browser.close(&manager, &session, at(0)).unwrap();
        let total: usize = lines.iter().map(String::len).sum();
        assert!(lines.iter().all(|line| line.len() <= budget.line_limit()));
        assert!(lines.len() <= budget.cookie_limit() && total <= budget.total_limit());
        // Padding to 32 bytes is 43 characters, and a further cookie some 70.
        assert!(
            total + 43 + 75 > budget.total_limit(),
            "{total} of {budget:?}"
        );
        browser.visit(&manager, at(1), |session| {
            let stored = session.get(Attribute::<String>::new("a")).unwrap();
            assert_eq!(stored, Some(text(most)));
        });
    }
}

/// Text that LZ4 does not shorten.
fn text(length: usize) -> String {
    noise(length, 5)
        .into_iter()
        .map(|byte| char::from(b'!' + byte % 90))
        .collect()
}
