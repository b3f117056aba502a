//! What an application builds around a session, walked in one browser: messages, a reset, an order, and acting.

use std::time::Duration;

use e2e::{Browser, Failure, Folder, Shop};

use crate::attacks;
use crate::caller::Caller;
use crate::sites;
use crate::visitor::{lacks, says, sign_in};
use crate::walk::keys;

/// After how many seconds the servers ask for the password again.
const CONFIRM: &str = "6";

/// A little more.
const TOO_LONG: Duration = Duration::from_millis(7_100);

#[tokio::test]
async fn what_stands_around_a_session_works_in_a_browser() -> Result<(), Failure> {
    let folder = Folder::new()?;
    let keys = keys(&folder)?;
    let shop = Shop::start_together(&keys, &["--confirm", CONFIRM])?;
    let browser = Browser::start().await?;
    messages(&browser, &shop).await?;
    order(&browser, &shop).await?;
    reset(&browser, &shop).await?;
    acting(&browser, &shop).await?;
    attacks::forms(&browser, &shop).await?;
    let shop = Shop::start_together(&keys, &["--two-sites"])?;
    sites::walk(&browser, &shop).await
}

/// A message is shown once, by whichever tab comes first.
async fn messages(browser: &Browser, shop: &Shop) -> Result<(), Failure> {
    const SAID: &str = "Plain stoneware jug is in the cart.";
    browser.open(&shop.a("/catalogue")).await?;
    browser.open_tab().await?;
    browser.open(&shop.b("/catalogue")).await?;
    browser.click("main form button").await?;
    says(browser, SAID).await?;
    browser.turn_to(0).await?;
    browser.open(&shop.a("/cart")).await?;
    lacks(browser, SAID).await?;

    // A script posts and shows nothing. So the other tab does, which is loaded next, and this one does not any more.
    let script = "const token = document.querySelector('[name=csrf_token]').value; \
        const said = await fetch('/cart/add', { method: 'POST', redirect: 'manual', \
            headers: { 'X-CSRF-Token': token, 'Content-Type': 'application/x-www-form-urlencoded' }, \
            body: 'article=1' }); \
        return said.type";
    assert_eq!(browser.run(script).await?, "opaqueredirect");
    browser.turn_to(1).await?;
    browser.open(&shop.a("/")).await?;
    says(browser, SAID).await?;
    browser.turn_to(0).await?;
    browser.open(&shop.b("/")).await?;
    lacks(browser, SAID).await?;

    // The script without its header field is refused.
    browser.open(&shop.a("/cart")).await?;
    says(browser, "1 line, 2 pieces").await?;
    let bare = "return (await fetch('/cart/empty', { method: 'POST' })).status";
    assert_eq!(browser.run(bare).await?, 403);
    browser.open(&shop.a("/cart")).await?;
    says(browser, "1 line, 2 pieces").await
}

/// An order asks for the password when that is long ago, and is placed once.
async fn order(browser: &Browser, shop: &Shop) -> Result<(), Failure> {
    sign_in(browser, shop, "Ada", "clay").await?;
    browser.open(&shop.a("/cart")).await?;
    browser.click("main a[href='/order']").await?;
    says(browser, "Your order").await?;
    browser.picture("order").await?;

    tokio::time::sleep(TOO_LONG).await;
    browser.open(&shop.b("/cart")).await?;
    browser.click("main a[href='/order']").await?;
    says(browser, "Is it you?").await?;
    browser.picture("confirm").await?;
    browser.fill("#password", "glaze").await?;
    browser.click("main form button").await?;
    says(browser, "not the password").await?;
    browser.fill("#password", "clay").await?;
    browser.click("main form button").await?;
    says(browser, "Place the order").await?;

    // Back to the form, and through it once more.
    browser.back().await?;
    assert!(browser.address().await?.contains("/confirm"));
    browser.fill("#password", "clay").await?;
    browser.click("main form button").await?;
    browser.click("main form button").await?;
    says(browser, "Your order of 2 pieces is placed.").await?;

    // Back to the order, which is placed.
    browser.back().await?;
    let text = browser.text().await?;
    if text.contains("Place the order") {
        browser.click("main form button").await?;
        says(browser, "There was nothing to order.").await?;
    }
    browser.open(&shop.a("/order")).await?;
    says(browser, "There is nothing to order.").await
}

/// A reset: who fetches the link ahead uses nothing up, and who uses it ends every session.
async fn reset(browser: &Browser, shop: &Shop) -> Result<(), Failure> {
    let scanner = Caller::new()?;
    browser.open(&shop.a("/sign-in")).await?;
    browser.picture("sign-in-again").await?;
    browser.click("main a[href='/forgot']").await?;
    browser.picture("forgot").await?;
    browser.fill("#name", "Ada").await?;
    browser.click("main form button").await?;
    browser.picture("mail").await?;
    let link = "return document.querySelector('.mail a').href";
    let link = browser.run(link).await?;
    let link = link.as_str().ok_or("no link")?.to_owned();
    for _ in 0..3 {
        let page = scanner.get(&link).await?;
        assert!(page.contains("Set a new password"), "{page}");
    }
    browser.open(&shop.b("/")).await?;
    says(browser, "Ada").await?;

    browser.open(&link).await?;
    browser.picture("reset").await?;
    browser.fill("#password", "porcelain").await?;
    browser.click("form button").await?;
    says(browser, "Your password is set.").await?;
    lacks(browser, "Ada").await?;
    browser.picture("reset-done").await?;
    browser.open(&link).await?;
    says(browser, "It was used already").await?;
    browser.picture("reset-dead").await?;
    sign_in(browser, shop, "Ada", "porcelain").await
}

/// Support acts as Ada, and orders nothing.
async fn acting(browser: &Browser, shop: &Shop) -> Result<(), Failure> {
    sign_in(browser, shop, "support", "clay").await?;
    browser.click("nav a[href='/support']").await?;
    browser.picture("support").await?;
    browser.fill("#name", "Ada").await?;
    browser.click("main form button").await?;
    for page in [shop.a("/"), shop.b("/cart")] {
        browser.open(&page).await?;
        says(browser, "support acts as Ada.").await?;
    }
    browser.picture("acting").await?;
    for page in [shop.a("/order"), shop.b("/devices")] {
        browser.open(&page).await?;
        says(browser, "Only they can order").await?;
    }
    browser.picture("acting-refused").await?;
    browser.click(".acting button").await?;
    says(browser, "You are support again.").await?;
    lacks(browser, "acts as").await
}
