//! Tokens in links, for clients that refuse cookies.

use std::time::Duration;

use sealed_session::{Lifetime, Transport};

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::site::Page;
use crate::stage::{Plan, SESSION, Stage};
use crate::wire::{Answer, Request};

pub(super) const LIST: &[Entry] = &[
    (
        "link_in_and_out",
        "Whoever asks by an empty parameter gets links with a token, and comes back by one",
        in_and_out,
    ),
    (
        "link_to_others",
        "Links to other origins carry no token, and links to the app's own do",
        to_others,
    ),
    (
        "link_beside_cookie",
        "A cookie counts and the link beside it does not; nothing moves from one to the other",
        beside_cookie,
    ),
    (
        "link_is_no_cookie",
        "A token of a link is no cookie, and a cookie's is none of a link",
        is_no_cookie,
    ),
    (
        "unlinked",
        "A change that is in no link is an error",
        unlinked,
    ),
    (
        "link_too_long",
        "A session that no link can hold is answered by the app's own page",
        too_long,
    ),
    (
        "link_from_elsewhere",
        "A page of another site does not move a visitor into links",
        from_elsewhere,
    ),
];

fn with_links(harness: &dyn Harness, page: Option<Page>) -> Result<Stage, Failure> {
    let lifetime = Lifetime::new().with_idle_timeout(Duration::from_secs(600));
    Stage::with(harness, |plan| Plan {
        manager: plan
            .manager
            .lifetime(lifetime)
            .transport(Transport::cookie().or_url_that_leaks("s")),
        page,
        ..plan
    })
}

/// Somebody who asks for links on a page of the app.
fn asking(path: &str) -> Request {
    Request::get(format!("{path}?s=")).field("Sec-Fetch-Site", "same-origin")
}

/// The link to a session that holds a name, Ada.
fn ada(stage: &Stage) -> Result<String, Failure> {
    let answer = stage.send(&asking("/act/put.name.Ada/link"))?;
    tells_nobody(answer.is(200)?)?;
    Ok(answer.text())
}

/// What a response with a token in it, or in its address, has to say.
fn tells_nobody(answer: &Answer) -> Result<(), Failure> {
    answer.sets(&[])?.has("cache-control", "no-store")?;
    answer.has("referrer-policy", "no-referrer").map(drop)
}

fn in_and_out(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_links(harness, None)?;
    let answer = stage.send(&Request::get(ada(&stage)?))?;
    answer.is(200)?.says("Ada,none,link")?;
    tells_nobody(&answer)
}

fn to_others(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_links(harness, None)?;
    let answer = stage.send(&asking("/act/put.name.Ada/links"))?;
    let text = answer.is(200)?.text();
    let links: Vec<&str> = text.split(' ').collect();
    let own = links
        .first()
        .is_some_and(|link| link.starts_with("http://127.0.0.1/?s=A"));
    same("the links", "a token in the app's own", true, own)?;
    let others = links.get(1..).unwrap_or_default();
    same(
        "the links",
        "others",
        &["https://elsewhere.example/", "//127.0.0.1/"][..],
        others,
    )
}

fn beside_cookie(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_links(harness, None)?;
    let (link, mut browser) = (ada(&stage)?, stage.browser());
    browser
        .get("/act/put.name.Grace")?
        .is(200)?
        .sets(&["session"])?;
    browser.sees(&link, "Grace,none,cookie")?.sets(&[])?;
    // A page for somebody with cookies has no token in its links.
    let answer = browser.sees("/act/link", "/act/get.name/refusal/source")?;
    answer.sets(&[])?.lacks("referrer-policy").map(drop)
}

fn is_no_cookie(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_links(harness, None)?;
    let link = ada(&stage)?;
    let (path, token) = link.split_once("?s=").unwrap_or_default();
    let as_cookie = Request::get(path).cookie(format!("{SESSION}={token}"));
    stage
        .send(&as_cookie)?
        .is(200)?
        .says("nothing,tampered,none")?;
    let cookie = stage.ada()?.value(SESSION)?;
    let as_link = Request::get(format!("{path}?s={cookie}"));
    stage
        .send(&as_link)?
        .is(200)?
        .says("nothing,tampered,none")
        .map(drop)
}

fn unlinked(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_links(harness, None)?;
    let link = ada(&stage)?;
    let (_, query) = link.split_once('?').unwrap_or_default();
    let answer = stage.send(&Request::get(format!("/act/put.name.Eve?{query}")))?;
    answer.is(500)?.says("")?.sets(&[])?;
    stage
        .send(&Request::get(link))?
        .is(200)?
        .says("Ada,none,link")
        .map(drop)
}

fn from_elsewhere(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_links(harness, None)?;
    let visit = Request::get("/act/put.name.Ada/link?s=")
        .field("Sec-Fetch-Site", "cross-site")
        .field("Sec-Fetch-Mode", "navigate")
        .field("Sec-Fetch-Dest", "document");
    let answer = stage.send(&visit)?;
    answer
        .is(200)?
        .sets(&["session"])?
        .says("/act/get.name/refusal/source")?;
    answer.lacks("referrer-policy").map(drop)
}

fn too_long(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with_links(harness, Some(Page(())))?;
    let answer = stage.send(&asking("/act/put.name.Ada/noise.long.3000/link"))?;
    answer
        .is(413)?
        .says("nobody: over is Some(true)")?
        .sets(&[])
        .map(drop)
}
