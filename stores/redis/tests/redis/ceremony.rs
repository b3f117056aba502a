//! A WebAuthn authentication whose state lies in a session: what a visitor who kept an old cookie can do with it, and
//! what the mark takes away. The authenticator is real P-256 and real bytes; it is software, and nobody touches it.
//!
//! The ceremony of `docs/webauthn.md` without its slot, with the checks of Web Authentication section 7.2 that a library makes.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use sealed_session::testing::Browser;
use sealed_session::time::OffsetDateTime;
use sealed_session::{Attribute, Error, Key, KeyRing, Lifetime, Session, SessionManager};
use sealed_session_redis::{Claim, Once};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::node::now;
use crate::once::remember_for_an_hour;
use crate::server::Server;

const SITE: &str = "shop.example";
const ORIGIN: &str = "https://shop.example";
const GOOD: Duration = Duration::from_secs(300);
const CEREMONY: Attribute<Ceremony> = Attribute::new("passkey");

/// What the server has to know again when the answer comes.
#[derive(Serialize, Deserialize)]
struct Ceremony {
    challenge: [u8; 32],
    user: String,
    issued: i64,
}

/// What a browser sends.
struct Answer {
    client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Signature,
}

fn begin(session: &Session, user: &str) -> Result<[u8; 32], Error> {
    let mut challenge = [0; 32];
    getrandom::fill(&mut challenge).unwrap();
    let (user, issued) = (user.to_owned(), now().unix_timestamp());
    session.insert(
        CEREMONY,
        Ceremony {
            challenge,
            user,
            issued,
        },
    )?;
    Ok(challenge)
}

fn touch(key: &SigningKey, challenge: [u8; 32]) -> Answer {
    let client_data = serde_json::json!({
        "type": "webauthn.get", "challenge": URL_SAFE_NO_PAD.encode(challenge), "origin": ORIGIN,
    });
    let client_data = client_data.to_string().into_bytes();
    // User present and verified; a counter of zero, as synchronised passkeys have it, which tells no replay.
    let mut authenticator_data = Sha256::digest(SITE).to_vec();
    authenticator_data.extend([0x05, 0, 0, 0, 0]);
    let signature = key.sign(&signed(&authenticator_data, &client_data));
    Answer {
        client_data,
        authenticator_data,
        signature,
    }
}

fn signed(authenticator_data: &[u8], client_data: &[u8]) -> Vec<u8> {
    [authenticator_data, &Sha256::digest(client_data)[..]].concat()
}

/// Whether it is an answer to this challenge, of this site, by this key, with the visitor verified.
fn is_good(answer: &Answer, challenge: &[u8; 32], key: &VerifyingKey) -> bool {
    let said: serde_json::Value = serde_json::from_slice(&answer.client_data).unwrap();
    let data = &answer.authenticator_data;
    said["type"] == "webauthn.get"
        && said["challenge"] == URL_SAFE_NO_PAD.encode(challenge)
        && said["origin"] == ORIGIN
        && data[..32] == Sha256::digest(SITE)[..]
        && data[32] & 0x05 == 0x05
        && key
            .verify(&signed(data, &answer.client_data), &answer.signature)
            .is_ok()
}

/// Signs in whoever answers, once if there is a store.
async fn finish(
    manager: &SessionManager,
    session: &Session,
    answer: &Answer,
    key: &VerifyingKey,
    once: Option<&Once>,
) -> bool {
    let Some(ceremony) = session.take(CEREMONY).unwrap() else {
        return false;
    };
    if !is_good(answer, &ceremony.challenge, key) {
        return false;
    }
    if let Some(once) = once {
        let issued = OffsetDateTime::from_unix_timestamp(ceremony.issued).unwrap();
        let good = issued..issued + GOOD;
        let mark = manager.once_only("passkey", ceremony.challenge, good, now());
        if once.claim(&mark).await.unwrap() != Claim::First {
            return false;
        }
    }
    session.sign_in(&ceremony.user, &[]).is_ok()
}

#[tokio::test]
async fn a_replayed_ceremony_signs_in_without_a_mark_and_not_with_one() {
    let server = Server::start();
    remember_for_an_hour(&server).await;
    let once = server.store().once();
    let short = Lifetime::new()
        .with_idle_timeout(GOOD)
        .with_absolute_lifetime(GOOD);
    let ring = KeyRing::new(Key::generate().unwrap());
    let manager = SessionManager::builder("shop", ring)
        .lifetime(short)
        .build()
        .unwrap();
    let mut secret = [7; 32];
    getrandom::fill(&mut secret[1..]).unwrap();
    let authenticator = SigningKey::from_slice(&secret).unwrap();
    let key = *authenticator.verifying_key();

    for (store, replays) in [(None, true), (Some(&once), false)] {
        let mut visitor = Browser::default();
        let challenge = visitor
            .visit(&manager, |session| begin(session, "user-17"))
            .unwrap();
        let answer = touch(&authenticator, challenge);
        // What somebody reads who sees the visitor's requests: the cookie, and the answer to its challenge.
        let copy = visitor.cookie();

        let other = touch(&SigningKey::from_slice(&[9; 32]).unwrap(), challenge);
        let mine = visitor.session(&manager);
        assert!(!finish(&manager, &mine, &other, &key, store).await);
        let mine = visitor.session(&manager);
        assert!(finish(&manager, &mine, &answer, &key, store).await);

        let mut thief = Browser::default();
        thief.keep([format!("{copy}; Path=/; Secure")]);
        let theirs = thief.session(&manager);
        let is_in = finish(&manager, &theirs, &answer, &key, store).await;
        assert_eq!((is_in, theirs.subject().is_some()), (replays, replays));
    }
}
