//! One browser, two servers, and every order of a bounded set of events.

use std::sync::LazyLock;
use std::time::Duration;

use sealed_session::adapter::RequestHead;
use sealed_session::{CrossOrigin, KeyRing, Lifetime, SessionManager};

use super::rule::{Op, Rule};
use crate::common::{Browser, RENEWED, at, key};

/// Half of the idle timeout, in seconds.
pub(crate) const HALF: i64 = 900;

/// The server whose ring is complete, and the one that lacks the newest key.
static SERVERS: LazyLock<[SessionManager; 2]> = LazyLock::new(|| {
    let newest = KeyRing::new(key(2)).accept(key(1)).unwrap();
    [newest, KeyRing::new(key(1))].map(|ring| server(ring, Lifetime::new()))
});

/// The same rings, for which nothing is ever over.
static LENIENT: LazyLock<[SessionManager; 2]> = LazyLock::new(|| {
    let newest = KeyRing::new(key(2)).accept(key(1)).unwrap();
    let years = Duration::from_secs(1 << 30);
    let policy = Lifetime::new()
        .with_idle_timeout(years)
        .with_absolute_lifetime(years);
    [newest, KeyRing::new(key(1))].map(|ring| server(ring, policy))
});

/// A server that lets every request through to its handler, whoever caused it: the model asks what is
/// left to do there.
fn server(ring: KeyRing, policy: Lifetime) -> SessionManager {
    let builder = SessionManager::builder("session", ring).lifetime(policy);
    let builder = builder.cross_origin(CrossOrigin::unchecked());
    builder.build().unwrap()
}

/// Which server sealed the session that is there at the beginning.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    BothRead,
    OneReads,
}

/// Where a response is while it is under way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pause {
    /// In a slow handler: it is committed when it arrives.
    Handler,
    /// On a slow network: it was committed when it was sent.
    Network,
}

/// The requests of one browser, in every order of sending and arriving.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model {
    pub(crate) rule: Rule,
    pub(crate) requests: usize,
    /// What a request may be.
    pub(crate) ops: &'static [Op],
    /// How many of the servers answer.
    pub(crate) servers: usize,
    /// Seconds between two requests.
    pub(crate) step: i64,
    pub(crate) start: Start,
    pub(crate) pause: Pause,
}

/// What must not happen, and the events that led to it.
#[derive(Clone, Debug)]
#[expect(dead_code, reason = "shown by a failing test")]
pub(crate) enum Fault {
    /// A session that had been ended is accepted again.
    CameBack {
        session: View,
        /// Whether two ends of different sessions overtook each other on the way.
        crossed: bool,
        trace: Vec<String>,
    },
    /// Rights that had been taken away are there again.
    RightsBack {
        session: View,
        /// Whether two renewals overtook each other on the way.
        crossed: bool,
        trace: Vec<String>,
    },
    /// A visitor who was answered a moment ago is not known any more.
    SignedOut { trace: Vec<String> },
    /// The response of a request that wrote nothing, or that another site caused, changed what the
    /// browser holds.
    Changed {
        before: Option<View>,
        after: Option<View>,
        trace: Vec<String>,
    },
}

/// A live session, as a server sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct View {
    sign_in: String,
    subject: Option<String>,
    log: Vec<usize>,
    /// Which request gave the rights; 0 at the beginning.
    rights: usize,
}

/// A request that was sent and not answered yet.
#[derive(Clone)]
struct Pending {
    number: usize,
    op: Op,
    server: usize,
    cookies: String,
    sent_at: i64,
    /// The session that was found, if any.
    found: Option<String>,
    /// The rights that it had.
    rights: usize,
    /// What was committed when it was sent.
    lines: Option<Vec<String>>,
}

/// A point in time.
#[derive(Clone, Default)]
struct World {
    browser: Browser,
    /// What each server makes of what the browser holds, now.
    views: [Option<View>; 2],
    pending: Vec<Pending>,
    sent: usize,
    now: i64,
    /// When the last request was sent that found its session, and was answered within half of the
    /// idle timeout.
    answered: i64,
    /// Which request ended which session, in the order of arrival.
    ended: Vec<(usize, String)>,
    /// Sessions whose rights were replaced by a renewal that arrived.
    superseded: Vec<(usize, String, usize)>,
    trace: Vec<String>,
}

impl Model {
    /// Runs all orders, and returns what went wrong.
    pub(crate) fn run(&self) -> Vec<Fault> {
        let mut world = World::default();
        let server = match self.start {
            Start::BothRead => &SERVERS[1],
            Start::OneReads => &SERVERS[0],
        };
        world.browser.visit(server, at(0), |session| {
            session.sign_in("user", &[]).unwrap();
            session.insert("log", Vec::<usize>::new()).unwrap();
        });
        world.look();
        let mut faults = Vec::new();
        self.explore(&world, &mut faults);
        faults
    }

    fn explore(&self, world: &World, faults: &mut Vec<Fault>) {
        if world.sent < self.requests {
            for &op in self.ops {
                for server in 0..self.servers {
                    self.explore(&self.send(world.clone(), op, server, faults), faults);
                }
            }
        }
        for which in 0..world.pending.len() {
            let after = self.arrive(world.clone(), which, faults);
            self.explore(&after, faults);
        }
    }

