//! Rings with times: which key seals when, what every fault says, and rings that are replaced.

use sealed_session::adapter::{HeaderChange, RequestHead, ResponseHead};
use sealed_session::report::RingKey;
use sealed_session::{KeyRing, Lifetime, Refusal, SessionManager, Slot};
use time::{Duration, OffsetDateTime};

use super::files::text;
use crate::common::{Browser, at, key};

/// A ring of lines in which `K1` stands for the key of seed 1, and `T100` for 100 seconds after [`at`] zero.
fn read(lines: &str) -> Result<KeyRing, sealed_session::Error> {
    let word = |word: &str| match (word.split_at(1), word.get(1..).and_then(|n| n.parse().ok())) {
        (("K", _), Some(seed)) => text(u8::try_from(seed).unwrap()),
        (("T", _), Some(seconds)) => {
            let format = &time::format_description::well_known::Rfc3339;
            at(seconds).format(format).unwrap()
        }
        _ => word.to_owned(),
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = lines.lines().map(line).collect();
    lines.join("\n").parse()
}

/// The seed of the key that seals after so many seconds.
fn sealing(ring: &KeyRing, seconds: i64) -> u8 {
    let id = ring.sealing_key(at(seconds));
    (1..9).find(|seed| key(*seed).id() == id).unwrap()
}

#[test]
fn a_key_seals_from_its_time_until_another_takes_over_wherever_it_stands() {
    // The ring, and which key seals at 0, 99, 100, 200 and 1,000 seconds.
    let table = [
        ("K1", [1, 1, 1, 1, 1]),
        ("K1\nK2", [1, 1, 1, 1, 1]),
        ("K1\nK2 from T100", [1, 1, 2, 2, 2]),
        ("K2 from T100\nK1", [1, 1, 2, 2, 2]),
        ("K3 from T200\nK2 from T100\nK1", [1, 1, 2, 3, 3]),
        ("K1\nK3 from T200\nK2 from T100", [1, 1, 2, 3, 3]),
        // Of keys without a time the first one seals.
        ("K2 from T100\nK1\nK4", [1, 1, 2, 2, 2]),
        ("K2 from T100\nK4\nK1", [4, 4, 2, 2, 2]),
        ("K5 stopped T0 until T90000\nK1", [1, 1, 1, 1, 1]),
        // A server with a late clock seals, too.
        ("K2 from T100", [2, 2, 2, 2, 2]),
        ("K3 from T200\nK2 from T100", [2, 2, 2, 3, 3]),
        (
            "K3 from T200\nK2 from T100 until T90000\nK1 until T90000",
            [1, 1, 2, 3, 3],
        ),
    ];
    for (lines, wanted) in table {
        let ring = read(lines).unwrap();
        let sealed = [0, 99, 100, 200, 1_000].map(|seconds| sealing(&ring, seconds));
        assert_eq!(sealed, wanted, "{lines}");
        // What a manager seals under is what the ring says.
        let manager = SessionManager::new("session", ring.clone()).unwrap();
        for seconds in [0, 99, 100, 200, 1_000] {
            let mut browser = Browser::default();
            browser.visit(&manager, at(seconds), |s| s.insert("name", "Ada").unwrap());
            let alone = KeyRing::new(key(sealing(&ring, seconds)));
            let alone = SessionManager::new("session", alone).unwrap();
            let session = browser.open(&alone, at(seconds));
            assert_eq!(session.refusal(), None, "{lines} at {seconds}");
        }
    }
}

#[test]
fn a_ring_tells_its_keys_in_the_order_of_their_turns() {
    let ring = read("K5 stopped T-9 until T90000\nK2 from T100\nK4\nK3 from T200\nK1 until T90000");
    // `K4` is the first without a time that could be the base; `K1` has no turn.
    assert!(ring.is_err());
    let ring = read("K5 stopped T-9 until T90000\nK2 from T100\nK1 until T90000\nK3 from T200\nK4");
    let keys: Vec<RingKey> = ring.unwrap().keys().collect();
    let told = |key: &RingKey| (key.seals, key.seals_from, key.stopped, key.until);
    let (ends, some) = (Some(at(90_000)), |seconds| Some(at(seconds)));
    assert_eq!(told(&keys[0]), (true, None, some(100), ends));
    assert_eq!(told(&keys[1]), (true, some(100), some(200), None));
    assert_eq!(told(&keys[2]), (true, some(200), None, None));
    let [mut accepted, mut stopped] = [&keys[3], &keys[4]];
    if accepted.id != key(4).id() {
        (accepted, stopped) = (stopped, accepted);
    }
    assert_eq!(told(accepted), (false, None, None, None));
    assert_eq!(told(stopped), (false, None, some(-9), ends));
}

#[test]
fn every_fault_of_a_schedule_names_its_line_and_no_key() {
    let table = [
        ("K1\nK2 from T100\nK3 from T100", "line 3: keys"),
        ("K2 from T100\nK3 from T100", "line 2: keys"),
        (
            "K1\nK2 from T100\nK1 from T200",
            "line 3: key 1fff3c32 is in the ring already",
        ),
        ("K1 until T100", "line 1: key 1fff3c32 retires, and no key"),
        ("K1\nK2 from T100 until T200", "line 2: key"),
        ("K2 from T100 until T199\nK3 from T200", "line 1: key"),
        (
            "K1 until T99\nK2 from T100",
            "line 1: key 1fff3c32 retires before",
        ),
        ("K1\nK2 stopped T100 until T99", "line 2: key"),
        (
            "K1\nK2 until T100",
            "line 2: the key is accepted `until` a time",
        ),
        ("K1\nK2 stopped T100", "line 2: the key has `stopped`"),
        (
            "K1\nK2 from T100 stopped T200 until T300",
            "line 2: a key that seals `from`",
        ),
        ("K1\nK2 from", "line 2: after the key only its times"),
        (
            "K1\nK2 from T100 from T200",
            "line 2: after the key only its times",
        ),
        ("K1\nK2 since T100", "line 2: after the key only its times"),
        ("K1\nK2 from tomorrow", "line 2: a time of this key"),
        (
            "K1\nK2 from 2027-02-31T00:00:00Z",
            "line 2: a time of this key",
        ),
        ("K1\nK2 from 2027-02-01", "line 2: a time of this key"),
        ("K2 stopped T0 until T100", "key: no key of the ring seals"),
    ];
    for (lines, wanted) in table {
        let error = read(lines).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(
            error.is_key() && shown.contains(wanted),
            "{shown} / {wanted}"
        );
        for seed in 1..4 {
            assert!(!shown.contains(&text(seed)[20..40]), "{shown}");
        }
    }
}

#[test]
fn no_text_that_was_cut_or_changed_panics_or_shows_a_key() {
    let seeds = [1, 2, 3, 4].map(text);
    let [one, two, three, four] = &seeds;
    let (from, until) = ("from 2027-02-01T00:00:00Z", "until 2027-02-03T00:00:00Z");
    let stopped = "stopped 2027-01-01T00:00:00Z";
    let whole = format!(
        "\u{feff}# keys\r\n{one} {until}\n'{two} {from}',{three}\n\"{four}\" {stopped} {until}\n"
    );
    assert_eq!(whole.parse::<KeyRing>().unwrap().keys().count(), 4);
    let mut refused = 0;
    let mut read = |text: &str| {
        let Err(error) = text.parse::<KeyRing>() else {
            return;
        };
        refused += 1;
        let shown = format!("{error} {error:?}");
        for body in seeds
            .iter()
            .map(|text| &text.as_bytes()["sealed_key_v1_".len()..])
        {
            let shows = |part: &[u8]| shown.contains(std::str::from_utf8(part).unwrap());
            assert!(!body.windows(8).any(shows), "{shown}");
        }
    };
    for (at, _) in whole.char_indices() {
        read(&whole[..at]);
        let rest: String = whole[at..].chars().skip(1).collect();
        for put in ["", "\0", "\"", "'", ",", "#", "\n", "=", "\u{e9}"] {
            read(&format!("{}{put}{rest}", &whole[..at]));
        }
    }
    assert!(refused > 2_000, "{refused}");
}

#[test]
fn the_rules_of_the_text_are_those_of_the_calls() {
    let ring = || KeyRing::new(key(1)).seal_from(key(2), at(100)).unwrap();
    assert_eq!((sealing(&ring(), 99), sealing(&ring(), 100)), (1, 2));
    assert!(ring().seal_from(key(3), at(100)).unwrap_err().is_key());
    assert!(ring().seal_from(key(1), at(200)).unwrap_err().is_key());
    assert!(ring().retire(key(1).id(), at(99)).unwrap_err().is_key());
    assert!(ring().retire(key(2).id(), at(900)).unwrap_err().is_key());
    assert!(ring().retire(key(3).id(), at(900)).unwrap_err().is_key());
    let accepted = ring().accept(key(3)).unwrap();
    assert!(accepted.retire(key(3).id(), at(900)).unwrap_err().is_key());
    assert!(
        ring()
            .accept_until(key(3), at(5), at(4))
            .unwrap_err()
            .is_key()
    );
    let ends = ring().retire(key(1).id(), at(100)).unwrap();
    assert_eq!(ends.keys().next().and_then(|key| key.until), Some(at(100)));
}

#[test]
fn a_ring_that_seals_with_nothing_now_is_told() {
    let ring = read("K3 from T200\nK2 from T100").unwrap();
    assert!(ring.check(at(100)).is_ok());
    let error = ring.check(at(99)).unwrap_err();
    assert!(
        error.is_key() && error.to_string().contains("nothing seals now"),
        "{error}"
    );
    // A key without a time is there for that.
    assert!(
        read("K2 from T100\nK1")
            .unwrap()
            .check(OffsetDateTime::UNIX_EPOCH)
            .is_ok()
    );
}

#[test]
fn a_key_that_another_takes_over_from_outlasts_what_it_sealed() {
    let hours = 3_600;
    let build = |retires: i64, policy: Lifetime| {
        let ring = read(&format!("K1 until T{retires}\nK2 from T{hours}")).unwrap();
        SessionManager::builder("session", ring)
            .lifetime(policy)
            .build()
    };
    let policy = Lifetime::new();
    assert!(build(13 * hours + 120, policy).is_ok());
    let error = build(13 * hours + 119, policy).unwrap_err();
    assert!(error.is_configuration());
    // It sealed until the other one took over.
    for part in [
        "sealed until 2027-01-15T09:00:00Z",
        "may live until 2027-01-15T21:02:00Z",
    ] {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn a_key_opens_before_its_turn_and_after_it_until_it_retires() {
    let ring = read("K1 until T50000\nK2 from T1000").unwrap();
    let manager = SessionManager::new("session", ring).unwrap();
    // Another server's clock is ahead, and this one's is not.
    let mut early = Browser::default();
    let ahead = SessionManager::new("session", KeyRing::new(key(2))).unwrap();
    early.visit(&ahead, at(900), |s| s.insert("name", "Ada").unwrap());
    assert_eq!(early.open(&manager, at(900)).refusal(), None);
    let mut late = Browser::default();
    let behind = SessionManager::new("session", KeyRing::new(key(1))).unwrap();
    late.visit(&behind, at(49_000), |s| s.insert("name", "Ada").unwrap());
    assert_eq!(late.open(&manager, at(49_999)).refusal(), None);
    assert_eq!(
        late.open(&manager, at(50_000)).refusal(),
        Some(Refusal::RetiredKey)
    );
}

/// A slot.
enum Prefs {}
impl Slot for Prefs {}

/// Writes both sessions, under the keys of now.
fn written(manager: &SessionManager) -> Vec<HeaderChange> {
    let session = manager.load(RequestHead::default(), at(200));
    session.insert("name", "Ada").unwrap();
    let prefs = session.slot::<Prefs>().unwrap();
    prefs.insert("theme", "dark").unwrap();
    manager
        .commit(&session, ResponseHead::new(200), at(200))
        .unwrap()
}

/// Why a manager with this key alone refuses the session of this name, if it does.
fn opens(lines: &[&str], name: &str, seed: u8) -> Option<Refusal> {
    let alone = SessionManager::new(name, KeyRing::new(key(seed))).unwrap();
    let line = lines.iter().find(|line| line.contains(name)).unwrap();
    let pair = line.split(';').next().unwrap();
    alone
        .load(RequestHead::new([pair.as_bytes()]), at(200))
        .refusal()
}

#[test]
fn a_ring_is_replaced_in_all_slots_that_have_it_or_in_none() {
    let build = |name: &str, seed: u8, policy: Lifetime| {
        let builder = SessionManager::builder(name, KeyRing::new(key(seed))).lifetime(policy);
        let budget = sealed_session::Budget::portable().with_total_limit(700);
        builder.budget(budget).build().unwrap()
    };
    let long = Lifetime::new().with_remembered_up_to(std::time::Duration::from_secs(30 * 86_400));
    let ring = |seconds: i64| {
        let ring = KeyRing::new(key(1)).seal_from(key(2), at(100)).unwrap();
        ring.retire(key(1).id(), at(seconds)).unwrap()
    };
    for (prefs, sealed) in [(1, [2, 2]), (3, [2, 3])] {
        let main = build("session", 1, Lifetime::new());
        let slot = build("prefs", prefs, long);
        let alone = slot.clone();
        let manager = main.with_slot::<Prefs>(slot).unwrap();
        // Long enough for the main slot alone. A slot with a ring of its own is not asked.
        let short = manager.replace_ring(ring(86_400), at(0));
        assert_eq!(short.is_err(), prefs == 1, "{short:?}");
        if let Err(error) = short {
            assert!(
                error.is_configuration() && error.cookie() == Some("__Host-prefs"),
                "{error}"
            );
        }
        manager.replace_ring(ring(40 * 86_400), at(0)).unwrap();
        let changes = written(&manager);
        let lines: Vec<&str> = changes.iter().map(HeaderChange::value).collect();
        assert_eq!(opens(&lines, "session", sealed[0]), None);
        assert_eq!(opens(&lines, "prefs", sealed[1]), None);
        // A clone of the slot's manager replaces its ring.
        alone.replace_ring(KeyRing::new(key(4)), at(0)).unwrap();
        let changes = written(&manager);
        let lines: Vec<&str> = changes.iter().map(HeaderChange::value).collect();
        assert_eq!(opens(&lines, "prefs", 4), None);
    }
}

#[test]
fn a_ring_that_seals_with_nothing_now_replaces_none() {
    let manager = SessionManager::new("session", KeyRing::new(key(1))).unwrap();
    let later = read("K2 from T100").unwrap();
    assert!(
        manager
            .replace_ring(later.clone(), at(99))
            .unwrap_err()
            .is_key()
    );
    let mut browser = Browser::default();
    browser.visit(&manager, at(99), |s| s.insert("name", "Ada").unwrap());
    let first = SessionManager::new("session", KeyRing::new(key(1))).unwrap();
    assert_eq!(browser.open(&first, at(99)).refusal(), None);
    // When its time has come, it does, for clones, too.
    manager.clone().replace_ring(later, at(100)).unwrap();
    let refusal = browser.open(&manager, at(100) + Duration::SECOND).refusal();
    assert_eq!(refusal, Some(Refusal::UnknownKey));
}

/// Numbers that are as good as random, and the same in each run.
struct Dice(u64);

impl Dice {
    /// Returns a number below `end`.
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % end
    }

    /// Makes a ring by calls, in any order.
    fn ring(&mut self) -> KeyRing {
        let hours = |dice: &mut Dice| at(3_600 * dice.below(40));
        let mut ring = match self.below(2) {
            0 => KeyRing::new(key(1)),
            _ => read(&format!("K1 from T{}", 3_600 * self.below(40))).unwrap(),
        };
        for _ in 0..self.below(8) {
            let seed = u8::try_from(self.below(6)).unwrap() + 1;
            let time = hours(self);
            let next = match self.below(4) {
                0 => ring.clone().accept(key(seed)),
                1 => ring.clone().seal_from(key(seed), time),
                2 => ring.clone().accept_until(key(seed), time, hours(self)),
                _ => {
                    let retires = time + Duration::hours(self.below(30)) + Duration::minutes(2);
                    ring.clone().retire(key(seed).id(), retires)
                }
            };
            ring = next.unwrap_or(ring);
        }
        ring
    }
}

#[test]
fn no_ring_that_a_manager_takes_seals_under_a_key_that_retires_before_the_session_ends() {
    let (mut dice, mut taken, mut ending) = (Dice(1), 0, 0);
    let longest = Duration::hours(12) + Duration::minutes(2);
    for _ in 0..4_000 {
        let ring = dice.ring();
        let is_taken = SessionManager::new("session", ring.clone()).is_ok();
        taken += usize::from(is_taken);
        for hour in -1..41 {
            let now = at(3_600 * hour);
            let keys: Vec<RingKey> = ring.keys().collect();
            let sealing = ring.sealing_key(now);
            let sealing = keys.iter().find(|key| key.id == sealing).unwrap();
            assert!(sealing.seals, "{keys:?} at {now}");
            assert!(
                sealing.stopped.is_none_or(|stopped| now < stopped),
                "{keys:?} at {now}"
            );
            if let Some(until) = sealing.until {
                ending += usize::from(is_taken);
                assert!(!is_taken || now + longest <= until, "{keys:?} at {now}");
            }
            let may_seal =
                |key: &RingKey| key.seals && key.seals_from.is_none_or(|from| from <= now);
            assert_eq!(
                ring.check(now).is_ok(),
                keys.iter().any(may_seal),
                "{keys:?} at {now}"
            );
            // Only a clock that is late for all keys uses one whose time has not come.
            let is_early = sealing.seals_from.is_some_and(|from| now < from);
            assert_eq!(is_early, ring.check(now).is_err(), "{keys:?} at {now}");
        }
    }
    assert!(taken > 1_000 && ending > 1_000, "{taken} {ending}");
}

#[test]
fn two_who_replace_the_ring_at_once_leave_all_slots_with_one() {
    let small = sealed_session::Budget::portable().with_total_limit(700);
    let [main, slot] = ["session", "prefs"].map(|name| {
        let builder = SessionManager::builder(name, KeyRing::new(key(1)));
        builder.budget(small).build().unwrap()
    });
    let manager = main.with_slot::<Prefs>(slot).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let manager = &manager;
            scope.spawn(move || {
                for turn in 0..4_000 {
                    // No two are alike.
                    let from = at(2 * turn + thread);
                    let ring = KeyRing::new(key(1)).seal_from(key(2), from).unwrap();
                    manager.replace_ring(ring, at(0)).unwrap();
                }
            });
        }
    });
    manager.replace_ring(KeyRing::new(key(3)), at(0)).unwrap();
    let shown = format!("{manager:?}");
    let of_three = shown.matches(&key(3).id().to_string()).count();
    assert_eq!(of_three, 2, "{shown}");
}
