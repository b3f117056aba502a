//! What is revoked is over everywhere, and nothing else is.

use sealed_session::revocation::{RevocationTable, Target};
use sealed_session::{Budget, KeyRing, Refusal, SessionManager, Slot, Transport};

use crate::common::{Browser, at, key, ring};

const SKEW: i64 = 120;

/// Two nodes that share a ring and a table.
fn nodes() -> (SessionManager, RevocationTable) {
    let table = RevocationTable::new(100);
    let manager = SessionManager::builder("session", ring())
        .revocations(table.clone())
        .build()
        .unwrap();
    (manager, table)
}

fn signed_in(manager: &SessionManager, who: &str, labels: &[&str], now: i64) -> Browser {
    let mut browser = Browser::default();
    browser.visit(manager, at(now), |session| {
        session.sign_in(who, &[]).unwrap();
        session.set_labels(labels).unwrap();
    });
    browser
}

fn refusal(manager: &SessionManager, browser: &Browser, now: i64) -> Option<Refusal> {
    browser.open(manager, at(now)).refusal()
}

#[test]
fn each_target_ends_its_sessions_and_no_others() {
    let begun = |with: &dyn Fn(&SessionManager) -> Browser| {
        let (manager, table) = nodes();
        let browser = with(&manager);
        (manager, table, browser)
    };
    let ada = |manager: &SessionManager| signed_in(manager, "ada", &["sid:1", "tenant:7"], 0);
    let nobody = |manager: &SessionManager| {
        let mut browser = Browser::default();
        browser.visit(manager, at(0), |session| session.insert("cart", 1).unwrap());
        browser
    };
    type Begins<'b> = &'b dyn Fn(&SessionManager) -> Browser;
    let table: [(Begins<'_>, Target<'_>, bool); 10] = [
        (&ada, Target::Everything, true),
        (&nobody, Target::Everything, true),
        (&ada, Target::Subject("ada"), true),
        (&ada, Target::Subject("bob"), false),
        (&nobody, Target::Subject("ada"), false),
        (&ada, Target::Label("sid:1"), true),
        (&ada, Target::Label("tenant:7"), true),
        (&ada, Target::Label("ada"), false),
        (&ada, Target::Subject("sid:1"), false),
        (&nobody, Target::Label("sid:1"), false),
    ];
    for (with, target, ends) in table {
        let (manager, kept, browser) = begun(with);
        kept.add(manager.revocations_of(target, at(5)), at(5))
            .unwrap();
        let refused = refusal(&manager, &browser, 5);
        assert_eq!(refused, ends.then_some(Refusal::Revoked), "{target:?}");
    }
}

#[test]
fn a_sign_in_is_over_with_its_renewals_and_whenever_it_began() {
    let (manager, table) = nodes();
    let mut renewed = signed_in(&manager, "ada", &[], 0);
    let other = signed_in(&manager, "ada", &[], 0);
    let id = renewed.open(&manager, at(1)).id().unwrap();
    renewed.visit(&manager, at(1), |session| session.renew().unwrap());
    // The clock of whoever revokes is far behind.
    let long_ago = at(-10_000);
    table
        .add(
            manager.revocations_of(Target::SignIn(id), long_ago),
            long_ago,
        )
        .unwrap();
    assert_eq!(refusal(&manager, &renewed, 2), Some(Refusal::Revoked));
    assert_eq!(refusal(&manager, &other, 2), None);
}

#[test]
fn a_write_after_the_revocation_revives_nothing() {
    let (manager, table) = nodes();
    let mut browser = signed_in(&manager, "ada", &[], 0);
    // The request was under way, and its response is written after the revocation.
    let session = browser.open(&manager, at(10));
    session.insert("cart", 1).unwrap();
    table
        .add(
            manager.revocations_of(Target::Subject("ada"), at(10)),
            at(10),
        )
        .unwrap();
    browser.close(&manager, &session, at(200)).unwrap();
    assert_eq!(refusal(&manager, &browser, 200), Some(Refusal::Revoked));
}

#[test]
fn who_signs_in_again_is_not_shut_out() {
    for later in [0, 1, SKEW - 1, SKEW] {
        for target in [
            Target::Everything,
            Target::Subject("ada"),
            Target::Label("tenant:7"),
        ] {
            let (manager, table) = nodes();
            let before = signed_in(&manager, "ada", &["tenant:7"], 10);
            table
                .add(manager.revocations_of(target, at(10)), at(10))
                .unwrap();
            let now = 10 + later;
            let again = signed_in(&manager, "ada", &["tenant:7"], now);
            assert_eq!(refusal(&manager, &again, now), None, "{target:?} {later}");
            assert_eq!(refusal(&manager, &before, now), Some(Refusal::Revoked));

            // The next revocation ends it, in the same second, too.
            table
                .add(manager.revocations_of(target, at(now)), at(now))
                .unwrap();
            assert_eq!(
                refusal(&manager, &again, now),
                Some(Refusal::Revoked),
                "{target:?} {later}"
            );
        }
    }
}

