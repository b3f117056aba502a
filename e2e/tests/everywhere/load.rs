//! Two connections to each framework, which write as fast as they can.

use std::sync::Arc;
use std::thread;

use conformance::sealed_session::testing::Browser;
use conformance::{Caller, Harness, Prefs, Site as App};
use e2e::Failure;
use sealed_session::adapter::{Clock, RequestHead};
use sealed_session::{Error, Refusal, Session, SessionManager};

use crate::servers::{manager, ring, start};

/// Requests on each connection.
const REQUESTS: u32 = 20_000;

/// Letters of noise in the session of each connection: one cookie, and two.
const NOISE: [usize; 2] = [100, 4_500];

#[test]
fn axum() -> Result<(), Failure> {
    nothing_is_lost(&frameworks::Axum)
}

#[test]
fn actix_web() -> Result<(), Failure> {
    nothing_is_lost(&frameworks::Actix)
}

#[test]
fn rocket() -> Result<(), Failure> {
    nothing_is_lost(&frameworks::Rocket)
}

#[test]
fn hyper() -> Result<(), Failure> {
    nothing_is_lost(&frameworks::Hyper)
}

fn nothing_is_lost(harness: &dyn Harness) -> Result<(), Failure> {
    let manager = manager(&ring()?)?;
    load(harness, &manager, &manager, REQUESTS)
}

/// Serves `served`, and opens what comes back with `known`.
pub(crate) fn load(
    harness: &dyn Harness,
    served: &SessionManager,
    known: &SessionManager,
    requests: u32,
) -> Result<(), Failure> {
    let app = App::of(served.clone());
    let clock = app.clock();
    let server = start(harness, app)?;
    let mut shared = Browser::new(clock.clone());
    let sign_in = "/both/sign-in.ada/prefs:put.theme.light";
    Caller::new(&server)?.sees(&mut shared, sign_in, "")?;
    let visitor = |noise| {
        Ok(Visitor {
            caller: Caller::new(&server)?,
            own: Browser::new(clock.clone()),
            shared: shared.clone(),
            known: known.clone(),
            clock: clock.clone(),
            noise,
            main: None,
            prefs: None,
        })
    };
    let visitors = NOISE.map(visitor).into_iter();
    let visitors: Vec<Visitor> = visitors.collect::<Result<_, conformance::Failure>>()?;
    let ends: Vec<_> = thread::scope(|scope| {
        let visit = |visitor: Visitor| scope.spawn(move || visitor.visit(requests));
        let running: Vec<_> = visitors.into_iter().map(visit).collect();
        running
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect()
    });
    for end in ends {
        let end = end.map_err(|_| "a visitor panicked")?;
        end.map_err(|cause| format!("{}, {cause}", harness.name()))?;
    }
    Ok(())
}

/// One connection, with sessions of its own that it writes to, and others that it shares and reads.
struct Visitor {
    caller: Caller,
    own: Browser,
    shared: Browser,
    known: SessionManager,
    clock: Arc<dyn Clock>,
    noise: usize,
    /// The numbers that were written last, one to each slot.
    main: Option<u32>,
    prefs: Option<u32>,
}

impl Visitor {
    fn visit(mut self, requests: u32) -> Result<(), String> {
        for number in 0..requests {
            let done = self.request(number);
            done.map_err(|cause| format!("request {number} beside {}: {cause}", self.noise))?;
        }
        Ok(())
    }

    /// Sends a request. Every write is told what those before it wrote.
    fn request(&mut self, number: u32) -> Result<(), String> {
        let told = format!("{},{}", shown(self.main), shown(self.prefs));
        let write = match number % 4 {
            3 => return self.read(),
            2 => {
                self.prefs = Some(number);
                format!("prefs:put.n.{number}")
            }
            _ => {
                let noise = match self.main.replace(number) {
                    None => format!("/noise.long.{}", self.noise),
                    Some(_) => String::new(),
                };
                format!("put.n.{number}{noise}")
            }
        };
        let path = format!("/both/get.n/prefs:get.n/{write}");
        let seen = self.caller.sees(&mut self.own, &path, &told);
        seen.map_err(|failure| failure.to_string())?;
        let (main, prefs) = (shown(self.main), shown(self.prefs));
        let holds = format!("nobody,{main},{};{prefs},nothing", self.noise);
        opens(&self.known, &*self.clock, &self.own, &holds)
    }

    /// Reads the shared session, where nobody writes.
    fn read(&mut self) -> Result<(), String> {
        let path = "/both/subject/prefs:get.theme";
        let seen = self.caller.sees(&mut self.shared, path, "ada,light");
        seen.map_err(|failure| failure.to_string())?;
        let holds = "ada,nothing,0;nothing,light";
        opens(&self.known, &*self.clock, &self.shared, holds)
    }
}

/// Demands that the cookies of a browser hold this: subject, number and length of the noise; number and
/// theme of the preferences.
fn opens(
    known: &SessionManager,
    clock: &dyn Clock,
    browser: &Browser,
    holds: &str,
) -> Result<(), String> {
    let line = browser.cookie();
    let main = known.load(RequestHead::new([line.as_bytes()]), clock.now());
    let described = || {
        let prefs = main.slot::<Prefs>()?;
        let subject = main.subject().unwrap_or_else(|| "nobody".to_owned());
        let text = |session: &Session, name: &str| session.get::<String>(name);
        let shown = |text: Option<String>| text.unwrap_or_else(|| "nothing".to_owned());
        let noise = text(&main, "long")?.unwrap_or_default().len();
        let (n, other) = (shown(text(&main, "n")?), shown(text(&prefs, "n")?));
        let theme = shown(text(&prefs, "theme")?);
        Ok::<_, Error>(format!("{subject},{n},{noise};{other},{theme}"))
    };
    let held = described().map_err(|error| format!("its cookies cannot be read: {error}"))?;
    if held == holds {
        return Ok(());
    }
    let refusal = main.refusal().map(Refusal::label);
    Err(format!(
        "its cookies hold {held} and not {holds}; refused for {refusal:?}"
    ))
}

fn shown(number: Option<u32>) -> String {
    number.map_or_else(|| "nothing".to_owned(), |number| number.to_string())
}
