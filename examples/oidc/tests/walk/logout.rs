//! The provider signs visitors out: OpenID Connect Back-Channel Logout.

use jsonwebtoken::Header;
use sealed_session::time::OffsetDateTime;
use serde_json::{Value, json};

use crate::application::{Application, Browser};
use crate::provider::{CLIENT, Provider, Reply, Said, Signature};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Returns the claims of a logout token, with these changes.
fn claims(provider: &Provider, change: &Value) -> Value {
    provider.claims([&json!({ "events": { EVENT: {} } }), change])
}

fn token_of(provider: &Provider, change: Value) -> String {
    provider.sign(&provider.header("logout+jwt"), &claims(provider, &change))
}

async fn is_in(browser: &mut Browser<'_>) -> bool {
    browser.account().await.is_some()
}

#[tokio::test]
async fn a_visitor_who_signs_out_at_the_provider_is_out_here() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let [mut first, mut second, mut other] = [(); 3].map(|()| application.browser());
    // The names of sessions may be longer than a label.
    let long = "s".repeat(200);
    first.sign_in(&provider, "Ada", &long).await;
    second.sign_in(&provider, "Ada", "s2").await;
    other.sign_in(&provider, "Bob", "s3").await;

    // With a `sid` it is about that session, whatever the `sub` is.
    application
        .follow(&token_of(
            &provider,
            json!({ "sid": "of nobody", "sub": "Ada" }),
        ))
        .await;
    assert!(is_in(&mut first).await);
    application
        .follow(&token_of(&provider, json!({ "sid": long })))
        .await;
    assert!(!is_in(&mut first).await, "a session that was ended");
    assert!(is_in(&mut second).await, "another session of the account");
    // Neither are its tokens good for anything.
    assert_eq!(first.get("/profile").await.status, 303);

    application
        .follow(&token_of(&provider, json!({ "sub": "Ada" })))
        .await;
    assert!(!is_in(&mut second).await);
    assert!(is_in(&mut other).await, "another account");
}

#[tokio::test]
async fn a_session_whose_id_token_had_no_sid_ends_by_a_token_that_has_sid_and_sub() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let [mut nameless, mut named, mut other] = [(); 3].map(|()| application.browser());
    named.sign_in(&provider, "Ada", "s2").await;
    provider.say(Said {
        claims: Some(json!({ "sid": "-" })),
        ..Said::default()
    });
    nameless.sign_in(&provider, "Ada", "s1").await;
    other.sign_in(&provider, "Bob", "s1").await;
    application
        .follow(&token_of(&provider, json!({ "sid": "s1" })))
        .await;
    assert!(is_in(&mut nameless).await, "nobody knows that it is s1");
    application
        .follow(&token_of(&provider, json!({ "sid": "s1", "sub": "Ada" })))
        .await;
    assert!(!is_in(&mut nameless).await);
    assert!(is_in(&mut named).await, "another session of the account");
    assert!(is_in(&mut other).await, "another account");
    // Nor does a sign-in begin that such a token overtakes.
    let uri = format!("{}/backchannel-logout", application.url);
    let soon = OffsetDateTime::now_utc().unix_timestamp() + 5;
    let token = token_of(&provider, json!({ "sid": "s3", "sub": "Bob", "iat": soon }));
    provider.say(Said {
        claims: Some(json!({ "sid": "-" })),
        overtaken_by: Some((uri, token)),
        ..Said::default()
    });
    assert_eq!(nameless.sign_in(&provider, "Bob", "s3").await.status, 403);
}

#[tokio::test]
async fn a_key_for_encryption_signs_no_logout() {
    let provider = Provider::start().await;
    let with_use = |purpose: &str| {
        let mut key = provider.public();
        key["use"] = json!(purpose);
        key
    };
    let logout = async |keys: Value, header: Header| {
        let reply = Reply::Text(200, json!({ "keys": keys }).to_string());
        provider.say(Said {
            reply: Some(("jwks", reply)),
            ..Said::default()
        });
        let application = Application::start(&provider);
        let claims = claims(&provider, &json!({ "sub": "Ada" }));
        let token = provider.sign(&header, &claims);
        application.log_out(&token).await.status().as_u16()
    };
    let named = provider.header("logout+jwt");
    let nameless = Header {
        kid: None,
        ..named.clone()
    };
    let (sig, enc) = (with_use("sig"), with_use("enc"));
    assert_eq!(logout(json!([enc]), named.clone()).await, 400);
    assert_eq!(logout(json!([enc]), nameless.clone()).await, 400);
    assert_eq!(logout(json!([sig]), named).await, 200);
    // One key of several can have signed.
    let mut other = enc;
    other["kid"] = json!("another");
    assert_eq!(logout(json!([other, sig]), nameless.clone()).await, 200);
    other["use"] = json!("sig");
    assert_eq!(logout(json!([other, sig]), nameless).await, 400);
}

