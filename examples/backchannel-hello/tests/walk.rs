//! The application and the provider on two ports of this machine, browsers between them, and tokens that are not as agreed.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use backchannel_hello::{Application, Provider, Registration};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use sealed_session_axum::testing;
use sealed_session_axum::time::{Duration, OffsetDateTime};
use sealed_session_axum::{Error, Session};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Both servers, running.
struct Servers {
    application: Application,
    provider: Provider,
    registration: Registration,
    url: String,
    http: Client,
}

impl Servers {
    async fn start() -> Servers {
        let listen = || TcpListener::bind("127.0.0.1:0");
        let (here, there) = (listen().await.unwrap(), listen().await.unwrap());
        let url = format!("http://{}", here.local_addr().unwrap());
        let registration = Registration {
            issuer: format!("http://{}", there.local_addr().unwrap()),
            client_id: "hello".to_owned(),
            backchannel_logout_uri: format!("{url}/backchannel-logout"),
        };
        let application = Application::new(registration.clone()).unwrap();
        let provider = Provider::new(registration.clone()).unwrap();
        let (app, router) = (application.clone().router(), provider.clone().router());
        tokio::spawn(async { axum::serve(here, app).await });
        tokio::spawn(async { axum::serve(there, router).await });
        let http = Client::builder().redirect(Policy::none());
        Servers {
            application,
            provider,
            registration,
            url,
            http: http.build().unwrap(),
        }
    }

    /// Signs in under this name, in a browser of its own.
    async fn sign_in(&self, name: &str) -> Browser<'_> {
        let mut browser = Browser {
            servers: self,
            jar: testing::Browser::default().at("http://127.0.0.1"),
        };
        let form = [("name", name)];
        let request = self.http.post(format!("{}/sign-in", self.url)).form(&form);
        assert_eq!(browser.send(request).await.status(), 303);
        assert!(browser.is_signed_in().await, "{name}");
        browser
    }

    /// Presses one of the provider's buttons.
    async fn sign_out_at_the_provider(&self, what: &str, value: &str) {
        let request = self
            .http
            .post(format!("{}/sign-out", self.registration.issuer));
        let response = request.form(&[(what, value)]).send().await.unwrap();
        assert_eq!(response.status(), 303);
    }

    /// Returns the claims of a logout token.
    fn claims(&self, change: Value) -> Value {
        let event = json!({ "events": { EVENT: {} } });
        self.provider
            .claims([event, change], OffsetDateTime::now_utc())
    }

    /// Returns a good logout token.
    fn token(&self, change: Value) -> String {
        let header = Provider::header("logout+jwt");
        self.provider.sign(&header, &self.claims(change))
    }

    /// Sends a logout token, as anybody may, and asserts that no cache keeps the answer.
    async fn send(&self, token: &str) -> Response {
        let request = self.http.post(&self.registration.backchannel_logout_uri);
        let response = request
            .form(&[("logout_token", token)])
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        response
    }

    async fn follow(&self, token: &str) {
        assert_eq!(self.send(token).await.status(), 200);
    }
}

struct Browser<'s> {
    servers: &'s Servers,
    jar: testing::Browser,
}

impl Browser<'_> {
    async fn send(&mut self, request: reqwest::RequestBuilder) -> Response {
        let response = request
            .header("cookie", self.jar.cookie())
            .send()
            .await
            .unwrap();
        let set = response.headers().get_all("set-cookie").iter();
        self.jar.keep(set.map(|line| line.as_bytes().to_vec()));
        response
    }

    async fn is_signed_in(&mut self) -> bool {
        let request = self.servers.http.get(&self.servers.url);
        let page = self.send(request).await.text().await.unwrap();
        assert!(
            page.contains("Hello, ") ^ page.contains("Who are you?"),
            "{page}"
        );
        page.contains("Hello, ")
    }
}

#[tokio::test]
async fn a_visitor_who_signs_out_at_the_provider_is_out_here() {
    let servers = Servers::start().await;
    let mut first = servers.sign_in("Ada <3").await;
    let page = servers
        .http
        .get(&servers.registration.issuer)
        .send()
        .await
        .unwrap();
    let page = page.text().await.unwrap();
    let (_, rest) = page.split_once("name=sid value=\"").unwrap();
    let sid = rest.split('"').next().unwrap();
    let mut second = servers.sign_in("Ada <3").await;
    let mut other = servers.sign_in("Bob").await;

    // With a `sid` it is about that session, whatever the `sub` is.
    let both = servers.token(json!({ "sid": "of nobody", "sub": "Ada <3" }));
    servers.follow(&both).await;
    assert!(first.is_signed_in().await);
    servers.sign_out_at_the_provider("sid", sid).await;
    assert!(!first.is_signed_in().await, "a session that was ended");
    assert!(
        second.is_signed_in().await,
        "another session of the account"
    );

    let mut third = servers.sign_in("Ada <3").await;
    servers.sign_out_at_the_provider("sub", "Ada <3").await;
    assert!(!second.is_signed_in().await && !third.is_signed_in().await);
    assert!(other.is_signed_in().await, "another account");
}

