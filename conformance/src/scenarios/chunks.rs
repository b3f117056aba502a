//! Sessions that take several cookies, and sessions that take too many.

use sealed_session::Budget;

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::site::Page;
use crate::stage::{IDLE, Plan, Stage};

pub(super) const LIST: &[Entry] = &[
    (
        "growth",
        "A session that grows goes out in several cookies, and comes back whole",
        growth,
    ),
    (
        "many_chunks",
        "A session of many cookies sets every one of them",
        many_chunks,
    ),
    (
        "shrinkage",
        "A session that shrinks removes the cookies that it does not need any more",
        shrinkage,
    ),
    (
        "over_budget",
        "A session that does not fit is an empty 500, and the old one stays whole",
        over_budget,
    ),
    (
        "over_budget_page",
        "The app's own page answers a session that does not fit",
        over_budget_page,
    ),
    (
        "over_budget_touch",
        "What could not be sent was a use all the same",
        over_budget_touch,
    ),
    (
        "never_fits",
        "A value that can never fit is answered like a session that does not: nothing is sent",
        never_fits,
    ),
    (
        "never_fits_page",
        "The app's own page answers a value that can never fit, too",
        never_fits_page,
    ),
];

/// Each fits by itself, and both do not.
const TOO_MUCH: &str = "/act/put.name.Eve/noise.one.4000/noise.two.4000";

/// Does not fit by itself.
const NEVER: &str = "/act/put.name.Eve/noise.one.100000";

fn growth(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.get("/act/noise.long.4500")?;
    answer.is(200)?.sets(&["session", "session.1"])?;
    browser
        .sees("/act/get.name/size.long", "Ada,4500")
        .map(drop)
}

fn many_chunks(harness: &dyn Harness) -> Result<(), Failure> {
    let direct = |plan: Plan| Plan {
        manager: plan.manager.budget(Budget::direct()),
        ..plan
    };
    let stage = Stage::with(harness, direct)?;
    let mut browser = stage.browser();
    let answer = browser.get("/act/noise.long.16000/lines")?;
    let lines = answer.is(200)?.fields("set-cookie").count();
    same(
        "GET /act/noise.long.16000/lines",
        "the lines",
        answer.text(),
        lines.to_string(),
    )?;
    same(
        "GET /act/noise.long.16000/lines",
        "five lines",
        true,
        lines >= 5,
    )?;
    browser.sees("/act/size.long", "16000").map(drop)
}

fn shrinkage(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.get("/act/noise.long.4500")?.is(200)?;
    let answer = browser.get("/act/remove.long")?;
    answer.is(200)?.sets(&["session", "-session.1"])?;
    browser.holds("name", "Ada")
}

fn over_budget(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.get(TOO_MUCH)?;
    answer.is(500)?.says("")?.sets(&[])?;
    answer
        .has("vary", "Cookie")?
        .has("cache-control", "private")?;
    browser.sees("/act/get.name/size.one", "Ada,0").map(drop)
}

fn with_page(harness: &dyn Harness) -> Result<Stage, Failure> {
    Stage::with(harness, |plan| Plan {
        page: Some(Page(())),
        ..plan
    })
}

fn over_budget_page(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_page(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.get(TOO_MUCH)?;
    answer.is(413)?.says("Ada: over is Some(true)")?.sets(&[])?;
    answer
        .has("vary", "Cookie")?
        .has("cache-control", "private")?;
    browser.holds("name", "Ada")
}

fn over_budget_touch(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    stage.advance(IDLE * 2 / 3);
    browser.get(TOO_MUCH)?.is(500)?.sets(&["session.t"])?;
    stage.advance(IDLE * 2 / 3);
    browser.holds("name", "Ada")
}

fn never_fits(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.get(NEVER)?.is(500)?.says("")?.sets(&[])?;
    browser.holds("name", "Ada")
}

fn never_fits_page(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_page(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.get(NEVER)?;
    answer.is(413)?.says("Ada: over is Some(true)")?.sets(&[])?;
    browser.holds("name", "Ada")
}
