//! What each page shows and where it leads.

use std::time::Duration;

use axum::http::header::ALLOW;

use crate::browser::{Answer, Browser};
use crate::servers::{A, B, ring, servers, servers_and_clock};

#[tokio::test]
async fn the_first_page_says_what_to_try() {
    let (a, b) = servers(&ring());
    let mut browser = Browser::default();
    let page = browser.get(&a, "/").await;
    assert!(browser.cookies().is_empty());
    let steps = page.between("<ol class=\"steps\"", "</ol>");
    let steps: Vec<&str> = steps.split("<li>").skip(1).collect();
    assert_eq!(steps.len(), 11);
    for step in steps {
        let links: Vec<&str> = hrefs(step).collect();
        assert!(!links.is_empty(), "{step}");
        for link in links {
            let there = link.strip_prefix(&format!("http://{B}"));
            let (server, path) = there.map_or((&a, link), |path| (&b, path));
            // A guard stands in front of some, and leads to the sign-in.
            let is_guarded = ["/devices", "/order", "/support"].contains(&path);
            let wanted = if is_guarded { 303 } else { 200 };
            browser.get(server, path).await.status(wanted);
        }
    }
}

/// The addresses of links in a piece of a page.
fn hrefs(page: &str) -> impl Iterator<Item = &str> {
    let rest = page.split("href=\"").skip(1);
    rest.filter_map(|rest| rest.split('"').next())
}

#[tokio::test]
async fn an_empty_page_links_to_what_fills_it() {
    let (a, _) = servers(&ring());
    let mut browser = Browser::default();
    let links = |answer: &Answer| -> Vec<String> {
        hrefs(answer.between("<main", "</main>"))
            .map(str::to_owned)
            .collect()
    };
    let page = browser.get(&a, "/cart").await;
    assert_eq!(links(&page), ["/catalogue"]);
    page.has(r#"action="/cart/fill""#);
    let page = browser.get(&a, "/session").await;
    assert_eq!(links(&page), ["/catalogue", "/sign-in"], "no session");
    browser.submit(&a, "/cart/add", "article=1").await;
    browser.submit(&a, "/cart/empty", "").await;
    let page = browser.get(&a, "/session").await;
    assert_eq!(links(&page), ["/catalogue", "/sign-in"], "an empty session");
    let page = browser.get(&a, "/nowhere").await;
    assert_eq!(links(&page), ["/catalogue"]);
    // As after a reload by the address of a form that was refused.
    let page = browser.get(&a, "/cart/fill").await;
    assert_eq!(links(&page), ["/cart"]);
    page.status(405);
    assert_eq!(page.headers[ALLOW], "POST");
}

#[tokio::test]
async fn the_gauge_stands_above_the_lines() {
    let (a, _) = servers(&ring());
    let mut browser = Browser::default();
    let page = browser.submit(&a, "/cart/fill", "count=5").await;
    let above = page.between("<main", "<table");
    assert!(above.contains("<meter") && above.contains(r#"action="/cart/fill""#));
}

#[tokio::test]
async fn the_session_page_shows_values_and_sealed_texts() {
    let (a, b, clock) = servers_and_clock();
    let mut browser = Browser::default();
    browser.submit(&a, "/cart/fill", "count=400").await;
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;
    clock.advance(Duration::from_secs(180));
    browser.get(&a, "/session").await;
    assert_eq!(
        browser.cookies(),
        ["shop", "shop.1", "shop.x", "shop.t"],
        "two of the session, and one of each kind beside it"
    );

    let sent: Vec<(String, String)> = browser
        .jar
        .cookies()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    // Others see to theirs.
    browser.jar.keep(["shopping=list"]);
    let page = browser.get(&b, "/session").await;
    page.has(r#">&quot;Ada&quot;</pre>"#)
        .has("13 bytes before compression")
        .has("Line { article: 1, quantity: 1, cents: 3060, name: &quot;Plain stoneware jug&quot; }")
        .lacks("shopping");
    for (name, value) in sent {
        page.has(&format!("<code>{name}</code>"))
            .has(&format!(">{value}</pre>"));
    }
    page.has("4,000 bytes with its attributes, 62 % of the budget")
        .has("a touch<small>")
        .has("a tombstone<small>")
        .has("Budget::within_8k")
        .has("A <strong>touch</strong>")
        .has("A <strong>tombstone</strong>");

    // Ended, it is still there to look at: what is left is the tombstone.
    let page = browser.submit(&b, "/sign-out", "").await;
    page.lacks("Ada");
    let page = browser.get(&a, "/session").await;
    let (_, tombstone) = browser.jar.cookies().find(|c| c.0 == "shop.x").unwrap();
    page.has("There is no session.")
        .has(&format!(">{tombstone}</pre>"));
}

#[tokio::test]
async fn every_page_names_its_server_and_links_to_the_other() {
    let (a, b) = servers(&ring());
    let mut browser = Browser::default();
    for path in [
        "/",
        "/catalogue?page=3",
        "/cart",
        "/sign-in",
        "/session",
        "/nowhere?x=1",
        "/cart/fill",
    ] {
        for (server, letter, other, there) in [(&a, "A", "B", B), (&b, "B", "A", A)] {
            let answer = browser.get(server, path).await;
            answer.has(&format!("This page came from server {letter}."));
            answer.has(&format!(
                r#"<a href="http://{there}{path}" rel="nofollow">"#
            ));
            answer
                .has(&format!("Same page on server {other}"))
                .has("<h1>")
                .lacks("<script");
        }
    }
    browser.get(&a, "/nowhere").await.status(404);
    browser.get(&a, "/catalogue?page=0").await.status(404);
    browser.get(&a, "/catalogue?page=214").await.status(200);
    browser.get(&a, "/catalogue?page=215").await.status(404);
}
