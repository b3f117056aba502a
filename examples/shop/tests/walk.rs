//! Walks through the shop as a browser would: on two servers that share a key ring and no
//! sessions.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod browser;
mod devices;
mod forms;
mod orders;
mod pages;
mod resets;
mod servers;
mod sites;
mod support;

use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE, VARY};
use sealed_session_axum::{Key, KeyRing};

use browser::{Answer, Browser};
use servers::{ring, servers, servers_and_clock};

/// What only a visitor who is signed in is offered.
const SIGN_OUT: &str = r#"action="/sign-out""#;

#[tokio::test]
async fn a_name_given_at_a_shows_at_b() {
    let (a, b) = servers(&ring());
    let mut browser = Browser::default();
    browser.get(&b, "/").await.has("Sign in").lacks(SIGN_OUT);
    assert!(
        browser.cookies().is_empty(),
        "looking around creates no session"
    );

    let answer = browser
        .submit(&a, "/sign-in", "password=clay&name=++Ada+Lovelace+")
        .await;
    answer.has("You are signed in as Ada Lovelace.");
    let answer = browser.get(&b, "/session").await;
    answer
        .has(">Ada Lovelace</bdi>")
        .has("demo:Ada Lovelace")
        .has(SIGN_OUT);
    answer.lacks("You are signed in");
}

