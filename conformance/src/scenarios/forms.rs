//! Form tokens, where an application asks for them.

use std::time::Duration;

use sealed_session::revocation::{Answer as Known, Staleness};
use sealed_session::{CrossOrigin, Transport};

use crate::action::noise;
use crate::failure::{Failure, same};
use crate::harness::Harness;
use crate::log;
use crate::oracle::Oracle;
use crate::scenario::Entry;
use crate::site::receipt;
use crate::stage::{Plan, SESSION, Stage, Visitor};
use crate::wire::{Answer, Request};

pub(super) const LIST: &[Entry] = &[
    (
        "form_without_token",
        "A form without a token is answered with an empty 403, whatever it is for",
        without_token,
    ),
    (
        "form_field",
        "A form whose first field is the token is served, in either encoding, and arrives whole",
        field,
    ),
    (
        "form_header",
        "So is a script that sends the token in a header field, with a body of its own",
        header,
    ),
    (
        "form_not_first",
        "A token behind another field is not looked for, and the log says so",
        not_first,
    ),
    (
        "form_of_another",
        "The token of another session is refused, and that of before a sign-in; a renewal keeps it",
        of_another,
    ),
    (
        "form_upload",
        "An upload of a megabyte arrives whole",
        upload,
    ),
    (
        "form_in_pieces",
        "A token that comes in pieces is found, and one that is cut off is not",
        in_pieces,
    ),
    (
        "form_excused",
        "Nobody asks a GET, an exempt route, a session in a field or one that is not there",
        excused,
    ),
    (
        "form_without_session",
        "Where a token is asked for without a session as well, the page with the form begins one",
        without_session,
    ),
    (
        "form_of_a_revoked_session",
        "A form of a session that was revoked reaches the handler, as nobody's",
        of_a_revoked_session,
    ),
];

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=\"--its.boundary\"";

/// An app that asks for form tokens.
fn asking(harness: &dyn Harness) -> Result<Stage, Failure> {
    under(harness, CrossOrigin::new().with_form_tokens())
}

fn under(harness: &dyn Harness, policy: CrossOrigin) -> Result<Stage, Failure> {
    Stage::with(harness, |plan| Plan {
        manager: plan.manager.cross_origin(policy),
        ..plan
    })
}

/// A token of a page that this browser gets.
fn token(browser: &mut Visitor<'_>) -> Result<String, Failure> {
    let page = browser.get("/act/form-token")?;
    page.is(200)?;
    Ok(String::from_utf8_lossy(&page.body).into_owned())
}

/// The parts of a form, each a field.
fn parts(fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        format!(
            "----its.boundary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    };
    let parts: String = fields.iter().map(part).collect();
    parts + "----its.boundary--\r\n"
}

fn is_refused(answer: &Answer) -> Result<(), Failure> {
    answer.is(403)?.says("")?.sets(&[])?;
    answer.has("cache-control", "no-store").map(drop)
}

/// Demands that the log has told this reason.
fn is_logged(reason: &str) -> Result<(), Failure> {
    let logged = log::text().contains(&format!("reason=\"{reason}\""));
    same(reason, "the log tells why", true, logged)
}

fn without_token(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = asking(harness)?;
    let mut browser = stage.ada()?;
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        for path in ["/act/put.name.Eve", "/act/destroy", "/nowhere"] {
            let request = browser.request(method, path);
            is_refused(&stage.send(&request.field("Sec-Fetch-Site", "same-origin"))?)?;
        }
    }
    is_logged("no_form_token")?;
    let forms = [
        (FORM, String::new()),
        (FORM, "csrf_token=".to_owned()),
        ("text/plain", "csrf_token=".to_owned()),
    ];
    for (media_type, body) in forms {
        let request = browser.request("POST", "/act/put.name.Eve");
        is_refused(&stage.send(&request.body(media_type, body))?)?;
    }
    browser.holds("name", "Ada")
}

fn field(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = asking(harness)?;
    let mut browser = stage.ada()?;
    let token = token(&mut browser)?;
    let encoded = format!("csrf_token={token}&name=1");
    let multipart = parts(&[("csrf_token", &token), ("name", "2")]);
    for (media_type, body, name) in [(FORM, encoded, "Grace"), (MULTIPART, multipart, "Mary")] {
        let request = browser
            .request("POST", "/body")
            .body(media_type, body.as_str());
        let answer = stage.send(&request)?;
        answer.is(200)?.says(&receipt(body.as_bytes()))?;
        let request = browser.request("POST", &format!("/act/put.name.{name}"));
        let answer = stage.send(&request.body(media_type, body))?;
        answer.is(200)?.sets(&["session"])?;
        browser.keep(&answer);
        browser.holds("name", name)?;
    }
    Ok(())
}

fn header(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = asking(harness)?;
    let mut browser = stage.ada()?;
    let token = token(&mut browser)?;
    let post = || browser.request("POST", "/body");
    let body = r#"{"name":"Grace"}"#;
    let scripted = post().field("X-CSRF-Token", token.as_str());
    let answer = stage.send(&scripted.clone().body("application/json", body))?;
    answer.is(200)?.says(&receipt(body.as_bytes()))?;
    stage.send(&scripted.field("X-CSRF-Token", "x"))?.is(403)?;
    let wrong = post().field("X-CSRF-Token", "A".repeat(43));
    is_refused(&stage.send(&wrong.body(FORM, format!("csrf_token={token}")))?)?;
    is_logged("wrong_form_token")
}

