//! A forgotten password: the link, what uses it up, and what does not.

use std::time::Duration;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY};
use sealed_session_axum::ticket::{Bound, Purpose};
use sealed_session_axum::{CookieSpec, SessionManager};
use time::OffsetDateTime;

use crate::browser::Browser;
use crate::servers::{ring, servers, servers_and_clock};

/// Asks for a link, and returns the ticket in the mail.
async fn asked(server: &Router, name: &str) -> String {
    let mut browser = Browser::default();
    let mail = browser
        .post(server, "/forgot", &format!("name={name}"))
        .await;
    mail.status(200);
    assert_eq!(mail.headers.get(CACHE_CONTROL).unwrap(), "no-store");
    mail.between(r#"href="/reset?ticket="#, "\"").to_owned()
}

fn link(ticket: &str) -> String {
    format!("/reset?ticket={ticket}")
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_signs_the_account_out() {
    let (a, b) = servers(&ring());
    let (mut ada, mut phone, mut adam) =
        (Browser::default(), Browser::default(), Browser::default());
    ada.submit(&a, "/sign-in", "password=clay&name=Ada").await;
    phone.submit(&b, "/sign-in", "password=clay&name=Ada").await;
    adam.submit(&b, "/sign-in", "password=clay&name=Adam").await;
    let (first, second) = (asked(&a, "Ada").await, asked(&b, "Ada").await);

    // Whoever only looks uses nothing up.
    for _ in 0..3 {
        let page = Browser::default().get(&b, &link(&first)).await;
        page.status(200).has("Set a new password");
        assert_eq!(page.headers[CACHE_CONTROL], "private, no-store");
        assert_eq!(page.headers[REFERRER_POLICY], "no-referrer");
    }
    ada.get(&b, "/").await.has("Ada");

    ada.get(&a, &link(&first)).await;
    let short = format!("ticket={first}&password=glaze");
    let page = ada.post(&a, "/reset", &short).await;
    page.status(422).has("8 to 128 bytes").has(&first);
    let good = format!("ticket={first}&password=porcelain");
    let page = ada.submit(&a, "/reset", &good).await;
    page.has("Your password is set.").lacks("Ada");
    phone.get(&b, "/session").await.has("<code>revoked</code>");
    adam.get(&a, "/").await.has("Adam");

    // Both links are dead, used or not.
    for ticket in [&first, &second] {
        let page = ada.get(&b, &link(ticket)).await;
        page.status(410)
            .has("used already")
            .has("<code>other_state</code>");
        let again = format!("ticket={ticket}&password=earthenware");
        ada.post(&b, "/reset", &again).await.status(410);
    }
    let wrong = ada.post(&a, "/sign-in", "password=clay&name=Ada").await;
    wrong.status(422);
    ada.submit(&a, "/sign-in", "password=porcelain&name=Ada")
        .await
        .has("Ada");
}

#[tokio::test]
async fn a_dead_link_says_why_and_sets_nothing() {
    let ring = ring();
    let (a, _) = servers(&ring);
    let manager = SessionManager::new(CookieSpec::development("shop"), ring).unwrap();
    const OTHER: Purpose<String, Bound> =
        Purpose::new("invitation", Duration::from_secs(60)).bound();
    let (account, now) = ("demo:Ada".to_owned(), OffsetDateTime::now_utc());
    let invitation = manager.seal_bound_ticket(OTHER, &account, "", now).unwrap();
    let foreign = asked(&servers(&crate::servers::ring()).0, "Ada").await;
    let whole = asked(&a, "Ada").await;
    let (cut, changed) = (
        &whole[..whole.len() - 1],
        whole.replacen(&whole[60..61], "-", 1),
    );
    for (ticket, label) in [
        ("", "malformed"),
        ("hello", "malformed"),
        (cut, ""),
        (&changed, ""),
        (&invitation, "other_purpose"),
        (&foreign, "unknown_key"),
    ] {
        let mut browser = Browser::default();
        let page = browser.get(&a, &link(ticket)).await;
        page.status(410).has("This link does not work").has(label);
        let form = format!("ticket={ticket}&password=porcelain");
        browser.post(&a, "/reset", &form).await.status(410);
    }
    let mut ada = Browser::default();
    ada.submit(&a, "/sign-in", "password=clay&name=Ada")
        .await
        .has("You are signed in");
}

#[tokio::test]
async fn a_link_is_too_old_after_half_an_hour() {
    let (a, _, clock) = servers_and_clock();
    let ticket = asked(&a, "Ada").await;
    clock.advance(Duration::from_secs(29 * 60));
    let mut browser = Browser::default();
    browser.get(&a, &link(&ticket)).await.status(200);
    clock.advance(Duration::from_secs(60));
    let page = browser.get(&a, &link(&ticket)).await;
    page.status(410).has("too old").has("<code>expired</code>");
    let form = format!("ticket={ticket}&password=porcelain");
    browser.post(&a, "/reset", &form).await.status(410);
}
