//! Requests that pages of other origins cause.

use sealed_session::{CrossOrigin, Transport};

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::log;
use crate::scenario::Entry;
use crate::stage::{Plan, SESSION, Stage};
use crate::wire::{Answer, Request};

pub(super) const LIST: &[Entry] = &[
    (
        "foreign_post",
        "What a page of another site posts is answered with an empty 403, whatever it is for",
        posted,
    ),
    (
        "foreign_sibling",
        "So is what a page of a sibling domain posts, or one that hides where it is from",
        sibling,
    ),
    (
        "foreign_socket",
        "And a WebSocket that a page of another site opens, while its links are followed",
        socket,
    ),
    (
        "own_forms",
        "Forms of the app, and clients that are no browser, are served",
        own,
    ),
    (
        "foreign_excused",
        "So are origins that the app trusts, and all others on a route that it exempts",
        excused,
    ),
    (
        "foreign_field",
        "So is whoever brings a session in a field, which no page of another site can",
        field,
    ),
    (
        "foreign_withheld",
        "A frame in another site begins no session, because the visitor may have one; a link does",
        withheld,
    ),
];

const SITE: &str = "Sec-Fetch-Site";

/// An empty 403 that sets nothing and is kept by nobody.
fn is_refused(answer: &Answer) -> Result<(), Failure> {
    answer.is(403)?.says("")?.sets(&[])?;
    answer
        .has("cache-control", "no-store")?
        .lacks("vary")
        .map(drop)
}

fn posted(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let paths = [
        "/act/put.name.Eve",
        "/act/destroy",
        "/plain/say.done",
        "/nowhere",
    ];
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        for path in paths {
            let request = browser.request(method, path).field(SITE, "cross-site");
            is_refused(&stage.send(&request)?)?;
            // A browser keeps `Lax` cookies back from it.
            let request = Request::new(method, path).field(SITE, "cross-site");
            is_refused(&stage.send(&request)?)?;
        }
    }
    let logged = log::text().contains("reason=\"other_site\"");
    same(
        "a request of another site",
        "the log tells why",
        true,
        logged,
    )?;
    browser.holds("name", "Ada")
}

fn sibling(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    for (name, value) in [
        (SITE, "same-site"),
        (SITE, "odd"),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1:1"),
        ("Origin", "https://other.example"),
        ("Referer", "https://other.example/"),
    ] {
        let request = browser.request("POST", "/act/put.name.Eve");
        is_refused(&stage.send(&request.field(name, value))?)?;
    }
    browser.holds("name", "Ada")
}

fn socket(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let request = browser.request("GET", "/act/put.name.Eve");
    let request = request
        .field("Connection", "Upgrade")
        .field("Upgrade", "websocket");
    is_refused(&stage.send(&request.field("Origin", "https://other.example"))?)?;
    for method in ["GET", "HEAD", "OPTIONS"] {
        let request = browser.request(method, "/act/get.name");
        let answer = stage.send(&request.field(SITE, "cross-site"))?;
        answer.is(200)?;
    }
    browser.holds("name", "Ada")
}

fn own(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    let fields: [&[(&'static str, &str)]; 5] = [
        &[],
        &[(SITE, "same-origin"), ("Origin", "null")],
        &[(SITE, "none")],
        &[("Origin", "http://127.0.0.1")],
        &[("Referer", "http://127.0.0.1/form")],
    ];
    for (number, fields) in fields.into_iter().enumerate() {
        let path = format!("/act/put.name.{number}");
        let request = browser.request("POST", &path);
        let with =
            |request: Request, (name, value): &(&'static str, &str)| request.field(name, *value);
        let answer = stage.send(&fields.iter().fold(request, with))?;
        answer.is(200)?.sets(&["session"])?;
        browser.keep(&answer);
        browser.holds("name", &number.to_string())?;
    }
    Ok(())
}

fn excused(harness: &dyn Harness) -> Result<(), Failure> {
    let policy = CrossOrigin::new()
        .trust("https://app.example")
        .exempt("/act/sign-in.ada");
    let stage = Stage::with(harness, |plan| Plan {
        manager: plan.manager.cross_origin(policy),
        ..plan
    })?;
    let post = |path: &str| Request::new("POST", path).field(SITE, "cross-site");
    let answer = stage.send(&post("/act/sign-in.ada?a=b"))?;
    answer.is(200)?.sets(&["session"])?;
    let mut browser = stage.browser();
    browser.keep(&answer);
    browser.sees("/act/subject", "ada")?;

    let path = "/act/put.name.Ada";
    is_refused(&stage.send(&post(path))?)?;
    let request = browser.request("POST", path).field(SITE, "cross-site");
    let request = request.field("Origin", "https://app.example");
    stage.send(&request)?.is(200)?.sets(&["session"]).map(drop)
}

fn field(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::with(harness, |plan| Plan {
        manager: plan
            .manager
            .transport(Transport::header("x-session").or_cookie()),
        ..plan
    })?;
    let token = stage.ada()?.value(SESSION)?;
    let post = || Request::new("POST", "/act/get.name").field(SITE, "cross-site");
    let answer = stage.send(&post().field("X-Session", token))?;
    answer.is(200)?.says("Ada")?;
    is_refused(&stage.send(&post())?)
}

fn withheld(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let visit = |dest: &str| {
        Request::get("/act/put.name.Eve")
            .field(SITE, "cross-site")
            .field("Sec-Fetch-Mode", "navigate")
            .field("Sec-Fetch-Dest", dest)
    };
    stage.send(&visit("iframe"))?.is(200)?.sets(&[])?;
    let logged = log::text().contains("session not begun");
    same(
        "a frame in another site",
        "the log tells of it",
        true,
        logged,
    )?;
    stage
        .send(&visit("document"))?
        .is(200)?
        .sets(&["session"])
        .map(drop)
}