#[tokio::test]
async fn every_way_to_write_a_good_token_is_followed() {
    let servers = Servers::start().await;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let header = |typ: Option<&str>| Header {
        typ: typ.map(str::to_owned),
        ..Provider::header("")
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
        (header(None), json!({ "aud": ["hello"] })),
        (header(None), json!({ "iat": now as f64 + 0.5 })),
        (header(None), json!({ "unknown": [1, 2] })),
        (
            header(None),
            json!({ "events": { EVENT: { "more": 1 }, "other": 1 } }),
        ),
    ];
    for (number, (header, change)) in table.into_iter().enumerate() {
        let name = format!("Ada {number}");
        let mut ada = servers.sign_in(&name).await;
        let mut claims = servers.claims(json!({ "sub": name }));
        claims
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        servers
            .follow(&servers.provider.sign(&header, &claims))
            .await;
        assert!(!ada.is_signed_in().await, "{header:?}, {change}");
    }
}

/// Tokens of which something was changed, with the reason.
fn changed(servers: &Servers) -> Vec<(&'static str, String)> {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let issuer = &servers.registration.issuer;
    let claims = |what, change: Value| {
        let mut claims = servers.claims(json!({ "sub": "Ada" }));
        for (name, value) in change.as_object().unwrap() {
            // A text that says so leaves the claim out.
            match value.as_str() {
                Some("-") => claims.as_object_mut().unwrap().remove(name),
                _ => claims
                    .as_object_mut()
                    .unwrap()
                    .insert(name.clone(), value.clone()),
            };
        }
        (
            what,
            servers
                .provider
                .sign(&Provider::header("logout+jwt"), &claims),
        )
    };
    vec![
        claims("another issuer", json!({ "iss": "https://idp.example" })),
        claims(
            "several issuers",
            json!({ "iss": [issuer, "https://idp.example"] }),
        ),
        claims("no issuer", json!({ "iss": "-" })),
        claims("another audience", json!({ "aud": "shop" })),
        claims(
            "others in the audience",
            json!({ "aud": ["hello", "shop"] }),
        ),
        claims("no audience", json!({ "aud": "-" })),
        claims("an empty audience", json!({ "aud": [] })),
        claims("no time of issue", json!({ "iat": "-" })),
        claims(
            "a time of issue that is text",
            json!({ "iat": now.to_string() }),
        ),
        claims("a time of issue that is none", json!({ "iat": 1e300 })),
        claims("issued in the future", json!({ "iat": now + 90 })),
        claims("no expiry", json!({ "exp": "-" })),
        claims("expired", json!({ "iat": now - 200, "exp": now - 90 })),
        claims("no event", json!({ "events": "-" })),
        claims(
            "another event",
            json!({ "events": { "https://example.com/event": {} } }),
        ),
        claims(
            "an event that is no object",
            json!({ "events": { EVENT: true } }),
        ),
        claims("events that are a text", json!({ "events": EVENT })),
        claims("a nonce", json!({ "nonce": "n" })),
        claims("a nonce that is nothing", json!({ "nonce": null })),
        claims("neither session nor account", json!({ "sub": "-" })),
        claims("an account that is no text", json!({ "sub": 17 })),
        claims("a session that is no text", json!({ "sid": 17 })),
        claims("no jti", json!({ "jti": "-" })),
        claims("a jti that is no text", json!({ "jti": 17 })),
    ]
}

