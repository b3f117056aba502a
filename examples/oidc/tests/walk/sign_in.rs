//! Signing in and out, with a provider that does as agreed and with others.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::application::Application;
use crate::provider::{Provider, Reply, Said, Signature, random};

#[tokio::test]
async fn a_visitor_signs_in_comes_back_to_the_page_and_signs_out_at_the_provider() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    let guard = browser.get("/profile").await;
    assert_eq!(
        (guard.status, guard.location.as_str()),
        (303, "/sign-in?next=/profile")
    );
    let begun = browser.begin(&guard.location).await;
    assert_eq!(
        begun.sent("redirect_uri"),
        format!("{}/callback", application.url)
    );
    let back = browser.get(&begun.answer(&provider, "Ada", "s1")).await;
    assert_eq!((back.status, back.location.as_str()), (303, "/profile"));
    let profile = browser.get("/profile").await;
    assert!(profile.text.contains("calls you by "), "{}", profile.text);

    let out = browser.sign_out().await;
    for part in [
        provider.issuer(),
        "/end?",
        "id_token_hint=ey",
        "client_id=hello",
    ] {
        assert!(out.location.contains(part), "{part} in {}", out.location);
    }
    let home = reqwest::Url::parse(&out.location).unwrap();
    let home = home
        .query_pairs()
        .find(|(name, _)| name == "post_logout_redirect_uri");
    assert_eq!(home.unwrap().1, format!("{}/", application.url));
    assert_eq!(browser.account().await, None);
}

#[tokio::test]
async fn an_answer_counts_once_and_only_in_the_browser_that_asked() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    let begun = browser.begin("/sign-in").await;
    let answer = begun.answer(&provider, "Ada", "s1");
    // Somebody else's link signs nobody in.
    let mut other = application.browser();
    other.begin("/sign-in").await;
    assert_eq!(other.get(&answer).await.status, 400);
    assert_eq!(other.account().await, None);
    assert_eq!(browser.get(&answer).await.status, 303);
    assert_eq!(browser.get(&answer).await.status, 400);
    assert_eq!(browser.account().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn three_tabs_sign_in_and_a_fourth_takes_the_place_of_the_first() {
    // The name of an issuer may be long.
    let provider = Provider::start_under(&format!("/{}", "x".repeat(200))).await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    let mut tabs = Vec::new();
    for tab in 1..=4 {
        // As long as a way back may be, and not as one that compresses.
        let back: String = (0..9).map(|_| random()).collect();
        let path = format!("/sign-in?next=/{tab}{back}");
        tabs.push((tab, browser.begin(&path).await));
    }
    let cookie = browser.jar.cookie();
    assert!(cookie.len() < 2_000, "{cookie}");
    for (tab, begun) in tabs {
        let answer = begun.answer(&provider, &format!("Ada{tab}"), "s1");
        let page = browser.get(&answer).await;
        assert_eq!(browser.get(&answer).await.status, 400, "{tab} again");
        match tab {
            1 => assert_eq!(page.status, 400),
            _ => assert!(
                page.location.starts_with(&format!("/{tab}")),
                "{}",
                page.location
            ),
        }
    }
    assert_eq!(browser.account().await.as_deref(), Some("Ada4"));
    // A way back that is too long, or leads away, is left out.
    for next in [format!("/{}", "x".repeat(400)), "//evil.example".to_owned()] {
        let begun = browser.begin(&format!("/sign-in?next={next}")).await;
        let page = browser.get(&begun.answer(&provider, "Ada", "s1")).await;
        assert_eq!((page.status, page.location.as_str()), (303, "/"));
    }
}

#[tokio::test]
async fn a_sign_out_ends_the_session_and_the_tokens_and_every_copy_of_both() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    browser.sign_in(&provider, "Ada", "s1").await;
    let mut copy = browser.clone();
    let cookies = browser.jar.cookie();
    let tokens = |cookies: &str| {
        let mut all = cookies.split("; ").map(str::to_owned);
        all.find(|one| one.starts_with("oidc-tokens="))
    };
    let stolen = tokens(&cookies).unwrap();
    browser.sign_out().await;
    assert_eq!(tokens(&browser.jar.cookie()), None);
    assert_eq!(copy.account().await, None);
    // Beside a later session of the same account, too.
    let mut other = application.browser();
    other.sign_in(&provider, "Ada", "s2").await;
    assert_eq!(other.get("/profile").await.status, 200);
    other.jar.keep([format!("{stolen}; Path=/")]);
    assert_eq!(other.get("/profile").await.status, 403);
}

#[tokio::test]
async fn a_sign_out_asks_nobody_and_waits_for_nobody() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    browser.sign_in(&provider, "Ada", "s1").await;
    let asked = provider.documents();
    tokio::time::sleep(Duration::from_secs(6)).await;
    provider.say(Said {
        reply: Some(("document", Reply::Silence)),
        ..Said::default()
    });
    // Somebody has the application ask for keys meanwhile.
    let claims = provider.claims([&json!({ "sub": "Ada" })]);
    let token = provider.sign_as(Signature::Unknown, "logout+jwt", &claims);
    let out = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let begins = Instant::now();
        (browser.sign_out().await, begins.elapsed())
    };
    let (refused, (out, took)) = tokio::join!(application.log_out(&token), out);
    assert_eq!(
        (refused.status().as_u16(), provider.documents()),
        (400, asked + 1)
    );
    assert!(out.location.contains("/end?"), "{}", out.location);
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_eq!(browser.account().await, None);
}

#[tokio::test]
async fn what_the_provider_calls_a_visitor_is_text_and_no_markup() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    browser.sign_in(&provider, "<b>&amp", "s1").await;
    assert_eq!(browser.account().await.as_deref(), Some("&lt;b>&amp;amp"));
    browser.sign_in(&provider, "Ada", "s1").await;
    let name = json!({ "sub": "Ada", "name": "<script>" }).to_string();
    provider.say(Said {
        reply: Some(("me", Reply::Text(200, name))),
        ..Said::default()
    });
    let page = browser.get("/profile").await.text;
    assert!(
        page.contains("&lt;script>") && !page.contains("<script"),
        "{page}"
    );
}

#[test]
fn the_variables_of_a_provider_are_set_all_or_none() {
    for set in [
        &["OIDC_ISSUER"][..],
        &["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc"));
        command.arg("0");
        for name in ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"] {
            command.env_remove(name);
        }
        for name in set {
            command.env(name, "https://idp.example");
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut url = String::new();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        lines.read_line(&mut url).unwrap();
        // It may have started.
        process.kill().ok();
        let said = String::from_utf8(process.wait_with_output().unwrap().stderr).unwrap();
        assert_eq!(url, "", "{set:?}");
        assert!(
            said.contains("set all of OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, or none"),
            "{said}"
        );
    }
}
