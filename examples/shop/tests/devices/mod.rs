//! Where somebody is signed in, and who is signed out by it.

use std::time::Duration;

use axum::Router;

use crate::browser::{Answer, Browser};
use crate::servers::{ring, servers, servers_and_clock, servers_with_room};

const LAPTOP: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const PHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Safari/604.1";

/// What a visitor reads whose session was revoked.
const WHY: &str = "You were signed out on this device";

/// A browser in which somebody has signed in.
async fn signed_in(server: &Router, agent: &'static str, form: &str) -> Browser {
    let mut browser = Browser {
        agent,
        ..Browser::default()
    };
    browser.submit(server, "/sign-in", form).await.has("Ada");
    browser
}

/// The ids of the devices that a page offers to sign out, in its order.
fn others(page: &Answer) -> Vec<String> {
    let rest = page.body.split(r#"name="device" value=""#).skip(1);
    let id = |rest: &str| rest.split('"').next().unwrap().to_owned();
    rest.map(id).collect()
}

#[tokio::test]
async fn every_sign_in_of_the_account_is_listed_and_this_one_is_marked() {
    let (a, b, clock) = servers_and_clock();
    let mut laptop = signed_in(&a, LAPTOP, "password=clay&name=Ada&remember=on").await;
    clock.advance(Duration::from_secs(20 * 60));
    let mut phone = signed_in(&b, PHONE, "password=clay&name=Ada").await;
    signed_in(&b, "<b>", "password=clay&name=Adam").await;

    let page = laptop.get(&b, "/devices").await;
    page.has("<b>Firefox on Linux</b><small>Signed in 20 min ago. Over in 29 d 23 h at the latest.</small>")
        .has("<b>Safari on iPhone</b><small>Signed in 0 s ago. Over in 12 h at the latest.</small>")
        .lacks("A browser");
    assert_eq!(others(&page).len(), 1);
    let this = page.between("<b>Firefox on Linux", "</li>");
    assert!(this.contains("This device"), "{this}");
    let page = phone.get(&a, "/devices").await;
    let this = page.between("<b>Safari on iPhone", "</li>");
    assert!(this.contains("This device"), "{this}");
    page.has(r#"aria-label="Sign out: Firefox on Linux, signed in 20 min ago""#);

    // A sign-out leaves the list, and so does a session whose longest time is over.
    let mut third = signed_in(&a, "", "password=clay&name=Ada").await;
    assert_eq!(others(&phone.get(&a, "/devices").await).len(), 2);
    third.submit(&b, "/sign-out", "").await;
    assert_eq!(others(&phone.get(&a, "/devices").await).len(), 1);
    clock.advance(Duration::from_secs(12 * 60 * 60));
    assert_eq!(others(&laptop.get(&a, "/devices").await).len(), 0);
}

#[tokio::test]
async fn a_device_signed_out_at_a_is_refused_at_b_and_reads_why() {
    let (a, b, _) = servers_and_clock();
    let mut laptop = signed_in(&a, LAPTOP, "password=clay&name=Ada").await;
    let mut phone = signed_in(&b, PHONE, "password=clay&name=Ada").await;
    phone.submit(&a, "/cart/add", "article=17").await;
    let [device] = &others(&laptop.get(&a, "/devices").await)[..] else {
        panic!("one other device")
    };
    let page = laptop
        .submit(&a, "/devices/sign-out", &format!("device={device}"))
        .await;
    page.has("Safari on iPhone is signed out.");
    assert!(others(&page).is_empty());
    laptop.get(&b, "/").await.has("Ada");

    for server in [&a, &b] {
        let page = phone.get(server, "/session").await;
        page.has("<code>revoked</code>")
            .has("so was every copy")
            .lacks("Ada");
    }
    // The form there begins another session, so the reason is told at once.
    let page = phone.get(&b, "/cart").await;
    page.has("There is nothing in it yet").has(WHY);
    let page = phone.get(&b, "/devices").await;
    page.status(303);
    let to = page.headers["location"].to_str().unwrap();
    assert_eq!(to, "/sign-in?next=/devices");
    phone.get(&b, to).await.lacks(WHY);

    // A new sign-in counts at once, at both, and leads to where the visitor wanted to go.
    let page = phone.submit(&b, to, "password=clay&name=Ada").await;
    page.has("Where you are signed in</h1>").lacks(WHY);
    phone.get(&a, "/session").await.has("demo:Ada");
    // It is over already, so it is not in the list.
    let again = laptop
        .submit(&a, "/devices/sign-out", &format!("device={device}"))
        .await;
    again.has("not in your list");
}

#[tokio::test]
async fn everywhere_else_leaves_this_session_with_its_cart_and_no_more_time() {
    let (a, b, clock) = servers_and_clock();
    let mut laptop = signed_in(&a, LAPTOP, "password=clay&name=Ada&remember=on").await;
    laptop.submit(&a, "/cart/add", "article=17").await;
    clock.advance(Duration::from_secs(6 * 86_400));
    let mut phone = signed_in(&b, PHONE, "password=clay&name=Ada").await;
    let mut stranger = signed_in(&b, PHONE, "password=clay&name=Adam").await;
    let mut copy = laptop.clone();
    copy.get(&a, "/").await.has("Ada");

    let page = laptop.submit(&a, "/devices/sign-out-others", "").await;
    page.has("You are signed in here, and nowhere else.")
        .has("Over in 24 d at the latest.");
    assert!(others(&page).is_empty());
    let page = laptop.get(&b, "/session").await;
    page.has("demo:Ada")
        .has("24 d left of 24 d")
        .has("7 d left of 7 d")
        .has("yes, it outlives the browser");
    laptop.get(&b, "/cart").await.has("1 line, 1 piece");
    for gone in [&mut phone, &mut copy] {
        for server in [&a, &b] {
            let page = gone.get(server, "/session").await;
            page.has("<code>revoked</code>").lacks("Ada");
        }
    }
    stranger.get(&a, "/").await.has("Adam");
}

#[tokio::test]
async fn everywhere_ends_what_no_list_has_and_a_sign_in_counts_at_once() {
    let (a, b, _) = servers_and_clock();
    let mut browsers = Vec::new();
    // More than the list holds.
    for _ in 0..12 {
        browsers.push(signed_in(&a, PHONE, "password=clay&name=Ada").await);
    }
    let mut laptop = signed_in(&a, LAPTOP, "password=clay&name=Ada").await;
    assert_eq!(others(&laptop.get(&a, "/devices").await).len(), 9);
    let page = laptop.submit(&b, "/devices/sign-out-all", "").await;
    page.has("You are signed out everywhere.").lacks(WHY);
    for browser in &mut browsers {
        let page = browser.get(&a, "/session").await;
        page.has("<code>revoked</code>");
    }
    let page = laptop
        .submit(&b, "/sign-in", "password=clay&name=Ada")
        .await;
    page.has("You are signed in as Ada.");
    let page = laptop.get(&a, "/devices").await;
    page.has("This device");
    assert!(others(&page).is_empty());
}

#[tokio::test]
async fn nobody_signs_out_somebody_else() {
    let (a, b) = servers(&ring());
    let mut ada = signed_in(&a, LAPTOP, "password=clay&name=Ada").await;
    let mut phone = signed_in(&a, PHONE, "password=clay&name=Ada").await;
    let mut adam = signed_in(&a, PHONE, "password=clay&name=Adam").await;
    let device = others(&ada.get(&a, "/devices").await).remove(0);
    let form = format!("device={device}");

    // Somebody who knows an id.
    let page = adam.submit(&b, "/devices/sign-out", &form).await;
    page.has("not in your list");
    // A page of another site, in the browser of who is signed in.
    for path in ["sign-out", "sign-out-others", "sign-out-all"] {
        let path = format!("/devices/{path}");
        let answer = ada.post_from_elsewhere(&a, &path, &form).await;
        answer.status(403);
        // Links are fetched ahead of time.
        ada.get(&a, &path).await.status(405);
    }
    // Somebody who is not signed in.
    let answer = Browser::default()
        .post(&a, "/devices/sign-out-all", "")
        .await;
    answer.status(303);
    for browser in [&mut ada, &mut phone] {
        browser.get(&b, "/").await.has("Ada");
    }
}

#[tokio::test]
async fn a_sign_out_without_room_is_not_said_to_have_happened() {
    let (a, b) = servers_with_room(1);
    let mut laptop = signed_in(&a, LAPTOP, "password=clay&name=Ada").await;
    let mut phone = signed_in(&a, PHONE, "password=clay&name=Ada").await;
    let mut tablet = signed_in(&a, PHONE, "password=clay&name=Ada").await;
    let ids = others(&laptop.get(&a, "/devices").await);
    let form = format!("device={}", ids[0]);
    let page = laptop.submit(&a, "/devices/sign-out", &form).await;
    page.has("is signed out.");

    let form = format!("device={}", ids[1]);
    for path in ["sign-out", "sign-out-others", "sign-out-all"] {
        let path = format!("/devices/{path}");
        laptop.post(&a, &path, &form).await.status(500);
    }
    assert_eq!(others(&laptop.get(&b, "/devices").await), ids[1..]);
    tablet.get(&b, "/session").await.has("<code>revoked</code>");
    for browser in [&mut laptop, &mut phone] {
        browser
            .get(&b, "/")
            .await
            .has("Ada")
            .lacks("signed in here");
    }
}
