//! Tokens: refreshing, and what fits.

use std::time::Duration;

use serde_json::json;

use crate::application::Application;
use crate::provider::{Provider, Reply, Said, random};

/// Access tokens that are about to end.
fn short() -> Said {
    Said {
        tokens: Some(json!({ "expires_in": 5 })),
        ..Said::default()
    }
}

#[tokio::test]
async fn requests_that_come_at_once_use_a_refresh_token_once() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    provider.say(short());
    browser.sign_in(&provider, "Ada", "s1").await;
    provider.say(Said::default());
    let older = browser.clone();
    let (mut a, mut b, mut c) = (older.clone(), older.clone(), older.clone());
    let (a, b, c) = tokio::join!(a.get("/profile"), b.get("/profile"), c.get("/profile"));
    assert_eq!((a.status, &a.text, &a.text), (200, &b.text, &c.text));
    // A request that left with the older cookie, and one that the new one was lost for.
    let mut late = older;
    assert_eq!(late.get("/profile").await.text, a.text);
    assert_eq!(late.get("/profile").await.text, a.text);
    assert_eq!(provider.refreshed(), [1]);
}

#[tokio::test]
async fn a_refresh_token_that_stays_the_same_is_used_again() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    provider.say(short());
    browser.sign_in(&provider, "Ada", "s1").await;
    let tokens = Some(json!({ "expires_in": 5, "refresh_token": "-" }));
    provider.say(Said {
        tokens,
        reuses: true,
        ..Said::default()
    });
    let first = browser.get("/profile").await;
    let second = browser.get("/profile").await;
    assert_eq!((first.status, second.status), (200, 200));
    assert_ne!(first.text, second.text, "the access token is another one");
    assert_eq!(provider.refreshed(), [2]);
}

#[tokio::test]
async fn a_visitor_who_stops_loading_during_a_refresh_keeps_the_tokens() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    provider.say(short());
    browser.sign_in(&provider, "Ada", "s1").await;
    provider.say(Said::default());
    // One tab is closed while the provider thinks, and another one waits for the same answer.
    let profile = application.http.get(format!("{}/profile", application.url));
    let jar = browser.jar.clone();
    let closed = application.stops_loading(profile, &jar, 150);
    let mut other = browser.clone();
    let waits = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        other.get("/profile").await
    };
    let ((), page) = tokio::join!(closed, waits);
    assert_eq!(page.status, 200, "{}", page.text);
    // And one that comes when nobody waits any more.
    assert_eq!(browser.get("/profile").await.text, page.text);
    assert_eq!(provider.refreshed(), [1]);
}

#[tokio::test]
async fn a_call_that_fails_after_a_refresh_leaves_the_new_tokens() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    let oops = Reply::Text(500, "oops".to_owned());
    for (reply, log) in [
        (oops, "what it says of the account"),
        (Reply::Silence, "no answer in time"),
    ] {
        provider.say(short());
        browser.sign_in(&provider, "Ada", "s1").await;
        let before = browser.jar.cookie();
        provider.say(Said {
            reply: Some(("me", reply)),
            ..Said::default()
        });
        application.forget_log();
        let page = browser.get("/profile").await;
        assert_eq!(page.status, 200, "{log}");
        assert!(page.text.contains("does not say"), "{}", page.text);
        application.logged(log).await;
        // The browser has them, and nobody has to remember them for it.
        let tokens = |cookies: &str| {
            let mut all = cookies.split("; ").map(str::to_owned);
            all.find(|one| one.starts_with("oidc-tokens="))
        };
        assert_ne!(tokens(&browser.jar.cookie()), tokens(&before), "{log}");
    }
    // Nobody is asked for others.
    provider.say(Said::default());
    assert_eq!(browser.get("/profile").await.status, 200);
    assert_eq!(provider.refreshed(), [1, 1]);
}