/// Good claims that are signed otherwise, or not.
async fn forged(servers: &Servers) -> Vec<(&'static str, String)> {
    let claims = servers.claims(json!({ "sub": "Ada" }));
    let other = Provider::new(servers.registration.clone()).unwrap();
    let sign = |header: &Header| servers.provider.sign(header, &claims);
    let header = |typ| Provider::header(typ);
    let good = sign(&header("logout+jwt"));
    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!("{good}");
    };
    // `{"alg":"none","typ":"logout+jwt","kid":"1"}`
    let none = "eyJhbGciOiJub25lIiwidHlwIjoibG9nb3V0K2p3dCIsImtpZCI6IjEifQ";
    // The public key as a secret: what a verifier falls for that believes the header.
    let jwks = servers
        .http
        .get(format!("{}/jwks", servers.registration.issuer));
    let jwks: Value = jwks.send().await.unwrap().json().await.unwrap();
    let secret = EncodingKey::from_secret(jwks["keys"][0]["x"].as_str().unwrap().as_bytes());
    let confused = Header {
        alg: Algorithm::HS256,
        ..header("logout+jwt")
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
        ("no algorithm", format!("{none}.{body}.")),
        (
            "a symmetric algorithm",
            encode(&confused, &claims, &secret.unwrap()).unwrap(),
        ),
        (
            "another key under the name",
            other.sign(&header("logout+jwt"), &claims),
        ),
        (
            "a key of another name",
            sign(&Header {
                kid: Some("2".to_owned()),
                ..header("logout+jwt")
            }),
        ),
        ("the type of an ID token", sign(&header("JWT"))),
        ("the type of an access token", sign(&header("at+jwt"))),
        (
            "an ID token",
            servers.provider.sign_in("Ada", OffsetDateTime::now_utc()),
        ),
    ]
}

#[tokio::test]
async fn a_token_that_is_not_as_agreed_is_refused_and_ends_nothing() {
    let servers = Servers::start().await;
    let mut ada = servers.sign_in("Ada").await;
    let tokens = changed(&servers).into_iter().chain(forged(&servers).await);
    for (what, token) in tokens {
        let response = servers.send(&token).await;
        assert_eq!(response.status(), 400, "{what}");
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["error"], "invalid_request", "{what}");
        assert!(ada.is_signed_in().await, "{what}");
    }
    for body in ["", "token=x", "logout_token"] {
        let request = servers
            .http
            .post(&servers.registration.backchannel_logout_uri);
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.status(), 400, "{body}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{body}");
    }
    // And without a change it is followed.
    servers
        .follow(&servers.token(json!({ "sub": "Ada" })))
        .await;
    assert!(!ada.is_signed_in().await);
}

#[tokio::test]
async fn a_token_that_comes_again_ends_nothing_more() {
    let servers = Servers::start().await;
    let mut before = servers.sign_in("Ada").await;
    // A second ago: whoever signs in now has an ID token that is newer.
    let issued = OffsetDateTime::now_utc().unix_timestamp() - 1;
    let token = servers.token(json!({ "sub": "Ada", "iat": issued }));
    servers.follow(&token).await;
    assert!(!before.is_signed_in().await);
    let mut after = servers.sign_in("Ada").await;
    for _ in 0..3 {
        servers.follow(&token).await;
        assert!(after.is_signed_in().await);
        assert!(!before.is_signed_in().await);
    }
    // Another token ends that session, too.
    servers
        .follow(&servers.token(json!({ "sub": "Ada" })))
        .await;
    assert!(!after.is_signed_in().await);
}

#[tokio::test]
async fn what_began_after_a_token_was_issued_is_not_hit_when_it_comes_late() {
    let servers = Servers::start().await;
    let mut ada = servers.sign_in("Ada").await;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let issued = |ago: i64| servers.token(json!({ "sub": "Ada", "iat": now - ago }));
    servers.follow(&issued(125)).await;
    assert!(ada.is_signed_in().await);
    // What remains: clocks may differ by 120 seconds.
    servers.follow(&issued(60)).await;
    assert!(!ada.is_signed_in().await);
}

#[tokio::test]
async fn a_sign_in_that_a_logout_has_overtaken_begins_nothing() -> Result<(), Error> {
    let servers = Servers::start().await;
    let now = OffsetDateTime::now_utc();
    let id_token = |sid: &str, sub: &str, ago: i64| {
        let who = json!({ "sid": sid, "sub": sub });
        let claims = servers.provider.claims([who], now - Duration::seconds(ago));
        servers.provider.sign(&Provider::header("JWT"), &claims)
    };
    servers.follow(&servers.token(json!({ "sid": "a" }))).await;
    servers
        .follow(&servers.token(json!({ "sub": "Bob", "iat": now.unix_timestamp() - 10 })))
        .await;
    let table = [
        (id_token("a", "Ada", 5), None),
        (id_token("b", "Ada", 5), Some("hello:Ada")),
        (id_token("c", "Bob", 11), None),
        (id_token("d", "Bob", 5), Some("hello:Bob")),
        (servers.token(json!({ "sid": "e", "sub": "Ada" })), None),
        ("hello".to_owned(), None),
    ];
    for (token, wanted) in table {
        let session = Session::from(testing::session());
        let begun = servers.application.begin(&session, &token, now).await?;
        assert_eq!(
            (begun, session.subject().as_deref()),
            (wanted.is_some(), wanted)
        );
    }
    Ok(())
}
