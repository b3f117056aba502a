//! A visitor walks through both servers of the demo in a real browser.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::path::PathBuf;

use e2e::{Browser, Failure, Shop};
use sealed_session::Key;

/// A ring in a file that is gone at the end of the test.
struct Keys(PathBuf);

impl Keys {
    fn new() -> Keys {
        let path = std::env::temp_dir().join(format!("sealed-session-e2e-{}", std::process::id()));
        std::fs::write(&path, Key::generate().unwrap().to_text().expose()).unwrap();
        Keys(path)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn names(browser: &Browser) -> Vec<String> {
    browser
        .cookies()
        .await
        .unwrap()
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

#[tokio::test]
async fn a_visitor_is_known_on_both_servers_and_after_a_restart() -> Result<(), Failure> {
    let keys = Keys::new();
    let mut shop = Shop::start(&keys.0)?;
    let browser = Browser::start().await?;

    // Reading leaves no cookie.
    browser.open(&shop.a("/")).await?;
    assert!(
        browser
            .text()
            .await?
            .contains("This page came from server A.")
    );
    assert!(names(&browser).await.is_empty());
    browser.picture("catalogue").await?;

    // A cart at A, and a name.
    browser.click("main form button").await?;
    assert_eq!(names(&browser).await, ["shop"]);
    browser.open(&shop.a("/sign-in")).await?;
    browser.picture("sign-in").await?;
    browser.fill("#name", "Ada <Lovelace>").await?;
    browser.click("main form button").await?;
    assert!(
        browser
            .text()
            .await?
            .contains("You are signed in as Ada <Lovelace>.")
    );

    // Both at B, which has never heard of either.
    browser.click("aside a").await?;
    let text = browser.text().await?;
    assert!(text.contains("This page came from server B.") && text.contains("Ada <Lovelace>"));
    browser.open(&shop.b("/cart")).await?;
    assert!(browser.text().await?.contains("1 line, 1 piece"));

    // A restart of both: the servers remember nothing, and the visitor is still signed in.
    shop.restart(&keys.0)?;
    for page in [shop.a("/cart"), shop.b("/cart")] {
        browser.open(&page).await?;
        let text = browser.text().await?;
        assert!(
            text.contains("Ada <Lovelace>") && text.contains("1 line, 1 piece"),
            "{text}"
        );
    }

    // 200 lines more, which take a second cookie.
    browser.fill("#count", "200").await?;
    browser.click("form[action='/cart/fill'] button").await?;
    assert_eq!(names(&browser).await, ["shop", "shop.1"]);
    browser.open(&shop.a("/cart")).await?;
    assert!(browser.text().await?.contains("201 lines"));
    browser.picture("cart").await?;
    browser.open(&shop.a("/session")).await?;
    let text = browser.text().await?;
    assert!(text.contains("6,500") && text.contains("cart"), "{text}");
    browser.picture("session").await?;

    // More than the budget: a page that says so, and the cart as it was.
    browser.open(&shop.b("/cart")).await?;
    let before = browser.cookies().await?;
    browser.fill("#count", "2000").await?;
    browser.click("form[action='/cart/fill'] button").await?;
    let text = browser.text().await?;
    assert!(text.contains("6,500"), "{text}");
    browser.picture("oversize").await?;
    assert_eq!(browser.cookies().await?, before);
    browser.open(&shop.a("/cart")).await?;
    assert!(browser.text().await?.contains("201 lines"));

    // Emptied, the second cookie goes.
    browser.click("form[action='/cart/empty'] button").await?;
    assert_eq!(names(&browser).await, ["shop"]);

    // A changed cookie is refused with a reason for the developer, and not deleted.
    let value = browser.cookies().await?[0].1.clone();
    let other = if &value[60..61] == "A" { "B" } else { "A" };
    let changed = format!("{}{other}{}", &value[..60], &value[61..]);
    browser.tamper("shop", &changed).await?;
    browser.open(&shop.b("/session")).await?;
    let text = browser.text().await?;
    assert!(text.contains("tampered"), "{text}");
    browser.picture("refused").await?;
    assert_eq!(names(&browser).await, ["shop"]);
    browser.tamper("shop", &value).await?;

    // Signing out at B ends it at A.
    browser.open(&shop.b("/")).await?;
    browser.click("form[action='/sign-out'] button").await?;
    assert!(names(&browser).await.is_empty());
    browser.open(&shop.a("/")).await?;
    assert!(!browser.text().await?.contains("Ada"));
    Ok(())
}