#[tokio::test]
async fn every_way_to_write_a_good_token_is_followed() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let header = |typ: Option<&str>| Header {
        typ: typ.map(str::to_owned),
        ..provider.header("")
    };
    let table = [
        (header(None), json!({})),
        (header(Some("application/logout+JWT")), json!({})),
        (
            Header {
                kid: None,
                ..header(Some("logout+jwt"))
            },
            json!({}),
        ),
        (header(None), json!({ "aud": [CLIENT] })),
        (header(None), json!({ "iat": now as f64 + 0.5 })),
        (header(None), json!({ "unknown": [1, 2] })),
        (
            header(None),
            json!({ "events": { EVENT: { "more": 1 }, "other": 1 } }),
        ),
    ];
    for (number, (header, change)) in table.into_iter().enumerate() {
        let name = format!("Ada{number}");
        let mut browser = application.browser();
        browser.sign_in(&provider, &name, "s1").await;
        let mut claims = claims(&provider, &json!({ "sub": name }));
        claims
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        application.follow(&provider.sign(&header, &claims)).await;
        assert!(!is_in(&mut browser).await, "{header:?}, {change}");
    }
}

/// Claims of which something was changed. A text of `-` leaves one out.
fn changed(provider: &Provider) -> Vec<(&'static str, Value)> {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let issuer = provider.issuer();
    vec![
        ("another issuer", json!({ "iss": "https://idp.example" })),
        (
            "several issuers",
            json!({ "iss": [issuer, "https://idp.example"] }),
        ),
        ("no issuer", json!({ "iss": "-" })),
        ("another client", json!({ "aud": "shop" })),
        ("others in the audience", json!({ "aud": [CLIENT, "shop"] })),
        ("no audience", json!({ "aud": "-" })),
        ("an empty audience", json!({ "aud": [] })),
        ("no time of issue", json!({ "iat": "-" })),
        (
            "a time of issue that is text",
            json!({ "iat": now.to_string() }),
        ),
        ("a time of issue that is none", json!({ "iat": 1e300 })),
        ("issued in the future", json!({ "iat": now + 90 })),
        ("no expiry", json!({ "exp": "-" })),
        ("expired", json!({ "iat": now - 200, "exp": now - 90 })),
        ("no event", json!({ "events": "-" })),
        (
            "another event",
            json!({ "events": { "https://example.com/event": {} } }),
        ),
        (
            "an event that is no object",
            json!({ "events": { EVENT: true } }),
        ),
        ("events that are a text", json!({ "events": EVENT })),
        ("a nonce", json!({ "nonce": "n" })),
        ("a nonce that is nothing", json!({ "nonce": null })),
        ("neither session nor account", json!({ "sub": "-" })),
        ("an account that is no text", json!({ "sub": 17 })),
        ("a session that is no text", json!({ "sid": 17 })),
        ("no jti", json!({ "jti": "-" })),
        ("a jti that is no text", json!({ "jti": 17 })),
    ]
}

/// Good claims that are signed otherwise, or not.
fn forged(provider: &Provider) -> Vec<(&'static str, String)> {
    let claims = claims(provider, &json!({ "sub": "Ada" }));
    let sign = |how| provider.sign_as(how, "logout+jwt", &claims);
    let good = sign(Signature::Good);
    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!("{good}");
    };
    vec![
        ("no token", "hello".to_owned()),
        ("nothing", String::new()),
        ("no signature", format!("{head}.{body}.")),
        ("half a signature", good[..good.len() - 40].to_owned()),
        (
            "another body",
            format!("{head}.{}.{signature}", body.replacen('e', "f", 1)),
        ),
        ("no algorithm", sign(Signature::None)),
        ("the secret", sign(Signature::Secret)),
        ("the public key as a secret", sign(Signature::Public)),
        ("another key under the name", sign(Signature::Forged)),
        ("a key of another name", sign(Signature::Unknown)),
        (
            "the type of an ID token",
            provider.sign_as(Signature::Good, "JWT", &claims),
        ),
        (
            "the type of an access token",
            provider.sign_as(Signature::Good, "at+jwt", &claims),
        ),
        (
            "an ID token",
            provider.sign_as(
                Signature::Good,
                "JWT",
                &provider.claims([&json!({ "sub": "Ada", "nonce": "n" })]),
            ),
        ),
    ]
}

