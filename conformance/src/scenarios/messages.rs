//! Messages for the next page, in an app whose manager keeps them.

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::log;
use crate::scenario::Entry;
use crate::stage::{Plan, Stage};
use crate::support::Missing;

pub(super) const LIST: &[Entry] = &[
    (
        "flash_shown_once",
        "A message goes with a redirect, is shown by the next page, and its cookie goes with that",
        shown_once,
    ),
    (
        "flash_several",
        "Several messages are shown in order, and those of several redirects together",
        several,
    ),
    (
        "flash_waits",
        "What takes no message leaves it: pages, files, redirects, a `HEAD` and a prefetch",
        waits,
    ),
    (
        "flash_failed_page",
        "A page of 500 takes none, and one of 404 does",
        failed_page,
    ),
    (
        "flash_sign_out",
        "A sign-in and a sign-out leave messages alone, and taking them ends no session",
        sign_out,
    ),
    (
        "flash_too_large",
        "A message of 4 KB is answered 500, and loses nothing of the session and of the messages",
        too_large,
    ),
    (
        "missing_flash",
        "Whoever takes messages that the manager does not keep is answered 500, and the log names the fix",
        missing,
    ),
];

fn with_flash(harness: &dyn Harness) -> Result<Stage, Failure> {
    Stage::with(harness, |plan| Plan {
        manager: plan.manager.flash(),
        ..plan
    })
}

/// The page that shows messages.
const PAGE: &str = "/flashes/";

fn shown_once(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_flash(harness)?;
    let mut browser = stage.browser();
    browser.sees(PAGE, "")?.sets(&[])?;
    let answer = browser.send("POST", "/redirect/flash.success.Saved")?;
    answer
        .is(303)?
        .sets(&["session-flash"])?
        .has("cache-control", "private")?;
    browser
        .sees(PAGE, "success: Saved")?
        .sets(&["-session-flash"])?
        .has("vary", "Cookie")?;
    browser.sees(PAGE, "")?.sets(&[])?;
    same("the browser", "its cookies", "", &browser.line())
}

fn several(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_flash(harness)?;
    let mut browser = stage.browser();
    let path = "/redirect/flash.warning.Low/flash.success.Saved";
    browser.send("POST", path)?.is(303)?;
    let path = "/redirect/flash.info.Moved/flash.error.Lost";
    browser.get(path)?.is(303)?;
    let all = "warning: Low,success: Saved,info: Moved,error: Lost";
    browser.sees(PAGE, all)?;
    browser.sees(PAGE, "").map(drop)
}

fn waits(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_flash(harness)?;
    let mut browser = stage.browser();
    browser
        .send("POST", "/redirect/flash.success.Saved")?
        .is(303)?;
    for path in [
        "/plain",
        "/act/get.name",
        "/redirect/",
        "/redirect/get.name",
    ] {
        browser.get(path)?.sets(&[])?;
    }
    browser.send("HEAD", PAGE)?.is(200)?.sets(&[])?;
    for purpose in ["prefetch", "prefetch;prerender"] {
        let ahead = browser.request("GET", PAGE).field("sec-purpose", purpose);
        stage.send(&ahead)?.is(200)?.says("")?.sets(&[])?;
    }
    browser.sees(PAGE, "success: Saved").map(drop)
}

fn failed_page(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_flash(harness)?;
    let mut browser = stage.browser();
    browser
        .send("POST", "/redirect/flash.success.Saved")?
        .is(303)?;
    browser.get("/flashes/status.500")?.is(500)?.sets(&[])?;
    let answer = browser.get("/flashes/status.404")?;
    answer
        .is(404)?
        .says("success: Saved")?
        .sets(&["-session-flash"])?;
    browser.sees(PAGE, "").map(drop)
}

fn sign_out(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_flash(harness)?;
    let mut browser = stage.browser();
    let answer = browser.send("POST", "/redirect/sign-in.ada/flash.success.Welcome")?;
    answer.is(303)?.sets(&["session", "session-flash"])?;
    browser
        .sees(PAGE, "success: Welcome")?
        .sets(&["-session-flash"])?;
    browser.sees("/act/subject", "ada")?;
    let answer = browser.send("POST", "/redirect/flash.info.Goodbye/destroy")?;
    answer
        .is(303)?
        .sets(&["-session", "session.x", "session-flash"])?;
    browser.sees(PAGE, "info: Goodbye")?;
    browser.sees("/act/subject", "nobody").map(drop)
}

fn too_large(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_flash(harness)?;
    let mut browser = stage.browser();
    browser
        .get("/act/put.name.Ada/flash.success.Saved")?
        .is(200)?;
    browser
        .get("/act/put.name.Eve/flash-noise.4096")?
        .is(500)?
        .says("")?
        .sets(&[])?;
    browser.holds("name", "Ada")?;
    browser.sees(PAGE, "success: Saved").map(drop)
}

fn missing(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    log::clear();
    stage.browser().get(PAGE)?.is(500)?.mistakes(".flash()")?;
    if harness.support().missing == Missing::Unknown {
        return Ok(());
    }
    let named = log::text().contains("SessionManager::builder(..).flash()");
    same(PAGE, "the fix is in the log", true, named)
}
