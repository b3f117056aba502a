//! Two sessions in one app: the main one, and preferences that live for twice as long.

use std::time::Duration;

use sealed_session::{Budget, Lifetime, SessionManager};

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::log;
use crate::scenario::Entry;
use crate::site::Page;
use crate::stage::{IDLE, Plan, Stage, ring};
use crate::support::Missing;

pub(super) const LIST: &[Entry] = &[
    (
        "slots_are_apart",
        "What is stored in one slot is not in the other, and sets its cookie only",
        are_apart,
    ),
    (
        "slots_in_one_response",
        "A response that changed both sets both, and speaks to caches once",
        in_one_response,
    ),
    (
        "slots_cross",
        "Concurrent writes to two slots lose nothing, in whatever order they arrive",
        cross,
    ),
    (
        "slots_end_apart",
        "A sign-out ends one slot, and idling ends each after its own time",
        end_apart,
    ),
    (
        "slots_touches",
        "A request is a use of both, and a passive one of neither",
        touches,
    ),
    (
        "slots_all_or_nothing",
        "If one slot is over its budget, nothing of either is sent",
        all_or_nothing,
    ),
    (
        "slots_never_fits",
        "If one slot can never hold a value, nothing of either is sent",
        never_fits,
    ),
    (
        "slots_page",
        "The app's own page gets the session that did not fit",
        page,
    ),
    (
        "missing_slot",
        "Whoever asks for a slot that the layer lacks is answered 500, and the log names the fix",
        missing,
    ),
];

/// An app with both slots, each under a ring of its own.
fn with_prefs(harness: &dyn Harness, page: Option<Page>) -> Result<Stage, Failure> {
    let lifetime = Lifetime::new().with_idle_timeout(Duration::from_secs(3_600));
    let prefs = SessionManager::builder("prefs", ring(3)?)
        .lifetime(lifetime)
        .budget(Budget::portable().with_total_limit(1_500));
    Stage::with(harness, |plan| Plan {
        prefs: Some(prefs),
        page,
        ..plan
    })
}

/// What both slots hold.
const READ: &str = "/both/get.name/prefs:get.theme";

fn are_apart(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_prefs(harness, None)?;
    let mut browser = stage.browser();
    let answer = browser.get("/prefs/put.theme.dark")?;
    answer
        .is(200)?
        .sets(&["prefs"])?
        .has("cache-control", "private")?;
    browser
        .sees("/act/get.theme/get.name", "nothing,nothing")?
        .sets(&[])?;
    browser
        .get("/act/put.name.Ada")?
        .is(200)?
        .sets(&["session"])?;
    browser
        .sees("/prefs/get.theme/get.name", "dark,nothing")?
        .sets(&[])?;
    browser.sees(READ, "Ada,dark").map(drop)
}

fn in_one_response(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_prefs(harness, None)?;
    let mut browser = stage.browser();
    let answer = browser.get("/both/put.name.Ada/prefs:put.theme.dark")?;
    answer.is(200)?.sets(&["session", "prefs"])?;
    answer
        .has("vary", "Cookie")?
        .has("cache-control", "private")?;
    browser.sees(READ, "Ada,dark").map(drop)
}

fn cross(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_prefs(harness, None)?;
    for is_turned in [false, true] {
        let mut browser = stage.browser();
        browser
            .get("/both/put.name.Ada/prefs:put.theme.light")?
            .is(200)?;
        let mut answers = Vec::new();
        for path in ["/act/put.name.Grace", "/prefs/put.theme.dark"] {
            answers.push(stage.send(&browser.request("GET", path))?);
        }
        if is_turned {
            answers.reverse();
        }
        answers.iter().for_each(|answer| browser.keep(answer));
        browser.sees(READ, "Grace,dark")?;
    }
    Ok(())
}

fn end_apart(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_prefs(harness, None)?;
    let mut browser = stage.browser();
    browser
        .get("/both/put.name.Ada/prefs:put.theme.dark")?
        .is(200)?;
    let mut idler = browser.clone();
    let answer = browser.get("/act/destroy")?;
    answer.is(200)?.sets(&["-session", "session.x"])?;
    browser.sees(READ, "nothing,dark")?;
    stage.advance(IDLE);
    idler.sees(READ, "nothing,dark")?;
    stage.advance(IDLE * 2);
    idler.sees(READ, "nothing,nothing").map(drop)
}

fn touches(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_prefs(harness, None)?;
    let mut browser = stage.browser();
    browser
        .get("/both/put.name.Ada/prefs:put.theme.dark")?
        .is(200)?;
    stage.advance(IDLE * 2 / 3);
    browser.get("/passive/say.3")?.is(200)?.is_silent()?;
    let answer = browser.get("/plain")?;
    answer
        .is(200)?
        .sets(&["session.t", "prefs.t"])?
        .has("cache-control", "private")?;
    browser.get("/plain")?.is(200)?.is_silent().map(drop)
}

/// Too much of one slot beside a change of the other.
const TOO_MUCH: [&str; 2] = [
    "/both/put.name.Eve/prefs:noise.one.1000/prefs:noise.two.1000",
    "/both/prefs:put.theme.light/noise.one.4000/noise.two.4000",
];

fn all_or_nothing(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_prefs(harness, None)?;
    let mut browser = stage.browser();
    browser
        .get("/both/put.name.Ada/prefs:put.theme.dark")?
        .is(200)?;
    for path in TOO_MUCH {
        browser.get(path)?.is(500)?.says("")?.sets(&[])?;
        browser.sees(READ, "Ada,dark")?;
    }
    Ok(())
}

fn never_fits(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_prefs(harness, None)?;
    let mut browser = stage.browser();
    browser
        .get("/both/put.name.Ada/prefs:put.theme.dark")?
        .is(200)?;
    let path = "/both/put.name.Eve/prefs:noise.one.2000";
    browser.get(path)?.is(500)?.says("")?.sets(&[])?;
    browser.sees(READ, "Ada,dark").map(drop)
}

fn page(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_prefs(harness, Some(Page(())))?;
    for (path, name) in [
        (
            "/both/prefs:put.name.Eve/put.name.Eve/noise.one.4000/noise.two.4000",
            "Ada",
        ),
        (
            "/both/put.name.Eve/prefs:put.name.Eve/prefs:noise.one.1000/prefs:noise.two.1000",
            "Pat",
        ),
    ] {
        let mut browser = stage.browser();
        browser
            .get("/both/prefs:put.name.Pat/put.name.Ada")?
            .is(200)?;
        // The page sees the session that failed, as the browser keeps it.
        let answer = browser.get(path)?;
        answer
            .is(413)?
            .says(&format!("{name}: over is Some(true)"))?
            .sets(&[])?;
    }
    Ok(())
}

fn missing(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.browser();
    for path in ["/prefs/get.theme", "/both/get.name"] {
        log::clear();
        browser
            .get(path)?
            .is(500)?
            .mistakes("with_slot")?
            .sets(&[])?;
        if harness.support().missing != Missing::Unknown {
            let named = log::text().contains(".with_slot::<Prefs>(");
            same(path, "the fix is in the log", true, named)?;
        }
    }
    Ok(())
}
