//! One app that runs for a scenario, and the visitors of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealed_session::testing::{Browser, ManualClock};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Budget, Error, Key, KeyRing, SessionManager, SessionManagerBuilder};

use crate::failure::{Failure, same};
use crate::harness::{Harness, Server};
use crate::site::{Catch, Inner, Page, Prefs, Site};
use crate::wire::{Answer, Connection, Outcome, Request};

/// The name of the session's cookie.
pub(crate) const SESSION: &str = "__Host-session";

/// The default idle timeout.
pub(crate) const IDLE: Duration = Duration::from_secs(30 * 60);

/// What a scenario wants to be otherwise than usual.
pub(crate) struct Plan {
    pub(crate) manager: SessionManagerBuilder,
    pub(crate) prefs: Option<SessionManagerBuilder>,
    pub(crate) layers: usize,
    pub(crate) catch: Catch,
    pub(crate) fallback: bool,
    pub(crate) page: Option<Page>,
}

impl Plan {
    fn usual() -> Result<Plan, Failure> {
        Ok(Plan {
            manager: SessionManager::builder("session", ring(1)?).budget(Budget::within_8k()),
            prefs: None,
            layers: 1,
            catch: Catch::Nowhere,
            fallback: false,
            page: None,
        })
    }
}

/// The ring that every app of the list has, unless the seed differs.
pub(crate) fn ring(seed: u8) -> Result<KeyRing, Failure> {
    let key = Key::new(&[seed; 32]);
    let key =
        key.map_err(|error| Failure::new("the list", "its key", "a key", error.to_string()))?;
    Ok(KeyRing::new(key))
}

/// An app that runs.
pub(crate) struct Stage {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) site: Site,
    server: Server,
}

impl Stage {
    pub(crate) fn usual(harness: &dyn Harness) -> Result<Stage, Failure> {
        Stage::with(harness, |plan| plan)
    }

    pub(crate) fn with(
        harness: &dyn Harness,
        change: impl FnOnce(Plan) -> Plan,
    ) -> Result<Stage, Failure> {
        let failed = |error: &dyn std::fmt::Display| {
            Failure::new("starting", "the app", "starts", error.to_string())
        };
        let clock = clock();
        let site = site_under(&clock, change)?;
        let server = harness
            .start(site.clone())
            .map_err(|error| failed(&error))?;
        Ok(Stage {
            clock,
            site,
            server,
        })
    }

    pub(crate) fn connect(&self) -> Result<Connection, Failure> {
        Connection::open(self.server.address())
    }

    /// Sends a request on a connection of its own.
    pub(crate) fn try_send(&self, request: &Request) -> Result<Outcome, Failure> {
        self.connect()?.send(request)
    }

    /// The same, for a request that has to be answered.
    pub(crate) fn send(&self, request: &Request) -> Result<Answer, Failure> {
        answered(request, self.try_send(request)?)
    }

    pub(crate) fn browser(&self) -> Visitor<'_> {
        Visitor {
            stage: self,
            browser: Browser::new(self.site.clock()),
        }
    }

    /// A browser whose session holds a name, Ada.
    pub(crate) fn ada(&self) -> Result<Visitor<'_>, Failure> {
        let mut browser = self.browser();
        let answer = browser.get("/act/put.name.Ada")?;
        answer.is(200)?.sets(&["session"])?;
        Ok(browser)
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

/// A clock that stands where every scenario begins.
fn clock() -> Arc<ManualClock> {
    let start = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    Arc::new(ManualClock::new(start))
}

impl Site {
    /// An app as usual, for tests beside the list: one layer with the default configuration, under the
    /// list's key and a clock that stands still.
    ///
    /// # Errors
    ///
    /// None in practice.
    ///
    /// ```
    /// let site = conformance::Site::usual()?;
    /// assert_eq!((site.layers(), site.has_fallback()), (1, false));
    /// # Ok::<(), conformance::Failure>(())
    /// ```
    pub fn usual() -> Result<Site, Failure> {
        site(|plan| plan)
    }
}

/// The app that a plan describes.
pub(crate) fn site(change: impl FnOnce(Plan) -> Plan) -> Result<Site, Failure> {
    site_under(&clock(), change)
}

fn site_under(
    clock: &Arc<ManualClock>,
    change: impl FnOnce(Plan) -> Plan,
) -> Result<Site, Failure> {
    let Plan {
        manager,
        prefs,
        layers,
        catch,
        fallback,
        page,
    } = change(Plan::usual()?);
    let manager = built(manager, prefs)
        .map_err(|error| Failure::new("the list", "its configuration", "one", error.to_string()))?;
    let inner = Inner {
        manager,
        clock: Some(Arc::clone(clock)),
        layers,
        catch,
        fallback,
        page,
        shelf: Mutex::default(),
    };
    Ok(Site {
        inner: Arc::new(inner),
    })
}

fn built(
    main: SessionManagerBuilder,
    prefs: Option<SessionManagerBuilder>,
) -> Result<SessionManager, Error> {
    match prefs {
        Some(prefs) => {
            let main = main.build()?;
            main.with_slot::<Prefs>(prefs.build()?)
        }
        None => main.build(),
    }
}

/// The answer that has to be there.
pub(crate) fn answered(request: &Request, outcome: Outcome) -> Result<Answer, Failure> {
    match outcome {
        Outcome::Answered(answer) => Ok(answer),
        Outcome::Closed => Err(Failure::new(
            request.label(),
            "the answer",
            "one",
            "a closed connection",
        )),
    }
}

/// A visitor, whose cookies follow what comes back.
#[derive(Clone)]
pub(crate) struct Visitor<'s> {
    stage: &'s Stage,
    browser: Browser,
}

impl Visitor<'_> {
    pub(crate) fn get(&mut self, path: &str) -> Result<Answer, Failure> {
        self.send("GET", path)
    }

    pub(crate) fn send(&mut self, method: &'static str, path: &str) -> Result<Answer, Failure> {
        let request = self.request(method, path);
        let answer = self.stage.send(&request)?;
        self.keep(&answer);
        Ok(answer)
    }

    /// The request that would be sent.
    pub(crate) fn request(&self, method: &'static str, path: &str) -> Request {
        Request::new(method, path).cookie(self.line())
    }

    /// Obeys what an answer says of cookies.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        self.browser.keep(answer.fields("set-cookie"));
    }

    /// Demands that a page tells this.
    pub(crate) fn sees(&mut self, path: &str, text: &str) -> Result<Answer, Failure> {
        let answer = self.get(path)?;
        answer.is(200)?.says(text)?;
        Ok(answer)
    }

    /// Demands that the session holds this under a name.
    pub(crate) fn holds(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        self.sees(&format!("/act/get.{name}"), value).map(drop)
    }

    /// The value of one cookie that has to be there.
    pub(crate) fn value(&self, name: &str) -> Result<String, Failure> {
        let mut cookies = self.browser.cookies();
        let value = cookies.find_map(|(of, value)| (of == name).then_some(value));
        same("the browser", name, true, value.is_some())?;
        Ok(value.unwrap_or_default().to_owned())
    }

    /// The `Cookie` line of the next request.
    pub(crate) fn line(&self) -> String {
        self.browser.cookie()
    }

    /// Changes the value of one cookie, as somebody might who owns the browser.
    pub(crate) fn alter(&mut self, name: &str, value: &str) {
        self.browser
            .keep([format!("{name}={value}; Path=/; Secure")]);
    }

    /// Loses one cookie.
    pub(crate) fn lose(&mut self, name: &str) {
        self.browser
            .keep([format!("{name}=; Path=/; Secure; Max-Age=0")]);
    }
}
