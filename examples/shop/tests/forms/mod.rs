//! Every form has a token, and none passes without.

use axum::http::header::CACHE_CONTROL;

use crate::browser::{Answer, Browser, TOKEN};
use crate::servers::{ring, servers};

/// How many forms a page has. Each posts, and its first field is a token.
fn forms(page: &Answer) -> usize {
    let forms: Vec<&str> = page.body.split("<form").skip(1).collect();
    for form in &forms {
        let (tag, fields) = form.split_once('>').unwrap();
        assert!(tag.contains(r#"method="post""#), "{tag}");
        let token = fields.trim_start().strip_prefix(TOKEN);
        let token = token.and_then(|rest| rest.split_once('"'));
        assert_eq!(token.map(|(token, _)| token.len()), Some(43), "{form}");
    }
    forms.len()
}

/// Every page that has a form, and how many at least.
const PAGES: [(&str, usize); 9] = [
    ("/", 1),
    ("/catalogue", 25),
    ("/cart", 4),
    ("/sign-in", 2),
    ("/forgot", 2),
    ("/session", 1),
    ("/devices", 3),
    ("/order", 2),
    ("/confirm", 2),
];

#[tokio::test]
async fn no_form_is_without_a_token() {
    let (a, b) = servers(&ring());
    let mut guest = Browser::default();
    for path in ["/catalogue", "/cart", "/sign-in", "/forgot"] {
        assert!(forms(&guest.get(&a, path).await) > 0, "{path}");
    }
    let mut ada = Browser::default();
    ada.submit(&a, "/cart/add", "article=1").await;
    ada.submit(&a, "/sign-in", "password=clay&name=Ada").await;
    for (path, least) in PAGES {
        let page = ada.get(&b, path).await;
        page.status(200);
        assert!(forms(&page) >= least, "{path}");
        assert_eq!(page.headers[CACHE_CONTROL], "private", "{path}");
    }
    // Refused forms, a link of a mail, and what staff sees.
    let mut again = ada.clone();
    let page = again.post(&a, "/sign-in", "password=glaze&name=Ada").await;
    assert_eq!(forms(&page), 2);
    let mail = ada.post(&a, "/forgot", "name=Ada").await;
    let link = mail.between(r#"href="/reset"#, "\"");
    let page = ada.get(&a, &format!("/reset{link}")).await;
    assert_eq!(forms(&page), 1);
    let mut staff = Browser::default();
    let form = "password=clay&name=support";
    staff.submit(&a, "/sign-in", form).await;
    assert_eq!(forms(&staff.get(&a, "/support").await), 2);
    let page = staff.submit(&a, "/support/act", "name=Ada").await;
    assert_eq!(forms(&page), 2, "the banner, and the sign-out");
}

#[test]
fn one_place_writes_forms() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut writers) = (vec![source], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path)
                .unwrap()
                .contains(r#"method="post""#)
            {
                writers.push(path.file_name().unwrap().to_owned());
            }
        }
    }
    assert_eq!(writers, ["form.rs"]);
}

#[tokio::test]
async fn a_form_without_its_token_does_nothing() {
    let (a, b) = servers(&ring());
    let mut ada = Browser::default();
    ada.submit(&a, "/cart/add", "article=1").await;
    ada.submit(&a, "/sign-in", "password=clay&name=Ada").await;
    let mut eve = Browser::default();
    eve.submit(&a, "/sign-in", "password=clay&name=Eve").await;
    let of_another = format!("csrf_token={}", eve.token.clone().unwrap());
    let behind = format!("article=1&csrf_token={}", ada.token.clone().unwrap());
    for path in [
        "/cart/empty",
        "/cart/add",
        "/order",
        "/sign-out",
        "/devices/sign-out-all",
    ] {
        for form in ["", &of_another, &behind] {
            ada.post_bare(&b, path, form).await.status(403);
            ada.get(&a, "/cart").await.has("1 line, 1 piece").has("Ada");
        }
    }

    // The sign-in form of somebody without a session: nobody is signed in to another's account.
    let mut guest = Browser::default();
    let form = "password=clay&name=Eve";
    let answer = guest.post_bare(&a, "/sign-in", form).await;
    answer.status(403).has("Nothing was done.");
    guest.get(&a, "/").await.lacks("Eve");
}

#[tokio::test]
async fn a_message_is_shown_once_and_survives_redirects() {
    let (a, b) = servers(&ring());
    let mut browser = Browser::default();
    browser.post(&a, "/cart/add", "article=1").await.status(303);
    browser.post(&b, "/cart/fill", "count=2").await.status(303);
    browser.get(&b, "/devices").await.status(303);
    browser.get(&b, "/style.css").await;
    let page = browser.get(&b, "/cart").await;
    page.has(r#"<p class="message success" role="status">Plain stoneware jug is in the cart."#)
        .has("2 articles added to the cart.");
    browser.get(&b, "/cart").await.lacks("class=\"message");
    browser
        .submit(&a, "/sign-in", "password=clay&name=Ada")
        .await;
    let page = browser.submit(&b, "/sign-out", "").await;
    page.has("message info").has("You are signed out.");
}
