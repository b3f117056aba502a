//! What a sign-out and a sign-in leave behind, so that nothing which they ended comes back.

use std::time::Duration;

use sealed_session::adapter::{HeaderChange, RequestHead, ResponseHead};
use sealed_session::report::Renewal;
use sealed_session::{
    CookieSpec, KeyRing, Lifetime, Refusal, Scope, Session, SessionManager, SessionManagerBuilder,
    SiteData,
};

use crate::common::{self, BASE, Browser, TOMBSTONE, at, key, manager, ring};

/// A browser with a session that was written at 0.
fn written(manager: &SessionManager) -> Browser {
    let mut browser = Browser::default();
    browser.visit(manager, at(0), |session| session.insert("a", 1).unwrap());
    browser
}

#[test]
fn nodes_that_share_an_old_key_know_the_touches_and_the_tombstones_of_each_other() {
    let old = SessionManager::new("session", ring()).unwrap();
    let new_ring = KeyRing::new(key(2)).accept(key(1)).unwrap();
    let new = SessionManager::new("session", new_ring).unwrap();
    let mut browser = written(&old);
    browser.visit(&new, at(200), |_| {});
    assert_eq!(
        browser.open(&old, at(201)).times().unwrap().renewed_by,
        Some(Renewal::Touch)
    );
    // Sealed under the new key meanwhile, and ended; what the old node was about to send comes back.
    let parked = browser.open(&old, at(202));
    parked.insert("a", 2).unwrap();
    browser.visit(&new, at(203), |session| session.insert("a", 3).unwrap());
    assert_eq!(
        browser.open(&old, at(204)).refusal(),
        Some(Refusal::UnknownKey)
    );
    browser.visit(&new, at(205), |session| session.destroy().unwrap());
    browser.close(&old, &parked, at(206)).unwrap();
    for manager in [&old, &new] {
        assert_eq!(
            browser.open(manager, at(207)).refusal(),
            Some(Refusal::Destroyed)
        );
    }
}

#[test]
fn the_tombstone_stays_for_as_long_as_the_session_could() {
    let table = [
        (Lifetime::new(), "1920"),
        (
            Lifetime::new().with_idle_timeout(Duration::from_secs(600)),
            "720",
        ),
        (Lifetime::new().with_clock_skew(Duration::ZERO), "1800"),
        (Lifetime::new().allow_never_idle(), "43320"),
    ];
    for (policy, age) in table {
        let manager = SessionManager::builder("session", ring())
            .lifetime(policy)
            .build()
            .unwrap();
        let mut browser = written(&manager);
        let session = browser.open(&manager, at(60));
        session.destroy().unwrap();
        let lines = browser.close(&manager, &session, at(60)).unwrap();
        let wanted = format!("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}");
        assert!(
            lines[1].starts_with(TOMBSTONE) && lines[1].ends_with(&wanted),
            "{lines:?}"
        );
        assert!(lines[1].len() <= 130);
    }
    // Nothing was there to end.
    let session = Browser::default().open(&manager(), at(0));
    session.insert("a", 1).unwrap();
    session.destroy().unwrap();
    let changes = manager()
        .commit(&session, ResponseHead::new(200), at(0))
        .unwrap();
    let is_tombstone = |change: &HeaderChange| format!("{change:?}").contains(TOMBSTONE);
    assert!(!changes.iter().any(is_tombstone));
}

#[test]
fn what_expired_is_buried_as_well() {
    // A request that was loaded a second before the timeout writes after somebody else signed in.
    let manager = manager();
    let ends: [fn(&Session); 2] = [
        |session| session.destroy().unwrap(),
        |session| session.sign_in("grace", &[]).unwrap(),
    ];
    for end in ends {
        let mut browser = written(&manager);
        let parked = browser.open(&manager, at(1_799));
        parked.insert("a", 2).unwrap();
        browser.visit(&manager, at(1_805), |session| {
            assert_eq!(session.refusal(), Some(Refusal::IdleExpired));
            end(session);
        });
        browser.close(&manager, &parked, at(1_810)).unwrap();
        let session = browser.open(&manager, at(1_811));
        assert_eq!(session.refusal(), Some(Refusal::Destroyed));
    }
}

