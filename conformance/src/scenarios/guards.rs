//! Routes that not everybody may see.

use std::time::Duration;

use sealed_session::{Budget, Lifetime, SessionManager};

use crate::failure::Failure;
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::stage::{IDLE, Plan, Stage, Visitor, ring};
use crate::wire::Answer;

pub(super) const LIST: &[Entry] = &[
    (
        "guard_redirects",
        "Who visits a page and is not signed in is sent to the sign-in page, with the way back",
        redirects,
    ),
    (
        "guard_posted",
        "What was posted is sent to the sign-in page without a way back",
        posted,
    ),
    (
        "guard_scripts",
        "What is no visit of a page is answered 401",
        scripts,
    ),
    (
        "guard_passes",
        "Who is signed in passes, and caches are told that it depends on the session",
        passes,
    ),
    (
        "guard_forbids",
        "Who is signed in and may not pass is answered 403, and not sent anywhere",
        forbids,
    ),
    (
        "guard_confirm",
        "Who is signed in and did not confirm in time is sent to confirm, with the way back, and then passes",
        confirm,
    ),
    (
        "guard_confirm_scripts",
        "A script is told by a 401 and its challenge that the visitor has to confirm",
        confirm_scripts,
    ),
    (
        "guard_acting",
        "Who acts as somebody else cannot confirm, and is answered 403 until they stop",
        acting,
    ),
    (
        "guard_calls_nobody",
        "The handler behind a guard is not called for who may not pass",
        calls_nobody,
    ),
    (
        "guard_touch",
        "A request that may not pass keeps the session alive all the same",
        touch,
    ),
    (
        "guard_of_a_slot",
        "A guard of another slot asks that one only",
        of_a_slot,
    ),
    (
        "guard_missing_slot",
        "A guard of a slot that the layer lacks lets nobody pass",
        missing_slot,
    ),
];

/// The visit of a page.
fn visit(
    stage: &Stage,
    browser: &mut Visitor<'_>,
    method: &'static str,
    path: &str,
) -> Result<Answer, Failure> {
    let request = browser.request(method, path);
    let answer = stage.send(&request.field("Sec-Fetch-Mode", "navigate"))?;
    browser.keep(&answer);
    Ok(answer)
}

/// Demands the answer of a guard, which nobody may store, or take for that to somebody else.
fn refuses(answer: &Answer, status: u16, location: Option<&str>) -> Result<(), Failure> {
    answer.is(status)?.says("")?.sets(&[])?;
    answer
        .has("cache-control", "no-store")?
        .has("vary", "Cookie")?;
    match location {
        Some(location) => answer.has("location", location)?,
        None => answer.lacks("location")?,
    };
    Ok(())
}

/// A browser in which Ada is signed in.
fn member(stage: &Stage) -> Result<Visitor<'_>, Failure> {
    let mut browser = stage.browser();
    browser.get("/act/sign-in.ada")?.is(200)?;
    Ok(browser)
}

fn redirects(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.browser();
    let there = "/members/subject/say.%20?page=2&by=date";
    let location = "/sign-in?next=/members/subject/say.%2520%3Fpage%3D2%26by%3Ddate";
    for method in ["GET", "HEAD"] {
        let answer = visit(&stage, &mut browser, method, there)?;
        refuses(&answer, 303, Some(location))?;
    }
    // A session in which nobody is signed in is no sign-in.
    let mut browser = stage.ada()?;
    let answer = visit(&stage, &mut browser, "GET", there)?;
    answer
        .is(303)?
        .has("location", location)?
        .sets(&[])
        .map(drop)
}

fn posted(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    for method in ["POST", "PUT"] {
        let answer = visit(&stage, &mut stage.browser(), method, "/members/subject")?;
        refuses(&answer, 303, Some("/sign-in"))?;
    }
    Ok(())
}

fn scripts(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let browser = stage.browser();
    let html = "text/html,application/xhtml+xml,*/*;q=0.8";
    let request = browser.request("GET", "/members/subject");
    refuses(&stage.send(&request)?, 401, None)?;
    let script = request.clone().field("Sec-Fetch-Mode", "cors");
    refuses(&stage.send(&script.field("Accept", html))?, 401, None)?;
    let old = request.field("Accept", html);
    let location = "/sign-in?next=/members/subject";
    refuses(&stage.send(&old)?, 303, Some(location))
}

fn passes(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = member(&stage)?;
    let answer = visit(&stage, &mut browser, "GET", "/members/say.Hello?page=2")?;
    answer.is(200)?.says("Hello")?.sets(&[])?;
    answer
        .has("vary", "Cookie")?
        .has("cache-control", "private")?;
    browser
        .sees("/members/subject/put.theme.dark", "ada")?
        .sets(&["session"])?;
    browser.holds("theme", "dark")
}

