//! Keeping a session alive, and not.

use crate::failure::Failure;
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::stage::{IDLE, Stage};

pub(super) const LIST: &[Entry] = &[
    (
        "touch",
        "A page that does not look keeps its session alive by a touch, once an interval",
        touch,
    ),
    (
        "touch_on_a_look",
        "So does one that looks, and a write takes the touch back",
        touch_on_a_look,
    ),
    (
        "no_touch_on_304",
        "A 304 carries no touch; the next response does",
        no_touch_on_304,
    ),
    (
        "no_touch_on_public",
        "A response that shared caches may store carries no touch, and stays as it is",
        no_touch_on_public,
    ),
    (
        "touch_on_404",
        "A path that the app does not know keeps the session alive, too",
        touch_on_404,
    ),
    (
        "passive_route",
        "A route that is marked passive keeps nothing alive",
        passive_route,
    ),
    (
        "passive_request",
        "Neither does a request that its handler marks",
        passive_request,
    ),
];

fn touch(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    for _ in 0..3 {
        stage.advance(IDLE * 2 / 3);
        let answer = browser.get("/plain/say.Hello")?;
        answer.is(200)?.sets(&["session.t"])?.lacks("vary")?;
        answer.has("cache-control", "private")?;
        browser.get("/plain/say.Hello")?.is_silent()?;
    }
    browser.holds("name", "Ada")
}

fn touch_on_a_look(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    stage.advance(IDLE * 2 / 3);
    browser.sees("/act/get.name", "Ada")?.sets(&["session.t"])?;
    browser.sees("/act/get.name", "Ada")?.sets(&[])?;
    let answer = browser.get("/act/put.theme.dark")?;
    answer.is(200)?.sets(&["session", "-session.t"])?;
    stage.advance(IDLE * 2 / 3);
    browser.holds("name", "Ada")
}

fn no_touch_on_304(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    stage.advance(IDLE * 2 / 3);
    browser.get("/plain/status.304")?.is(304)?.is_silent()?;
    browser.get("/plain")?.is(200)?.sets(&["session.t"])?;
    Ok(())
}

fn no_touch_on_public(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    stage.advance(IDLE * 2 / 3);
    let answer = browser.get("/plain/header.cache-control.public,+max-age=60")?;
    answer.is(200)?.sets(&[])?.lacks("vary")?;
    answer.has("cache-control", "public, max-age=60")?;
    browser.get("/plain")?.is(200)?.sets(&["session.t"])?;
    Ok(())
}

fn touch_on_404(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    stage.advance(IDLE * 2 / 3);
    browser.get("/nowhere")?.is(404)?.sets(&["session.t"])?;
    stage.advance(IDLE * 2 / 3);
    browser.holds("name", "Ada")
}

fn passive_route(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    stage.advance(IDLE * 2 / 3);
    let answer = browser.get("/passive/say.3")?;
    answer.is(200)?.says("3")?.is_silent()?;
    stage.advance(IDLE / 3);
    browser.holds("name", "nothing")
}

fn passive_request(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    stage.advance(IDLE * 2 / 3);
    browser.sees("/act/passive/get.name", "Ada")?.sets(&[])?;
    stage.advance(IDLE / 3);
    browser.holds("name", "nothing")
}
