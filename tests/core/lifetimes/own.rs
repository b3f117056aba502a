//! Lifetimes of a session's own, the policy that bounds them, and cookies that outlive the browser.

use std::time::Duration;

use sealed_session::{
    Budget, Error, Lifetime, Persistence, Refusal, Session, SessionManager, Transport,
};

use crate::common::{self, BASE, Browser, TOUCH, at, commit, ring};

const DAY: i64 = 86_400;

fn seconds(n: i64) -> Duration {
    Duration::from_secs(n.unsigned_abs())
}

fn manager(policy: Lifetime) -> SessionManager {
    SessionManager::builder("session", ring())
        .lifetime(policy)
        .build()
        .unwrap()
}

fn always(policy: Lifetime) -> Lifetime {
    policy
        .with_idle_timeout(seconds(1_800))
        .with_persistence(Persistence::Always)
}

fn wide() -> Lifetime {
    Lifetime::new()
        .allow_idle(seconds(300), seconds(7 * DAY))
        .allow_never_idle()
        .with_remembered_up_to(seconds(30 * DAY))
}

/// A browser whose session asked for something at 0.
fn asked(policy: Lifetime, asks: impl FnOnce(&Session) -> Result<(), Error>) -> Browser {
    let mut browser = Browser::default();
    browser.visit(&manager(policy), at(0), |session| {
        session.sign_in("user", &[]).unwrap();
        asks(session).unwrap();
    });
    browser
}

/// The last second at which a session that nobody uses is live, and why it is not after that.
fn end(browser: &Browser, policy: Lifetime) -> (i64, Refusal) {
    let manager = manager(policy);
    let lives = |now: i64| browser.open(&manager, at(now)).is_live();
    let (mut lives_at, mut over_at) = (0, 1_000 * DAY);
    while over_at - lives_at > 1 {
        let middle = i64::midpoint(lives_at, over_at);
        if lives(middle) {
            lives_at = middle
        } else {
            over_at = middle
        }
    }
    (
        over_at,
        browser.open(&manager, at(over_at)).refusal().unwrap(),
    )
}

#[test]
fn what_a_session_asked_for_counts_within_the_bounds_of_whoever_reads_it() {
    use Refusal::{AbsoluteExpired, IdleExpired};
    let short = asked(wide(), |session| session.set_idle_timeout(seconds(300)));
    let long = asked(wide(), |session| {
        session.remember(seconds(30 * DAY))?;
        session.set_idle_timeout(seconds(7 * DAY))
    });
    let never = asked(wide(), |session| session.set_idle_timeout(None));
    let remembered = asked(wide(), |session| session.remember(seconds(30 * DAY)));
    let brief = asked(wide(), |session| session.remember(seconds(60)));
    let plain = asked(wide(), |_| Ok(()));
    let stricter = Lifetime::new();
    let narrower = Lifetime::new()
        .allow_idle(seconds(600), seconds(3_600))
        .with_remembered_up_to(seconds(DAY));
    let table = [
        ("plain", &plain, wide(), (1_800, IdleExpired)),
        ("short", &short, wide(), (300, IdleExpired)),
        ("short", &short, narrower, (600, IdleExpired)),
        ("short", &short, stricter, (1_800, IdleExpired)),
        ("long", &long, wide(), (7 * DAY, IdleExpired)),
        ("long", &long, narrower, (3_600, IdleExpired)),
        ("long", &long, stricter, (1_800, IdleExpired)),
        ("never", &never, wide(), (43_200, AbsoluteExpired)),
        ("never", &never, narrower, (3_600, IdleExpired)),
        (
            "remembered",
            &remembered,
            wide(),
            (30 * DAY, AbsoluteExpired),
        ),
        ("remembered", &remembered, narrower, (DAY, AbsoluteExpired)),
        ("remembered", &remembered, stricter, (1_800, IdleExpired)),
        ("brief", &brief, wide(), (60, AbsoluteExpired)),
        ("brief", &brief, stricter, (60, AbsoluteExpired)),
    ];
    for (case, browser, policy, wanted) in table {
        assert_eq!(end(browser, policy), wanted, "{case} under {policy:?}");
    }
}

#[test]
fn shortening_the_policy_acts_on_cookies_that_are_out() {
    let browser = asked(Lifetime::new(), |_| Ok(()));
    let shorter = Lifetime::new()
        .with_idle_timeout(seconds(300))
        .with_absolute_lifetime(seconds(600));
    assert_eq!(end(&browser, shorter), (300, Refusal::IdleExpired));
    let longer = Lifetime::new()
        .with_idle_timeout(seconds(DAY))
        .with_absolute_lifetime(seconds(DAY));
    assert_eq!(end(&browser, longer), (DAY, Refusal::AbsoluteExpired));
}