#[tokio::test]
async fn a_token_that_is_not_as_agreed_is_refused_and_ends_nothing() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut ada = application.browser();
    ada.sign_in(&provider, "Ada", "s1").await;
    let all = changed(&provider).into_iter().map(|(what, change)| {
        let sub = json!({ "sub": "Ada" });
        let claims = provider.claims([&json!({ "events": { EVENT: {} } }), &sub, &change]);
        (what, provider.sign(&provider.header("logout+jwt"), &claims))
    });
    for (what, token) in all.chain(forged(&provider)) {
        application.forget_log();
        let response = application.log_out(&token).await;
        assert_eq!(response.status(), 400, "{what}");
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["error"], "invalid_request", "{what}");
        let logged = application.logged("logout token refused").await;
        assert!(!logged.contains("Ada"), "{what}: {logged}");
        assert!(is_in(&mut ada).await, "{what}");
    }
    // Of an algorithm that is none of the provider's: it has changed it, or the key is for something else.
    let other = Provider::start().await;
    let document = Some(json!({ "id_token_signing_alg_values_supported": ["ES384", "HS256"] }));
    other.say(Said {
        document,
        ..Said::default()
    });
    let strict = Application::start(&other);
    let token = token_of(&other, json!({ "sub": "Ada" }));
    assert_eq!(strict.log_out(&token).await.status(), 400);
    for body in ["", "token=x", "logout_token"] {
        let request = application
            .http
            .post(format!("{}/backchannel-logout", application.url));
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.status(), 400, "{body}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{body}");
    }
    // And without a change it is followed.
    application
        .follow(&token_of(&provider, json!({ "sub": "Ada" })))
        .await;
    assert!(!is_in(&mut ada).await);
}

#[tokio::test]
async fn a_token_that_comes_again_ends_nothing_more() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let [mut before, mut after] = [(); 2].map(|()| application.browser());
    before.sign_in(&provider, "Ada", "s1").await;
    // A second ago: whoever signs in now has an ID token that is newer.
    let issued = OffsetDateTime::now_utc().unix_timestamp() - 1;
    let first = token_of(&provider, json!({ "sub": "Ada", "iat": issued }));
    application.follow(&first).await;
    assert!(!is_in(&mut before).await);
    after.sign_in(&provider, "Ada", "s2").await;
    for _ in 0..3 {
        application.follow(&first).await;
        assert!(is_in(&mut after).await && !is_in(&mut before).await);
    }
    // Another token ends that session, too.
    application
        .follow(&token_of(&provider, json!({ "sub": "Ada" })))
        .await;
    assert!(!is_in(&mut after).await);
}

#[tokio::test]
async fn what_began_after_a_token_was_issued_is_not_hit_when_it_comes_late() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut ada = application.browser();
    ada.sign_in(&provider, "Ada", "s1").await;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let issued = |ago: i64| token_of(&provider, json!({ "sub": "Ada", "iat": now - ago }));
    application.follow(&issued(125)).await;
    assert!(is_in(&mut ada).await);
    // What remains: clocks may differ by 120 seconds.
    application.follow(&issued(60)).await;
    assert!(!is_in(&mut ada).await);
}

#[tokio::test]
async fn a_sign_in_that_a_logout_has_overtaken_begins_nothing() {
    let provider = Provider::start().await;
    let application = Application::start(&provider);
    let mut browser = application.browser();
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let uri = format!("{}/backchannel-logout", application.url);
    // While the code is exchanged. The ID token may be of the next second.
    let token = token_of(&provider, json!({ "sid": "a", "iat": now + 5 }));
    let overtaken_by = Some((uri, token));
    provider.say(Said {
        overtaken_by,
        ..Said::default()
    });
    let page = browser.sign_in(&provider, "Ada", "a").await;
    assert_eq!(page.status, 403, "{}", page.text);
    application
        .logged("a logout has overtaken the sign-in")
        .await;

    application
        .follow(&token_of(
            &provider,
            json!({ "sub": "Bob", "iat": now - 10 }),
        ))
        .await;
    // Who, in which session of the provider's, how old the ID token is, and whether it signs in.
    let table = [
        ("Ada", "a", 5, false),
        ("Ada", "b", 5, true),
        ("Bob", "c", 11, false),
        ("Bob", "d", 5, true),
    ];
    for (sub, sid, ago, is_welcome) in table {
        let claims = Some(json!({ "iat": now - ago }));
        provider.say(Said {
            claims,
            ..Said::default()
        });
        let mut browser = application.browser();
        browser.sign_in(&provider, sub, sid).await;
        assert_eq!(
            browser.account().await.as_deref(),
            is_welcome.then_some(sub),
            "{sid}"
        );
    }
}
