//! Answers to a sign-in that are not as agreed.

use sealed_session::time::OffsetDateTime;
use serde_json::{Value, json};

use crate::application::{Application, Begun, link};
use crate::provider::{CLIENT, Provider, Reply, Said, Signature};

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
        claims(
            "another client's",
            json!({ "azp": "shop" }),
            "the ID token's authorized party",
        ),
        claims(
            "another access token's",
            json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
            "the ID token's access token",
        ),
        claims(
            "issued in the future",
            json!({ "iat": now + 90, "exp": now + 180 }),
            "the ID token's time of issue",
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
        let logged = application.logged(&format!("why=\"{log}\"")).await;
        assert!(
            !logged.contains("hostile") && !logged.contains("Eve"),
            "{what}: {logged}"
        );
        assert_eq!(browser.account().await.as_deref(), Some("Ada"), "{what}");
    }
    // And without a change it is a sign-in, and with what a token may say.
    provider.say(Said {
        claims: Some(
            json!({ "azp": CLIENT, "iat": OffsetDateTime::now_utc().unix_timestamp() + 30 }),
        ),
        with_hash: true,
        ..Said::default()
    });
    browser.sign_in(&provider, "Eve", "s2").await;
    assert_eq!(browser.account().await.as_deref(), Some("Eve"));
}
