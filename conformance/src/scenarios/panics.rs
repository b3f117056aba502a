//! Handlers that panic: nothing of theirs is sent, and the old session stays whole.

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::site::Catch;
use crate::stage::{Plan, Stage, answered};
use crate::support::Panics;
use crate::wire::Outcome;

pub(super) const LIST: &[Entry] = &[
    (
        "panic_caught_inside",
        "A panic that is caught between the session layer and the handler",
        |harness| panic(harness, Catch::Inside),
    ),
    (
        "panic_caught_outside",
        "A panic that is caught around the session layer",
        |harness| panic(harness, Catch::Outside),
    ),
    (
        "panic_uncaught",
        "A panic that no layer catches",
        |harness| panic(harness, Catch::Nowhere),
    ),
    (
        "panic_in_a_task",
        "A panic in a task that the handler spawned, with a clone in hand, takes nothing of the handler's",
        in_a_task,
    ),
];

fn in_a_task(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.get("/act/task-panics/put.name.Eve")?.is(200)?;
    browser.holds("name", "Eve")?;
    let ended = browser.get("/act/destroy/task-panics")?;
    ended.is(200)?.sets(&["-session", "session.x"])?;
    browser.sees("/act/get.name", "nothing").map(drop)
}

fn panic(harness: &dyn Harness, catch: Catch) -> Result<(), Failure> {
    let stage = Stage::with(harness, |plan| Plan { catch, ..plan })?;
    let mut browser = stage.ada()?;
    let is_answered = match harness.support().panics {
        Panics::AreCaughtByLayers => catch != Catch::Nowhere,
        Panics::AreAnswered => true,
        Panics::CloseConnection => false,
    };
    for path in [
        "/panic/put.name.Eve",
        "/panic/destroy",
        "/panic/sign-in.eve",
    ] {
        let request = browser.request("GET", path);
        let outcome = stage.try_send(&request)?;
        if is_answered {
            answered(&request, outcome)?.is(500)?.sets(&[])?;
        } else {
            let closed = matches!(outcome, Outcome::Closed);
            same(&request.label(), "the connection is closed", true, closed)?;
        }
        browser.sees("/act/get.name/subject", "Ada,nobody")?;
    }
    Ok(())
}