#[test]
fn what_came_beside_a_live_session_or_under_another_name_is_buried_as_well() {
    let old_spec = || CookieSpec::new("__Host-old");
    let before = SessionManager::builder(old_spec(), ring()).build().unwrap();
    let after = SessionManager::builder("session", ring())
        .former_cookie(old_spec())
        .build()
        .unwrap();
    // An old node is about to write what a new one has moved, and ended.
    let mut browser = written(&before);
    let parked = browser.open(&before, at(1));
    parked.insert("a", 2).unwrap();
    browser.visit(&after, at(2), |session| session.insert("a", 3).unwrap());
    browser.visit(&after, at(3), |session| session.destroy().unwrap());
    browser.close(&before, &parked, at(4)).unwrap();
    for manager in [&before, &after] {
        assert_eq!(
            browser.open(manager, at(5)).refusal(),
            Some(Refusal::Destroyed)
        );
    }

    // The other way round: ended by an old node, and moved by a new one.
    let mut browser = written(&before);
    let parked = browser.open(&after, at(1));
    parked.insert("a", 2).unwrap();
    browser.visit(&before, at(2), |session| session.destroy().unwrap());
    browser.close(&after, &parked, at(3)).unwrap();
    assert_eq!(browser.names(), ["__Host-old.x", BASE]);
    assert_eq!(
        browser.open(&after, at(4)).refusal(),
        Some(Refusal::Destroyed)
    );

    // The own session has idled out, a former one is live, and one of the first is under way.
    let mut browser = written(&manager());
    let parked = browser.open(&after, at(1_799));
    parked.insert("a", 2).unwrap();
    browser.visit(&before, at(1_800), |session| {
        session.insert("a", 9).unwrap()
    });
    browser.visit(&after, at(1_801), |session| {
        assert_eq!(session.get::<u8>("a").unwrap(), Some(9));
        session.destroy().unwrap();
    });
    browser.close(&after, &parked, at(1_802)).unwrap();
    assert_eq!(
        browser.open(&after, at(1_803)).refusal(),
        Some(Refusal::Destroyed)
    );
}

#[test]
fn a_tombstone_is_not_cut_short_by_those_of_later_sessions() {
    let policy = Lifetime::new()
        .with_idle_timeout(Duration::from_secs(28_800))
        .with_absolute_lifetime(Duration::from_secs(28_800));
    let manager = SessionManager::builder("session", ring())
        .lifetime(policy)
        .build()
        .unwrap();
    for now in [0, 28_799, 28_800, 100_000] {
        let mut browser = written(&manager);
        let session = browser.open(&manager, at(now));
        session.destroy().unwrap();
        let lines = browser.close(&manager, &session, at(now)).unwrap();
        assert!(lines[1].ends_with("; Max-Age=28920"), "at {now}: {lines:?}");
    }
}

#[test]
fn of_several_sessions_the_one_that_could_live_longest_counts() {
    let manager = manager();
    let mut ahead = Browser::default();
    ahead.visit(&manager, at(5_000), |session| {
        session.insert("a", 1).unwrap()
    });
    for lines in [
        [written(&manager).line(), ahead.line()],
        [ahead.line(), written(&manager).line()],
    ] {
        let session = manager.load(RequestHead::new([lines.join("; ").as_bytes()]), at(0));
        session.destroy().unwrap();
        let lines = Browser::default().close(&manager, &session, at(0)).unwrap();
        assert!(lines[1].ends_with("; Max-Age=6920"), "{lines:?}");
    }
}

#[test]
fn a_session_that_does_not_count_is_buried_with_the_one_that_does() {
    // Signed in under both names, as two nodes in a rename can.
    let old_spec = || CookieSpec::new("__Host-old");
    let build = |builder: SessionManagerBuilder| builder.build().unwrap();
    let before = build(SessionManager::builder(old_spec(), ring()));
    let after = build(SessionManager::builder("session", ring()).former_cookie(old_spec()));
    let mut browser = Browser::default();
    let there = browser.open(&after, at(0));
    there.insert("a", 2).unwrap();
    browser.visit(&before, at(0), |session| session.insert("a", 1).unwrap());
    browser.close(&after, &there, at(1)).unwrap();
    assert_eq!(browser.names(), ["__Host-old", BASE]);
    let parked = browser.open(&before, at(2));
    parked.insert("a", 3).unwrap();
    browser.visit(&after, at(3), |session| session.destroy().unwrap());
    browser.close(&before, &parked, at(4)).unwrap();
    for manager in [&before, &after] {
        let session = browser.open(manager, at(5));
        assert_eq!(session.refusal(), Some(Refusal::Destroyed));
    }

    // Two of one name, as a partitioned and an unpartitioned cookie are.
    let manager = manager();
    let (one, other) = (written(&manager), {
        let mut browser = Browser::default();
        browser.visit(&manager, at(1), |session| session.insert("a", 2).unwrap());
        browser
    });
    for lines in [[one.line(), other.line()], [other.line(), one.line()]] {
        let session = manager.load(RequestHead::new([lines.join("; ").as_bytes()]), at(2));
        session.start_over(&[]).unwrap();
        let mut browser = Browser::default();
        browser.close(&manager, &session, at(2)).unwrap();
        let tombstones = format!("{TOMBSTONE}={}", browser.value(TOMBSTONE).unwrap());
        for line in &lines {
            let late = format!("{line}; {tombstones}");
            let session = manager.load(RequestHead::new([late.as_bytes()]), at(3));
            assert_eq!(session.refusal(), Some(Refusal::Destroyed));
        }
    }
}

