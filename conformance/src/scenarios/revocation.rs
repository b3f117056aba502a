//! Sessions that end at the server, and what has to be waited for before a handler runs.

use std::time::Duration;

use sealed_session::adapter::Clock;
use sealed_session::revocation::{Answer, RevocationTable, Staleness, Target};
use sealed_session::{Budget, SessionManager};

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::oracle::{Oracle, Says};
use crate::scenario::Entry;
use crate::stage::{Plan, Stage, Visitor, ring};
use crate::wire::{Outcome, Request};

pub(super) const LIST: &[Entry] = &[
    (
        "revoked",
        "Who is signed out at the server is nobody at the next request, and no guard lets them pass",
        revoked,
    ),
    (
        "asked_first",
        "Where somebody is asked, the handler runs once there is an answer, and sees it",
        asked_first,
    ),
    (
        "asked_by_a_guard",
        "A guard that wants an answer of this request waits for it, and asks once",
        asked_by_a_guard,
    ),
    (
        "asked_for_nothing",
        "Nobody is asked without a session, or about a request that another site caused",
        asked_for_nothing,
    ),
    (
        "asked_in_vain",
        "Where nobody knows, sessions are accepted or refused as configured, and such a guard answers 503",
        asked_in_vain,
    ),
    (
        "asked_and_panics",
        "If the answer is a panic that request fails, and the next one does not",
        asked_and_panics,
    ),
    ("revoked_slot", "Each slot asks for itself", revoked_slot),
];

const BOUND: Duration = Duration::from_secs(60);

/// An app that asks `oracle`.
fn asking(harness: &dyn Harness, oracle: &Oracle, staleness: Staleness) -> Result<Stage, Failure> {
    let asked = oracle.revocations();
    Stage::with(harness, |plan| Plan {
        manager: plan.manager.revocations(asked).staleness(staleness),
        ..plan
    })
}

/// A browser in which Ada is signed in.
fn member(stage: &Stage) -> Result<Visitor<'_>, Failure> {
    let mut browser = stage.browser();
    browser
        .get("/act/sign-in.ada")?
        .is(200)?
        .sets(&["session"])?;
    Ok(browser)
}

fn revoked(harness: &dyn Harness) -> Result<(), Failure> {
    let table = RevocationTable::new(100);
    let revocations = table.clone();
    let stage = Stage::with(harness, |plan| Plan {
        manager: plan.manager.revocations(revocations),
        ..plan
    })?;
    let mut browser = member(&stage)?;
    browser.sees("/fresh/subject", "ada")?;
    let now = stage.clock.now();
    let revocations = stage
        .site
        .manager()
        .revocations_of(Target::Subject("ada"), now);
    let added = table.add(revocations, now).is_ok();
    same("the table", "has room", true, added)?;
    browser.sees("/act/subject/refusal", "nobody,revoked")?;
    browser.get("/members/put.name.Eve")?.is(401)?;
    browser.get("/fresh/put.name.Eve")?.is(401)?;
    // The sign-in after it is good at once.
    browser.get("/act/sign-in.ada")?.is(200)?;
    browser.sees("/fresh/subject", "ada").map(drop)
}

fn asked_first(harness: &dyn Harness) -> Result<(), Failure> {
    let oracle = Oracle::new(Answer::Clear);
    let stage = asking(harness, &oracle, Staleness::within(BOUND))?;
    let mut browser = member(&stage)?;
    browser.sees("/act/subject/refusal", "ada,none")?;
    browser.sees("/act/subject", "ada")?;
    oracle.was_asked("two requests within the bound", 1)?;
    oracle.says(Says::The(Answer::Revoked));
    stage.advance(BOUND);
    browser.sees("/act/subject/refusal", "nobody,revoked")?;
    browser.get("/before/put.name.Eve")?.is(502)?;
    browser.sees("/act/get.name", "nothing")?;
    oracle.was_asked("what came after the bound", 1)
}