#[test]
fn a_password_that_is_changed_keeps_whoever_changed_it() {
    for revokes_first in [true, false] {
        let (manager, table) = nodes();
        let (mut here, there) = (
            signed_in(&manager, "ada", &[], 0),
            signed_in(&manager, "ada", &[], 0),
        );
        // The handler takes a second.
        let session = here.open(&manager, at(5));
        let revoke = || table.add(session.revocations_of(Target::Subject("ada"), at(6)), at(6));
        if revokes_first {
            revoke().unwrap();
            session.sign_in("ada", &[]).unwrap();
        } else {
            session.sign_in("ada", &[]).unwrap();
            revoke().unwrap();
        }
        here.close(&manager, &session, at(6)).unwrap();
        assert_eq!(refusal(&manager, &here, 6), None);
        assert_eq!(refusal(&manager, &there, 6), Some(Refusal::Revoked));
    }
}

#[test]
fn what_others_revoke_meanwhile_ends_a_session_that_begins() {
    let subject = Target::Subject("ada");
    // The password was right when the request came, and was changed before the visitor is signed in.
    for (own, elsewhere) in [(None, 6), (Some(5), 6), (None, 4), (None, 5 - SKEW)] {
        let (manager, table) = nodes();
        let mut browser = Browser::default();
        let session = browser.open(&manager, at(5));
        if let Some(own) = own {
            let revoked = session.revocations_of(Target::Label("other"), at(own));
            table.add(revoked, at(own)).unwrap();
        }
        let revoked = manager.revocations_of(subject, at(elsewhere));
        table.add(revoked, at(5)).unwrap();
        session.sign_in("ada", &[]).unwrap();
        browser.close(&manager, &session, at(7)).unwrap();
        // One that is older than clocks may be off ends nothing that begins now.
        let is_over = elsewhere > 5 - SKEW;
        let refused = refusal(&manager, &browser, 8);
        assert_eq!(
            refused,
            is_over.then_some(Refusal::Revoked),
            "at {elsewhere}"
        );
        // The next request knows of it.
        browser.visit(&manager, at(8), |session| {
            session.sign_in("ada", &[]).unwrap()
        });
        assert_eq!(refusal(&manager, &browser, 8), None, "at {elsewhere}");
    }
}

#[test]
fn what_a_request_revokes_itself_hides_nothing_that_others_revoke() {
    let subject = Target::Subject("ada");
    for own in [Target::Label("old phone"), Target::Everything, subject] {
        for (elsewhere, at_own) in [(6, 6), (6, 7), (6, 6 + SKEW)] {
            let (manager, table) = nodes();
            let mut browser = Browser::default();
            let session = browser.open(&manager, at(5));
            // The account is shut while the old password is checked, and then the handler ends other devices.
            let revoked = manager.revocations_of(subject, at(elsewhere));
            table.add(revoked, at(elsewhere)).unwrap();
            let revoked = session.revocations_of(own, at(at_own));
            table.add(revoked, at(at_own)).unwrap();
            session.sign_in("ada", &[]).unwrap();
            browser.close(&manager, &session, at(at_own)).unwrap();
            let refused = refusal(&manager, &browser, at_own);
            assert_eq!(refused, Some(Refusal::Revoked), "{own:?} at {at_own}");
        }
    }
}

#[test]
fn a_node_whose_clock_is_ahead_keeps_nobody() {
    let (manager, table) = nodes();
    let ahead = signed_in(&manager, "ada", &[], SKEW - 1);
    table
        .add(manager.revocations_of(Target::Subject("ada"), at(0)), at(0))
        .unwrap();
    assert_eq!(refusal(&manager, &ahead, SKEW - 1), Some(Refusal::Revoked));
}

#[test]
fn who_revokes_over_and_over_shuts_nobody_out() {
    let (manager, table) = nodes();
    for _ in 0..1_000 {
        table
            .add(manager.revocations_of(Target::Subject("ada"), at(0)), at(0))
            .unwrap();
    }
    for now in [0, 1, SKEW] {
        let again = signed_in(&manager, "ada", &[], now);
        assert_eq!(refusal(&manager, &again, now), None, "at {now}");
    }
    // And whoever revokes twice in one second, and signs in, is the only one left.
    let (manager, table) = nodes();
    let mut browsers = [0, 0].map(|now| signed_in(&manager, "ada", &[], now));
    for browser in &mut browsers {
        browser.visit(&manager, at(5), |session| {
            let revoked = session.revocations_of(Target::Subject("ada"), at(5));
            table.add(revoked, at(5)).unwrap();
            session.sign_in("ada", &[]).unwrap();
        });
        assert_eq!(refusal(&manager, browser, 5), None);
    }
    assert_eq!(refusal(&manager, &browsers[0], 5), Some(Refusal::Revoked));
}