/// Rights that a slow response must not bring back.
fn role(session: &Session) -> Option<String> {
    session.get("role").unwrap()
}

#[test]
fn what_a_renewal_takes_away_stays_away() {
    let manager = manager();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
        session.insert("role", "admin").unwrap();
    });
    // A write that is slow, and one that is slower.
    let slow = [1, 2].map(|second| browser.open(&manager, at(second)));
    slow.iter()
        .for_each(|session| session.insert("seen", 1).unwrap());
    browser.visit(&manager, at(3), |session| {
        session.insert("role", "member").unwrap();
        session.renew().unwrap();
    });
    assert_eq!(
        role(&browser.open(&manager, at(4))).as_deref(),
        Some("member")
    );
    browser.close(&manager, &slow[0], at(5)).unwrap();
    let session = browser.open(&manager, at(6));
    assert_eq!(session.refusal(), Some(Refusal::Superseded));
    assert_eq!((session.subject(), role(&session)), (None, None));
    // Nor in place of another session that begins meanwhile.
    browser.visit(&manager, at(7), |session| {
        session.sign_in("ada", &[]).unwrap();
        session.renew().unwrap();
    });
    browser.close(&manager, &slow[1], at(8)).unwrap();
    assert_eq!(
        browser.open(&manager, at(9)).refusal(),
        Some(Refusal::Destroyed)
    );
}

#[test]
fn a_renewal_that_overtakes_a_sign_out_does_not_undo_it() {
    let manager = manager();
    let mut browser = written(&manager);
    let renews = browser.open(&manager, at(1));
    renews.renew().unwrap();
    browser.visit(&manager, at(2), |session| session.destroy().unwrap());
    browser.close(&manager, &renews, at(3)).unwrap();
    assert_eq!(
        browser.open(&manager, at(4)).refusal(),
        Some(Refusal::Destroyed)
    );
}

#[test]
fn a_renewal_of_what_began_in_this_request_buries_nothing() {
    let manager = manager();
    let session = Browser::default().open(&manager, at(0));
    session.insert("a", 1).unwrap();
    session.renew().unwrap();
    let lines = common::commit(&manager, &session, at(0)).unwrap();
    assert_eq!(lines.len(), 1, "{lines:?}");
}

#[test]
fn a_destroy_removes_what_came_and_nothing_else() {
    let manager = SessionManager::builder("session", ring())
        .clear_site_data([SiteData::Storage])
        .build()
        .unwrap();
    let browser = written(&manager);
    // Another site's form arrives without the cookies.
    let foreign = manager.load(RequestHead::default(), at(1));
    foreign.destroy().unwrap();
    let changes = manager
        .commit(&foreign, ResponseHead::new(303), at(1))
        .unwrap();
    let shown = format!("{changes:?}");
    assert!(
        !shown.contains("set-cookie") && !shown.contains("site-data"),
        "{shown}"
    );
    assert!(browser.open(&manager, at(2)).is_live());
    // Nor in a former scope.
    let moved = SessionManager::builder(CookieSpec::exact("shop"), ring())
        .former_scope(Scope::new().path("/shop"))
        .build()
        .unwrap();
    let foreign = moved.load(RequestHead::default(), at(1));
    foreign.destroy().unwrap();
    assert!(common::commit(&moved, &foreign, at(1)).unwrap().is_empty());
    // Only what came goes: not a base cookie that another tab may just have been given.
    for (line, removed) in [
        (format!("{BASE}.1=wxyz"), format!("{BASE}.1=;")),
        (format!("{BASE}.t=Aw"), format!("{BASE}.t=;")),
    ] {
        let session = manager.load(RequestHead::new([line.as_bytes()]), at(1));
        session.destroy().unwrap();
        let lines = common::commit(&manager, &session, at(1)).unwrap();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with(&removed), "{lines:?}");
    }
}

