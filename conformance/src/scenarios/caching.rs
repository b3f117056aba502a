//! What responses tell caches.

use sealed_session::SiteData;

use crate::failure::Failure;
use crate::harness::Harness;
use crate::scenario::Entry;
use crate::stage::{Plan, Stage};

pub(super) const LIST: &[Entry] = &[
    (
        "vary_is_added",
        "What a response varies by already stays, and `Cookie` is added once",
        vary_is_added,
    ),
    (
        "made_private",
        "A response that sets the session is private, whatever its handler said of shared caches",
        made_private,
    ),
    (
        "targeted",
        "Fields that let particular caches store it are gone then; others of that kind stay",
        targeted,
    ),
    (
        "said_is_kept",
        "What the handler says of caching stays where no cookie rides",
        said_is_kept,
    ),
    (
        "sign_out_clears",
        "A sign-out says `Clear-Site-Data` and `no-store` if it is configured to, once",
        sign_out_clears,
    ),
];

fn vary_is_added(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.browser();
    for (said, whole) in [
        ("Accept", "Accept, Cookie"),
        ("Accept,+cookie", "Accept, cookie"),
        ("*", "*"),
    ] {
        let answer = browser.get(&format!("/act/get.name/header.vary.{said}"))?;
        answer.is(200)?.has("vary", whole)?;
    }
    let answer = browser.get("/act/get.name/header.vary.Accept/header.vary.Origin")?;
    answer
        .is(200)?
        .has("vary", "Accept, Origin, Cookie")
        .map(drop)
}

fn made_private(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    for (said, whole) in [
        (
            "header.cache-control.public,+max-age=60",
            "private, max-age=60",
        ),
        (
            "header.cache-control.public/header.cache-control.max-age=60",
            "private, max-age=60",
        ),
        ("header.cache-control.no-store", "private, no-store"),
        ("header.etag.x", "private"),
    ] {
        let answer = stage.browser().get(&format!("/act/put.name.Ada/{said}"))?;
        answer
            .is(200)?
            .sets(&["session"])?
            .has("cache-control", whole)?;
    }
    Ok(())
}

fn targeted(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let path = "/act/put.name.Ada/header.cdn-cache-control.max-age=60\
                /header.surrogate-control.no-store";
    let answer = stage.browser().get(path)?;
    answer.is(200)?.lacks("cdn-cache-control")?;
    answer
        .has("surrogate-control", "no-store")?
        .has("cache-control", "private")
        .map(drop)
}

fn said_is_kept(harness: &dyn Harness) -> Result<(), Failure> {
    let stage = Stage::usual(harness)?;
    let mut browser = stage.ada()?;
    for said in [
        "no-store",
        "public, max-age=60",
        "max-age=0, must-revalidate",
    ] {
        let step = said.replace(' ', "+");
        let answer = browser.get(&format!("/act/get.name/header.cache-control.{step}"))?;
        answer
            .is(200)?
            .sets(&[])?
            .has("cache-control", said)?
            .has("vary", "Cookie")?;
    }
    Ok(())
}

fn sign_out_clears(harness: &dyn Harness) -> Result<(), Failure> {
    let clearing = |plan: Plan| Plan {
        manager: plan
            .manager
            .clear_site_data([
                SiteData::Cache,
                SiteData::ClientHints,
                SiteData::ExecutionContexts,
                SiteData::Storage,
            ])
            .no_store_on_destroy(),
        ..plan
    };
    let stage = Stage::with(harness, clearing)?;
    let mut browser = stage.ada()?;
    browser
        .get("/act/get.name")?
        .is(200)?
        .lacks("clear-site-data")?;
    let every = r#""cache", "clientHints", "executionContexts", "storage""#;
    // Also where another session begins in the same request.
    for steps in ["/act/destroy/put.notice.Goodbye", "/act/destroy"] {
        let answer = browser.get(steps)?;
        answer.is(200)?.has("clear-site-data", every)?;
        answer.has("cache-control", "no-store")?;
    }
    Ok(())
}
