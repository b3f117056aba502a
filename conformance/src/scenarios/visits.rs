//! Coming, looking and storing.

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::stage::{Stage, answered};

pub(super) const LIST: &[Entry] = &[
    (
        "first_visit",
        "A visit that looks at nothing is answered without a word of sessions",
        first_visit,
    ),
    (
        "look",
        "A response whose handler looked varies by Cookie, and sets nothing",
        look,
    ),
    (
        "write_and_read",
        "What one request stores, the next one reads, and the response is private",
        write_and_read,
    ),
    (
        "untouched",
        "A request that brings a live session and does not look is answered without a word of it",
        untouched,
    ),
    (
        "same_value",
        "Storing what is there already sets nothing",
        same_value,
    ),
    (
        "remove_and_clear",
        "What is removed is gone, and what is cleared is all gone",
        remove_and_clear,
    ),
    (
        "attributes",
        "The cookie has the attributes of the configuration",
        attributes,
    ),
    (
        "one_connection",
        "Two visitors on one connection, as behind a proxy, are told apart",
        one_connection,
    ),
];

fn first_visit(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let answer = stage.browser().get("/plain/say.Hello")?;
    answer.is(200)?.says("Hello")?.is_silent().map(drop)
}

fn look(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let answer = stage.browser().get("/act/get.name/refusal")?;
    answer.is(200)?.says("nothing,absent")?.sets(&[])?;
    answer
        .has("vary", "Cookie")?
        .lacks("cache-control")
        .map(drop)
}

fn write_and_read(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.browser();
    for method in ["POST", "PUT", "GET"] {
        let answer = browser.send(method, &format!("/act/put.name.{method}"))?;
        answer.is(200)?.sets(&["session"])?;
        answer
            .has("vary", "Cookie")?
            .has("cache-control", "private")?;
        let answer = browser.sees("/act/get.name", method)?;
        answer.sets(&[])?.has("cache-control", "private")?;
    }
    // Another visitor sees nothing of it.
    stage.browser().holds("name", "nothing")
}

fn untouched(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let answer = stage.ada()?.get("/plain/say.Hello")?;
    answer.is(200)?.says("Hello")?.is_silent().map(drop)
}

fn same_value(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.get("/act/put.name.Ada")?.is(200)?.sets(&[])?;
    browser
        .get("/act/put.name.Grace")?
        .is(200)?
        .sets(&["session"])?;
    browser.holds("name", "Grace")
}

fn remove_and_clear(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    browser.get("/act/put.theme.dark")?.is(200)?;
    browser
        .get("/act/remove.name")?
        .is(200)?
        .sets(&["session"])?;
    browser.sees("/act/get.name/get.theme", "nothing,dark")?;
    browser.get("/act/clear")?.is(200)?.sets(&["session"])?;
    browser
        .sees("/act/get.name/get.theme", "nothing,nothing")
        .map(drop)
}

fn attributes(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let answer = stage.browser().get("/act/put.name.Ada")?;
    let line = answer.field("set-cookie").unwrap_or_default();
    let (_, attributes) = line.split_once("; ").unwrap_or_default();
    let wanted = "Path=/; Secure; HttpOnly; SameSite=Lax";
    same(
        "GET /act/put.name.Ada",
        "the attributes",
        wanted,
        attributes,
    )
}

fn one_connection(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let (ada, mut grace) = (stage.ada()?, stage.browser());
    let mut connection = stage.connect()?;
    let mut turn = |request: crate::wire::Request, text: &str| {
        let answer = answered(&request, connection.send(&request)?)?;
        answer.is(200)?.says(text)?;
        Ok(answer)
    };
    turn(ada.request("GET", "/act/get.name"), "Ada")?;
    turn(grace.request("GET", "/act/get.name"), "nothing")?;
    let answer = turn(grace.request("GET", "/act/put.name.Grace"), "")?;
    grace.keep(&answer);
    turn(ada.request("GET", "/act/get.name"), "Ada")?.sets(&[])?;
    turn(grace.request("GET", "/act/get.name"), "Grace")?.sets(&[])?;
    turn(stage.browser().request("GET", "/plain/say.Hello"), "Hello")?.is_silent()?;
    Ok(())
}
