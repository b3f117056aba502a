//! Keeping a session alive by touches: when one is sent, what it costs, and what it is good for.

use std::time::Duration;

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::report::Renewal;
use sealed_session::{
    Attribute, Budget, CookieSpec, Format, Lifetime, Refusal, Session, SessionManager,
};

use crate::common::{self, BASE, Browser, TOUCH, at, commit, manager, noise, overfill, ring};

/// A browser with a session that was written at 0.
fn written(manager: &SessionManager) -> Browser {
    let mut browser = Browser::default();
    browser.visit(manager, at(0), |session| session.insert("a", 1).unwrap());
    browser
}

/// A handler that does not look at its session, one that reads it, and one that writes what is
/// there already.
const READERS: [fn(&Session); 3] = [
    |_| {},
    |session| assert_eq!(session.get::<u8>("a").unwrap(), Some(1)),
    |session| session.insert("a", 1).unwrap(),
];

#[test]
fn every_request_counts_and_one_in_an_interval_is_noted() {
    let manager = manager();
    for handler in READERS {
        let mut browser = written(&manager);
        let data = browser.value(BASE).unwrap().to_owned();
        // When a request comes, and whether it sends a touch.
        for (now, touches) in [
            (1, false),
            (179, false),
            (180, true),
            (359, false),
            (360, true),
            (2_100, true),
            (2_101, false),
        ] {
            let session = browser.open(&manager, at(now));
            handler(&session);
            let lines = browser.close(&manager, &session, at(now)).unwrap();
            let sent: Vec<&str> = lines.iter().map(|line| &line[..TOUCH.len()]).collect();
            assert_eq!(sent, [TOUCH][..usize::from(touches)], "at {now}");
            assert_eq!(browser.value(BASE), Some(data.as_str()), "written again");
        }
        let session = browser.open(&manager, at(2_101));
        assert_eq!(session.times().unwrap().last_seen_at, at(2_100));
        assert_eq!(session.times().unwrap().renewed_by, Some(Renewal::Touch));
        assert_eq!(session.times().unwrap().next_touch_at, at(2_280));
        assert_eq!(
            session.times().unwrap().idle_left,
            Some(Duration::from_secs(1_799))
        );
        session.start_over(&[]).unwrap();
        assert_eq!(session.times().unwrap().renewed_by, None);
        assert_eq!(session.times().unwrap().last_seen_at, at(2_101));
    }
}

#[test]
fn an_active_visitor_stays_until_the_absolute_lifetime_and_an_idle_one_goes() {
    let manager = manager();
    let mut browser = written(&manager);
    let end = 12 * 3_600;
    for now in (1_700..end).step_by(1_700) {
        browser.visit(&manager, at(now), |_| {});
        assert!(browser.open(&manager, at(now)).is_live(), "at {now}");
    }
    let session = browser.open(&manager, at(end));
    assert_eq!(session.refusal(), Some(Refusal::AbsoluteExpired));

    let mut browser = written(&manager);
    browser.visit(&manager, at(1_799), |_| {});
    for (now, refusal) in [(3_598, None), (3_599, Some(Refusal::IdleExpired))] {
        let session = browser.open(&manager, at(now));
        assert_eq!(session.refusal(), refusal);
    }
}

const BLOB: Attribute<Vec<u8>> = Attribute::new("blob");

#[test]
fn renewing_the_largest_session_costs_one_short_line() {
    // Encrypted and signed, going with the browser and staying for 400 days.
    for format in [Format::Encrypted, Format::Signed] {
        for policy in [
            Lifetime::new(),
            Lifetime::new()
                .with_absolute_lifetime(Duration::from_secs(400 * 86_400))
                .with_idle_timeout(Duration::from_secs(1_800))
                .with_persistence(sealed_session::Persistence::Always),
        ] {
            let manager = SessionManager::builder("session", ring())
                .format(format)
                .lifetime(policy)
                .budget(Budget::within_8k())
                .build()
                .unwrap();
            let mut browser = Browser::default();
            browser.visit(&manager, at(0), |session| {
                let fits = |length: &usize| {
                    let stored = session.insert(BLOB, noise(*length, 7));
                    stored.and_then(|()| session.size()).is_ok()
                };
                (4_500..4_800).rev().find(fits).unwrap();
                assert!(session.size().unwrap().bytes > 6_450);
            });
            assert_eq!(browser.names().len(), 2);
            let session = browser.open(&manager, at(180));
            let lines = browser.close(&manager, &session, at(180)).unwrap();
            assert_eq!(lines.len(), 1);
            assert!(lines[0].len() <= 130, "{} bytes", lines[0].len());
        }
    }
}

