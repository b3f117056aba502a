//! What an attacker can make of cookies: reviving a session that is over, ending one that is not,
//! holding back its renewal. Whatever succeeds stands at the end, and in SECURITY.md.

use std::time::Duration;

use sealed_session::adapter::ResponseHead;
use sealed_session::{KeyRing, Lifetime, Refusal, Session, SessionManager};

use super::planted::plain;
use super::stock::{self, ALPHABET, Stock, flipped, lists, load, touch, written};
use crate::common::{BASE, Browser, TOMBSTONE, TOUCH, at, commit, key, manager, ring};

#[test]
fn no_touch_revives_what_idled_out() {
    let (manager, stock) = (manager(), Stock::new());
    let data = stock.target.line();
    for touches in lists(&stock.touches, 2) {
        let cookies = [std::slice::from_ref(&data), &touches].concat();
        let is_known = touches.contains(stock.touches.last().unwrap());
        // Last used at 500 or at 0, and not a second longer.
        let end = 1_800 + if is_known { 500 } else { 0 };
        assert!(load(&manager, &cookies, end - 1).is_live(), "{touches:?}");
        for now in [end, end + 1, end + 1_000] {
            let session = load(&manager, &cookies, now);
            assert_eq!(session.refusal(), Some(Refusal::IdleExpired), "{touches:?}");
            // Neither this request nor one that does not look is a use of it.
            assert!(commit(&manager, &session, at(now)).unwrap().is_empty());
            let untouched = load(&manager, &cookies, now);
            assert!(commit(&manager, &untouched, at(now)).unwrap().is_empty());
        }
    }
}

#[test]
fn no_bit_of_a_touch_or_of_a_token_can_be_changed_to_gain_time() {
    let (manager, stock) = (manager(), Stock::new());
    let data = stock.target.line();
    let good = stock
        .touches
        .last()
        .unwrap()
        .strip_prefix("__Host-session.t=")
        .unwrap();
    for changed in flipped(good) {
        let cookies = [data.clone(), format!("{TOUCH}={changed}")];
        let session = load(&manager, &cookies, 1_799);
        // As if it were not there.
        assert_eq!(session.times().unwrap().last_seen_at, at(0), "{changed}");
        assert_eq!(
            load(&manager, &cookies, 1_800).refusal(),
            Some(Refusal::IdleExpired)
        );
    }
    // The clear fields of the token: the 12 characters of format, key id and time.
    let token = stock.target.value(BASE).unwrap();
    for changed in flipped(&token[..12]) {
        let changed = format!("{BASE}={changed}{}", &token[12..]);
        for now in [1, 1_800, 50_000] {
            let cookies = [changed.clone(), stock.touches.last().unwrap().clone()];
            let session = load(&manager, &cookies, now);
            let refusal = session.refusal().unwrap();
            assert!(
                refusal.may_live_elsewhere() && !session.is_live(),
                "{refusal:?}"
            );
            assert!(commit(&manager, &session, at(now)).unwrap().is_empty());
        }
    }
}

#[test]
fn nothing_that_a_parked_request_asks_for_revives_its_session() {
    let day = Duration::from_secs(86_400);
    let policy = Lifetime::new()
        .allow_idle(Duration::from_secs(1_800), day / 2)
        .allow_never_idle()
        .with_remembered_up_to(30 * day);
    let builder = SessionManager::builder("session", ring()).lifetime(policy);
    let manager = builder.build().unwrap();
    /// When it is loaded, when it is over by then, and what it asks for.
    type Asks = (i64, i64, fn(&Session));
    let asks: [Asks; 3] = [
        (100, 20_000, |session| {
            session.set_idle_timeout(None).unwrap()
        }),
        (100, 20_000, |session| {
            session
                .set_idle_timeout(Duration::from_secs(43_200))
                .unwrap()
        }),
        (43_199, 43_200, |session| {
            session.remember(Duration::from_secs(86_400)).unwrap();
        }),
    ];
    for (loaded, now, asks) in asks {
        let mut browser = written(&manager, "target", 0);
        (1_700..=loaded)
            .step_by(1_700)
            .for_each(|now| browser.visit(&manager, at(now), |_| {}));
        let parked = browser.open(&manager, at(loaded));
        asks(&parked);
        assert!(!browser.open(&manager, at(now)).is_live());
        assert!(commit(&manager, &parked, at(now)).unwrap_err().is_expired());
        // In time it counts.
        let parked = browser.open(&manager, at(loaded));
        asks(&parked);
        browser.close(&manager, &parked, at(loaded)).unwrap();
        assert!(browser.open(&manager, at(now)).is_live());
    }
}

