//! Real sessions to inspect and explain: sealed by real managers, at a time of their own.

use std::sync::Arc;

use sealed_session::testing::{Browser, ManualClock};
use sealed_session::time::format_description::well_known::Rfc3339;
use sealed_session::time::{Duration, OffsetDateTime};
use sealed_session::{Attribute, Budget, CookieSpec, Key, KeyRing, Session, SessionManager};

pub(crate) const NAME: &str = "__Host-shop";

/// A value that no output may show unless it is told to.
pub(crate) const SECRET: &str = "tulip-4711";

/// Some moment in 2027, and minutes after it.
pub(crate) fn at(minutes: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap() + Duration::minutes(minutes)
}

/// The same, as an argument.
pub(crate) fn at_text(minutes: i64) -> String {
    rfc3339(at(minutes))
}

pub(crate) fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap()
}

pub(crate) fn key(seed: u8) -> Key {
    Key::new(&[seed; 32]).unwrap()
}

/// The text of a ring of one key.
pub(crate) fn ring(seed: u8) -> String {
    format!("{}\n", key(seed).to_text().expose())
}

/// A manager whose cookie has exactly this name.
pub(crate) fn manager(name: &str) -> SessionManager {
    SessionManager::builder(CookieSpec::exact(name), KeyRing::new(key(7)))
        .budget(Budget::within_8k())
        .build()
        .unwrap()
}

/// A browser and its clock.
pub(crate) struct Visitor {
    clock: Arc<ManualClock>,
    pub(crate) browser: Browser,
    manager: SessionManager,
}

impl Visitor {
    /// Signs Ada in under a cookie of this name, with a theme and a secret PIN.
    pub(crate) fn new(name: &str) -> Visitor {
        let clock = Arc::new(ManualClock::new(at(0)));
        let mut visitor = Visitor {
            browser: Browser::new(clock.clone()),
            clock,
            manager: manager(name),
        };
        visitor.visit(0, |session| {
            session.sign_in("ada", &[]).unwrap();
            session.insert("theme", "dark").unwrap();
            let pin = Attribute::<String>::new("pin").schema(3).secret();
            session.insert(pin, SECRET.to_owned()).unwrap();
        });
        visitor
    }

    /// Makes a request at this minute.
    pub(crate) fn visit(&mut self, minute: i64, with: impl FnOnce(&Session)) {
        self.clock.set(at(minute));
        let visited = self.browser.visit(&self.manager, |session| {
            with(session);
            Ok(())
        });
        visited.unwrap();
    }

    /// Fills the session so that it takes two cookies.
    pub(crate) fn fill(&mut self, seed: u64) {
        let mut state = seed;
        let bytes = std::iter::repeat_with(|| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        });
        let bytes: Vec<u8> = bytes.take(3_500).collect();
        self.visit(0, |session| {
            session.insert(Attribute::new("photo"), bytes).unwrap()
        });
    }

    /// Returns what the browser sends.
    pub(crate) fn cookie(&self) -> String {
        self.browser.cookie()
    }

    /// Returns one cookie as it is sent.
    pub(crate) fn pair(&self, name: &str) -> String {
        let mut cookies = self.browser.cookies();
        let (name, value) = cookies.find(|(found, _)| *found == name).unwrap();
        format!("{name}={value}")
    }
}

/// Asserts that an output shows neither tokens nor keys nor the secret, and fits a terminal.
#[track_caller]
pub(crate) fn assert_shows_nothing(output: &str, cookies: &str) {
    let widest = output.lines().map(|line| line.chars().count()).max();
    assert!(output.starts_with('{') || widest <= Some(80), "{output}");
    let output: String = output.split_whitespace().collect();
    for part in cookies
        .split(['=', ';', ' ', '"', ',', '\n'])
        .filter(|part| part.len() > 24)
    {
        let middle: String = part.chars().skip(12).take(12).collect();
        assert!(!output.contains(&middle), "{middle} of a token in {output}");
    }
    for hidden in [SECRET, "sealed_key_v1_"] {
        assert!(!output.contains(hidden), "{hidden} in {output}");
    }
}