fn forbids(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = member(&stage)?;
    for (step, status) in [
        ("say.nothing", 403),
        ("put.role.guest", 403),
        ("put.role.admin", 200),
        ("sign-in.eve.role", 403),
    ] {
        browser.get(&format!("/act/{step}"))?.is(200)?;
        let answer = visit(&stage, &mut browser, "GET", "/admins/say.Hello")?;
        match status {
            200 => drop(answer.is(200)?.says("Hello")?),
            _ => {
                answer.is(status)?.says("")?.lacks("location")?;
                answer.has("cache-control", "no-store")?;
            }
        }
    }
    Ok(())
}

fn confirm(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let there = "/confirmed/say.Hello?page=2";
    let answer = visit(&stage, &mut stage.browser(), "GET", there)?;
    let sign_in = "/sign-in?next=/confirmed/say.Hello%3Fpage%3D2";
    refuses(&answer, 303, Some(sign_in))?;
    let mut browser = member(&stage)?;
    let location = "/confirm?next=/confirmed/say.Hello%3Fpage%3D2";
    for _ in 0..2 {
        let answer = visit(&stage, &mut browser, "GET", there)?;
        refuses(&answer, 303, Some(location))?;
        let answer = visit(&stage, &mut browser, "POST", there)?;
        refuses(&answer, 303, Some("/confirm"))?;
        browser.get("/act/confirm")?.is(200)?.sets(&["session"])?;
        visit(&stage, &mut browser, "GET", there)?
            .is(200)?
            .says("Hello")?;
        browser.get("/act/sign-in.ada")?.is(200)?;
    }
    browser.get("/act/confirm")?.is(200)?;
    stage.advance(Duration::from_secs(301));
    let answer = visit(&stage, &mut browser, "GET", there)?;
    answer.is(303)?.has("location", location).map(drop)
}

fn confirm_scripts(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = member(&stage)?;
    let request = |browser: &Visitor<'_>| {
        let request = browser.request("GET", "/confirmed/say.Hello");
        request.field("Sec-Fetch-Mode", "cors")
    };
    let answer = stage.send(&request(&browser))?;
    refuses(&answer, 401, None)?;
    let challenge = "Bearer error=\"insufficient_user_authentication\", \
                     error_description=\"confirm who you are\", max_age=\"300\"";
    answer.has("www-authenticate", challenge)?;
    browser.get("/act/confirm")?.is(200)?;
    stage
        .send(&request(&browser))?
        .is(200)?
        .says("Hello")
        .map(drop)
}

fn acting(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = member(&stage)?;
    browser.get("/act/confirm/act-as.bob")?.is(200)?;
    browser.sees("/members/subject/actor", "bob,ada")?;
    let answer = visit(&stage, &mut browser, "GET", "/confirmed/subject")?;
    refuses(&answer, 403, None)?;
    // Nobody acts within acting, and no mask is confirmed.
    for step in ["act-as.eve", "confirm"] {
        browser.get(&format!("/act/{step}"))?.is(500)?.sets(&[])?;
    }
    browser.sees("/members/subject/actor", "bob,ada")?;
    browser.get("/act/stop-acting/confirm")?.is(200)?;
    browser
        .sees("/confirmed/subject/actor", "ada,nobody")
        .map(drop)
}

fn calls_nobody(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let answer = visit(&stage, &mut stage.browser(), "GET", "/members/put.name.Eve")?;
    answer.is(303)?.sets(&[])?;
    let mut browser = stage.ada()?;
    visit(&stage, &mut browser, "GET", "/members/destroy")?.is(303)?;
    browser.holds("name", "Ada")
}

fn touch(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = member(&stage)?;
    for _ in 0..3 {
        stage.advance(IDLE * 2 / 3);
        let answer = visit(&stage, &mut browser, "GET", "/admins/subject")?;
        answer.is(403)?.sets(&["session.t"])?;
    }
    browser.sees("/members/subject", "ada").map(drop)
}

fn of_a_slot(harness: &dyn Harness) -> Result<(), Failure> {
    let prefs = SessionManager::builder("prefs", ring(3)?)
        .lifetime(Lifetime::new().with_idle_timeout(Duration::from_secs(3_600)))
        .budget(Budget::portable().with_total_limit(1_500));
    let stage = Stage::with(harness, |plan| Plan {
        prefs: Some(prefs),
        ..plan
    })?;
    let mut browser = member(&stage)?;
    browser.get("/act/put.theme.dark")?.is(200)?;
    let answer = visit(&stage, &mut browser, "GET", "/themed/subject")?;
    refuses(&answer, 401, None)?;
    let mut browser = stage.browser();
    browser.get("/prefs/put.theme.dark")?.is(200)?;
    browser.sees("/themed/subject", "nobody")?;
    let answer = visit(&stage, &mut browser, "GET", "/members/subject")?;
    answer.is(303).map(drop)
}

fn missing_slot(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = member(&stage)?;
    browser.get("/act/put.theme.dark")?.is(200)?;
    let answer = visit(&stage, &mut browser, "GET", "/themed/subject")?;
    answer.is(500)?.mistakes("with_slot")?.sets(&[]).map(drop)
}
