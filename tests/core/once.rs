//! Things that count once: what names them, and when one is good.

use sealed_session::once::OnceOnly;
use sealed_session::{Key, KeyRing, SessionManager};
use time::{Duration, OffsetDateTime};

use crate::common::at as moment;

const DAY: Duration = Duration::DAY;

fn now() -> OffsetDateTime {
    moment(0)
}

fn manager(ring: KeyRing, audience: &str) -> SessionManager {
    let builder = SessionManager::builder("shop", ring).audience(audience);
    builder.build().unwrap()
}

fn named(manager: &SessionManager, purpose: &str, thing: &str) -> OnceOnly {
    manager.once_only(purpose, thing, now()..now() + DAY, now())
}

fn share(one: &OnceOnly, other: &OnceOnly) -> bool {
    one.names().iter().any(|name| other.names().contains(name))
}

#[test]
fn two_nodes_name_a_thing_alike_if_their_rings_share_a_key() {
    let (old, new, next) = (
        Key::generate().unwrap(),
        Key::generate().unwrap(),
        Key::generate().unwrap(),
    );
    let ring = |first: &Key| KeyRing::new(first.clone());
    let before = manager(ring(&old), "");
    let between = manager(ring(&new).accept(old.clone()).unwrap(), "");
    let after = manager(ring(&next).accept(new.clone()).unwrap(), "");
    let link = |manager| named(manager, "link", "1");
    assert_eq!(link(&between).names().len(), 2);
    assert!(share(&link(&before), &link(&between)));
    assert!(share(&link(&between), &link(&after)));
    assert!(!share(&link(&before), &link(&after)));

    // A key that has retired names nothing.
    let (stopped, retires) = (now(), now() + DAY);
    let retiring = ring(&new).accept_until(old, stopped, retires).unwrap();
    let retiring = manager(retiring, "");
    assert_eq!(link(&retiring), link(&between));
    let late = retiring.once_only("link", "1", retires..retires + DAY, retires);
    assert_eq!(late.names(), link(&manager(ring(&new), "")).names());
}

#[test]
fn things_of_other_purposes_and_audiences_are_others() {
    let ring = KeyRing::new(Key::generate().unwrap());
    let (shop, forum) = (manager(ring.clone(), "shop"), manager(ring, "forum"));
    let all = [
        named(&shop, "link", "1"),
        named(&shop, "link", "2"),
        named(&shop, "link1", ""),
        named(&shop, "", "link1"),
        named(&forum, "link", "1"),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(all[at + 1..].iter().all(|other| !share(one, other)));
    }
    assert_eq!(all[0], named(&shop, "link", "1"));
}

#[test]
fn a_thing_is_good_from_its_issue_to_its_end_and_never_for_longer_than_400_days() {
    let manager = manager(KeyRing::new(Key::generate().unwrap()), "");
    let seconds = |seconds| Duration::seconds(seconds);
    let table: [(Duration, Duration, bool); 10] = [
        // Issued and over, from now; and the verdict.
        (seconds(0), seconds(1), true),
        (seconds(-900), seconds(1), true),
        (seconds(-900), seconds(0), false),
        (seconds(-900), seconds(-1), false),
        // By a clock that is ahead.
        (seconds(120), seconds(900), true),
        (seconds(121), seconds(900), false),
        (seconds(10), seconds(-10), false),
        (DAY * -399, DAY * 400, true),
        (DAY * -400, DAY * 400, false),
        (Duration::MIN, Duration::MAX, false),
    ];
    for (issued, end, wanted) in table {
        let at = |from: Duration| {
            now().checked_add(from).unwrap_or(match from.is_negative() {
                true => OffsetDateTime::UNIX_EPOCH,
                false => now() + DAY * 100_000,
            })
        };
        let thing = manager.once_only("link", "1", at(issued)..at(end), now());
        assert_eq!(thing.is_good(), wanted, "{issued} .. {end}");
        if wanted {
            assert_eq!(thing.known_since(), at(issued) - seconds(120));
            assert!(thing.kept_for() > std::time::Duration::from_secs(120));
            assert!(now() + thing.kept_for() <= at(issued) + DAY * 400 + seconds(120));
        }
    }
}

#[test]
fn nothing_shows_the_names_of_a_thing() {
    let manager = manager(KeyRing::new(Key::generate().unwrap()), "");
    let shown = format!("{:?}", named(&manager, "link", "1"));
    assert!(
        shown.starts_with("OnceOnly { names: 1, known_since: "),
        "{shown}"
    );
    assert!(!shown.contains('['), "{shown}");
}