#[test]
fn asking_is_a_change_and_asking_twice_is_none() {
    let manager = manager(wide());
    let mut browser = asked(wide(), |session| session.set_idle_timeout(seconds(600)));
    let before = browser.line();
    browser.visit(&manager, at(1), |session| {
        assert_eq!(session.times().unwrap().idle_timeout, Some(seconds(600)));
        session.set_idle_timeout(seconds(600)).unwrap();
    });
    assert_eq!(browser.line(), before);
    browser.visit(&manager, at(2), |session| {
        session.set_idle_timeout(None).unwrap()
    });
    assert_ne!(browser.line(), before);
    // Kept by a renewal, and gone with a sign-in.
    browser.visit(&manager, at(3), |session| session.renew().unwrap());
    browser.visit(&manager, at(4), |session| {
        assert_eq!(
            (
                session.times().unwrap().idle_left,
                session.times().unwrap().absolute_left
            ),
            (None, seconds(43_200 - 4))
        );
        session.sign_in("another", &[]).unwrap();
        assert_eq!(session.times().unwrap().idle_timeout, Some(seconds(1_800)));
    });
    assert_eq!(end(&browser, wide()), (1_804, Refusal::IdleExpired));
}

#[test]
fn what_the_policy_does_not_permit_is_an_error_with_both_bounds() {
    let session = Browser::default().open(&manager(wide()), at(0));
    session.insert("a", 1).unwrap();
    for (result, numbers) in [
        (
            session.set_idle_timeout(seconds(299)),
            ["299 s", "300 s to 604800 s"],
        ),
        (
            session.set_idle_timeout(seconds(7 * DAY + 1)),
            ["604801 s", "Lifetime::allow_idle"],
        ),
        (
            session.set_idle_timeout(seconds(43_201)),
            ["43201 s", "43200 s; call `Session::remember`"],
        ),
        (
            session.remember(seconds(30 * DAY + 1)),
            ["2592001 s", "1 s to 2592000 s"],
        ),
        (
            session.remember(Duration::from_millis(999)),
            ["0 s", "with_remembered_up_to"],
        ),
    ] {
        let error = result.unwrap_err();
        assert!(error.is_not_permitted());
        for number in numbers {
            assert!(error.to_string().contains(number), "{error}");
        }
    }
    assert_eq!(session.times().unwrap().idle_timeout, Some(seconds(1_800)));
}

#[test]
fn asking_alone_begins_no_session() {
    let manager = manager(wide());
    let session = Browser::default().open(&manager, at(0));
    session.set_idle_timeout(seconds(600)).unwrap();
    assert!(commit(&manager, &session, at(0)).unwrap().is_empty());
    // And is not forgotten when one begins.
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.set_idle_timeout(seconds(600)).unwrap();
        session.insert("a", 1).unwrap();
    });
    assert_eq!(end(&browser, wide()), (600, Refusal::IdleExpired));
}

#[test]
fn a_lifetime_that_is_over_already_is_refused_at_once() {
    let manager = manager(wide());
    let browser = asked(wide(), |session| session.set_idle_timeout(seconds(900)));
    let session = browser.open(&manager, at(600));
    for (lifetime, permitted) in [(599, false), (600, false), (601, true)] {
        let result = session.remember(seconds(lifetime));
        assert_eq!(result.is_ok(), permitted, "{lifetime}");
        assert!(permitted || result.unwrap_err().to_string().contains("600 s ago"));
    }
    assert_eq!(session.time_left(at(600)), Ok(seconds(1)));
}

#[test]
fn asking_after_a_destroy_begins_no_session_either() {
    let manager = manager(wide());
    let mut browser = asked(wide(), |_| Ok(()));
    let session = browser.open(&manager, at(1));
    session.destroy().unwrap();
    session.set_idle_timeout(None).unwrap();
    assert!(!session.is_live());
    browser.close(&manager, &session, at(1)).unwrap();
    assert_eq!(browser.names(), [common::TOMBSTONE]);
}