#[test]
fn a_planted_former_cookie_counts_for_nobody_who_has_migrated() {
    let before = |name: &str| {
        let spec = CookieSpec::exact(name);
        SessionManager::builder(spec, ring()).build().unwrap()
    };
    for (former, plantable) in [("sid", true), ("__Host-old", false)] {
        let after = SessionManager::builder("session", ring())
            .former_cookie(CookieSpec::exact(former))
            .build()
            .unwrap();
        // The attacker's own session, under the former name.
        let mut attacker = Browser::default();
        attacker.visit(&before(former), at(0), |session| {
            session.sign_in("eve", &[]).unwrap();
        });
        let planted = attacker.line();
        let subject = |line: &str, now| {
            let line = format!("{line}; {planted}");
            let request = RequestHead::new([line.as_bytes()]);
            after.load(request, at(now)).subject()
        };
        // Without anything under the own name, that is what a migration needs.
        assert_eq!(subject("a=b", 1).as_deref(), Some("eve"), "{former}");
        let eve = (!plantable).then_some("eve");
        // Beside one that is over, and after a sign-out.
        let mut browser = Browser::default();
        browser.visit(&after, at(-2_000), |session| {
            session.insert("a", 1).unwrap()
        });
        assert_eq!(subject(&browser.line(), 1).as_deref(), eve, "{former}");
        let mut browser = written(&after);
        browser.visit(&after, at(1), |session| session.destroy().unwrap());
        assert_eq!(subject(&browser.line(), 2).as_deref(), eve, "{former}");
    }
}

#[test]
fn a_dead_own_session_hides_no_former_one_from_touches() {
    let old = SessionManager::builder("old", ring()).build().unwrap();
    let new = SessionManager::builder("session", ring())
        .former_cookie("old")
        .build()
        .unwrap();
    let mut browser = Browser::default();
    // Under the new name a session was ended a moment ago, and came back.
    browser.visit(&new, at(0), |session| session.insert("a", 1).unwrap());
    let slow = browser.open(&new, at(150));
    slow.insert("a", 2).unwrap();
    browser.visit(&new, at(160), |session| session.destroy().unwrap());
    browser.close(&new, &slow, at(170)).unwrap();
    // A node that does not know of the rename has given the visitor another one.
    let mut other = Browser::default();
    other.visit(&old, at(0), |session| session.insert("b", 1).unwrap());
    let line = format!("{}; {}", browser.line(), other.line());
    let load = |now| new.load(RequestHead::new([line.as_bytes()]), at(now));
    assert!(load(200).contains("b"));
    // A page that never looks: the former session is touched, as one that looks would.
    let lines = common::commit(&new, &load(200), at(200)).unwrap();
    assert!(
        lines.iter().any(|line| line.starts_with("__Host-old.t=")),
        "{lines:?}"
    );
}

#[test]
fn what_was_renewed_is_ended_with_all_its_renewals() {
    let manager = manager();
    for end in [Session::destroy, |session: &Session| {
        session.sign_in("grace", &[])
    }] {
        let mut browser = Browser::default();
        browser.visit(&manager, at(0), |session| {
            session.sign_in("ada", &[]).unwrap();
        });
        let write = |browser: &Browser, second| {
            let session = browser.open(&manager, at(second));
            session.insert("seen", second).unwrap();
            session
        };
        let before = write(&browser, 1);
        browser.visit(&manager, at(2), |session| session.renew().unwrap());
        let after = write(&browser, 3);
        // What was there before the renewal comes back, is refused, and is ended.
        browser.close(&manager, &before, at(4)).unwrap();
        browser.visit(&manager, at(5), |session| end(session).unwrap());
        browser.close(&manager, &after, at(6)).unwrap();
        let session = browser.open(&manager, at(7));
        assert_eq!(session.refusal(), Some(Refusal::Destroyed));
        assert_ne!(session.subject().as_deref(), Some("ada"));
    }
}
