//! Requests that cross, and handlers that do not let go.

use std::thread;

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::log;
use crate::pieces::late;
use crate::scenario::Entry;
use crate::stage::Stage;

pub(super) const LIST: &[Entry] = &[
    (
        "concurrent",
        "Requests on one cookie at the same time each answer with a session of their own",
        concurrent,
    ),
    (
        "kept_session",
        "A handler that keeps its session changes nothing after the response, and is told so",
        kept_session,
    ),
];

const VISITORS: usize = 8;
const VISITS: usize = 10;

fn concurrent(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let browser = stage.ada()?;
    let visit = |visitor: usize| -> Result<(), Failure> {
        for visit in 0..VISITS {
            let (mut browser, mark) = (browser.clone(), format!("{visitor}-{visit}"));
            let path = format!("/act/put.mark.{mark}/get.mark/get.name");
            let answer = browser.sees(&path, &format!("{mark},Ada"))?;
            answer.sets(&["session"])?;
            browser.sees("/act/get.mark/get.name", &format!("{mark},Ada"))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let visit = &visit;
        let threads: Vec<_> = (0..VISITORS)
            .map(|n| scope.spawn(move || visit(n)))
            .collect();
        let gone = || Failure::new("a visitor", "the thread", "a result", "a panic");
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().map_err(|_| gone())?)
    })
}

fn kept_session(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.browser();
    browser
        .get("/act/put.name.Ada/keep")?
        .is(200)?
        .sets(&["session"])?;
    let kept = stage.site.shelf().pop();
    let told = kept.as_ref().map(late);
    same("a kept session", "a change", Some("too late"), told)?;
    let logged = log::text().contains("attribute=\"late\"");
    same(
        "a kept session",
        "the log names the attribute",
        true,
        logged,
    )?;
    browser.holds("late", "nothing")
}