fn not_first(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = asking(harness)?;
    let mut browser = stage.ada()?;
    let token = token(&mut browser)?;
    let encoded = format!("name=Eve&csrf_token={token}");
    let multipart = parts(&[("name", "Eve"), ("csrf_token", &token)]);
    for (media_type, body) in [(FORM, encoded), (MULTIPART, multipart)] {
        let request = browser.request("POST", "/act/put.name.Eve");
        is_refused(&stage.send(&request.body(media_type, body))?)?;
    }
    is_logged("late_form_token")?;
    browser.holds("name", "Ada")
}

fn of_another(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = asking(harness)?;
    let (mut ada, mut eve) = (stage.ada()?, stage.ada()?);
    let (first, other) = (token(&mut ada)?, token(&mut eve)?);
    let post = |browser: &Visitor<'_>, token: &str| {
        let request = browser.request("POST", "/act/put.name.Eve");
        stage.send(&request.body(FORM, format!("csrf_token={token}")))
    };
    is_refused(&post(&ada, &other)?)?;
    ada.get("/act/renew")?.is(200)?;
    post(&ada, &first)?.is(200)?;
    ada.get("/act/sign-in.ada")?.is(200)?;
    is_refused(&post(&ada, &first)?)?;
    let again = token(&mut ada)?;
    post(&ada, &again)?.is(200).map(drop)
}

fn upload(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = asking(harness)?;
    let mut browser = stage.ada()?;
    let token = token(&mut browser)?;
    let file = noise("a file", 1 << 20);
    let body = parts(&[("csrf_token", &token), ("file", &file)]);
    let request = browser.request("POST", "/body");
    let answer = stage.send(&request.body(MULTIPART, body.as_str()))?;
    answer.is(200)?.says(&receipt(body.as_bytes())).map(drop)
}

fn in_pieces(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = asking(harness)?;
    let mut browser = stage.ada()?;
    let token = token(&mut browser)?;
    let whole = format!("csrf_token={token}&name=Grace");
    let cut = format!("csrf_token={}", token.get(..40).unwrap_or_default());
    for (body, status) in [(whole, 200), (cut, 403)] {
        let request = browser.request("POST", "/body").body(FORM, body.as_str());
        let answer = stage.connect()?.send_in_pieces(&request, 16)?;
        answer.is(status)?;
        if status == 200 {
            answer.says(&receipt(body.as_bytes()))?;
        }
    }
    Ok(())
}

fn excused(harness: &dyn Harness) -> Result<(), Failure> {
    let policy = CrossOrigin::new()
        .with_form_tokens()
        .exempt("/act/put.name.Grace");
    let stage = Stage::with(harness, |plan| Plan {
        manager: plan
            .manager
            .cross_origin(policy)
            .transport(Transport::header("x-session").or_cookie()),
        ..plan
    })?;
    let browser = stage.ada()?;
    let token = browser.value(SESSION)?;
    for method in ["GET", "HEAD", "OPTIONS"] {
        stage
            .send(&browser.request(method, "/act/get.name"))?
            .is(200)?;
    }
    is_refused(&stage.send(&browser.request("POST", "/act/get.name"))?)?;
    stage
        .send(&browser.request("POST", "/act/put.name.Grace"))?
        .is(200)?;
    let request = Request::new("POST", "/act/get.name").field("X-Session", token);
    stage.send(&request)?.is(200)?.says("Ada")?;
    let request = Request::new("POST", "/act/put.name.Eve").cookie("__Host-session=over");
    stage.send(&request)?.is(200)?.sets(&["session"]).map(drop)
}

fn without_session(harness: &dyn Harness) -> Result<(), Failure> {
    let usual = asking(harness)?;
    let mut browser = usual.browser();
    let page = browser.get("/act/form-token")?;
    page.is(200)?
        .says("")?
        .sets(&[])?
        .has("cache-control", "private")?;
    usual
        .send(&browser.request("POST", "/act/sign-in.ada"))?
        .is(200)?;

    let stage = under(
        harness,
        CrossOrigin::new().with_form_tokens().also_without_session(),
    )?;
    let mut browser = stage.browser();
    is_refused(&stage.send(&browser.request("POST", "/act/sign-in.ada"))?)?;
    let token = token(&mut browser)?;
    let request = browser.request("POST", "/act/sign-in.ada");
    let answer = stage.send(&request.body(FORM, format!("csrf_token={token}")))?;
    answer.is(200)?.sets(&["session", "session.x"])?;
    // Whoever lost the session that the token is of brings none.
    let request = Request::new("POST", "/act/sign-in.ada");
    is_refused(&stage.send(&request.body(FORM, format!("csrf_token={token}")))?)
}

fn of_a_revoked_session(harness: &dyn Harness) -> Result<(), Failure> {
    let oracle = Oracle::new(Known::Revoked);
    let asked = oracle.revocations();
    let policy = CrossOrigin::new().with_form_tokens();
    let stage = Stage::with(harness, |plan| Plan {
        manager: plan
            .manager
            .cross_origin(policy)
            .revocations(asked)
            .staleness(Staleness::within(Duration::from_secs(60))),
        ..plan
    })?;
    let mut browser = stage.browser();
    browser.get("/act/sign-in.ada")?.is(200)?;
    let request = browser.request("POST", "/members/say.Hello");
    stage.send(&request)?.is(401)?;
    let request = browser.request("POST", "/act/subject/refusal");
    stage
        .send(&request)?
        .is(200)?
        .says("nobody,revoked")
        .map(drop)
}