#[test]
fn what_a_request_asks_for_counts_in_any_order_and_what_came_does_not() {
    let (month, none) = (Ok(seconds(30 * DAY)), Ok(seconds(1_800)));
    /// What a request does, in this order.
    type Acts<'a> = &'a [fn(&Session) -> Result<(), Error>];
    let remember = |session: &Session| session.remember(seconds(30 * DAY));
    let table: [(Acts<'_>, Result<Duration, Refusal>); 8] = [
        (&[remember, |s| s.sign_in("ada", &[])], month),
        (&[|s| s.sign_in("ada", &[]), remember], month),
        (&[remember, |s| s.start_over(&[])], month),
        (
            &[remember, |s| s.sign_in("ada", &[]), Session::renew],
            month,
        ),
        (&[remember, Session::destroy, |s| s.insert("a", 1)], month),
        (&[|s| s.sign_in("ada", &[])], none),
        (&[|s| s.start_over(&[])], none),
        (&[Session::destroy, |s| s.insert("a", 1)], none),
    ];
    let manager = manager(wide());
    let planted = asked(wide(), remember);
    for (case, (acts, left)) in table.iter().enumerate() {
        // For nobody, and over a session that was remembered, by whoever planted it.
        for came in [Browser::default(), planted.clone()] {
            let mut browser = came;
            let session = browser.open(&manager, at(9));
            acts.iter().for_each(|act| act(&session).unwrap());
            assert_eq!(session.time_left(at(9)), *left, "{case}");
            let lines = browser.close(&manager, &session, at(9)).unwrap();
            assert_eq!(max_age(&lines[0]).is_some(), *left == month, "{case}");
            assert_eq!(
                browser.open(&manager, at(9)).time_left(at(9)),
                *left,
                "{case}"
            );
        }
    }
}

#[test]
fn an_order_of_calls_that_would_undo_one_of_them_is_an_error() {
    let manager = manager(wide());
    let session = Browser::default().open(&manager, at(0));
    session.set_idle_timeout(seconds(3_600)).unwrap();
    let error = session.remember(seconds(30 * DAY)).unwrap_err();
    assert!(error.is_not_permitted());
    for part in ["2592000 s", "3600 s", "call `remember` first"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    // One that came is no order of calls.
    let browser = asked(wide(), |session| session.set_idle_timeout(seconds(3_600)));
    let session = browser.open(&manager, at(1));
    session.remember(seconds(30 * DAY)).unwrap();
    assert_eq!(session.time_left(at(1)), Ok(seconds(30 * DAY - 1)));

    // A timeout that the session that came has room for, and the one that begins has not.
    let browser = asked(wide(), |session| session.remember(seconds(30 * DAY)));
    let session = browser.open(&manager, at(1));
    session.set_idle_timeout(seconds(7 * DAY)).unwrap();
    let error = session.sign_in("ada", &[]).unwrap_err();
    for part in ["604800 s", "43200 s", "`Session::remember`"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    session.remember(seconds(30 * DAY)).unwrap_err();
    assert_eq!(session.subject().as_deref(), Some("user"));
}

#[test]
fn no_cookie_has_to_outlive_what_browsers_keep() {
    let days = |n: i64| seconds(n * DAY);
    let plain = |n| Lifetime::new().with_absolute_lifetime(days(n));
    let always = |n| always(plain(n));
    let remembered = |n| Lifetime::new().with_remembered_up_to(days(n));
    let header = || Transport::header("x-session");
    let table = [
        (Transport::cookie(), always(400), true),
        (Transport::cookie(), always(401), false),
        (Transport::cookie(), remembered(400), true),
        (Transport::cookie(), remembered(401), false),
        (header().or_cookie(), remembered(401), false),
        // What goes with the browser has no `Max-Age` that could be cut.
        (Transport::cookie(), plain(401), true),
        // Clients keep what they like.
        (header(), always(401), true),
        (header(), remembered(401), true),
    ];
    for (transport, policy, fits) in table {
        let builder = SessionManager::builder("session", ring()).lifetime(policy);
        let built = builder.transport(transport).build();
        assert_eq!(built.is_ok(), fits, "{policy:?}");
        let text = built.err().map(|error| error.to_string());
        let told = text.is_none_or(|text| {
            text.contains("34646400 s") && text.contains("34560000 s (400 days)")
        });
        assert!(told, "{policy:?}");
    }
}

/// The `Max-Age` of a line, if it has one.
fn max_age(line: &str) -> Option<i64> {
    let (_, age) = line.split_once("; Max-Age=")?;
    Some(age.parse().unwrap())
}

#[test]
fn cookies_outlive_the_browser_by_what_is_left() {
    let years = Lifetime::new().with_absolute_lifetime(seconds(400 * DAY));
    let remembered = wide();
    // The policy, whether to be remembered, when, and the cookies' age.
    let table = [
        (Lifetime::new(), false, 0, None),
        (remembered, false, 0, None),
        (remembered, true, 0, Some(30 * DAY)),
        (remembered, true, 1_000, Some(30 * DAY - 1_000)),
        (always(remembered), false, 0, Some(43_200)),
        (always(remembered), true, 500, Some(30 * DAY - 500)),
        (always(years), false, 0, Some(400 * DAY)),
    ];
    for (policy, remember, now, wanted) in table {
        let manager = manager(policy);
        let mut browser = asked(policy, |session| match remember {
            true => session.remember(seconds(30 * DAY)),
            false => Ok(()),
        });
        let session = browser.open(&manager, at(now));
        session.insert("a", 1).unwrap();
        let size = session.size().unwrap();
        let lines = browser.close(&manager, &session, at(now)).unwrap();
        assert_eq!(max_age(&lines[0]), wanted, "{policy:?} at {now}");
        assert_eq!(size.bytes, lines[0].len(), "counted to the byte");
        // The touch stays for as long as the session.
        let session = browser.open(&manager, at(now + 200));
        let lines = browser.close(&manager, &session, at(now + 200)).unwrap();
        assert!(lines[0].starts_with(TOUCH));
        assert_eq!(max_age(&lines[0]), wanted.map(|age| age - 200));
    }
}

#[test]
fn a_budget_has_room_for_the_longest_max_age() {
    let policy = always(Lifetime::new());
    let line = format!("{BASE}.1=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=43200");
    for (room, fits) in [(127, false), (128, true)] {
        let budget = Budget::within_8k().with_line_limit(line.len() + room);
        let builder = SessionManager::builder("session", ring())
            .lifetime(policy)
            .budget(budget);
        assert_eq!(builder.build().is_ok(), fits, "{room}");
    }
}
