//! Apps that are put together in the wrong way, and extractors.

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::log;
use crate::scenario::Entry;
use crate::site::Page;
use crate::stage::{Plan, SESSION, Stage, site};
use crate::support::{Doubled, Missing, Optional};

pub(super) const LIST: &[Entry] = &[
    (
        "missing_layer",
        "Whoever asks for a session without a layer is answered 500, or the app does not start; the log names the fix",
        missing_layer,
    ),
    (
        "doubled_layer",
        "Two layers around one app are refused, and the log says so; the app's own page has no part in it",
        doubled_layer,
    ),
    (
        "live_nobody",
        "`LiveSession` answers 401 to whoever brings no session, or one that is refused",
        live_nobody,
    ),
    (
        "live_somebody",
        "`LiveSession` is the session of whoever brings one",
        live_somebody,
    ),
    (
        "maybe",
        "`Option<LiveSession>` is `None` for nobody, and the session for somebody",
        maybe,
    ),
];

fn missing_layer(harness: &dyn Harness) -> Result<(), Failure> {
    let missing = |plan: Plan| Plan { layers: 0, ..plan };
    let logs = |what: &str, fix: &str| {
        same(
            what,
            "the fix is in the log",
            true,
            log::text().contains(fix),
        )
    };
    let fix = match harness.support().missing {
        Missing::RefusesToStart(fix) => {
            log::clear();
            let started = harness.start(site(missing)?).is_ok();
            same("starting", "the app starts", false, started)?;
            return logs("starting", fix);
        }
        Missing::Logs(fix) => Some(fix),
        Missing::Unknown => None,
    };
    let stage = Stage::with(harness, missing)?;
    let mut browser = stage.browser();
    browser.get("/plain/say.Hello")?.is(200)?.says("Hello")?;
    for path in ["/act/get.name", "/live/get.name", "/maybe"] {
        log::clear();
        let answer = browser.get(path)?;
        match (path, harness.support().optional) {
            ("/maybe", Optional::IsNone) => answer.is(200)?.says("nobody")?,
            _ => answer.is(500)?.mistakes(fix.unwrap_or_default())?,
        };
        fix.map_or(Ok(()), |fix| logs(path, fix))?;
    }
    Ok(())
}

fn doubled_layer(harness: &dyn Harness) -> Result<(), Failure> {
    let doubled = |plan: Plan| Plan {
        layers: 2,
        page: Some(Page(())),
        ..plan
    };
    match harness.support().doubled {
        Doubled::RefusesToStart => {
            let started = harness.start(site(doubled)?).is_ok();
            same("starting", "the app starts", false, started)
        }
        Doubled::IsAnswered => {
            let stage = Stage::with(harness, doubled)?;
            for path in ["/act/put.name.Ada", "/plain"] {
                log::clear();
                stage
                    .browser()
                    .get(path)?
                    .is(500)?
                    .mistakes("two session")?
                    .sets(&[])?;
                let told = log::text().contains("two session");
                same(path, "the log tells of two", true, told)?;
                // It is told where the hook of the manager hears it.
                let told = log::text().contains("event=\"mistake\"");
                same(path, "it is told as an event", true, told)?;
            }
            Ok(())
        }
    }
}

fn live_nobody(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut refused = stage.ada()?;
    refused.alter(SESSION, "garbage");
    for mut browser in [stage.browser(), refused] {
        let answer = browser.get("/live/put.name.Eve")?;
        answer.is(401)?.says("")?.sets(&[])?.has("vary", "Cookie")?;
    }
    Ok(())
}

fn live_somebody(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.sees("/live/get.name", "Ada")?;
    browser
        .sees("/live/put.name.Grace", "")?
        .sets(&["session"])?;
    browser.holds("name", "Grace")
}

fn maybe(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    stage
        .browser()
        .sees("/maybe", "nobody")?
        .has("vary", "Cookie")?;
    stage
        .ada()?
        .sees("/maybe", "somebody")?
        .has("vary", "Cookie")
        .map(drop)
}
