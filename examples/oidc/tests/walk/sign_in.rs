//! Signing in and out, with a provider that does as agreed and with others.

use std::time::{Duration, Instant};

use sealed_session::time::OffsetDateTime;
use serde_json::{Value, json};

use crate::application::{Application, Begun, Browser, link};
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

/// What is wrong, what the provider says, what becomes of the link back, and the status and the log that follow.
type Row = (
    &'static str,
    Said,
    Box<dyn Fn(&Begun, &Provider) -> String + Send>,
    u16,
    &'static str,
);

fn good(begun: &Begun, provider: &Provider) -> String {
    begun.answer(provider, "Eve", "s2")
}

fn claims(what: &'static str, claims: Value, log: &'static str) -> Row {
    let said = Said {
        claims: Some(claims),
        ..Said::default()
    };
    (what, said, Box::new(good), 502, log)
}

fn signed(what: &'static str, signature: Signature, log: &'static str) -> Row {
    let said = Said {
        signature,
        ..Said::default()
    };
    (what, said, Box::new(good), 502, log)
}

fn replies(what: &'static str, status: u16, body: &str, page: u16, log: &'static str) -> Row {
    let reply = Some(("token", Reply::Text(status, body.to_owned())));
    (
        what,
        Said {
            reply,
            ..Said::default()
        },
        Box::new(good),
        page,
        log,
    )
}

fn links(
    what: &'static str,
    link: impl Fn(&Begun, &Provider) -> String + Send + 'static,
    status: u16,
    log: &'static str,
) -> Row {
    (what, Said::default(), Box::new(link), status, log)
}

fn bad_links() -> Vec<Row> {
    const NOT_BEGUN: &str = "this browser has begun no such sign-in";
    const OTHER: &str = "the answer is another issuer's";
    let refusal = |code: &'static str| {
        move |begun: &Begun, provider: &Provider| {
            link(&[
                ("state", &begun.sent("state")),
                ("error", code),
                ("iss", provider.issuer()),
            ])
        }
    };
    let from = |iss: &'static str| {
        move |begun: &Begun, _: &Provider| {
            let code = begun.code("Eve", "s2");
            link(&[
                ("state", &begun.sent("state")),
                ("code", &code),
                ("iss", iss),
            ])
        }
    };
    vec![
        links(
            "a state of nobody",
            |begun, _| link(&[("state", "x"), ("code", &begun.code("Eve", "s2"))]),
            400,
            NOT_BEGUN,
        ),
        links(
            "no state",
            |begun, _| link(&[("code", &begun.code("Eve", "s2"))]),
            400,
            NOT_BEGUN,
        ),
        links("nothing", |_, _| "/callback".to_owned(), 400, NOT_BEGUN),
        links(
            "two states",
            |begun, provider| begun.answer(provider, "Eve", "s2") + "&state=x",
            400,
            NOT_BEGUN,
        ),
        links(
            "another issuer's answer",
            from("https://idp.example"),
            502,
            OTHER,
        ),
        links(
            "an issuer that is nearly ours",
            from("http://127.0.0.1"),
            502,
            OTHER,
        ),
        links(
            "nobody's answer",
            |begun, _| {
                link(&[
                    ("state", &begun.sent("state")),
                    ("code", &begun.code("Eve", "s2")),
                ])
            },
            502,
            OTHER,
        ),
        links(
            "another issuer's refusal",
            |begun, _| {
                link(&[
                    ("state", &begun.sent("state")),
                    ("error", "access_denied"),
                    ("iss", "x"),
                ])
            },
            502,
            OTHER,
        ),
        links("a refusal", refusal("access_denied"), 403, "access_denied"),
        links(
            "a refusal of no meaning",
            refusal("<script>\nhostile"),
            403,
            "an unknown code",
        ),
        links(
            "neither code nor refusal",
            |begun, provider| link(&[("state", &begun.sent("state")), ("iss", provider.issuer())]),
            502,
            "there is no code",
        ),
        links(
            "a code of nobody",
            |begun, provider| {
                link(&[
                    ("state", &begun.sent("state")),
                    ("code", "x"),
                    ("iss", provider.issuer()),
                ])
            },
            403,
            "invalid_grant",
        ),
    ]
}

