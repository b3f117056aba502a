//! Sessions that fit in no cookie, and a store that has to be waited for.

use sealed_session::overflow::Overflow;

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::site::Page;
use crate::stage::{Plan, Stage};
use crate::store::Store;

pub(super) const LIST: &[Entry] = &[
    (
        "stored",
        "A session that fits in no cookie is stored before the response, and fetched before the handler",
        stored,
    ),
    (
        "stored_on_errors",
        "So is one whose handler answers with an error below 500, by the framework's own means, too",
        stored_on_errors,
    ),
    (
        "stored_in_vain",
        "If the store fails, the app's page answers and the old session is whole",
        stored_in_vain,
    ),
];

const LONG: &str = "/act/noise.long.20000";

fn storing(harness: &dyn Harness, store: &Store) -> Result<Stage, Failure> {
    let overflow = Overflow::new(store.clone());
    Stage::with(harness, |plan| Plan {
        manager: plan.manager.overflow(overflow),
        page: Some(Page(())),
        ..plan
    })
}

fn stored(harness: &dyn Harness) -> Result<(), Failure> {
    let store = Store::default();
    let stage = storing(harness, &store)?;
    let mut browser = stage.ada()?;
    same(
        "a session in a cookie",
        "how many are stored",
        0,
        store.len(),
    )?;
    browser.get(LONG)?.is(200)?.sets(&["session"])?;
    same("a long one", "how many are stored", 1, store.len())?;
    browser.sees("/act/get.name/size.long", "Ada,20000")?;
    browser
        .get("/act/put.name.Eve")?
        .is(200)?
        .sets(&["session"])?;
    browser.sees("/act/get.name/size.long", "Eve,20000")?;
    // It fits again.
    browser
        .get("/act/remove.long")?
        .is(200)?
        .sets(&["session"])?;
    same("two writes of it", "how many are stored", 2, store.len())?;
    browser.holds("name", "Eve")
}

fn stored_on_errors(harness: &dyn Harness) -> Result<(), Failure> {
    for status in [404, 409] {
        let stage = storing(harness, &Store::default())?;
        let mut browser = stage.ada()?;
        let answer = browser.get(&format!("{LONG}/status.{status}"))?;
        answer.is(status)?.sets(&["session"])?;
        browser.sees("/act/size.long", "20000")?;
    }
    let stage = storing(harness, &Store::default())?;
    let mut browser = stage.ada()?;
    browser
        .get("/early/noise.long.20000")?
        .is(403)?
        .sets(&["session"])?;
    browser.sees("/act/size.long", "20000").map(drop)
}

fn stored_in_vain(harness: &dyn Harness) -> Result<(), Failure> {
    let store = Store::default();
    let stage = storing(harness, &store)?;
    let mut browser = stage.ada()?;
    store.fails(true);
    let answer = browser.get(LONG)?;
    answer.is(413)?.says("Ada: over is Some(true)")?.sets(&[])?;
    browser.holds("name", "Ada")?;
    store.fails(false);
    browser.get(LONG)?.is(200)?.sets(&["session"])?;
    store.fails(true);
    browser
        .sees("/act/get.name/refusal", "nothing,not_fetched")?
        .sets(&[])?;
    // It counts once somebody can fetch it.
    store.fails(false);
    browser
        .sees("/act/get.name/size.long", "Ada,20000")
        .map(drop)
}