#[tokio::test]
async fn a_provider_that_says_nonsense_of_time_is_a_page() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    browser.sign_in(&provider, "Ada", "s1").await;
    let seconds = |seconds: u64| Said {
        tokens: Some(json!({ "expires_in": seconds })),
        ..Said::default()
    };
    let claims = |claims| Said {
        claims: Some(claims),
        ..Said::default()
    };
    let lifetime = "the access token's lifetime";
    for (said, status, log) in [
        (seconds(u64::MAX), 502, lifetime),
        (seconds(400_000_000_000), 502, lifetime),
        (
            claims(json!({ "iat": 1e300 })),
            502,
            "its answer about tokens",
        ),
        (
            claims(json!({ "exp": 1e300 })),
            502,
            "its answer about tokens",
        ),
        (
            claims(json!({ "iat": -377_705_116_801_i64 })),
            502,
            "the ID token's time of issue",
        ),
        (claims(json!({ "iat": -377_705_116_800_i64 })), 303, ""),
    ] {
        provider.say(said.clone());
        application.forget_log();
        let page = browser.sign_in(&provider, "Ada", "s1").await;
        assert_eq!(page.status, status, "{:?} {:?}", said.tokens, said.claims);
        application.logged(log).await;
    }
}

#[tokio::test]
async fn tokens_of_another_account_are_not_used() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let [mut ada, mut eve] = [(); 2].map(|()| application.browser());
    ada.sign_in(&provider, "Ada", "s1").await;
    eve.sign_in(&provider, "Eve", "s2").await;
    let cookies = eve.jar.cookie();
    let planted = cookies
        .split("; ")
        .find(|one| one.starts_with("oidc-tokens="));
    ada.jar.keep([format!("{}; Path=/", planted.unwrap())]);
    assert_eq!(ada.get("/profile").await.status, 403);
    application.logged("no tokens of this account").await;
    assert_eq!(ada.account().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn a_refresh_that_fails_is_a_page_and_the_session_stays() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    provider.say(short());
    browser.sign_in(&provider, "Ada", "s1").await;
    let refusal = Reply::Text(400, r#"{"error":"invalid_grant"}"#.to_owned());
    let fault = Reply::Text(500, "oops".to_owned());
    for (reply, status, log) in [
        (fault, 502, "its answer about tokens"),
        (refusal, 403, "invalid_grant"),
    ] {
        application.forget_log();
        provider.say(Said {
            reply: Some(("token", reply)),
            ..Said::default()
        });
        assert_eq!(browser.get("/profile").await.status, status);
        application.logged(log).await;
        assert_eq!(browser.account().await.as_deref(), Some("Ada"));
    }
    // What failed is asked again.
    provider.say(Said::default());
    assert_eq!(browser.get("/profile").await.status, 200);
    assert_eq!(provider.refreshed(), [1]);

    // Without a refresh token there is one way left.
    provider.say(Said {
        tokens: Some(json!({ "expires_in": 5, "refresh_token": "-" })),
        ..Said::default()
    });
    browser.sign_in(&provider, "Ada", "s1").await;
    application.forget_log();
    assert_eq!(browser.get("/profile").await.status, 403);
    application.logged("no refresh token").await;
    assert_eq!(browser.account().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn tokens_of_6_kb_fit_and_larger_ones_are_a_page_that_changes_nothing() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    let noise = |bytes: usize| -> String { (0..bytes / 32).map(|_| random()).collect() };
    for (bytes, fits) in [
        (1_024, true),
        (6_144, true),
        (9_216, false),
        (65_536, false),
    ] {
        let access = noise(bytes);
        provider.say(Said {
            tokens: Some(json!({ "access_token": access })),
            ..Said::default()
        });
        application.forget_log();
        let page = browser
            .sign_in(&provider, "Ada", &format!("s{bytes}"))
            .await;
        assert_eq!(page.status, if fits { 303 } else { 500 }, "{bytes}");
        if fits {
            let home = browser.get("/").await.text;
            let (_, rest) = home.split_once("the tokens take ").unwrap();
            println!("{bytes}: {}", rest.split('.').next().unwrap());
            continue;
        }
        assert!(
            page.text.contains("larger than we can keep"),
            "{}",
            page.text
        );
        application.logged("10000").await;
        // What was there is whole: the account, and the tokens.
        assert_eq!(browser.account().await.as_deref(), Some("Ada"));
        assert!(browser.get("/profile").await.text.len() > 6_000);
    }
}