#[test]
fn a_change_of_keys_revives_nothing() {
    let table = RevocationTable::new(100);
    let node = |ring: KeyRing| {
        let builder = SessionManager::builder("session", ring);
        builder.revocations(table.clone()).build().unwrap()
    };
    let old = node(KeyRing::new(key(1)));
    let both = node(KeyRing::new(key(2)).accept(key(1)).unwrap());
    let new = node(KeyRing::new(key(2)));
    let mut browser = signed_in(&old, "ada", &[], 0);
    table
        .add(old.revocations_of(Target::Subject("ada"), at(5)), at(5))
        .unwrap();
    assert_eq!(refusal(&both, &browser, 6), Some(Refusal::Revoked));
    // A node that was not told yet seals it anew, under the next key.
    let uninformed =
        SessionManager::new("session", KeyRing::new(key(2)).accept(key(1)).unwrap()).unwrap();
    browser.visit(&uninformed, at(6), |session| {
        session.insert("cart", 1).unwrap()
    });
    assert_eq!(refusal(&both, &browser, 7), Some(Refusal::Revoked));

    // Revoked under both keys, it stays so where the old one is gone.
    table
        .add(both.revocations_of(Target::Subject("ada"), at(8)), at(8))
        .unwrap();
    assert_eq!(refusal(&new, &browser, 9), Some(Refusal::Revoked));
}

#[test]
fn audiences_are_kept_apart_and_names_of_cookies_are_not() {
    let table = RevocationTable::new(100);
    let app = |name: &str, audience: &str| {
        let builder = SessionManager::builder(name, ring()).audience(audience);
        builder.revocations(table.clone()).build().unwrap()
    };
    let (shop, renamed, forum) = (app("session", ""), app("shop", ""), app("session", "forum"));
    let (in_shop, in_forum) = (
        signed_in(&shop, "17", &[], 0),
        signed_in(&forum, "17", &[], 0),
    );
    table
        .add(renamed.revocations_of(Target::Subject("17"), at(1)), at(1))
        .unwrap();
    assert_eq!(refusal(&shop, &in_shop, 2), Some(Refusal::Revoked));
    assert_eq!(refusal(&forum, &in_forum, 2), None);
}

#[test]
fn slots_look_each_for_itself() {
    enum Prefs {}
    impl Slot for Prefs {}

    let table = RevocationTable::new(100);
    let small = Budget::portable().with_total_limit(1_000);
    let prefs = SessionManager::builder("prefs", ring())
        .budget(small)
        .build()
        .unwrap();
    let main = SessionManager::builder("session", ring())
        .budget(Budget::within_8k())
        .revocations(table.clone())
        .build()
        .unwrap();
    let manager = main.with_slot::<Prefs>(prefs).unwrap();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.sign_in("ada", &[]).unwrap();
        session
            .slot::<Prefs>()
            .unwrap()
            .insert("theme", "dark")
            .unwrap();
    });
    table
        .add(manager.revocations_of(Target::Everything, at(1)), at(1))
        .unwrap();
    assert_eq!(table.len(), 1);
    let session = browser.open(&manager, at(2));
    assert_eq!(session.refusal(), Some(Refusal::Revoked));
    assert!(session.slot::<Prefs>().unwrap().is_live());
}

#[test]
fn sessions_in_links_and_those_that_are_touched_end_too() {
    let table = RevocationTable::new(100);
    let manager = SessionManager::builder("session", ring())
        .transport(Transport::header("x-session"))
        .revocations(table.clone())
        .build()
        .unwrap();
    let session = manager.load(Default::default(), at(0));
    session.sign_in("ada", &[]).unwrap();
    let response = sealed_session::adapter::ResponseHead::new(200);
    let changes = manager.commit(&session, response, at(0)).unwrap();
    let token = changes[0].value().to_owned();
    let open = |now: i64| {
        let fields: &sealed_session::adapter::HeaderFields<'_> = &|name, take| {
            if name == "x-session" {
                take(token.as_bytes());
            }
        };
        let request = sealed_session::adapter::RequestHead::default().fields(fields);
        manager.load(request, at(now)).refusal()
    };
    assert_eq!(open(1), None);
    table
        .add(manager.revocations_of(Target::Subject("ada"), at(1)), at(1))
        .unwrap();
    assert_eq!(open(1), Some(Refusal::Revoked));

    // Nobody looks, a touch is due, and none is sent.
    let (manager, table) = nodes();
    let mut browser = signed_in(&manager, "ada", &[], 0);
    table
        .add(manager.revocations_of(Target::Subject("ada"), at(1)), at(1))
        .unwrap();
    let session = browser.open(&manager, at(1_000));
    assert!(
        browser
            .close(&manager, &session, at(1_000))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_is_kept_names_nobody() {
    let (manager, _) = nodes();
    let now = at(0);
    let kept = manager.revocations_of(Target::Subject("ada"), now);
    assert_eq!(kept.len(), 1);
    let other = SessionManager::new("session", KeyRing::new(key(2))).unwrap();
    assert_ne!(
        kept[0].target(),
        other.revocations_of(Target::Subject("ada"), now)[0].target()
    );
    let shown = format!("{kept:?} {:?}", kept[0].target());
    assert!(!shown.contains("\"ada"), "{shown}");
    let ids = [Target::Subject("x"), Target::Label("x"), Target::Everything];
    let ids = ids.map(|target| manager.revocations_of(target, now)[0].target());
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
}
