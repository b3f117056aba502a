//! The shop as two sites: a visitor is handed over from A to B, and nobody else by their ticket.

use e2e::{Browser, Failure, Shop};

use crate::caller::Caller;
use crate::visitor::{lacks, says, sign_in};

/// Walks from A to B, attacks B with the ticket of somebody else, and signs out at A.
pub(crate) async fn walk(browser: &Browser, shop: &Shop) -> Result<(), Failure> {
    let b = shop.b_as("localhost");
    browser.forget().await?;

    // B knows nobody, and sends them to A, where they sign in.
    browser.open(&format!("{b}/devices")).await?;
    assert!(
        browser
            .address()
            .await?
            .starts_with(&shop.a("/sign-in?next="))
    );
    browser.picture("two-sites-sign-in").await?;
    browser.fill("#name", "Ada").await?;
    browser.fill("#password", "clay").await?;
    browser.click("main form button").await?;
    assert_eq!(
        browser.address().await?,
        format!("{b}/devices"),
        "no ticket is left"
    );
    says(browser, "You are Ada here, as at site A.").await?;
    says(browser, "This page came from site B.").await?;
    browser.picture("handed-over").await?;
    let names = |cookies: Vec<(String, String)>| -> Vec<String> {
        cookies.into_iter().map(|(name, _)| name).collect()
    };
    let at_b = names(browser.cookies().await?);
    assert!(
        at_b.contains(&"shop-b".to_owned()) && !at_b.contains(&"shop-a".to_owned()),
        "{at_b:?}"
    );
    browser.open(&format!("{b}/session")).await?;
    says(browser, "Handed over from").await?;

    // Signed out at B alone, the tour of A leads to B, still signed in.
    browser.click("form[action='/sign-out'] button").await?;
    lacks(browser, "Ada").await?;
    browser.open(&shop.a("/")).await?;
    says(browser, "Ada").await?;
    browser.picture("two-sites").await?;
    browser.click(".steps a[rel='nofollow']").await?;
    assert_eq!(browser.address().await?, format!("{b}/"));
    says(browser, "You are Ada here").await?;

    stolen(browser, shop, &b).await?;

    // A sign-out at A ends the session at B, too.
    browser.open(&shop.a("/")).await?;
    browser.click("form[action='/sign-out'] button").await?;
    browser.open(&format!("{b}/session")).await?;
    says(browser, "revoked").await?;
    lacks(browser, "Ada").await
}

/// Eve leads Ada's browser to B by a ticket for Eve's account, once while Ada is there and once while nobody is.
async fn stolen(browser: &Browser, shop: &Shop, b: &str) -> Result<(), Failure> {
    let eve = Caller::new()?;
    let form = "password=clay&name=Eve".to_owned();
    eve.post(&shop.a("/sign-in"), form).await?;
    let asked = eve.location(&format!("{b}/enter?next=/cart")).await?;
    let ticket = eve.location(&asked).await?;
    assert!(
        ticket.starts_with(&format!("{b}/arrive?ticket=")),
        "{ticket}"
    );

    browser.open(&ticket).await?;
    says(browser, "Nobody was handed over").await?;
    says(browser, "not_asked").await?;
    browser.picture("not-handed-over").await?;
    browser.open(&format!("{b}/")).await?;
    says(browser, "Ada").await?;
    lacks(browser, "Eve").await?;
    // In a browser that asked, but for itself.
    browser.forget().await?;
    browser.open(&format!("{b}/enter")).await?;
    browser.open(&ticket).await?;
    says(browser, "other_state").await?;
    browser.open(&format!("{b}/")).await?;
    lacks(browser, "Eve").await?;

    // In Eve's own browser it counts.
    assert_eq!(eve.location(&ticket).await?, "/cart");
    let page = eve.get(&format!("{b}/session")).await?;
    assert!(page.contains("demo:Eve"), "{page}");

    sign_in(browser, shop, "Ada", "clay").await?;
    browser.open(&format!("{b}/enter")).await?;
    says(browser, "You are Ada here").await
}
