//! Ends that come by themselves.

use std::time::Duration;

use sealed_session::Lifetime;

use crate::failure::Failure;
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::stage::{IDLE, Plan, Stage};

pub(super) const LIST: &[Entry] = &[
    (
        "idle",
        "A session that idled for its timeout is over, and its cookie stays",
        idle,
    ),
    (
        "absolute",
        "A session that is used all the time is over after its absolute lifetime",
        absolute,
    ),
    (
        "slow_write",
        "What a slow handler wrote is sent, and counts from when its request came",
        slow_write,
    ),
    (
        "slow_touch",
        "A response that took longer than half of the idle timeout carries no touch",
        slow_touch,
    ),
    (
        "outlived",
        "A handler that outlives its session is an error: nothing is sent",
        outlived,
    ),
];

fn idle(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    // Passive, so that it is no use of the session.
    stage.advance(IDLE - Duration::from_secs(1));
    browser.sees("/act/passive/get.name", "Ada")?.sets(&[])?;
    stage.advance(Duration::from_secs(1));
    let answer = browser.sees("/act/refusal/get.name", "idle_expired,nothing")?;
    answer.sets(&[]).map(drop)
}

fn absolute(harness: &dyn Harness) -> Result<(), Failure> {
    let hour = |plan: Plan| {
        let lifetime = Lifetime::new().with_absolute_lifetime(Duration::from_secs(3_600));
        Plan {
            manager: plan.manager.lifetime(lifetime),
            ..plan
        }
    };
    let stage = Stage::with(harness, hour)?;
    let mut browser = stage.ada()?;
    for _ in 0..2 {
        stage.advance(IDLE * 2 / 3);
        browser.holds("name", "Ada")?;
    }
    stage.advance(IDLE * 2 / 3);
    browser
        .sees("/act/refusal/get.name", "absolute_expired,nothing")
        .map(drop)
}

fn slow_write(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.get("/act/put.theme.dark/advance.1200")?;
    answer.is(200)?.sets(&["session"])?;
    stage.advance(IDLE / 3);
    browser.sees("/act/refusal", "idle_expired").map(drop)
}

fn slow_touch(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    stage.advance(IDLE / 3);
    browser.get("/plain/advance.901")?.is(200)?.is_silent()?;
    browser
        .get("/plain")?
        .is(200)?
        .sets(&["session.t"])
        .map(drop)
}

fn outlived(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let answer = browser.get("/act/put.theme.dark/advance.1800")?;
    answer.is(500)?.says("")?.sets(&[]).map(drop)
}