#[tokio::test]
async fn signing_in_keeps_the_cart_and_changes_the_id() {
    let (a, _) = servers(&ring());
    let mut browser = Browser::default();
    browser.submit(&a, "/cart/add", "article=17").await;
    let id = |answer: &Answer| {
        let (_, rest) = answer.body.split_once("<dt>Id</dt><dd><code>").unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    let before = id(&browser.get(&a, "/session").await);
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;
    assert_ne!(id(&browser.get(&a, "/session").await), before);
    browser.get(&a, "/cart").await.has("1 line, 1 piece");
}

#[tokio::test]
async fn names_are_checked() {
    let (a, _) = servers(&ring());
    let mut browser = Browser::default();
    let answer = browser.post(&a, "/sign-in", "password=clay&name=+++").await;
    answer
        .status(422)
        .has("Please enter a name.")
        .has("This page came from server A.");
    let answer = browser
        .post(
            &a,
            "/sign-in",
            &format!("password=clay&name={}", "x".repeat(61)),
        )
        .await;
    answer.status(422).has("this one 61");
    let answer = browser
        .post(&a, "/sign-in", "password=glaze&name=Ada")
        .await;
    answer
        .status(422)
        .has("not the password of this account")
        .lacks("glaze");
    assert_eq!(browser.cookies(), ["shop"], "what the form began");

    // Sixty of the longest characters still fit.
    let name = "%F0%9F%92%A1".repeat(60);
    browser
        .submit(&a, "/sign-in", &format!("password=clay&name={name}"))
        .await
        .status(200);

    browser
        .submit(
            &a,
            "/sign-in",
            "password=clay&name=%3Cb%20id%3D%22x%22%3E%26",
        )
        .await;
    for page in [
        "/",
        "/catalogue",
        "/cart",
        "/session",
        "/sign-in",
        "/nowhere",
    ] {
        let answer = browser.get(&a, page).await;
        answer.has("&lt;b id=&quot;x&quot;&gt;&amp;").lacks("<b id");
    }
}

#[tokio::test]
async fn a_cart_filled_at_a_is_changed_at_b_and_outlives_a_restart() {
    let ring = ring();
    let (a, b) = servers(&ring);
    let mut browser = Browser::default();
    let answer = browser.submit(&a, "/cart/add", "article=1").await;
    answer.has("Plain stoneware jug is in the cart.");
    browser
        .submit(&a, "/cart/add", "article=30")
        .await
        .has("Page 2 of")
        .lacks("jug is in");
    browser.submit(&b, "/cart/add", "article=1").await;
    browser.get(&b, "/cart").await.has("2 lines, 3 pieces");

    let answer = browser
        .submit(&b, "/cart/set", "article=30&quantity=7")
        .await;
    answer.has("2 lines, 9 pieces");
    drop((a, b));
    let (a, b) = servers(&ring);
    browser.get(&a, "/cart").await.has("2 lines, 9 pieces");
    // As a button of the same form sends it, whatever the quantity's field holds.
    browser
        .submit(&b, "/cart/remove", "article=30&quantity=")
        .await
        .has("1 line, 2 pieces");
    browser
        .submit(&a, "/cart/empty", "")
        .await
        .has("There is nothing in it yet.");
}

#[tokio::test]
async fn five_lines_take_one_cookie_and_four_hundred_take_two() {
    let (a, b) = servers(&ring());
    let mut browser = Browser::default();
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;
    browser.submit(&a, "/cart/fill", "count=5").await;
    assert_eq!(browser.cookies(), ["shop", "shop.x"]);

    let answer = browser.submit(&a, "/cart/fill", "count=395").await;
    answer
        .has("395 articles added to the cart.")
        .has("400 lines");
    assert_eq!(browser.cookies(), ["shop", "shop.x", "shop.1"]);
    browser
        .get(&b, "/cart")
        .await
        .has("400 lines")
        .has("in 2 cookies");

    browser.submit(&b, "/cart/empty", "").await;
    assert_eq!(browser.cookies(), ["shop", "shop.x"]);
    browser.get(&a, "/").await.has("Ada");
}

#[tokio::test]
async fn the_cookies_of_others_are_counted() {
    let (a, _) = servers(&ring());
    let mut browser = Browser::default();
    browser.submit(&a, "/cart/fill", "count=400").await;
    let answer = browser.get(&a, "/session").await;
    answer
        .has("0 cookies beside the session")
        .has("of 8,180 bytes of cookies")
        .lacks("too many");
    let consent = format!("consent={}", "x".repeat(4_000));
    browser.jar.keep(["theme=dark", &consent]);
    let answer = browser.get(&a, "/session").await;
    answer
        .has("2 cookies beside the session, with 4,022 bytes")
        .has(", which is too many");
}

#[tokio::test]
async fn a_cart_beyond_the_budget_is_refused_and_the_old_one_stays() {
    let (a, b) = servers(&ring());
    let mut browser = Browser::default();
    browser.submit(&a, "/cart/fill", "count=400").await;
    let before = browser.jar.cookie();

    for (count, limit) in [
        ("400", "6,500 bytes of cookies"),
        ("2000", "6,500 bytes of cookies"),
        ("5000", "65,536 bytes before compression"),
    ] {
        let answer = browser
            .post(&b, "/cart/fill", &format!("count={count}"))
            .await;
        answer
            .status(422)
            .has("The cart does not fit")
            .has("Your cart is as it was before.")
            .has(r#"<span class="count">400<span"#);
        answer
            .has(limit)
            .has("<code>cart</code>")
            .has(r#"href="/cart""#);
        answer
            .has("This page came from server B.")
            .has("http://127.0.0.1:3001/cart");
        assert!(!answer.headers.contains_key(SET_COOKIE));
        assert_eq!(browser.jar.cookie(), before);
    }
    browser.get(&b, "/cart").await.has("400 lines");
}

#[tokio::test]
async fn signing_out_at_b_ends_the_session_at_a() {
    let (a, b) = servers(&ring());
    let mut browser = Browser::default();
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;
    browser.submit(&a, "/cart/fill", "count=400").await;
    let before = browser.jar.cookie();
    browser
        .submit(&b, "/sign-out", "")
        .await
        .has("Sign in")
        .lacks("Ada");
    assert_eq!(
        browser.cookies(),
        ["shop.x"],
        "a tombstone, and nothing else"
    );
    browser
        .get(&a, "/session")
        .await
        .has("There is no session.")
        .lacks("refused");

    // A response that was under way brings the session back, and it stays ended.
    let late = before
        .split("; ")
        .filter(|pair| !pair.starts_with("shop.x"));
    browser.jar.keep(late);
    for server in [&a, &b] {
        let answer = browser.get(server, "/session").await;
        answer
            .has("<code>destroyed</code>")
            .has("tombstone")
            .lacks("Ada");
    }
    browser
        .submit(&b, "/sign-in", "password=clay&name=Grace")
        .await;
    browser.get(&a, "/").await.has("Grace").has(SIGN_OUT);
}

#[tokio::test]
async fn reading_pages_keeps_a_session_alive_and_never_writes_it() {
    let (a, b, clock) = servers_and_clock();
    let mut browser = Browser::default();
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;
    let written = browser.jar.cookie();
    clock.advance(Duration::from_secs(179));
    let answer = browser.get(&b, "/session").await;
    assert!(answer.lines().is_empty());
    answer
        .has("<dt>Last seen</dt>")
        .has("2 min 59 s ago")
        .has("the session itself, when it was last written")
        .has("in 1 s, if a request only reads")
        .has("27 min 1 s left of 30 min")
        .has("11 h 57 min left of 12 h");

    clock.advance(Duration::from_secs(1));
    let answer = browser.get(&b, "/session").await;
    answer.has("now, if this request only reads");
    assert!(answer.lines()[0].starts_with("shop.t="));
    let answer = browser.get(&a, "/session").await;
    assert!(answer.lines().is_empty());
    answer.has("a touch cookie").has("0 s ago").has("in 3 min,");

    // For two hours, and not one write.
    for _ in 0..5 {
        clock.advance(Duration::from_secs(29 * 60));
        browser.get(&a, "/cart").await.has("Ada");
    }
    assert_eq!(browser.cookies(), ["shop", "shop.x", "shop.t"]);
    assert!(browser.jar.cookie().starts_with(&written));

    clock.advance(Duration::from_secs(30 * 60));
    let answer = browser.get(&b, "/session").await;
    answer.has("<code>idle_expired</code>").lacks("Ada");
    assert!(answer.lines().is_empty(), "and nothing is removed unasked");
}

#[tokio::test]
async fn a_touch_rides_on_what_no_cache_shares_and_never_on_a_health_check() {
    let (a, _, clock) = servers_and_clock();
    let mut browser = Browser::default();
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;
    clock.advance(Duration::from_secs(3 * 60));
    for path in ["/style.css", "/healthz"] {
        let answer = browser.get(&a, path).await;
        assert!(answer.lines().is_empty(), "{path}");
    }
    // For an article that is not there nothing is stored.
    let answer = browser.post(&a, "/cart/add", "article=0").await;
    assert!(matches!(answer.lines()[..], [line] if line.starts_with("shop.t=")));
    assert_eq!(answer.headers[VARY], "Cookie", "its token was compared");
    assert_eq!(answer.headers[CACHE_CONTROL], "private");

    // A monitor that asks with a visitor's cookies does not keep the session alive.
    for _ in 0..6 {
        clock.advance(Duration::from_secs(5 * 60));
        browser.get(&a, "/healthz").await.status(200);
    }
    browser.get(&a, "/session").await.has("idle_expired");
}

#[tokio::test]
async fn who_asks_to_be_remembered_outlives_the_browser_and_the_idle_timeout() {
    let (a, b, clock) = servers_and_clock();
    let mut browser = Browser::default();
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;
    let answer = browser.get(&a, "/session").await;
    answer.has("no, it goes with the browser");
    browser.restart();
    assert!(!browser.cookies().contains(&"shop"));

    let wrong = browser
        .post(&a, "/sign-in", "password=clay&name=&remember=on")
        .await;
    wrong
        .status(422)
        .has(" checked>")
        .has("Remember me for 30 days");
    let answer = browser
        .post(&a, "/sign-in", "password=clay&name=Ada&remember=on")
        .await;
    assert!(answer.lines()[0].contains("; Max-Age=2592000"));
    browser.get(&a, "/").await.has("You are signed in as Ada.");
    for _ in 0..4 {
        browser.restart();
        clock.advance(Duration::from_secs(6 * 86_400));
        browser.get(&b, "/").await.has("Ada");
    }
    assert_eq!(browser.cookies(), ["shop.x", "shop", "shop.t"]);
    let answer = browser.get(&b, "/session").await;
    answer
        .has("7 d left of 7 d")
        .has("6 d left of 30 d")
        .has("yes, it outlives the browser");

    clock.advance(Duration::from_secs(6 * 86_400));
    let answer = browser.get(&a, "/session").await;
    answer.has("<code>absolute_expired</code>").lacks("Ada");
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;
    browser.restart();
    browser.get(&a, "/").await.lacks("Ada");
}

#[tokio::test]
async fn health_and_style_depend_on_no_cookie() {
    let (a, _) = servers(&ring());
    let mut browser = Browser::default();
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;
    let health = browser.get(&a, "/healthz").await;
    assert_eq!(health.body, "ok");
    assert!(
        health.headers[CONTENT_TYPE]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    let style = browser.get(&a, "/style.css").await;
    assert!(
        style.headers[CACHE_CONTROL]
            .to_str()
            .unwrap()
            .starts_with("public, max-age=")
    );
    for answer in [health, style] {
        answer.status(200);
        assert!(!answer.headers.contains_key(VARY) && !answer.headers.contains_key(SET_COOKIE));
    }
    let page = browser.get(&a, "/session").await;
    assert_eq!(page.headers[CACHE_CONTROL], "private");
    assert_eq!(page.headers[VARY], "Cookie");
}

#[tokio::test]
async fn a_refused_cookie_says_why() {
    let (a, _) = servers(&ring());
    let mut browser = Browser::default();
    browser.get(&a, "/session").await.lacks("refused");
    browser.jar.keep(["shop=AQIDBA"]);
    browser
        .get(&a, "/session")
        .await
        .has("refused")
        .has("<code>malformed</code>");

    browser = Browser::default();
    browser
        .submit(&servers(&ring()).0, "/sign-in", "password=clay&name=Ada")
        .await;
    let answer = browser.get(&a, "/session").await;
    answer
        .has("<code>unknown_key</code>")
        .has("a key that is not in the ring")
        .lacks("Ada");
}

#[tokio::test]
async fn a_new_key_in_front_keeps_visitors_and_seals_what_changes() {
    let (old, new) = (Key::generate().unwrap(), Key::generate().unwrap());
    let mut browser = Browser::default();
    let (a, _) = servers(&KeyRing::new(old.clone()));
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;

    let file = format!("{}\n{}\n", new.to_text().expose(), old.to_text().expose());
    let (a, b) = servers(&file.parse().unwrap());
    let under = |key: &Key| format!("<dt>Sealed under key</dt><dd><code>{}</code>", key.id());
    let page = browser.get(&a, "/session").await;
    page.has("demo:Ada").has(&under(&old));
    browser.submit(&b, "/cart/add", "article=1").await;
    let page = browser.get(&a, "/session").await;
    page.has("demo:Ada").has(&under(&new));
}