fn bad_tokens() -> Vec<Row> {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    const SIGNATURE: &str = "the ID token's signature";
    vec![
        claims(
            "another nonce",
            json!({ "nonce": "x" }),
            "the ID token's nonce",
        ),
        claims("no nonce", json!({ "nonce": "-" }), "the ID token's nonce"),
        claims(
            "another audience",
            json!({ "aud": "shop" }),
            "the ID token's audience",
        ),
        claims(
            "others in the audience",
            json!({ "aud": ["hello", "shop"] }),
            "the ID token's audience",
        ),
        claims(
            "another issuer",
            json!({ "iss": "https://idp.example" }),
            "the ID token's issuer",
        ),
        claims("expired", json!({ "exp": now - 1 }), "the ID token's time"),
        claims(
            "a subject that is none",
            json!({ "sub": "-" }),
            "its answer about tokens",
        ),
        claims(
            "a subject of no letters",
            json!({ "sub": "" }),
            "the ID token's subject",
        ),
        claims(
            "a subject that is too long",
            json!({ "sub": "s".repeat(256) }),
            "the ID token's subject",
        ),
        signed("unsigned", Signature::None, SIGNATURE),
        signed("signed by the secret", Signature::Secret, SIGNATURE),
        signed("signed by the public key", Signature::Public, SIGNATURE),
        signed("another key under the name", Signature::Forged, SIGNATURE),
        signed(
            "a key of another name",
            Signature::Unknown,
            "the ID token's key is none of the provider's",
        ),
        replies(
            "a refusal of the code",
            400,
            r#"{"error":"invalid_grant"}"#,
            403,
            "invalid_grant",
        ),
        replies("a fault", 500, "oops", 502, "its answer about tokens"),
        replies("no JSON", 200, "<html>", 502, "its answer about tokens"),
        replies(
            "no ID token",
            200,
            r#"{"access_token":"a","token_type":"Bearer"}"#,
            502,
            "no ID token",
        ),
        replies(
            "an answer without end",
            200,
            &" ".repeat(3 << 20),
            504,
            "the answer is too long",
        ),
    ]
}

#[tokio::test]
async fn a_bad_answer_is_a_page_and_a_line_of_the_log_and_the_session_stays() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    browser.sign_in(&provider, "Ada", "s1").await;
    assert_eq!(browser.account().await.as_deref(), Some("Ada"));
    for (what, said, link, status, log) in bad_links().into_iter().chain(bad_tokens()) {
        application.forget_log();
        let begun = browser.begin("/sign-in").await;
        provider.say(said);
        let page = browser.get(&link(&begun, &provider)).await;
        provider.say(Said::default());
        assert_eq!(page.status, status, "{what}");
        assert!(page.text.contains("Sign in</a>"), "{what}: {}", page.text);
        let logged = application.logged().await;
        assert!(
            logged.contains(&format!("why=\"{log}\"")),
            "{what}: {logged}"
        );
        assert!(
            !logged.contains("hostile") && !logged.contains("Eve"),
            "{what}: {logged}"
        );
        assert_eq!(browser.account().await.as_deref(), Some("Ada"), "{what}");
    }
    // And without a change it is a sign-in.
    browser.sign_in(&provider, "Eve", "s2").await;
    assert_eq!(browser.account().await.as_deref(), Some("Eve"));
}

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
    let application = Application::start(&provider);
    for (said, log) in said {
        provider.say(said);
        application.forget_log();
        let page = application.browser().get("/sign-in").await;
        assert_eq!(page.status, 502, "{log}");
        let logged = application.logged().await;
        assert!(logged.contains(&format!("why=\"{log}\"")), "{logged}");
    }
    // Nothing of it is remembered.
    provider.say(Said::default());
    assert_eq!(application.browser().get("/sign-in").await.status, 303);
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
    assert!(gone.logged().await.contains("no connection"));

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
    assert!(application.logged().await.contains("no answer in time"));
    assert_eq!(browser.account().await.as_deref(), Some("Ada"));

    // It is back: the same link counts, because the code was not used.
    provider.say(Said::default());
    assert_eq!(browser.get(&answer).await.status, 303);
    assert_eq!(browser.account().await.as_deref(), Some("Eve"));
    // Signing out waits for nobody who is known, and asks nobody who is not.
    assert_eq!(gone.browser().sign_out().await.location, "/");
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
    let provider = Provider::start().await;
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
