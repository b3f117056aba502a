//! The provider's document and keys, and a provider that is slow or gone.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::application::{Application, Browser};
use crate::provider::{Provider, Reply, Said, Signature};

#[tokio::test]
async fn a_document_that_is_not_as_agreed_is_refused() {
    let moved = json!({ "issuer": "https://idp.example" });
    let said = [
        (
            Said {
                document: Some(moved),
                ..Said::default()
            },
            "its discovery document names another issuer",
        ),
        (
            Said {
                document: Some(json!({ "jwks_uri": "-" })),
                ..Said::default()
            },
            "its discovery document or its keys",
        ),
        (
            Said {
                reply: Some(("document", Reply::Text(404, "{}".to_owned()))),
                ..Said::default()
            },
            "its discovery document or its keys",
        ),
        (
            Said {
                reply: Some(("jwks", Reply::Text(200, "[]".to_owned()))),
                ..Said::default()
            },
            "its discovery document or its keys",
        ),
    ];
    let provider = Provider::start().await;
    for (said, log) in said {
        provider.say(said);
        let application = Application::start(&provider);
        let page = application.browser().get("/sign-in").await;
        assert_eq!(page.status, 502, "{log}");
        application.logged(&format!("why=\"{log}\"")).await;
    }
}

#[tokio::test]
async fn the_provider_is_asked_for_keys_every_five_seconds_at_most_though_it_fails() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    application.browser().begin("/sign-in").await;
    assert_eq!(provider.documents(), 1);
    tokio::time::sleep(Duration::from_secs(6)).await;
    provider.say(Said {
        reply: Some(("document", Reply::Text(500, "{}".to_owned()))),
        ..Said::default()
    });
    let claims = provider.claims([&json!({ "sub": "Ada" })]);
    for _ in 0..10 {
        let token = provider.sign_as(Signature::Unknown, "logout+jwt", &claims);
        assert_eq!(application.log_out(&token).await.status(), 400);
    }
    assert_eq!(provider.documents(), 2);
    // What it said before still counts, and the fault is forgotten.
    application.browser().begin("/sign-in").await;
    provider.say(Said::default());
    provider.rotate();
    let mut browser = application.browser();
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(browser.sign_in(&provider, "Ada", "s1").await.status, 303);
    assert_eq!(provider.documents(), 3);
}

#[tokio::test]
async fn a_provider_that_redirects_has_nobody_else_asked() {
    let (provider, other) = (Provider::start().await, Provider::start().await);
    let moved = format!("{}/.well-known/openid-configuration", other.issuer());
    other.say(Said {
        document: Some(json!({ "issuer": provider.issuer() })),
        ..Said::default()
    });
    provider.say(Said {
        reply: Some(("document", Reply::Redirect(moved))),
        ..Said::default()
    });
    let application = Application::start(&provider);
    assert_eq!(application.browser().get("/sign-in").await.status, 502);
    assert_eq!(other.documents(), 0);
}

#[tokio::test]
async fn a_provider_that_is_slow_silent_or_gone_costs_some_seconds_and_no_session() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    browser.sign_in(&provider, "Ada", "s1").await;
    let begun = browser.begin("/sign-in").await;

    let gone = Application::start_at("http://127.0.0.1:9");
    assert_eq!(gone.browser().get("/sign-in").await.status, 504);
    gone.logged("no connection").await;

    // All at once, and ten visitors who wait for the same document.
    let begins = Instant::now();
    let (silent, slow) = (Provider::start().await, Provider::start().await);
    silent.say(Said {
        reply: Some(("document", Reply::Silence)),
        ..Said::default()
    });
    slow.say(Said {
        reply: Some(("jwks", Reply::Drops)),
        ..Said::default()
    });
    provider.say(Said {
        reply: Some(("token", Reply::Silence)),
        ..Said::default()
    });
    let (to_silent, to_slow) = (Application::start(&silent), Application::start(&slow));
    let mut waiting = Vec::new();
    for _ in 0..10 {
        let (http, url) = (to_silent.http.clone(), format!("{}/sign-in", to_silent.url));
        waiting.push(tokio::spawn(async move {
            http.get(url).send().await.unwrap().status()
        }));
    }
    let answer = begun.answer(&provider, "Eve", "s2");
    let mut other = to_slow.browser();
    let (page, late) = tokio::join!(browser.get(&answer), other.get("/sign-in"));
    assert_eq!((page.status, late.status), (504, 504));
    for one in waiting {
        assert_eq!(one.await.unwrap(), 504);
    }
    assert!(
        begins.elapsed() < Duration::from_secs(9),
        "{:?}",
        begins.elapsed()
    );
    application.logged("no answer in time").await;
    assert_eq!(browser.account().await.as_deref(), Some("Ada"));

    // It is back: the same link counts, because the code was not used.
    provider.say(Said::default());
    assert_eq!(browser.get(&answer).await.status, 303);
    assert_eq!(browser.account().await.as_deref(), Some("Eve"));
    // Signing out asks nobody, known or not.
    assert_eq!(gone.browser().sign_out().await.location, "/");
}

#[tokio::test]
async fn a_provider_with_new_keys_is_asked_for_them() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    browser.sign_in(&provider, "Ada", "s1").await;
    let profile = async |browser: &mut Browser<'_>| browser.get("/profile").await.status;
    assert_eq!(profile(&mut browser).await, 200);
    provider.rotate();
    assert_eq!(profile(&mut browser).await, 200);
    // Not more often than every five seconds.
    assert_eq!(browser.sign_in(&provider, "Bob", "s2").await.status, 502);
    assert_eq!(browser.account().await.as_deref(), Some("Ada"));
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(browser.sign_in(&provider, "Bob", "s2").await.status, 303);
    assert_eq!(browser.account().await.as_deref(), Some("Bob"));
    // A logout token of a key that is newer still has to wait, too, and is refused meanwhile.
    provider.rotate();
    let claims = provider.claims([&json!({ "sub": "Bob" })]);
    let token = provider.sign_as(Signature::Good, "logout+jwt", &claims);
    assert_eq!(application.log_out(&token).await.status(), 400);
}
