//! Tokens in header fields, for clients without a cookie jar.

use sealed_session::Transport;

use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::stage::{IDLE, Plan, SESSION, Stage};
use crate::wire::{Answer, Request};

pub(super) const LIST: &[Entry] = &[
    (
        "field_in_and_out",
        "Whoever asks by an empty field gets a token in one, and comes back with it",
        in_and_out,
    ),
    (
        "field_or_cookie",
        "Whoever sends no field is answered by a cookie",
        or_cookie,
    ),
    (
        "one_token",
        "What came in a field opens from a cookie, and the other way round",
        one_token,
    ),
    (
        "field_touch",
        "A touch comes in a field of its own, and keeps a session alive that is only read",
        touch,
    ),
    (
        "field_beside_cookie",
        "A token in a field counts, and a cookie beside it is neither read nor changed",
        beside_cookie,
    ),
    (
        "two_fields",
        "Two tokens are a conflict, in two fields or in one",
        two_fields,
    ),
    (
        "refused_field",
        "What is no token is refused, whatever cookie is beside it",
        refused,
    ),
    (
        "field_sign_out",
        "A sign-out says so by an empty field",
        sign_out,
    ),
    (
        "field_on_errors",
        "Responses of every kind carry it",
        on_errors,
    ),
    (
        "field_over_budget",
        "A session that does not fit is an empty 500, without a token",
        over_budget,
    ),
    (
        "bearer",
        "`Authorization: Bearer` brings a token, and another scheme leaves it to the cookie",
        bearer,
    ),
];

const FIELD: &str = "x-session";
const TOUCH: &str = "x-session-touch";
const READ: &str = "/act/get.name/refusal/source";

fn composite(harness: &dyn Harness) -> Result<Stage, Failure> {
    with(harness, Transport::header(FIELD).or_cookie())
}

fn with(harness: &dyn Harness, transport: Transport) -> Result<Stage, Failure> {
    Stage::with(harness, |plan| Plan {
        manager: plan.manager.transport(transport),
        ..plan
    })
}

/// The token of an answer that has to hold one.
fn token(answer: &Answer) -> Result<String, Failure> {
    let token = answer.field(FIELD).unwrap_or_default();
    same(
        "the answer",
        "a token in the field",
        false,
        token.is_empty(),
    )?;
    Ok(token)
}

/// A token whose session holds a name, Ada.
fn ada(stage: &Stage) -> Result<String, Failure> {
    let request = Request::get("/act/put.name.Ada").field(FIELD, "");
    let answer = stage.send(&request)?;
    answer
        .is(200)?
        .sets(&[])?
        .has("cache-control", "no-store")?;
    token(&answer)
}

fn sees(stage: &Stage, request: &Request, text: &str) -> Result<Answer, Failure> {
    let answer = stage.send(request)?;
    answer.is(200)?.says(text)?.sets(&[])?;
    Ok(answer)
}

fn in_and_out(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = composite(harness)?;
    let token = ada(&stage)?;
    let answer = sees(
        &stage,
        &Request::get(READ).field(FIELD, &token),
        "Ada,none,header",
    )?;
    answer.lacks(FIELD)?.has("vary", "x-session, Cookie")?;
    // The name's case is the client's business.
    sees(
        &stage,
        &Request::get(READ).field("X-SESSION", token),
        "Ada,none,header",
    )
    .map(drop)
}

fn or_cookie(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = composite(harness)?;
    let mut browser = stage.browser();
    let answer = browser.get("/act/put.name.Ada")?;
    answer.is(200)?.sets(&["session"])?.lacks(FIELD)?;
    answer
        .has("vary", "x-session, Cookie")?
        .has("cache-control", "private")?;
    browser.sees(READ, "Ada,none,cookie").map(drop)
}

fn one_token(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = composite(harness)?;
    let from_field = format!("{SESSION}={}", ada(&stage)?);
    sees(
        &stage,
        &Request::get(READ).cookie(from_field),
        "Ada,none,cookie",
    )?;
    let from_cookie = stage.ada()?.value(SESSION)?;
    sees(
        &stage,
        &Request::get(READ).field(FIELD, from_cookie),
        "Ada,none,header",
    )
    .map(drop)
}

