//! Responses of every kind carry what was changed, but for failures of the server, which carry ends only.

use crate::failure::Failure;
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::stage::{Plan, Stage};

pub(super) const LIST: &[Entry] = &[
    (
        "status_500",
        "A handler's own 500 changes nothing, and ends the session if asked to",
        status_500,
    ),
    (
        "handler_error",
        "A session error in a handler is an empty 500, and what was changed before is given up",
        handler_error,
    ),
    (
        "early_return",
        "An error that the handler returns early",
        early_return,
    ),
    (
        "fails_before",
        "A 502 of a middleware that changed the session and called no handler",
        fails_before,
    ),
    (
        "fails_after",
        "A 502 of a middleware after its handler had changed the session",
        fails_after,
    ),
    ("fallback", "The app's own 404", fallback),
    ("redirect", "A redirect", redirect),
    ("head", "HEAD", head),
    ("options", "OPTIONS", options),
    ("no_content", "A 204", no_content),
    (
        "written_on_304",
        "A 304 whose handler changed the session",
        written_on_304,
    ),
    (
        "streaming",
        "A streamed body; what is changed while it streams comes too late",
        streaming,
    ),
    (
        "foreign_lines",
        "Cookies that the app sets stay beside the session's",
        foreign_lines,
    ),
    (
        "foreign_lines_alone",
        "Cookies that the app sets stay where the session says nothing",
        foreign_lines_alone,
    ),
];

/// A visitor's name is written by a response with this status.
fn writes(
    stage: &Stage,
    (method, route): (&'static str, &str),
    status: u16,
) -> Result<crate::wire::Answer, Failure> {
    let mut browser = stage.ada()?;
    let answer = browser.send(method, &route.replace("..", "put.name.Grace"))?;
    answer.is(status)?.sets(&["session"])?;
    answer
        .has("vary", "Cookie")?
        .has("cache-control", "private")?;
    browser.holds("name", "Grace")?;
    Ok(answer)
}

/// A response that gives up what its handler stored, and sends an end.
fn gives_up(stage: &Stage, route: &str, status: u16) -> Result<crate::wire::Answer, Failure> {
    let mut browser = stage.ada()?;
    let answer = browser.get(&route.replace("..", "put.name.Grace"))?;
    answer
        .is(status)?
        .sets(&[])?
        .has("vary", "Cookie")?
        .has("cache-control", "private")?;
    browser.holds("name", "Ada")?;
    let ended = browser.get(&route.replace("..", "destroy/put.name.Grace"))?;
    ended.is(status)?.sets(&["-session", "session.x"])?;
    browser.sees("/act/get.name", "nothing")?;
    Ok(answer)
}

fn status_500(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let answer = gives_up(&stage, "/act/../status.500/say.oh", 500)?;
    answer.says("oh").map(drop)
}

fn handler_error(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.get("/act/put.name.Grace/fail")?;
    answer.is(500)?.says("")?.sets(&[])?;
    browser.holds("name", "Ada").map(drop)
}

fn early_return(harness: &dyn Harness) -> Result<(), Failure> {
    writes(&Stage::usual(harness)?, ("GET", "/early/.."), 403).map(drop)
}

fn fails_before(harness: &dyn Harness) -> Result<(), Failure> {
    gives_up(&Stage::usual(harness)?, "/before/..", 502).map(drop)
}

fn fails_after(harness: &dyn Harness) -> Result<(), Failure> {
    gives_up(&Stage::usual(harness)?, "/after/..", 502).map(drop)
}

fn fallback(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::with(harness, |plan| Plan {
        fallback: true,
        ..plan
    })?;
    writes(&stage, ("GET", "/nowhere/.."), 404)?;
    writes(&stage, ("POST", "/nowhere/.."), 404).map(drop)
}

fn redirect(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    for method in ["GET", "POST"] {
        writes(&stage, (method, "/redirect/.."), 303)?.has("location", "/plain")?;
    }
    Ok(())
}

fn head(harness: &dyn Harness) -> Result<(), Failure> {
    writes(&Stage::usual(harness)?, ("HEAD", "/act/.."), 200).map(drop)
}

fn options(harness: &dyn Harness) -> Result<(), Failure> {
    writes(&Stage::usual(harness)?, ("OPTIONS", "/act/.."), 200).map(drop)
}

fn no_content(harness: &dyn Harness) -> Result<(), Failure> {
    writes(&Stage::usual(harness)?, ("GET", "/act/../status.204"), 204).map(drop)
}

fn written_on_304(harness: &dyn Harness) -> Result<(), Failure> {
    writes(&Stage::usual(harness)?, ("GET", "/act/../status.304"), 304).map(drop)
}

fn streaming(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let answer = writes(&stage, ("GET", "/stream/.."), 200)?;
    answer.says("first, second, too late").map(drop)
}

fn foreign_lines(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.get("/foreign/put.name.Grace")?;
    answer.is(200)?.sets(&["session", "theirs"])?;
    let own = "header.set-cookie.a=1/header.set-cookie.b=2;+Path=/";
    let answer = browser.get(&format!("/act/put.name.Eve/{own}"))?;
    answer.is(200)?.sets(&["session", "a", "b"])?;
    let answer = browser.get(&format!("/act/destroy/{own}"))?;
    answer
        .is(200)?
        .sets(&["-session", "session.x", "a", "b"])
        .map(drop)
}

fn foreign_lines_alone(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.get("/foreign/get.name")?;
    answer.is(200)?.sets(&["theirs"])?;
    let answer = browser.get("/plain/header.set-cookie.a=1/header.set-cookie.b=2")?;
    answer
        .is(200)?
        .sets(&["a", "b"])?
        .lacks("cache-control")
        .map(drop)
}
