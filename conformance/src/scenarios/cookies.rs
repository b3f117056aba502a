//! `Cookie` lines as clients, proxies and planters send them.

use sealed_session::{CookieSpec, SessionManager};
use std::time::Duration;

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::stage::{Plan, SESSION, Stage, ring};
use crate::support::OddBytes;
use crate::wire::Request;

pub(super) const LIST: &[Entry] = &[
    (
        "split_lines",
        "Cookies that come in several `Cookie` lines are all read",
        split_lines,
    ),
    (
        "odd_bytes_elsewhere",
        "A `Cookie` line of others that is no text keeps no other line from being read",
        odd_bytes_elsewhere,
    ),
    (
        "odd_bytes_beside",
        "A cookie of others that is no text keeps none of its line from being read, if the \
         framework hands the line over",
        odd_bytes_beside,
    ),
    (
        "garbage_beside",
        "Garbage under the session's name, before or behind it, does not hide it",
        garbage_beside,
    ),
    (
        "newest_wins",
        "Of two states of one session the later one counts, whatever their order",
        newest_wins,
    ),
    (
        "planted",
        "Two sessions under a name that siblings can plant are a conflict",
        planted,
    ),
    (
        "names_to_the_byte",
        "A cookie whose name is the session's only after decoding, folding or trimming is not it",
        names_to_the_byte,
    ),
    (
        "values_to_the_byte",
        "A value that is a token only after decoding or unquoting is none",
        values_to_the_byte,
    ),
    (
        "host",
        "The development profile serves this machine, and no other host",
        host,
    ),
];

const READ: &str = "/act/get.name/refusal";

fn sees(stage: &Stage, request: Request, text: &str) -> Result<(), Failure> {
    let answer = stage.send(&request)?;
    answer.is(200)?.says(text)?.sets(&[]).map(drop)
}

/// An app with a cookie of its own.
fn under(harness: &dyn Harness, cookie: CookieSpec) -> Result<Stage, Failure> {
    let manager = SessionManager::builder(cookie, ring(1)?);
    Stage::with(harness, |plan| Plan { manager, ..plan })
}

fn split_lines(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.get("/act/noise.long.4500")?.is(200)?;
    // A proxy may pass on each cookie by itself, in any order, and with those of others between.
    let mut request = Request::get("/act/get.name/size.long").cookie("theme=dark");
    for pair in browser.line().rsplit("; ") {
        request = request.cookie(pair).cookie("a=b; c=d");
    }
    sees(&stage, request, "Ada,4500")
}

fn odd_bytes_elsewhere(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let line = stage.ada()?.line();
    let request = Request::get(READ).cookie(b"a=\xff\xfe; b=c").cookie(line);
    sees(&stage, request, "Ada,none")
}

fn odd_bytes_beside(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut line = b"a=\xff\xfe; ".to_vec();
    line.extend(stage.ada()?.line().into_bytes());
    let text = match harness.support().odd_bytes {
        OddBytes::AreHandedOver => "Ada,none",
        OddBytes::LoseTheirLine => "nothing,absent",
    };
    sees(&stage, Request::get(READ).cookie(line), text)
}

fn garbage_beside(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let line = stage.ada()?.line();
    let garbage = format!("{SESSION}=garbage");
    for lines in [
        vec![format!("{garbage}; {line}")],
        vec![format!("{line}; {garbage}")],
        vec![garbage.clone(), line.clone()],
        vec![line, garbage],
    ] {
        let request = lines.into_iter().fold(Request::get(READ), Request::cookie);
        sees(&stage, request, "Ada,none")?;
    }
    Ok(())
}

fn newest_wins(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let old = browser.line();
    stage.advance(Duration::from_secs(1));
    browser.get("/act/put.name.Grace")?.is(200)?;
    let new = browser.line();
    for line in [format!("{old}; {new}"), format!("{new}; {old}")] {
        sees(&stage, Request::get(READ).cookie(line), "Grace,none")?;
    }
    Ok(())
}

fn planted(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = under(harness, CookieSpec::exact("session"))?;
    let (own, planted) = (stage.ada()?.line(), stage.ada()?.line());
    for request in [
        Request::get(READ).cookie(format!("{own}; {planted}")),
        Request::get(READ).cookie(own).cookie(planted),
    ] {
        sees(&stage, request, "nothing,conflict")?;
    }
    Ok(())
}

fn names_to_the_byte(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let token = stage.ada()?.value(SESSION)?;
    for name in [
        "__host-session",
        "%5F%5FHost-session",
        "__Host%2Dsession",
        "\u{a0}__Host-session",
        "\u{3000}__Host-session",
        "\"__Host-session\"",
    ] {
        let request = Request::get(READ).cookie(format!("{name}={token}"));
        // A framework may hand on nothing of a line that it does not like.
        sees(&stage, request, "nothing,absent")?;
    }
    Ok(())
}

fn values_to_the_byte(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let token = stage.ada()?.value(SESSION)?;
    let rest = token.get(1..).unwrap_or_default();
    same("the token", "its first letter", Some("A"), token.get(..1))?;
    for value in [format!("%41{rest}"), format!("\"{token}\"")] {
        let request = Request::get(READ).cookie(format!("{SESSION}={value}"));
        sees(&stage, request, "nothing,malformed")?;
    }
    Ok(())
}

fn host(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = under(harness, CookieSpec::development("session"))?;
    stage.ada()?.holds("name", "Ada")?;
    let away = Request::get("/act/put.name.Eve").host("example.com");
    stage.send(&away)?.is(500)?.says("")?.sets(&[]).map(drop)
}