fn touch(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = composite(harness)?;
    let token = ada(&stage)?;
    stage.advance(IDLE * 2 / 3);
    let answer = stage.send(&Request::get("/plain").field(FIELD, &token))?;
    answer.is(200)?.sets(&[])?.lacks(FIELD)?;
    let touch = answer.field(TOUCH).unwrap_or_default();
    stage.advance(IDLE * 2 / 3);
    let both = Request::get(READ).field(FIELD, &token).field(TOUCH, touch);
    sees(&stage, &both, "Ada,none,header")?;
    let alone = Request::get(READ).field(FIELD, token);
    sees(&stage, &alone, "nothing,idle_expired,none").map(drop)
}

fn beside_cookie(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = composite(harness)?;
    let (token, mut browser) = (ada(&stage)?, stage.browser());
    browser.get("/act/put.name.Grace")?.is(200)?;
    let both = |path: &str, line: String| Request::get(path).cookie(line).field(FIELD, &token);
    sees(&stage, &both(READ, browser.line()), "Ada,none,header")?;
    let changed = stage.send(&both("/act/put.name.Eve", browser.line()))?;
    changed.is(200)?.sets(&[])?;
    self::token(&changed)?;
    let ended = stage.send(&both("/act/destroy", browser.line()))?;
    ended.is(200)?.sets(&[])?.has(FIELD, "")?;
    // A cache would say so once more, to a client that has another session by then.
    ended.has("cache-control", "no-store")?;
    browser.sees(READ, "Grace,none,cookie").map(drop)
}

fn two_fields(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = composite(harness)?;
    let (one, other) = (ada(&stage)?, ada(&stage)?);
    for request in [
        Request::get(READ).field(FIELD, &one).field(FIELD, &other),
        Request::get(READ).field(FIELD, format!("{one}, {other}")),
    ] {
        sees(&stage, &request, "nothing,conflict,none")?;
    }
    Ok(())
}

fn refused(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = composite(harness)?;
    let line = stage.ada()?.line();
    let garbage = |path: &str| {
        Request::get(path)
            .field(FIELD, "garbage")
            .cookie(line.clone())
    };
    sees(&stage, &garbage(READ), "nothing,malformed,none")?.lacks(FIELD)?;
    let answer = stage.send(&garbage("/act/put.name.Eve"))?;
    answer.is(200)?.sets(&[])?;
    token(&answer)?;
    stage
        .send(&garbage("/live/get.name"))?
        .is(401)?
        .sets(&[])
        .map(drop)
}

fn sign_out(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = composite(harness)?;
    let token = ada(&stage)?;
    let answer = stage.send(&Request::new("POST", "/act/destroy").field(FIELD, token))?;
    answer.is(200)?.sets(&[])?.has(FIELD, "").map(drop)
}

fn on_errors(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = composite(harness)?;
    for (route, status) in [
        ("/act/../status.404", 404),
        ("/early/..", 403),
        ("/redirect/..", 303),
        ("/stream/..", 200),
        ("/foreign/..", 200),
    ] {
        let path = route.replace("..", "put.name.Ada");
        let answer = stage.send(&Request::get(path).field(FIELD, ""))?;
        answer.is(status)?.has("cache-control", "no-store")?;
        token(&answer)?;
    }
    Ok(())
}

fn over_budget(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = composite(harness)?;
    let token = ada(&stage)?;
    let path = "/act/put.name.Eve/noise.one.4000/noise.two.4000";
    let answer = stage.send(&Request::get(path).field(FIELD, &token))?;
    answer.is(500)?.says("")?.sets(&[])?.lacks(FIELD)?;
    sees(
        &stage,
        &Request::get(READ).field(FIELD, token),
        "Ada,none,header",
    )
    .map(drop)
}

fn bearer(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = with(harness, Transport::bearer().or_cookie())?;
    let asks = Request::get("/act/put.name.Ada").field("Authorization", "Bearer");
    let token = token(stage.send(&asks)?.is(200)?.sets(&[])?)?;
    let bearer = Request::get(READ).field("Authorization", format!("Bearer {token}"));
    let answer = sees(&stage, &bearer, "Ada,none,header")?;
    answer.has("vary", "authorization, Cookie")?;
    let line = stage.ada()?.line();
    let basic = Request::get(READ)
        .field("Authorization", "Basic QTpi")
        .cookie(line);
    sees(&stage, &basic, "Ada,none,cookie").map(drop)
}
