//! Every boundary in time: a second before, at, and a second after, with `now` passed in.

use std::time::Duration;

use sealed_session::{Lifetime, Refusal, SessionManager};
use time::OffsetDateTime;

use crate::common::{BASE, Browser, TOUCH, at, commit, manager, ring};

fn written(manager: &SessionManager, now: OffsetDateTime) -> Browser {
    let mut browser = Browser::default();
    browser.visit(manager, now, |session| session.insert("a", 1).unwrap());
    browser
}

#[test]
fn idle_timeout_absolute_lifetime_and_touch_interval() {
    let manager = manager();
    let mut touched = written(&manager, at(0));
    touched.visit(&manager, at(1_000), |_| {});
    let mut old = written(&manager, at(0));
    for now in (1_000..43_000).step_by(1_000) {
        old.visit(&manager, at(now), |_| {});
    }
    let fresh = written(&manager, at(0));
    let idle = Some(Refusal::IdleExpired);
    let absolute = Some(Refusal::AbsoluteExpired);
    let table = [
        ("written", &fresh, 1_799, None),
        ("written", &fresh, 1_800, idle),
        ("written", &fresh, 1_801, idle),
        ("touched", &touched, 2_799, None),
        ("touched", &touched, 2_800, idle),
        ("touched", &touched, 2_801, idle),
        ("old", &old, 43_199, None),
        ("old", &old, 43_200, absolute),
        ("old", &old, 43_201, absolute),
    ];
    for (case, browser, now, refusal) in table {
        assert_eq!(
            browser.open(&manager, at(now)).refusal(),
            refusal,
            "{case} at {now}"
        );
    }
    for (now, sends) in [(179, false), (180, true), (181, true)] {
        let mut browser = fresh.clone();
        browser.visit(&manager, at(now), |_| {});
        assert_eq!(browser.value(TOUCH).is_some(), sends, "at {now}");
    }
}

#[test]
fn the_skew_at_its_edge() {
    // What another node stamped that is ahead: this one at 0, that one at the time given.
    for (policy, edge) in [
        (Lifetime::new(), 120),
        (Lifetime::new().with_clock_skew(Duration::from_secs(5)), 5),
        (Lifetime::new().with_clock_skew(Duration::ZERO), 0),
    ] {
        let manager = SessionManager::builder("session", ring())
            .lifetime(policy)
            .build()
            .unwrap();
        for (ahead, refusal) in [
            (edge - 1, None),
            (edge, None),
            (edge + 1, Some(Refusal::FromTheFuture)),
        ] {
            let browser = written(&manager, at(ahead));
            assert_eq!(browser.open(&manager, at(0)).refusal(), refusal, "{ahead}");

            // A touch from the future is not judged: neither good nor bad for anything.
            let mut browser = written(&manager, at(ahead - 1_000));
            browser.visit(&manager, at(ahead), |_| {});
            let session = browser.open(&manager, at(0));
            let seen = if refusal.is_none() {
                ahead
            } else {
                ahead - 1_000
            };
            assert_eq!(session.times().unwrap().last_seen_at, at(seen), "{ahead}");
            assert!(session.is_live());
            // Nor does one hold back the next, whether or not anybody looks.
            for session in [session, browser.open(&manager, at(0))] {
                let lines = commit(&manager, &session, at(0)).unwrap();
                assert_eq!(lines.len(), usize::from(refusal.is_some()), "{ahead}");
            }
        }
    }
}

#[test]
fn a_clock_that_steps_back_by_an_hour() {
    let manager = manager();
    let mut browser = written(&manager, at(0));
    browser.visit(&manager, at(1_000), |_| {});
    let before = browser.clone();
    // All nodes step back: the session is from the future, and stays in the browser.
    for now in [-3_600, -2_601, -200] {
        for looks in [true, false] {
            browser.visit(&manager, at(now), |session| {
                assert!(!looks || session.refusal() == Some(Refusal::FromTheFuture));
            });
        }
    }
    assert_eq!(browser.line(), before.line());
    // The clock is right again.
    assert_eq!(
        browser
            .open(&manager, at(1_500))
            .times()
            .unwrap()
            .last_seen_at,
        at(1_000)
    );

    // The clock was ahead by an hour, and is put right: what was written meanwhile is good again
    // when its time comes, and is not stamped earlier than it was.
    let mut browser = written(&manager, at(3_600));
    assert!(!browser.open(&manager, at(3_479)).is_live());
    browser.visit(&manager, at(3_480), |session| {
        session.insert("a", 2).unwrap()
    });
    assert_eq!(
        browser
            .open(&manager, at(3_480))
            .times()
            .unwrap()
            .last_seen_at,
        at(3_600)
    );

    // Neither is what was touched ahead of this clock.
    let mut browser = written(&manager, at(-1_000));
    browser.visit(&manager, at(100), |_| {});
    browser.visit(&manager, at(0), |session| session.insert("a", 2).unwrap());
    assert_eq!(
        browser.open(&manager, at(0)).times().unwrap().last_seen_at,
        at(100)
    );

    // A handler during which the clock steps back loses nothing.
    let mut browser = written(&manager, at(0));
    let session = browser.open(&manager, at(500));
    assert_eq!(
        browser.close(&manager, &session, at(-3_100)).unwrap().len(),
        1
    );
    let session = browser.open(&manager, at(501));
    assert_eq!(session.times().unwrap().last_seen_at, at(500));
    session.insert("a", 2).unwrap();
    assert_eq!(
        browser.close(&manager, &session, at(-3_099)).unwrap().len(),
        2
    );
    assert_eq!(
        browser.open(&manager, at(502)).get::<u8>("a").unwrap(),
        Some(2)
    );
}

#[test]
fn in_2106_everything_ends() {
    let end = i64::from(u32::MAX);
    let at = |before: i64| OffsetDateTime::from_unix_timestamp(end - before).unwrap();
    let manager = manager();
    let mut browser = written(&manager, at(1_000));
    browser.visit(&manager, at(100), |_| {});
    assert_eq!(browser.names(), [BASE, TOUCH]);
    assert_eq!(
        browser.open(&manager, at(1)).times().unwrap().last_seen_at,
        at(100)
    );
    for now in [0, -1, -1_000, -100_000_000] {
        let session = browser.open(&manager, at(now));
        assert_eq!(session.refusal(), Some(Refusal::AbsoluteExpired));
        // Nothing begins that could never end.
        session.insert("a", 1).unwrap();
        let mut browser = browser.clone();
        let error = browser.close(&manager, &session, at(now)).unwrap_err();
        assert!(error.is_expired(), "{error}");
    }
    // Before 1970 there is nothing either, and nothing fails.
    let before = OffsetDateTime::UNIX_EPOCH - time::Duration::HOUR;
    assert_eq!(
        browser.open(&manager, before).refusal(),
        Some(Refusal::FromTheFuture)
    );
    assert!(
        written(&manager, before)
            .open(&manager, OffsetDateTime::UNIX_EPOCH)
            .is_live()
    );
}