#[test]
fn no_touch_lengthens_the_absolute_lifetime() {
    let manager = manager();
    let mut browser = written(&manager, "target", 0);
    let end = 12 * 3_600;
    for now in (1_700..end).step_by(1_700).chain([end - 1]) {
        browser.visit(&manager, at(now), |_| {});
    }
    assert!(browser.open(&manager, at(end - 1)).is_live());
    for _ in 0..3 {
        let session = browser.open(&manager, at(end));
        assert_eq!(session.refusal(), Some(Refusal::AbsoluteExpired));
        assert!(commit(&manager, &session, at(end)).unwrap().is_empty());
    }
}

#[test]
fn what_was_ended_stays_ended_beside_its_tombstone_whatever_else_comes() {
    let (manager, stock) = (manager(), Stock::new());
    let tombstone = |browser: &Browser| {
        let mut browser = browser.clone();
        browser.visit(&manager, at(600), |session| session.destroy().unwrap());
        browser.value(TOMBSTONE).unwrap().to_owned()
    };
    let good = tombstone(&stock.target);
    let stranger = tombstone(&written(&manager, "stranger", 1));
    let data = stock.target.line();
    let cases = [
        vec![good.clone()],
        vec![format!("{stranger}{good}")],
        vec![format!("{}{good}", stranger.repeat(7))],
        vec![
            stranger.clone(),
            "junk".to_owned(),
            String::new(),
            good.clone(),
        ],
        vec![format!("{good}trailing")],
        [vec!["A".repeat(300); 7], vec![good.clone()]].concat(),
    ];
    for values in cases {
        let tombstones: Vec<String> = values.iter().map(|v| format!("{TOMBSTONE}={v}")).collect();
        for touches in lists(&stock.touches, 1) {
            let cookies = [tombstones.as_slice(), std::slice::from_ref(&data), &touches].concat();
            for now in [600, 1_000, 1_799] {
                let session = load(&manager, &cookies, now);
                assert_eq!(session.refusal(), Some(Refusal::Destroyed), "{values:?}");
                assert!(commit(&manager, &session, at(now)).unwrap().is_empty());
                let untouched = load(&manager, &cookies, now);
                assert!(commit(&manager, &untouched, at(now)).unwrap().is_empty());
            }
        }
    }
    // A renewal has the same half of the id, and so has whatever the session is written as.
    let mut renewed = stock.target.clone();
    renewed.visit(&manager, at(10), |session| session.renew().unwrap());
    let cookies = [renewed.line(), format!("{TOMBSTONE}={good}")];
    assert_eq!(
        load(&manager, &cookies, 601).refusal(),
        Some(Refusal::Destroyed)
    );
}

#[test]
fn nobody_ends_a_live_session_by_a_tombstone_of_another() {
    let (manager, stock) = (manager(), Stock::new());
    let mut stranger = written(&manager, "stranger", 0);
    stranger.visit(&manager, at(1), |session| session.destroy().unwrap());
    let other = stranger.value(TOMBSTONE).unwrap().to_owned();
    let mut own = stock.target.clone();
    own.visit(&manager, at(1), |session| session.destroy().unwrap());
    let changed = flipped(own.value(TOMBSTONE).unwrap());
    let mut relatives: Vec<String> = Vec::new();
    for relative in stock::relatives() {
        let mut browser = written(&relative, "target", 0);
        browser.visit(&relative, at(1), |session| session.destroy().unwrap());
        let name = browser.names()[0].to_owned();
        relatives.push(browser.value(&name).unwrap().to_owned());
    }
    for value in [other.clone(), other.repeat(8)]
        .iter()
        .chain(&changed)
        .chain(&relatives)
    {
        let cookies = [stock.target.line(), format!("{TOMBSTONE}={value}")];
        assert!(load(&manager, &cookies, 2).is_live(), "{value}");
    }
}

