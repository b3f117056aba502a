//! Lifetimes of a session's own, the policy that bounds them, and cookies that outlive the browser.

use std::time::Duration;

use sealed_session::{Budget, Error, Lifetime, Persistence, Refusal, Session, SessionManager};

use crate::common::{self, BASE, Browser, TOUCH, at, commit, ring};

const DAY: i64 = 86_400;

fn seconds(n: i64) -> Duration {
    Duration::from_secs(n.unsigned_abs())
}

fn manager(policy: Lifetime) -> SessionManager {
    SessionManager::builder(ring())
        .lifetime(policy)
        .build()
        .unwrap()
}

fn wide() -> Lifetime {
    Lifetime::new()
        .allow_idle(seconds(300), seconds(7 * DAY))
        .allow_never_idle()
        .with_longest_absolute(seconds(30 * DAY))
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
    let long = asked(wide(), |session| session.set_idle_timeout(seconds(7 * DAY)));
    let never = asked(wide(), |session| session.set_idle_timeout(None));
    let remembered = asked(wide(), |session| {
        session.set_absolute_lifetime(seconds(30 * DAY))?;
        session.set_idle_timeout(None)
    });
    let brief = asked(wide(), |session| session.set_absolute_lifetime(seconds(60)));
    let plain = asked(wide(), |_| Ok(()));
    let stricter = Lifetime::new();
    let narrower = Lifetime::new()
        .allow_idle(seconds(600), seconds(3_600))
        .with_longest_absolute(seconds(DAY));
    let table = [
        ("plain", &plain, wide(), (1_800, IdleExpired)),
        ("short", &short, wide(), (300, IdleExpired)),
        ("short", &short, narrower, (600, IdleExpired)),
        ("short", &short, stricter, (1_800, IdleExpired)),
        ("long", &long, wide(), (43_200, AbsoluteExpired)),
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
        (
            "remembered",
            &remembered,
            narrower.allow_never_idle(),
            (DAY, AbsoluteExpired),
        ),
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
            session.set_absolute_lifetime(seconds(30 * DAY + 1)),
            ["2592001 s", "1 s to 2592000 s"],
        ),
        (
            session.set_absolute_lifetime(Duration::from_millis(999)),
            ["0 s", "with_longest_absolute"],
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
        let result = session.set_absolute_lifetime(seconds(lifetime));
        assert_eq!(result.is_ok(), permitted, "{lifetime}");
        assert!(permitted || result.unwrap_err().to_string().contains("600 s old"));
    }
    assert_eq!(
        (
            session.times().unwrap().idle_left,
            session.times().unwrap().absolute_left
        ),
        (Some(seconds(300)), seconds(1)),
        "both count"
    );
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
    // A sign-in forgets what was asked for before it.
    let session = browser.open(&manager, at(2));
    session.set_idle_timeout(None).unwrap();
    session.start_over(&[]).unwrap();
    assert_eq!(session.times().unwrap().idle_timeout, Some(seconds(1_800)));
}

/// The `Max-Age` of a line, if it has one.
fn max_age(line: &str) -> Option<i64> {
    let (_, age) = line.split_once("; Max-Age=")?;
    Some(age.parse().unwrap())
}

#[test]
fn cookies_outlive_the_browser_by_what_is_left_and_by_400_days_at_most() {
    let years = Lifetime::new().with_absolute_lifetime(seconds(1_000 * DAY));
    let always = |policy: Lifetime| policy.with_persistence(Persistence::Always);
    let remembered = wide();
    // The policy, whether to be remembered, when, and the cookies' age.
    let table = [
        (Lifetime::new(), false, 0, None),
        (remembered, false, 0, None),
        (remembered, true, 0, Some(30 * DAY)),
        (remembered, true, 1_000, Some(30 * DAY - 1_000)),
        (
            remembered.with_persistence(Persistence::Never),
            true,
            0,
            None,
        ),
        (always(remembered), false, 0, Some(43_200)),
        (always(remembered), true, 500, Some(30 * DAY - 500)),
        (always(years), false, 0, Some(400 * DAY)),
    ];
    for (policy, remember, now, wanted) in table {
        let manager = manager(policy);
        let mut browser = asked(policy, |session| match remember {
            true => session.set_absolute_lifetime(seconds(30 * DAY)),
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
        let left = wanted.map(|age| if age == 400 * DAY { age } else { age - 200 });
        assert_eq!(max_age(&lines[0]), left);
    }
}

#[test]
fn a_budget_has_room_for_the_longest_max_age() {
    let policy = Lifetime::new().with_persistence(Persistence::Always);
    let line = format!("{BASE}.1=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=43200");
    for (room, fits) in [(127, false), (128, true)] {
        let budget = Budget::portable().with_line_limit(line.len() + room);
        let builder = SessionManager::builder(ring())
            .lifetime(policy)
            .budget(budget);
        assert_eq!(builder.build().is_ok(), fits, "{room}");
    }
}