#[test]
fn writing_renews_by_itself_and_takes_the_touch_along() {
    let manager = manager();
    let mut browser = written(&manager);
    browser.visit(&manager, at(200), |_| {});
    assert_eq!(browser.names(), [BASE, TOUCH]);
    browser.visit(&manager, at(500), |session| session.insert("a", 2).unwrap());
    assert_eq!(browser.names(), [BASE]);
    let session = browser.open(&manager, at(501));
    assert_eq!(session.times().unwrap().renewed_by, Some(Renewal::Write));
    assert_eq!(session.times().unwrap().last_seen_at, at(500));

    browser.visit(&manager, at(700), |_| {});
    browser.visit(&manager, at(701), |session| session.destroy().unwrap());
    assert_eq!(browser.names(), [common::TOMBSTONE]);
}

#[test]
fn a_commit_that_fails_still_counts_as_a_use() {
    let manager = manager();
    let browser = written(&manager);
    let session = browser.open(&manager, at(200));
    overfill(&session);
    assert!(
        commit(&manager, &session, at(200))
            .unwrap_err()
            .is_too_large()
    );
    // The response that says so.
    let lines = commit(&manager, &session, at(200)).unwrap();
    assert!(lines.len() == 1 && lines[0].starts_with(TOUCH));
}

#[test]
fn a_passive_request_renews_nothing_whatever_it_does() {
    let manager = manager();
    for handler in READERS {
        let browser = written(&manager);
        let session = browser.open(&manager, at(200));
        session.mark_passive();
        handler(&session);
        assert!(commit(&manager, &session, at(200)).unwrap().is_empty());
    }
    // What it writes is stamped with the last use, that of a touch included.
    let mut browser = written(&manager);
    browser.visit(&manager, at(200), |_| {});
    browser.visit(&manager, at(900), |session| {
        session.insert("a", 2).unwrap();
        session.mark_passive();
    });
    let session = browser.open(&manager, at(901));
    assert_eq!(session.get::<u8>("a").unwrap(), Some(2));
    assert_eq!(
        (
            session.times().unwrap().last_seen_at,
            session.times().unwrap().created_at
        ),
        (at(200), at(0))
    );
    // Who signs in is there.
    browser.visit(&manager, at(902), |session| {
        session.mark_passive();
        session.start_over(&[]).unwrap();
    });
    let session = browser.open(&manager, at(903));
    assert_eq!(
        (
            session.times().unwrap().last_seen_at,
            session.times().unwrap().created_at
        ),
        (at(902), at(902))
    );
    // And so is who was not before.
    let mut browser = Browser::default();
    browser.visit(&manager, at(5), |session| {
        session.mark_passive();
        session.insert("a", 1).unwrap();
    });
    assert_eq!(
        browser.open(&manager, at(6)).times().unwrap().last_seen_at,
        at(5)
    );
}