    fn send(&self, mut world: World, op: Op, server: usize, faults: &mut Vec<Fault>) -> World {
        world.now += self.step;
        world.look();
        let mut pending = Pending {
            number: world.sent,
            op,
            server,
            cookies: match op.is_foreign() {
                true => String::new(),
                false => world.browser.line(),
            },
            sent_at: world.now,
            found: world.views[server]
                .as_ref()
                .filter(|_| !op.is_foreign())
                .map(|view| view.sign_in.clone()),
            rights: world.views[server].as_ref().map_or(0, |view| view.rights),
            lines: None,
        };
        world.sent += 1;
        if matches!(self.pause, Pause::Network) {
            pending.lines = Some(self.answer(&pending, world.now));
        }
        world.trace.push(format!(
            "{} {op:?} to {server} at {}, finds {:?}",
            pending.number, world.now, pending.found
        ));
        let is_active = world.now - world.answered <= HALF;
        if self.ops.iter().all(|op| op.only_reads()) && is_active && pending.found.is_none() {
            let trace = world.trace.clone();
            faults.push(Fault::SignedOut { trace });
        }
        world.pending.push(pending);
        world
    }

    /// Handles a request, and commits it at `now`.
    fn answer(&self, pending: &Pending, now: i64) -> Vec<String> {
        let server = &SERVERS[pending.server];
        let (op, sent_at) = (pending.op, at(pending.sent_at));
        let session = self.rule.load(server, op, &pending.cookies, sent_at);
        pending.op.handle(&session, pending.number);
        self.rule
            .before_commit(&session, pending.op, pending.number);
        self.rule.commit(server, &session, at(now))
    }

    fn arrive(&self, mut world: World, which: usize, faults: &mut Vec<Fault>) -> World {
        let pending = world.pending.remove(which);
        let lines = match &pending.lines {
            Some(lines) => lines.clone(),
            None => self.answer(&pending, world.now),
        };
        let before = world.views.clone();
        if !lines.is_empty() {
            lines.iter().for_each(|line| world.browser.keep(line));
            world.look();
        }
        world
            .trace
            .push(format!("{} arrives at {}", pending.number, world.now));
        let counts = pending.found.is_some() && pending.op != Op::Passive;
        if counts && world.now - pending.sent_at < HALF {
            world.answered = world.answered.max(pending.sent_at);
        }
        if matches!(pending.op, Op::Destroy | Op::SignIn) {
            // One that is over is ended as well: a response of its own may be under way.
            // So is one that was renewed meanwhile: it goes on under another id.
            let cookies = without(&pending.cookies, RENEWED);
            let met = view(&LENIENT[pending.server], &cookies, pending.sent_at);
            let ended = met.map(|view| (pending.number, view.sign_in));
            world.ended.extend(ended);
        }
        if pending.op == Op::Renew && !lines.is_empty() {
            let sign_in = pending.found.clone();
            world
                .superseded
                .extend(sign_in.map(|sign_in| (pending.number, sign_in, pending.rights)));
        }
        for (before, after) in before.into_iter().zip(&world.views) {
            let trace = || world.trace.clone();
            // A touch that arrives late may find its session again, which is what it is for.
            let changes_nothing = pending.op.only_reads() || pending.op.is_foreign();
            if changes_nothing && before.is_some() && before != *after {
                faults.push(Fault::Changed {
                    before,
                    after: after.clone(),
                    trace: trace(),
                });
            }
            if let Some(view) = after.as_ref().filter(|view| world.is_superseded(view)) {
                faults.push(Fault::RightsBack {
                    session: view.clone(),
                    crossed: world.have_renewals_crossed(),
                    trace: trace(),
                });
            }
            if let Some(view) = after.as_ref().filter(|view| world.has_ended(view)) {
                faults.push(Fault::CameBack {
                    session: view.clone(),
                    crossed: world.have_ends_crossed(),
                    trace: trace(),
                });
            }
        }
        world
    }
}

impl World {
    fn has_ended(&self, view: &View) -> bool {
        self.ended
            .iter()
            .any(|(_, session)| *session == view.sign_in)
    }

    fn is_superseded(&self, view: &View) -> bool {
        let replaced = |(_, session, rights): &(usize, String, usize)| {
            *session == view.sign_in && *rights == view.rights
        };
        self.superseded.iter().any(replaced)
    }

    /// Whether a renewal arrived before one that was sent earlier.
    fn have_renewals_crossed(&self) -> bool {
        let numbers = self.superseded.iter().map(|(number, ..)| number);
        !numbers.is_sorted()
    }

    /// Whether the end of one session arrived before that of another one which was sent earlier.
    fn have_ends_crossed(&self) -> bool {
        let crossed = |(at, (number, session)): (usize, &(usize, String))| {
            let earlier = self.ended.get(..at).unwrap_or_default();
            earlier
                .iter()
                .any(|(later, other)| later > number && other != session)
        };
        self.ended.iter().enumerate().any(crossed)
    }

    fn look(&mut self) {
        let cookies = self.browser.line();
        self.views = [0, 1].map(|server| view(&SERVERS[server], &cookies, self.now));
    }
}

/// A line of cookies without those of one name.
fn without(line: &str, name: &str) -> String {
    let of_name = |pair: &&str| pair.split('=').next() == Some(name);
    let others = line.split("; ").filter(|pair| !of_name(pair));
    others.collect::<Vec<_>>().join("; ")
}

fn view(server: &SessionManager, cookies: &str, now: i64) -> Option<View> {
    let session = server.load(RequestHead::new([cookies.as_bytes()]), at(now));
    Some(View {
        // Half of the id is the sign-in's.
        sign_in: session.id()?.to_string()[..16].to_owned(),
        subject: session.subject(),
        log: session.get("log").unwrap().unwrap_or_default(),
        rights: session.get("rights").unwrap().unwrap_or_default(),
    })
}
