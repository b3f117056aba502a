//! An order asks for the password again, if that is long ago.

use std::time::Duration;

use axum::http::header::LOCATION;

use crate::browser::Browser;
use crate::servers::servers_and_clock;

const ADA: &str = "password=clay&name=Ada";

#[tokio::test]
async fn an_order_is_placed_once_and_by_who_proved_who_they_are() {
    let (a, b, clock) = servers_and_clock();
    let mut browser = Browser::default();
    browser.submit(&a, "/cart/add", "article=17").await;

    // Nobody is signed in: to the sign-in, and back.
    let answer = browser.get(&a, "/order").await;
    assert_eq!(answer.headers[LOCATION], "/sign-in?next=/order");
    let page = browser.submit(&a, "/sign-in?next=/order", ADA).await;
    page.has("Your order</h1>").has("1 line, 1 piece");

    // Ten minutes later: to the confirmation, and back.
    clock.advance(Duration::from_secs(600));
    browser.get(&b, "/order").await.status(200);
    clock.advance(Duration::from_secs(1));
    let answer = browser.get(&b, "/order").await;
    assert_eq!(answer.headers[LOCATION], "/confirm?next=/order");
    let answer = browser.post(&a, "/order", "").await;
    assert_eq!(answer.headers[LOCATION], "/confirm", "nothing was ordered");
    let there = "/confirm?next=/order";
    browser.get(&a, there).await.has("Is it you?");
    let page = browser.submit(&a, there, "password=glaze").await;
    page.has("Is it you?").has("message error").lacks("glaze");
    browser.get(&a, "/order").await.status(303);
    let page = browser.submit(&b, there, "password=clay").await;
    page.has("Your order</h1>");

    let page = browser.submit(&a, "/order", "").await;
    page.has("Your order of 1 piece is placed.")
        .has("There is nothing in it yet");
    let page = browser.submit(&a, "/order", "").await;
    page.has("message warning")
        .has("There was nothing to order.");
    browser
        .get(&b, "/order")
        .await
        .has("There is nothing to order.");
}

#[tokio::test]
async fn the_way_back_from_the_confirmation_stays_on_this_site() {
    let (a, _, _) = servers_and_clock();
    let mut browser = Browser::default();
    browser.submit(&a, "/sign-in", ADA).await;
    for next in [
        "//evil.example",
        "https://evil.example/",
        "/%2Fevil.example",
    ] {
        let path = format!("/confirm?next={next}");
        let answer = browser.post(&a, &path, "password=clay").await;
        assert_eq!(answer.headers[LOCATION], "/cart", "{next}");
    }
}