#[test]
fn a_slow_request_revives_nothing_and_does_not_undo_a_quick_one() {
    let manager = manager();
    // Loaded when a touch was due, committed later: sent within half of the idle timeout.
    for (took, touches) in [
        (0, true),
        (899, true),
        (900, false),
        (1_800, false),
        (9_000, false),
    ] {
        for handler in READERS {
            let browser = written(&manager);
            let session = browser.open(&manager, at(1_000));
            handler(&session);
            let lines = commit(&manager, &session, at(1_000 + took)).unwrap();
            assert_eq!(lines.len(), usize::from(touches), "after {took} s");
        }
    }
    // Stamped with the time of loading.
    let mut browser = written(&manager);
    let slow = browser.open(&manager, at(1_000));
    browser.close(&manager, &slow, at(1_899)).unwrap();
    assert_eq!(
        browser
            .open(&manager, at(1_900))
            .times()
            .unwrap()
            .last_seen_at,
        at(1_000)
    );
    // Over its absolute lifetime meanwhile.
    let policy = Lifetime::new().with_absolute_lifetime(Duration::from_secs(1_900));
    let short = SessionManager::builder("session", ring())
        .lifetime(policy)
        .build()
        .unwrap();
    for (now, touches) in [(1_899, true), (1_900, false)] {
        let slow = written(&short).open(&short, at(1_700));
        let lines = commit(&short, &slow, at(now)).unwrap();
        assert_eq!(lines.len(), usize::from(touches), "at {now}");
    }
}

#[test]
fn an_orphan_goes_and_nothing_else_does() {
    let manager = manager();
    let mut browser = written(&manager);
    browser.visit(&manager, at(200), |_| {});
    let touch = browser.value(TOUCH).unwrap().to_owned();
    let lines = |manager: &SessionManager, line: &str, now, looks: bool| {
        let session = manager.load(RequestHead::new([line.as_bytes()]), at(now));
        assert!(!looks || !session.is_live());
        commit(manager, &session, at(now)).unwrap()
    };
    let alone = format!("{TOUCH}={touch}");
    let removal = format!("{TOUCH}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    assert_eq!(lines(&manager, &alone, 300, true), [removal.as_str()]);
    assert_eq!(
        lines(&manager, &format!("{TOUCH}=Aw"), 300, true),
        [removal.as_str()]
    );
    // Nobody looked.
    assert!(lines(&manager, &alone, 300, false).is_empty());
    // From beyond the skew: another node's clock may be right.
    assert!(lines(&manager, &alone, 79, true).is_empty());
    assert_eq!(lines(&manager, &alone, 80, true).len(), 1);
    // Of a newer format.
    let newer = format!("{TOUCH}=Ba{}", &touch[2..]);
    assert!(lines(&manager, &newer, 300, true).is_empty());
    // Longer than anything this version knows.
    let long = format!("{TOUCH}={}", "B".repeat(257));
    assert!(lines(&manager, &long, 300, true).is_empty());
    // Beside something that may be a session.
    for other in [
        format!("{BASE}=junk"),
        format!("{BASE}.1=junk"),
        format!("{BASE}={}", "A".repeat(120)),
    ] {
        assert!(
            lines(&manager, &format!("{alone}; {other}"), 300, true).is_empty(),
            "{other}"
        );
    }
    // Under a name that others can set, it may stand in another scope.
    let plain = SessionManager::builder(CookieSpec::exact("s"), ring())
        .build()
        .unwrap();
    assert!(lines(&plain, &format!("s.t={touch}"), 300, true).is_empty());
    // A response that took long may meet the touch of a session that began meanwhile.
    let slow = manager.load(RequestHead::new([alone.as_bytes()]), at(300));
    assert!(!slow.is_live());
    assert!(commit(&manager, &slow, at(480)).unwrap().is_empty());
}

#[test]
fn a_touch_rides_only_where_no_shared_cache_can_store_it() {
    let manager = manager();
    let browser = written(&manager);
    let changes = |looks: bool, status, headers: &[(&'static str, &'static str)]| {
        let session = browser.open(&manager, at(200));
        assert!(!looks || session.is_live());
        let headers = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()));
        let response = ResponseHead::new(status).headers(headers);
        let changes = manager.commit(&session, response, at(200)).unwrap();
        changes
            .iter()
            .map(|change| format!("{change:?}"))
            .collect::<Vec<_>>()
    };
    let touch = format!("Append(set-cookie: {TOUCH}=..)");
    let private = "Replace(cache-control: private)";
    // A page that never looks at its session does not depend on it: no `Vary`.
    assert_eq!(changes(false, 200, &[]), [touch.as_str(), private]);
    assert_eq!(
        changes(true, 200, &[]),
        [touch.as_str(), "Append(vary: Cookie)", private]
    );
    assert_eq!(
        changes(false, 200, &[("cache-control", "private, max-age=60")]),
        [
            touch.as_str(),
            "Replace(cache-control: private, max-age=60)"
        ]
    );
    for (status, headers) in [
        (304, &[][..]),
        (200, &[("cache-control", "public")]),
        (200, &[("cache-control", "max-age=60")]),
        (200, &[("expires", "Thu, 01 Jan 2099 00:00:00 GMT")]),
        (200, &[("cdn-cache-control", "max-age=60")]),
        (
            200,
            &[
                ("cache-control", "private"),
                ("surrogate-control", "max-age=1"),
            ],
        ),
    ] {
        assert!(
            changes(false, status, headers).is_empty(),
            "{status} {headers:?}"
        );
        let looked = changes(true, status, headers);
        assert!(!looked.contains(&touch), "{looked:?}");
    }
    // It waits: the next response carries it.
    assert_eq!(changes(false, 200, &[])[0], touch);
}

