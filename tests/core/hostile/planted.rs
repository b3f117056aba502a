//! What a sibling domain can plant beside the good cookies.

use sealed_session::{CookieSpec, KeyRing, Refusal, SessionManager};

use super::stock::{load, touch, written};
use crate::common::{BASE, Browser, at, commit, key, ring};

/// Under a plain name, where a sibling domain can set cookies beside the good ones.
pub(super) fn plain() -> SessionManager {
    let builder = SessionManager::builder(CookieSpec::exact("s"), ring());
    builder.build().unwrap()
}

#[test]
fn planted_touches_neither_renew_nor_hold_back() {
    let manager = plain();
    let victim = written(&manager, "victim", 0);
    let attacker = written(&manager, "attacker", 0);
    // As fresh as can be by its own account, for another session.
    let planted = touch(&manager, &attacker, 1_700);
    let good = touch(&manager, &victim, 1_000);
    let token = victim.line();
    for (planted, of_them) in [(&planted, 1), (&planted, 7), (&"junk".to_owned(), 7)] {
        let crowd = vec![format!("s.t={planted}"); of_them];
        let after = [std::slice::from_ref(&token), &crowd].concat();
        // The renewal is not held back, whether or not anybody looks.
        for looks in [true, false] {
            let session = load(&manager, &after, 1_750);
            assert!(!looks || session.is_live());
            assert_eq!(commit(&manager, &session, at(1_750)).unwrap().len(), 1);
        }
        // The good touch is found among them, and in every place.
        for place in 0..=crowd.len() {
            let mut cookies = crowd.clone();
            cookies.insert(place, format!("s.t={good}"));
            cookies.push(token.clone());
            assert_eq!(
                load(&manager, &cookies, 2_799)
                    .times()
                    .unwrap()
                    .last_seen_at,
                at(1_000)
            );
            assert!(!load(&manager, &cookies, 2_800).is_live());
        }
    }
}

#[test]
fn planted_tombstones_and_sessions_cannot_hide_an_end() {
    let manager = plain();
    let victim = written(&manager, "victim", 0);
    let mut ended = victim.clone();
    ended.visit(&manager, at(1), |session| session.destroy().unwrap());
    let tombstone = ended.line();
    let junk = vec!["s.x=junk".to_owned(); 8];
    for (crowd, refusal) in [(7, Refusal::Destroyed), (8, Refusal::Conflict)] {
        let cookies = [&junk[..crowd], &[tombstone.clone(), victim.line()]].concat();
        assert_eq!(load(&manager, &cookies, 2).refusal(), Some(refusal));
    }

    // In a conflict everything authentic is ended, whichever of it was planted.
    let planted = written(&manager, "attacker", 0);
    let cookies = [planted.line(), victim.line()];
    let parked = victim.open(&manager, at(1));
    parked.insert("who", "victim again").unwrap();
    let session = load(&manager, &cookies, 2);
    assert_eq!(session.refusal(), Some(Refusal::Conflict));
    session.destroy().unwrap();
    let mut browser = Browser::default();
    browser.close(&manager, &session, at(2)).unwrap();
    browser.close(&manager, &parked, at(3)).unwrap();
    let late = browser.line();
    for cookies in [
        vec![late],
        vec![
            planted.line(),
            format!("s.x={}", browser.value("s.x").unwrap()),
        ],
    ] {
        assert_eq!(
            load(&manager, &cookies, 4).refusal(),
            Some(Refusal::Destroyed)
        );
    }
}

#[test]
fn dead_sessions_beside_a_live_one_do_not_take_its_tombstones_place() {
    let ring = KeyRing::new(key(2)).accept(key(1)).unwrap();
    for name in ["s", BASE] {
        let builder = SessionManager::builder(CookieSpec::exact(name), ring.clone());
        let manager = builder.build().unwrap();
        let victim = written(&manager, "victim", 2_000);
        for dead in 0..8 {
            let crowd: Vec<String> = (0..dead)
                .map(|n| written(&manager, &format!("dead {n}"), 0).line())
                .collect();
            for place in 0..=dead {
                let mut cookies = crowd.clone();
                cookies.insert(place, victim.line());
                let parked = load(&manager, &cookies, 2_001);
                parked.insert("who", "again").unwrap();
                let session = load(&manager, &cookies, 2_002);
                assert_eq!(session.subject().as_deref(), Some("victim"));
                session.destroy().unwrap();
                let mut browser = Browser::default();
                browser.close(&manager, &session, at(2_002)).unwrap();
                browser.close(&manager, &parked, at(2_003)).unwrap();
                let session = browser.open(&manager, at(2_004));
                assert_eq!(
                    session.refusal(),
                    Some(Refusal::Destroyed),
                    "{dead}, {place}"
                );
            }
        }
    }
}
