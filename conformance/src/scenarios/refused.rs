//! Cookies that are not accepted: the visitor has a fresh session, and learns nothing of it.

use crate::failure::Failure;
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::stage::{Plan, SESSION, Stage, Visitor, ring};

pub(super) const LIST: &[Entry] = &[
    ("tampered", "A token that was changed is refused", tampered),
    ("malformed", "What is no token is refused", malformed),
    (
        "partial",
        "A session that lacks a chunk is refused",
        partial,
    ),
    (
        "mixed",
        "A session with a chunk of another write is refused",
        mixed,
    ),
    (
        "unknown_key",
        "A token of another ring is refused",
        unknown_key,
    ),
    (
        "refused_unseen",
        "A refused cookie that nobody looks at changes nothing",
        refused_unseen,
    ),
];

/// The cookies are refused for this reason and stay; a write goes over them.
fn is_refused(mut browser: Visitor<'_>, refusal: &str) -> Result<(), Failure> {
    let told = format!("{refusal},nothing");
    let answer = browser.sees("/act/refusal/get.name", &told)?;
    answer
        .sets(&[])?
        .has("vary", "Cookie")?
        .lacks("cache-control")?;
    browser.get("/act/put.name.Grace")?.is(200)?;
    browser.holds("name", "Grace")
}

fn tampered(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let mut token = browser.value(SESSION)?;
    let other = if token.ends_with('A') { "Q" } else { "A" };
    token.replace_range(token.len() - 1.., other);
    // The last letter may hold bits that stand for nothing; one in the middle does not.
    let middle = token.len() / 2;
    let other = match token.get(middle..=middle) {
        Some("A") => "B",
        _ => "A",
    };
    token.replace_range(middle..=middle, other);
    browser.alter(SESSION, &token);
    is_refused(browser, "tampered")
}

fn malformed(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    for garbage in ["garbage", "", "A", "AA AA", "\u{e9}"] {
        let mut browser = stage.ada()?;
        browser.alter(SESSION, garbage);
        is_refused(browser, "malformed")?;
    }
    Ok(())
}

fn partial(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.get("/act/noise.long.4500")?.is(200)?;
    for lost in [SESSION, "__Host-session.1"] {
        let mut browser = browser.clone();
        browser.lose(lost);
        is_refused(browser, "partial")?;
    }
    Ok(())
}

fn mixed(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.get("/act/noise.long.4500")?.is(200)?;
    let chunk = browser.value("__Host-session.1")?;
    browser.get("/act/noise.other.100")?.is(200)?;
    browser.alter("__Host-session.1", &chunk);
    is_refused(browser, "mixed")
}

fn unknown_key(harness: &dyn Harness) -> Result<(), Failure> {
    let other = ring(2)?;
    let elsewhere = Stage::with(harness, |plan| Plan {
        manager: sealed_session::SessionManager::builder("session", other),
        ..plan
    })?;
    let token = elsewhere.ada()?.value(SESSION)?;
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.alter(SESSION, &token);
    is_refused(browser, "unknown_key")
}

fn refused_unseen(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.alter(SESSION, "garbage");
    browser
        .get("/plain/say.Hello")?
        .is(200)?
        .is_silent()
        .map(drop)
}