#[test]
fn a_former_cookie_is_touched_under_its_own_name() {
    let before = SessionManager::builder("old", ring()).build().unwrap();
    let after = SessionManager::builder("session", ring())
        .former_cookie("old")
        .build()
        .unwrap();
    let mut browser = written(&before);
    for handler in READERS {
        browser.forget("__Host-old.t");
        browser.visit(&after, at(200), handler);
        assert_eq!(browser.names(), ["__Host-old", "__Host-old.t"]);
    }
    // Nodes that do not know of the rename read it, too.
    assert_eq!(
        browser.open(&before, at(201)).times().unwrap().last_seen_at,
        at(200)
    );
    let mut late = browser.clone();
    browser.visit(&after, at(300), |session| session.insert("a", 2).unwrap());
    assert_eq!(browser.names(), [BASE]);
    // Ended under both names.
    let parked = late.open(&before, at(300));
    parked.insert("a", 3).unwrap();
    late.visit(&after, at(300), |session| session.destroy().unwrap());
    late.close(&before, &parked, at(301)).unwrap();
    for manager in [&before, &after] {
        assert_eq!(
            late.open(manager, at(302)).refusal(),
            Some(Refusal::Destroyed)
        );
    }
}

#[test]
fn a_touch_of_another_token_keeps_nobody_from_being_renewed() {
    let manager = manager();
    // A page is touched while a request of an older token is under way that writes.
    for (touched, written_at) in [(1_701, 1_700), (1_250, 300)] {
        let mut browser = written(&manager);
        let parked = browser.open(&manager, at(written_at));
        parked.insert("a", 2).unwrap();
        parked.mark_passive();
        browser.visit(&manager, at(touched), |_| {});
        browser.close(&manager, &parked, at(touched + 1)).unwrap();
        assert_eq!(browser.names(), [BASE, TOUCH]);
        // Pages that never look keep it alive all the same.
        for now in (touched + 10..touched + 4_000).step_by(10) {
            browser.visit(&manager, at(now), |_| {});
        }
        assert!(browser.open(&manager, at(touched + 4_000)).is_live());
    }
}

#[test]
fn a_session_that_never_idles_out_is_touched_and_a_commit_comes_once() {
    let policy = Lifetime::new().allow_never_idle();
    let manager = SessionManager::builder("session", ring())
        .lifetime(policy)
        .build()
        .unwrap();
    let mut browser = written(&manager);
    browser.visit(&manager, at(1), |session| {
        session.set_idle_timeout(None).unwrap()
    });
    for handler in READERS {
        let session = browser.open(&manager, at(10_000));
        handler(&session);
        assert_eq!(commit(&manager, &session, at(19_999)).unwrap().len(), 1);
        assert!(commit(&manager, &session, at(19_999)).unwrap().is_empty());
    }
    // An end that cannot be sent is none: the browser keeps the session, and it was used.
    let session = browser.open(&manager, at(10_000));
    session.destroy().unwrap();
    overfill(&session);
    assert!(commit(&manager, &session, at(10_000)).is_err());
    assert!(session.is_live());
    assert_eq!(commit(&manager, &session, at(10_000)).unwrap().len(), 1);
}