#[test]
fn no_cookies_put_a_line_on_what_shared_caches_may_store() {
    let stock = Stock::new();
    let (manager, data) = (manager(), stock.target.line());
    let mut cookies = lists(&stock.touches, 1);
    for list in cookies.clone() {
        for more in [
            &[data.clone()][..],
            &[data.clone(), data.clone()],
            &[format!("{BASE}=A")],
        ] {
            cookies.push([more, &list].concat());
        }
    }
    type Head = (u16, &'static [(&'static str, &'static [u8])]);
    let stored: [Head; 4] = [
        (304, &[]),
        (200, &[("cache-control", b"public")]),
        (404, &[("cache-control", b"s-maxage=60")]),
        (200, &[("expires", b"Thu, 01 Jan 2099 00:00:00 GMT")]),
    ];
    for cookies in cookies {
        for (status, headers) in stored {
            for (now, looks) in [
                (1_000, true),
                (1_000, false),
                (50_000, true),
                (50_000, false),
            ] {
                let session = load(&manager, &cookies, now);
                let _ = looks && session.is_live();
                let response = ResponseHead::new(status).headers(headers.iter().copied());
                let changes = manager.commit(&session, response, at(now)).unwrap();
                let shown = format!("{changes:?}");
                assert!(!shown.contains("set-cookie"), "{shown}");
                assert!(looks || changes.is_empty());
            }
        }
    }
}

#[test]
fn a_touch_does_not_outlive_its_key() {
    let old = manager();
    let mut browser = written(&old, "target", 0);
    browser.visit(&old, at(1_000), |_| {});
    let retires = at(1_500);
    let stopped = retires - time::Duration::hours(12) - time::Duration::minutes(2);
    let ring = KeyRing::new(key(2))
        .accept_until(key(1), stopped, retires)
        .unwrap();
    let new = SessionManager::new("session", ring).unwrap();
    for (now, refusal) in [(1_499, None), (1_500, Some(Refusal::RetiredKey))] {
        for looks in [true, false] {
            let session = browser.open(&new, at(now));
            assert!(!looks || session.refusal() == refusal);
            let lines = commit(&new, &session, at(now)).unwrap();
            assert_eq!(lines.len(), usize::from(refusal.is_none()));
        }
    }
}

#[test]
fn a_forged_touch_holds_nothing_back() {
    let manager = manager();
    let browser = written(&manager, "visitor", 0);
    let good = touch(&manager, &browser, 1_000);
    let with_time = |time: u32| {
        let [a, b, c, d] = time.to_be_bytes();
        let bits = [3, a, b, c, d, 0];
        let characters = bits.chunks(3).flat_map(|three| {
            let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
            [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift & 63) as usize] as char)
        });
        let head: String = characters.collect();
        format!("{TOUCH}={}{}", &head[..7], &good[7..])
    };
    let base = u32::try_from(at(0).unix_timestamp()).unwrap();
    for ahead in [-180, 0, 120, 121, 100_000] {
        let forged = with_time(base.checked_add_signed(1_500 + ahead).unwrap());
        for looks in [true, false] {
            let session = load(&manager, &[browser.line(), forged.clone()], 1_500);
            assert!(!looks || session.is_live());
            let lines = commit(&manager, &session, at(1_500)).unwrap();
            assert_eq!(lines.len(), 1, "{ahead}");
        }
    }
}

#[test]
fn what_stays_possible() {
    // A copy without the tombstone is a session: the server remembers nothing.
    let manager = manager();
    let mut browser = written(&manager, "target", 0);
    let copy = browser.clone();
    browser.visit(&manager, at(1), |session| session.destroy().unwrap());
    assert!(copy.open(&manager, at(2)).is_live());
    // Whoever has it keeps it alive until the absolute lifetime.
    let mut kept = copy;
    for now in (1_700..43_200).step_by(1_700) {
        kept.visit(&manager, at(now), |_| {});
    }
    assert!(kept.open(&manager, at(43_199)).is_live());

    // Under a plain name eight planted cookies crowd out a touch.
    let plain = plain();
    let victim = written(&plain, "victim", 0);
    let good = touch(&plain, &victim, 1_000);
    let crowd = vec!["s.t=junk".to_owned(); 8];
    let cookies = [crowd, vec![format!("s.t={good}"), victim.line()]].concat();
    assert_eq!(
        load(&plain, &cookies, 1_800).refusal(),
        Some(Refusal::IdleExpired)
    );
}
