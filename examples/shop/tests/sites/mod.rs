//! Two sites with cookies of their own, and visitors who are handed over.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, LOCATION};

use crate::browser::{Answer, Browser};
use crate::servers::sites;

const ADA: &str = "password=clay&name=Ada";

/// Where an answer leads, without the origin of the site.
fn there<'a>(answer: &'a Answer, origin: &str) -> &'a str {
    answer.status(303);
    let to = answer.headers.get(LOCATION).unwrap().to_str().unwrap();
    to.strip_prefix(origin).unwrap()
}

/// Asks at B, and returns the path at B with the ticket that A gives.
async fn ticket(browser: &mut Browser, (a, b): (&Router, &Router), path: &str) -> String {
    let asked = browser.get(b, path).await;
    let give = there(&asked, "http://127.0.0.1:3001").to_owned();
    let given = browser.get(a, &give).await;
    there(&given, "http://localhost:3002").to_owned()
}

#[tokio::test]
async fn who_signs_in_at_a_is_known_at_b_under_another_cookie() {
    let (a, b) = sites();
    let mut browser = Browser::default();
    browser.get(&b, "/catalogue").await;
    browser.submit(&b, "/cart/add", "article=17").await;
    let asked = browser.get(&b, "/order").await;
    let asked = browser.get(&b, there(&asked, "")).await;
    let give = there(&asked, "http://127.0.0.1:3001").to_owned();
    let sign_in = browser.get(&a, &give).await;
    let sign_in = there(&sign_in, "").to_owned();
    browser.get(&a, &sign_in).await.has("Sign in</h1>");
    let given = browser.submit(&a, &sign_in, ADA).await;
    assert_eq!(given.headers[CACHE_CONTROL], "no-store");
    let arrive = there(&given, "http://localhost:3002").to_owned();
    let arrived = browser.get(&b, &arrive).await;

    // The cart that was filled here is, and the password that was typed there counts.
    assert_eq!(there(&arrived, ""), "/order");
    let page = browser.get(&b, "/order").await;
    page.has("Place the order")
        .has("1 line, 1 piece")
        .has("Ada");
    page.has("You are Ada here, as at site A.").has("site B");
    let page = browser.get(&b, "/session").await;
    page.has("Handed over from")
        .has("<code>shop-b</code>")
        .lacks("<code>shop-a</code>");
    // The back button.
    let again = browser.get(&b, &arrive).await;
    assert_eq!(there(&again, ""), "/order");

    // At B the sign-out is one of B, and at A one of both.
    browser.submit(&b, "/sign-out", "").await.lacks("Ada");
    browser
        .get(&a, "/")
        .await
        .has("Ada")
        .has("http://localhost:3002/enter?next=/");
    let arrive = ticket(&mut browser, (&a, &b), "/enter?next=/").await;
    browser.get(&b, &arrive).await;
    browser.get(&b, "/").await.has("Ada");
    browser.get(&a, "/").await;
    browser.submit(&a, "/sign-out", "").await.lacks("Ada");
    browser
        .get(&b, "/session")
        .await
        .has("<code>revoked</code>")
        .lacks("Ada");
}

#[tokio::test]
async fn a_ticket_of_somebody_else_signs_nobody_in() {
    let (a, b) = sites();
    let (mut ada, mut eve) = (Browser::default(), Browser::default());
    for (browser, form) in [(&mut ada, ADA), (&mut eve, "password=clay&name=Eve")] {
        browser.submit(&a, "/sign-in", form).await;
    }
    let stolen = ticket(&mut eve, (&a, &b), "/enter?next=/cart").await;
    let page = ada.get(&b, &stolen).await;
    page.status(400)
        .has("<code>not_asked</code>")
        .has("Sign in by site A");
    ada.get(&b, "/enter").await;
    let page = ada.get(&b, &stolen).await;
    page.status(400).has("<code>other_state</code>");
    ada.get(&b, "/").await.lacks("Eve").lacks("Ada");
    let own = ticket(&mut ada, (&a, &b), "/enter").await;
    ada.get(&b, &own).await;
    ada.get(&b, "/").await.has("Ada");
}

#[tokio::test]
async fn who_acts_is_not_handed_over_and_b_signs_nobody_in_by_itself() {
    let (a, b) = sites();
    let mut staff = Browser::default();
    let form = "password=clay&name=support";
    staff.submit(&a, "/sign-in", form).await;
    staff.submit(&a, "/support/act", "name=Ada").await;
    let asked = staff.get(&b, "/enter").await;
    let give = there(&asked, "http://127.0.0.1:3001").to_owned();
    let page = staff.get(&a, &give).await;
    page.status(400)
        .has("<code>acting</code>")
        .lacks("Sign in by");
    staff.get(&b, "/").await.lacks("Ada");
    let answer = staff.post(&a, "/arrive", "").await;
    assert_eq!(answer.status, 404, "that is a page of B");
}