fn asked_by_a_guard(harness: &dyn Harness) -> Result<(), Failure> {
    let oracle = Oracle::new(Answer::Clear);
    let stage = asking(harness, &oracle, Staleness::within(BOUND))?;
    let mut browser = member(&stage)?;
    browser.sees("/fresh/subject", "ada")?;
    oracle.was_asked("the first request", 1)?;
    browser.sees("/fresh/subject", "ada")?;
    oracle.was_asked("one that others would wait for nothing in", 1)?;
    browser.sees("/members/subject", "ada")?;
    oracle.was_asked("one behind another guard", 0)?;
    oracle.says(Says::The(Answer::Revoked));
    browser.get("/fresh/put.name.Eve")?.is(401)?.says("")?;
    browser
        .sees("/act/subject/get.name", "nobody,nothing")
        .map(drop)
}

fn asked_for_nothing(harness: &dyn Harness) -> Result<(), Failure> {
    let oracle = Oracle::new(Answer::Clear);
    let stage = asking(harness, &oracle, Staleness::within(Duration::ZERO))?;
    stage.send(&Request::get("/act/subject"))?.is(200)?;
    stage.send(&Request::get("/fresh/subject"))?.is(401)?;
    let browser = member(&stage)?;
    for path in ["/act/destroy", "/fresh/destroy"] {
        let posted = browser
            .request("POST", path)
            .field("Sec-Fetch-Site", "cross-site");
        stage.send(&posted)?.is(403)?.sets(&[])?;
    }
    oracle.was_asked("nothing of a session", 0)?;
    stage.send(&browser.request("GET", "/plain"))?.is(200)?;
    oracle.was_asked("one with a session", 1)
}

fn asked_in_vain(harness: &dyn Harness) -> Result<(), Failure> {
    let within = Staleness::within(BOUND);
    for (staleness, sees, status) in [
        (within.or_accept(), "ada,none", 200),
        (within.or_refuse(), "nobody,not_known", 503),
    ] {
        let oracle = Oracle::new(Answer::NotKnown);
        let stage = asking(harness, &oracle, staleness)?;
        let mut browser = member(&stage)?;
        browser.sees("/act/subject/refusal", sees)?.sets(&[])?;
        oracle.was_asked("the first request", 1)?;
        browser.get("/members/say.Hello")?.is(status)?;
        let closed = browser.get("/fresh/say.Hello")?;
        closed.is(503)?.says("")?.has("cache-control", "no-store")?;
        // What was refused so stays in the browser.
        oracle.says(Says::The(Answer::Clear));
        browser.sees("/fresh/subject/refusal", "ada,none")?;
    }
    Ok(())
}

fn asked_and_panics(harness: &dyn Harness) -> Result<(), Failure> {
    let oracle = Oracle::new(Answer::Clear);
    let stage = asking(harness, &oracle, Staleness::within(BOUND).or_refuse())?;
    let mut browser = member(&stage)?;
    oracle.says(Says::Panics);
    for path in ["/act/put.name.Eve", "/fresh/put.name.Eve"] {
        match stage.try_send(&browser.request("GET", path))? {
            Outcome::Closed => {}
            Outcome::Answered(answer) => drop(answer.is(500)?.sets(&[])?),
        }
    }
    oracle.says(Says::The(Answer::Clear));
    browser
        .sees("/act/get.name/subject", "nothing,ada")
        .map(drop)
}

fn revoked_slot(harness: &dyn Harness) -> Result<(), Failure> {
    let (main, other) = (Oracle::new(Answer::Revoked), Oracle::new(Answer::Clear));
    let (asked, asked_there) = (main.revocations(), other.revocations());
    let prefs = SessionManager::builder("prefs", ring(3)?)
        .budget(Budget::portable().with_total_limit(1_500))
        .revocations(asked_there);
    let stage = Stage::with(harness, |plan| Plan {
        manager: plan.manager.revocations(asked),
        prefs: Some(prefs),
        ..plan
    })?;
    let mut browser = stage.browser();
    browser
        .get("/both/put.name.Ada/prefs:put.theme.dark")?
        .is(200)?;
    let told = "/both/refusal/get.name/prefs:refusal/prefs:get.theme";
    browser.sees(told, "revoked,nothing,none,dark")?;
    main.was_asked("the main slot", 1)?;
    other.was_asked("the other slot", 1)
}
