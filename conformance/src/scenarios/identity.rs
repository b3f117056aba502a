//! Renewing, signing in and signing out.

use crate::failure::{Failure, differ};
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::stage::{SESSION, Stage};

pub(super) const LIST: &[Entry] = &[
    (
        "renew",
        "A renewed session has a new id and what it had before",
        renew,
    ),
    (
        "first_sign_in",
        "A sign-in of somebody who had no session leaves no tombstone",
        first_sign_in,
    ),
    (
        "sign_in",
        "A sign-in keeps what it is told to keep, and leaves a tombstone of what it replaces",
        sign_in,
    ),
    (
        "destroy",
        "A sign-out removes the session and leaves a tombstone",
        destroy,
    ),
    (
        "destroy_chunks",
        "A sign-out removes every cookie that the session had",
        destroy_chunks,
    ),
    (
        "late_response",
        "A response that arrives after the sign-out does not bring the session back",
        late_response,
    ),
    ("late_touch", "Neither does a touch", late_touch),
    (
        "sign_in_again",
        "After a sign-out somebody else can sign in",
        sign_in_again,
    ),
];

fn renew(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let before = browser.get("/act/id")?.text();
    let renewed = browser.get("/act/renew")?;
    renewed.is(200)?.sets(&["session", "session.r"])?;
    let after = browser.get("/act/id")?.text();
    differ("GET /act/renew", "the id", &before, &after)?;
    browser.holds("name", "Ada")
}

fn first_sign_in(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.browser();
    browser
        .get("/act/sign-in.ada")?
        .is(200)?
        .sets(&["session"])?;
    browser.sees("/act/subject", "ada").map(drop)
}

fn sign_in(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.get("/act/put.theme.dark")?.is(200)?;
    let (id, before) = (browser.get("/act/id")?.text(), browser.value(SESSION)?);
    let answer = browser.get("/act/sign-in.ada.theme")?;
    answer.is(200)?.sets(&["session", "session.x"])?;
    browser.sees("/act/subject/get.theme/get.name", "ada,dark,nothing")?;
    let now = browser.get("/act/id")?.text();
    differ("GET /act/sign-in.ada.theme", "the id", &id, &now)?;
    // What it replaced is refused in this browser.
    browser.alter(SESSION, &before);
    browser.sees("/act/refusal", "destroyed").map(drop)
}

fn destroy(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.send("POST", "/act/destroy")?;
    answer.is(200)?.sets(&["-session", "session.x"])?;
    answer
        .has("vary", "Cookie")?
        .has("cache-control", "private")?;
    browser
        .sees("/act/refusal/get.name", "absent,nothing")
        .map(drop)
}

fn destroy_chunks(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.get("/act/noise.long.4500")?;
    answer.is(200)?.sets(&["session", "session.1"])?;
    stage.advance(crate::stage::IDLE * 2 / 3);
    browser.get("/plain")?.is(200)?.sets(&["session.t"])?;
    let answer = browser.get("/act/destroy")?;
    answer
        .is(200)?
        .sets(&["-session", "-session.1", "-session.t", "session.x"])
        .map(drop)
}

fn late_response(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let late = stage.send(&browser.request("GET", "/act/put.name.Eve"))?;
    late.is(200)?.sets(&["session"])?;
    browser.get("/act/destroy")?.is(200)?;
    browser.keep(&late);
    browser
        .sees("/act/refusal/get.name", "destroyed,nothing")?
        .sets(&[])?;
    Ok(())
}

fn late_touch(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    stage.advance(crate::stage::IDLE * 2 / 3);
    let late = stage.send(&browser.request("GET", "/plain"))?;
    late.is(200)?.sets(&["session.t"])?;
    browser.get("/act/destroy")?.is(200)?;
    browser.keep(&late);
    browser.sees("/act/get.name", "nothing").map(drop)
}

fn sign_in_again(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.browser();
    browser.get("/act/sign-in.ada")?.is(200)?;
    browser.get("/act/destroy")?.is(200)?;
    browser
        .get("/act/sign-in.grace")?
        .is(200)?
        .sets(&["session"])?;
    browser.sees("/act/subject", "grace").map(drop)
}
